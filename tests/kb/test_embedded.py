"""The embedded store: what goes in comes out, and its errors are ours."""

from pathlib import Path

import pytest

from kb.errors import StoreError, UsageError
from kb.schema import EDGES, NODES
from kb.stores.embedded import EmbeddedStore, write_image
from kb.tables import Tables, frame
from tests.kb.export_fixture import NASTY, nasty_tables


@pytest.fixture(scope="module")
def store(tiny_kb: Path) -> EmbeddedStore:
    """The graph of `tiny`."""
    return EmbeddedStore(tiny_kb / "graph.lbug")


def test_every_node_and_edge_is_in_the_image(store: EmbeddedStore, tiny: Tables) -> None:
    """Each label and type has as many as the tables say."""
    for label in NODES:
        tables = {"Paper": tiny.papers, "Author": tiny.authors}
        expected = len(tables[label]) if label in tables else tiny.entities["kind"].to_list().count(label)
        assert store.run(f"MATCH (n:{label}) RETURN count(n) AS n") == [{"n": expected}]
    for type_ in EDGES:
        rows = store.run(f"MATCH ()-[r:{type_}]->() RETURN count(r) AS n")
        assert rows == [{"n": tiny.edges["type"].to_list().count(type_)}], type_


def test_odd_characters_survive(tmp_path: Path) -> None:
    """NUL, quotes, line breaks, emoji come back as they went in, empty text as none; a quote in a path is no harm."""
    folder = tmp_path / 'it\'s a "folder"'
    folder.mkdir()
    write_image(nasty_tables(), folder / "graph.lbug")
    store = EmbeddedStore(folder / "graph.lbug")
    rows = store.run("MATCH (p:Paper) RETURN p.abstract AS abstract, p.venue AS venue ORDER BY p.id")
    assert rows == [{"abstract": NASTY, "venue": None}, {"abstract": None, "venue": NASTY}]
    rows = store.run("MATCH (m:Method {id: $id}) RETURN m.aliases AS aliases", {"id": "method:icon"})
    assert rows == [{"aliases": ["ICON", NASTY, "🦜"]}]
    store.close()
    assert [file.name for file in folder.iterdir()] == ["graph.lbug"]


def test_an_empty_graph_answers(tmp_path: Path) -> None:
    """No papers, no entities, no edges: still every label and type."""
    empty = Tables(*(frame(name, []) for name in ("papers", "mentions", "entities", "edges")))
    write_image(empty, tmp_path / "graph.lbug")
    store = EmbeddedStore(tmp_path / "graph.lbug")
    assert store.run("MATCH (a:Paper)-[r:SHARES]-(b:Paper) RETURN count(r) AS n") == [{"n": 0}]
    store.close()


def test_values_are_plain(store: EmbeddedStore) -> None:
    """Nodes, relationships and paths come as dicts without the engine's ids; dates as text."""
    [row] = store.run("MATCH p = (n:Paper {id: 'paper:icon'})-[r:USES]->(m) RETURN m, r, p, date('2024-02-29') AS day")
    assert row["m"]["label"] == "Method" and row["m"]["aliases"] == ["SMPL"]  # type: ignore[index]
    assert row["r"]["edge"] == "USES" and row["r"]["weight"] == 0.4  # type: ignore[index]
    assert [node["id"] for node in row["p"]["nodes"]] == ["paper:icon", "method:smpl"]  # type: ignore[index]
    assert row["day"] == "2024-02-29"
    [row] = store.run("MATCH (n:Paper {id: 'paper:icon'}) RETURN n, n.date AS day")
    assert row["day"] == row["n"]["date"] == "2021-12-16"  # type: ignore[index]
    assert "_ID" not in str(row)


def test_functions_of_neo4j_that_the_engine_lacks_are_there(store: EmbeddedStore) -> None:
    """type(), tail() and split() as in Neo4j."""
    [row] = store.run(
        "MATCH (:Paper {id: 'paper:icon'})-[r]->(:Method {id: 'method:smpl'}) "
        "RETURN type(r) AS a, tail([1, 2]) AS b, tail([]) AS c, split('a-b', '-') AS d"
    )
    assert list(row.values()) == ["USES", [2], [], ["a", "b"]]


def test_a_limit_cuts_the_rows(store: EmbeddedStore) -> None:
    """`limit` takes the first rows and leaves the rest in the engine."""
    rows = store.run("MATCH (p:Paper) RETURN p.id AS id ORDER BY id", limit=2)
    assert [row["id"] for row in rows] == ["paper:10.1000/body", "paper:alone"]


@pytest.mark.parametrize(
    ("cypher", "message"),
    [
        ("MATCH (n:Paper RETURN n", "the query does not parse: .*, at line 1, column "),
        ("MATCH (n) RETURN", "the query does not parse: mismatched input '<EOF>', at line 1, column 17"),
        ("MATCH (n:Foo) RETURN n", "the query does not fit the graph: Table Foo does not exist"),
        ("MATCH (n:Paper) RETURN n.foo", "the query does not fit the graph: Cannot find property foo for n"),
        ("RETURN foo(1)", "the query does not fit the graph: function FOO does not exist"),
        ("RETURN [1][0]", "lists count from 1"),
        ("MATCH (n:Paper) SET n.name = 'x'", "the query writes"),
    ],
)
def test_errors_are_one_line_of_ours(store: EmbeddedStore, cypher: str, message: str) -> None:
    """The engine's RuntimeError never shows."""
    with pytest.raises(UsageError, match=message) as refused:
        store.run(cypher)
    assert "\n" not in str(refused.value)


def test_a_missing_or_damaged_image_is_a_store_error(tmp_path: Path) -> None:
    """One line with the file and the remedy."""
    broken = tmp_path / "graph.lbug"
    with pytest.raises(StoreError, match="is missing: build the knowledge base again"):
        EmbeddedStore(broken).run("RETURN 1")
    broken.write_bytes(b"")
    with pytest.raises(StoreError, match="is missing: build the knowledge base again"):
        EmbeddedStore(broken).run("RETURN 1")
    broken.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match=r"cannot be opened .*: build the knowledge base again"):
        EmbeddedStore(broken).run("RETURN 1")
