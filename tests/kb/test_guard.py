"""What may be asked in Cypher, and how a refusal reads."""

from pathlib import Path

import pytest

from kb.errors import UsageError
from kb.guard import MAX_TOKENS, checked
from kb.stores.embedded import EmbeddedStore

READS = [
    "MATCH (n) RETURN n.set, n.`create`, {set: 1, copy: 2} AS load, 'DELETE' AS x // MERGE\n ;;",
    "EXPLAIN MATCH (n) RETURN n",
    "optional match (n:SET) return n",
    "MATCH (n)-[:USES|CREATE]->() RETURN n",
    "CALL show_tables() RETURN *",
    "UNWIND [1, 2] AS x RETURN x /* SET n.x = 1 */",
    "MATCH (n) WHERE any(x IN n.aliases WHERE x = 'SET') RETURN n",
    "RETURN 'it\\'s; DROP' AS x",
    "MATCH (comment:Paper) RETURN comment.name",
]
WRITES = [
    "CREATE (n)",
    "MATCH (n:Paper) SET n.x = 1",
    "match (n) detach delete n",
    "MATCH (n) WITH n AS set SET n.x = 1 RETURN 1",
    "MATCH (n) REMOVE n.x",
    "MERGE (n:Paper {id: '1'})",
    "DROP TABLE Paper",
    "MATCH (n) FOREACH (x IN [1] | SET n.x = 1)",
    "CALL { MATCH (n) SET n.x = 1 }",
    "RETURN 1.SET",
    "EXPLAIN CREATE (n)",
    "RETURN 1 AS x // \u2028 SET",
    "/* a */ CREATE (n)",
]
BEYOND = [
    "COPY (MATCH (n) RETURN n.id) TO 'f.csv'",
    "LOAD FROM '/etc/passwd' RETURN *",
    "MATCH (n) LOAD FROM 'x.csv' RETURN 1",
    "LOAD CSV FROM 'file:///x' AS row RETURN row",
    "INSTALL httpfs",
    "ATTACH 'x.db' AS x (dbtype duckdb)",
    "EXPORT DATABASE 'x'",
    "IMPORT DATABASE 'x'",
    "EXPLAIN COPY Paper FROM 'x'",
]
OTHERS = ["BEGIN TRANSACTION", "CHECKPOINT", "SHOW DATABASES", "CYPHER 5 MATCH (n) RETURN n", "EXPLAIN", "(n)"]


@pytest.mark.parametrize("cypher", READS)
def test_a_reading_query_passes_whatever_its_names_and_strings_say(cypher: str) -> None:
    """Properties, labels, keys, aliases, strings and comments are no clauses."""
    assert checked(cypher, {}).text


@pytest.mark.parametrize("cypher", WRITES)
def test_a_writing_query_is_refused_with_its_clause(cypher: str) -> None:
    """One line says which clause writes, and where."""
    with pytest.raises(UsageError, match=r"^the query writes: [A-Z]+ at line 1, column \d+; [^\n]*$"):
        checked(cypher, {})


@pytest.mark.parametrize("cypher", BEYOND)
def test_a_query_that_reaches_files_is_refused(cypher: str) -> None:
    """The read-only database would still write and read files."""
    with pytest.raises(UsageError, match=r"^the query reaches beyond the graph: "):
        checked(cypher, {})


@pytest.mark.parametrize("cypher", OTHERS)
def test_only_reading_clauses_begin_a_query(cypher: str) -> None:
    """What is not known to read is refused."""
    with pytest.raises(UsageError, match=r"^a query begins with MATCH"):
        checked(cypher, {})


@pytest.mark.parametrize(
    "call", ["CALL threads = 3", "CALL apoc.load.json('x')", "CALL", "MATCH (n) CALL db.create.x(n)"]
)
def test_only_procedures_that_describe_the_graph_are_called(call: str) -> None:
    """A setting or any other procedure is refused."""
    with pytest.raises(UsageError, match="is not allowed"):
        checked(call, {})


@pytest.mark.parametrize(
    ("cypher", "message"),
    [
        ("", "empty"),
        (" ; ", "empty"),
        ("// nothing", "empty"),
        ("RETURN 1; RETURN 2", "one query at a time: there is more after the semicolon at line 1, column 9"),
        ("RETURN 'abc", "a string has no end at line 1, column 8"),
        ("RETURN 1 /* abc", "a comment has no end"),
        ("RETURN `abc", "a quoted name has no end"),
        ("\\u0053ET", "a backslash"),
        ("RETURN " + "(" * 2000 + "1" + ")" * 2000, "nested deeper than 100"),
        ("RETURN " + "NOT " * 20_000 + "true", "more than 5,000 words and signs"),
    ],
)
def test_text_that_is_no_query_is_refused_in_one_line(cypher: str, message: str) -> None:
    """Empty, several, cut off, or built to break the parser."""
    with pytest.raises(UsageError, match=message) as refused:
        checked(cypher, {})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("word", ["NOT", "-"])
def test_the_longest_query_does_not_break_the_engine(word: str, tiny_kb: Path) -> None:
    """Its parser descends for each of these; without the limit the process would end."""
    query = checked("RETURN " + f"{word} " * (MAX_TOKENS - 2) + ("true" if word == "NOT" else "1"), {})
    store = EmbeddedStore(tiny_kb / "graph.lbug")
    assert len(store.run(query.text)) == 1
    store.close()


@pytest.mark.parametrize(
    ("cypher", "construct", "instead"),
    [
        ("RETURN [x IN [1] | x]", "list comprehensions", "UNWIND"),
        ("MATCH (n) RETURN n{.id}", "map projections", "{id: n.id"),
        ("MATCH (n) CALL { WITH n RETURN 1 AS x } RETURN x", "CALL subqueries", "in line"),
        ("MATCH p = shortestPath((a)-[*]-(b)) RETURN p", "shortestPath()", "SHORTEST"),
        ("MATCH ()-[r]->() RETURN startNode(r)", "startNode()", "in the pattern"),
        ("MATCH (n) WHERE COUNT { (n)--() } > 1 RETURN n", "COUNT { } around a bare pattern", "MATCH"),
        ("MATCH (n:Paper:Method) RETURN n", "nodes of two labels", "(n:A|B)"),
        ("RETURN log(2)", "log() to the base e", "ln(x)"),
    ],
)
def test_what_the_embedded_engine_lacks_is_named_with_the_way_out(cypher: str, construct: str, instead: str) -> None:
    """The construct, its place, what to write, and where it does run."""
    with pytest.raises(UsageError) as refused:
        checked(cypher, {})
    message = str(refused.value)
    assert f"the embedded database has no {construct}" in message
    assert instead in message and message.endswith("or run it on a server, --store bolt://host:7687")


def test_parameters_are_checked_both_ways() -> None:
    """The engine takes a parameter that is not given for null."""
    with pytest.raises(UsageError, match=r"asks for the parameter \$name"):
        checked("MATCH (n {name: $name}) RETURN n", {})
    with pytest.raises(UsageError, match=r"no parameter \$other"):
        checked("RETURN $name", {"name": 1, "other": 2})
    assert checked("RETURN '$text' AS a, $name AS b", {"name": 1}).columns == ("a", "b")


@pytest.mark.parametrize(
    ("cypher", "columns"),
    [
        ("MATCH (n) RETURN n.id, type(r), count(*) AS c", ("n.id", "type(r)", "c")),
        ("MATCH (n) RETURN DISTINCT labels(n)[1], {a: 1, b: [1, 2]} AS m ORDER BY m", ("labels(n)[1]", "m")),
        ("MATCH (n) RETURN 1 AS a UNION MATCH (m) RETURN 2 AS a", ("a",)),
        ("MATCH (n) RETURN *", ()),
        ("EXPLAIN MATCH (n) RETURN n.id", ()),
    ],
)
def test_columns_are_named_by_alias_or_text(cypher: str, columns: tuple[str, ...]) -> None:
    """As Neo4j names them."""
    assert checked(cypher, {}).columns == columns
