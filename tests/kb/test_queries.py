"""The shipped queries: each has a title, runs, and gives its golden result."""

import re
from pathlib import Path

import pytest

from kb.guard import checked
from kb.queries import load, names, narrowed, title
from kb.schema import EDGES
from kb.stores.embedded import EmbeddedStore

AUTHOR = {"id": "author:0000-0001-2345-6789"}
METHOD, TASK, DATASET = {"id": "method:icon"}, {"id": "task:novel-view-synthesis"}, {"id": "dataset:cape"}
PAPER, PAIR = {"id": "paper:icon"}, {"a": "paper:icon", "b": "paper:econ"}
TEN = {"limit": 10}
EDGE = {"ids": ["paper:icon"], "edges": list(EDGES), "prefix": "", "least": 0.0, **TEN}
GOLDEN: dict[str, tuple[dict[str, object], list[object]]] = {
    "bridged_entities": (
        {"ids": ["method:smpl", "task:novel-view-synthesis"]},
        ["method:smpl", "task:novel-view-synthesis"],
    ),
    "bridged_papers": ({"ids": ["paper:icon", "paper:mip"]}, ["paper:icon", "paper:mip"]),
    "bridges": ({"prefix": ""} | TEN, ["method:smpl", "paper:icon"]),
    "cited_by": (PAPER, ["paper:econ"]),
    "coauthors": (AUTHOR | TEN, ["author:table:ben-okafor"]),
    "cocited": (PAPER | TEN, ["paper:10.1000/body", "paper:pamir"]),
    "communities": (TEN, [1, 2]),
    "community_entities": ({"community": 2} | TEN, ["method:nerf", "task:novel-view-synthesis", "method:mip-nerf"]),
    "community_links": ({"community": 1} | TEN, []),
    "community_papers": ({"community": 1} | TEN, ["paper:econ", "paper:icon", "paper:pamir"]),
    "compared_with": ({"id": "method:smpl"}, []),
    "coupled": (PAPER | TEN, ["paper:econ", "paper:pamir"]),
    "datasets_by_year": (TEN, [2022, 2021, 2020]),
    "datasets_of_task": (TASK | TEN, []),
    "datasets_with_method": (METHOD | TEN, ["dataset:cape"]),
    "edges_between": ({"a": "paper:econ", "b": "paper:icon"}, ["CITES", "SHARES"]),
    "edges_in": (EDGE, ["paper:icon"] * 4),
    "edges_out": (EDGE, ["paper:icon"] * 6),
    "homonyms": (TEN, []),
    "introduced_by": (METHOD, ["paper:icon"]),
    "introduced_in_year": ({"year": 2021} | TEN, ["method:icon", "method:mip-nerf"]),
    "introduced_since": ({"year": 2021, "prefix": ""}, ["method:econ", "method:icon", "method:mip-nerf"]),
    "introductions": ({"papers": ["paper:icon"], "ids": ["method:icon"]}, ["method:icon"]),
    "linked_twice": (PAPER, ["paper:econ", "paper:econ", "paper:pamir", "paper:pamir"]),
    "lineage_after": (METHOD, ["method:econ"]),
    "lineage_before": ({"id": "method:econ"}, ["method:icon"]),
    "method_by_year": ({"id": "method:smpl"}, [2020, 2021, 2022]),
    "methods_together": (METHOD | TEN, ["method:smpl", "method:econ"]),
    "methods_with_dataset": (DATASET | TEN, ["method:smpl", "method:icon", "method:econ"]),
    "metrics_of_task": (TASK | TEN, []),
    "most_built_upon": (TEN, ["paper:10.1000/body", "paper:icon", "paper:nerf", "paper:pamir"]),
    "named_in_year": ({"ids": ["dataset:cape"], "year": 2021}, ["dataset:cape"]),
    "paper_entities": ({"ids": ["paper:icon"]}, ["paper:icon"] * 4),
    "paper_terms": ({"ids": ["paper:icon", "paper:econ"]}, ["paper:econ", "paper:icon"]),
    "papers_by_date": ({}, ["2020", "2021", "2021", "2022", "None"]),
    "papers_of_author": (AUTHOR, ["paper:pamir", "paper:icon", "paper:econ"]),
    "papers_of_method": (METHOD, ["paper:icon", "paper:econ"]),
    "papers_on_dataset": (DATASET, ["paper:pamir", "paper:icon", "paper:econ"]),
    "papers_on_task": (TASK, ["paper:nerf", "paper:mip"]),
    "papers_with_both": ({"a": "method:smpl", "b": "dataset:cape"}, ["paper:pamir", "paper:icon", "paper:econ"]),
    "papers_with_terms": ({"id": "paper:nerf", "terms": ["view synthesis", "normal"]}, ["paper:mip"]),
    "papers_without_entities": (TEN, ["paper:alone"]),
    "reach_in": ({"ids": ["dataset:cape"]}, ["paper:econ", "paper:icon", "paper:pamir"]),
    "reach_in_many": ({"ids": ["dataset:cape"]}, ["paper:econ", "paper:icon", "paper:pamir"]),
    "reach_out": (
        {"ids": ["paper:mip"]},
        ["method:mip-nerf", "method:nerf", "paper:nerf", "task:novel-view-synthesis"],
    ),
    "reach_out_many": (
        {"ids": ["paper:mip"]},
        ["method:mip-nerf", "method:nerf", "paper:nerf", "task:novel-view-synthesis"],
    ),
    "references": ({"id": "paper:econ"}, ["paper:pamir", "paper:icon", "paper:10.1000/body"]),
    "show_author": (AUTHOR, ["author:0000-0001-2345-6789"]),
    "show_entity": (METHOD, ["method:icon"]),
    "show_paper": (PAPER, ["paper:icon"]),
    "similar": (PAPER | TEN, ["paper:econ", "paper:pamir"]),
    "strongest_links": ({"limit": 2}, ["paper:mip", "paper:econ"]),
    "top_authors": (TEN, ["author:0000-0001-2345-6789", "author:table:ben-okafor", "author:table:cleo-marsh"]),
    "top_entities": ({"prefix": "task:"} | TEN, ["task:novel-view-synthesis"]),
    "top_papers": ({"limit": 3}, ["paper:econ", "paper:icon", "paper:pamir"]),
    "trend": ({"id": "method:smpl"}, ["2020", "2021", "2022"]),
    "untried_datasets": ({"task": "task:novel-view-synthesis", "method": "method:icon"} | TEN, []),
    "why_shared": (PAIR, ["method:icon", "dataset:cape", "method:smpl"]),
}
"""Query -> its parameters, and the first column of its rows."""

UNORDERED = {"papers_by_date", "trend", "reach_in", "reach_in_many", "reach_out", "reach_out_many"}


@pytest.fixture(scope="module")
def store(tiny_kb: Path) -> EmbeddedStore:
    """The graph of `tiny`."""
    return EmbeddedStore(tiny_kb / "graph.lbug")


def test_every_query_has_a_golden_result() -> None:
    """None is shipped untried."""
    assert sorted(GOLDEN) == names()


@pytest.mark.parametrize("name", names())
def test_a_query_gives_its_golden_result(store: EmbeddedStore, name: str) -> None:
    """In its own order, or sorted where it has none."""
    params, expected = GOLDEN[name]
    first = [next(iter(row.values())) for row in store.run(load(name), params)]
    assert (sorted(map(str, first)) if name in UNORDERED else first) == expected


@pytest.mark.parametrize("name", names())
def test_a_query_is_fit_to_ship(name: str) -> None:
    """It says what it answers, takes its values as parameters, names its columns, ends its order with an id."""
    text = load(name)
    assert title(name) and text.startswith("// ") and text.endswith("\n")
    body = text.split("\n", 1)[1]
    assert not re.search(r"'(?:paper|method|dataset|task|metric|concept):", body), "a value in the text"
    assert checked(text, GOLDEN[name][0]).columns
    if order := re.search(r"ORDER BY (.*?)(?: LIMIT|$)", body, re.M):
        assert re.search(r"\b(id|paper|edge|direction|year|b|community)$", order[1]), order[1]


@pytest.mark.parametrize("name", names())
def test_a_query_keeps_to_what_both_engines_share(name: str) -> None:
    """What the design lists as not portable stays out."""
    for pattern in (r"shortestPath", r"labels\(", r"\+=", r"\[\*\]", r"\*\d+\.\.(?!\d)", r"collect\(", r"\blabel\("):
        assert not re.search(pattern, load(name)), pattern


def test_a_query_is_narrowed_to_the_nodes_it_is_asked_for() -> None:
    """To their labels, and for a list of one id to `=`; ids of no label it allows leave it as it is."""
    text = "MATCH (a:Paper|Author)-[r]->(b:Method|Task {id: $id}) WHERE a.id IN $ids RETURN b.id"
    one, given = narrowed(text, {"id": "task:x", "ids": ["author:y"]})
    assert one == "MATCH (a:Author)-[r]->(b:Task {id: $id}) WHERE a.id = $ids RETURN b.id"
    assert given == {"id": "task:x", "ids": "author:y"}
    assert narrowed(text, {"id": "paper:x", "ids": []}) == (text, {"id": "paper:x", "ids": []})
    assert "(a:Paper)" in narrowed(text, {"id": "task:x", "ids": ["paper:y", "paper:z"]})[0]
