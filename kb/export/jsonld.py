"""JSON-LD 1.1 in the words of schema.org: linked data for search engines, triple stores and other knowledge graphs.

https://www.w3.org/TR/json-ld11/, https://schema.org. One document with its own context, so that reading it needs no
network; a node object a line.

* A paper is a ScholarlyArticle with its authors in their order, an entity a DefinedTerm of the set of its kind, an
  author a Person. What a paper introduces or addresses it is `about`, what else it names it `mentions`.
* Each edge stands once more as a node of its own type with its sentence, its offsets and its weight: `kb:USES` with
  `kb:source` and `kb:target`.
* What schema.org has no word for has the name of its column behind `kb:`, a term of this program. What has no value
  is left out.
* An id is a URN, percent-encoded where RFC 3986 asks for it: `kb:paper:2112.09127` stands for
  `urn:citation-graph-kb:paper:2112.09127`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl

from kb import schema
from kb.export import rows
from kb.export.files import whole
from kb.export.records import json_text, listed, records
from kb.tables import Tables

_REFERENCE = {"@type": "@id"}
CONTEXT: dict[str, object] = {
    "@version": 1.1,
    "@vocab": "https://schema.org/",
    "kb": "urn:citation-graph-kb:",
    "author": {"@container": "@list"},
    **dict.fromkeys(("about", "mentions", "citation", "sameAs", "inDefinedTermSet"), _REFERENCE),
    **dict.fromkeys(("kb:source", "kb:target"), _REFERENCE),
}
ABOUT = ("INTRODUCES", "ADDRESSES")
"""The edges that say what a paper is about; the other entity edges say what it mentions."""

_WORDS = {"Paper": "ScholarlyArticle", "Author": "Person"}
_COLUMNS = {"title": "name", "aliases": "alternateName", "abstract": "abstract", "keywords": "keywords"}
_PLAIN = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/-]*")


def generate_jsonld(tables: Tables) -> Iterator[str]:
    """The document in pieces."""
    yield f'{{"@context":{json_text(CONTEXT)},\n"@graph":['
    yield from listed(_objects(tables))
    yield "\n]}\n"


def write_jsonld(tables: Tables, out: Path) -> None:
    """Write the graph to the file `out`."""
    with whole(out) as [file]:
        for piece in generate_jsonld(tables):
            file.write(piece.encode())


def iri(id_: str) -> str:
    """The compact IRI of an id: `paper:10.1/a b` is `kb:paper:10.1/a%20b`."""
    return "kb:" + (id_ if _PLAIN.fullmatch(id_) else quote(id_, safe="!$&'()*+,;=:@/-._~"))


def _objects(tables: Tables) -> Iterator[dict[str, Any]]:
    for label, frame in rows.nodes(tables).items():
        if label == "Paper":
            frame = _linked(tables, frame)
        for row in records(frame):
            yield _node(label, row)
    for row in records(tables.edges):
        ends = {f"kb:{end}": iri(row.pop(end)) for end in ("source", "target")}
        yield {"@type": f"kb:{row.pop('type')}", **ends, **{f"kb:{name}": value for name, value in row.items()}}


def _linked(tables: Tables, papers: pl.DataFrame) -> pl.DataFrame:
    """The papers with the ids of what their edges lead to, as lists."""
    entity = pl.col("type").is_in(schema.ENTITY_EDGES)
    about = pl.col("type").is_in(ABOUT)
    chosen = {"@about": about, "@mentions": entity & ~about, "@citation": pl.col("type") == "CITES"}
    for name, wanted in chosen.items():
        found = (
            tables.edges.filter(wanted).group_by(pl.col("source").alias("id")).agg(pl.col("target").sort().alias(name))
        )
        papers = papers.join(found, on="id", how="left")
    wrote = tables.edges.filter(pl.col("type") == "WROTE").sort("position", "source")
    authors = wrote.group_by(pl.col("target").alias("id")).agg(pl.col("source").alias("@author"))
    return papers.join(authors, on="id", how="left").sort("id")


def _node(label: str, row: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"@id": iri(row.pop("id")), "@type": _WORDS.get(label, "DefinedTerm")}
    made["name"] = row.get("title") or row.get("name") or made["@id"].removeprefix("kb:")
    if label in schema.ENTITIES:
        made["inDefinedTermSet"] = f"kb:{label}"
    for name in ("about", "mentions", "citation"):
        if ids := row.pop(f"@{name}", None):
            made[name] = [iri(id_) for id_ in ids]
    made |= _authors(row) | _identified(row) | _published(row)
    row.pop("title", None)
    row.pop("name", None)
    return made | {_COLUMNS.get(name, f"kb:{name}"): value for name, value in row.items()}


def _authors(row: dict[str, Any]) -> dict[str, Any]:
    """The authors by reference where all are known as nodes, else by name."""
    names, ids = row.pop("authors", []), row.pop("@author", [])
    if ids and len(ids) >= len(names):
        return {"author": [{"@id": iri(id_)} for id_ in ids]}
    return {"author": [{"@type": "Person", "name": name} for name in names]} if names else {}


def _identified(row: dict[str, Any]) -> dict[str, Any]:
    """Identifiers as text, and the addresses that they stand for."""
    homes = {"doi": "https://doi.org/", "arxiv": "https://arxiv.org/abs/", "orcid": "https://orcid.org/"}
    given = {scheme: row.pop(scheme) for scheme in homes if scheme in row}
    told = [f"{scheme}:{value}" for scheme, value in given.items()]
    told += [each for each in row.pop("ids", []) if each not in told]
    same = [homes[scheme] + quote(value, safe="/:()-._;~") for scheme, value in given.items()]
    found = {"identifier": told, "sameAs": same, "url": row.pop("url", None)}
    return {name: value for name, value in found.items() if value}


def _published(row: dict[str, Any]) -> dict[str, Any]:
    day, year, venue = row.pop("date", None), row.pop("year", None), row.pop("venue", None)
    date = day.isoformat() if day else f"{year:04}" if year else None
    found = {"datePublished": date, "isPartOf": {"@type": "CreativeWork", "name": venue} if venue else None}
    return {name: value for name, value in found.items() if value}
