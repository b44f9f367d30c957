"""GraphML as Gephi's importer and networkx read it, over a graph of nasty values.

`import_like_gephi` follows the rules of ImporterGraphML and ImportContainerImpl in github.com/gephi/gephi:
whatever that importer logs or drops is a failure here.
"""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.export import Look, export
from kb.schema import COLOURS, COMMUNITY_COLOURS, OTHER_COLOUR
from kb.subgraph import select
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


def test_the_graph_of_entities_has_no_direction(tiny: Tables, tmp_path: Path) -> None:
    """The file says so once, and networkx reads a graph of pairs with counts and weights."""
    part = select(tiny, graph="entities")
    export(part, "graphml", tmp_path / "g.graphml")
    graph = nx.read_graphml(tmp_path / "g.graphml")
    assert type(graph) is nx.Graph and len(graph) == part.entities.height
    assert graph.edges["dataset:cape", "method:smpl"]["papers"] == 3
    assert import_like_gephi(tmp_path / "g.graphml")[1][0][0].get("directed") is None


def test_looks_are_as_asked_for(tiny: Tables, tmp_path: Path) -> None:
    """Colour by community, grey without one; area by degree; places that differ."""
    rows = [{"id": "paper:icon", "community": 1}, {"id": "paper:nerf", "community": 2}, {"id": "paper:mip"}]
    part = select(replace(tiny, structure=frame("structure", rows)), graph="papers")
    look: Look = {"colour": "community", "size": "degree", "layout": True}
    export(part, "graphml", tmp_path / "g.graphml", look=look)
    nodes, _, _ = import_like_gephi(tmp_path / "g.graphml")
    colours = {id_: tuple(node[part] for part in "rgb") for id_, node in nodes.items()}
    assert colours["paper:icon"] == COMMUNITY_COLOURS[0] and colours["paper:nerf"] == COMMUNITY_COLOURS[1]
    assert colours["paper:mip"] == OTHER_COLOUR
    assert nodes["paper:nerf"]["size"] == pytest.approx(10 * 2**0.5, abs=0.001) and nodes["paper:alone"]["size"] == 10
    assert len({(node["x"], node["y"]) for node in nodes.values()}) == len(nodes)


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\r\n\t<&>\"'|\\")
)
"""Any text that XML can hold."""


@st.composite
def graphs(draw: st.DrawFn) -> Tables:
    """Papers of any title, abstract and year, linked by edges of any score and sentence."""
    ids = draw(st.lists(TEXT.map("paper:{}".format), min_size=1, max_size=4, unique=True))
    years = st.none() | st.integers(-(2**63), 2**63 - 1)
    papers = [paper(id_, draw(TEXT), abstract=draw(TEXT), year=draw(years)) for id_ in ids]
    ends, types = st.sampled_from(ids), st.sampled_from(["CITES", "SHARES"])
    scores = st.none() | st.floats(allow_nan=False, allow_infinity=False)
    drawn = draw(st.lists(st.tuples(types, ends, ends, scores, TEXT), max_size=4))
    edges = [edge(type_, a, b, score=score, sentence=said) for type_, a, b, score, said in drawn]
    return Tables(frame("papers", papers), frame("mentions", []), frame("entities", []), frame("edges", edges))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graphs())
def test_networkx_gets_back_what_was_written(tmp_path: Path, tables: Tables) -> None:
    """Any text, any whole number, any finite float, loops and parallel edges: all come back as they were."""
    export(tables, "graphml", tmp_path / "g.graphml")
    graph = nx.read_graphml(tmp_path / "g.graphml", force_multigraph=True)
    assert {
        id_: [node.get(name) for name in ("title", "abstract", "year")] for id_, node in graph.nodes(data=True)
    } == {
        id_: [title or None, abstract or None, year]
        for id_, title, abstract, year in tables.papers.select("id", "title", "abstract", "year").iter_rows()
    }
    found = [(a, b, e["label"], e.get("sentence"), e.get("score")) for a, b, e in graph.edges(data=True)]
    wanted = tables.edges.select("source", "target", "type", "sentence", "score").iter_rows()
    ends = list if graph.is_directed() else sorted  # a graph of SHARES alone has no direction
    assert sorted(repr([*ends(row[:2]), *row[2:]]) for row in found) == sorted(
        repr([*ends(row[:2]), row[2], row[3] or None, row[4]]) for row in wanted
    )


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


def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The document is the same whatever the number of rows turned into text at a time."""
    export(nasty_tables(), "graphml", tmp_path / "whole")
    monkeypatch.setattr("kb.export.markup.CHUNK", 2)
    export(nasty_tables(), "graphml", tmp_path / "parts")
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "parts").read_bytes()
