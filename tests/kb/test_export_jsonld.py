"""JSON-LD, expanded by hand: no processor is at hand, and the context is small."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kb.export import export
from kb.export.jsonld import iri
from tests.kb.export_fixture import NASTY, nasty_tables

SCHEMA_ORG = {
    "name", "abstract", "keywords", "alternateName", "about", "mentions", "citation", "author", "identifier", "sameAs",
    "url", "datePublished", "isPartOf", "inDefinedTermSet",
}  # fmt: skip
"""The properties of schema.org that we write."""


@pytest.fixture
def objects(tmp_path: Path) -> list[dict[str, Any]]:
    """The node objects of the file."""
    export(nasty_tables(), "jsonld", tmp_path / "papers.jsonld")
    document = json.loads((tmp_path / "papers.jsonld").read_bytes())
    assert document["@context"]["@vocab"] == "https://schema.org/" and set(document) == {"@context", "@graph"}
    found: list[dict[str, Any]] = document["@graph"]
    return found


def by_id(objects: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The objects that have an id."""
    return {each["@id"]: each for each in objects if "@id" in each}


def test_a_paper_is_an_article_with_its_links(objects: list[dict[str, Any]]) -> None:
    """Title, date, text, authors in their order; about what it introduces; mentions and citations by id."""
    first, second = (by_id(objects)[f"kb:paper:{number}"] for number in "12")
    assert (first["@type"], first["name"]) == ("ScholarlyArticle", "ICON: Implicit Clothed humans")
    assert (first["datePublished"], first["abstract"]) == ("2021-03-01", NASTY)
    assert first["author"] == [{"@id": "kb:author:a"}, {"@id": "kb:author:b"}]
    assert (first["about"], first["mentions"]) == (["kb:method:icon"], ["kb:concept:all", "kb:dataset:a&b"])
    assert second["citation"] == ["kb:paper:1"] and second["isPartOf"]["name"] == NASTY


def test_entities_are_defined_terms_and_authors_people(objects: list[dict[str, Any]]) -> None:
    """With their other names, the set they belong to, and an ORCID as an address."""
    found = by_id(objects)
    assert found["kb:method:icon"]["alternateName"] == ["ICON", NASTY, "🦜"]
    assert found["kb:method:icon"]["inDefinedTermSet"] == "kb:Method" and found["kb:method:icon"]["kb:papers"] == 2
    assert found["kb:author:a"]["@type"] == "Person"
    assert found["kb:author:a"]["sameAs"] == ["https://orcid.org/0000-0001-2345-6789"]


def test_every_edge_is_a_node_with_its_evidence(objects: list[dict[str, Any]]) -> None:
    """Typed by its kind, with both ends and the sentence."""
    edges = [each for each in objects if "@id" not in each]
    told = sorted((e["@type"], e["kb:source"], e["kb:target"]) for e in edges)
    tables = nasty_tables().edges.select("type", "source", "target").rows()
    assert told == sorted((f"kb:{type_}", iri(source), iri(target)) for type_, source, target in tables)
    assert next(e for e in edges if e["@type"] == "kb:INTRODUCES")["kb:sentence"] == NASTY


def test_every_key_is_a_known_term_and_every_id_a_urn(objects: list[dict[str, Any]]) -> None:
    """Properties are of schema.org or of our namespace; ids hold the characters of RFC 8141 alone."""
    keys = {key for each in objects for key in each if not key.startswith(("@", "kb:"))}
    assert keys <= SCHEMA_ORG
    ids = [value for each in objects for key in ("@id", "kb:source", "kb:target") if (value := each.get(key))]
    assert all(re.fullmatch(r"kb:[a-z]+:(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+", value) for value in ids)
    assert iri("paper:10.1/ä b#1") == "kb:paper:10.1/%C3%A4%20b%231"
