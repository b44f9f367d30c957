"""Places of nodes: near what they are joined to, apart from one another, the same each time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from kb.layout import SPACING, layout


def cliques(count: int, size: int) -> tuple[int, list[int], list[int]]:
    """Cliques in a ring, each joined to the next by one edge: nodes, sources, targets."""
    inside = [(c * size + i, c * size + j) for c in range(count) for i in range(size) for j in range(i)]
    between = [(c * size, (c + 1) % count * size + 1) for c in range(count)]
    sources, targets = zip(*inside, *between, strict=True)
    return count * size, list(sources), list(targets)


def test_neighbours_in_the_graph_are_neighbours_in_the_picture() -> None:
    """Of 12 cliques of 10 the 9 nearest of nearly every node are its own clique, and nothing lies on another."""
    size, sources, targets = cliques(12, 10)
    places = layout(size, sources, targets, [1.0] * len(sources))
    lengths, others = cKDTree(places).query(places, k=10)
    assert (others[:, 1:] // 10 == np.arange(size)[:, None] // 10).mean() > 0.9
    assert lengths[:, 1].min() > SPACING / 2


def test_a_long_path_is_unrolled() -> None:
    """The ends of 400 nodes in a row lie far apart: a start by lot would leave it tangled."""
    places = layout(400, range(399), range(1, 400), [1.0] * 399)
    steps = np.hypot(*(places[1:] - places[:-1]).T)
    assert steps.mean() < 2.5 * SPACING
    assert np.hypot(*(places[0] - places[-1])) > 5 * steps.mean()


def test_the_same_graph_is_the_same_bytes() -> None:
    """Also when its edges come in another order, the other way round and in two halves."""
    size, sources, targets = cliques(8, 6)
    places = layout(size, sources, targets, [1.0] * len(sources))
    again = layout(size, (targets + sources)[::-1], (sources + targets)[::-1], [0.5] * 2 * len(sources))
    assert places.tobytes() == again.tobytes()


def test_groups_are_kept_together() -> None:
    """Of nodes joined at random those of a group lie nearer to each other than without; None is in no group."""
    lots = np.random.default_rng(0)
    sources, targets = lots.integers(0, 200, (2, 800))
    groups: list[int | None] = [None if i < 8 else i % 4 for i in range(200)]

    def kin(places: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> float:
        others = cKDTree(places).query(places, k=9)[1][:, 1:]
        return float((others % 4 == np.arange(200)[:, None] % 4).mean())

    plain = layout(200, sources, targets, np.ones(800))
    assert kin(layout(200, sources, targets, np.ones(800), groups=groups)) > kin(plain) + 0.05


def test_loose_parts_stay_near() -> None:
    """A triangle, a pair and 40 lone nodes lie around the largest part, none within it, all close by."""
    size, sources, targets = cliques(5, 6)
    sources, targets = [*sources, 30, 31, 32, 33], [*targets, 31, 32, 30, 34]
    places = layout(75, sources, targets, [1.0] * len(sources))
    far = np.hypot(*(places - places[:size].mean(0)).T)
    assert far[size:].min() > far[:size].max()
    assert far.max() < 2 * far[:size].max()


@pytest.mark.parametrize("size", [0, 1, 2, 3, 30])
def test_nodes_without_edges_are_placed(size: int) -> None:
    """Side by side, SPACING apart, round the centre; loops and edges without weight join nothing."""
    places = layout(size, [0] * (size > 0), [0] * (size > 0), [1.0] * (size > 0))
    assert places.shape == (size, 2)
    if size > 1:
        assert cKDTree(places).query(places, k=2)[0][:, 1].mean() == pytest.approx(SPACING)
        assert places.tobytes() == layout(size, [0], [1], [0.0]).tobytes()


def test_the_scale_does_not_hang_on_the_size() -> None:
    """The mean distance to the nearest node is SPACING, the middle of the picture 0."""
    for count in (3, 40):
        size, sources, targets = cliques(count, 10)
        places = layout(size, sources, targets, [0.01] * len(sources))
        assert cKDTree(places).query(places, k=2)[0][:, 1].mean() == pytest.approx(SPACING)
        assert (places.max(0) + places.min(0)) == pytest.approx([0, 0], abs=1e-6)


def test_an_edge_to_no_node_is_an_error() -> None:
    """As are lists of different lengths."""
    with pytest.raises(ValueError, match="ends at no node of 2"):
        layout(2, [0], [2], [1.0])
    with pytest.raises(ValueError, match="differ in length"):
        layout(2, [0], [1], [])


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39), st.floats(1e-9, 1e9)), max_size=60))
def test_every_graph_has_places(edges: list[tuple[int, int, float]]) -> None:
    """Finite and distinct ones, whatever is joined and however unlike the weights are."""
    places = layout(40, [a for a, _, _ in edges], [b for _, b, _ in edges], [w for _, _, w in edges])
    assert np.isfinite(places).all()
    assert len(np.unique(places.round(6), axis=0)) == 40
