"""Works of Crossref: single works and pages of the REST API, files of the public data set, JSON Lines.

A work has lists for title, subtitle and container title, an abstract in JATS, dates as `date-parts`, and a DOI for each
reference that has one. Records that are no papers (journals, issues, components) are rejects. The schema:
https://api.crossref.org/swagger-ui/index.html and https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md;
relations: https://www.crossref.org/documentation/schema-library/markup-guide-metadata-segments/relationships/.
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from extract.identifiers import identifier
from extract.readers.fields import compose
from extract.readers.json_stream import json_papers, json_records
from extract.readers.loose import as_dict, as_list, as_text
from extract.readers.markup import plain_text
from extract.records import Paper, Reject

LISTS = ("items",)
"""Where a page of the API, and a file of the public data set, holds its works."""

NO_PAPERS = frozenset((
    "book-series", "book-set", "component", "database", "grant", "journal", "journal-issue", "journal-volume",
    "peer-review", "proceedings", "proceedings-series", "report-component", "report-series", "standard-series",
))  # fmt: skip
"""Types of works that are parts, containers or opinions of papers."""

_MARKS = frozenset((
    "DOI", "content-domain", "deposited", "indexed", "is-referenced-by-count", "member", "prefix", "reference-count",
    "references-count",
))  # fmt: skip
_SAME_WORK = ("is-preprint-of", "has-preprint", "is-version-of")
_PUBLISHED = ("published", "published-print", "published-online", "issued", "posted")


def read_crossref(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """Each work a paper; line numbers are those on which works begin. SourceError where a page is no JSON."""
    return json_papers(
        json_records(stream, label, lists=LISTS), label, lambda record, source: _paper(_work(record), source)
    )


def is_crossref(record: Mapping[str, object]) -> bool:
    """Whether a record is a work, an answer of the API or a page of works, by fields that no other source has."""
    if "message-type" in record and "message" in record:
        return True
    items = record.get("items")
    if isinstance(items, list) and items and isinstance(items[0], dict):
        return is_crossref(items[0])
    return len(_MARKS & record.keys()) >= 3


def _work(record: dict[str, Any]) -> dict[str, Any]:
    """The work in an answer of the API; a work by itself as it is."""
    if "message-type" not in record:
        return record
    if record["message-type"] != "work":
        raise ValueError(f"no paper: {as_text(record['message-type']) or 'not a work'}")
    return as_dict(record.get("message"))


def _paper(work: dict[str, Any], source: str) -> Paper:
    """ValueError, its message the reason, where a work is no paper."""
    if as_text(work.get("type")) in NO_PAPERS:
        raise ValueError(f"no paper: {work['type']}")
    authors = [as_dict(author) for author in as_list(work.get("author"))]
    return compose(
        source,
        title=_title(work),
        abstract=_plain(work.get("abstract")),
        date=_date(work),
        venue=_venue(work),
        doi=work.get("DOI"),
        ids=_other_ids(work),
        url=work.get("URL"),
        authors=[_name(author) for author in authors],
        author_ids=[identifier("orcid", author.get("ORCID")) or "" for author in authors],
        keywords=[_plain(subject) for subject in as_list(work.get("subject")) if isinstance(subject, str)],
        references=_references(work),
    )


def _title(work: dict[str, Any]) -> object:
    """Title and subtitle, where the one does not hold the other."""
    title, subtitle = (_plain(_first(work.get(key))) for key in ("title", "subtitle"))
    if not isinstance(title, str) or not isinstance(subtitle, str) or not subtitle:
        return title
    if not title or subtitle.casefold() in title.casefold():
        return title
    return f"{title.rstrip(':')}: {subtitle}"


def _venue(work: dict[str, Any]) -> object:
    """The journal or book, else the event, else who posted the preprint."""
    named = _first(work.get("container-title")) or as_dict(work.get("event")).get("name")
    return _plain(named or as_dict(_first(work.get("institution"))).get("name"))


def _date(work: dict[str, Any]) -> str | None:
    """The first day of publication, the fuller one of two in a year or month; else when the DOI was made."""
    told = [parts for key in _PUBLISHED if (parts := _date_parts(work.get(key)))]
    parts = min(told, key=lambda parts: (*parts, 99, 99)[:3]) if told else _date_parts(work.get("created"))
    return "-".join(f"{part:04}" if at == 0 else f"{part:02}" for at, part in enumerate(parts)) or None


def _date_parts(value: object) -> list[int]:
    """Year, month and day, as many as are given; nothing for `[[null]]`."""
    parts = as_list(_first(as_dict(value).get("date-parts")))
    numbers: list[int] = []
    for part, most in zip(parts, (9999, 12, 31), strict=False):
        if not isinstance(part, int) or isinstance(part, bool) or not 1 <= part <= most:
            break
        numbers.append(part)
    return numbers


def _name(author: dict[str, Any]) -> str:
    """Of a person or, with one `name`, of a group."""
    parts = [author.get(key) for key in ("given", "family", "suffix")]
    return plain_text(" ".join(part for part in parts if isinstance(part, str)) or as_text(author.get("name")))


def _references(work: dict[str, Any]) -> list[str]:
    given = [identifier("doi", as_dict(item).get("DOI")) for item in as_list(work.get("reference"))]
    return [found for found in given if found]


def _other_ids(work: dict[str, Any]) -> list[str]:
    """DOIs and arXiv ids of the same work as a preprint, or as published. Those alone would pass for its own."""
    if not identifier("doi", work.get("DOI")):
        return []
    relation = as_dict(work.get("relation"))
    related = [as_dict(item) for kind in _SAME_WORK for item in as_list(relation.get(kind))]
    schemes = [(item.get("id"), as_text(item.get("id-type"))) for item in related]
    return [found for value, scheme in schemes if scheme in ("doi", "arxiv") and (found := identifier(scheme, value))]


def _first(value: object) -> object:
    """The first of a list that is not empty; what is no list as it is."""
    return next((item for item in value if item), None) if isinstance(value, list) else value


def _plain(value: object) -> object:
    return plain_text(value) if isinstance(value, str) else value
