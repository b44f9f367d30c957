"""Tables of papers: JSON Lines, JSON, CSV, Parquet. A row is a paper; `fields` says what a column holds.

Column names count in any case; `mapping` (column -> field) names others. A row that cannot be read is a
reject with its line and reason; a file without a title or abstract column is a SourceError that lists its
columns.
"""

import csv
import io
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from extract.errors import SourceError
from extract.readers.fields import check_mapping, columns, paper_of
from extract.readers.json_document import REQUIRED, Row, json_documents
from extract.readers.json_stream import json_lines
from extract.readers.text import TOO_LONG, clean, excerpt, fault, lines
from extract.records import Paper, Reject

DELIMITERS = ",;\t|"

_MOST_NAMES = 1_000  # column names remembered
_PATIENCE = 100  # records without a title or abstract column before the whole file is refused
_BATCH = 5_000  # rows of Parquet held at a time


def read_jsonl(stream: BinaryIO, label: str, *, mapping: Mapping[str, str] | None = None) -> Iterator[Paper | Reject]:
    """One JSON object a line."""
    return _papers(json_lines(stream), label, mapping or {})


def read_json(stream: BinaryIO, label: str, *, mapping: Mapping[str, str] | None = None) -> Iterator[Paper | Reject]:
    """An array of objects, an object that holds one such array, or the object of a single paper."""
    return _papers(json_documents(stream, label, lists=None), label, mapping or {})


def read_csv(stream: BinaryIO, label: str, *, mapping: Mapping[str, str] | None = None) -> Iterator[Paper | Reject]:
    """A header and rows, parted by `,`, `;`, tab or `|`; quoted fields may hold line ends."""
    names = mapping or {}
    rows = csv_rows(
        stream,
        label,
        shape=lambda header: (delimiter_of(header, names), csv.QUOTE_MINIMAL),
        check=lambda found: check_columns(found, label, names, fields=(*REQUIRED, *names.values())),
    )
    return _papers(rows, label, names)


def read_parquet(stream: BinaryIO, label: str, *, mapping: Mapping[str, str] | None = None) -> Iterator[Paper | Reject]:
    """A Parquet file; its line numbers are row numbers from 1."""
    return _papers(_parquet_rows(stream, label, mapping or {}), label, mapping or {})


def _papers(rows: Iterable[Row], label: str, mapping: Mapping[str, str]) -> Iterator[Paper | Reject]:
    """Rows to papers and rejects, watching that the columns are there."""
    check_mapping(mapping)
    seen: dict[str, None] = {}
    records = total = 0
    for total, (line, record, raw) in enumerate(rows, start=1):  # noqa: B007 (read after the loop)
        if isinstance(record, str):
            yield Reject(label, line, record, excerpt(raw))
            continue
        records += 1
        if len(seen) < _MOST_NAMES:
            seen.update(dict.fromkeys(record))
        if records == _PATIENCE:
            check_columns(seen, label, mapping, fields=REQUIRED)
        yield _paper(record, line, label, mapping, raw)
    if not total:
        raise SourceError(f"{label} holds no records")
    if records:
        check_columns(seen, label, mapping, fields=(*REQUIRED, *mapping.values()))


def _paper(record: dict[str, object], line: int, label: str, mapping: Mapping[str, str], raw: str) -> Paper | Reject:
    try:
        return paper_of(record, columns(tuple(record), mapping), f"{label}:{line}")
    except ValueError as reason:
        return Reject(label, line, str(reason), excerpt(raw))


def check_columns(names: Iterable[str], label: str, mapping: Mapping[str, str], *, fields: Iterable[str]) -> None:
    """SourceError where no column is one of the fields; it lists the columns there are."""
    found = tuple(names)
    missing = [field for field in dict.fromkeys(fields) if field not in columns(found, mapping)]
    if missing:
        shown = ", ".join(clean(name)[:40] for name in found[:20]) + (", ..." if len(found) > 20 else "")
        raise SourceError(
            f"{label} has no column {' or '.join(missing)}; its columns are: {shown}. "
            f"Name it with --map COLUMN={missing[0]}"
        )


def delimiter_of(header: str, mapping: Mapping[str, str]) -> str:
    """The delimiter that makes a title and an abstract column of a header, else the most frequent one."""

    def fitness(mark: str) -> tuple[bool, int]:
        names = columns(tuple(split_header(header, mark)), mapping)
        return set(REQUIRED) <= names.keys(), header.count(mark)

    return max(DELIMITERS, key=fitness)


def split_header(line: str, delimiter: str) -> list[str]:
    """The cells of one line; a line that no CSV is gives none."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def csv_rows(
    stream: BinaryIO, label: str, *, shape: Callable[[str], tuple[str, int]], check: Callable[[list[str]], None]
) -> Iterator[Row]:
    """The rows of a CSV as records by column name. `shape` tells delimiter and quoting (`csv.QUOTE_*`) by the header
    line; `check` raises SourceError where columns are missing."""
    numbered = lines(stream)
    first, header = next(((number, text) for number, text in numbered if text.strip()), (0, ""))
    if not header:
        return
    if reason := fault(header):
        raise SourceError(f"{label}, line {first}: {reason}")
    mark, quoting = shape(header)
    text_lines = chain([f"{header}\n"], (f"{_shut(text)}\n" for _, text in numbered))
    reader = csv.reader(text_lines, delimiter=mark, quoting=quoting)  # type: ignore[arg-type]
    names = _header(reader, label)
    check(names)
    while True:
        line = first + reader.line_num
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield line, f"invalid CSV: {_csv_reason(error)}", ""
            continue
        if cells is None:
            return
        if cells:
            yield line, _csv_record(names, cells), mark.join(cells)


def _shut(text: str) -> str:
    """A line of CSV; what is left of one too long opens no quote that would swallow the lines behind it."""
    return text.replace('"', "") if text.endswith(TOO_LONG) else text


def _header(reader: Iterator[list[str]], label: str) -> list[str]:
    try:
        return next(reader)
    except csv.Error as error:
        raise SourceError(f"{label}: its header cannot be read: {_csv_reason(error)}") from None


def _csv_reason(error: csv.Error) -> str:
    """The parser's reason; its field limit is what an open quote runs into."""
    return f"{error}; is a quote left open?" if "limit" in str(error) else str(error).split(" - ")[0]


def _csv_record(names: list[str], cells: list[str]) -> dict[str, object] | str:
    if reason := fault("".join(cells)):
        return reason
    if any(cells[len(names) :]):
        return f"{len(cells)} cells in a row, {len(names)} in the header"
    padded = cells + [""] * (len(names) - len(cells))
    return dict(zip(reversed(names), reversed(padded[: len(names)]), strict=True))  # of equal names the first wins


def _parquet_rows(stream: BinaryIO, label: str, mapping: Mapping[str, str]) -> Iterator[Row]:
    import polars as pl  # here, since only Parquet needs it

    try:
        with _on_disk(stream) as path:
            table = pl.scan_parquet(path, glob=False, hive_partitioning=False)
            names = table.collect_schema().names()
            check_columns(names, label, mapping, fields=(*REQUIRED, *mapping.values()))
            wanted = table.select(sorted(set(columns(tuple(names), mapping).values())))
            for start in range(0, table.select(pl.len()).collect().item(), _BATCH):
                batch = wanted.slice(start, _BATCH).collect()
                for line, row in enumerate(batch.iter_rows(named=True), start=start + 1):
                    yield line, row, repr(row)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SourceError(f"{label} is not a Parquet file that can be read: {clean(str(error))[:200]}") from None
    except pl.exceptions.PanicException:
        raise SourceError(f"{label} is a damaged Parquet file: fetch or write it again") from None


@contextmanager
def _on_disk(stream: BinaryIO) -> Iterator[Path]:
    """A path to the bytes of a stream: Parquet is read from its end, and a file in parts; others are spooled."""
    if isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO) and isinstance(stream.name, str):
        yield Path(stream.name)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "spooled.parquet")
        with path.open("wb") as out:
            shutil.copyfileobj(stream, out, 2**20)
        yield path
