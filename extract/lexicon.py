"""The lexicon: established names by kind, with aliases, and the word lists the rules use; all text in `data/`."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
FILES = {
    "Method": "methods.txt",
    "Dataset": "datasets.txt",
    "Task": "tasks.txt",
    "Metric": "metrics.txt",
    "Concept": "concepts.txt",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the lexicon: a kind, a canonical name and its other forms."""

    kind: str
    name: str
    aliases: tuple[str, ...]


def lines(file: str) -> Iterator[str]:
    """The lines of a data file without comments and blanks."""
    for line in (DATA / file).read_text(encoding="utf-8").splitlines():
        text = line.split("#", 1)[0].strip() if line.startswith("#") else line.strip()
        if text:
            yield text


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry of the five lexicons, in file order."""
    out = []
    for kind, file in FILES.items():
        for line in lines(file):
            name, *aliases = (part.strip() for part in line.split("|"))
            out.append(Entry(kind, name, tuple(aliases)))
    return tuple(out)


@cache
def words(file: str) -> dict[str, frozenset[str]]:
    """A word list with sections: `[section]` lines, then words separated by blanks."""
    sections: dict[str, set[str]] = {}
    current: set[str] = set()
    for line in lines(file):
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1], set())
        else:
            current.update(line.split())
    return {name: frozenset(found) for name, found in sections.items()}
