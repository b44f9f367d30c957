"""JSON Lines: the export that loses nothing."""

import json
from pathlib import Path

from kb import schema
from kb.export import export
from tests.kb.export_fixture import NASTY, nasty_tables


def read(path: Path) -> list[dict[str, object]]:
    """The objects of a file, split at line feeds alone, as JSON Lines says."""
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def test_every_node_and_edge_is_one_line(tmp_path: Path) -> None:
    """Nodes first, then edges, each saying what it is."""
    export(nasty_tables(), "jsonl", tmp_path / "g.jsonl")
    rows = read(tmp_path / "g.jsonl")
    assert [row["type"] for row in rows] == ["node"] * 7 + ["edge"] * 10
    assert {row["label"] for row in rows[:7]} == {"Paper", "Method", "Dataset", "Concept", "Author"}


def test_each_line_has_the_columns_of_its_label_or_type(tmp_path: Path) -> None:
    """All columns of `kb.schema`, null where there is no value."""
    export(nasty_tables(), "jsonl", tmp_path / "g.jsonl")
    for row in read(tmp_path / "g.jsonl"):
        if row["type"] == "node":
            assert list(row)[2:] == list(schema.NODES[str(row["label"])])
        else:
            assert list(row)[4:] == list(schema.EDGES[str(row["edge"])][2])


def test_text_and_lists_come_back_exactly(tmp_path: Path) -> None:
    """Control characters are escaped, lists are lists, numbers that JSON has not are null."""
    export(nasty_tables(), "jsonl", tmp_path / "g.jsonl")
    rows = {row.get("id"): row for row in read(tmp_path / "g.jsonl")}
    assert rows["paper:1"]["abstract"] == NASTY and rows["paper:1"]["authors"] == ["A, B", "C; D"]
    assert rows["method:icon"]["aliases"] == ["ICON", NASTY, "🦜"] and rows["paper:2"]["authors"] == []
    assert rows["paper:1"]["date"] == "2021-03-01" and rows["paper:2"]["date"] is None
    assert rows["author:a"]["ids"] == ["openalex:A1"] and rows["author:b"]["orcid"] is None
    assert rows["dataset:a&b"]["idf"] is None and rows["concept:all"]["idf"] is None
