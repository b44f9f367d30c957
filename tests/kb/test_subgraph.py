"""Parts of the graph: which nodes and edges stay."""

from dataclasses import fields, replace

import polars as pl
import pytest

from kb.errors import NotFoundError, UsageError
from kb.subgraph import select
from kb.tables import Tables


def nodes(tables: Tables) -> set[str]:
    """The ids of all nodes, `paper:` left out."""
    ids = [*tables.papers["id"], *tables.entities["id"], *tables.authors["id"]]
    return {id_.removeprefix("paper:") for id_ in ids}


def types(tables: Tables) -> set[str]:
    """The types of all edges."""
    return set(tables.edges["type"])


def test_the_whole_graph_is_the_tables(tiny: Tables) -> None:
    """Nothing asked for, nothing changed."""
    assert select(tiny) is tiny


def test_the_graph_of_papers_has_papers_and_their_links(tiny: Tables) -> None:
    """SHARES and CITES alone; stubs and a paper that never had a link stay."""
    found = select(tiny, graph="papers")
    assert nodes(found) == {"icon", "econ", "pamir", "nerf", "mip", "alone", "10.1000/body"}
    assert types(found) == {"SHARES", "CITES"} and found.mentions.height == 0


def test_the_graph_of_entities_joins_what_papers_use_together(tiny: Tables) -> None:
    """Its edges are co-use with how often and how strongly; what is joined to nothing is left out."""
    found = select(tiny, graph="entities")
    assert nodes(found) == {"method:icon", "method:smpl", "dataset:cape", "metric:chamfer-distance"} | {
        "method:nerf", "task:novel-view-synthesis",
    }  # fmt: skip
    assert types(found) == {"USED_WITH"}
    assert found.edges.filter(target="method:smpl", source="dataset:cape").row(0, named=True) == {
        "type": "USED_WITH", "source": "dataset:cape", "target": "method:smpl", "papers": 3,
        "weight": round(3 * 5 / 9, 6), "pmi": pytest.approx(0.736966),
    }  # fmt: skip


def test_a_part_of_the_entities_keeps_the_weights_of_the_whole(tiny: Tables) -> None:
    """Weights count over all papers, whichever entities are shown."""
    whole = select(tiny, graph="entities").edges
    part = select(tiny, graph="entities", kinds=["method", "Dataset"]).edges
    assert 0 < part.height < whole.height
    assert part.join(whole, on=whole.columns, nulls_equal=True).height == part.height


@pytest.mark.parametrize(
    ("hops", "wanted"),
    [
        (1, {"nerf", "method:nerf", "mip"}),
        (2, {"method:mip-nerf", "task:novel-view-synthesis", "author:table:cleo-marsh"}),
    ],
)
def test_an_ego_graph_is_what_lies_within_some_hops(hops: int, wanted: set[str], tiny: Tables) -> None:
    """Edges are walked either way round, and those between neighbours stay."""
    found = select(tiny, graph="ego", names=["method:nerf"], hops=hops)
    assert nodes(found) == {"nerf", "method:nerf", "mip"} | wanted
    assert {"SHARES", "CITES"} <= types(found) and found.mentions["paper"].unique().sort().to_list() == [
        "paper:mip", "paper:nerf",
    ]  # fmt: skip


def test_names_cut_any_graph(tiny: Tables) -> None:
    """Around a paper in the graph of papers, around a method in that of entities."""
    assert nodes(select(tiny, graph="papers", names=["paper:nerf"])) == {"nerf", "mip"}
    assert nodes(select(tiny, graph="entities", names=["method:nerf"])) == {"method:nerf", "task:novel-view-synthesis"}


def test_a_kind_stays_with_the_papers_that_hold_it(tiny: Tables) -> None:
    """Other entities and the authors go; a paper whose edges go with them too, one that never had any stays."""
    found = select(tiny, kinds=["task"])
    assert set(found.entities["id"]) == {"task:novel-view-synthesis"} and found.authors.height == 0
    assert nodes(select(tiny, kinds=["paper"])) == nodes(select(tiny, graph="papers"))


def test_light_edges_go_and_what_they_held_too(tiny: Tables) -> None:
    """Of edges with a weight; citations and authorship have none and stay."""
    found = select(tiny, min_weight=0.6)
    assert found.edges.filter(pl.col("weight") < 0.6).height == 0 and {"CITES", "WROTE"} <= types(found)
    assert "metric:chamfer-distance" not in nodes(found) and "concept:apart" in nodes(found)


def test_chance_links_go_at_a_significance(tiny: Tables) -> None:
    """SHARES edges up to the p-value stay, and all others."""
    chance = pl.when(pl.col("type") == "SHARES").then(1 - pl.col("weight")).alias("p_value")
    told = replace(tiny, edges=tiny.edges.with_columns(chance))
    found = select(told, graph="papers", significance=0.4)
    assert found.edges.filter(type="SHARES")["weight"].to_list() == [0.62, 0.9]
    assert found.edges.filter(type="CITES").height == 6


def test_since_keeps_later_papers_and_what_they_name(tiny: Tables) -> None:
    """A year alone counts as its last day, no year not at all; older papers leave with what only they name."""
    assert {*select(tiny, since=2021).papers["id"]} == {"paper:icon", "paper:econ", "paper:mip"}
    found = select(tiny, since="2021-12-20")
    assert {*found.papers["id"]} == {"paper:econ", "paper:mip"}
    assert "concept:normals" not in nodes(found) and "method:nerf" in nodes(found)
    assert select(tiny, graph="entities", since="2021").edges.filter(source="dataset:cape")["papers"].max() == 2


def test_top_keeps_the_most_linked_of_each_sort(tiny: Tables) -> None:
    """So many papers, entities and authors; of an ego graph the nearest first, and the node itself always."""
    found = select(tiny, top=2)
    assert nodes(found) == {"icon", "econ", "dataset:cape", "method:smpl"} | {
        "author:0000-0001-2345-6789", "author:table:ben-okafor",
    }  # fmt: skip
    near = select(tiny, graph="ego", names=["concept:normals"], hops=3, top=1)
    assert nodes(near) == {"icon", "concept:normals", "author:0000-0001-2345-6789"}


def test_every_table_is_cut(tiny: Tables) -> None:
    """Nothing of a paper or entity that is not shown stays in any table."""
    found = select(tiny, graph="ego", names=["method:nerf"])
    held = {*found.papers["id"], *found.entities["id"], *found.authors["id"]}
    for field in fields(found):
        table = getattr(found, field.name)
        for name in {"id", "paper", "entity", "source", "target"} & set(getattr(table, "columns", ())):
            assert set(table[name]) <= held


@pytest.mark.parametrize(
    "wanted",
    [
        {"graph": "whole"}, {"graph": "ego"}, {"graph": "papers", "kinds": ["method"]}, {"kinds": ["gene"]}, {"top": 0},
        {"graph": "papers", "names": ["method:icon"]}, {"names": ["method:icon"], "hops": 9}, {"significance": 0.0},
        {"min_weight": float("nan")}, {"graph": "entities", "significance": 0.1}, {"since": "soon"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_usage(wanted: dict[str, object], tiny: Tables) -> None:
    """An unknown graph or kind, a kind or node that the graph has not, numbers out of range."""
    with pytest.raises(UsageError):
        select(tiny, **wanted)  # type: ignore[arg-type]


@pytest.mark.parametrize("wanted", [{"since": 2050}, {"names": ["paper:nerf"], "since": 2021}, {"names": ["paper:no"]}])
def test_nothing_left_is_not_found(wanted: dict[str, object], tiny: Tables) -> None:
    """An empty part, and a node that --since leaves out, are told instead of written."""
    with pytest.raises(NotFoundError):
        select(tiny, **wanted)  # type: ignore[arg-type]
