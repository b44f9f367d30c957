"""The questions as Cypher, one file each: parameters only, and only what the embedded engine and Neo4j share.

The first line of a file says what it answers. `kb.ask` asks with some of them; all run in the Neo4j Browser.
"""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def load(name: str) -> str:
    """The text of `queries/NAME.cypher`."""
    return (FOLDER / f"{name}.cypher").read_text(encoding="utf-8")


def names() -> list[str]:
    """The names of all queries, sorted."""
    return sorted(file.stem for file in FOLDER.glob("*.cypher"))


def title(name: str) -> str:
    """What a query answers: its first line, without the comment marks."""
    return load(name).splitlines()[0].removeprefix("//").strip()
