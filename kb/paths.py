"""A shortest way between two nodes, looked for in packed numbers where there are any, else in the store."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from kb.adjacency import Adjacency
from kb.ask import STARTS, Row, between, columns, run
from kb.schema import EDGES, UNDIRECTED, label_of
from kb.stores import GraphStore

Key = TypeVar("Key", int, str)

MANY = 500
"""Nodes above which the embedded engine reaches their neighbours sooner by one pass over all edges than by id."""


def path(
    store: GraphStore, a: str, b: str, *, max_hops: int = 6, adjacency: Adjacency | None = None
) -> list[Row] | None:
    """A shortest way between two nodes over edges of every type, either way round; None if none is short enough.

    Of equal ways the one through the smallest ids. It is looked for in `adjacency` where there is one, whose numbers
    compare as ids do, else in the store.
    """
    if adjacency:
        start, end = adjacency.numbers([a, b])
        numbers = _shortest(start, end, adjacency.beyond, max_hops)
        called = adjacency.names(numbers or [])
        return _described(store, [called[number] for number in numbers]) if numbers else None
    ids = _shortest(a, b, lambda frontier, seen: _beyond(store, frontier, seen), max_hops)
    return _described(store, [(id_, columns(store, id_)["name"]) for id_ in ids]) if ids else None


def _shortest(
    a: Key, b: Key, beyond: Callable[[Sequence[Key], Collection[Key]], dict[Key, Key]], max_hops: int
) -> list[Key] | None:
    """Breadth first from both ends, the smaller frontier a whole level at a time (Pohl, Bi-directional Search, 1971).

    `beyond` gives the next level: each node not yet seen, and its smallest neighbour in the frontier.
    """
    sides: tuple[dict[Key, Key | None], ...] = ({a: None}, {b: None})
    frontiers = [[a], [b]]
    for _ in range(max_hops if a != b else 0):
        turn = 0 if len(frontiers[0]) <= len(frontiers[1]) else 1
        fresh = beyond(frontiers[turn], sides[turn])
        if not fresh:
            return None
        sides[turn].update(fresh)
        frontiers[turn] = sorted(fresh)
        if met := [node for node in fresh if node in sides[1 - turn]]:
            return min(_way(node, sides[0])[::-1] + _way(node, sides[1])[1:] for node in met)
    return [a] if a == b else None


def _beyond(store: GraphStore, frontier: Sequence[str], seen: Collection[str]) -> dict[str, str]:
    starts = [node for node in frontier if label_of(node) in STARTS]
    ends = [node for node in frontier if label_of(node) != "Author"]  # nothing leads to an author
    rows = run(store, f"reach_out{_many(starts)}", ids=starts) if starts else []
    rows += run(store, f"reach_in{_many(ends)}", ids=ends) if ends else []
    fresh: dict[str, str] = {}
    for row in rows:
        if row["id"] not in seen:
            fresh[row["id"]] = min(row["near"], fresh.get(row["id"], row["near"]))
    return fresh


def _many(ids: Sequence[str]) -> str:
    return "_many" if len(ids) > MANY else ""


def _way(node: Key, parents: Mapping[Key, Key | None]) -> list[Key]:
    """From a node back to where its side began."""
    way = [node]
    while (before := parents[way[-1]]) is not None:
        way.append(before)
    return way


def _described(store: GraphStore, way: Sequence[tuple[str, str]]) -> list[Row]:
    """The rows of a way, from ids and names."""
    made: list[Row] = []
    for i, (node, name) in enumerate(way):
        row = {"id": node, "label": label_of(node), "name": name}
        made.append({**row, **(_step(store, way[i - 1][0], node) if i else {"edge": None, "direction": None})})
    return made


def _step(store: GraphStore, before: str, after: str) -> Row:
    """The edge that leads from one node to the next, as the schema orders the types."""
    found = []
    for source, target, direction in ((before, after, "out"), (after, before, "in")):
        if label_of(source) in STARTS:
            found += [(row["edge"], direction) for row in between(store, source, target)]
    edge, direction = min(found, key=lambda pair: (list(EDGES).index(pair[0]), pair[1] != "out"))
    return {"edge": edge, "direction": "both" if edge in UNDIRECTED else direction}
