"""CSV as a spreadsheet and Gephi's spreadsheet import read it."""

import csv
from pathlib import Path

import pytest

from kb.export import export
from tests.kb.export_fixture import CLEAN, nasty_tables


@pytest.fixture
def read(tmp_path: Path) -> dict[str, list[dict[str, str]]]:
    """Both files, read by the standard library."""
    export(nasty_tables(), "csv", tmp_path / "out")
    found = {}
    for name in ("nodes", "edges"):
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found[name] = list(csv.DictReader(file, strict=True))
    return found


def test_the_header_has_the_names_gephi_looks_for(read: dict[str, list[dict[str, str]]]) -> None:
    """Id and Label, Source, Target, Type, Weight first; the typed columns follow under their own names."""
    assert list(read["nodes"][0])[:5] == ["Id", "Label", "Kind", "name", "title"]
    assert list(read["edges"][0])[:8] == [
        "Source", "Target", "Type", "Kind", "Id", "Label", "Weight", "sentence",
    ]  # fmt: skip


def test_every_node_and_edge_is_a_row(read: dict[str, list[dict[str, str]]]) -> None:
    """Line feeds, quotes and commas inside values do not break rows."""
    tables = nasty_tables()
    assert len(read["nodes"]) == tables.papers.height + tables.entities.height + tables.authors.height
    assert len(read["edges"]) == tables.edges.height
    assert {e["Source"] for e in read["edges"]} | {e["Target"] for e in read["edges"]} == {
        n["Id"] for n in read["nodes"]
    }


def test_values_come_back(read: dict[str, list[dict[str, str]]]) -> None:
    """Text is whole, integers look like integers, dates are ISO text, what has no value is empty."""
    nodes = {row["Id"]: row for row in read["nodes"]}
    assert nodes["paper:1"]["abstract"] == CLEAN and nodes["paper:1"]["year"] == "2021"
    assert nodes["paper:1"]["date"] == "2021-03-01" and nodes["paper:2"]["date"] == ""
    assert (nodes["author:a"]["Kind"], nodes["author:a"]["papers"]) == ("Author", "2")
    assert [e["position"] for e in read["edges"] if e["Kind"] == "WROTE"] == ["1", "1", "2"]
    assert nodes["paper:1"]["authors"] == "A, B | C; D" and nodes["paper:2"]["year"] == ""
    assert nodes["dataset:a&b"]["idf"] == "" and nodes["dataset:a&b"]["Kind"] == "Dataset"


def test_type_is_the_direction_and_kind_the_relationship(read: dict[str, list[dict[str, str]]]) -> None:
    """Gephi's `Type` says Directed or Undirected, `Kind` keeps parallel edges apart, weights are above 0."""
    shown = {(e["Kind"], e["Type"]) for e in read["edges"]}
    assert ("SHARES", "Undirected") in shown and ("USES", "Directed") in shown
    assert all(float(e["Weight"]) > 0 for e in read["edges"])


def test_lines_end_as_rfc_4180_says(tmp_path: Path) -> None:
    """CRLF after every record, the header included."""
    export(nasty_tables(), "csv", tmp_path)
    assert (tmp_path / "edges.csv").read_bytes().split(b"\r\n")[0].startswith(b"Source,Target,")


def test_other_files_in_the_folder_stay(tmp_path: Path) -> None:
    """Only nodes.csv and edges.csv are written."""
    (tmp_path / "notes.txt").write_text("mine")
    export(nasty_tables(), "csv", tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["edges.csv", "nodes.csv", "notes.txt"]
