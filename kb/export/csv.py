"""CSV: a folder with `nodes.csv` and `edges.csv`, for spreadsheets, Gephi's spreadsheet import, data frames.

RFC 4180 (comma, CRLF, quotes doubled), UTF-8, one header line. The first columns carry the names that Gephi
looks for: Id, Label, Kind; Source, Target, Type (Directed or Undirected), Kind (the relationship), Id, Label,
Weight. Then follow the columns of `kb.schema` under their own names. Lists are joined by " | ", dates are ISO text;
what has no value is empty.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import polars as pl

from kb import schema
from kb.export import rows
from kb.export.files import whole
from kb.tables import Tables


def write_csv(tables: Tables, out: Path) -> None:
    """Write `nodes.csv` and `edges.csv` into the folder `out`, made where missing; other files there stay."""
    out.mkdir(parents=True, exist_ok=True)
    with whole(out / "nodes.csv", out / "edges.csv") as [nodes, edges]:
        _write(_nodes(tables), nodes)
        _write(_edges(tables), edges)


def _nodes(tables: Tables) -> Iterator[pl.DataFrame]:
    names = list(rows.node_columns())
    header = {name: pl.String() for name in ("Id", "Label", "Kind", *names)}
    yield pl.DataFrame(schema=header)
    for label, frame in rows.nodes(tables).items():
        own = [
            rows.text(name, frame.schema[name]) if name in frame.columns else pl.lit(None, pl.String).alias(name)
            for name in names
        ]
        for part in frame.iter_slices(rows.CHUNK):
            yield part.select(
                pl.col("id").alias("Id"),
                pl.coalesce(rows.text("name", pl.String()), "id").alias("Label"),
                pl.lit(label).alias("Kind"),
                *own,
            )


def _edges(tables: Tables) -> Iterator[pl.DataFrame]:
    names = list(rows.edge_columns(tables))
    header = ("Source", "Target", "Type", "Kind", "Id", "Label", "Weight", *names)
    yield pl.DataFrame(schema={name: pl.String() for name in header})
    first = 1
    for part in tables.edges.iter_slices(rows.CHUNK):
        yield part.select(
            pl.col("source").alias("Source"),
            pl.col("target").alias("Target"),
            _direction().alias("Type"),
            pl.col("type").alias("Kind"),
            pl.concat_str(pl.lit("e"), pl.int_range(first, first + pl.len())).alias("Id"),
            pl.col("type").alias("Label"),
            rows.weight(part.columns).alias("Weight"),
            *(rows.text(name, part.schema[name]) for name in names),
        )
        first += part.height


def _direction() -> pl.Expr:
    undirected = pl.col("type").is_in(schema.UNDIRECTED)
    return pl.when(undirected).then(pl.lit("Undirected")).otherwise(pl.lit("Directed"))


def _write(parts: Iterator[pl.DataFrame], file: BinaryIO) -> None:
    header = next(parts)
    file.write(header.write_csv(line_terminator="\r\n").encode())
    for part in parts:
        file.write(part.write_csv(include_header=False, line_terminator="\r\n").encode())
