"""BibTeX text to its blocks, `@type{...}` or `@type(...)`, one at a time: what a file holds is never held whole.

Braces tell where a block ends, those behind a backslash not counted. A block that is still open where a line begins
another one has lost a brace: it is given with a reason, and reading goes on with the other. So is an entry inside of
a comment read where it begins a line, as BibTeX reads it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from extract.readers.text import MAX_LINE, fault, lines

_START = re.compile(r"(?:^|(?<=[\s})%,]))@\s*([A-Za-z]\w*)\s*([{(])")
_BARE = re.compile(r"\s*@\s*[A-Za-z]\w*\s*")  # its brace is on the next line
_NEW = re.compile(
    r"\s*@\s*(?:(?:comment|preamble|string)\s*[{(]|[a-z]\w*\s*[{(]\s*[^\s=,{}()\"#%']*\s*(?:,|$))", re.IGNORECASE
)
_MARKS = {"}": re.compile(r"\\.|[{}]"), ")": re.compile(r'\\.|[{}")]')}  # by what closes the block
_STRAY = re.compile(r"\s*[A-Za-z][\w-]*\s*=\s*[{\"]")

NO_ENTRIES = {"comment", "preamble"}
"""Blocks whose text is of no use: it is not held."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block, its `kind` in small letters, and the line it starts at; `reason` says why it cannot be read."""

    line: int
    kind: str
    text: str
    reason: str = ""


@dataclass(slots=True)
class _Open:
    """A block that is being read."""

    line: int
    kind: str
    closer: str
    depth: int
    quoted: bool = False
    size: int = 0
    parts: list[str] = field(default_factory=list)

    def feed(self, text: str, at: int) -> int:
        """Take what a line has of the block; the place behind its end, or -1 where it goes on."""
        closed = text.count("}", at)
        if self.depth > closed and self.closer == "}" and "\\" not in text:
            self.depth += text.count("{", at) - closed
            return self._keep(text[at:], -1)
        for mark in _MARKS[self.closer].finditer(text, at):
            if self._ends(mark[0]):
                return self._keep(text[at : mark.end()], mark.end())
        return self._keep(text[at:], -1)

    def _ends(self, mark: str) -> bool:
        if mark == "{":
            self.depth += 1
        elif mark == "}":
            self.depth -= 1
        elif mark == '"' and self.depth == 0:
            self.quoted = not self.quoted
        closed = mark == self.closer and self.depth <= 0
        return closed and not (self.closer == ")" and self.quoted)

    def _keep(self, text: str, end: int) -> int:
        self.size += len(text) + 1
        if self.size <= MAX_LINE and self.kind not in NO_ENTRIES:
            self.parts.append(text)
        return end

    def block(self, reason: str = "") -> Block:
        text = "\n".join(self.parts)
        over = f"a block longer than {MAX_LINE // 2**20} MiB" if self.size > MAX_LINE else ""
        return Block(self.line, self.kind, text, fault(text) or over or reason)


def blocks(stream: BinaryIO) -> Iterator[Block]:
    """Every block of a stream in its order; text between the blocks is a comment, fields there a fault."""
    block: _Open | None = None
    strayed = False
    for number, text in _joined(stream):
        if block is not None and _NEW.match(text):
            yield block.block("" if block.kind in NO_ENTRIES else "unbalanced braces")
            block = None
        at = 0
        while block is not None or (found := _START.search(text, at)):
            if block is None:
                assert found is not None
                opens = found[2] == "{"
                block = _Open(number, found[1].lower(), "}" if opens else ")", int(opens), parts=[found[0]])
                at, strayed = found.end(), False
            at = block.feed(text, at)
            if at < 0:
                break
            yield block.block()
            block = None
        else:
            if not strayed and _STRAY.match(text, at):
                strayed = True
                yield Block(number, "", text, "a field outside of an entry: unbalanced braces before it")
    if block is not None:
        yield block.block("unbalanced braces")


def _joined(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """Lines, a type alone on its line joined to the next."""
    held: tuple[int, str] | None = None
    for number, text in lines(stream):
        if held is not None and text.lstrip().startswith(("{", "(")):
            yield held[0], held[1] + text.lstrip()
            held = None
            continue
        if held is not None:
            yield held
        held = (number, text) if text.lstrip().startswith("@") and _BARE.fullmatch(text) else None
        if held is None:
            yield number, text
    if held is not None:
        yield held
