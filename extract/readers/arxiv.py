"""arXiv's metadata in its three forms: the API's Atom feed, OAI-PMH, and the snapshot as JSON Lines.

    https://info.arxiv.org/help/api/user-manual.html          feed/entry: id, published, title, summary, author/name
    https://info.arxiv.org/help/oa/index.html                 record/metadata: arXiv, arXivRaw (with versions), oai_dc
    https://www.kaggle.com/datasets/Cornell-University/arxiv  id, authors_parsed, categories, versions, update_date

Titles and abstracts are wrapped, so blanks are joined. Versions of a paper are one paper, its date that of the first.
`oai_dc` is also what other repositories answer with, and is read from them too.
"""

import calendar
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from extract.dates import read_date
from extract.identifiers import identifier
from extract.readers.accents import accented
from extract.readers.fields import compose
from extract.readers.json_stream import json_papers, json_records
from extract.readers.xml_stream import Element, child_text, elements, local_name, shown, text_of
from extract.records import Paper, Reject

_ATOM = "{http://www.w3.org/2005/Atom}"
_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_SNAPSHOT = {"id", "title", "abstract", "categories"}
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.I)
_PARTED = re.compile(r"\s*[,;]\s*(?:and\s+)?|\s+and\s+|\s+&\s+")
_MOST_NESTED = 5  # parentheses in parentheses in an author line


def is_arxiv_atom(root: str) -> bool:
    """Whether a root element is a feed of the API."""
    return root in (f"{_ATOM}feed", f"{_ATOM}entry")


def is_arxiv_oai(root: str) -> bool:
    """Whether a root element is an answer of OAI-PMH, or a part of one that was saved."""
    return root in (
        f"{_OAI}OAI-PMH",
        f"{_OAI}ListRecords",
        f"{_OAI}GetRecord",
        f"{_OAI}record",
        "OAI-PMH",
        "ListRecords",
    )


def is_arxiv_snapshot(record: Mapping[str, object]) -> bool:
    """Whether an object is a record of the snapshot."""
    return record.keys() >= _SNAPSHOT and bool({"authors_parsed", "versions"} & record.keys())


def read_arxiv_atom(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """The entries of a feed, or of several behind each other. What is not of arXiv, as an error, is a reject."""
    for line, entry in elements(stream, label, ("entry",)):
        try:
            yield _of_entry(entry, f"{label}:{line}")
        except ValueError as reason:
            yield Reject(label, line, str(reason), shown(entry))


def _of_entry(entry: Element, source: str) -> Paper:
    title, summary = child_text(entry, "{*}title"), child_text(entry, "{*}summary")
    number = identifier("arxiv", child_text(entry, "{*}id"))
    if number is None and title.lower() == "error":
        raise ValueError(f"the API gave an error: {summary[:100] or 'no reason'}")
    if number is None:
        raise ValueError("no arXiv identifier")
    return _compose(
        source,
        number,
        dates=[child_text(entry, "{*}published"), child_text(entry, "{*}updated")],
        title=title,
        abstract=summary,
        authors=[child_text(author, "{*}name") for author in entry.iterfind("{*}author")],
        doi=child_text(entry, "{*}doi"),
        venue=child_text(entry, "{*}journal_ref"),
        keywords=[part.get("term", "") for part in entry.iterfind("{*}category")],
    )


def read_arxiv_oai(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """The records of an answer, or of several behind each other. Deleted records and errors are rejects."""
    for line, record in elements(stream, label, ("record", "error")):
        try:
            yield _of_record(record, f"{label}:{line}")
        except ValueError as reason:
            yield Reject(label, line, str(reason), shown(record))


def _of_record(record: Element, source: str) -> Paper:
    header, body = record.find("{*}header"), record.find("{*}metadata/*")
    if local_name(record) == "error":
        raise ValueError(f"the repository gave an error: {record.get('code', '')[:100] or 'no reason'}")
    if header is not None and header.get("status") == "deleted":
        raise ValueError("deleted")
    if body is None:
        raise ValueError("no metadata")
    number = identifier("arxiv", child_text(body, "{*}id") or child_text(header, "{*}identifier"))
    return _of_dublin_core(body, number, source) if local_name(body) == "dc" else _of_arxiv(body, number, source)


def _of_arxiv(body: Element, number: str | None, source: str) -> Paper:
    """`arXiv` has an element an author, `arXivRaw` a line of authors and the dates of all versions."""
    authors = [_person(author) for author in body.iterfind("{*}authors/{*}author")]
    dates = [text_of(date) for date in (*body.iterfind("{*}version/{*}date"), *body.iterfind("{*}created"))]
    return _compose(
        source,
        number,
        dates=dates or [child_text(body, "{*}updated")],
        title=accented(child_text(body, "{*}title")),
        abstract=accented(child_text(body, "{*}abstract")),
        authors=authors or split_authors(child_text(body, "{*}authors")),
        doi=child_text(body, "{*}doi"),
        venue=accented(child_text(body, "{*}journal-ref")),
        keywords=child_text(body, "{*}categories").split(),
    )


def _person(author: Element) -> str:
    names = (child_text(author, f"{{*}}{part}") for part in ("forenames", "keyname", "suffix"))
    return " ".join(name for name in names if name)


def _of_dublin_core(body: Element, number: str | None, source: str) -> Paper:
    def texts(name: str) -> list[str]:
        return [text for part in body.iterfind(f"{{*}}{name}") if (text := text_of(part))]

    told = texts("identifier")
    number = number or next((found for text in told if (found := identifier("arxiv", text))), None)
    plain = [text for text in told if number and ":" not in text.partition(" ")[0]]  # what is left is a journal's
    return _compose(
        source,
        number,
        dates=texts("date"),
        title=" ".join(texts("title")[:1]),
        abstract=next((text for text in texts("description") if not text.startswith("Comment")), None),
        authors=[_turned(name) for name in texts("creator")],
        doi=next((found for text in told if (found := identifier("doi", text)) and found.startswith("doi:")), None),
        venue=next((text for text in plain if not identifier("doi", text)), None),
        keywords=texts("subject"),
    )


def _turned(name: str) -> str:
    """`Family, Given` the other way round."""
    family, _, given = name.partition(",")
    return f"{given} {family}".strip()


def read_arxiv_snapshot(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """The records of the snapshot, one JSON object a line."""
    return json_papers(json_records(stream, label), label, _of_snapshot)


def _of_snapshot(record: Mapping[str, object], source: str) -> Paper:
    given, versions, categories = record.get("id"), record.get("versions"), record.get("categories")
    told = versions if isinstance(versions, list) else []
    created = [version.get("created") for version in told if isinstance(version, dict)]
    return _compose(
        source,
        identifier("arxiv", given) or given,
        dates=created or [record.get("update_date")],
        title=_joined(record.get("title")),
        abstract=_joined(record.get("abstract")),
        authors=_parsed(record.get("authors_parsed")) or _split(record.get("authors")),
        doi=record.get("doi"),
        venue=_joined(record.get("journal-ref")),
        keywords=categories.split() if isinstance(categories, str) else categories,
    )


def _joined(value: object) -> object:
    return accented(" ".join(value.split())) if isinstance(value, str) else value


def _split(value: object) -> object:
    return split_authors(" ".join(value.split())) if isinstance(value, str) else value


def _parsed(value: object) -> list[str]:
    """Names out of [family, given, suffix, affiliations ...]."""
    if not isinstance(value, list | None):
        raise ValueError("authors_parsed is not a list of names")
    names = []
    for parts in value or ():
        if not isinstance(parts, list) or not all(isinstance(part, str | None) for part in parts[:3]):
            raise ValueError("authors_parsed is not a list of names")
        family, given, suffix = (*parts[:3], "", "", "")[:3]
        names.append(accented(" ".join(part.strip() for part in (given, family, suffix) if part)))
    return names


def split_authors(line: str) -> list[str]:
    r"""The names of an author line, without affiliations.

    >>> split_authors("A. One (Uni X, Y (Z)), B. Two, Jr. and Zo\\'e Three")
    ['A. One', 'B. Two Jr.', 'Zoé Three']
    """
    for _ in range(_MOST_NESTED):
        line = re.sub(r"\s*\([^()]*\)", "", line)
    names: list[str] = []
    for part in _PARTED.split(accented(line)):
        if names and _SUFFIX.fullmatch(part):
            names[-1] += f" {part}"
        elif part:
            names.append(part)
    return names


def _compose(source: str, number: object, *, dates: Iterable[object], doi: object, **values: object) -> Paper:
    bare = number.removeprefix("arxiv:") if isinstance(number, str) else ""
    dois = doi.split() if isinstance(doi, str) else []
    return compose(
        source,
        arxiv=number,
        date=first_date(bare, dates),
        url=f"https://arxiv.org/abs/{bare}" if identifier("arxiv", bare) else None,
        doi=dois[0] if dois else doi,
        ids=dois[1:],
        **values,
    )


def first_date(number: str, dates: Iterable[object]) -> str | None:
    """The earliest of dates, but the month in the paper's number (2112.09127, hep-th/9901001) where all are later.

    Later than that month none can be the first version's: records of OAI-PMH also hold the last one's as `created`.
    """
    days = [day for date in dates if isinstance(date, str) and (day := read_date(date)[1])]
    found = re.match(r"(?:\d{4}(?=\.)|.*/\d{4})", number)
    month = _month(found[0][-4:]) if found else None
    if month is None:
        return min(days, default=None)
    year, last = int(month[:4]), calendar.monthrange(int(month[:4]), int(month[5:7]))[1]
    early = [day for day in days if day <= f"{year}-{month[5:7]}-{last:02d}"]
    return min(early, default=month)


def _month(digits: str) -> str | None:
    year, month = int(digits[:2]), int(digits[2:])
    return f"{2000 + year if year < 91 else 1900 + year}-{month:02d}-01" if 1 <= month <= 12 else None
