"""The part of the graph that an export or a picture shows, as tables of the same form."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypedDict

import polars as pl

from kb.errors import NotFoundError, UsageError
from kb.projection import co_use
from kb.questions import hop_count, label, positive
from kb.schema import CO_USE, ENTITIES, ENTITY_EDGES, LABELS, label_of
from kb.tables import Tables
from kb.trends import day

GRAPHS = ("full", "papers", "entities", "ego")

_BETWEEN_PAPERS = ("SHARES", "CITES")
_KINDS = {"full": LABELS, "ego": LABELS, "papers": ("Paper",), "entities": ENTITIES}


class Selection(TypedDict, total=False):
    """The options of `select`, for what passes them on."""

    graph: str
    names: Sequence[str]
    hops: int
    kinds: Sequence[str]
    min_weight: float
    top: int | None
    since: str | int | date | None
    significance: float | None


def select(
    tables: Tables,
    *,
    graph: str = "full",
    names: Sequence[str] = (),
    hops: int = 1,
    kinds: Sequence[str] = (),
    min_weight: float = 0.0,
    top: int | None = None,
    since: str | int | date | None = None,
    significance: float | None = None,
) -> Tables:
    """The nodes and edges that are wanted, and the mentions, records and definitions of the papers among them.

    `graph` is "full"; "papers", joined by SHARES and CITES; "entities", joined by `kb.projection.co_use`, whose edges
    have the columns type, source, target, weight, papers and pmi; or "ego", the full graph around `names`. With `names`
    (ids) any graph is cut to what lies within `hops` of them.

    `kinds` are the labels that stay; papers stay in the full graph whatever they are, as every edge has one. Edges
    below `min_weight` go, those without a weight stay, and of SHARES those whose `p_value` is at most `significance`
    (`kb.significance`). `since` keeps papers from a day on (`kb.trends.day`), those known by their year alone as of its
    last day, and co-use is counted over these. `top` keeps that many papers, as many entities and as many authors: the
    nearest to `names`, then those with most edges, and entities by how many papers name them.

    A node that loses its edges to all this goes, one that never had any stays; but the graph of entities has joined
    ones alone. Columns that count (papers, mentions) are those of the whole graph. Raises UsageError, and NotFoundError
    where nothing is left, or `since` leaves out one of `names`.
    """
    labels = _labels(graph, names, kinds)
    _check(names, graph, hops, min_weight, top, significance)
    if graph == "full" and not (names or kinds or min_weight or top or since or significance):
        return tables
    dated = _since(tables, since)
    nodes = _nodes(dated).filter(pl.col("label").is_in(labels) | pl.col("id").is_in(list(names)))
    if lost := sorted(set(names) - set(nodes["id"])):
        raise NotFoundError(f"{lost[0]} is not in the graph that is left; an earlier --since may keep it")

    def linked() -> pl.DataFrame:
        return _heavy(_edges(dated, nodes["id"], graph), min_weight, significance)

    edges = linked()
    if names:
        nodes = nodes.drop("hop").join(_near(edges, names, hops), on="id", maintain_order="left")
        edges = linked()
    if top is not None:
        nodes = _strongest(nodes, edges, dated, top)
        edges = linked()
    ids = _held(nodes, edges, tables, graph, names)
    if ids.is_empty():
        raise NotFoundError("nothing of the graph is left: ask for less at once, or for another graph")
    return _cut(dated, ids, edges)


def _labels(graph: str, names: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """The labels of the nodes that stay."""
    if graph not in GRAPHS:
        raise UsageError(f'no graph "{graph}"; there are: {", ".join(GRAPHS)}')
    there = _KINDS[graph]
    given = [label(kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    for kind in [*given, *map(label_of, names)]:
        if kind not in there:
            raise UsageError(f"the graph of {graph} has no {kind.lower()}s: take the full graph, or another kind")
    return [kind for kind in there if kind in given or kind == "Paper"] if given else list(there)


def _check(
    names: Sequence[str], graph: str, hops: int, min_weight: float, top: int | None, significance: float | None
) -> None:
    if graph == "ego" and not names:
        raise UsageError("an ego graph lies around a node: name one")
    if names:
        hop_count(hops)
    if top is not None:
        positive("top", top)
    if not (math.isfinite(min_weight) and min_weight >= 0):
        raise UsageError(f"the least weight of an edge is 0 or more, not {min_weight}")
    if significance is not None and not 0 < significance <= 1:
        raise UsageError(f"significance lies above 0 and is at most 1 (0.05, for example), not {significance}")
    if significance is not None and graph == "entities":
        raise UsageError("significance is of SHARES edges, and the graph of entities has none: leave it out")


def _since(tables: Tables, since: str | int | date | None) -> Tables:
    """The papers from a day on, with their edges, entities and authors."""
    if since is None:
        return tables
    last = pl.date(pl.col("year"), 12, 31)
    papers = tables.papers.filter(pl.coalesce("date", last) >= day(since))
    gone = tables.papers.join(papers, on="id", how="anti")["id"].implode()
    edges = tables.edges.filter(~pl.col("source").is_in(gone) & ~pl.col("target").is_in(gone))
    held = pl.col("id").is_in(_ends(edges).implode())
    return replace(
        tables,
        papers=papers,
        edges=edges,
        entities=tables.entities.filter(held),
        authors=tables.authors.filter(held),
    )


def _ends(edges: pl.DataFrame) -> pl.Series:
    """The ids of all ends of edges, each once."""
    return pl.concat([edges["source"], edges["target"]]).unique()


def _nodes(tables: Tables) -> pl.DataFrame:
    """Every node: id, label and `hop`, how far from what was named (0 while nothing is)."""
    parts = [
        tables.papers.select("id", label=pl.lit("Paper")),
        tables.entities.select("id", label=pl.col("kind")),
        tables.authors.select("id", label=pl.lit("Author")),
    ]
    return pl.concat(parts).with_columns(hop=pl.lit(0))


def _edges(tables: Tables, ids: pl.Series, graph: str) -> pl.DataFrame:
    """The edges of a graph between the nodes `ids`."""
    if graph == "entities":
        pairs = co_use(tables.edges, tables.entities.filter(pl.col("id").is_in(ids.implode())))
        return pairs.select(pl.lit(CO_USE).alias("type"), "source", "target", "weight", "papers", "pmi")
    held = ids.implode()
    return _own(tables, graph).filter(pl.col("source").is_in(held) & pl.col("target").is_in(held))


def _own(tables: Tables, graph: str) -> pl.DataFrame:
    """The edges that a graph takes as they are."""
    return tables.edges.filter(pl.col("type").is_in(_BETWEEN_PAPERS)) if graph == "papers" else tables.edges


def _heavy(edges: pl.DataFrame, min_weight: float, significance: float | None) -> pl.DataFrame:
    kept = edges.filter(pl.col("weight").is_null() | (pl.col("weight") >= min_weight)) if min_weight else edges
    if significance is None:
        return kept
    return kept.filter((pl.col("type") != "SHARES") | (pl.col("p_value") <= significance))


def _near(edges: pl.DataFrame, names: Sequence[str], hops: int) -> pl.DataFrame:
    """What lies within some hops of nodes, edges walked either way round: id and hop."""
    turned = edges.select(pl.col("target").alias("source"), pl.col("source").alias("target"))
    both = pl.concat([edges.select("source", "target"), turned])
    found = pl.DataFrame({"id": list(dict.fromkeys(names))}).with_columns(hop=pl.lit(0))
    for hop in range(1, hops + 1):
        frontier = found.filter(pl.col("hop") == hop - 1).select(source="id")
        reached = both.join(frontier, on="source", how="semi").select(id="target").unique()
        found = pl.concat([found, reached.join(found, on="id", how="anti").with_columns(hop=pl.lit(hop))])
    return found


def _strongest(nodes: pl.DataFrame, edges: pl.DataFrame, tables: Tables, top: int) -> pl.DataFrame:
    """The first `top` papers, entities and authors: the nearest, then those with most edges, then by id."""
    named = tables.edges.filter(pl.col("type").is_in(ENTITY_EDGES))["target"]
    others = pl.concat([edges["source"], edges["target"]])
    counts = [
        ends.value_counts(name="edges").select(pl.col(ends.name).alias("id"), "edges", entity=pl.lit(entity))
        for ends, entity in ((named, True), (others, False))
    ]
    sort = pl.when(pl.col("label").is_in(ENTITIES)).then(pl.lit("Entity")).otherwise("label")
    ranked = (
        nodes.with_columns(sort=sort, entity=pl.col("label").is_in(ENTITIES))
        .join(pl.concat(counts), on=["id", "entity"], how="left")
        .sort("sort", "hop", pl.col("edges").fill_null(0), "id", descending=[False, False, True, False])
    )
    return ranked.group_by("sort", maintain_order=True).head(top).select("id", "label", "hop")


def _held(nodes: pl.DataFrame, edges: pl.DataFrame, tables: Tables, graph: str, names: Sequence[str]) -> pl.Series:
    """The ids that stay: those with an edge, those named, and those that had none before anything was cut."""
    had, have = _ends(_own(tables, graph)).implode(), _ends(edges).implode()
    alone = ~pl.col("id").is_in(had) if graph != "entities" else pl.lit(False)
    return nodes.filter(alone | pl.col("id").is_in(have) | pl.col("id").is_in(list(names)))["id"]


def _cut(tables: Tables, ids: pl.Series, edges: pl.DataFrame) -> Tables:
    """The tables of these nodes and edges."""
    held = ids.implode()
    papers = tables.papers.filter(pl.col("id").is_in(held))
    own = papers["id"].implode()
    of_papers = pl.col("paper").is_in(own)
    return replace(
        tables,
        papers=papers,
        mentions=tables.mentions.filter(of_papers & pl.col("entity").is_in(held)),
        entities=tables.entities.filter(pl.col("id").is_in(held)),
        edges=edges,
        rejects=(),
        definitions=tables.definitions.filter(of_papers),
        authors=tables.authors.filter(pl.col("id").is_in(held)),
        records=tables.records.filter(of_papers),
        structure=tables.structure.filter(pl.col("id").is_in(held)),
    )
