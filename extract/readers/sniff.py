"""Which format a file is in: its content tells first, its suffix where the content leaves it open."""

import codecs
import json
import re
from collections.abc import Mapping
from typing import Any

from extract.errors import SourceError
from extract.readers.acl import is_acl
from extract.readers.arxiv import is_arxiv_atom, is_arxiv_oai, is_arxiv_snapshot
from extract.readers.bibtex import is_bibtex
from extract.readers.crossref import is_crossref
from extract.readers.daily_papers import is_daily_papers
from extract.readers.exports import is_export
from extract.readers.fields import columns
from extract.readers.huggingface import looks_like_page
from extract.readers.openalex import is_openalex
from extract.readers.pubmed import is_pubmed
from extract.readers.ris import is_endnote, is_ris
from extract.readers.semantic_scholar import is_semantic_scholar
from extract.readers.table import DELIMITERS, delimiter_of, split_header
from extract.readers.tagged import is_isi, is_nbib
from extract.readers.xml_stream import root_name

HEAD = 2**16
"""Bytes that are looked at."""

_JSON = {
    "openalex": is_openalex,
    "crossref": is_crossref,
    "daily_papers": is_daily_papers,
    "arxiv_snapshot": is_arxiv_snapshot,
    "semantic_scholar": is_semantic_scholar,
}
_XML = {"arxiv_atom": is_arxiv_atom, "arxiv_oai": is_arxiv_oai, "acl": is_acl, "pubmed": is_pubmed}
_TAGGED = {"ris": is_ris, "endnote": is_endnote, "isi": is_isi, "nbib": is_nbib}

_BY_SUFFIX = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".bib": "bibtex",
    ".txt": "huggingface",
}
_BINARY = {b"%PDF-": "PDF", b"PK\x03\x04": "a ZIP archive or office document", b"\x7fELF": "a program"}
_CONTROLS = bytes({*range(32)} - {*b"\t\n\r\f\x1b"})
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FORMATS = (
    "tables (JSON Lines, JSON, CSV, TSV, Parquet), BibTeX, RIS, EndNote, exports of Web of Science, Scopus, The Lens "
    "and Zotero, JSON of OpenAlex, Semantic Scholar, Crossref and Hugging Face, XML of arXiv, PubMed and the ACL "
    "Anthology, Hugging Face pages as text; plain or gzip, zstd, bz2"
)
_decoder = json.JSONDecoder(strict=False)
_PAGES = 4  # objects that a record lies in, at most
_SPACE = re.compile(r"[\s,]*")


def sniff(head: bytes, label: str, suffix: str, *, mapping: Mapping[str, str]) -> str:
    """The key in READERS for a file that starts with `head`; SourceError where it is none of them.

    `mapping` names columns: what it is given for is a table.
    """
    if head.startswith(b"PAR1"):
        return "parquet"
    _check_text(head, label)
    text = head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace").lstrip()
    if not text and len(head) < HEAD:
        raise SourceError(f"{label} is empty")
    if text[:15].lower().startswith(("<!doctype html", "<html")):
        raise SourceError(f"{label} is an HTML page (an error, or a sign-in?), not its data: fetch it again")
    if found := _by_content(text, suffix, mapping):
        return found
    strict = suffix not in ("", ".txt") or text.startswith(("<", "@", "%"))
    found = "huggingface" if looks_like_page(text, strict=strict) else _BY_SUFFIX.get(suffix, "")
    if not found:
        raise SourceError(f"{label} is in no format that is read: {_FORMATS}")
    return found


def _by_content(text: str, suffix: str, mapping: Mapping[str, str]) -> str:
    if kind := _json_kind(text, suffix):
        whole = {} if mapping else _members(text, 0) or {}
        record = _inner(whole)
        return next((name for name, known in _JSON.items() if known(whole) or known(record)), kind)
    if text.startswith("<"):
        root = root_name(text)
        return next((name for name, known in _XML.items() if known(root)), "")
    tagged = next((name for name, known in _TAGGED.items() if known(text)), "")
    return tagged or _table_kind(text, mapping) or ("bibtex" if is_bibtex(text) else "")


def _check_text(head: bytes, label: str) -> None:
    """SourceError for binary data and UTF-16; a few control characters are still text."""
    if head.startswith(_UTF16):
        raise SourceError(f"{label} is UTF-16: convert it, iconv -f UTF-16 -t UTF-8 {label} > NEW")
    name = next((name for magic, name in _BINARY.items() if head.startswith(magic)), "")
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if name or controls > max(8, len(head) // 50):
        raise SourceError(f"{label} is {name or 'binary data'}, not text; what is read: {_FORMATS}")


def _json_kind(text: str, suffix: str) -> str:
    """`jsonl` where the first line is a whole object, `json` where an array or object begins."""
    if re.match(r"\[\s*[\[{\]n]", text):
        return "json"
    if not text.startswith("{"):
        return ""
    if suffix in (".jsonl", ".ndjson"):
        return "jsonl"
    try:
        first = json.loads(text.partition("\n")[0], strict=False)
    except (ValueError, RecursionError):
        opens_list = re.match(r"\{\s*\"[^\"]*\"\s*:\s*\[\s*\{", text)
        return "json" if suffix == ".json" or opens_list or re.match(r"\{\s*\n", text) else "jsonl"
    lists = any(isinstance(value, list) and value and isinstance(value[0], dict) for value in first.values())
    single = "\n" not in text.strip()
    return "json" if single and (lists or suffix == ".json") else "jsonl"


def _inner(record: dict[str, Any]) -> dict[str, Any]:
    """What a page holds first; a record is itself. A page has no title, and objects in a list, perhaps further in."""
    for _ in range(_PAGES):
        if {"title", "paper", "corpusid", "paperId", "DOI"} & record.keys():
            break
        record = next((first for value in record.values() if (first := _first_of(value))), record)
    return record


def _first_of(value: object) -> dict[str, Any]:
    """The first object of a list, or an object that holds one under `items`."""
    first = next((each for each in value if isinstance(each, dict)), None) if isinstance(value, list) else value
    known = isinstance(first, dict) and len(first) > 2 and (isinstance(value, list) or "items" in first)
    return first if known and isinstance(first, dict) else {}


def _members(text: str, at: int, depth: int = 0) -> Any:
    """The whole members of the object that begins there, as far as the text goes; of an array its first object."""
    closing = {"{": "}", "[": "]"}.get(text[at : at + 1])
    if closing is None:
        return None
    named: dict[str, Any] = {}
    listed: list[Any] = []
    end = _SPACE.match(text, at + 1).end()  # type: ignore[union-attr]
    while end < len(text) and text[end] != closing:
        key = ""
        try:
            if closing == "}":
                key, end = _decoder.raw_decode(text, end)
                end = _SPACE.match(text, text.index(":", end) + 1).end()  # type: ignore[union-attr]
            value, after = _decoder.raw_decode(text, end)
        except (ValueError, RecursionError):
            value, after = _members(text, end, depth + 1) if depth < _PAGES else None, len(text)
        named[str(key)] = value
        listed.append(value)
        if closing == "]" and isinstance(value, dict):
            return value
        end = _SPACE.match(text, after).end()  # type: ignore[union-attr]
    return named if closing == "}" else next((each for each in listed if isinstance(each, dict)), None if depth else {})


def _table_kind(text: str, mapping: Mapping[str, str]) -> str:
    """`csv` where the first line is a header with a title and an abstract, `export` where a database wrote it."""
    header = text.splitlines()[0] if text else ""
    marks = [mark for mark in DELIMITERS if mark in header]
    if not mapping and any(is_export(split_header(header, mark)) for mark in marks):
        return "export"
    if not marks:
        return ""
    names = split_header(header, delimiter_of(header, mapping))
    return "csv" if {"title", "abstract"} <= columns(tuple(names), mapping).keys() else ""
