"""Communities of papers, and the names they go by.

Papers are parted by the Leiden algorithm (Traag, Waltman and van Eck, From Louvain to Leiden, 2019) at modularity's own
resolution, seeded; an entity belongs where most of its papers' weight lies. A community is named by the entities that
tell it from the rest.
"""

from typing import Any

import graspologic_native
import numpy as np
import polars as pl

SMALLEST = 3
"""Papers of the smallest community; fewer are a pair, not a field."""

NAMES = 3
"""Entities in a community's name."""

_RESOLUTION, _ITERATIONS, _SEED = 1.0, 3, 1
_TRIALS, _LARGE = 4, 1_000_000  # the best of four, but for matrices of so many cells: there they differ by nothing
_FEWEST = 2  # papers of a community that must hold what names it


def leiden(adjacency: Any) -> np.ndarray:
    """The community of each node, numbered from 1 by size, greatest first; 0 for nodes in none of SMALLEST or more.

    `adjacency` is symmetric (CSR, weights above 0, empty diagonal). The same matrix gives the same communities.
    """
    size = adjacency.shape[0]
    if not adjacency.nnz:
        return np.zeros(size, dtype=np.int64)
    _, found = graspologic_native.leiden_csr(
        adjacency.indptr.astype(np.int64),
        adjacency.indices.astype(np.int32),
        adjacency.data.astype(np.float64),
        size,
        resolution=_RESOLUTION,
        iterations=_ITERATIONS,
        seed=_SEED,
        trials=1 if adjacency.nnz > _LARGE else _TRIALS,
    )
    return _by_size(np.fromiter((found[i] for i in range(size)), dtype=np.int64, count=size))


def _by_size(community: np.ndarray) -> np.ndarray:
    """Numbers from 1 by size, ties by the first node; 0 for small ones."""
    _, first, inverse, counts = np.unique(community, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -counts))
    number = np.zeros(len(counts), dtype=np.int64)
    number[order] = np.arange(1, len(counts) + 1)
    number[counts < SMALLEST] = 0
    return np.asarray(number[inverse])


def weights_by_community(edges: pl.DataFrame, papers: pl.DataFrame) -> pl.DataFrame:
    """What each entity weighs in each community: `entity, community, weight, papers`.

    `edges` are those from papers to entities, `papers` has `id` and `community`; papers in none are left out.
    """
    member = papers.filter(pl.col("community") > 0).select(pl.col("id").alias("source"), "community")
    held = edges.join(member, on="source").group_by("target", "community")
    sums = held.agg(pl.col("weight").sum().round(6), pl.len().alias("papers"))
    return sums.rename({"target": "entity"}).sort("entity", "community")


def of_entities(weights: pl.DataFrame) -> pl.DataFrame:
    """The community in which each entity weighs most: `id, community`; ties go to the greater community."""
    most = weights.sort(["entity", "weight", "community"], descending=[False, True, False])
    return most.group_by("entity", maintain_order=True).agg(pl.col("community").first()).rename({"entity": "id"})


def names(weights: pl.DataFrame, entities: pl.DataFrame, papers: pl.DataFrame) -> dict[int, str]:
    """The name of each community: the NAMES entities that its papers hold most beyond what all papers would let expect.

    Ranked by weight times the logarithm of how much more often a paper here holds the entity than a paper elsewhere
    (a term of the Kullback-Leibler divergence, as topic models are labelled).
    """
    size = papers.filter(pl.col("community") > 0)["community"].value_counts().rename({"count": "size"})
    total = weights.group_by("entity").agg(pl.col("papers").sum().alias("all"))
    known = entities.select(pl.col("id").alias("entity"), "name", "kind")
    told = weights.join(size, on="community").join(total, on="entity").join(known, on="entity")
    lift = (pl.col("papers") / pl.col("size")) / (pl.col("all") / int(size["size"].sum() or 1))
    told = told.filter((pl.col("papers") >= _FEWEST) & (lift > 1) & (pl.col("kind") != "Metric"))
    ranked = told.with_columns(score=(pl.col("weight") * lift.log()).round(6)).sort(
        ["community", "score", "entity"], descending=[False, True, False]
    )
    best = ranked.group_by("community", maintain_order=True).agg(pl.col("name"))
    return {number: ", ".join(_distinct(listed)) for number, listed in best.iter_rows()}


def _distinct(ranked: list[str]) -> list[str]:
    """The first NAMES names of which none lies in another: not `NeRF` beside `NeRF rendering`."""
    kept: list[str] = []
    for name in ranked:
        low = name.casefold()
        if all(low not in other.casefold() and other.casefold() not in low for other in kept):
            kept.append(name)
        if len(kept) == NAMES:
            break
    return kept
