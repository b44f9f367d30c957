"""Sources to papers. A reader takes a stream of bytes and a label, and gives papers and rejects."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from extract.readers.acl import read_acl
from extract.readers.arxiv import read_arxiv_atom, read_arxiv_oai, read_arxiv_snapshot
from extract.readers.bibtex import read_bibtex
from extract.readers.crossref import read_crossref
from extract.readers.daily_papers import read_daily_papers
from extract.readers.exports import read_export
from extract.readers.fields import FIELDS, check_mapping
from extract.readers.files import expand, label_of, opened, suffix_of
from extract.readers.huggingface import read_huggingface
from extract.readers.openalex import read_openalex
from extract.readers.pubmed import read_pubmed
from extract.readers.ris import read_endnote, read_ris
from extract.readers.semantic_scholar import read_semantic_scholar
from extract.readers.sniff import HEAD, sniff
from extract.readers.table import read_csv, read_json, read_jsonl, read_parquet
from extract.readers.tagged import read_isi, read_nbib
from extract.records import Paper, Reject, Supplement

__all__ = ["FIELDS", "FORMATS", "READERS", "Reader", "check_mapping", "expand", "label_of", "read_source"]

Record = Paper | Reject | Supplement
Reader = Callable[[BinaryIO, str], Iterator[Record]]

_TABLES = {"jsonl": read_jsonl, "json": read_json, "csv": read_csv, "parquet": read_parquet}

READERS: dict[str, Reader] = {
    "acl": read_acl,
    "arxiv_atom": read_arxiv_atom,
    "arxiv_oai": read_arxiv_oai,
    "arxiv_snapshot": read_arxiv_snapshot,
    "bibtex": read_bibtex,
    "crossref": read_crossref,
    "daily_papers": read_daily_papers,
    "endnote": read_endnote,
    "export": read_export,
    "huggingface": read_huggingface,
    "isi": read_isi,
    "nbib": read_nbib,
    "openalex": read_openalex,
    "pubmed": read_pubmed,
    "ris": read_ris,
    "semantic_scholar": read_semantic_scholar,
    **_TABLES,
}
"""Format -> reader. The readers of tables also take `mapping` (column -> field)."""

FORMATS = {**dict.fromkeys(_TABLES, "table"), "arxiv_atom": "arxiv", "arxiv_oai": "arxiv", "arxiv_snapshot": "arxiv"}
"""What `Paper.format` says where it is not the key in READERS."""


def read_source(path: Path, *, mapping: Mapping[str, str] | None = None) -> Iterator[Record]:
    """The papers, supplements and rejects of one file, in its order; format and compression are told by its content.

    `mapping` (column -> field) names the columns of tables; pages of text have none. SourceError where the
    file cannot be read, at once or in the middle: a damaged archive is known only when it is reached.
    """
    names = mapping or {}
    check_mapping(names)
    with opened(path) as stream:
        kind = sniff(stream.read(HEAD), label_of(path), suffix_of(path), mapping=names)
    reader = partial(_TABLES[kind], mapping=names) if kind in _TABLES else READERS[kind]
    named = FORMATS.get(kind, kind)
    with opened(path) as stream:
        for record in reader(stream, label_of(path)):
            yield replace(record, format=named) if isinstance(record, Paper) else record
