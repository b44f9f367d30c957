"""Works of OpenAlex: JSON Lines of the snapshot, pages of the API (`{"meta": .., "results": [..]}`) and single works.

A work's abstract is an inverted index (word -> positions); its references are OpenAlex ids. A work of the type
`paratext` (a cover, a table of contents) is no paper. The schema: https://docs.openalex.org/api-entities/works/work-object
and https://docs.openalex.org/download-all-data/snapshot-data-format.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from extract.identifiers import identifier
from extract.readers.fields import TOO_LONG_TEXT, compose
from extract.readers.json_stream import json_papers, json_records
from extract.readers.loose import as_dict, as_list, as_text, unmarked
from extract.readers.text import MAX_TEXT
from extract.records import Paper, Reject

LISTS = ("results",)
"""Where a page of the API holds its works."""

_ENTITY = re.compile(r"(?:https?://)?(?:api\.)?openalex\.org/(?:[a-z]+/)?([A-Z])\d+", re.I)
_SCHEMES = ("openalex", "doi", "mag", "pmid", "pmcid")


def read_openalex(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """Each work a paper; line numbers are those on which works begin. SourceError where a page is no JSON."""
    return json_papers(json_records(stream, label, lists=LISTS), label, _paper)


def is_openalex(record: Mapping[str, object]) -> bool:
    """Whether a record is a work, or a page of works, by its OpenAlex id or by fields that no other source has."""
    results, meta = record.get("results"), record.get("meta")
    if isinstance(meta, dict) and {"db_response_time_ms", "per_page"} & meta.keys():
        return True
    if isinstance(results, list) and "meta" in record:
        return bool(results) and isinstance(results[0], dict) and is_openalex(results[0])
    if found := _ENTITY.fullmatch(as_text(record.get("id"))):
        return found[1] in "Ww"
    return "abstract_inverted_index" in record or {"referenced_works", "authorships"} <= record.keys()


def _paper(work: dict[str, Any], source: str) -> Paper:
    """ValueError, its message the reason, where a work is no paper."""
    name = work.get("id")
    if (found := _ENTITY.fullmatch(as_text(name))) and found[1] not in "Ww":
        raise ValueError(f"not a work: {name}")
    if work.get("type") == "paratext" or work.get("is_paratext") is True:
        raise ValueError("paratext: no paper")
    place = as_dict(work.get("primary_location"))
    authors = [as_dict(item) for item in as_list(work.get("authorships"))]
    title = work.get("title") or work.get("display_name")
    return compose(
        source,
        title=unmarked(title),
        abstract=_abstract(work),
        year=work.get("publication_year"),
        date=work.get("publication_date"),
        venue=as_dict(place.get("source") or work.get("host_venue")).get("display_name"),
        doi=work.get("doi"),
        arxiv=_arxiv(work, place),
        ids=_ids(work),
        url=place.get("landing_page_url"),
        authors=[_author(item) for item in authors],
        author_ids=[_author_ids(as_dict(item.get("author"))) for item in authors],
        keywords=_names(work.get("topics")) + _names(work.get("keywords")),
        references=[f"openalex:{name.rpartition('/')[2]}" for name in _texts(work.get("referenced_works"))],
    )


def abstract_of(index: object) -> str:
    """The text of an inverted index: its words in the order of their positions, which may leave holes.

    Words that share a position both stay. ValueError where it is longer than an abstract: a word is written once and
    may stand at a million positions.

    >>> abstract_of({"We": [0], "graphs": [4, 2], "read": [1]})
    'We read graphs graphs'
    """
    words = as_dict(index)
    words = as_dict(words.get("InvertedIndex")) or words  # as Microsoft Academic Graph and early snapshots wrote it
    places = [
        (place, word)
        for word, at in words.items()
        if type(at) is list
        for place in at
        if type(place) is int and place >= 0
    ]
    if len(places) > MAX_TEXT or sum(len(word) + 1 for _, word in places) > MAX_TEXT + 1:
        raise ValueError(TOO_LONG_TEXT.format("abstract"))
    by_place = dict(places)
    if len(by_place) == len(places):
        return " ".join([by_place[place] for place in sorted(by_place)])
    return " ".join(word for _, word in sorted(set(places)))


def _abstract(work: dict[str, Any]) -> object:
    text = abstract_of(work.get("abstract_inverted_index")) or work.get("abstract")
    return unmarked(text)


def _ids(work: dict[str, Any]) -> list[str]:
    known = as_dict(work.get("ids"))
    given = [identifier(scheme, known.get(scheme)) for scheme in _SCHEMES]
    return [found for found in (identifier("openalex", work.get("id")), *given) if found]


def _arxiv(work: dict[str, Any], place: dict[str, Any]) -> str | None:
    """The arXiv id of the first copy that lies there."""
    for copy in (place, *as_list(work.get("locations"))):
        for key in ("landing_page_url", "pdf_url"):
            url = as_text(as_dict(copy).get(key))
            if "arxiv.org/" in url and (found := identifier("arxiv", url)):
                return found
    return None


def _author(authorship: dict[str, Any]) -> str:
    return as_text(as_dict(authorship.get("author")).get("display_name")) or as_text(authorship.get("raw_author_name"))


def _author_ids(author: dict[str, Any]) -> str:
    name, orcid = as_text(author.get("id")), as_text(author.get("orcid"))
    return f"openalex:{name.rpartition('/')[2]} orcid:{orcid.rpartition('/')[2]}" if name or orcid else ""


def _names(value: object) -> list[str]:
    """What topics or keywords are called; `keyword` is how older snapshots wrote it."""
    items = [as_dict(item) for item in as_list(value)]
    return [name for item in items if (name := as_text(item.get("display_name")) or as_text(item.get("keyword")))]


def _texts(value: object) -> list[str]:
    return [item for item in as_list(value) if isinstance(item, str)]
