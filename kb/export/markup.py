"""What the XML formats share: nodes and edges in chunks, each row made one line of text by one expression.

Equal graphs give equal bytes; text stands as it is but for the characters that XML cannot hold. A value that a row does
not have is a null, and a null piece of a line is left out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO

import polars as pl

from kb import schema
from kb.export import rows
from kb.tables import Tables

Parts = Iterable[pl.Expr]
Shown = Callable[[str, pl.DataType], pl.Expr]


def nodes(frames: Mapping[str, pl.DataFrame], parts: Callable[[pl.DataFrame, str], Parts]) -> Iterator[bytes]:
    """The lines of nodes, `rows.CHUNK` at a time; `parts` gives the pieces of a line for a frame and its label."""
    for label, frame in frames.items():
        for part in frame.iter_slices(rows.CHUNK):
            yield _lines(part, parts(part, label))


def edges(frame: pl.DataFrame, parts: Callable[[pl.DataFrame], Parts]) -> Iterator[bytes]:
    """The lines of edges; each has its id in the column `edge`, e1 and on."""
    for first in range(0, frame.height, rows.CHUNK):
        part = frame.slice(first, rows.CHUNK)
        number = pl.int_range(first + 1, first + 1 + part.height).cast(pl.String)
        numbered = part.with_columns(pl.concat_str(pl.lit("e"), number).alias("edge"))
        yield _lines(numbered, parts(numbered))


def undirected(tables: Tables) -> bool:
    """Whether no edge has a direction."""
    return tables.edges.height > 0 and tables.edges["type"].is_in(schema.UNDIRECTED).all()


def between(before: str, value: pl.Expr, after: str) -> pl.Expr:
    """A value in what surrounds it; nothing for a null."""
    return pl.concat_str(pl.lit(before), value, pl.lit(after))


def fields(frame: pl.DataFrame, columns: Iterable[str], before: str, shown: Shown, after: str) -> Iterator[pl.Expr]:
    """One piece for each column that has values; `before` has `{}` where the column's name goes."""
    for name in columns:
        if name in frame.columns and frame[name].null_count() < frame.height:
            yield between(before.format(name), shown(name, frame.schema[name]), after)


def caption() -> pl.Expr:
    """The label of a node: its short name, or its id."""
    return pl.coalesce(rows.text("name", pl.String()), legal("id"))


def legal(column: str) -> pl.Expr:
    """A column of text that must have a value, without what XML cannot hold."""
    return pl.col(column).str.replace_all(rows.ILLEGAL, "")


def element(value: pl.Expr) -> pl.Expr:
    """Text for an element. A bare carriage return would be read as a line feed (XML 1.0, section 2.11)."""
    return value.str.replace_many({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


def attribute(value: pl.Expr) -> pl.Expr:
    """Text for an attribute, where white space would be read back as spaces (XML 1.0, section 3.3.3)."""
    return element(value).str.replace_many({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def _lines(frame: pl.DataFrame, parts: Parts) -> bytes:
    """One line a row. The CSV writer of one bare column is the fastest way from a frame of text to bytes."""
    out = BytesIO()
    line = pl.concat_str(list(parts), ignore_nulls=True)
    frame.select(line).write_csv(out, include_header=False, quote_style="never")
    return out.getvalue()
