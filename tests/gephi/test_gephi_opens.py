"""The real Gephi opens what we export: without an issue, with every node, edge, column and value, and draws it.

What Gephi does to a value is said in `as_gephi_has_it`; anything else that it drops or changes is a failure.
"""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from PIL import Image

from kb import schema
from kb.export import EXPORTERS, export, rows
from kb.folder import read_tables
from kb.tables import Tables, frame
from tests.kb.export_fixture import author, edge, entity, nasty_tables, paper, wrote

FORMATS = [format for format in ("graphml", "gexf") if format in EXPORTERS]
NAMES = [f"{graph}.{format}" for graph in ("full", "nasty") for format in FORMATS]
JAVA_TYPE = {"STRING": "String", "STRING[]": "String", "INT64": "Long", "DOUBLE": "Double", "DATE": "String"}

TEXTS = (
    "null", "INF", "-INF", "INFORMATION", "NaN", "Infinity", "true", "1.0", "-", "=1+1", "[a, b]", '["a", "b"]',
    "a|b;c, d", '"quo""ted"', "it's \\ a \\\" b", "]]>", "&amp; &#10; <b/> <![CDATA[x]]>", "\x00\x07\x1f\ufffe ab",
    "🦜 👩‍👩‍👧 \u202eabc e\u0301 \u00a0", " first and last ", "\r\n\t a\r b", "", "x" * 100_000,
)  # fmt: skip
IDS = (
    "a b", "A B", "a\tb", "a\rb", " a", 'a"b', "a'b", "a]]>b", "a&amp;b", "a<b>", "🦜", "null", "INF", "é", "e\u0301",
    "x" * 1000,
)  # fmt: skip
WARNED = ("a\nb", "a ")
"""Ends of ids that Gephi warns of and keeps. No build makes such an id."""


def nasty() -> Tables:
    """The graph of the other tests of exports, and every text, in every place that holds text, and every id."""
    base = nasty_tables()
    papers = [
        paper(f"paper:text{i}", text, abstract=text, venue=text, doi=text, authors=[text, "x"], keywords=[text])
        for i, text in enumerate(TEXTS)
    ]
    papers += [paper(f"paper:{id}", "Strange", year=2**53 + 1, date="0001-01-01") for id in (*IDS, *WARNED)]
    entities = [
        entity(f"method:text{i}", "Method", text[:200], aliases=[text], idf=number)
        for (i, text), number in zip(enumerate(TEXTS), (math.nan, math.inf, -math.inf, *[1e-300] * 99), strict=False)
    ]
    edges = [
        edge("USES", f"paper:text{i}", f"method:text{i}", sentence=text, cue=text, score=5e-324)
        for i, text in enumerate(TEXTS)
    ]
    edges += [edge("CITES", f"paper:{id}", f"paper:{id}", weight=None, via=list(TEXTS)) for id in (*IDS, *WARNED)]
    edges += [edge("CITES", "paper:a b", "paper:A B"), wrote("author:text", "paper:a b", 1)]
    authors = [author("author:text", "A", aliases=list(TEXTS))]
    added = {"papers": papers, "entities": entities, "edges": edges, "authors": authors}
    return replace(base, **{name: frame(name, pl.concat([getattr(base, name), frame(name, rows)]))
                            for name, rows in added.items()})  # fmt: skip


@pytest.fixture(scope="session")
def graphs(seeds_kb: Path) -> dict[str, Tables]:
    """Name -> what was exported."""
    return {"full": read_tables(seeds_kb), "nasty": nasty()}


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, graphs: dict[str, Tables]) -> dict[str, Path]:
    """Name -> file, of each graph in each format."""
    folder = tmp_path_factory.mktemp("graphs")
    for name in NAMES:
        graph, format = name.split(".")
        export(graphs[graph], format, folder / name)
    return {name: folder / name for name in NAMES}


@pytest.fixture(scope="session")
def opened(files: dict[str, Path], in_gephi: Callable[[list[Path]], list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Name -> what Gephi holds; all files in one run, for starting Gephi takes longer than opening them."""
    return dict(zip(files, in_gephi(list(files.values())), strict=True))


def legal(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)


def as_gephi_has_it(value: object) -> object:
    """A value of ours as Gephi holds it; None is no value.

    Characters that XML cannot hold are gone, lists are one text, dates are text. Two things are Gephi's own: "null" in
    any case is no value, and "INF" becomes "Infinity" in every text but a label, since 0.9.3 and still in 0.10.1. No
    spelling in the file prevents that and is read back by others.
    """
    if isinstance(value, list):
        value = rows.JOIN.join(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        value = legal(value)
        return None if value.strip() == "" or value.lower() == "null" else value.replace("INF", "Infinity")
    return value


def values(row: dict[str, object]) -> dict[str, object]:
    """The values of a row, as Gephi holds them."""
    given = {name: as_gephi_has_it(value) for name, value in row.items()}
    return {name: value for name, value in given.items() if value is not None}


@pytest.mark.parametrize("name", NAMES)
def test_opens_without_an_issue(opened: dict[str, Any], name: str) -> None:
    """The importer logs nothing, but for the two ids that hold a line feed or end in a space."""
    issues = opened[name]["issues"]
    assert len(issues) == (len(WARNED) if name.startswith("nasty") else 0), issues
    assert all(issue.startswith("WARNING Node id='paper:a") for issue in issues), issues


@pytest.mark.parametrize("name", NAMES)
def test_columns_have_their_names_and_types(opened: dict[str, Any], name: str) -> None:
    """Each property is a column of its name and type: none is taken for a look, none is missing, none is added."""
    kinds = {"kind": "STRING"} | rows.node_columns()
    assert dict(opened[name]["node_columns"].values()) == {title: JAVA_TYPE[kind] for title, kind in kinds.items()}
    kinds = rows.edge_columns()
    assert dict(opened[name]["edge_columns"].values()) == {title: JAVA_TYPE[kind] for title, kind in kinds.items()}


@pytest.mark.parametrize("name", NAMES)
def test_every_node_has_its_values(opened: dict[str, Any], graphs: dict[str, Tables], name: str) -> None:
    """Nodes are ours, none more; each with every value, the label, the colour of its kind, the size of its papers."""
    held = {node["id"]: node for node in opened[name]["nodes"]}
    ours = {row["id"]: (label, row) for label, part in rows.nodes(graphs[name.split(".")[0]]).items()
            for row in part.iter_rows(named=True)}  # fmt: skip
    assert held.keys() == ours.keys() and len(held) == len(opened[name]["nodes"])
    for id, (label, row) in ours.items():
        assert held[id]["label"] == (legal(row["name"]) or id)
        assert held[id]["values"] == values({"kind": label, **row, "id": None})
        assert tuple(held[id]["colour"]) == schema.COLOURS[label]
        assert held[id]["size"] == pytest.approx(10 * math.sqrt(row.get("papers") or 1), rel=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_every_edge_has_its_values(opened: dict[str, Any], graphs: dict[str, Tables], name: str) -> None:
    """Edges are ours, none merged or made undirected; each with its kind, ends, weight above 0 and every value."""
    held = {(each["kind"], each["source"], each["target"]): each for each in opened[name]["edges"]}
    tables = graphs[name.split(".")[0]]
    ours = {(row.pop("type"), row.pop("source"), row.pop("target")): row
            for row in tables.edges.with_columns(rows.weight()).iter_rows(named=True)}  # fmt: skip
    assert held.keys() == ours.keys() and len(held) == len(opened[name]["edges"]) == tables.edges.height
    for key, row in ours.items():
        assert held[key]["weight"] == pytest.approx(row.pop("weight"), rel=1e-6) and held[key]["weight"] > 0
        assert held[key]["directed"] == (key[0] not in schema.UNDIRECTED) and held[key]["label"] == key[0]
        assert held[key]["values"] == values(row)


@pytest.mark.parametrize("name", NAMES)
def test_is_laid_out_and_drawn(opened: dict[str, Any], files: dict[str, Path], name: str) -> None:
    """ForceAtlas2 gives every node a place; the picture of the PDF is neither blank nor a blot."""
    assert opened[name]["laid_out"]
    with Image.open(f"{files[name]}.png") as picture:
        grey = picture.convert("L").histogram()
    drawn = 1 - grey[255] / sum(grey)
    assert 0.001 < drawn < 0.9
