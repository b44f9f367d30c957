"""Blocks of BibTeX to entries with the fields that are read: bibtexparser takes a block apart, macros are put in here.

    @string{jml = "Journal of Machine Learning"}
    @article{key, journal = jml # " (Online)", month = jan, title = {A {BERT} Study}}

bibtexparser (https://bibtexparser.readthedocs.io) is given a block at a time, so that no file is held whole.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO

from extract.readers.bibtex_blocks import NO_ENTRIES, Block, blocks
from extract.readers.text import MAX_LINE

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_KEPT = {
    "title", "subtitle", "abstract", "author", "year", "date", "month", "day", "journal", "journaltitle", "booktitle",
    "doi", "eprint", "archiveprefix", "eprinttype", "arxivid", "pmid", "pmcid", "pmc", "url", "ee", "biburl",
    "keywords", "keyword", "author_keywords", "crossref", "xdata", "volume", "number", "howpublished",
    "orcid-numbers", "cited-references", "unique-id", "identifiers",
}  # fmt: skip
_LONGEST_MACRO = 10_000  # macros made of macros double: a few lines would make a text that no memory holds
_STRING = re.compile(r"@\s*string\s*[{(]\s*([^\s=]+)\s*=(.*)[})]\s*", re.I | re.S)
_KEYLESS = re.compile(r"(@\w+\s*[{(])(?=\s*[\w-]+\s*=)")
_PART = re.compile(r"\s*(?:([^\s#\"{},]+)|([\"{]))")
_MARK = re.compile(r'\\.|[{}"]', re.S)

logging.getLogger("bibtexparser").addHandler(logging.NullHandler())  # what it cannot read is told as a Reject


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry and the fields of it that are read: macros resolved, LaTeX as it is, names in small letters."""

    line: int
    kind: str
    key: str
    fields: Mapping[str, str]
    raw: str

    @property
    def parents(self) -> list[str]:
        """The keys of the entries this one inherits from."""
        told = ",".join(self.fields.get(name, "") for name in ("xdata", "crossref"))
        return [key.strip().casefold() for key in told.split(",") if key.strip()]


def entries(stream: BinaryIO) -> Iterator[Entry | Block]:
    """Entries, and the blocks that are none with their reasons."""
    macros = {name: name for name in _MONTHS}
    for block in blocks(stream):
        if block.reason:
            yield block
        elif block.kind in NO_ENTRIES:
            continue
        elif block.kind == "string":
            try:
                macros |= _macro(block.text, macros)
            except ValueError as error:
                yield replace(block, reason=f"a @string that is not NAME = VALUE: {error}")
        else:
            try:
                yield _entry(block, macros)
            except ValueError as error:
                yield replace(block, reason=str(error))


def _macro(text: str, macros: Mapping[str, str]) -> dict[str, str]:
    """The one macro of a block; ValueError where it is none."""
    found = _STRING.fullmatch(text)
    if found is None:
        raise ValueError("no = in it")
    value = _value(found[2], macros)
    if len(value) > _LONGEST_MACRO:
        raise ValueError(f"longer than {_LONGEST_MACRO:,} characters")
    return {found[1].lower(): value}


def _entry(block: Block, macros: Mapping[str, str]) -> Entry:
    """The entry of a block; ValueError, its message the reason, where it is none."""
    from bibtexparser.model import Entry as Parsed  # here, since only BibTeX needs it
    from bibtexparser.model import ParsingFailedBlock
    from bibtexparser.splitter import Splitter

    text = re.sub(r"\\\\(?=[{}\"])", r"\\\\ ", block.text)  # to bibtexparser the brace in `\\}` would be escaped
    text = re.sub(r"\A@\s+", "@", _KEYLESS.sub(r"\1,", text, count=1), count=1)
    parsed = next(iter(Splitter(text).split().blocks), None)
    if isinstance(parsed, ParsingFailedBlock) and isinstance(parsed.ignore_error_block, Parsed):
        parsed = parsed.ignore_error_block  # a field given twice: the first counts, as for BibTeX
    if not isinstance(parsed, Parsed):
        reason = getattr(getattr(parsed, "error", None), "abort_reason", "no fields")
        raise ValueError(f"not an entry: {' '.join(str(reason).split())}")
    fields: dict[str, str] = {}
    for name, raw in ((field.key.lower(), field.value) for field in parsed.fields):
        if name in _KEPT and name not in fields:
            try:
                fields[name] = _value(raw, macros)
            except ValueError as error:
                raise ValueError(f"field {name}: {error}") from None
    return Entry(block.line, block.kind, parsed.key, fields, block.text[:400])


def _value(raw: str, macros: Mapping[str, str]) -> str:
    """Texts, numbers and macros joined by `#`; ValueError where something else stands between them."""
    raw = raw.strip()
    if raw[:1] == "{" and raw.count("}") == 1 and raw[-1] == "}":
        return raw[1:-1]
    parts, at, size = [], 0, 0
    while at < len(raw):
        found = _PART.match(raw, at)
        end = _closing(raw, found.start(2)) if found and found[2] else found.end() if found else -1
        if found is None or end < 0:
            raise ValueError("unbalanced braces or quotes")
        parts.append(macros.get(found[1].lower(), found[1]) if found[1] else raw[found.start(2) + 1 : end - 1])
        rest = raw[end:].lstrip()
        size += len(parts[-1])
        if rest and rest[0] != "#":
            raise ValueError("no comma behind it")
        if size > MAX_LINE:
            raise ValueError(f"longer than {MAX_LINE // 2**20} MiB")
        at = len(raw) - len(rest) + 1
    return "".join(parts)


def _closing(raw: str, start: int) -> int:
    """The place behind the text that opens at `start`, or -1."""
    depth, closer = 0, '"' if raw[start] == '"' else "}"
    for mark in _MARK.finditer(raw, start + 1):
        if mark[0] == closer and depth == 0:
            return mark.end()
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
    return -1
