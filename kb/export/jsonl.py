"""JSON Lines: every node, then every edge, one object a line (https://jsonlines.org), UTF-8.

A node is `{"type": "node", "label": "Method", "id": ...}`, an edge `{"type": "edge", "edge": "USES",
"source": ..., "target": ...}`, each followed by all columns that `kb.schema` gives its label or type, null
where there is no value. Lists are lists, dates ISO text: this is the export that loses nothing.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from kb.export import rows
from kb.export.files import whole
from kb.tables import Tables


def generate_jsonl(tables: Tables) -> Iterator[str]:
    """The lines, in pieces of up to `rows.CHUNK` of them."""
    for label, frame in rows.nodes(tables).items():
        yield from _lines(frame, type=pl.lit("node"), label=pl.lit(label))
    for type_, frame in rows.edges(tables).items():
        yield from _lines(frame, type=pl.lit("edge"), edge=pl.lit(type_))


def write_jsonl(tables: Tables, out: Path) -> None:
    """Write the graph to the file `out`."""
    with whole(out) as [file]:
        for piece in generate_jsonl(tables):
            file.write(piece.encode())


def _lines(frame: pl.DataFrame, **first: pl.Expr) -> Iterator[str]:
    for part in frame.iter_slices(rows.CHUNK):
        yield part.select(**first, **{name: pl.col(name) for name in frame.columns}).write_ndjson()
