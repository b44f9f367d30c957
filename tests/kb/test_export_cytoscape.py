"""Cytoscape JSON, as networkx and as Cytoscape Desktop read it."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kb.export import export
from tests.kb.export_fixture import NASTY, nasty_tables, used_with


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    """The file, read by the standard library."""
    export(nasty_tables(), "cytoscape", tmp_path / "papers.cyjs")
    read: dict[str, Any] = json.loads((tmp_path / "papers.cyjs").read_bytes())
    return read


def test_networkx_reads_the_whole_graph(document: dict[str, Any]) -> None:
    """Nodes by id with their columns, parallel edges by type; nasty text and lists come back as they were."""
    graph = nx.cytoscape_graph(document)
    tables = nasty_tables()
    assert set(graph) == {*tables.papers["id"], *tables.entities["id"], *tables.authors["id"]}
    assert sorted(graph.edges(keys=True)) == sorted(tables.edges.select("source", "target", "type").rows())
    assert graph.nodes["paper:1"]["abstract"] == NASTY and graph.nodes["paper:1"]["date"] == "2021-03-01"
    assert graph.nodes["method:icon"]["aliases"] == ["ICON", NASTY, "🦜"]
    assert graph.edges["paper:1", "method:icon", "INTRODUCES"]["sentence"] == NASTY


def test_names_are_those_that_desktop_looks_for(document: dict[str, Any]) -> None:
    """Nodes: the id as shared name, the caption as name, the id again where there is none; edges: the type."""
    nodes = {each["data"]["id"]: each["data"] for each in document["elements"]["nodes"]}
    assert (nodes["paper:1"]["shared name"], nodes["paper:1"]["name"]) == ("paper:1", "ICON")
    assert nodes["concept:all"]["name"] == "concept:all"
    edge = next(each["data"] for each in document["elements"]["edges"] if each["data"]["interaction"] == "USES")
    assert edge["name"] == edge["shared name"] == "paper:2 (USES) method:icon"
    assert (edge["shared interaction"], edge["source"], edge["target"]) == ("USES", "paper:2", "method:icon")


def test_a_column_has_one_type_and_no_nulls(document: dict[str, Any]) -> None:
    """Desktop types a column by its first value, and reads null as the word."""
    for group in document["elements"].values():
        types = defaultdict(set)
        for each in group:
            for name, value in each["data"].items():
                types[name].add(type(value))
        assert all(len(found) == 1 and type(None) not in found for found in types.values()), types


def test_ids_are_unique(document: dict[str, Any]) -> None:
    """Of nodes and edges together, as Cytoscape.js wants."""
    ids = [each["data"]["id"] for group in document["elements"].values() for each in group]
    assert len(ids) == len({*ids})


def test_a_selection_of_entities_is_written(tmp_path: Path) -> None:
    """Its edges have columns of their own."""
    export(used_with(), "cytoscape", tmp_path / "x.cyjs")
    edges = json.loads((tmp_path / "x.cyjs").read_bytes())["elements"]["edges"]
    assert [(e["data"]["papers"], e["data"]["weight"]) for e in edges] == [(3, 2.5)]
