"""The edge list, as the csv module of the standard library reads it."""

import csv
from pathlib import Path

from kb.export import export
from tests.kb.export_fixture import nasty_tables, used_with


def read(file: Path) -> list[dict[str, str]]:
    """The rows of the file."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def test_every_edge_is_a_line_with_a_weight_above_0(tmp_path: Path) -> None:
    """Ends and types are those of the tables; what has no finite weight weighs what the other formats say."""
    tables = nasty_tables()
    export(tables, "edgelist", tmp_path / "edges.csv")
    rows = read(tmp_path / "edges.csv")
    assert [(r["source"], r["target"], r["type"]) for r in rows] == tables.edges.select(
        "source", "target", "type"
    ).rows()
    assert list(rows[0]) == ["source", "target", "type", "weight"] and all(float(r["weight"]) > 0 for r in rows)


def test_edges_between_entities_are_lines_too(tmp_path: Path) -> None:
    """A selection whose edges have other columns."""
    export(used_with(), "edgelist", tmp_path / "edges.csv")
    assert [r["weight"] for r in read(tmp_path / "edges.csv")] == ["2.5"]
