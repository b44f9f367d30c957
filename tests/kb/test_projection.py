"""The graph of entities that papers use together."""

import math
from itertools import combinations

import networkx as nx
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import projection
from kb.projection import co_use
from kb.tables import frame
from tests.kb.export_fixture import edge, entity

NAMES = "abcdefg"


def graph(papers: dict[str, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Edges and entities of papers that each name the entities of some letters."""
    edges = [edge("USES", f"paper:{paper}", f"method:{name}") for paper, names in papers.items() for name in names]
    held = sorted({name for names in papers.values() for name in names})
    return frame("edges", edges), frame("entities", [entity(f"method:{name}", "Method", name) for name in held])


def test_pairs_carry_papers_association_strength_and_pmi() -> None:
    """Two papers of four name a and b, which three and two papers name: 2 x 4 / (3 x 2) and its logarithm."""
    found = co_use(*graph({"1": "ab", "2": "ab", "3": "ac", "4": "c"}))
    assert found.rows() == [("method:a", "method:b", 2, round(4 / 3, 6), round(math.log2(4 / 3), 6))]


def test_links_between_papers_are_no_co_use() -> None:
    """SHARES, CITES and WROTE count neither as names nor as papers that name something."""
    edges, entities = graph({"1": "ab", "2": "ab"})
    others = [
        edge("SHARES", "paper:1", "paper:2"),
        edge("CITES", "paper:9", "paper:1"),
        edge("WROTE", "author:x", "paper:9"),
    ]
    assert co_use(pl.concat([edges, frame("edges", others)]), entities).equals(co_use(edges, entities))


def test_top_keeps_what_either_end_nominates() -> None:
    """Of a's partners the best proven stays, and one that has no other partner; ties go to the smaller id."""
    edges, entities = graph({"1": "abcd", "2": "abcd", "3": "ab", "4": "ae", "5": "ae", "6": "x"})
    kept = co_use(edges, entities, top=1).select("source", "target").rows()
    assert ("method:a", "method:b") in kept and ("method:a", "method:e") in kept and len(kept) < 7
    assert co_use(edges, entities, top=None).height == 7


@pytest.mark.parametrize("papers", [{}, {"1": "a"}, {"1": "ab"}])
def test_a_graph_without_pairs_has_none(papers: dict[str, str]) -> None:
    """Nothing named, one name alone, one paper alone: an empty frame with its columns."""
    found = co_use(*graph(papers))
    assert found.height == 0 and found.columns == ["source", "target", "papers", "weight", "pmi"]


@settings(max_examples=30)
@given(st.lists(st.sets(st.sampled_from(NAMES)), max_size=12), st.integers(1, 3))
def test_counts_are_those_of_all_pairs(names: list[set[str]], least: int) -> None:
    """Against networkx: the weighted projection of the two-sorted graph, and pairs counted one by one."""
    papers = {str(i): "".join(sorted(each)) for i, each in enumerate(names)}
    edges, entities = graph(papers)
    found = co_use(edges, entities, min_papers=least, top=None)
    both = (
        nx.bipartite.weighted_projected_graph(nx.Graph(edges.select("source", "target").rows()), entities["id"])
        if edges.height
        else nx.Graph()
    )
    wanted = {tuple(sorted(pair)): papers for *pair, papers in both.edges(data="weight") if papers >= least}
    assert {(a, b): n for a, b, n in found.select("source", "target", "papers").iter_rows()} == wanted
    assert found.equals(found.sort("source", "target"))


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pairs are the same whatever the number of products of one pass."""
    given = graph({str(i): "".join(pair) for i, pair in enumerate([*combinations(NAMES, 3)] * 2)})
    whole = co_use(*given, top=2)
    monkeypatch.setattr(projection, "BLOCK", 3)
    assert whole.height and co_use(*given, top=2).equals(whole)
