"""Communities and centrality of a whole graph."""

import networkx as nx
import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_matrix

from kb import communities
from kb.structure import structure
from kb.tables import EDGES, frame


def cliques(sizes: list[int], seed: int) -> tuple[csr_matrix, np.ndarray]:
    """Full groups joined by a few weak links, in a shuffled order; the matrix and the group of each node."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(sizes)), sizes)
    rng.shuffle(group)
    near = (group[:, None] == group[None, :]).astype(float)
    far = np.triu(rng.random(near.shape) < 0.01, 1) * 0.1
    np.fill_diagonal(near, 0)
    return csr_matrix(np.maximum(near, far + far.T)), group


def test_leiden_finds_planted_groups_and_numbers_them_by_size() -> None:
    """Each group one community, 1 the greatest; a pair is none."""
    matrix, group = cliques([30, 20, 10, 2], seed=1)
    found = communities.leiden(matrix)
    assert [set(found[group == i]) for i in range(3)] == [{1}, {2}, {3}]
    alone, _ = cliques([4, 2], seed=2)
    assert sorted(communities.leiden(alone)) in ([0, 0, 1, 1, 1, 1], [1] * 6)
    assert communities.leiden(csr_matrix((3, 3))).tolist() == [0, 0, 0]


def test_leiden_is_at_least_as_good_as_louvain() -> None:
    """Modularity beside networkx on a graph with groups that are hard to see."""
    graph = nx.planted_partition_graph(12, 25, 0.3, 0.03, seed=4)
    matrix = csr_matrix(nx.to_scipy_sparse_array(graph, dtype=float, format="csr"))
    found = communities.leiden(matrix)
    own = [set(np.flatnonzero(found == number)) for number in np.unique(found)]
    louvain = nx.community.louvain_communities(graph, seed=1)
    assert nx.community.modularity(graph, own) >= nx.community.modularity(graph, louvain) - 1e-9


PAPERS = [f"paper:{letter}{i}" for letter in "ab" for i in range(6)]


def graph() -> tuple[pl.Series, pl.DataFrame, pl.DataFrame]:
    """Twelve papers in two fields, one link between them; each field names three things, both name one."""
    ids = [*PAPERS, "paper:alone"]
    papers = frame("papers", pl.DataFrame({"id": ids, "title": ids, "abstract": ids}))
    names = {f"method:{letter}{i}": f"{letter.upper()}-net {i}" for letter in "ab" for i in range(3)}
    names["concept:all"] = "learning"
    entities = frame(
        "entities",
        [
            {"id": id_, "kind": id_.split(":")[0].capitalize(), "name": name, "aliases": [name], "papers": 6,
             "mentions": 6, "idf": 1.0, "first_year": None}
            for id_, name in sorted(names.items())
        ],
    )  # fmt: skip
    rows = [
        {"type": "USES", "source": p, "target": f"method:{p[6]}{i}", "weight": 0.5} for p in PAPERS for i in range(3)
    ]
    rows += [{"type": "MENTIONS", "source": p, "target": "concept:all", "weight": 0.3} for p in PAPERS]
    pairs = [(p, q, 0.5) for p in PAPERS for q in PAPERS if p < q and p[6] == q[6]]
    rows += [
        {"type": "SHARES", "source": p, "target": q, "weight": w, "p_value": 0.01}
        for p, q, w in [*pairs, ("paper:a0", "paper:b0", 0.1)]
    ]
    return papers["id"], entities, frame("edges", [{c: row.get(c) for c in EDGES} for row in rows])


def test_papers_and_entities_have_their_community_and_its_name() -> None:
    """Two fields named by what tells them apart, not by what both name; a paper without links is in none."""
    told = {row["id"]: row for row in structure(*graph()).to_dicts()}
    first, second = told["paper:a1"], told["paper:b1"]
    assert {first["community"], second["community"]} == {1, 2}
    assert told["method:a0"]["community"] == first["community"] != told["method:b2"]["community"]
    assert first["community_name"].startswith("A-net") and "learning" not in first["community_name"]
    assert told["paper:alone"]["community"] is None and told["paper:alone"]["community_name"] is None
    bridge = max((id_ for id_ in told if id_.startswith("paper:")), key=lambda id_: told[id_]["betweenness"])
    assert bridge in ("paper:a0", "paper:b0") and told[bridge]["participation"] > 0 == first["participation"]
    assert told["concept:all"]["participation"] == pytest.approx(0.5, abs=0.01)


def test_the_order_of_rows_does_not_matter() -> None:
    """Edges and papers shuffled give the same table."""
    ids, entities, edges = graph()
    shuffled = frame("edges", edges.sample(fraction=1, shuffle=True, seed=9))
    assert structure(ids, entities, shuffled).equals(structure(ids, entities, edges))


def test_a_graph_of_nothing_has_an_empty_structure() -> None:
    """No papers, no entities, no edges."""
    empty = structure(frame("papers", [])["id"], frame("entities", []), frame("edges", []))
    assert empty.is_empty() and empty.columns[0] == "id"
