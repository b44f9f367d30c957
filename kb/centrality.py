"""How central a node is: PageRank, betweenness, participation. Pure numpy and scipy over sparse matrices.

Every function takes a symmetric adjacency matrix (CSR, weights above 0, empty diagonal) and gives one number a node.
"""

from typing import Any

import numpy as np

DAMPING = 0.85
_TOLERANCE = 1e-10  # of the sum of changes
_MOST_ROUNDS = 200
WORK = 50_000_000
"""Links that all searches together may walk: above that, betweenness is of a sample of sources."""
HOPS = 30
"""Levels a search goes down: a path of a million nodes must not take a million steps."""
_FEWEST = 32  # sources of a sample


def pagerank(adjacency: Any) -> np.ndarray:
    """PageRank (Brin and Page, 1998) times the number of nodes: 1 is the mean. A node without links passes to all."""
    size = adjacency.shape[0]
    strength = np.asarray(adjacency.sum(axis=1)).ravel()
    share = np.divide(1.0, strength, out=np.zeros(size), where=strength > 0)
    rank, bare = np.ones(size), strength == 0
    for _ in range(_MOST_ROUNDS):
        lost = rank[bare].sum() / max(size, 1)
        fresh = 1 - DAMPING + DAMPING * (adjacency @ (rank * share) + lost)
        moved, rank = np.abs(fresh - rank).sum(), fresh
        if moved < _TOLERANCE * size:
            break
    return rank


def betweenness(adjacency: Any) -> np.ndarray:
    """The share of shortest paths, counted in hops, that lead through each node (Brandes, 2001).

    Exact while sources x links stay under WORK; above, from a sample of sources (Brandes and Pich, 2007), evenly
    spaced over the nodes that have links. Paths of more than HOPS are not followed.
    """
    size = adjacency.shape[0]
    linked = np.flatnonzero(np.diff(adjacency.indptr))
    total = np.zeros(size)
    if size < 3 or not len(linked):
        return total
    wanted = min(len(linked), max(_FEWEST, WORK // adjacency.nnz))
    for source in linked[np.arange(wanted) * len(linked) // wanted]:
        _add_dependencies(adjacency.indptr, adjacency.indices, source, total)
    return np.asarray(total * (len(linked) / wanted / ((size - 1) * (size - 2))))


def _add_dependencies(indptr: np.ndarray, indices: np.ndarray, source: int, total: np.ndarray) -> None:
    """Add Brandes' dependency of one source on every node, a level at a time."""
    size = len(total)
    level, paths = np.full(size, -1, dtype=np.int32), np.zeros(size)
    level[source], paths[source] = 0, 1
    front, walked = np.array([source]), []
    for depth in range(1, HOPS + 1):
        near, far = _links(indptr, indices, front)
        onward = (level[far] < 0).nonzero()[0]
        if not len(onward):
            break
        near, far = near[onward], far[onward]
        paths += np.bincount(far, weights=paths[near], minlength=size)
        level[far] = depth
        front = np.flatnonzero(level == depth)
        walked.append((near, far))
    owed = np.zeros(size)
    for near, far in reversed(walked):
        owed += np.bincount(near, weights=paths[near] * (1 + owed[far]) / paths[far], minlength=size)
    owed[source] = 0
    total += owed


def _links(indptr: np.ndarray, indices: np.ndarray, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of all links of some nodes."""
    counts = indptr[nodes + 1] - indptr[nodes]
    ends = np.cumsum(counts)
    places = np.arange(ends[-1]) + np.repeat(indptr[nodes] - (ends - counts), counts)
    return np.repeat(nodes, counts), indices[places]


def participation(weights: Any) -> np.ndarray:
    """How evenly a node's links spread over communities: 1 - sum of squared shares (Guimera and Amaral, 2005).

    `weights` is nodes x communities (CSR), the weight of a node's links into each; 0 where all lie in one.
    """
    total = np.asarray(weights.sum(axis=1)).ravel()
    squares = np.asarray(weights.multiply(weights).sum(axis=1)).ravel()
    return np.where(total > 0, 1 - np.divide(squares, total**2, out=np.ones_like(total), where=total > 0), 0.0)
