"""RIS and EndNote's tagged text, as reference managers and libraries export them.

    TY  - JOUR                      %0 Journal Article
    AU  - Lovelace, Ada             %A Lovelace, Ada
    TI  - On Bridges                %T On Bridges
    PY  - 2020/05/13/               %D 2020
    ER  -

Exporters differ in which tag holds what, so each field is looked for under every tag that is in use for it:
https://en.wikipedia.org/wiki/RIS_(file_format) and, for EndNote, https://en.wikipedia.org/wiki/EndNote.
A record without its `ER` ends where the next begins.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from extract.dates import read_date
from extract.identifiers import any_identifier, identifier
from extract.readers.fields import compose
from extract.readers.people import given_first
from extract.readers.tags import Record, records
from extract.records import Paper, Reject

_RIS = re.compile(r"\s*([A-Z][A-Z0-9]) {1,2}-(?: +(.*)|\s*)$", re.S)
_ENDNOTE = re.compile(r"%([0-9A-Z@!#$&(*+>?^~\[\]<='\-])(?: +(.*)|\s*)$", re.S)
_IS_RIS = re.compile(r"^[ \t]*TY {1,2}- *[A-Z]+\s*$", re.M)
_IS_ENDNOTE = re.compile(r"%0 \S.*\n(?:.*\n)*?%[TABJ] ")
_PMC = re.compile(r"PMC\d+", re.I)


def is_ris(head: str) -> bool:
    """Whether a text begins as RIS does: with the type of a record, after at most a few lines of an export's own."""
    found = _IS_RIS.search(head)
    return found is not None and head[: found.start()].count("\n") < 10 and not head.startswith(("{", "[", "<", "@"))


def is_endnote(head: str) -> bool:
    """Whether a text begins with the type of a record in EndNote's tags."""
    return _IS_ENDNOTE.match(head[:10_000]) is not None


def read_ris(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """The papers of an RIS file; a record that cannot be read is a reject at its line."""
    for record in records(stream, _RIS, starts={"TY"}, ends={"ER"}):
        yield _checked(record, label, _RIS_TAGS)


def read_endnote(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """The papers of a file in EndNote's tags; a record that cannot be read is a reject at its line."""
    for record in records(stream, _ENDNOTE, starts={"0"}):
        yield _checked(record, label, _ENDNOTE_TAGS)


_RIS_TAGS = {
    "title": ("TI", "T1", "CT", "BT"),
    "abstract": ("AB", "N2"),
    "authors": ("AU", "A1"),
    "others": ("A2", "A3", "A4", "ED"),
    "year": ("PY", "Y1"),
    "date": ("DA", "Y1", "PY"),
    "venue": ("JF", "T2", "JO", "JA", "J1", "J2", "BT", "T3"),
    "keywords": ("KW",),
    "url": ("UR", "L1", "L2", "LK", "L3"),
    "doi": ("DO", "DI", "M3", "ID", "AN", "UR", "L3"),
    "ids": ("AN", "ID", "M1", "C1", "C2", "UR", "L1", "L2", "LK"),
    "accession": ("AN",),
    "database": ("DB", "DP"),
}  # fmt: skip
_ENDNOTE_TAGS = {
    "title": ("T",),
    "abstract": ("X",),
    "authors": ("A",),
    "others": ("E", "Y"),
    "year": ("D",),
    "date": ("8", "D"),
    "venue": ("J", "B", "S"),
    "keywords": ("K",),
    "url": ("U",),
    "doi": ("R", "U"),
    "ids": ("M", "2", "1", "U"),
    "accession": ("M",),
    "database": ("W", "~"),
}


def _checked(record: Record, label: str, tags: dict[str, tuple[str, ...]]) -> Paper | Reject:
    if record.bad:
        return record.reject(label, record.bad)
    try:
        return _paper(record, f"{label}:{record.line}", tags)
    except ValueError as error:
        return record.reject(label, str(error))


def _paper(record: Record, source: str, tags: dict[str, tuple[str, ...]]) -> Paper:
    names = record.items(*tags["authors"]) or record.items(*tags["others"])
    accession, title = record.text(*tags["accession"]), record.text(*tags["title"])
    venues = [text for text in record.texts(*tags["venue"]) if text != title]
    return compose(
        source,
        title=title,
        abstract="\n".join(record.texts(*tags["abstract"])[:1]),
        id=accession if accession.startswith("WOS:") else None,
        date=_date(record, tags),
        venue=next(iter(venues), None),
        doi=next((text for text in record.texts(*tags["doi"]) if identifier("doi", text)), None),
        ids=_ids(record, tags),
        url=next((text for text in record.rows(*tags["url"]) if text.startswith("http")), None),
        authors=[given_first(name) for name in names],
        keywords=_keywords(record, tags),
    )


def _date(record: Record, tags: dict[str, tuple[str, ...]]) -> str:
    """The date that says most; a month and day without a year (`May 13`) take it from the year's own tag."""
    year = next((str(known) for text in record.texts(*tags["year"]) if (known := read_date(text)[0])), "")
    told = record.texts(*tags["date"])
    whole = [text if read_date(text)[0] else f"{text} {year}" for text in told]
    same = [text for text in whole if not year or str(read_date(text)[0]) == year]  # a date of another year is access
    return next((text for text in same if read_date(text)[1]), year)


def _ids(record: Record, tags: dict[str, tuple[str, ...]]) -> list[str]:
    """What tells by its shape what it is, and the accession number of PubMed, which its database tells."""
    found = [any_identifier(text) for text in record.rows(*tags["ids"])]
    found += [identifier("pmcid", text) for text in record.rows(*tags["ids"]) if _PMC.fullmatch(text)]
    if any(re.search(r"pubmed|medline|\bnlm\b", name, re.I) for name in record.texts(*tags["database"])):
        found += [identifier("pmid", text) for text in record.texts(*tags["accession"])]
    return [value for value in found if value]


def _keywords(record: Record, tags: dict[str, tuple[str, ...]]) -> list[str]:
    """One a line, or several parted by `;`, or, where there is but one line, by commas."""
    items = record.items(*tags["keywords"])
    return [word.strip() for word in items[0].split(",")] if len(items) == 1 and items[0].count(",") > 1 else items
