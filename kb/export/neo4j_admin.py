"""Folders for `neo4j-admin database import full` (Neo4j 5.26), as CSV or Parquet: the fastest way into a new database.

https://neo4j.com/docs/operations-manual/5/tools/neo4j-admin/neo4j-admin-import/

A file for each label and for each type and target label, with the rows and properties of `kb.graph`, so that a later
`kb load` of the same knowledge base changes nothing. A header file for each label or type, which for Parquet has a
second line: the columns that the first line's names stand for. `args.txt` holds the arguments, README.txt says how.

* In CSV text is quoted, and no value is nothing: so "" and null differ, and so does `"` from what ends a value.
* A list is joined by a character that occurs in no text of the graph, as the importer knows no escape for it.
* Empty text and empty lists are no value (`kb.graph`): the importer drops the lists of CSV and the text of Parquet.
* The importer reads a file with line breaks inside values on one thread, so it is told only where there are any.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from kb import graph, schema
from kb.export import rows
from kb.export.files import whole
from kb.statements import RANGES, TEXTS
from kb.tables import Tables

if TYPE_CHECKING:
    from kb.graph import Part

TYPES: dict[pl.DataType, str] = {
    pl.String(): "string",
    pl.Int64(): "long",
    pl.Float64(): "double",
    pl.Boolean(): "boolean",
    pl.Date(): "date",
    pl.List(pl.String()): "string[]",
    pl.List(pl.Float64()): "double[]",
}
"""Column type -> the word of the importer's headers."""

MARKS = ("\x1f", *map(chr, range(0xE000, 0xF900)))
"""What may join a list: the unit separator, else a character of the private use area."""

_TEXTS = ("args.txt", "schema.cypher", "README.txt")
_README = """\
A knowledge base for neo4j-admin database import full, of Neo4j 5.26: {nodes} nodes and {edges} relationships.

1. Stop the server. Its database neo4j must be new or empty; --overwrite-destination, added to the line below, replaces
   what it holds. Another database: put its name in the place of neo4j, the first line of args.txt.
2. In this folder, as the user that the server runs as:

   neo4j-admin database import full @args.txt

3. Start the server, and make the constraints and indexes:

   cypher-shell --file schema.cypher

   kb load makes them too, and finds nothing else to change.
"""
_PARQUET = """
Parquet is young in Neo4j: this was tried with 5.26.30. Where the import fails on it, export neo4j-admin (CSV).
"""


def write_neo4j_admin(tables: Tables, out: Path, *, about: Mapping[str, object] | None = None) -> None:
    """Write CSV into the folder `out`, made where missing; files of other names there stay.

    `about` (`kb.graph.about`) is the node that says which build this is; without it there is none.
    """
    frames = [tables.papers, tables.entities, tables.authors, tables.edges, *(part.frame for part in _about(about))]
    mark = next(mark for mark in MARKS if not found(mark, frames))
    options = [f"--array-delimiter=U+{ord(mark):04X}"]
    if found(r"[\r\n]", frames):
        options.append("--multiline-fields=true")

    def put(frame: pl.DataFrame, file: BinaryIO) -> None:
        for part in frame.iter_slices(rows.CHUNK):
            file.write(_csv(part, mark).encode())

    _write(tables, out, about, "csv", options, put)


def write_neo4j_admin_parquet(tables: Tables, out: Path, *, about: Mapping[str, object] | None = None) -> None:
    """Write Parquet into the folder `out`, otherwise as `write_neo4j_admin`."""

    def put(frame: pl.DataFrame, file: BinaryIO) -> None:
        frame.rechunk().write_parquet(file, compression="zstd", compression_level=3, row_group_size=rows.CHUNK)

    _write(tables, out, about, "parquet", ["--input-type=parquet"], put)


def _write(
    tables: Tables,
    out: Path,
    about: Mapping[str, object] | None,
    ending: str,
    options: Sequence[str],
    put: Callable[[pl.DataFrame, BinaryIO], None],
) -> None:
    """Write the folder; `put` writes the rows of a frame to a data file."""
    out.mkdir(parents=True, exist_ok=True)
    groups = _groups(ending, about)
    names = [*(name for group in groups.values() for name in group), *_TEXTS]
    texts: dict[str, str] = {}
    nodes = edges = 0
    with whole(*(out / name for name in names)) as handles:
        files = dict(zip(names, handles, strict=True))
        for part in _parts(tables, about):
            put(part.frame, files[_data(part.name, part.ends, ending)])
            texts[_header(part.name)] = _columns(part, ending)
            rows_in = part.frame.height
            nodes, edges = (nodes, edges + rows_in) if part.ends else (nodes + rows_in, edges)
        texts["args.txt"] = "".join(f"{each}\n" for each in ("neo4j", *options, *_inputs(groups)))
        texts["schema.cypher"] = _schema()
        texts["README.txt"] = _README.format(nodes=nodes, edges=edges) + (_PARQUET if ending == "parquet" else "")
        for name, text in texts.items():
            files[name].write(text.encode())


def _parts(tables: Tables, about: Mapping[str, object] | None) -> Iterator["Part"]:
    yield from _about(about)
    yield from graph.nodes(tables)
    yield from graph.edges(tables)


def _about(about: Mapping[str, object] | None) -> list["Part"]:
    """The one node that says which build this is, as a part."""
    return [graph.Part(schema.ABOUT, tuple(about), pl.DataFrame([about]))] if about else []


def _groups(ending: str, about: Mapping[str, object] | None) -> dict[str, list[str]]:
    """Label or type -> its files: the header, then the data."""
    labels = [schema.ABOUT, *schema.NODES] if about else [*schema.NODES]
    ends = {type_: [(source, target) for target in targets] for type_, (source, targets, _) in schema.EDGES.items()}
    return {label: [_header(label), _data(label, None, ending)] for label in labels} | {
        type_: [_header(type_), *(_data(type_, pair, ending) for pair in pairs)] for type_, pairs in ends.items()
    }


def _header(name: str) -> str:
    return f"{name}-header.csv"


def _data(name: str, ends: tuple[str, str] | None, ending: str) -> str:
    return f"{name}-{ends[1]}.{ending}" if ends else f"{name}.{ending}"


def _inputs(groups: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name, files in groups.items():
        option = "relationships" if name in schema.EDGES else "nodes"
        yield f"--{option}={name}={','.join(files)}"


def _columns(part: "Part", ending: str) -> str:
    """The header: names and types, and for Parquet the columns they stand for."""
    keys = [":START_ID", ":END_ID"] if part.ends else ["id:ID"]
    typed = [f"{name}:{TYPES[dtype]}" for name, dtype in part.frame.schema.items() if name not in part.key]
    lines = [[*keys, *typed]] + ([part.frame.columns] if ending == "parquet" else [])
    return "".join(",".join(line) + "\n" for line in lines)


def _csv(frame: pl.DataFrame, mark: str) -> str:
    """Rows with every text quoted, null as nothing, and infinity as Java spells it."""
    lists = pl.col(pl.List(pl.String), pl.List(pl.Float64)).cast(pl.List(pl.String)).list.join(mark)
    floats = pl.col(pl.Float64).cast(pl.String).str.replace("inf", "Infinity", literal=True)
    return frame.with_columns(lists, floats).write_csv(include_header=False, quote_style="non_numeric")


def found(pattern: str, frames: Sequence[pl.DataFrame]) -> bool:
    """Whether a regular expression matches in any text of some frames."""
    columns = (column.explode() if column.dtype == pl.List else column for frame in frames for column in frame)
    return any(column.str.contains(pattern).any() for column in columns if column.dtype == pl.String)


def _schema() -> str:
    """What makes the constraints and indexes after the import."""
    return "".join(f"{index.statement};\n" for index in (*RANGES, *TEXTS))
