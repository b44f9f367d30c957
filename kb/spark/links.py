"""Links on Spark: edges a paper at a time, SHARES a block of papers at a time.

What must be together is brought together by joins and groups; what is then done with it is `kb.link`, so that weights
and ties are the same. An entity of more than HUB papers nominates no pair there as here: without that cap the
join of papers by their entities would grow with the square of the commonest.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix

from kb.link import (
    HUB,
    edge_rows,
    features,
    lost_claims,
    nearest,
    parts_of,
    scored,
    share_edges,
    strongest,
    traits,
    via,
)
from kb.spark.names import PLACED
from kb.spark.session import Run, batches, ddl, fetch, fetched, keep, load, share
from kb.tables import EDGES, frame

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

BLOCK = 5_000  # papers whose nearest are looked for together; the outcome does not depend on it

_OWN = {c: EDGES[c] for c in EDGES if c not in ("shared", "via", "position", "p_value")}
_PLACED = {"row": pl.Int64(), "column": pl.Int64(), **_OWN}
_PAIRS = {"low": pl.Int64(), "high": pl.Int64()}
_SCORES = {**_PAIRS, "weight": pl.Float64(), "shared": pl.Int64(), "columns": pl.List(pl.Int64())}


def entity_edges_on(
    run: Run, papers: pl.DataFrame, mentions: pl.LazyFrame, entities: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """As `kb.link.entity_edges`, of the mentions that canonicalisation left on Spark; `mentions` are the same here."""
    _entity_edges(run, papers, mentions, entities)
    return iter([frame("edges", fetched(run, "edges"))])


def _entity_edges(run: Run, papers: pl.DataFrame, mentions: pl.LazyFrame, entities: pl.DataFrame) -> "DataFrame":
    """One edge for each (paper, entity), with the `row` and `column` of these in their tables."""
    from pyspark.sql.functions import collect_list, struct

    weighed = share(run, "traits", traits(entities).with_columns(column=pl.int_range(pl.len(), dtype=pl.Int64)))
    lost = share(run, "lost", lost_claims(mentions, papers).with_columns(lost=pl.lit(True)))
    rows = pl.int_range(pl.len(), dtype=pl.Int64)
    texts = share(run, "linked", papers.select(pl.col("id").alias("paper"), rows.alias("row"), "title", "abstract"))
    held = load(run, run.folder / PLACED).join(weighed, "entity").join(lost, ["paper", "entity"], "left")
    told = struct(*(c for c in held.columns if c != "paper"))
    by_paper = held.groupBy("paper").agg(collect_list(told).alias("mentions")).join(texts, "paper")
    return keep(run, "edges", by_paper.mapInArrow(_edges, ddl(_PLACED)))


def _edges(papers: Iterator["pa.RecordBatch"]) -> Iterator["pa.RecordBatch"]:
    for batch in papers:
        held = _frame(batch)
        best = strongest(held.select("paper", "row", "mentions").explode("mentions").unnest("mentions"))
        edges = edge_rows(best, held.select("paper", "title", "abstract"))
        yield from batches(edges.with_columns(best["row"], best["column"]), _PLACED)


def shares_on(run: Run, edges: pl.DataFrame, entities: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """As `kb.link.shares`: pairs nominated block by block, then scored by all that they share."""
    from pyspark.sql.functions import array_sort, col, collect_list, struct

    papers, matrix, names = features(edges, entities, terms)
    cells = share(run, "cells", _cells(matrix))
    vectors = cells.groupBy("row").agg(array_sort(collect_list(struct("column", "weight"))).alias("cells"))
    pairs = _nominated(cells).join(vectors.select(col("row").alias("low"), col("cells").alias("one")), "low")
    pairs = pairs.join(vectors.select(col("row").alias("high"), col("cells").alias("other")), "high")
    scores = fetch(run, "shares", pairs.mapInArrow(_scores, ddl(_SCORES)))
    rows = pl.int_range(pl.len(), dtype=pl.Int64).alias("row")
    shared = scores.select(rows, pl.col("columns").alias("column")).explode("column")
    inside = parts_of(names, len(entities), np.bincount(matrix.indices, minlength=len(names)) > 1)
    return share_edges(scores.with_columns(via=via(shared, names, inside)), papers, matrix)


def _cells(matrix: csr_matrix) -> pl.DataFrame:
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return pl.DataFrame({"row": row, "column": matrix.indices.astype(np.int64), "weight": matrix.data})


def _nominated(cells: "DataFrame") -> "DataFrame":
    """Distinct pairs (low, high): each block of papers meets all papers that share an entity with one of it."""
    from pyspark.sql.functions import col, floor

    held = cells.groupBy("column").count().where((col("count") > 1) & (col("count") <= HUB)).select("column")
    rare = cells.join(held, "column").withColumn("block", floor(col("row") / BLOCK))
    wanted = rare.select("block", "column").distinct()
    postings = wanted.join(rare.drop("block"), "column")
    return postings.groupBy("block").applyInArrow(_nearest, ddl(_PAIRS)).distinct()


def _nearest(key: tuple[Any, ...], postings: "pa.Table") -> "pa.Table":
    import pyarrow as pa

    cells = _frame(postings).sort("row", "column")
    rows, row = np.unique(cells["row"].to_numpy(), return_inverse=True)
    columns, column = np.unique(cells["column"].to_numpy(), return_inverse=True)
    rare = csr_matrix((cells["weight"].to_numpy(), (row, column)), shape=(len(rows), len(columns)))
    low, high = nearest(rare, np.flatnonzero(rows // BLOCK == key[0].as_py()))
    return pa.Table.from_batches(batches(pl.DataFrame({"low": rows[low], "high": rows[high]}), _PAIRS))


def _scores(pairs: Iterator["pa.RecordBatch"]) -> Iterator["pa.RecordBatch"]:
    for batch in pairs:
        held = _frame(batch)
        one, other = _vectors(held["one"]), _vectors(held["other"])
        width = max(one[1].max(initial=0), other[1].max(initial=0)) + 1
        shape = len(held), width
        scores, shared = scored(csr_matrix(one, shape=shape), csr_matrix(other, shape=shape))
        columns = shared.group_by("row", maintain_order=True).agg(pl.col("column").cast(pl.Int64))["column"]
        ends = held[scores["pair"]].select("low", "high")
        yield from batches(scores.with_columns(*ends, columns=columns), _SCORES)


def _vectors(cells: pl.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lists of (column, weight) as the data, indices and row bounds of a CSR matrix."""
    flat = cells.explode().struct.unnest()
    bounds = np.concatenate([[0], cells.list.len().cum_sum().to_numpy()])
    return flat["weight"].to_numpy(), flat["column"].to_numpy(), bounds


def _frame(rows: Any) -> pl.DataFrame:
    made = pl.from_arrow(rows)
    assert isinstance(made, pl.DataFrame)
    return made
