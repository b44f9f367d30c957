"""GraphML as Gephi's importer and networkx read it, over a graph of nasty values.

`import_like_gephi` follows the rules of ImporterGraphML and ImportContainerImpl in github.com/gephi/gephi:
whatever that importer logs or drops is a failure here.
"""

import re
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest

from kb.export import export
from kb.export.graphml import generate_graphml
from kb.schema import COLOURS
from kb.tables import Tables, frame
from tests.kb.export_fixture import CLEAN, edge, nasty_tables, paper

NS = "{http://graphml.graphdrawing.org/xmlns}"
LOOKS = {
    "node": {"label", "nodelabel", "x", "y", "z", "xpos", "ypos", "zpos", "size", "r", "g", "b", "color"},
    "edge": {"label", "edgelabel", "weight", "Edge Weight", "r", "g", "b", "color"},
}
PARSE = {"string": str, "long": int, "int": int, "double": float}
BUILT_IN = {"id", "label", "timeset", "weight"}


def import_like_gephi(path: Path) -> tuple[dict, list, dict]:
    """Nodes by id, edges, and the columns (owner, id) -> type; asserts that Gephi would log no issue."""
    root = ElementTree.parse(path).getroot()
    keys = {key.get("id"): key for key in root.iter(f"{NS}key")}
    assert len(keys) == len(root.findall(f"{NS}key")), "a second key with the same id is ignored"
    columns = {}
    for id, key in keys.items():
        assert id == id.lower() and key.get("for") in LOOKS and key.get("attr.type") in PARSE
        if not {id, key.get("attr.name")} & LOOKS[key.get("for")]:
            assert id not in BUILT_IN, f"{id} makes no column"
            columns[key.get("for"), id] = key.get("attr.type")
    nodes = {node.get("id"): _data(node, keys) for node in root.iter(f"{NS}node")}
    edges = [(dict(e.attrib), _data(e, keys)) for e in root.iter(f"{NS}edge")]
    assert len(nodes) == len(root.findall(f".//{NS}node")) and "" not in nodes
    assert len({attributes["id"] for attributes, _ in edges}) == len(edges), "a repeated edge id drops the edge"
    for attributes, data in edges:
        assert attributes["source"] in nodes and attributes["target"] in nodes
        assert attributes.get("directed", "true").lower() in ("true", "false")
        assert data["weight"] > 0, "an edge of weight 0 is removed"
    return nodes, edges, columns


def _data(element: ElementTree.Element, keys: dict) -> dict:
    values = {}
    for data in element.iter(f"{NS}data"):
        key = keys[data.get("key")]
        assert data.text and data.text.strip(), "no value is written as no element"
        if key.get("attr.type") != "string":
            assert "inf" not in data.text.lower() and "nan" not in data.text.lower()
        if key.get("attr.type") in ("int", "long"):
            assert re.fullmatch(r"-?\d+", data.text), "Gephi refuses 12.0 as an integer"
        values[key.get("attr.name")] = PARSE[key.get("attr.type")](data.text)
    return values


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The nasty graph as a file."""
    export(nasty_tables(), "graphml", tmp_path / "graph.graphml")
    return tmp_path / "graph.graphml"


def test_gephi_imports_every_node_and_edge_without_an_issue(written: Path) -> None:
    """All rows arrive, columns keep their types, and no column is taken for a look."""
    nodes, edges, columns = import_like_gephi(written)
    tables = nasty_tables()
    assert len(nodes) == tables.papers.height + tables.entities.height + tables.authors.height
    assert len(edges) == tables.edges.height
    assert columns["node", "n_year"] == "long" and columns["node", "n_idf"] == "double"
    assert columns["node", "n_date"] == "string" and columns["edge", "e_position"] == "long"
    assert columns["edge", "e_mentions"] == "long" and columns["edge", "e_sentence"] == "string"


def test_nodes_carry_label_kind_colour_and_size(written: Path) -> None:
    """The label is the short name (the id where it is empty), colour follows the kind, area the papers."""
    nodes, _, _ = import_like_gephi(written)
    assert nodes["paper:1"]["label"] == "ICON" and nodes["concept:all"]["label"] == "concept:all"
    assert nodes["dataset:a&b"]["label"] == "A&B <c>"
    assert {kind: nodes[id]["kind"] for kind, id in {"Paper": "paper:1", "Method": "method:icon"}.items()} == {
        "Paper": "Paper",
        "Method": "Method",
    }
    assert all(0 <= node[c] <= 255 for node in nodes.values() for c in "rgb")
    assert nodes["method:icon"]["size"] == pytest.approx(10 * 2**0.5, abs=0.001)
    author = nodes["author:a"]
    assert (author["label"], author["kind"], author["size"]) == ("A, B", "Author", nodes["method:icon"]["size"])
    assert (author["r"], author["g"], author["b"]) == COLOURS["Author"]


def test_edges_carry_kind_direction_and_a_weight_above_zero(written: Path) -> None:
    """The XML attribute is the edge type; only SHARES is undirected; no weight means the score, then 1."""
    _, edges, _ = import_like_gephi(written)
    shown = {(e["label"], e["source"], e["target"]): (e.get("directed", "true"), data["weight"]) for e, data in edges}
    assert shown["SHARES", "paper:1", "paper:2"] == ("False", 0.25)
    assert shown["CITES", "paper:2", "paper:1"] == ("true", 0.9)
    assert shown["EVALUATES_ON", "paper:1", "dataset:a&b"] == ("true", 1.0)
    assert shown["MENTIONS", "paper:2", "concept:all"] == ("true", 1.0)
    assert 0 < shown["MENTIONS", "paper:1", "concept:all"][1] < 0.001


def test_text_survives_but_for_what_xml_cannot_hold(written: Path) -> None:
    """Markup, quotes, carriage returns and emoji come back; control characters and non-characters go."""
    nodes, edges, _ = import_like_gephi(written)
    assert nodes["paper:1"]["abstract"] == CLEAN and nodes["paper:2"]["venue"] == CLEAN
    assert nodes["paper:1"]["authors"] == "A, B | C; D"
    assert nodes["method:icon"]["aliases"] == f"ICON | {CLEAN} | 🦜"
    assert nodes["paper:1"]["date"] == "2021-03-01"
    assert [data["sentence"] for e, data in edges if e["label"] == "INTRODUCES"] == [CLEAN]


def test_missing_empty_and_infinite_values_are_left_out(written: Path) -> None:
    """No value means no element: for null, the empty string, the empty list, NaN and infinities."""
    nodes, _, _ = import_like_gephi(written)
    assert {"orcid", "aliases", "ids"}.isdisjoint(nodes["author:b"])
    assert {"year", "date", "abstract", "authors", "doi"}.isdisjoint(nodes["paper:2"])
    assert "idf" not in nodes["dataset:a&b"] and "idf" not in nodes["concept:all"]
    assert "name" not in nodes["concept:all"]


def test_networkx_reads_the_same_graph_back(written: Path) -> None:
    """`networkx.read_graphml` has every node and edge, with the types the columns have."""
    graph = nx.read_graphml(written, force_multigraph=True)
    nodes, edges, _ = import_like_gephi(written)
    assert {id: dict(data) for id, data in graph.nodes(data=True)} == nodes
    assert {key: (s, t, data) for s, t, key, data in graph.edges(keys=True, data=True)} == {
        e["id"]: (e["source"], e["target"], data) for e, data in edges
    }
    assert graph.is_directed() and graph.nodes["paper:1"]["year"] == 2021


def test_a_title_of_100_000_characters_is_written_whole(tmp_path: Path) -> None:
    """Length is no limit: the title is whole, the label short."""
    title = "long < title " * 8000
    tables = nasty_tables()
    long = Tables(frame("papers", [paper("paper:1", title)]), tables.mentions, tables.entities, tables.edges.clear())
    export(long, "graphml", tmp_path / "g.graphml")
    nodes, _, _ = import_like_gephi(tmp_path / "g.graphml")
    assert nodes["paper:1"]["title"] == title and len(nodes["paper:1"]["label"]) <= 60


def test_attributes_keep_their_white_space(tmp_path: Path) -> None:
    """Quotes, tabs and line feeds in an id come back from the attribute, so that edges find their ends."""
    strange = 'paper:a"b\tc\nd&<e>'
    tables = nasty_tables()
    loop = Tables(
        frame("papers", [paper(strange, "Loop")]),
        tables.mentions,
        tables.entities.clear(),
        frame("edges", [edge("CITES", strange, strange)]),
    )
    export(loop, "graphml", tmp_path / "g.graphml")
    nodes, edges, _ = import_like_gephi(tmp_path / "g.graphml")
    assert list(nodes) == [strange] and edges[0][0]["source"] == strange


def test_a_graph_of_nothing_is_a_valid_file(tmp_path: Path) -> None:
    """Empty tables give a document with keys and no nodes."""
    full = nasty_tables()
    empty = Tables(full.papers.clear(), full.mentions.clear(), full.entities.clear(), full.edges.clear())
    export(empty, "graphml", tmp_path / "g.graphml")
    assert import_like_gephi(tmp_path / "g.graphml")[:2] == ({}, [])


def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """The document is the same whatever the number of rows turned into text at a time."""
    whole = b"".join(generate_graphml(nasty_tables()))
    monkeypatch.setattr("kb.export.rows.CHUNK", 2)
    assert b"".join(generate_graphml(nasty_tables())) == whole
