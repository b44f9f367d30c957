"""Tables that Scopus, Web of Science, The Lens and Zotero export: CSV, and the tab-delimited text of Web of Science.

Each names its columns in its own way, and holds lists in one cell; cited references are running text, of which the DOIs
are read. The columns: https://service.elsevier.com/app/answers/detail/a_id/11234/supporthub/scopus/,
https://images.webofknowledge.com/images/help/WOS/hs_wos_fieldtags.html, https://support.lens.org/knowledge-base/,
https://www.zotero.org/support/kb/item_types_and_fields.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from extract.errors import SourceError
from extract.identifiers import identifier
from extract.readers.fields import compose
from extract.readers.markup import plain_text
from extract.readers.people import given_first, orcids
from extract.readers.table import DELIMITERS, csv_rows, split_header
from extract.readers.text import clean, excerpt
from extract.records import Paper, Reject

Cell = Callable[[str], str]
"""The text of a column by its name in small letters, without blanks around it; nothing where there is none."""
Fields = dict[str, object]

_DOI = re.compile(r"(?<![\w.])10\.\d{4,9}/\S+")
_SCOPUS_ID = re.compile(r"\(\d+\)$")
_INITIALS_LAST = re.compile(r"(\S.{,80}?) ((?:[^\W\d_]{1,2}\.[- ]?)+)")  # `Lovelace A.A.`
_PLACEHOLDER = re.compile(r"\[No .{1,40} available\]", re.I)
_EXTRA = re.compile(r"^[ \t]*(doi|arxiv|pmid|pmcid)[ \t]*:[ \t]*(\S+)", re.I | re.M)
_ZOTERO_OTHERS = ("annotation", "attachment", "note")


def read_export(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """Each row a paper; line numbers are those on which rows begin.

    SourceError where the header is of none of the four, or no row follows it.
    """
    dialects: list[Callable[[Cell], Fields]] = []

    def check(names: list[str]) -> None:
        dialects.append(_checked(names, label))

    total = 0
    for total, (line, record, raw) in enumerate(csv_rows(stream, label, shape=_shape, check=check), start=1):  # noqa: B007
        try:
            if isinstance(record, str):
                raise ValueError(record)
            yield _paper(record, dialects[0], f"{label}:{line}")
        except ValueError as reason:
            yield Reject(label, line, str(reason), excerpt(raw))
    if not total:
        raise SourceError(f"{label} holds no records: export it again with records selected")


def is_export(header: Sequence[str]) -> bool:
    """Whether these column names are those of an export; a table of titles and abstracts is none."""
    return _dialect(header) is not None


def _dialect(header: Sequence[str]) -> Callable[[Cell], Fields] | None:
    names = {_key(name) for name in header}
    return next((read for needed, any_of, read in _DIALECTS if needed <= names and names & any_of), None)


def _checked(header: list[str], label: str) -> Callable[[Cell], Fields]:
    if found := _dialect(header):
        return found
    shown = ", ".join(clean(name)[:40] for name in header[:20])
    raise SourceError(
        f"{label} is no export of Scopus, Web of Science, The Lens or Zotero; its columns are: {shown}. "
        "Export it again with titles and all fields"
    )


def _key(name: str) -> str:
    return name.strip("\ufeff \t").casefold()


def _shape(header: str) -> tuple[str, int]:
    """Delimiter and quoting: Web of Science quotes nothing in its tab-delimited text, and titles begin with quotes."""
    mark = next((mark for mark in DELIMITERS if is_export(split_header(header, mark))), "")
    mark = mark or max(DELIMITERS, key=header.count)
    tagged = _dialect(split_header(header, mark)) is _web_of_science and {"pt", "ti"} <= {
        *map(_key, header.split(mark))
    }
    return mark, csv.QUOTE_NONE if tagged else csv.QUOTE_MINIMAL


def _paper(record: dict[str, object], read: Callable[[Cell], Fields], source: str) -> Paper:
    cells = {_key(name): str(value).strip() for name, value in record.items()}
    return compose(source, **read(lambda name: cells.get(name, "")))


def _scopus(cell: Cell) -> Fields:
    authors = _people(cell("author full names")) or _scopus_authors(cell("authors"))
    return {
        "title": _text(cell("title")),
        "abstract": _text(cell("abstract")),
        "year": cell("year"),
        "venue": cell("source title") or cell("conference name"),
        "doi": cell("doi"),
        "ids": _ids(pmid=cell("pubmed id")),
        "url": cell("link"),
        "authors": authors,
        "keywords": _list(cell("author keywords")) + _list(cell("index keywords")),
        "references": _dois(cell("references")),
    }


def _web_of_science(cell: Cell) -> Fields:
    def value(tag: str) -> str:
        return cell(tag) or cell(_LONG_NAMES[tag])

    authors = _people(value("af")) or _people(value("au"))
    year = value("py")
    return {
        "title": _text(value("ti")),
        "abstract": _text(value("ab")),
        "year": year,
        "date": f"{value('pd')} {year}" if year else value("ea"),
        "venue": value("so") or value("ct"),
        "doi": value("di") or value("d2"),
        "ids": _ids(pmid=value("pm")),
        "url": value("dl"),
        "authors": authors,
        "author_ids": orcids(authors, value("oi")),
        "keywords": _list(value("de")) + _list(value("id")),
        "references": _dois(value("cr")),
    }


def _lens(cell: Cell) -> Fields:
    return {
        "title": _text(cell("title")),
        "abstract": _text(cell("abstract")),
        "year": cell("publication year"),
        "date": cell("date published"),
        "venue": cell("source title"),
        "doi": cell("doi"),
        "ids": _ids(pmid=cell("pmid"), pmcid=cell("pmcid"), mag=cell("microsoft academic id"))
        + _list(cell("external ids")),
        "url": cell("external url"),
        "authors": _people(cell("author/s")),
        "keywords": _list(cell("keywords")) + _list(cell("fields of study")),
        "references": _dois(cell("references")),
    }


def _zotero(cell: Cell) -> Fields:
    if cell("item type") in _ZOTERO_OTHERS:
        raise ValueError(f"no paper: {cell('item type')}")
    extra = {scheme.lower(): value for scheme, value in reversed(_EXTRA.findall(cell("extra")[:10_000]))}
    return {
        "title": _text(cell("title")),
        "abstract": _text(cell("abstract note")),
        "year": cell("publication year"),
        "date": cell("date"),
        "venue": cell("publication title") or cell("conference name") or cell("meeting name"),
        "doi": cell("doi") or extra.get("doi"),
        "arxiv": identifier("arxiv", cell("number")) or extra.get("arxiv"),
        "ids": _ids(pmid=extra.get("pmid", ""), pmcid=extra.get("pmcid", "")),
        "url": cell("url"),
        "authors": _people(cell("author")),
        "keywords": _list(cell("manual tags")) + _list(cell("automatic tags")),
    }


_LONG_NAMES = {
    "ab": "abstract", "af": "author full names", "au": "authors", "cr": "cited references", "ct": "conference title",
    "d2": "book doi", "de": "author keywords", "di": "doi", "dl": "doi link", "ea": "early access date",
    "id": "keywords plus", "oi": "orcids", "pd": "publication date", "pm": "pubmed id", "py": "publication year",
    "so": "source title", "ti": "article title",
}  # fmt: skip
"""What Web of Science heads a column with in Excel, for each field tag."""

_DIALECTS: tuple[tuple[frozenset[str], frozenset[str], Callable[[Cell], Fields]], ...] = (
    (
        frozenset(("title", "source title")),
        frozenset(("eid", "author(s) id", "author full names", "art. no.", "index keywords")),
        _scopus,
    ),
    (frozenset(("pt", "ti")), frozenset(("au", "af", "ut")), _web_of_science),
    (frozenset(("publication type", "article title")), frozenset(("authors", "source title")), _web_of_science),
    (frozenset(("title",)), frozenset(("lens id",)), _lens),
    (frozenset(("title", "item type")), frozenset(("key", "abstract note")), _zotero),
)
"""The columns an export must have, those of which it must have one, and how its rows are read; the first counts."""


def _text(cell: str) -> str:
    """Without markup, and without what stands for a missing text."""
    return "" if _PLACEHOLDER.fullmatch(cell) else plain_text(cell)


def _list(cell: str) -> list[str]:
    return [plain_text(item) for item in cell.split(";")]


def _people(cell: str) -> list[str]:
    """Names parted by `;`, each less the Scopus id behind it."""
    if _PLACEHOLDER.fullmatch(cell):
        return []
    names = (_SCOPUS_ID.sub("", name.strip()).strip() for name in cell.split(";"))
    return [given_first(name) for name in names if name]


def _scopus_authors(cell: str) -> list[str]:
    """`Family, G.; Family, G.`; before 2023 `Family G., Family G.`"""
    names = [_INITIALS_LAST.fullmatch(name.strip()) for name in cell.split(",")]
    if ";" not in cell and all(names):
        return [f"{name[2]} {name[1]}" for name in names if name]
    return _people(cell)


def _ids(**given: str) -> list[str]:
    return [found for scheme, value in given.items() if (found := identifier(scheme, value))]


def _dois(cell: str) -> list[str]:
    """The DOIs in running text; brackets and marks that a sentence leaves behind one are taken off later."""
    return _DOI.findall(cell)
