"""Records out of JSON as sources ship it, one at a time: JSON Lines, an array, pages of an API, one behind the other.

A page is an object that holds its records in a list (`{"meta": .., "results": [..]}`), perhaps inside another object
(`{"message": {"items": [..]}}`). Memory is that of the longest record. In JSON Lines a bad line is one reject; in a
document what comes behind a fault cannot be read, so the fault is a SourceError. For JSON Lines see
https://jsonlines.org.
"""

import codecs
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from extract.readers.json_document import NESTED, RAW, Row, decoder, is_page, json_documents, reason_of
from extract.readers.text import excerpt, fault, lines
from extract.records import Paper, Reject

HEAD = 2**16
"""Bytes of a file that tell its layout."""

_fast: Callable[[str], Any] = msgspec.json.Decoder().decode


def json_records(stream: BinaryIO, label: str, *, lists: Collection[str] = ()) -> Iterator[Row]:
    """The objects of a stream in any layout. `lists` are the keys under which a page holds its records.

    SourceError where a document is no JSON, from there on.
    """
    head = stream.read(HEAD)
    whole = _Joined(head, stream)
    if layout(head, suffix=_suffix(label), lists=lists) == "lines":
        return json_lines(whole, lists=lists)  # type: ignore[arg-type]  # it reads by readline alone
    return json_documents(whole, label, lists=lists)  # type: ignore[arg-type]  # and this by read


def json_papers(
    rows: Iterable[Row], label: str, make: Callable[[dict[str, Any], str], Paper]
) -> Iterator[Paper | Reject]:
    """Each record the paper that `make` gives of it and its `label:line`; a reject where that raises ValueError."""
    for line, record, raw in rows:
        try:
            if isinstance(record, str):
                raise ValueError(record)
            yield make(record, f"{label}:{line}")
        except ValueError as reason:
            yield Reject(label, line, str(reason), excerpt(raw))


def json_lines(stream: BinaryIO, *, lists: Collection[str] = ()) -> Iterator[Row]:
    """One object a line; a line that is none is a reason. A page on a line gives its records."""
    for number, text in lines(stream):
        try:
            value = _fast(text)
        except (msgspec.DecodeError, ValueError, RecursionError):
            if text and not text.isspace():
                yield number, fault(text) or _slowly(text), text[:RAW]
            continue
        if not isinstance(value, dict):
            yield number, "not a JSON object", text[:RAW]
        elif (found := _inside(value, lists)) is None:
            yield number, value, text[:RAW]
        else:
            for item in found:
                known = isinstance(item, dict)
                yield number, item if known else "not a JSON object", text[:RAW] if known else str(item)[:RAW]


def layout(head: bytes, *, suffix: str = "", lists: Collection[str] = ()) -> str:
    """`lines` where each line is an object, `document` where an array or an object goes over lines, or is a page."""
    text = head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace").lstrip()
    if not text.startswith("{"):
        return "document"
    if is_page(text, lists):
        return "document"
    if suffix in (".jsonl", ".ndjson"):
        return "lines"
    line, ended, rest = text.partition("\n")
    if not ended and len(head) >= HEAD:  # a long line; a document that long on one line is written as `.json`
        return "document" if suffix == ".json" else "lines"
    return "document" if _goes_on(line) and rest.strip() else "lines"


def _goes_on(line: str) -> bool:
    """Whether a line is the beginning of JSON that is well so far, and not inside a string."""
    try:
        decoder.decode(line)
    except json.JSONDecodeError as error:
        return error.pos >= len(line.rstrip()) and not error.msg.startswith("Unterminated")
    except (ValueError, RecursionError):
        return False
    return False


def _suffix(label: str) -> str:
    return Path(re.sub(r"\.(gz|zst|bz2)$", "", label.lower())).suffix


def _slowly(text: str) -> dict[str, Any] | str:
    """What the lenient parser makes of a line that the fast one refused, or why it is no object."""
    try:
        value = decoder.decode(text)
    except ValueError as error:
        return f"invalid JSON: {reason_of(error)}"
    except RecursionError:
        return f"invalid JSON: {NESTED}"
    return value if isinstance(value, dict) else "not a JSON object"


def _inside(value: dict[str, Any], lists: Collection[str]) -> list[Any] | None:
    """The records of a page that is held whole; None for what is no page."""
    if not lists:
        return None
    for holder in (value, *[inner for inner in value.values() if type(inner) is dict]):
        for key in lists:
            if key in holder and isinstance(holder[key], list):
                found: list[Any] = holder[key]
                return found
    return None


class _Joined:
    """A stream with its first bytes put back."""

    def __init__(self, first: bytes, stream: BinaryIO) -> None:
        self._first, self._stream = first, stream

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        if not self._first:
            return self._stream.read(size)
        out, self._first = self._first[:size], self._first[size:]
        return out

    def readline(self, limit: int) -> bytes:
        """A line with its end, or its first `limit` bytes."""
        if not self._first:
            return self._stream.readline(limit)
        end = self._first.find(b"\n", 0, limit) + 1
        if end or len(self._first) >= limit:
            return self.read(end or limit)
        head, self._first = self._first, b""
        return head + self._stream.readline(limit - len(head))
