"""The Cypher script as text; tests/neo4j runs it on a real server."""

from pathlib import Path

import pytest

from kb.export import export
from kb.export.cypher import quoted
from tests.kb.export_fixture import nasty_tables, used_with


def script(folder: Path) -> list[str]:
    """The lines of the script of the nasty tables."""
    export(
        nasty_tables(), "cypher", folder / "x.cypher", about={"id": "KnowledgeBase", "build": "b'", "complete": True}
    )
    return (folder / "x.cypher").read_bytes().decode().split("\n")


@pytest.mark.parametrize(
    ("text", "cypher"),
    [
        ("it's", r"'it\'s'"),
        ("a\\", r"'a\\'"),
        ("C:\\user", "'C:\\\\\\u0075ser'"),
        ("\\u0027 OR", "'\\\\\\u00750027 OR'"),
        ("a\nb\r\t\x00\u2028", r"'a\nb\r\t\u0000\u2028'"),
        ("🦜 $x {y}; //", "'🦜 $x {y}; //'"),
    ],
)
def test_text_ends_where_its_quote_does(text: str, cypher: str) -> None:
    """Also where a server decodes numbered characters first: no backslash of the text stands before a u."""
    assert quoted(text) == cypher


def test_a_statement_is_a_line(tmp_path: Path) -> None:
    """Constraints first, full text after the edges, last the node that says which build it is."""
    *lines, end = script(tmp_path)
    assert end == "" and all(line.endswith(";") for line in lines)
    starts = [line.split(" ", 1)[0] for line in lines]
    order = ["CREATE", "CALL", "UNWIND", "CREATE", "MERGE"]
    assert [start for at, start in enumerate(starts) if starts[at - 1] != start or at == 0] == order
    assert lines[-1].endswith("SET k.id = 'KnowledgeBase', k.build = 'b\\'', k.complete = true;")


def test_edges_that_no_store_holds_are_made_without_a_hash(tmp_path: Path) -> None:
    """Entities that papers name together, as a selection has them."""
    export(used_with(), "cypher", tmp_path / "x.cypher")
    [line] = [line for line in (tmp_path / "x.cypher").read_text().splitlines() if "USED_WITH" in line]
    assert "MATCH (a:Dataset {id: row[0]}) MATCH (b:Method {id: row[1]}) MERGE (a)-[x:USED_WITH]->(b) SET" in line
    assert "x.papers = toInteger(row[3])" in line
