"""The real Gephi opens what we export: without an issue, with every node, edge, column and value, and draws it.

What Gephi does to a value is said in `as_gephi_has_it`; anything else that it drops or changes is a failure.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from PIL import Image

from kb import schema
from kb.export import EXPORTERS, export, looks, rows
from kb.folder import read_tables
from kb.subgraph import select
from kb.tables import Tables, frame
from tests.kb.export_fixture import author, edge, entity, nasty_tables, paper, wrote

FORMATS = [format for format in ("graphml", "gexf") if format in EXPORTERS]
GRAPHS = {
    "full": {},
    "nasty": {},
    "papers": {"colour": "community", "size": "degree", "layout": True},
    "entities": {},
}
"""Name -> looks, of the graphs that are exported."""

NAMES = [f"{graph}.{format}" for graph in GRAPHS for format in FORMATS]
TYPES = {pl.String(): "String", pl.Int64(): "Long", pl.Float64(): "Double", pl.Date(): "String"}
LISTS = {pl.String(): "String", pl.Float64(): "double"}  # a list of numbers is one of Java's own
BLANK = "\x00\x07\x1f"
TEXTS = (
    "null", "INF", "-INF", "INFORMATION", "NaN", "Infinity", "true", "1.0", "-", "=1+1", "[a, b]", '["a", "b"]',
    "a|b;c, d", '"quo""ted"', "it's \\ a \\\" b", "\\", "]]>", "&amp; &#10; <b/> <![CDATA[x]]>", f"a{BLANK}\ufffe b",
    "🦜 👩‍👩‍👧 \u202eabc e\u0301 \u00a0", " first and last ", "\r\n\t a\r b", "", "x" * 100_000,
)  # fmt: skip
IDS = (
    "a b", "A B", "a\tb", "a\rb", " a", 'a"b', "a'b", "a]]>b", "a&amp;b", "a<b>", "🦜", "null", "INF", "é", "e\u0301",
    "x" * 1000,
)  # fmt: skip
WARNED = ("a\nb", "a ")
"""Ends of ids that Gephi warns of and keeps. No build makes such an id."""

BROKEN = """<graphml><key id="n_day" for="node" attr.name="day" attr.type="date"/>
<key id="n_year" for="node" attr.name="year" attr.type="int"/>
<key id="weight" for="edge" attr.name="weight" attr.type="double"/>
<graph edgedefault="directed"><node id="a"><data key="n_year">12.0</data></node><node id="b"/>
<edge id="1" source="a" target="nobody"/><edge id="2" source="a" target="b"><data key="weight">0</data></edge>
</graph></graphml>"""

Report = dict[str, Any]


def nasty() -> Tables:
    """The graph of the other tests of exports, and every text, in every place that holds text, and every id."""
    base = nasty_tables()
    papers = [
        paper(f"paper:text{i}", text, abstract=text, venue=text, doi=text, authors=[text, "x"], keywords=[text])
        for i, text in enumerate(TEXTS)
    ]
    papers += [paper(f"paper:{id}", "Strange", year=2**53 + 1, date="0001-01-01") for id in (*IDS, *WARNED)]
    numbers = (math.nan, math.inf, -math.inf, 5e-324, 1.7976931348623157e308)
    entities = [
        entity(f"method:text{i}", "Method", text[:200], aliases=[text], idf=numbers[i % len(numbers)])
        for i, text in enumerate(TEXTS)
    ]
    edges = [
        edge("USES", f"paper:text{i}", f"method:text{i}", sentence=text, cue=text, score=1e-300)
        for i, text in enumerate(TEXTS)
    ]
    edges += [edge("CITES", f"paper:{id}", f"paper:{id}", weight=None, via=list(TEXTS)) for id in (*IDS, *WARNED)]
    edges += [edge("CITES", "paper:a b", "paper:A B"), wrote("author:text", "paper:a b", 1)]
    authors = [author("author:text", "A", aliases=list(TEXTS))]
    added = {"papers": papers, "entities": entities, "edges": edges, "authors": authors}
    joined = {name: pl.concat([getattr(base, name), frame(name, rows)]) for name, rows in added.items()}
    return replace(base, **{name: frame(name, rows) for name, rows in joined.items()})


@pytest.fixture(scope="session")
def graphs(seeds_kb: Path) -> dict[str, Tables]:
    """Name -> what was exported."""
    seeds = read_tables(seeds_kb)
    parts = {name: select(seeds, graph=name) for name in ("full", "papers", "entities")}
    return {"nasty": nasty()} | parts


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, graphs: dict[str, Tables]) -> dict[str, Path]:
    """Name -> file, of each graph in each format, and of one with faults."""
    folder = tmp_path_factory.mktemp("graphs")
    for name in NAMES:
        graph, format = name.split(".")
        export(graphs[graph], format, folder / name, look=GRAPHS[graph])
    (folder / "broken.graphml").write_text(BROKEN, encoding="utf-8")
    return {name: folder / name for name in [*NAMES, "broken.graphml"]}


@pytest.fixture(scope="session")
def opened(in_gephi: Callable[[list[Path]], list[Report]], files: dict[str, Path]) -> dict[str, Report]:
    """Name -> what Gephi holds; all files in one run, for starting Gephi takes longer than opening them."""
    return dict(zip(files, in_gephi(list(files.values())), strict=True))


def as_gephi_has_it(value: object, *, lists: bool) -> object:
    """A value of ours as Gephi holds it; None is no value.

    Characters that XML cannot hold are gone, dates are text, and so are lists, where a format has none. Two things are
    Gephi's own: "null" in any case is no value, and "INF" becomes "Infinity" in every text but a label, since 0.9.3
    and still in 0.10.1. No spelling in the file prevents that and is read back by others.
    """
    if isinstance(value, list):
        if lists:
            return [as_gephi_has_it(each, lists=True) for each in value] or None
        value = rows.JOIN.join(map(str, value))
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        value = legal(value).replace("INF", "Infinity")
        return None if value.strip() == "" or value.lower() == "null" else value
    return value


def legal(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)


def values(name: str, row: dict[str, object]) -> dict[str, object]:
    """The values of a row, as Gephi holds them after it has read them from a file of that name."""
    given = {column: as_gephi_has_it(value, lists=name.endswith("gexf")) for column, value in row.items()}
    return {column: value for column, value in given.items() if value is not None}


def java_types(name: str, columns: dict[str, pl.DataType]) -> dict[str, str]:
    """Column -> the Java class that it has in Gephi."""
    lists = name.endswith("gexf")
    return {
        column: (f"{LISTS[type_.inner]}[]" if lists else "String") if isinstance(type_, pl.List) else TYPES[type_]
        for column, type_ in columns.items()
    }


def drawn(tables: Tables, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Label and row of each node, with its looks."""
    for label, part in looks.nodes(tables, **GRAPHS[name.split(".")[0]]).items():
        for row in part.iter_rows(named=True):
            yield label, row


@pytest.mark.parametrize("name", NAMES)
def test_opens_without_an_issue(opened: dict[str, Report], name: str) -> None:
    """The importer logs nothing, but for the two ids that hold a line feed or end in a space."""
    issues = [issue for issue in opened[name]["issues"] if not issue.startswith("INFO GEXF version")]
    assert len(issues) == (len(WARNED) if name.startswith("nasty") else 0), issues
    assert all(issue.startswith("WARNING Node id='paper:a") for issue in issues), issues


def test_faults_would_be_seen(opened: dict[str, Report]) -> None:
    """A type that is none, a number of another type, an edge to nobody and one of weight 0 are issues, and lost."""
    report = opened["broken.graphml"]
    levels = sorted(issue.split()[0] for issue in report["issues"])
    assert levels == ["INFO", "SEVERE", "SEVERE", "SEVERE"], report["issues"]
    assert report["edges"] == [] and "n_day" not in report["node_columns"]


@pytest.mark.parametrize("name", NAMES)
def test_columns_have_their_names_and_types(opened: dict[str, Report], graphs: dict[str, Tables], name: str) -> None:
    """Each property is a column of its name and type: none is taken for a look, none is missing, none is added."""
    tables = graphs[name.split(".")[0]]
    nodes = {"kind": pl.String()} | {c: t for part in rows.nodes(nasty()).values() for c, t in part.schema.items()}
    edges = dict(tables.edges.schema)
    for columns, own in ((nodes, ("id",)), (edges, ("type", "source", "target", "weight"))):
        for each in own:
            del columns[each]
    assert dict(opened[name]["node_columns"].values()) == java_types(name, nodes)
    assert dict(opened[name]["edge_columns"].values()) == java_types(name, edges)


@pytest.mark.parametrize("name", NAMES)
def test_every_node_has_its_values(opened: dict[str, Report], graphs: dict[str, Tables], name: str) -> None:
    """Nodes are ours, none more; each with every value, its label, colour and size, and its place where it has one."""
    held = {node["id"]: node for node in opened[name]["nodes"]}
    ours = {row.pop("id"): (label, row) for label, row in drawn(graphs[name.split(".")[0]], name)}
    assert held.keys() == ours.keys() and len(held) == len(opened[name]["nodes"])
    for id, (label, row) in ours.items():
        node = held[id]
        assert node["label"] == (legal(row["name"]) or id)
        assert node["colour"] == [row.pop(part) for part in "rgb"]
        assert node["size"] == pytest.approx(row.pop("size"), rel=1e-6)
        if "x" in row:
            assert node["place"] == pytest.approx([row.pop("x"), row.pop("y")], rel=1e-6)
        assert node["values"] == values(name, {"kind": label, **row})


@pytest.mark.parametrize("name", NAMES)
def test_every_edge_has_its_values(opened: dict[str, Report], graphs: dict[str, Tables], name: str) -> None:
    """Edges are ours, none merged or turned; each with its kind, ends, direction, weight above 0 and every value."""
    held = {(each["kind"], each["source"], each["target"]): each for each in opened[name]["edges"]}
    edges = graphs[name.split(".")[0]].edges
    ours = {(row.pop("type"), row.pop("source"), row.pop("target")): row
            for row in edges.with_columns(rows.weight(edges.columns)).iter_rows(named=True)}  # fmt: skip
    assert held.keys() == ours.keys() and len(held) == len(opened[name]["edges"]) == edges.height
    for key, row in ours.items():
        assert held[key]["weight"] == pytest.approx(row.pop("weight"), rel=1e-6) and held[key]["weight"] > 0
        assert held[key]["directed"] == (key[0] not in schema.UNDIRECTED) and held[key]["label"] == key[0]
        assert held[key]["values"] == values(name, row)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("nasty.gexf")])
def test_time_begins_with_the_year(opened: dict[str, Report], name: str) -> None:
    """Gephi's timeline: a node begins with its year, an edge with the later of its ends, without a year never."""
    nodes = {node["id"]: node["start"] for node in opened[name]["nodes"]}
    assert nodes["paper:1"] == nodes["author:a"] == 2021 and nodes["paper:2"] is None
    edges = {(each["source"], each["target"]): each["start"] for each in opened[name]["edges"]}
    assert edges["paper:1", "concept:all"] == 2021 and edges["author:a", "paper:2"] == 2021


@pytest.mark.parametrize("name", NAMES)
def test_is_laid_out_and_drawn(opened: dict[str, Report], files: dict[str, Path], name: str) -> None:
    """ForceAtlas2 gives every node a place; the picture of the PDF is neither blank nor a blot."""
    assert opened[name]["laid_out"]
    with Image.open(f"{files[name]}.png") as picture:
        grey = picture.convert("L").histogram()
    assert 0.001 < 1 - grey[255] / sum(grey) < 0.9
