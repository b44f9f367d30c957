"""Tables of papers: JSON Lines, JSON, CSV, Parquet. A row is a paper; `fields` says what a column holds.

Column names count in any case; `mapping` (column -> field) names others. A row that cannot be read is a
reject with its line and reason; a file without a title or abstract column is a SourceError that lists its
columns.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO

from extract.errors import SourceError
from extract.readers.fields import check_mapping, columns, paper_of
from extract.readers.text import TOO_LONG, clean, excerpt, fault, lines
from extract.records import Paper, Reject

MAX_JSON = 2**30
"""Bytes of the largest JSON file: it is held whole. JSON Lines has no such limit."""

DELIMITERS = ",;\t|"

REQUIRED = ("title", "abstract")

_MOST_NAMES = 1_000  # column names remembered
_PATIENCE = 100  # records without a title or abstract column before the whole file is refused
_BATCH = 5_000  # rows of Parquet held at a time
_decoder = json.JSONDecoder(strict=False)  # raw control characters in strings are cleaned later, not refused

Row = tuple[int, dict[str, object] | str, str]
"""Line, the record or the reason why there is none, and the text for a reject."""


def read_jsonl(stream: BinaryIO, label: str, *, mapping: Mapping[str, str] | None = None) -> Iterator[Paper | Reject]:
    """One JSON object a line."""
    return _papers(_jsonl_rows(stream), label, mapping or {})


def read_json(stream: BinaryIO, label: str, *, mapping: Mapping[str, str] | None = None) -> Iterator[Paper | Reject]:
    """An array of objects, an object that holds one such array, or the object of a single paper."""
    return _papers(_json_rows(stream, label), label, mapping or {})


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


def _jsonl_rows(stream: BinaryIO) -> Iterator[Row]:
    for number, text in lines(stream):
        if reason := fault(text):
            yield number, reason, text[:400]
        elif text and not text.isspace():
            yield number, _json_object(text), text


def _json_object(text: str) -> dict[str, object] | str:
    try:
        value = _decoder.decode(text)
    except ValueError as error:
        return f"invalid JSON: {_reason(error)}"
    except RecursionError:
        return "invalid JSON: nested too deeply"
    return value if isinstance(value, dict) else "not a JSON object"


def _reason(error: ValueError) -> str:
    """What the parser says, without the position in its buffer."""
    return error.msg if isinstance(error, json.JSONDecodeError) else "a number too large"


def _json_rows(stream: BinaryIO, label: str) -> Iterator[Row]:
    text = _json_text(stream, label)
    line, last = 1, 0
    for start, value in _json_items(text, label):
        line, last = line + text.count("\n", last, start), start
        yield line, value if isinstance(value, dict) else "not a JSON object", text[start : start + 400]


def _json_text(stream: BinaryIO, label: str) -> str:
    data = stream.read(MAX_JSON + 1)
    if len(data) > MAX_JSON:
        raise SourceError(f"{label} is larger than {MAX_JSON // 2**30} GiB of JSON: save it as JSON Lines")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(f"{label}, line {line}: not UTF-8; save the file as UTF-8") from None


def _json_items(text: str, label: str) -> Iterator[tuple[int, Any]]:
    """The position and value of each record."""
    start = _space(text, 0)
    if text[start : start + 1] not in ("[", "{"):
        raise SourceError(f"{label} is not a JSON array or object")
    if text[start] == "{":
        start = _records_in(text, start, label)
    if text[start] == "{":
        yield start, _value(text, start, label)[0]
    else:
        yield from ((at, value) for at, _, value in _members(text, start, label))


def _records_in(text: str, start: int, label: str) -> int:
    """Where an object's one list of objects begins; the object's own start if it is itself a paper."""
    members = list(_members(text, start, label))
    is_paper = set(REQUIRED) <= columns(tuple(key for _, key, _ in members), {}).keys()
    lists = [at for at, _, value in members if isinstance(value, list) and isinstance((value or [0])[0], dict)]
    return lists[0] if len(lists) == 1 and not is_paper else start


def _members(text: str, start: int, label: str) -> Iterator[tuple[int, str, Any]]:
    """The position, key and value of each member of the array (no key) or object that starts there."""
    closing = {"[": "]", "{": "}"}[text[start]]
    key, at = "", _space(text, start + 1)
    while text[at : at + 1] != closing:
        if closing == "}":
            key, at = _value(text, at, label)
            at = _space(text, _expect(text, at, ":", label))
        value, end = _value(text, at, label)
        yield at, str(key), value
        at = _space(text, end)
        if text[at : at + 1] != closing:
            at = _space(text, _expect(text, at, ",", label))
    rest = _space(text, at + 1)
    if start == _space(text, 0) and rest < len(text):
        raise _broken(text, rest, label, "Extra data")


def _value(text: str, at: int, label: str) -> tuple[Any, int]:
    try:
        return _decoder.raw_decode(text, at)
    except ValueError as error:
        raise _broken(text, getattr(error, "pos", at), label, _reason(error)) from None
    except RecursionError:
        raise _broken(text, at, label, "nested too deeply") from None


def _expect(text: str, at: int, mark: str, label: str) -> int:
    at = _space(text, at)
    if text[at : at + 1] != mark:
        raise _broken(text, at, label, f"Expecting '{mark}'")
    return at + 1


def _broken(text: str, at: int, label: str, reason: str) -> SourceError:
    return SourceError(f"{label}, line {text.count(chr(10), 0, at) + 1}: invalid JSON: {reason}")


def _space(text: str, at: int) -> int:
    """The next position that is not JSON whitespace."""
    while text[at : at + 1] in (" ", "\t", "\n", "\r"):
        at += 1
    return at


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
        table = pl.scan_parquet(io.BytesIO(stream.read()))
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
