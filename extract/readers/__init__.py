"""Sources to papers. A reader takes a stream of bytes and a label, and gives papers and rejects."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from extract.readers.fields import FIELDS, check_mapping
from extract.readers.files import expand, label_of, opened, suffix_of
from extract.readers.huggingface import read_huggingface
from extract.readers.sniff import HEAD, sniff
from extract.readers.table import read_csv, read_json, read_jsonl, read_parquet
from extract.records import Paper, Reject

__all__ = ["FIELDS", "READERS", "Reader", "check_mapping", "expand", "label_of", "read_source"]

Reader = Callable[[BinaryIO, str], Iterator[Paper | Reject]]

_TABLES = {"jsonl": read_jsonl, "json": read_json, "csv": read_csv, "parquet": read_parquet}

READERS: dict[str, Reader] = {"huggingface": read_huggingface, **_TABLES}
"""Format -> reader. The readers of tables also take `mapping` (column -> field)."""


def read_source(path: Path, *, mapping: Mapping[str, str] | None = None) -> Iterator[Paper | Reject]:
    """The papers and rejects of one file, in its order; format and compression are told by its content.

    `mapping` (column -> field) names the columns of tables; pages of text have none. SourceError where the
    file cannot be read, at once or in the middle: a damaged archive is known only when it is reached.
    """
    names = mapping or {}
    check_mapping(names)
    with opened(path) as stream:
        kind = sniff(stream.read(HEAD), label_of(path), suffix_of(path), mapping=names)
    reader = partial(_TABLES[kind], mapping=names) if kind in _TABLES else READERS[kind]
    named = "table" if kind in _TABLES else kind
    with opened(path) as stream:
        for record in reader(stream, label_of(path)):
            yield replace(record, format=named) if isinstance(record, Paper) else record
