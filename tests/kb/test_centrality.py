"""PageRank, betweenness, participation, beside networkx."""

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_matrix

from kb import centrality


def matrix_of(graph: nx.Graph) -> csr_matrix:
    """The weighted adjacency of a graph whose nodes are 0 .. n-1."""
    return csr_matrix(nx.to_scipy_sparse_array(graph, nodelist=range(len(graph)), dtype=float, format="csr"))


def some_graph(seed: int, nodes: int = 120, edges: int = 200) -> nx.Graph:
    """A random graph with weights, some nodes without links, several components."""
    graph = nx.gnm_random_graph(nodes, edges, seed=seed)
    rng = np.random.default_rng(seed)
    for *_, data in graph.edges(data=True):
        data["weight"] = float(rng.uniform(0.1, 2))
    return graph


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_centralities_are_those_of_networkx(seed: int) -> None:
    """PageRank times the number of nodes, betweenness counted in hops."""
    graph = some_graph(seed)
    rank = nx.pagerank(graph, tol=1e-12, max_iter=1000)
    assert np.allclose(centrality.pagerank(matrix_of(graph)), [rank[i] * len(graph) for i in graph], atol=1e-6)
    between = nx.betweenness_centrality(graph)
    assert np.allclose(centrality.betweenness(matrix_of(graph)), [between[i] for i in graph], atol=1e-12)


def test_a_sample_of_sources_finds_the_same_bridges(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a fifth of the sources the greatest stay the greatest."""
    adjacency = matrix_of(some_graph(7, 600, 1_200))
    exact = centrality.betweenness(adjacency)
    monkeypatch.setattr(centrality, "WORK", 120 * adjacency.nnz)
    sampled = centrality.betweenness(adjacency)
    assert not np.array_equal(exact, sampled)
    assert np.corrcoef(exact, sampled)[0, 1] > 0.9
    assert len(set(np.argsort(-exact)[:20]) & set(np.argsort(-sampled)[:20])) >= 12


def test_a_long_path_ends() -> None:
    """Searches stop after HOPS; a graph without links has no betweenness."""
    path = centrality.betweenness(matrix_of(nx.path_graph(300)))
    assert path[150] > path[1] > path[0] == 0
    assert not centrality.betweenness(csr_matrix((5, 5))).any()
    assert np.allclose(centrality.pagerank(csr_matrix((5, 5))), 1)


def test_participation_tells_how_links_spread() -> None:
    """All in one community: 0; evenly over four: 3/4; none at all: 0."""
    weights = csr_matrix(np.array([[2.0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]]))
    assert centrality.participation(weights).tolist() == [0, 0.75, 0]
