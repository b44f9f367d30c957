r"""A Cypher script that makes the graph on any Neo4j 5 or later: no plugin, no file import, no program of ours.

    cypher-shell --file papers.cypher

A statement is a line that ends in a semicolon, so that any client can run it line by line: constraints and indexes,
nodes, relationships, full text, and last the node that says which build it is. Each is a transaction of its own and
can be run twice. The rows and properties are those of `kb.graph`, so that `kb load` of the same knowledge base finds
nothing to change. It is for an empty database: what is there and has other values would stay beside it.

    UNWIND ['method:icon|ICON|2', ..] AS line WITH split(line, '|') AS row MERGE (x:Method {id: row[0]}) SET ..

A row is one text, its values joined by a character that occurs in no text of the graph, the members of a list by
another. Maps would be plainer, but a server parses and plans every statement anew, and takes 20 to 40 times as long
over maps.

Text stands in single quotes. A server may decode \uXXXX in the whole script before it looks for quotes (Cypher manual,
"Escape sequences"), so a backslash before a u must not stand there: the u is written by its number.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kb import graph, schema
from kb.export.files import whole
from kb.export.neo4j_admin import MARKS, found
from kb.statements import RANGES, TEXTS
from kb.tables import Tables, frame, valued

if TYPE_CHECKING:
    from kb.graph import Part

BATCH_ROWS, BATCH_CHARACTERS = 1_000, 500_000
"""Of one statement."""

_ENDS, _LABELS = ("source", "target"), ("source_label", "target_label")
_READ = {
    pl.Int64(): "toInteger({})",
    pl.Float64(): "toFloat({})",
    pl.Date(): "CASE {} WHEN '' THEN null ELSE date({}) END",
    pl.String(): "CASE {} WHEN '' THEN null ELSE {} END",
    pl.List(pl.String()): "CASE {} WHEN '' THEN null ELSE split({}, {mark}) END",
    pl.List(pl.Float64()): "CASE {} WHEN '' THEN null ELSE [x IN split({}, {mark}) | toFloat(x)] END",
}
"""Column type -> what makes a value of a text: nothing of an empty one."""

_ESCAPED = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\u": "\\\\\\u0075"}
_MARKED = re.compile(r"\\u|[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ue000-\uf8ff\\']")


def generate_cypher(tables: Tables, *, about: Mapping[str, object] | None = None) -> Iterator[str]:
    """The statements, a line each; `about` (`kb.graph.about`) makes the node that says which build this is."""
    frames = [tables.papers, tables.entities, tables.authors, tables.edges, tables.structure, tables.terms]
    free = (mark for mark in MARKS if not found(mark, frames))
    marks = (next(free), next(free))
    for index in RANGES:
        yield f"{index.statement};\n"
    yield "CALL db.awaitIndexes(600);\n"
    for part in (*graph.nodes(tables), *_edges(tables)):
        yield from _statements(part, marks)
    for index in TEXTS:
        yield f"{index.statement};\n"
    if about:
        values = ", ".join(f"k.{name} = {_literal(value)}" for name, value in about.items())
        yield f"MERGE (k:{schema.ABOUT} {{id: '{schema.ABOUT}'}}) SET {values};\n"


def write_cypher(tables: Tables, out: Path, *, about: Mapping[str, object] | None = None) -> None:
    """Write the script to the file `out`."""
    with whole(out) as [file]:
        for line in generate_cypher(tables, about=about):
            file.write(line.encode())


def quoted(text: str) -> str:
    r"""Text as Cypher writes it.

    >>> print(quoted("it's C:\\user"))
    'it\'s C:\\\u0075ser'
    """
    told = _MARKED.sub(lambda mark: _ESCAPED.get(mark[0]) or f"\\u{ord(mark[0]):04X}", text)
    return f"'{told}'"


def _literal(value: object) -> str:
    return quoted(value) if isinstance(value, str) else str(value).lower()


def _edges(tables: Tables) -> Iterator["Part"]:
    """The relationships of `kb.graph`, then those that no store holds, which have no hash."""
    yield from graph.edges(replace(tables, edges=frame("edges", tables.edges)))
    others = tables.edges.filter(~pl.col("type").is_in(list(schema.EDGES)))
    ends = [pl.col(end).map_elements(schema.label_of, return_dtype=pl.String).alias(f"{end}_label") for end in _ENDS]
    for key, own in sorted(others.with_columns(ends).partition_by("type", *_LABELS, as_dict=True).items()):
        columns = [name for name in own.columns if name not in ("type", *_ENDS, *_LABELS)]
        yield graph.Part(key[0], tuple(columns), valued(own.select(*_ENDS, *columns)), (key[1], key[2]))


def _statements(part: "Part", marks: tuple[str, str]) -> Iterator[str]:
    """The statements of a part, without the columns that have no value."""
    held = part.frame.select(each for each in part.frame if each.name in part.key or each.null_count() < len(each))
    between, within = marks
    lists = pl.col(pl.List(pl.String), pl.List(pl.Float64)).cast(pl.List(pl.String)).list.join(within)
    floats = pl.col(pl.Float64).cast(pl.String).str.replace("inf", "Infinity", literal=True)
    texts = held.with_columns(lists, floats).with_columns(pl.all().cast(pl.String).fill_null(""))
    lines = texts.select(pl.concat_str(pl.all(), separator=between)).to_series()
    made = _made(part, held, quoted(within))
    for batch in _batches(map(quoted, lines)):
        yield f"UNWIND [{', '.join(batch)}] AS line WITH split(line, {quoted(between)}) AS row {made};\n"


def _made(part: "Part", held: pl.DataFrame, mark: str) -> str:
    """What a statement does with each row. The hash in the pattern keeps it from taking a user's own relationship."""
    read = {name: _READ[type_].replace("{mark}", mark) for name, type_ in held.schema.items()}
    values = {name: form.replace("{}", f"row[{at}]") for at, (name, form) in enumerate(read.items())}
    sets = ", ".join(f"x.{name} = {value}" for name, value in values.items() if name not in part.key)
    if part.ends is None:
        return f"MERGE (x:{part.name} {{id: row[0]}}) SET {sets}"
    source, target = part.ends
    ours = f" {{{schema.HASH}: {values[schema.HASH]}}}" if schema.HASH in values else ""
    return (
        f"MATCH (a:{source} {{id: row[0]}}) MATCH (b:{target} {{id: row[1]}}) "
        f"MERGE (a)-[x:{part.name}{ours}]->(b) SET {sets}"
    )


def _batches(lines: Iterable[str]) -> Iterator[Sequence[str]]:
    batch: list[str] = []
    size = 0
    for each in lines:
        batch.append(each)
        size += len(each)
        if len(batch) >= BATCH_ROWS or size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
