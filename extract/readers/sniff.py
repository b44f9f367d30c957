"""Which format a file is in: its content tells first, its suffix where the content leaves it open."""

import codecs
import json
import re
from collections.abc import Mapping

from extract.errors import SourceError
from extract.readers.fields import columns
from extract.readers.huggingface import looks_like_page
from extract.readers.table import DELIMITERS, delimiter_of, split_header

HEAD = 2**16
"""Bytes that are looked at."""

_BY_SUFFIX = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "huggingface",
}
_BINARY = {b"%PDF-": "PDF", b"PK\x03\x04": "a ZIP archive or office document", b"\x7fELF": "a program"}
_CONTROLS = bytes({*range(32)} - {*b"\t\n\r\f\x1b"})
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FORMATS = "Hugging Face paper pages as text, JSON Lines, JSON, CSV, TSV and Parquet, plain or gzip, zstd, bz2"


def sniff(head: bytes, label: str, suffix: str, *, mapping: Mapping[str, str]) -> str:
    """The key in READERS for a file that starts with `head`; SourceError where it is none of them."""
    if head.startswith(b"PAR1"):
        return "parquet"
    _check_text(head, label)
    text = head.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace").lstrip()
    if not text and len(head) < HEAD:
        raise SourceError(f"{label} is empty")
    found = _json_kind(text, suffix) or _table_kind(text, mapping)
    if not found and looks_like_page(text, strict=suffix not in ("", ".txt") or text.startswith(("<", "@", "%"))):
        found = "huggingface"
    found = found or _BY_SUFFIX.get(suffix, "")
    if not found:
        raise SourceError(f"{label} is in no format that is read: {_FORMATS}")
    return found


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
    if re.match(r"\[\s*[\[{\]]", text):
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


def _table_kind(text: str, mapping: Mapping[str, str]) -> str:
    """`csv` where the first line is a header with a title and an abstract."""
    header = text.splitlines()[0] if text else ""
    if not any(mark in header for mark in DELIMITERS):
        return ""
    names = split_header(header, delimiter_of(header, mapping))
    return "csv" if {"title", "abstract"} <= columns(tuple(names), mapping).keys() else ""
