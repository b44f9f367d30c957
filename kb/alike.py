"""Papers near to a paper: by what both name, by what both cite, or by who cites both."""

from collections.abc import Mapping

from kb.ask import ALL, Row, run
from kb.stores import GraphStore

VIA = 5
"""How many names or papers are told of what makes two papers alike."""

SIMILAR = {
    "shares": ("similar", "paper_entities"),
    "coupling": ("coupled", "edges_out"),
    "cocitation": ("cocited", "edges_in"),
}
"""What papers can be alike by: the query that ranks them, and the one that says by what."""


def similar(store: GraphStore, id: str, *, by: str = "shares", limit: int = 10) -> list[Row]:
    """The papers nearest to a paper, `by` one of SIMILAR; `via` are the names, or the papers, that join each with it.

    By "shares" the cosine over what both name; by "coupling" how many papers both cite (Kessler, Bibliographic Coupling
    Between Scientific Papers, 1963); by "cocitation" how many papers cite both (Small, Co-Citation in the Scientific
    Literature, 1973).
    """
    if by != "shares":
        return _by_citations(store, id, *SIMILAR[by], limit)
    rows = run(store, "similar", id=id, limit=limit)
    held: dict[str, dict[str, Row]] = {}
    for row in run(store, "paper_entities", ids=[id, *(row["id"] for row in rows)]):
        held.setdefault(row["near"], {})[row["id"]] = row
    return [{**row, "via": _heaviest(held[id], held[row["id"]])} for row in rows]


def _heaviest(mine: Mapping[str, Row], theirs: Mapping[str, Row], most: int = VIA) -> list[str]:
    both = sorted((-round(mine[e]["weight"] * theirs[e]["weight"], 9), e) for e in mine.keys() & theirs.keys())
    return [mine[e]["name"] for _, e in both[:most]]


def _by_citations(store: GraphStore, id: str, ranks: str, joins: str, limit: int) -> list[Row]:
    rows = run(store, ranks, id=id, limit=limit)
    ids = [id, *(row["id"] for row in rows)]
    held: dict[str, dict[str, str]] = {}
    for row in run(store, joins, ids=ids, edges=["CITES"], prefix="paper:", limit=ALL):
        held.setdefault(row["near"], {})[row["id"]] = row["name"]
    both = [sorted(held[id].keys() & held[row["id"]].keys()) for row in rows]
    return [{**row, "via": [held[id][each] for each in own[:VIA]]} for row, own in zip(rows, both, strict=True)]
