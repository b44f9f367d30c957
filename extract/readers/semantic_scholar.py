"""Semantic Scholar: papers of the Graph API, and the bulk data sets `papers`, `abstracts` and `citations`.

The API gives a paper, an array of them with null for what it does not know, pages (`{"total": .., "data": [..]}`), and
lists of references or citations (`{"data": [{"citedPaper": ..}]}`). The data sets are JSON Lines that share the key
`corpusid`: a row of `papers` is a paper without abstract and references; rows of `abstracts` and `citations` are
Supplements of it, joined where all files are read. The schemas: https://api.semanticscholar.org/api-docs/graph and
https://api.semanticscholar.org/api-docs/datasets.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from extract.identifiers import identifier
from extract.readers.fields import abstract_text, compose
from extract.readers.json_stream import json_records
from extract.readers.loose import as_dict, as_list, as_text, unmarked
from extract.readers.text import excerpt
from extract.records import Paper, Reject, Supplement

LISTS = ("data", "recommendedPapers", "papers")
"""Where a page of the API holds its papers."""

MOST_JOINED = 10_000
"""Rows of `citations` that one Supplement joins at most: a bound on memory, not on references."""

_SCHEMES = {
    "doi": "doi", "arxiv": "arxiv", "acl": "acl", "pubmed": "pmid", "pubmedcentral": "pmcid", "mag": "mag",
    "dblp": "dblp", "corpusid": "corpusid",
}  # fmt: skip
_CITED_BY = {"ArXiv": "arxiv", "DOI": "doi"}  # what other sources name a cited paper by too
_PAPER_ID = re.compile(r"[0-9a-f]{40}")


def read_semantic_scholar(stream: BinaryIO, label: str) -> Iterator[Paper | Reject | Supplement]:
    """Papers, and Supplements for the papers of other files. SourceError where a document is no JSON.

    Rows of `citations` that follow each other and have one citing paper are one Supplement.
    """
    citing, line, cited = "", 0, dict[str, None]()
    for number, record, raw in json_records(stream, label, lists=LISTS):
        try:
            found = _read(record, f"{label}:{number}", raw)
        except ValueError as reason:
            yield Reject(label, number, str(reason), excerpt(raw))
            continue
        if citing and (not isinstance(found, tuple) or found[0] != citing or len(cited) >= MOST_JOINED):
            yield Supplement(citing, references=tuple(cited), source=f"{label}:{line}")
            citing, cited = "", {}
        if not isinstance(found, tuple):
            yield found
            continue
        if not citing:
            citing, line = found[0], number
        cited[found[1]] = None
    if citing:
        yield Supplement(citing, references=tuple(cited), source=f"{label}:{line}")


def is_semantic_scholar(record: Mapping[str, object]) -> bool:
    """Whether a record is a paper of the API, a page of them, or a row of one of the three data sets."""
    if isinstance(record.get("total"), int) and {"offset", "token"} & record.keys():
        return True
    data = next((record[key] for key in LISTS if isinstance(record.get(key), list)), None)
    if isinstance(data, list):
        return bool(data) and isinstance(data[0], dict) and is_semantic_scholar(data[0])
    paper_id = record.get("paperId")
    if isinstance(paper_id, str) and _PAPER_ID.fullmatch(paper_id):
        return True
    if "corpusid" in record:
        return bool({"externalids", "openaccessinfo"} & record.keys()) or "title" not in record
    return {"citingcorpusid", "citedcorpusid"} <= record.keys() or any(
        isinstance(record.get(key), dict) for key in ("citedPaper", "citingPaper")
    )


def _read(record: dict[str, Any] | str, source: str, raw: str) -> Paper | Supplement | tuple[str, str]:
    """A paper, the abstract of one, or the identifiers of a citing and a cited one; ValueError says why none."""
    if isinstance(record, str):
        raise ValueError("null: Semantic Scholar does not know this paper" if raw == "null" else record)
    if "citingcorpusid" in record:
        return _corpus_id(record, "citingcorpusid"), _corpus_id(record, "citedcorpusid")
    if "corpusid" in record and "abstract" in record and "title" not in record:
        text = abstract_text(unmarked(record["abstract"]))
        if not text:
            raise ValueError("no abstract")
        return Supplement(_corpus_id(record, "corpusid"), abstract=text, source=source)
    return _paper(as_dict(record.get("citedPaper")) or as_dict(record.get("citingPaper")) or record, source)


def _corpus_id(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if type(value) is int and value > 0:
        return f"corpusid:{value}"
    found = identifier("corpusid", value)
    if found is None:
        raise ValueError(f"no {key}")
    return found


def _paper(record: dict[str, Any], source: str) -> Paper:
    authors = [as_dict(item) for item in as_list(record.get("authors"))]
    fields = [
        as_dict(item).get("category") for item in as_list(record.get("s2FieldsOfStudy", record.get("s2fieldsofstudy")))
    ]
    return compose(
        source,
        title=unmarked(record.get("title")),
        abstract=unmarked(record.get("abstract")),
        year=record.get("year"),
        date=record.get("publicationDate", record.get("publicationdate")),
        venue=as_dict(record.get("publicationVenue")).get("name")
        or record.get("venue")
        or as_dict(record.get("journal")).get("name"),
        ids=_ids(record),
        url=record.get("url"),
        authors=[as_text(item.get("name")) for item in authors],
        author_ids=[_author_ids(item) for item in authors],
        keywords=[name for name in (*as_list(record.get("fieldsOfStudy")), *fields) if isinstance(name, str)],
        references=[found for item in as_list(record.get("references")) if (found := _cited(as_dict(item)))],
    )


def _ids(record: dict[str, Any]) -> list[str]:
    """All identifiers of a paper."""
    known = as_dict(record.get("externalIds") or record.get("externalids"))
    given = [
        identifier(_SCHEMES[name], value)
        for key, value in known.items()
        if value is not None and (name := key.lower()) in _SCHEMES
    ]
    given.append(identifier("s2", record.get("paperId")))
    given.append(identifier("corpusid", record.get("corpusId", record.get("corpusid"))))
    return list(dict.fromkeys(found for found in given if found))


def _cited(item: dict[str, Any]) -> str | None:
    """One identifier of a cited paper, so that it counts once: one that other sources have too, else what there is."""
    paper = as_dict(item.get("citedPaper")) or item
    known = as_dict(paper.get("externalIds"))
    for key, scheme in _CITED_BY.items():
        if key in known and (found := identifier(scheme, known[key])):
            return found
    return identifier("s2", paper.get("paperId")) or next(iter(_ids(paper)), None)


def _author_ids(author: dict[str, Any]) -> str:
    found = identifier("s2author", author.get("authorId")) or ""
    orcid = identifier("orcid", as_dict(author["externalIds"]).get("ORCID")) if "externalIds" in author else None
    return f"{found} {orcid}" if orcid else found
