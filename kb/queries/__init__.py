"""The questions as Cypher, one file each: parameters only, and only what the embedded engine and Neo4j share.

The first line of a file says what it answers. `kb.ask` asks with some of them; all run in the Neo4j Browser.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kb.schema import label_of

FOLDER = Path(__file__).parent

_NODE_OF_ID = re.compile(r"(?<=:)([\w|]+)(?= \{id: \$(\w+)\})")
_NODE_OF_LIST = re.compile(r"(\w+)\.id IN \$(\w+)")


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


def narrowed(cypher: str, params: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """A query for the nodes that its parameters name: their labels instead of all it allows, `=` for one id in a list.

    The embedded engine plans and runs a query once for each label, and for a list of ids goes through all nodes,
    where it looks a single one up: 3 ms instead of 400 for the edges of a paper among 87,000.
    """
    given = dict(params)
    cypher = _NODE_OF_ID.sub(lambda m: _labels(m[1], [str(given[m[2]])]), cypher)
    for node, name in _NODE_OF_LIST.findall(cypher):
        values = given[name]
        ids = [str(value) for value in values] if isinstance(values, list) else []
        cypher = re.sub(rf"(?<=\({node}:)([\w|]+)", lambda m, ids=ids: _labels(m[1], ids), cypher)  # type: ignore[misc]
        if len(ids) == 1:
            cypher = cypher.replace(f"{node}.id IN ${name}", f"{node}.id = ${name}")
            given[name] = ids[0]
    return cypher, given


def _labels(allowed: str, ids: list[str]) -> str:
    """Those of the allowed labels that ids have; all where none of them has any."""
    held = {label_of(id_) for id_ in ids}
    return "|".join(label for label in allowed.split("|") if label in held) or allowed
