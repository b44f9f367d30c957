"""A knowledge base on disk: a folder that is written whole beside the old one and swapped in.

    manifest.json  papers.parquet  mentions.parquet  entities.parquet  edges.parquet  definitions.parquet
    authors.parquet  records.parquet  structure.parquet  terms.parquet  rejects.jsonl  graph.lbug  search.sqlite

The graph and the index are derived from the tables. Tables are made in `.NAME.work-*`. A build that is killed leaves at
most that and `.NAME.new`, or, between the two renames of the swap, the old folder as `.NAME.old`, which `locate` finds
and the next build puts back.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from glob import escape
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from kb.errors import StoreError, VersionError

if TYPE_CHECKING:
    from extract.records import Reject
    from kb.tables import Tables

FORMAT = 3
"""The number of this layout; a folder with another one was made by a newer or an older program."""

MANIFEST, REJECTS, GRAPH, INDEX = "manifest.json", "rejects.jsonl", "graph.lbug", "search.sqlite"


def locate(folder: Path) -> Path:
    """The folder that answers for `folder`: itself, or what it was when a swap was cut off."""
    folder = folder.resolve()
    old = _beside(folder, "old")
    return old if not folder.exists() and old.is_dir() else folder


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a knowledge base was built from; raises StoreError when there is none, VersionError when it is newer."""
    folder = locate(folder)
    if not folder.exists():
        raise StoreError(f'no knowledge base at {folder}: build one with "kb build SOURCE"')
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        found = manifest["format"]
        newer = found > FORMAT
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreError(f"{folder} is not a knowledge base: it has no {MANIFEST}") from error
    except OSError as error:
        raise StoreError(f"cannot read {folder / MANIFEST}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(folder / MANIFEST) from error
    if newer:
        raise VersionError(
            f"{folder} was made by a newer version (format {found}, this program reads {FORMAT}): "
            "upgrade with pip install -U citation-graph-kb"
        )
    if found < FORMAT:
        raise VersionError(
            f"{folder} was made by an older version (format {found}, this program reads {FORMAT}): build it again"
        )
    if not isinstance(manifest.get("counts"), dict):
        raise _damaged(folder / MANIFEST)
    return dict(manifest)


def read_tables(folder: Path) -> "Tables":
    """The tables of a knowledge base; raises StoreError for a damaged one."""
    import polars as pl

    from kb.tables import SCHEMAS, Tables, frame, table_file

    folder = locate(folder)
    read_manifest(folder)
    frames = {}
    for name in SCHEMAS:
        file = table_file(folder, name)
        try:
            frames[name] = frame(name, pl.read_parquet(file))
        except (OSError, pl.exceptions.PolarsError) as error:
            raise _damaged(file) from error
    return Tables(**frames, rejects=tuple(read_rejects(folder)))


def read_rejects(folder: Path) -> list[Any]:
    """The records that were not read, as `Reject`s."""
    from extract.records import Reject

    file = locate(folder) / REJECTS
    try:
        return [Reject(**json.loads(line)) for line in file.read_bytes().splitlines()]
    except (OSError, ValueError, TypeError) as error:
        raise _damaged(file) from error


def write_folder(tables: "Tables", manifest: dict[str, Any], folder: Path) -> None:
    """Write every file of a knowledge base into `folder`, which is there and empty; the manifest comes last."""
    from kb.tables import write_tables

    write_tables(tables, folder)
    finish_folder(folder, manifest, tables.rejects)


def finish_folder(folder: Path, manifest: dict[str, Any], rejects: "Sequence[Reject]") -> None:
    """Beside the tables in `folder` write all that a knowledge base has more; the manifest comes last."""
    from concurrent.futures import ThreadPoolExecutor

    from kb.search import write_index
    from kb.stores.embedded import write_image
    from kb.tables import Written

    tables = Written(folder)
    with ThreadPoolExecutor(1) as pool:  # the index is Python's work, the image the engine's: they go side by side
        index = pool.submit(write_index, tables, folder / INDEX)
        rows = [json.dumps(asdict(reject), ensure_ascii=False) + "\n" for reject in rejects]
        _write(folder / REJECTS, "".join(rows))
        write_image(tables, folder / GRAPH)
        index.result()
    _write(folder / MANIFEST, json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def _write(file: Path, text: str) -> None:
    # A name of a file that is no Unicode comes as a lone surrogate, which UTF-8 has no bytes for.
    file.write_bytes(text.encode("utf-8", "backslashreplace"))


def check_target(folder: Path) -> None:
    """Raise StoreError when `folder` cannot become a knowledge base: something else stands there."""
    if folder.is_dir():
        if not (folder / MANIFEST).is_file() and any(folder.iterdir()):
            raise StoreError(f"{folder} is a folder with other files: name another place for the knowledge base")
    elif folder.exists():
        raise StoreError(f"{folder} is a file: name another place for the knowledge base")
    parent = next(p for p in folder.resolve().parents if p.exists())
    if not os.access(parent, os.W_OK):
        raise StoreError(f"cannot write {folder}: no right to write in {parent}")


def replace_folder(folder: Path, write: Callable[[Path], None], *, grown_from: str | None = None) -> None:
    """Put what `write` makes in a new folder in the place of `folder`; on any failure the old one stays.

    Two builds into one parent folder take turns. Raises StoreError when there is no room or no right to write, and
    when `folder` no longer holds the build `grown_from` that the new one was made from.
    """
    folder = folder.resolve()
    with room_for(folder), _held(folder.parent):
        _restore(folder)
        check_target(folder)
        if grown_from is not None and read_manifest(folder)["build"] != grown_from:
            raise StoreError(f"{folder} was changed by another command meanwhile: run this one again")
        new = _beside(folder, "new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        try:
            write(new)
            _swap(folder, new)
        finally:
            shutil.rmtree(new, ignore_errors=True)


@contextmanager
def work_folder(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` for what a command makes on its way; what a killed one left goes."""
    folder = folder.resolve()
    prefix = f".{folder.name}.work-"
    with room_for(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        for left in folder.parent.glob(f"{escape(prefix)}*"):
            with suppress(OSError), _held(left, wait=False):  # nobody holds it: its command is gone
                shutil.rmtree(left, ignore_errors=True)
        work = Path(mkdtemp(prefix=prefix, dir=folder.parent))
    try:
        with _held(work):
            yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def room_for(folder: Path) -> Iterator[None]:
    """Raise StoreError for what fails in the block because there is no room for `folder` or no right to write it."""
    try:
        yield
    except Exception as error:
        if reason := _no_room(error):
            raise StoreError(f"cannot write {folder}: {reason}") from error
        raise


def _no_room(error: Exception) -> str | None:
    """Why a write failed, where it did: tables, index and files each have their own exception for a full disk."""
    import sqlite3

    if isinstance(error, OSError):
        return error.strerror or str(error)
    foreign = type(error).__module__.startswith("polars") or isinstance(error, sqlite3.Error)
    return str(error).splitlines()[0] if foreign else None


def _swap(folder: Path, new: Path) -> None:
    old = _beside(folder, "old")
    if not folder.exists():
        new.rename(folder)
        return
    folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _restore(folder: Path) -> None:
    """Put back the old folder after a swap that was cut off, or clear what is left of one that was not."""
    old = _beside(folder, "old")
    if old.is_dir():
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(folder)


@contextmanager
def _held(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of a folder; it goes with the process, so that a killed build locks nobody out.

    OSError where another holds it and this one does not `wait`.
    """
    try:
        import fcntl
    except ImportError:  # no such locks on Windows: there the last of two builds at once may fail
        if not wait:
            raise BlockingIOError(str(folder)) from None
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _beside(folder: Path, state: str) -> Path:
    return folder.with_name(f".{folder.name}.{state}")


def _damaged(file: Path) -> StoreError:
    return StoreError(f"{file} is damaged or missing: build the knowledge base again")
