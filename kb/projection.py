"""The graph of entities: two are joined when papers name both, by how much more often than chance would have it."""

from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix

from kb.schema import ENTITY_EDGES

MIN_PAPERS = 2  # papers that must name both: one alone would join everything that it names
TOP = 10  # links that each entity nominates
BLOCK = 4_000_000  # products of one pass, at most, unless a single entity has more
DIGITS = 6


def co_use(
    edges: pl.DataFrame, entities: pl.DataFrame, *, min_papers: int = MIN_PAPERS, top: int | None = TOP
) -> pl.DataFrame:
    """Pairs of entities that papers name together: `source, target, papers, weight, pmi`, sorted, smaller id first.

    `papers` is how many name both. `weight` is the association strength c n / (d d'), of van Eck and Waltman (How to
    normalize cooccurrence data?, JASIST 60, 2009): how often papers name both over how often they would by chance,
    where n papers name anything and d and d' of them name the one and the other. `pmi` is its logarithm to base 2.

    Pairs of fewer than `min_papers` papers are left out. Of the others each entity nominates `top` (None: all), those
    of the greatest papers x pmi, ties by id; a pair stays when either end nominates it. By the weight alone the pairs
    that everybody knows (ImageNet and image classification) would lose to chance meetings of rare names. Reads the
    edges from papers to `entities` and passes over all others.
    """
    ids = entities["id"].sort()
    matrix = _matrix(edges, ids)
    used = np.flatnonzero(np.bincount(matrix.indices, minlength=len(ids)) >= max(min_papers, 1))
    matrix = matrix[:, used]
    pairs = [_pairs(matrix, block, min_papers, top) for block in _blocks(matrix)]
    low, high, papers = np.concatenate([np.empty((3, 0), np.int64), *pairs], axis=1)
    low, high, papers = (each[_firsts(low, high)] for each in (low, high, papers))
    return _frame(ids.gather(used), low, high, papers, matrix)


def _matrix(edges: pl.DataFrame, ids: pl.Series) -> Any:
    """Papers that name anything, of `ids` or not, x entities: 1 where a paper names an entity."""
    named = edges.filter(pl.col("type").is_in(ENTITY_EDGES)).select("source", "target").unique()
    column = pl.DataFrame({"target": ids, "column": np.arange(len(ids))})
    cells = named.with_columns(row=pl.col("source").rank("dense") - 1).join(column, on="target").sort("row", "column")
    shape = (named["source"].n_unique(), len(ids))
    ones = np.ones(len(cells), np.int64)
    return csr_matrix((ones, (cells["row"].to_numpy(), cells["column"].to_numpy())), shape=shape)


def _blocks(matrix: Any) -> list[slice]:
    """The columns in runs whose products with all columns number about BLOCK: bounds the memory of a pass."""
    products = matrix.T @ np.diff(matrix.indptr)
    runs = np.cumsum(products) // BLOCK
    ends = [*(np.flatnonzero(np.diff(runs)) + 1), matrix.shape[1]]
    return [slice(start, end) for start, end in zip([0, *ends], ends, strict=False) if start < end]


def _pairs(matrix: Any, block: slice, min_papers: int, top: int | None) -> np.ndarray:
    """What the entities of a block nominate: smaller column, greater column, papers; 3 x pairs."""
    found = (matrix[:, block].T @ matrix).tocoo()
    one, other, papers = found.row.astype(np.int64) + block.start, found.col.astype(np.int64), found.data
    kept = (one != other) & (papers >= min_papers)
    one, other, papers = one[kept], other[kept], papers[kept]
    if top is not None:
        evidence = np.round(papers * np.log2(_strength(matrix, one, other, papers)), DIGITS)
        order = np.lexsort((other, -evidence, one))
        one, other, papers = one[order], other[order], papers[order]
        place = np.arange(len(one)) - np.searchsorted(one, one)
        one, other, papers = (each[place < top] for each in (one, other, papers))
    return np.stack([np.minimum(one, other), np.maximum(one, other), papers])


def _strength(matrix: Any, low: np.ndarray, high: np.ndarray, papers: np.ndarray) -> np.ndarray:
    """The association strength of pairs: one division of whole numbers, so that equal fractions are equal floats."""
    held = np.bincount(matrix.indices, minlength=matrix.shape[1])
    return np.asarray(papers * matrix.shape[0] / (held[low] * held[high]))


def _firsts(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Where each pair stands first, in the order of pairs: both ends may have nominated it."""
    order: np.ndarray = np.lexsort((high, low))
    again = (np.diff(low[order], prepend=-1) == 0) & (np.diff(high[order], prepend=-1) == 0)
    return np.asarray(order[~again])


def _frame(ids: pl.Series, low: np.ndarray, high: np.ndarray, papers: np.ndarray, matrix: Any) -> pl.DataFrame:
    weight = _strength(matrix, low, high, papers)
    return pl.DataFrame(
        {
            "source": ids.gather(low),
            "target": ids.gather(high),
            "papers": papers,
            "weight": np.round(weight, DIGITS),
            "pmi": np.round(np.log2(weight), DIGITS),
        }
    )
