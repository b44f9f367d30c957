"""The questions of a knowledge base, wherever it lies: names settled, then a question of `kb.ask`, plain values out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from types import TracebackType
from typing import Any, Self

from kb import alike, ask, groups, paths, trends
from kb.adjacency import Adjacency
from kb.errors import NotFoundError, UsageError
from kb.guard import checked
from kb.schema import EDGES, ENTITIES, LABELS
from kb.search import Names, Node
from kb.stores import GraphStore

Row = dict[str, Any]
MAX_HOPS = 4
"""The widest neighbourhood: beyond it everything is near everything."""


class Questions(ABC):
    """What can be asked of a knowledge base, wherever it lies.

    A name is an id, a title or its head, a DOI, an arXiv id, an entity's or an author's name or alias, in any case.
    Unknown names raise NotFoundError with the nearest names, wrong options UsageError, a damaged file or a lost server
    StoreError.
    """

    place: str
    manifest: Row
    _names: Names
    _embedded = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Close files and connections."""

    @property
    @abstractmethod
    def _store(self) -> GraphStore:
        """The graph."""

    @property
    def _adjacency(self) -> Adjacency | None:
        """Its packed numbers, where the knowledge base has them."""
        return None

    def stats(self) -> Row:
        """Counts of entries, papers, rejects, nodes and edges, and the most shared methods, datasets and tasks."""
        return {"path": self.place, **ask.stats(self._store, self.manifest)}

    def resolve(self, name: str, *, labels: Sequence[str] = LABELS) -> list[Row]:
        """The nodes a name may mean, best first."""
        return [asdict(node) for node in self._nodes(name, labels)]

    def search(self, text: str, *, kind: str | None = None, limit: int = 10) -> list[Row]:
        """The papers and entities whose title, abstract, name or aliases hold the words, by BM25."""
        found = self._names.search(text, label=kind and label(kind), limit=positive("limit", limit))
        return [{**asdict(node), "snippet": snippet, "score": score} for node, snippet, score in found]

    def show(self, name: str, *, limit: int | None = None) -> Row:
        """A node, its columns and its edges by type, heaviest first; at most `limit` of each type."""
        if limit is not None:
            positive("limit", limit)
        return ask.show(self._store, self._nodes(name)[0].id, limit=limit)

    def neighbours(
        self, name: str, *, hops: int = 1, edge: str | None = None, kind: str | None = None, limit: int = 25
    ) -> list[Row]:
        """What lies around a node, each node once with its heaviest edge, `limit` of each hop, heaviest first.

        `edge` restricts the walk and `kind` what is reported. The next hop starts from the 100 strongest of the last
        (`ask.FRONTIER`).
        """
        hop_count(hops)
        edge, kind = edge and edge_type(edge), kind and label(kind)
        id_ = self._nodes(name)[0].id
        positive("limit", limit)
        return ask.neighbours(self._store, id_, hops=hops, edge=edge, kind=kind, limit=limit, adjacency=self._adjacency)

    def why(self, a: str, b: str) -> Row:
        """What links two papers, a paper and an entity or author, or two of these, each thing with its sentences."""
        first, second = self._paper_first(a), self._paper_first(b)
        if first.id == second.id:
            kind = first.label.lower() if first.label in ("Paper", "Author") else first.label
            raise UsageError(f'both names mean the {kind} "{shortened(first.name)}": name two different papers')
        return ask.why(self._store, asdict(first), asdict(second))

    def path(self, a: str, b: str, *, max_hops: int = 6) -> list[Row]:
        """A shortest way from one node to the other; NotFoundError when there is none of at most `max_hops`."""
        start, end = self._paper_first(a), self._paper_first(b)
        way = paths.path(
            self._store, start.id, end.id, max_hops=positive("max_hops", max_hops), adjacency=self._adjacency
        )
        if way is None:
            most = "1 hop" if max_hops == 1 else f"{max_hops} hops or fewer"
            raise NotFoundError(f'no path of {most} between "{start.name}" and "{end.name}"')
        return way

    def similar(self, paper: str, *, by: str = "shares", limit: int = 10) -> list[Row]:
        """Every other paper that shares something with a paper, by the weight of what they share.

        Or `by` "coupling", by how many papers both cite, or "cocitation", by how many papers cite both.
        """
        by = likeness(by)
        node = self._paper_first(paper)
        if node.label == "Author":
            raise NotFoundError(f'"{node.name}" is an author: name a paper')
        if node.label != "Paper":
            raise NotFoundError(f'"{node.name}" is a {node.label} that no single paper introduces: name a paper')
        return alike.similar(self._store, node.id, by=by, limit=positive("limit", limit), adjacency=self._adjacency)

    def top(self, kind: str, *, limit: int = 10) -> list[Row]:
        """The nodes of a kind that most papers hold; papers by how many others they are linked to."""
        return ask.top(self._store, label(kind), limit=positive("limit", limit))

    def communities(self, *, limit: int = 50) -> list[Row]:
        """The communities of papers, greatest first: number, name, papers, first and last year."""
        return groups.communities(self._store, limit=positive("limit", limit))

    def community(self, number: int, *, limit: int = 10) -> Row:
        """One community: its most central papers, the entities they name, the communities it shares most with."""
        return groups.community(self._store, positive("number", number), limit=positive("limit", limit))

    def bridges(self, *, kind: str | None = None, limit: int = 10) -> list[Row]:
        """The papers and entities that join communities, by betweenness, with the communities they touch."""
        if kind is not None and label(kind) == "Author":
            raise UsageError("authors are in no community: name paper, method, dataset, task, metric or concept")
        return groups.bridges(self._store, label=kind and label(kind), limit=positive("limit", limit))

    def trends(self, names: str | Sequence[str], by: str = "year") -> Row:
        """How many papers name each entity in each year or month, when that bursts, and who named it first.

        An entity named twice is told once. `share` is the part of all papers of the period, `burst` the level of
        Kleinberg's automaton, 0 outside bursts.
        """
        named = [names] if isinstance(names, str) else list(names)
        if not named:
            raise UsageError("no name: name at least one entity")
        nodes = {node.id: node for node in (self._nodes(name, ENTITIES)[0] for name in named)}
        return trends.trends(self._store, list(nodes.values()), trends.period(by))

    def new(self, since: str | int | date, *, kind: str | None = None, limit: int = 25) -> list[Row]:
        """What was first introduced on or after a day (2024, 2024-05, 2024-05-01), newest first, with its sentence.

        A paper known by its year alone counts as of the last day of that year, one without a year not at all.
        """
        wanted = trends.introducible(kind and label(kind))
        return trends.new(self._store, trends.day(since), kind=wanted, limit=positive("limit", limit))

    def query(self, cypher: str, *, params: Mapping[str, object] | None = None, limit: int | None = None) -> list[Row]:
        """The rows of a Cypher query that only reads; UsageError for one that writes, reads files or fails."""
        if limit is not None:
            positive("limit", limit)
        query = checked(cypher, params or {}, embedded=self._embedded)
        rows = self._store.run(query.text, params, limit=limit)
        if query.columns and rows and len(query.columns) == len(rows[0]):
            return [dict(zip(query.columns, row.values(), strict=True)) for row in rows]
        return rows

    def _nodes(self, name: str, labels: Sequence[str] = LABELS) -> list[Node]:
        found = self._names.resolve(name, labels)
        if not found and (others := self._names.resolve(name)):  # there is one, of another kind
            wanted = " or ".join(kind.lower() for kind in labels)
            article = "an" if others[0].label == "Author" else "a"
            raise NotFoundError(f'"{others[0].name}" is {article} {others[0].label}, not a {wanted}')
        if not found:
            nearest = self._names.nearest(name)
            hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
            raise NotFoundError(f'no paper or entity named "{shortened(name)}"{hint}', nearest)
        return found

    def _paper_first(self, name: str) -> Node:
        """The paper of that name, else the paper that introduces the entity of that name if exactly one does."""
        found = self._nodes(name)
        best = next((node for node in found if node.label == "Paper"), found[0])
        if best.label != "Paper":
            owners = ask.run(self._store, "introduced_by", id=best.id)
            if len(owners) == 1:
                return Node(owners[0]["id"], "Paper", owners[0]["name"])
        return best


def label(kind: str) -> str:
    """A node label given in any case."""
    found = next((known for known in LABELS if known.casefold() == kind.strip().casefold()), None)
    if found is None:
        raise UsageError(f'no kind "{shortened(kind)}"; there are: {", ".join(LABELS)}')
    return found


def likeness(by: str) -> str:
    """What papers are alike by, given in any case."""
    found = by.strip().casefold().replace("-", "")
    if found not in alike.SIMILAR:
        raise UsageError(f'no way to be similar by "{shortened(by)}"; there are: {", ".join(alike.SIMILAR)}')
    return found


def edge_type(edge: str) -> str:
    """A relationship type given in any case, with spaces or hyphens for underscores."""
    key = edge.strip().upper().replace("-", "_").replace(" ", "_")
    if key not in EDGES:
        raise UsageError(f'no edge "{shortened(edge)}"; there are: {", ".join(EDGES)}')
    return key


def hop_count(hops: int) -> int:
    """A width of a neighbourhood."""
    if not 1 <= hops <= MAX_HOPS:
        raise UsageError(f"hops must lie between 1 and {MAX_HOPS}, not {hops}")
    return hops


def positive(name: str, value: int) -> int:
    """A count of at least 1."""
    if value < 1:
        raise UsageError(f"{name} must be 1 or more, not {value}")
    return value


def shortened(text: str, limit: int = 80) -> str:
    """A user's text on one line, for a message."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
