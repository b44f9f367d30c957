"""Papers near to a paper: by what both name, by what both cite, or by who cites both."""

from collections import defaultdict
from collections.abc import Mapping
from heapq import nsmallest

from kb.adjacency import THOUSANDTHS, Adjacency
from kb.ask import ALL, DIGITS, Row, run
from kb.quotes import forms, weights
from kb.stores import GraphStore

VIA = 5
"""How many names, terms or papers are told of what makes two papers alike."""

NEAR = 100
"""How many papers that are near by names alone are weighed again with their terms."""

Named = dict[str, dict[str, Row]]
"""Paper -> entity -> its name and what it weighs."""

SIMILAR = {
    "shares": ("similar", "paper_entities"),
    "coupling": ("coupled", "edges_out"),
    "cocitation": ("cocited", "edges_in"),
}
"""What papers can be alike by: the query that ranks them, and the one that says by what."""


def similar(
    store: GraphStore, id: str, *, by: str = "shares", limit: int = 10, adjacency: Adjacency | None = None
) -> list[Row]:
    """The papers nearest to a paper, `by` one of SIMILAR; `via` are the names, or the papers, that join each with it.

    By "shares" the cosine over names and terms; by "coupling" how many papers both cite (Kessler, Bibliographic
    Coupling Between Scientific Papers, 1963); by "cocitation" how many papers cite both (Small, Co-Citation in the
    Scientific Literature, 1973). With `adjacency` the store is only asked what the nearest are called.
    """
    if by != "shares":
        return _by_citations(store, id, *SIMILAR[by], limit)
    named = _nearest(adjacency, id, limit) if adjacency else None
    return _by_shares(store, id, limit, named)


def _by_shares(store: GraphStore, id: str, limit: int, named: Named | None) -> list[Row]:
    """The candidates nearest by names and terms together, among those in `named` where it is given."""
    ids = [id, *(named.keys() - {id} if named else _candidates(store, id, limit))]
    told = {row["id"]: row for row in run(store, "paper_terms", ids=ids)}
    if named is None:
        named = {each: {} for each in ids}
        for row in run(store, "paper_entities", ids=ids):
            named[row["near"]][row["id"]] = row
    rows = [_likeness(told[other], _parts(named[id], named[other], told[id], told[other])) for other in ids[1:]]
    return sorted(rows, key=lambda row: (-row["weight"], row["id"]))[:limit]


def _nearest(adjacency: Adjacency, id: str, limit: int) -> Named | None:
    """A paper and the `limit` nearest of its candidates, with what they name; None where the store has to find more."""
    [me] = adjacency.numbers([id])
    papers, authors = adjacency.block("Paper"), adjacency.block("Author")
    own = {other: weight for row in adjacency.near([me]) for other, weight in zip(*row[1:], strict=True)}
    mine = {other: weight for other, weight in own.items() if other not in papers and other not in authors}
    linked = [other for other, weight in own.items() if weight and other in papers]
    parts: dict[int, int] = defaultdict(int)
    for entity in adjacency.near(list(mine)):
        for paper, weight in zip(entity.others, entity.weights, strict=True):
            parts[paper] += mine[entity.node] * weight
    ids = {*linked, *nsmallest(max(NEAR, limit), parts.keys() - {me}, key=lambda paper: (-parts[paper], paper))}
    for row in adjacency.near(linked):
        ids.update(other for other, weight in zip(row.others, row.weights, strict=True) if weight and other in papers)
    ids.discard(me)
    if len(ids) < limit:
        return None
    own_terms = {term: weight for row in adjacency.terms([me]) for term, weight in zip(*row[1:], strict=True)}
    for row in adjacency.terms(list(ids)):
        weights = zip(row.others, row.weights, strict=True)
        parts[row.node] += sum(own_terms[term] * weight for term, weight in weights if term in own_terms)
    return _named(adjacency, mine, [me, *nsmallest(limit, ids, key=lambda paper: (-parts[paper], paper))])


def _named(adjacency: Adjacency, mine: Mapping[int, int], papers: list[int]) -> Named:
    """What papers name of the entities `mine`."""
    called = adjacency.names([*mine, *papers])
    held: Named = {called[paper][0]: {} for paper in papers}
    for row in adjacency.near(papers):
        own = held[called[row.node][0]]
        for other, weight in zip(row.others, row.weights, strict=True):
            if other in mine:
                own[called[other][0]] = {"name": called[other][1], "weight": weight / THOUSANDTHS}
    return held


def _candidates(store: GraphStore, id: str, limit: int) -> list[str]:
    """Papers that may be near: linked over two SHARES, or nearest by names; where these are too few, by terms too."""
    found = [row["id"] for row in run(store, "similar", id=id, limit=max(NEAR, limit))]
    for row in run(store, "linked_twice", id=id):
        found += [row["near"], row["id"]]
    ids = {each for each in found if each not in (None, id)}
    if len(ids) < limit:
        [own] = run(store, "paper_terms", ids=[id])
        ids |= {row["id"] for row in run(store, "papers_with_terms", terms=own["terms"] or [""], id=id)}
    return sorted(ids)


def _parts(mine: Mapping[str, Row], theirs: Mapping[str, Row], me: Row, them: Row) -> list[tuple[float, int, str, str]]:
    """What two papers share, heaviest first: minus the weight, 0 for names and 1 for terms, the id, the name."""
    own, other = weights(me), weights(them)
    names = [(mine[e]["weight"] * theirs[e]["weight"], 0, e, mine[e]["name"]) for e in mine.keys() & theirs.keys()]
    terms = [(own[term] * other[term], 1, term, term) for term in own.keys() & other.keys()]
    return sorted((-round(weight, DIGITS), order, id_, name) for weight, order, id_, name in (*names, *terms))


def _likeness(paper: Row, parts: list[tuple[float, int, str, str]]) -> Row:
    """A row of `similar`; a term goes without saying where a name or term that holds its words is shared too."""
    spelt = [f" {' '.join(forms(name))} " for *_, name in parts]
    via = [
        name
        for i, (_, is_term, _, name) in enumerate(parts)
        if not is_term or not any(f" {name} " in each for j, each in enumerate(spelt) if i != j)
    ]
    weight = round(-sum(part[0] for part in parts), DIGITS)
    row = {key: paper[key] for key in ("id", "name", "year")}
    return {**row, "weight": weight, "shared": len(parts), "via": via[:VIA]}


def _by_citations(store: GraphStore, id: str, ranks: str, joins: str, limit: int) -> list[Row]:
    rows = run(store, ranks, id=id, limit=limit)
    ids = [id, *(row["id"] for row in rows)]
    held: dict[str, dict[str, str]] = {}
    for row in run(store, joins, ids=ids, edges=["CITES"], prefix="paper:", least=0.0, limit=ALL):
        held.setdefault(row["near"], {})[row["id"]] = row["name"]
    both = [sorted(held[id].keys() & held[row["id"]].keys()) for row in rows]
    return [{**row, "via": [held[id][each] for each in own[:VIA]]} for row, own in zip(rows, both, strict=True)]
