"""A folder of notes that is ours to rewrite, and what its files may be called on every system.

What we wrote there stands in the file MARK. A later export replaces these files and takes away those that are no more;
what else lies in the folder stays. New files are written beside the folder first, so that a full disk changes nothing.
"""

import json
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from kb.errors import UsageError

MARK = ".citation-graph-kb.json"
"""Holds the names of our files; hidden, so that programs for notes pass over it."""

LONGEST = 100
"""Characters of a file name: with folders before it within the 260 of Windows and the 255 bytes of Linux."""

_INSTEAD = ((r"\s*[:|]+\s*", " - "), (r"[\\/]+", "-"), (r'[*?"<>#^\[\]%]+', ""))
"""For what Windows forbids, and for what would end or break a `[[link]]`."""

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]+")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.I)


@contextmanager
def notes_folder(out: Path) -> Iterator[Callable[[str, str], None]]:
    """What writes a text to a path (`Method/ICON.md`) in the folder `out`; all of them take their place at the end.

    Raises UsageError where `out` holds files and none of them says that it is ours.
    """
    out = out.resolve()
    before = _ours(out)
    stage = out.with_name(f".{out.name}.{os.getpid()}.part")
    names: list[str] = []

    def put(name: str, text: str) -> None:
        target = stage / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
        names.append(name)

    try:
        stage.mkdir()
        yield put
        (stage / MARK).write_text(json.dumps(sorted(names), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
        _move(stage, out, [*names, MARK])
        for name in sorted(before - set(names)):
            _remove(out, name)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _ours(out: Path) -> set[str]:
    """The names of our files in a folder; nothing where it is empty or not there."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return set()
    if out.is_dir() and not (out / MARK).is_file():
        raise UsageError(f"{out} holds files that are not ours: name a new folder, or an empty one")
    try:
        named = json.loads((out / MARK).read_text(encoding="utf-8"))
        parts = [PurePosixPath(named[at]).parts for at in range(len(named))]
    except (ValueError, TypeError, KeyError):
        raise UsageError(f"{out / MARK} is damaged: name a new folder, or an empty one") from None
    return {"/".join(part) for part in parts if len(part) == 2 and ".." not in part and part[1].endswith(".md")}


def _move(stage: Path, out: Path, names: list[str]) -> None:
    for folder in sorted({(out / name).parent for name in names}):
        folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (stage / name).replace(out / name)


def _remove(out: Path, name: str) -> None:
    (out / name).unlink(missing_ok=True)
    folder = (out / name).parent
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def file_name(text: str) -> str:
    """A text as the name of a file on Windows, macOS and Linux, without its ending.

    >>> file_name("ICON: Humans?"), file_name("con"), file_name("...")
    ('ICON - Humans', 'con_', 'untitled')
    """
    name = _CONTROLS.sub(" ", unicodedata.normalize("NFC", text))
    for pattern, instead in _INSTEAD:
        name = re.sub(pattern, instead, name)
    name = " ".join(name.split())[:LONGEST]
    while len(name.encode()) > 2 * LONGEST:
        name = name[:-1]
    name = name.strip(" .") or "untitled"
    return f"{name}_" if _DEVICE.fullmatch(name) else name


def unique_names(wanted: dict[str, str]) -> dict[str, str]:
    """Id -> file name, no two the same where case and composition of letters do not count; in the order of the ids."""
    taken: set[str] = set()
    used: dict[str, int] = {}
    names: dict[str, str] = {}
    for id_ in sorted(wanted):
        base = name = file_name(wanted[id_])
        first = _folded(base)
        while _folded(name) in taken:
            used[first] = used.get(first, 1) + 1
            name = f"{base} {used[first]}"
        taken.add(_folded(name))
        names[id_] = name
    return names


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold())
