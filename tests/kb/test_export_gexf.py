"""GEXF as Gephi's importer and networkx read it, over a graph of nasty values.

`import_like_gephi` follows the rules of ImporterGEXF in github.com/gephi/gephi and the enumerations of the schema at
gexf.net/1.3: whatever that importer logs or drops is a failure here.
"""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import polars as pl
import pytest

from kb.export import export
from kb.schema import COLOURS
from kb.subgraph import select
from kb.tables import Tables, frame
from tests.kb.export_fixture import CLEAN, author, edge, entity, nasty_tables, paper, wrote

NS, VIZ = "{http://gexf.net/1.3}", "{http://gexf.net/1.3/viz}"
PARSE = {
    "string": str,
    "listdouble": json.loads,
    "long": int,
    "double": float,
    "liststring": json.JSONDecoder(strict=False).decode,
}
ATTRIBUTES = {
    "node": {"id", "label", "start"},
    "edge": {"id", "source", "target", "type", "kind", "label", "weight", "start"},
}


def import_like_gephi(path: Path) -> tuple[dict[str, str], dict[str, dict], list[dict]]:
    """The graph's attributes, nodes by id, and edges, each with its values; asserts that Gephi would log nothing."""
    root = ElementTree.parse(path).getroot()
    assert root.get("version") == "1.3"
    graph = root.find(f"{NS}graph")
    assert graph.get("mode") in ("static", "dynamic") and graph.get("idtype") == "string"
    columns: dict[str, dict[str, tuple[str, str]]] = {"node": {}, "edge": {}}
    for group in graph.findall(f"{NS}attributes"):
        for each in group:
            assert each.get("id") == each.get("id").lower() not in columns[group.get("class")]
            columns[group.get("class")][each.get("id")] = (each.get("title"), each.get("type"))
    nodes = [_read(element, "node", columns["node"]) for element in graph.iter(f"{NS}node")]
    edges = [_read(element, "edge", columns["edge"]) for element in graph.iter(f"{NS}edge")]
    ids = {node["id"] for node in nodes}
    assert len(ids) == len(nodes) and len({each["id"] for each in edges}) == len(edges)
    for each in edges:
        assert {each["source"], each["target"]} <= ids and float(each["weight"]) > 0
        assert graph.get("defaultedgetype") in (None, each["type"]), "Gephi drops an edge that differs from the default"
        assert each["type"] in ("directed", "undirected")
    assert graph.get("mode") == "dynamic" or not any("start" in each for each in [*nodes, *edges])
    return dict(graph.attrib), {node["id"]: node for node in nodes}, edges


def _read(element: ElementTree.Element, owner: str, columns: dict[str, tuple[str, str]]) -> dict:
    assert set(element.attrib) <= ATTRIBUTES[owner]
    values: dict = dict(element.attrib)
    for value in element.iter(f"{NS}attvalue"):
        title, kind = columns[value.get("for")]
        assert value.get("value").strip() and title not in values.get("data", {})
        values.setdefault("data", {})[title] = PARSE[kind](value.get("value"))
    values |= {child.tag.removeprefix(VIZ): child.attrib for child in element if child.tag.startswith(VIZ)}
    return values


def read(tables: Tables, folder: Path, **look: object) -> tuple[dict[str, str], dict[str, dict], list[dict]]:
    """The tables written and read back."""
    export(tables, "gexf", folder / "graph.gexf", look=look)  # type: ignore[arg-type]
    return import_like_gephi(folder / "graph.gexf")


def test_gephi_imports_every_node_and_edge_without_an_issue(tmp_path: Path) -> None:
    """All rows arrive with kind, direction and weight; a graph that mixes directions has no default one."""
    graph, nodes, edges = read(nasty_tables(), tmp_path)
    tables = nasty_tables()
    assert len(nodes) == tables.papers.height + tables.entities.height + tables.authors.height
    assert len(edges) == tables.edges.height and "defaultedgetype" not in graph
    assert {each["type"] for each in edges if each["kind"] == "SHARES"} == {"undirected"}
    assert {each["type"] for each in edges if each["kind"] != "SHARES"} == {"directed"}


def test_values_survive_but_for_what_xml_cannot_hold(tmp_path: Path) -> None:
    """Text with its white space, and lists as lists, with quotes, commas and backslashes in their members."""
    tables = nasty_tables()
    hard = pl.when(pl.col("id") == "author:b").then(pl.lit(["a, b", 'c"d', "e\\f", "", "'", "]"])).otherwise("aliases")
    _, nodes, edges = read(replace(tables, authors=tables.authors.with_columns(aliases=hard)), tmp_path)
    assert nodes["paper:1"]["data"]["abstract"] == CLEAN and nodes["paper:2"]["data"]["venue"] == CLEAN
    assert nodes["paper:1"]["data"]["authors"] == ["A, B", "C; D"] and nodes["paper:1"]["data"]["year"] == 2021
    assert nodes["method:icon"]["data"]["aliases"] == ["ICON", CLEAN, "🦜"]
    assert nodes["author:b"]["data"]["aliases"] == ["a, b", 'c"d', "e\\f", "", "'", "]"]
    assert [each["data"]["sentence"] for each in edges if each["kind"] == "INTRODUCES"] == [CLEAN]
    assert {"year", "abstract", "authors"}.isdisjoint(nodes["paper:2"]["data"])


def test_looks_stand_in_the_viz_module(tmp_path: Path) -> None:
    """Colour by kind, size by papers; the label is the name, or the id; places where they are asked for."""
    _, nodes, _ = read(nasty_tables(), tmp_path)
    assert nodes["paper:1"]["label"] == "ICON" and nodes["concept:all"]["label"] == "concept:all"
    assert tuple(int(nodes["method:icon"]["color"][part]) for part in "rgb") == COLOURS["Method"]
    assert float(nodes["method:icon"]["size"]["value"]) == pytest.approx(10 * 2**0.5, abs=0.001)
    assert "position" not in nodes["paper:1"]
    _, placed, _ = read(nasty_tables(), tmp_path, layout=True)
    assert len({(float(node["position"]["x"]), float(node["position"]["y"])) for node in placed.values()}) == len(
        placed
    )


def test_time_begins_with_the_first_year(tmp_path: Path) -> None:
    """Papers, entities and authors begin with theirs, edges with the later end; what has no year is always there."""
    tables = Tables(
        frame("papers", [paper("paper:a", "A", year=2020), paper("paper:b", "B", year=2022), paper("paper:c", "C")]),
        frame("mentions", []),
        frame("entities", [entity("method:m", "Method", "M", first_year=2020), entity("task:t", "Task", "T")]),
        frame("edges", [
            edge("USES", "paper:b", "method:m"), edge("SHARES", "paper:a", "paper:b"),
            edge("SHARES", "paper:a", "paper:c"), edge("ADDRESSES", "paper:c", "task:t"),
            wrote("author:x", "paper:b", 1), wrote("author:x", "paper:a", 1),
        ]),
        authors=frame("authors", [author("author:x", "X"), author("author:y", "Y")]),
    )  # fmt: skip
    graph, nodes, edges = read(tables, tmp_path)
    assert (graph["mode"], graph["timeformat"], graph["timerepresentation"]) == ("dynamic", "double", "interval")
    assert {id_: node.get("start") for id_, node in nodes.items()} == {
        "paper:a": "2020", "paper:b": "2022", "paper:c": None, "method:m": "2020", "task:t": None, "author:x": "2020",
        "author:y": None,
    }  # fmt: skip
    starts = {(each["source"], each["target"]): each.get("start") for each in edges}
    assert starts["paper:b", "method:m"] == starts["paper:a", "paper:b"] == starts["author:x", "paper:b"] == "2022"
    assert (
        starts["paper:a", "paper:c"] == starts["author:x", "paper:a"] == "2020" and starts["paper:c", "task:t"] is None
    )


def test_networkx_reads_the_graph_of_entities(tiny: Tables, tmp_path: Path) -> None:
    """It has one direction, none, which the file says; counts and weights arrive as numbers."""
    part = select(tiny, graph="entities")
    graph, nodes, edges = read(part, tmp_path)
    found = nx.read_gexf(tmp_path / "graph.gexf", version="1.3")
    assert graph["defaultedgetype"] == "undirected" and not found.is_directed()
    assert set(found) == set(nodes) and found.number_of_edges() == len(edges) == part.edges.height
    assert {tuple(sorted((a, b))): (data["papers"], data["weight"]) for a, b, data in found.edges(data=True)} == {
        (row["source"], row["target"]): (row["papers"], row["weight"]) for row in part.edges.iter_rows(named=True)
    }


def test_a_graph_of_nothing_is_a_valid_file(tmp_path: Path) -> None:
    """Empty tables give a document with columns and no nodes."""
    full = nasty_tables()
    empty = Tables(full.papers.clear(), full.mentions.clear(), full.entities.clear(), full.edges.clear())
    assert read(empty, tmp_path)[1:] == ({}, [])
