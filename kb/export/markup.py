"""What the XML formats share: nodes and edges in chunks, each row made one line of text.

Equal graphs give equal bytes; text stands as it is but for the characters that XML cannot hold. A line is given by its
pieces: markup, which stands on every line, and values in markup, which a row without the value leaves out with it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

import polars as pl

from kb import schema
from kb.export import rows
from kb.tables import Tables


@dataclass(frozen=True)
class Text:
    """A value that may hold characters of a table; each is written as what stands for it there."""

    value: pl.Expr
    table: Mapping[str, str]


Value = pl.Expr | Text
Piece = str | tuple[str, Value, str]
"""Markup, or a value with what stands before and behind it."""

CHUNK = 20_000
"""Rows turned into text at a time: so few that their text stays near the processor."""

MAKERS, AHEAD = 2, 4
"""Threads that make chunks, and chunks that are made or wait while one is written: so no maker waits for the writer."""

Shown = Callable[[str, pl.DataType], Value]

_ILLEGAL = dict.fromkeys(map(chr, [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF]), "")  # those of rows.ILLEGAL
# A bare carriage return would be read as a line feed (XML 1.0, section 2.11).
_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;", **_ILLEGAL}
# In attributes white space would be read as spaces (section 3.3.3).
_ATTRIBUTE = {**_TEXT, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}


def nodes(
    file: BinaryIO, frames: Mapping[str, pl.DataFrame], pieces: Callable[[pl.DataFrame, str], Iterable[Piece]]
) -> None:
    """Write nodes, CHUNK at a time; `pieces` gives those of a line for a frame and its label."""
    parts = ((part, label) for label, frame in frames.items() for part in frame.iter_slices(CHUNK))
    _write(file, (partial(_lines, part, pieces(part, label)) for part, label in parts))


def edges(file: BinaryIO, frame: pl.DataFrame, pieces: Callable[[pl.DataFrame], Iterable[Piece]]) -> None:
    """Write edges; each has its number, from 1, in the column `edge`."""
    firsts = range(0, frame.height, CHUNK)
    parts = (frame.slice(first, CHUNK).with_row_index("edge", first + 1) for first in firsts)
    _write(file, (partial(_lines, part, pieces(part)) for part in parts))


def _write(file: BinaryIO, chunks: Iterable[Callable[[], memoryview]]) -> None:
    """Write chunks in their order, each made while those before it are written."""
    with ThreadPoolExecutor(MAKERS) as pool:
        made: deque[Future[memoryview]] = deque()
        for chunk in chunks:
            made.append(pool.submit(chunk))
            if len(made) > AHEAD:
                file.write(made.popleft().result())
        for each in made:
            file.write(each.result())


def undirected(tables: Tables) -> bool:
    """Whether no edge has a direction."""
    return tables.edges.height > 0 and tables.edges["type"].is_in(schema.UNDIRECTED).all()


def fields(frame: pl.DataFrame, columns: Iterable[str], before: str, shown: Shown, after: str) -> Iterator[Piece]:
    """A piece for each column that has values; `before` has `{}` where the column's name goes."""
    for name in columns:
        if name in frame.columns and frame[name].null_count() < frame.height:
            yield before.format(name), shown(name, frame.schema[name]), after


def element(value: pl.Expr) -> Text:
    """Text for an element; what is empty is left out."""
    return Text(value, _TEXT)


def attribute(value: pl.Expr) -> Text:
    """Text for an attribute; what is empty is left out."""
    return Text(value, _ATTRIBUTE)


def reference(frames: Mapping[str, pl.DataFrame]) -> Callable[[str], Value]:
    """How an edge writes the ids of its ends; as they are where none of these nodes needs more, for a million edges."""
    plain = not any(frame["id"].str.contains_any([*_ATTRIBUTE]).any() for frame in frames.values())
    return pl.col if plain else lambda name: attribute(pl.col(name))


def caption() -> pl.Expr:
    """The label of a node: its short name, or its id."""
    return pl.coalesce(rows.text("name", pl.String()), "id")


def _lines(frame: pl.DataFrame, pieces: Iterable[Piece]) -> memoryview:
    """One line a row, in UTF-8."""
    given = [*pieces, "\n"]
    values = _values(frame, {str(i): piece[1] for i, piece in enumerate(given) if not isinstance(piece, str)})
    parts = [part for i, piece in enumerate(given) for part in _parts(piece, values, str(i))]
    lines = pl.concat_str(_merged(parts), ignore_nulls=True)
    # One copy of the text; the CSV writer, of one bare column, takes thrice the time.
    return values.select(_octets(lines).explode()).to_series().to_numpy().data


def _values(frame: pl.DataFrame, named: Mapping[str, Value]) -> pl.DataFrame:
    """The values as they are written. First as they stand, because all that is done to text reads it more than once."""
    held = {name: value.value if isinstance(value, Text) else value for name, value in named.items()}
    replaced = [_replaced(name, value.table) for name, value in named.items() if isinstance(value, Text)]
    return frame.select(**held).with_columns(replaced)


def _octets(text: pl.Expr) -> pl.Expr:
    return text.cast(pl.Binary).cast(pl.List(pl.UInt8))


def _replaced(name: str, table: Mapping[str, str]) -> pl.Expr:
    """A column of text with the characters of a table replaced, null where it is empty.

    Few rows hold any. To look for them takes an eighth of the time of `replace_many`, which goes through the text an
    octet at a time; that of control characters, which next to no text has, is for all rows at once.
    """
    printed = "".join(character for character in table if character >= " ")
    controls = _octets(pl.col(name)).explode().min() < ord(" ")
    held = pl.col(name).str.contains(f"[{printed}]") | controls
    replaced = pl.when(held).then(name).str.replace_many(table)
    return rows.present(pl.coalesce(replaced, name))


def _parts(piece: Piece, values: pl.DataFrame, name: str) -> list[str | pl.Expr]:
    """The parts of a piece; where every row has the value its markup stands by itself, which spares a copy."""
    if isinstance(piece, str):
        return [piece]
    before, _, after = piece
    if not values[name].null_count():
        return [before, pl.col(name), after]
    return [pl.concat_str(pl.lit(before), pl.col(name), pl.lit(after))]


def _merged(parts: Iterable[str | pl.Expr]) -> list[pl.Expr]:
    """Parts as expressions, markup that stands side by side as one."""
    made: list[pl.Expr] = []
    markup = ""
    for part in parts:
        if isinstance(part, str):
            markup += part
        else:
            made += [pl.lit(markup), part]
            markup = ""
    return [*made, pl.lit(markup)]
