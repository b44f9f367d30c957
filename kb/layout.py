"""Places for the nodes of a graph: a force-directed layout on numpy alone, in seconds for tens of thousands of nodes.

The model is that of LinLog and ForceAtlas2: edges pull, all nodes push each other off by their degrees, a weak gravity
holds loose parts (Noack, Modularity clustering is force-directed layout, Physical Review E, 2009; Jacomy et al.,
ForceAtlas2, PLoS ONE, 2014). The push is summed on a grid by fast Fourier transform, as in particle-mesh codes
(Hockney and Eastwood, Computer Simulation Using Particles, 1988, ch. 5), from coarse graphs to fine ones (Walshaw,
A multilevel algorithm for force-directed graph-drawing, JGAA, 2003). Nothing is drawn by lot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SPACING = 10.0
"""Mean distance of a node to its nearest one: Gephi draws nodes of size 10 then side by side."""

_PULL = 0.4  # power of the distance that an edge pulls with: 0 is LinLog, 1 ForceAtlas2
_KINSHIP = 3.0  # how much more an edge within a group weighs
_GRAVITY = 0.08  # where all edges together pull with 1
_CLOSEST = 0.6  # least distance of two nodes, in SPACING
_ROOM = 0.42  # and in the sides of the squares that all would have if they lay evenly
_PUSHED_BY, _ROUNDS = 7, 30
_COARSEST = 24  # so few nodes need no coarser graph
_GOLDEN = np.pi * (3 - 5**0.5)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Complexes = NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class _Graph:
    """Nodes with masses; edges once, source < target, weights with mean 1."""

    mass: Floats
    source: Ints
    target: Ints
    weight: Floats


def layout(
    size: int,
    sources: Sequence[int] | Ints,
    targets: Sequence[int] | Ints,
    weights: Sequence[float] | Floats,
    *,
    groups: Sequence[int | None] | None = None,
) -> Floats:
    """Places of `size` nodes, shape (size, 2): centred, on average SPACING from the nearest one.

    Edges are undirected, given by the numbers of their ends; parallel ones add up, loops and weights of 0 or less
    count nothing. `groups` are the communities of the nodes, which are then kept together; None is in none. Parts
    without an edge to the largest one lie around it, the large ones innermost. The same input gives the same floats.
    """
    graph = _graph(size, sources, targets, weights)
    tied = np.zeros(size, dtype=bool)
    tied[graph.source] = tied[graph.target] = True
    within, held = _only(graph, tied, None if groups is None else _numbered(groups))
    places = np.zeros((size, 2))
    if len(within.mass):
        places[tied] = _spread(_settled(within, held))
    return _near(_packed(graph, places), 1)[0] if size > 1 else places


def _graph(size: int, sources: Any, targets: Any, weights: Any) -> _Graph:
    """The edges once each, added up; a node's mass is 1 and its degree."""
    ends = np.array([np.asarray(sources, dtype=np.int64), np.asarray(targets, dtype=np.int64)]).reshape(2, -1)
    weight = np.asarray(weights, dtype=np.float64).reshape(-1)
    if not len(ends[0]) == len(ends[1]) == len(weight):
        raise ValueError("sources, targets and weights differ in length")
    if ends.size and (ends.min() < 0 or ends.max() >= size):
        raise ValueError(f"an edge ends at no node of {size}")
    source, target, weight = _merged(ends.min(0), ends.max(0), weight, size)
    weight = weight / weight.mean() if len(weight) else weight
    mass = 1 + _sums(source, weight, size) + _sums(target, weight, size)
    return _Graph(mass, source, target, weight)


def _merged(low: Ints, high: Ints, weight: Floats, size: int) -> tuple[Ints, Ints, Floats]:
    """Parallel edges added up; without loops and without what has no weight."""
    kept = (low != high) & (weight > 0)
    keys, place = np.unique(low[kept] * size + high[kept], return_inverse=True)
    return keys // size, keys % size, _sums(place, weight[kept], len(keys))


def _sums(place: Ints, values: Floats, size: int = 0) -> Floats:
    return np.bincount(place, values, size).astype(np.float64, copy=False)


def _numbered(groups: Sequence[int | None]) -> Ints:
    """Groups as numbers from 0 on; who is in none has -1."""
    known = {group: number for number, group in enumerate(sorted({g for g in groups if g is not None}))}
    return np.array([-1 if group is None else known[group] for group in groups], dtype=np.int64)


def _only(graph: _Graph, tied: NDArray[np.bool_], groups: Ints | None) -> tuple[_Graph, Ints | None]:
    """The part of a graph that has edges; those within a group count more."""
    number = np.cumsum(tied) - 1
    weight = graph.weight
    if groups is not None:
        inside = (groups[graph.source] == groups[graph.target]) & (groups[graph.source] >= 0)
        weight = np.where(inside, weight * _KINSHIP, weight)
        groups = groups[tied]
    return _Graph(graph.mass[tied], number[graph.source], number[graph.target], weight), groups


def _settled(graph: _Graph, groups: Ints | None) -> Floats:
    """Places found on a coarser graph and moved by the forces; the coarsest one starts from a spiral."""
    size = len(graph.mass)
    if size <= _COARSEST or not len(graph.weight):
        return _moved(graph, _discs(np.zeros(size, dtype=np.int64)), steps=200, reach=0.5)
    parent = _parents(graph, groups)
    above = _settled(_coarser(graph, parent), _inherited(parent, groups))
    width = np.sqrt(_sums(parent, graph.mass) / graph.mass.sum())
    steps = int(np.clip(60 * (5_000 / size) ** 0.25, 40, 90))  # where it starts from is good: few steps will do
    return _moved(graph, above[parent] + _discs(parent) * width[parent, None], steps=steps, reach=0.15)


def _parents(graph: _Graph, groups: Ints | None) -> Ints:
    """Each node joins the neighbour that it is bound to most for its mass (Borůvka's step): the merged node's number.

    Neighbours of the same group come first. Equals are told apart by a hash, or a path would be merged at once.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size, source, target = len(graph.mass), graph.source, graph.target
    bound = graph.weight / np.sqrt(graph.mass[source] * graph.mass[target])
    if groups is not None:
        bound += ((groups[source] == groups[target]) & (groups[source] >= 0)) * bound.max(initial=0)
    mixed = (source * 0x9E3779B1 ^ target * 0x85EBCA77) * 0xC2B2AE3D >> 16 & 0xFFFFFF
    ends, others = np.concatenate([source, target]), np.concatenate([target, source])
    order = np.lexsort((others, np.tile(mixed, 2), -np.tile(bound, 2), ends))
    first = order[np.flatnonzero(np.diff(ends[order], prepend=-1))]
    chosen = coo_array((np.ones(len(first)), (ends[first], others[first])), shape=(size, size))
    return np.asarray(connected_components(chosen, directed=False)[1], dtype=np.int64)


def _coarser(graph: _Graph, parent: Ints) -> _Graph:
    count = int(parent.max()) + 1
    low, high = np.sort([parent[graph.source], parent[graph.target]], axis=0)
    return _Graph(_sums(parent, graph.mass), *_merged(low, high, graph.weight, count))


def _inherited(parent: Ints, groups: Ints | None) -> Ints | None:
    """The group of each merged node: that of its first."""
    return None if groups is None else groups[np.unique(parent, return_index=True)[1]]


def _discs(parent: Ints) -> Floats:
    """For each node its point among those of its parent, spread over the unit disc (Vogel, Math. Biosciences, 1979)."""
    order = np.argsort(parent, kind="stable")
    counts = np.bincount(parent)
    rank = np.empty(len(parent), dtype=np.int64)
    rank[order] = np.arange(len(parent)) - np.repeat(np.cumsum(counts) - counts, counts)
    radius, angle = np.sqrt((rank + 0.5) / counts[parent]), rank * _GOLDEN + parent
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _moved(graph: _Graph, places: Floats, *, steps: int, reach: float) -> Floats:
    """The nodes after some steps along the forces, none farther than a reach that shrinks to a fiftieth."""
    size = len(graph.mass)
    cells = 2 ** int(np.clip(np.ceil(np.log2(4 * size**0.5)), 6, 8 if size < 20_000 else 9))
    kernel = _kernel(cells)
    for step in range(steps):
        force = _pull(graph, places) + _push(graph.mass, places, cells, kernel) - _GRAVITY * places
        most = reach * 0.02 ** (step / steps)
        places = places + force * (most / np.maximum(_length(force), most))[:, None]
    return places


def _pull(graph: _Graph, places: Floats) -> Floats:
    """What the edges do to each node, over its mass."""
    size, source, target = len(graph.mass), graph.source, graph.target
    x, y = (places[target, axis] - places[source, axis] for axis in (0, 1))
    strength = graph.weight * np.maximum(x * x + y * y, 1e-12) ** ((_PULL - 1) / 2)
    drawn = [_sums(source, each, size) - _sums(target, each, size) for each in (x * strength, y * strength)]
    force: Floats = np.column_stack(drawn) / graph.mass[:, None]
    return force


def _push(mass: Floats, places: Floats, cells: int, kernel: Sequence[Complexes]) -> Floats:
    """What all masses do to each node: each pushes with its part of the whole over the distance.

    Masses are shared out to the four grid points around them, and so is the field read, so that none pushes itself.
    """
    low = places.min(0)
    step = max(float((places.max(0) - low).max()), 1e-9) / (cells - 2)
    scaled = (places - low) / step
    corner = scaled.astype(np.int64)
    (x, y), (i, j) = (scaled - corner).T, corner.T
    shares = ((0, (1 - x) * (1 - y)), (1, (1 - x) * y), (cells, x * (1 - y)), (cells + 1, x * y))
    at = i * cells + j
    density = sum(_sums(at + beside, mass * share, cells * cells) for beside, share in shares)
    spectrum = np.fft.rfft2(np.reshape(density, (cells, cells)), s=(2 * cells, 2 * cells))
    fields = [np.fft.irfft2(spectrum * each)[:cells, :cells].reshape(-1) for each in kernel]
    made = [sum(field[at + beside] * share for beside, share in shares) for field in fields]
    force: Floats = np.column_stack(made) / (step * mass.sum())
    return force


def _kernel(cells: int) -> tuple[Complexes, Complexes]:
    """The spectra of x / r² and y / r², the push of a mass, on a grid twice as wide, so that it does not wrap round."""
    away = np.fft.fftfreq(2 * cells, 1 / (2 * cells))
    x, y = away[:, None], away[None, :]
    square = x * x + y * y
    square[0, 0] = 1
    return np.fft.rfft2(x / square), np.fft.rfft2(y / square)


def _length(vectors: Floats) -> Floats:
    length: Floats = np.hypot(vectors[:, 0], vectors[:, 1])
    return length


def _packed(graph: _Graph, places: Floats) -> Floats:
    """The parts that no edge joins: the largest in the middle, the others on rings around it, larger ones first."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = len(places)
    joined = coo_array((graph.weight, (graph.source, graph.target)), shape=(size, size))
    part = connected_components(joined, directed=False)[1]
    count = np.bincount(part)
    middle = np.column_stack([_sums(part, each) for each in places.T]) / count[:, None]
    own = places - middle[part]
    radius = np.zeros(len(count))
    np.maximum.at(radius, part, _length(own))
    order = np.lexsort((np.arange(len(count)), -count))
    centre = np.zeros((len(count), 2))
    centre[order] = _rings(radius[order] + SPACING)
    placed: Floats = own + centre[part]
    return placed


def _rings(radius: Floats) -> Floats:
    """Centres of discs: the first in the middle, the others side by side on rings around it, each full."""
    centres = np.zeros((len(radius), 2))
    edge, at = float(radius[0]), 1
    while at < len(radius):
        ring = edge + float(radius[at])
        half = np.arcsin(np.minimum(radius[at:] / ring, 1))
        held = max(1, int(np.searchsorted(np.cumsum(2 * half), 2 * np.pi)))
        ends = np.cumsum(2 * half[:held])
        angle = (ends - half[:held] - ends[-1] / 2) * (1.0 if at + held == len(radius) else 2 * np.pi / ends[-1])
        centres[at : at + held] = ring * np.column_stack([np.cos(angle), np.sin(angle)])
        edge, at = edge + 2 * float(radius[at]), at + held
    return centres


def _spread(places: Floats) -> Floats:
    """Who lies nearer to others than there is room for is pushed off them, in rounds; scaled.

    Leaves would lie upon what they hang from: a pull that hardly shrinks with the distance leaves them none of their
    own.
    """
    places, lengths, others = _near(places, _PUSHED_BY)
    wanted = max(_CLOSEST * SPACING, _ROOM * _share(places))
    for _ in range(_ROUNDS):
        lack = np.where(lengths < wanted, wanted * 1.03 - lengths, 0.0)
        if not lack.any():
            break
        away = places[:, None, :] - places[others]
        apart = np.arange(len(places))[:, None] * _GOLDEN  # a direction each for those at the same place
        where = np.where((lengths > 0)[..., None], away, np.stack([np.cos(apart), np.sin(apart)], axis=-1))
        by = where * (lack / np.where(lengths > 0, lengths, 1) / 2)[..., None]
        places = places + by.sum(1) / np.sqrt(np.maximum((lack > 0).sum(1), 1))[:, None]
        lengths, others = _nearest(places, _PUSHED_BY)
    return _near(places, 1)[0]


def _share(places: Floats) -> float:
    """The side of the square that each node has for itself, but for the outermost."""
    reach = np.sort(_length(places - np.median(places, axis=0)))[int(0.9 * (len(places) - 1))]
    return float(reach * np.sqrt(np.pi / len(places)))


def _nearest(places: Floats, most: int) -> tuple[Floats, Ints]:
    """The distances and numbers of the `most` nearest of each."""
    from scipy.spatial import cKDTree

    lengths, others = cKDTree(places).query(places, k=min(most + 1, len(places)))
    return lengths[:, 1:], others[:, 1:]


def _near(places: Floats, most: int) -> tuple[Floats, Floats, Ints]:
    """The places, centred and scaled, and for each the distances and numbers of its `most` nearest."""
    lengths, others = _nearest(places, most)
    mean = float(lengths[:, 0].mean())
    scale = SPACING / mean if mean > 0 else 1.0
    return (places - (places.max(0) + places.min(0)) / 2) * scale, lengths * scale, others
