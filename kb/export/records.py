"""Rows as dicts for the formats that are written an object at a time, and JSON."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import polars as pl

from kb.export import rows
from kb.tables import valued


def records(frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of a frame, each with the columns that have a value: no nulls, empty text or lists, NaN or infinity."""
    floats = pl.col(pl.Float64)
    for part in frame.iter_slices(rows.CHUNK):
        finite = part.with_columns(pl.when(floats.is_finite()).then(floats))
        for row in valued(finite).iter_rows(named=True):
            yield {name: value for name, value in row.items() if value is not None}


def weighed(edges: pl.DataFrame) -> pl.DataFrame:
    """Edges of whatever columns with a weight above 0, as `rows.weight` has it."""
    return edges.with_columns(rows.weight(edges.columns))


def json_text(value: object) -> str:
    """JSON on one line, dates as ISO text."""
    return msgspec.json.encode(value).decode()


def listed(objects: Iterable[object]) -> Iterator[str]:
    """The members of a JSON array, one a line, without its brackets; a piece for about every `rows.CHUNK` of them."""
    lines: list[str] = []
    comma = ""
    for each in objects:
        lines.append(f"{comma}\n{json_text(each)}")
        comma = ","
        if len(lines) >= rows.CHUNK:
            yield "".join(lines)
            lines = []
    yield "".join(lines)
