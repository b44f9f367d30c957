"""Records out of JSON as sources ship it, one at a time: JSON Lines, an array, pages of an API, one behind the other.

A page is an object that holds its records in a list (`{"meta": .., "results": [..]}`), perhaps inside another object
(`{"message": {"items": [..]}}`). Memory is that of the longest record. In JSON Lines a bad line is one reject; in a
document what comes behind a fault cannot be read, so the fault is a SourceError.
"""

import codecs
import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from extract.errors import SourceError
from extract.readers.text import MAX_LINE, clean, fault, lines

Row = tuple[int, dict[str, Any] | str, str]
"""Line, the record or the reason why there is none, and the text for a reject."""

HEAD = 2**16
"""Bytes of a file that tell its layout."""

_PIECE = 2**18  # bytes read at a time
_SPACE = re.compile(r"[ \t\n\r,]*")
_decoder = json.JSONDecoder(strict=False)  # raw control characters in strings are cleaned later, not refused
_OPENS_LIST = re.compile(r"\{\s*\"[^\"]*\"\s*:\s*[\[{]\s*[{\"]")


def json_records(stream: BinaryIO, label: str, *, lists: Collection[str] = ()) -> Iterator[Row]:
    """The objects of a stream. `lists` are the keys under which a page holds its records.

    SourceError where a document is no JSON, from there on.
    """
    first = stream.read(HEAD)
    text = first.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace").lstrip()
    whole = _Joined(first, stream)
    if layout(text, suffix=_suffix(label)) == "lines":
        yield from _line_records(whole, lists)
    else:
        yield from _Document(whole, label, lists).records()


def layout(head: str, *, suffix: str = "") -> str:
    """`lines` where each line is an object, `document` where an array or an object goes over lines."""
    if not head.startswith("{"):
        return "document"
    if suffix in (".jsonl", ".ndjson"):
        return "lines"
    line, end, _ = head.partition("\n")
    if not end and len(head) >= HEAD // 2:  # one long line: a record of JSON Lines, unless it begins like a page
        return "document" if suffix == ".json" or _OPENS_LIST.match(head) else "lines"
    try:
        json.loads(line, strict=False)
    except (ValueError, RecursionError):
        broken = suffix == ".json" or _OPENS_LIST.match(head) or re.match(r"\{\s*\n", head)
        return "document" if broken else "lines"
    return "lines"


def _suffix(label: str) -> str:
    name = re.sub(r"\.(gz|zst|bz2)$", "", label.lower())
    return Path(name).suffix


def _line_records(stream: "_Joined", lists: Collection[str]) -> Iterator[Row]:
    for number, text in lines(stream):  # type: ignore[arg-type]
        if reason := fault(text):
            yield number, reason, text[:400]
        elif text and not text.isspace():
            yield from ((number, record, raw) for record, raw in _unfolded(_object(text), text, lists))


def _object(text: str) -> dict[str, Any] | str:
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


def _unfolded(
    value: dict[str, Any] | str, raw: str, lists: Collection[str]
) -> Iterator[tuple[dict[str, Any] | str, str]]:
    """The records of a page; what is no page is a record."""
    if isinstance(value, str):
        yield value, raw
        return
    found = next((value[key] for key in lists if isinstance(value.get(key), list)), None)
    inner = next((v for v in value.values() if isinstance(v, dict) and any(key in v for key in lists)), None)
    if found is None and inner is not None:
        yield from _unfolded(inner, raw, lists)
    elif found is None:
        yield value, raw
    else:
        for item in found:
            yield (item if isinstance(item, dict) else "not a JSON object"), str(item)[:400]


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


class _Document:
    """A cursor over a JSON text that is read as it goes; records are decoded one by one."""

    def __init__(self, stream: _Joined, label: str, lists: Collection[str]) -> None:
        self._stream, self._label, self._lists = stream, label, lists
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        self._text, self._at, self._line, self._ended = "", 0, 1, False

    def records(self) -> Iterator[Row]:
        """Every record of every document in the stream."""
        while self._skip():
            yield from self._value()

    def _value(self) -> Iterator[Row]:
        mark = self._peek()
        if mark == "[":
            yield from self._list()
        elif mark == "{" and self._lists and self._is_page():
            yield from self._page()
        elif mark == "{":
            yield self._record()
        else:
            raise self._broken("not an array or object")

    def _is_page(self) -> bool:
        """Whether the object that begins here holds its records in a list: told by its first keys."""
        self._fill(4 * HEAD)
        head = self._text[self._at : self._at + 4 * HEAD]
        depth, path = 0, []
        for token in re.finditer(r'"((?:[^"\\]|\\.)*)"(\s*:)?|[{}\[\]]', head):
            if token[0] in "{[":
                depth += 1
            elif token[0] in "}]":
                depth -= 1
                if depth == 0:
                    return False
            elif token[2] and depth <= 2:
                path.append(token[1])
                opens = re.compile(r"\s*\[").match(head, token.end())
                if opens and token[1] in self._lists:
                    return True
        return False

    def _page(self) -> Iterator[Row]:
        """The records in the lists of an object; its other members are passed over."""
        self._expect("{")
        while self._skip() and self._peek() != "}":
            key = self._decoded()
            self._expect(":")
            self._skip()
            if key in self._lists and self._peek() == "[":
                yield from self._list()
            elif self._peek() == "{" and self._is_page():
                yield from self._page()
            else:
                self._decoded()
        self._expect("}")

    def _list(self) -> Iterator[Row]:
        self._expect("[")
        while self._skip() and self._peek() != "]":
            yield self._record()
        self._expect("]")

    def _record(self) -> Row:
        line = self._line
        start = self._at
        value = self._decoded()
        raw = self._text[start : min(self._at, start + 400)] if self._at > start else str(value)[:400]
        return line, value if isinstance(value, dict) else "not a JSON object", raw

    def _decoded(self) -> Any:
        """The value that begins here, of any kind; more text is read until it is whole."""
        want = _PIECE
        while True:
            try:
                value, end = _decoder.raw_decode(self._text, self._at)
                if end < len(self._text) or self._ended:  # a number at the end may go on
                    self._move(end)
                    return value
            except ValueError as error:
                if self._ended or len(self._text) - self._at > MAX_LINE:
                    raise self._broken(_reason(error)) from None
            except RecursionError:
                raise self._broken("nested too deeply") from None
            self._fill(want)
            want *= 2

    def _fill(self, size: int) -> None:
        """Have at least `size` characters ahead, or all there are."""
        if self._ended or len(self._text) - self._at >= size:
            return
        parts = [self._text[self._at :]]
        have = len(parts[0])
        while have < size and not self._ended:
            data = self._stream.read(_PIECE)
            self._ended = not data
            try:
                parts.append(self._decode.decode(data, final=self._ended))
            except UnicodeDecodeError:
                self._text, self._at = "".join(parts), 0
                raise SourceError(f"{self._label}, after line {self._line}: not UTF-8; save it as UTF-8") from None
            have += len(parts[-1])
        self._text, self._at = "".join(parts), 0

    def _skip(self) -> bool:
        """Pass blanks and commas; False at the end of the text."""
        while True:
            self._fill(1)
            found = _SPACE.match(self._text, self._at)
            assert found is not None
            self._move(found.end())
            if self._at < len(self._text):
                return True
            if self._ended:
                return False

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _expect(self, mark: str) -> None:
        if not self._skip() or self._peek() != mark:
            raise self._broken(f"Expecting '{mark}'")
        self._move(self._at + 1)

    def _move(self, end: int) -> None:
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def _broken(self, reason: str) -> SourceError:
        return SourceError(f"{self._label}, line {self._line}: invalid JSON: {clean(reason)}")
