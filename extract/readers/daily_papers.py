"""Papers of Hugging Face as its API gives them: `/api/daily_papers` and single papers of `/api/papers/ID`.

A day is an array of entries, each with its paper inside (`{"paper": {"id": "2112.09127", ..}, "title": ..}`); a single
paper is that inner object. The id is the arXiv id. The API: https://huggingface.co/docs/hub/api and
https://huggingface.co/.well-known/openapi.json.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from extract.identifiers import identifier
from extract.readers.fields import compose
from extract.readers.json_stream import json_papers, json_records
from extract.readers.loose import as_dict, as_list, as_text
from extract.records import Paper, Reject

_PAGE = "https://huggingface.co/papers/"
_ID = re.compile(r"[\w.-]{1,40}")
_MARKS = frozenset(("ai_keywords", "ai_summary", "discussionId", "submittedOnDailyAt", "upvotes"))


def read_daily_papers(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """Each entry a paper; line numbers are those on which entries begin. SourceError where the text is no JSON."""
    return json_papers(json_records(stream, label), label, _paper)


def is_daily_papers(record: Mapping[str, object]) -> bool:
    """Whether a record is an entry of a day or a single paper, by fields that no other source has."""
    inner = record.get("paper")
    if isinstance(inner, dict):
        return "id" in inner and ("summary" in inner or "publishedAt" in inner)
    return {"id", "title", "publishedAt"} <= record.keys() and bool(_MARKS & record.keys())


def _paper(entry: dict[str, Any], source: str) -> Paper:
    inner = as_dict(entry.get("paper")) or entry
    name = as_text(inner.get("id")).strip()
    return compose(
        source,
        title=inner.get("title") or entry.get("title"),
        abstract=inner.get("summary") or entry.get("summary"),
        date=inner.get("publishedAt") or entry.get("publishedAt"),
        arxiv=identifier("arxiv", name),
        url=_PAGE + name if _ID.fullmatch(name) else None,
        authors=_authors(inner),
        keywords=[word for word in as_list(inner.get("ai_keywords")) if isinstance(word, str)],
    )


def _authors(paper: dict[str, Any]) -> list[str]:
    """Those that the page shows: hidden ones are slips of the automatic import."""
    people = [as_dict(author) for author in as_list(paper.get("authors"))]
    return [as_text(person.get("name")) for person in people if person.get("hidden") is not True]
