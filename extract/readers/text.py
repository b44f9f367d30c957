"""Bytes to lines to clean text: what every reader of text shares.

Bytes that are not UTF-8 stay in the line as lone surrogates (PEP 383), so that a record can be rejected by
itself and the rest of the file goes on; `fault` finds them.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

MAX_LINE = 16 * 2**20
"""Bytes of the longest line that is read; a longer one is a reject, and is never held in memory."""

MAX_TEXT = 100_000
"""Characters of the longest title or abstract; a longer one is not an abstract."""

TOO_LONG = "\udfff"
"""What ends the first characters of a line longer than MAX_LINE. No input holds it: undecodable bytes are
U+DC80-U+DCFF."""

_SHOWN = 80  # characters kept of such a line

_CONTROLS = re.compile(r"(?<! ) *[\x00-\x1f\x7f-\x9f][\x00-\x20\x7f-\x9f]*")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def lines(stream: BinaryIO, *, limit: int = MAX_LINE) -> Iterator[tuple[int, str]]:
    """Each line with its number from 1, without its end (`\\n` or `\\r\\n`) and without a byte order mark."""
    number = 0
    while raw := stream.readline(limit + 1):
        number += 1
        if number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        if len(raw) > limit and not raw.endswith(b"\n"):
            _skip_line(stream)
            yield number, clean(raw[:2000].decode("utf-8", "ignore"))[:_SHOWN] + TOO_LONG
            continue
        yield number, raw.decode("utf-8", "surrogateescape").removesuffix("\n").removesuffix("\r")


def _skip_line(stream: BinaryIO) -> None:
    """Read on to the end of the line, a piece at a time."""
    while (raw := stream.readline(2**20)) and not raw.endswith(b"\n"):
        pass


def fault(text: str) -> str:
    """Why the text of a file cannot be read, or nothing: it is not UTF-8, or its line was too long."""
    if text.isascii() or not (found := _SURROGATES.search(text)):
        return ""
    if found[0] == TOO_LONG:
        return f"a line longer than {MAX_LINE // 2**20} MiB"
    return "not UTF-8: save the file as UTF-8"


def clean(text: str) -> str:
    """The text as stored: runs of control characters one space, lone surrogates U+FFFD, blanks stripped.

    Everything else stays as it is, so that offsets count the same characters in the source and in the graph.
    """
    if text.isprintable():  # so neither a control nor a surrogate, found faster than by a search
        return text.strip()
    return _CONTROLS.sub(" ", _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)).strip()


def excerpt(text: str, *, limit: int = 200) -> str:
    """The first of a text, for a reject."""
    return clean(text[: 2 * limit].removesuffix(TOO_LONG))[:limit]
