"""The folders for neo4j-admin as files; tests/neo4j imports them by the real tool."""

import csv
import re
from pathlib import Path

import polars as pl
import pytest

from kb import graph, schema
from kb.errors import StoreError
from kb.export import export, rows
from kb.tables import Tables, frame
from tests.kb.export_fixture import edge, entity, nasty_tables, paper

FORMATS = ("neo4j-admin", "neo4j-admin-parquet")
ABOUT = {"id": schema.ABOUT, "build": "0123456789ab", "complete": True}


def plain(title: str = "One") -> Tables:
    """Two papers that share a method."""
    papers = [paper("paper:1", title, authors=["A; B", "C|D"]), paper("paper:2", "Two", abstract="", venue=None)]
    edges = [
        edge("USES", "paper:1", "method:m", weight=float("inf"), score=float("nan")),
        edge("USES", "paper:2", "method:m", sentence=None, weight=0.1 + 0.2),
    ]
    return Tables(
        papers=frame("papers", papers),
        mentions=frame("mentions", []),
        entities=frame("entities", [entity("method:m", "Method", "M", aliases=["M", "", "m"], idf=-float("inf"))]),
        edges=frame("edges", edges),
    )


def arguments(folder: Path) -> list[str]:
    """The lines of args.txt."""
    return (folder / "args.txt").read_text(encoding="utf-8").splitlines()


def records(file: Path) -> list[list[str]]:
    """The rows of a CSV file."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, strict=True))


@pytest.mark.parametrize("format", FORMATS)
def test_the_arguments_name_every_file_once(format: str, tmp_path: Path) -> None:
    """Each label and type with its header first, relative to the folder; nothing else lies there but the texts."""
    export(nasty_tables(), format, tmp_path, about=ABOUT)
    inputs = [re.fullmatch(r"--(nodes|relationships)=(\w+)=(.+)", line) for line in arguments(tmp_path)]
    found = {match[2]: match[3].split(",") for match in inputs if match}
    assert list(found) == [schema.ABOUT, *schema.NODES, *schema.EDGES]
    assert all(files[0] == f"{name}-header.csv" for name, files in found.items())
    named = [file for files in found.values() for file in files]
    assert sorted([*named, "args.txt", "schema.cypher", "README.txt"]) == sorted(p.name for p in tmp_path.iterdir())
    assert arguments(tmp_path)[0] == "neo4j"


def test_headers_carry_the_types_of_the_schema(tmp_path: Path) -> None:
    """Ids are the importer's, INT64 a long, DOUBLE a double, DATE a date, a list an array; hash and keys are there."""
    export(nasty_tables(), "neo4j-admin", tmp_path)
    assert records(tmp_path / "Method-header.csv") == [
        ["id:ID", "name:string", "aliases:string[]", "papers:long", "mentions:long", "idf:double", "first_year:long",
         "kb_keys:string[]", "community:long", "community_name:string", "pagerank:double", "betweenness:double",
         "participation:double", "kb_place:long", "kb_hash:long"]
    ]  # fmt: skip
    paper = records(tmp_path / "Paper-header.csv")[0]
    assert {"year:long", "date:date", "ids:string[]"} < set(paper)
    day = records(tmp_path / "Paper.csv")[0][paper.index("date:date")]
    assert day == "2021-03-01"
    assert records(tmp_path / "Author-header.csv") == [
        ["id:ID", "name:string", "aliases:string[]", "orcid:string", "ids:string[]", "papers:long", "kb_keys:string[]",
         "kb_hash:long"]
    ]  # fmt: skip
    assert records(tmp_path / "WROTE-header.csv") == [[":START_ID", ":END_ID", "position:long", "kb_hash:long"]]
    assert records(tmp_path / "SHARES-header.csv") == [
        [":START_ID", ":END_ID", "weight:double", "shared:long", "via:string[]", "p_value:double", "kb_hash:long"]
    ]


def test_a_parquet_header_names_the_columns_of_its_files(tmp_path: Path) -> None:
    """The second line are the columns of each data file of the label or type, in their order."""
    export(nasty_tables(), "neo4j-admin-parquet", tmp_path, about=ABOUT)
    for part in [*graph.nodes(nasty_tables()), *graph.edges(nasty_tables())]:
        names, columns = records(tmp_path / f"{part.name}-header.csv")
        file = tmp_path / (f"{part.name}-{part.ends[1]}.parquet" if part.ends else f"{part.name}.parquet")
        held = pl.read_parquet(file)
        assert held.columns == columns == part.frame.columns and len(names) == len(columns)
        assert held.height == part.frame.height


def test_lists_are_joined_by_a_character_that_no_text_holds(tmp_path: Path) -> None:
    """The unit separator, or where a text holds it the first of the private use area that none does."""
    for title, mark in (("One", "001F"), ("a\x1fb", "E000"), ("\x1f\ue000\ue002", "E001")):
        export(plain(title), "neo4j-admin", tmp_path)
        assert f"--array-delimiter=U+{mark}" in arguments(tmp_path)
        authors = records(tmp_path / "Paper-header.csv")[0].index("authors:string[]")
        assert records(tmp_path / "Paper.csv")[0][authors].split(chr(int(mark, 16))) == ["A; B", "C|D"]


def test_line_breaks_are_announced_only_where_there_are_any(tmp_path: Path) -> None:
    """Reading them costs the importer its threads."""
    for title, wanted in (("One", False), ("a\nb", True), ("a\rb", True)):
        export(plain(title), "neo4j-admin", tmp_path)
        assert ("--multiline-fields=true" in arguments(tmp_path)) == wanted


def test_what_has_no_value_is_nothing_between_commas(tmp_path: Path) -> None:
    """Null, empty text, empty lists and empty members; other text is quoted, numbers are as Java reads them."""
    export(plain(), "neo4j-admin", tmp_path)
    method = (tmp_path / "Method.csv").read_text(encoding="utf-8")
    assert method.startswith('"method:m","M","M\x1fm",1,1,"-Infinity",,"m",,,,,,')
    first, second = (tmp_path / "USES-Method.csv").read_text(encoding="utf-8").splitlines()
    assert first.startswith('"paper:1","method:m","Infinity","We use it."') and '"NaN"' in first
    assert second.startswith('"paper:2","method:m","0.30000000000000004",,"abstract",0,4,"use"')
    assert '""' not in (tmp_path / "Paper.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("format", FORMATS)
def test_the_build_is_a_node_only_when_it_is_told(format: str, tmp_path: Path) -> None:
    """The one row of KnowledgeBase, true or false as a boolean."""
    export(plain(), format, tmp_path / "without")
    assert not list((tmp_path / "without").glob(f"{schema.ABOUT}*"))
    export(plain(), format, tmp_path / "with", about=ABOUT)
    header = records(tmp_path / "with" / f"{schema.ABOUT}-header.csv")[0]
    assert header == ["id:ID", "build:string", "complete:boolean"]


def test_slices_make_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CSV is written a slice at a time."""
    export(nasty_tables(), "neo4j-admin", tmp_path / "whole")
    monkeypatch.setattr(rows, "CHUNK", 1)
    export(nasty_tables(), "neo4j-admin", tmp_path / "sliced")
    for file in (tmp_path / "whole").iterdir():
        assert (tmp_path / "sliced" / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("format", FORMATS)
def test_a_folder_that_cannot_be_written_whole_stays_as_it_was(format: str, tmp_path: Path) -> None:
    """A folder in the place of one file: no other file is written."""
    (tmp_path / "README.txt").mkdir()
    with pytest.raises(StoreError, match="Is a directory"):
        export(plain(), format, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["README.txt"]


def test_the_texts_say_what_to_run(tmp_path: Path) -> None:
    """README.txt has the counts and the command, schema.cypher the constraints and indexes, a statement a line."""
    export(plain(), "neo4j-admin", tmp_path)
    readme = (tmp_path / "README.txt").read_text(encoding="utf-8")
    assert "3 nodes and 2 relationships" in readme and "neo4j-admin database import full @args.txt" in readme
    statements = (tmp_path / "schema.cypher").read_text(encoding="utf-8").splitlines()
    assert all(line.startswith("CREATE ") and line.endswith(";") for line in statements)
    assert any("FULLTEXT INDEX kb_keys" in line for line in statements)
    for name in ("CONSTRAINT author_id", "INDEX author_name", "INDEX paper_date"):
        assert sum(f"CREATE {name} IF NOT EXISTS" in line for line in statements) == 1
    assert not any("author_first_year" in line or "paper_first_year" in line for line in statements)
