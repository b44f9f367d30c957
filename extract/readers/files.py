"""Paths to streams of decompressed bytes: which files a source stands for, and how each is opened."""

import bz2
import glob
import gzip
import io
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from extract.errors import SourceError, UnreachableError
from extract.readers.text import clean

SUFFIXES = (
    ".txt", ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".bib", ".bibtex", ".ris", ".enw", ".ciw",
    ".nbib", ".xml",
)  # fmt: skip
COMPRESSED = (".gz", ".zst", ".bz2")
"""What a folder is searched for: each of SUFFIXES, alone or with one of COMPRESSED behind it."""

_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bz2"}


def label_of(path: Path) -> str:
    """How a file is named in sources and messages: as the user gave it, with `/` between the parts."""
    return clean(path.as_posix())


def suffix_of(path: Path) -> str:
    """The suffix that says the format: `.jsonl` of `papers.jsonl.gz`."""
    name = path.name.lower()
    for ending in COMPRESSED:
        name = name.removesuffix(ending)
    return Path(name).suffix


def expand(sources: Sequence[str]) -> list[Path]:
    """The files that paths, folders and globs stand for, each once, in the order of their names.

    A folder gives its files with a known suffix, those below it too, but no hidden file, no README and no
    knowledge base. SourceError where a source gives none.
    """
    found: dict[str, Path] = {}
    for source in sources:
        for path in _files(source):
            real = os.path.realpath(path)
            found[real] = min(path, found.get(real, path), key=label_of)
    if not found:
        raise SourceError("no sources given: name a file, a folder or a glob")
    return sorted(found.values(), key=label_of)


def _files(source: str) -> list[Path]:
    if not source.strip("\0 "):
        raise SourceError("an empty source: name a file, a folder or a glob")
    if os.path.isdir(source):  # noqa: PTH112 (Path.is_dir raises on names too long)
        return _in_folder(Path(source))
    if os.path.exists(source):  # noqa: PTH110 (as above)
        return [Path(source)]
    if not glob.has_magic(source):
        raise UnreachableError(f"no such file or folder: {clean(source)}; check the path")
    return _in_glob(source)


def _in_glob(pattern: str) -> list[Path]:
    """What a glob matches; README and unknown suffixes are left out, unless it matches nothing else."""
    matches = [Path(match) for match in glob.glob(pattern, recursive=True)]  # noqa: PTH207 (absolute patterns)
    files = [match for match in matches if match.is_file()]
    known = [path for path in files if _is_known(path.name)] or files
    folders = [match for match in matches if match.is_dir()] if not known else []
    found = known + [path for folder in folders for path in _walk(folder)]
    if not found:
        raise UnreachableError(f"nothing matches {clean(pattern)}; check the pattern")
    return found


def _in_folder(folder: Path) -> list[Path]:
    found = _walk(folder)
    if not found:
        raise SourceError(
            f"{label_of(folder)} holds no source: looked for {' '.join(SUFFIXES)}, "
            f"each also with {' '.join(COMPRESSED)}"
        )
    return found


def _walk(folder: Path) -> list[Path]:
    found: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=_refuse):
        if {"manifest.json", "papers.parquet"} <= set(names):  # a knowledge base is no source
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [path for name in names if _is_known(name) and (path := Path(root, name)).is_file()]
    return found


def _refuse(error: OSError) -> None:
    raise UnreachableError(f"cannot read {clean(str(error.filename))}: {error.strerror}; check its permissions")


def _is_known(name: str) -> bool:
    lowered = name.lower()
    hidden = lowered.startswith((".", "readme"))
    return not hidden and suffix_of(Path(name)) in SUFFIXES


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, decompressed (gzip, zstd, bz2, told by their first bytes), as a buffered stream.

    SourceError where it cannot be opened, or is found damaged while it is read.
    """
    label = label_of(path)
    if path.exists() and not path.is_file():
        raise SourceError(f"{label} is not a regular file: save its content to a file first")
    try:
        with path.open("rb") as file:
            yield _decompressed(file)
    except (EOFError, zlib.error, zstandard.ZstdError, gzip.BadGzipFile) as error:
        raise SourceError(f"{label} is damaged ({error}): fetch or compress it again") from None
    except OSError as error:
        if error.errno is None:
            raise SourceError(f"cannot read {label}: {error}; fetch or compress it again") from None
        raise UnreachableError(f"cannot read {label}: {error.strerror}; check its path and permissions") from None


def _decompressed(file: BinaryIO) -> BinaryIO:
    head = file.read(4)
    file.seek(0)
    kind = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "")
    if kind == "gzip":
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if kind == "bz2":
        return cast(BinaryIO, bz2.BZ2File(file))
    return cast(BinaryIO, io.BufferedReader(_Zstd(file), 2**17)) if kind == "zstd" else file


class _Zstd(io.RawIOBase):
    """Zstandard frames, one behind the other. The library's own reader takes a cut file for a whole one."""

    _PIECE = 2048  # compressed bytes a step: a block of 4 bytes can hold 128 KiB

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._input = b""
        self._output = memoryview(b"")

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as one step goes; 0 at the end. EOFError in the middle of a frame."""
        while not self._output:
            if not self._step():
                return 0
        count = min(len(buffer), len(self._output))
        buffer[:count] = self._output[:count]
        self._output = self._output[count:]
        return count

    def _step(self) -> bool:
        """Decompress one more piece; False at the end of the file."""
        data = self._input or self._file.read(self._PIECE)
        self._input = b""
        if self._frame.eof and data:
            self._frame = zstandard.ZstdDecompressor().decompressobj()
        if not data:
            if not self._frame.eof:
                raise EOFError("cut off before the end of the compressed data")
            return False
        self._output = memoryview(self._frame.decompress(data))
        self._input = self._frame.unused_data
        return True
