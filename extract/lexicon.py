"""The lexicon: established names by kind, with aliases, and the word lists the rules use; all text in `data/`.

Two layers. The five files of FILES hold names somebody looked at one by one. `terms.txt` holds the commoner terms of a
corpus, each judged by a reader out of context: surely of a kind, doubtful, or nothing.
"""

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


TERMS = "terms.txt"
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the lexicon: a kind, a canonical name and its other forms; `cue` tells the layer."""

    kind: str
    name: str
    aliases: tuple[str, ...]
    cue: str = "lexicon"


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
def terms() -> dict[str, tuple[str, ...]]:
    """The terms of the corpus by section: a kind, `Kind?` for the doubtful ones, NOTHING."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines(TERMS):
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1], [])
        else:
            current.append(line)
    return {name: tuple(held) for name, held in sections.items()}


@cache
def term_entries() -> tuple[Entry, ...]:
    """The terms that are something: cue `term`, or `doubtful`."""
    return tuple(
        Entry(section.removesuffix("?"), name, (), "doubtful" if section.endswith("?") else "term")
        for section, held in terms().items()
        if section != NOTHING
        for name in held
    )


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
