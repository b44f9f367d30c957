"""A JSON document read as it goes: the objects in arrays, in pages and alone, one behind the other.

JSON is that of RFC 8259 (https://www.rfc-editor.org/rfc/rfc8259), and what exporters make of it: NaN, raw control
characters in strings, lone surrogates. What comes behind a fault cannot be read, so a fault is a SourceError.
"""

import codecs
import json
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, BinaryIO, TypeVar

from extract.errors import SourceError
from extract.readers.text import MAX_LINE

Member = TypeVar("Member")

Row = tuple[int, dict[str, Any] | str, str]
"""Line, the record or the reason why there is none, and the first of its text for a reject."""

REQUIRED = ("title", "abstract")
"""An object with both of these keys is a paper, not a page of them."""

PIECE = 2**18
"""Bytes read at a time, and characters of an object that tell whether it is a page."""

RAW = 400
"""Characters of a record kept for a reject."""

NESTED = "nested too deeply"

decoder = json.JSONDecoder(strict=False)  # raw control characters in strings are cleaned later, not refused
_passing = json.JSONDecoder(strict=False, parse_int=lambda _: 0)  # finds the end of a value with a number too large
_LONGEST = 16  # characters before the end at which a cut token is reported: `-Infinity`, `\\ud800\\udc0`
_UNDECODED = re.compile(r"[\ud800-\udfff]")
_SPACE = re.compile(r"[ \t\n\r]*")
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)(?:"(?:\s*:(\s*[\[{]?\s*\{?))?|\Z)|[{}\[\]]', re.S)


def json_documents(stream: BinaryIO, label: str, *, lists: Collection[str] | None = ()) -> Iterator[Row]:
    """The objects in arrays, pages and alone, over any number of lines.

    Without `lists` (None) an object's one list of objects holds its records, unless it is itself a paper (REQUIRED).
    SourceError where the text is no JSON, from there on.
    """
    return _Document(stream, label, lists).records()


def _outline(text: str, start: int = 0) -> Iterator[tuple[int, str, str]]:
    """Depth from 1, key and opening marks (`[{`, `[`, `{` or none) of the members of the object that begins there.

    Keys below the second depth are left out, as is all behind the end of the text.
    """
    depth = 0
    for token in _TOKEN.finditer(text, start):
        mark = token[0][0]
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
            if depth == 0:
                return
        elif token[2] is not None:
            opens = "".join(token[2].split())
            if depth <= 2:
                yield depth, token[1], opens
            depth += len(opens)


def is_page(text: str, lists: Collection[str] | None, start: int = 0) -> bool:
    """Whether the object that begins there holds records in lists: told by its keys, as far as the text goes."""
    if lists is not None:
        return bool(lists) and any(key in lists and opens[:1] == "[" for _, key, opens in _outline(text, start))
    members = [(key, opens) for depth, key, opens in _outline(text, start) if depth == 1]
    is_paper = set(REQUIRED) <= {key.strip().casefold() for key, _ in members}
    return not is_paper and sum(opens == "[{" for _, opens in members) == 1


class _Document:
    """A cursor over a JSON text that is read as it goes; records are decoded one by one."""

    def __init__(self, stream: BinaryIO, label: str, lists: Collection[str] | None) -> None:
        self._stream, self._label, self._lists = stream, label, lists
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        self._text, self._at, self._line, self._ended = "", 0, 1, False

    def records(self) -> Iterator[Row]:
        """Every record of every document in the stream."""
        first = True
        while mark := self._mark():
            if mark == "[":
                yield from self._members("]", self._record)
            elif mark == "{" and self._is_page():
                yield from self._page()
            elif mark == "{":
                yield self._record()
            elif first:
                raise SourceError(f"{self._label} is not a JSON array or object")
            else:
                raise self._broken("Extra data")
            first = False

    def _is_page(self) -> bool:
        self._fill(PIECE)
        return is_page(self._text[self._at : self._at + PIECE], self._lists)

    def _page(self, *, outer: bool = True) -> Iterator[Row]:
        """The records in the lists of an object, or of an object in it; its other members are passed over."""
        for key in self._members("}", self._key):
            mark = self._mark()
            if mark == "[" and (key in self._lists if self._lists is not None else self._opens_objects()):
                yield from self._members("]", self._record)
            elif mark == "{" and outer and self._lists and self._is_page():
                yield from self._page(outer=False)
            else:
                self._value()

    def _members(self, closing: str, read: Callable[[], Member]) -> Iterator[Member]:
        """What is read of each member of the array or object that begins here."""
        self._move(self._at + 1)
        mark = self._mark()
        while mark != closing:
            yield read()
            mark = self._mark()
            if mark not in (",", closing):
                raise self._broken("Expecting ',' delimiter")
            if mark == ",":
                self._move(self._at + 1)
                mark = self._mark()
                if mark == closing:
                    raise self._broken("Illegal trailing comma")
        self._move(self._at + 1)

    def _key(self) -> str:
        if self._mark() != '"':
            raise self._broken("Expecting property name enclosed in double quotes")
        key = self._value()
        if self._mark() != ":":
            raise self._broken("Expecting ':' delimiter")
        self._move(self._at + 1)
        return str(key)

    def _opens_objects(self) -> bool:
        """Whether the first element of the array that begins here is an object."""
        self._fill(PIECE)
        found = _SPACE.match(self._text, self._at + 1)
        return found is not None and self._text[found.end() : found.end() + 1] == "{"

    def _record(self) -> Row:
        self._mark()
        line = self._line
        value, reason, raw = self._read()
        return line, reason or (value if isinstance(value, dict) else "not a JSON object"), raw

    def _value(self) -> Any:
        return self._read()[0]

    def _read(self) -> tuple[Any, str, str]:
        """The value that begins here, why it is unfit for a record, and its first characters.

        More text is read until it is whole, each time as much again, so that time is linear in its length.
        """
        while True:
            ahead = len(self._text) - self._at
            try:
                value, end, reason = _decoded(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._ended or not _is_cut(error, len(self._text)):
                    raise self._broken(error.msg, error.pos) from None
                end = len(self._text)
            except RecursionError:
                raise self._broken(NESTED) from None
            if min(ahead, end - self._at) > MAX_LINE:
                raise self._broken(f"a record longer than {MAX_LINE // 2**20} MiB")
            if end < len(self._text) or self._ended:  # what ends with the text may go on: a number
                return value, reason, self._taken(end)
            self._fill(2 * ahead + PIECE)

    def _taken(self, end: int) -> str:
        """Move on to `end`; the first characters of what is passed. SourceError where it is not UTF-8."""
        text = self._text[self._at : end]
        if not text.isascii() and (bad := _UNDECODED.search(text)):
            line = self._line + text.count("\n", 0, bad.start())
            raise SourceError(f"{self._label}, line {line}: not UTF-8; save the file as UTF-8")
        self._move(end)
        return text[:RAW]

    def _fill(self, size: int) -> None:
        """Have at least `size` characters ahead, or all there are."""
        have = len(self._text) - self._at
        if self._ended or have >= size:
            return
        parts = [self._text[self._at :]]
        while have < size and not self._ended:
            data = self._stream.read(PIECE)
            self._ended = not data
            parts.append(self._decode.decode(data, final=self._ended))
            have += len(parts[-1])
        self._text, self._at = "".join(parts), 0

    def _mark(self) -> str:
        """The next character that is no blank; nothing at the end of the text."""
        while True:
            found = _SPACE.match(self._text, self._at)
            if found is not None and found.end() > self._at:
                self._move(found.end())
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._fill(1)

    def _move(self, end: int) -> None:
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def _broken(self, reason: str, at: int = 0) -> SourceError:
        line = self._line + self._text.count("\n", self._at, max(at, self._at))
        return SourceError(f"{self._label}, line {line}: invalid JSON: {reason}")


def _decoded(text: str, at: int) -> tuple[Any, int, str]:
    """The value that begins there, its end, and why it is unfit for a record."""
    try:
        return *decoder.raw_decode(text, at), ""
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        return *_passing.raw_decode(text, at), f"invalid JSON: {reason_of(error)}"


def _is_cut(error: json.JSONDecodeError, length: int) -> bool:
    """Whether JSON is broken by the end of the text that is held, not by a fault before it."""
    return error.msg.startswith("Unterminated") or error.pos >= length - _LONGEST


def reason_of(error: ValueError) -> str:
    """What the parser says, without the position in its buffer."""
    return error.msg if isinstance(error, json.JSONDecodeError) else "a number too large"
