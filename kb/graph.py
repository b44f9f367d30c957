"""The graph as a server holds it: the rows of each label and type, with two properties of our own.

`kb_keys` are the folded names a node answers to, `kb_hash` a number that changes with the row. A node or relationship
without `kb_hash` is not ours, and nothing here touches it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from kb import schema
from kb.export import rows
from kb.fold import fold
from kb.search import entity_names, paper_names
from kb.tables import Tables

HASH_BITS = 44
"""Of `kb_hash`: a server sums half a million of them in 64 bits, and one changed row in 10^13 goes unseen."""

LONGEST_KEY = 4_000
"""Characters: Lucene takes no longer term than 32,766 bytes."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one label, or of one relationship type between two labels, sorted by id.

    `frame` has the columns `id` (of edges `source` and `target`), those of `columns`, and last `kb_hash`.
    """

    name: str
    columns: tuple[str, ...]
    frame: pl.DataFrame
    ends: tuple[str, str] | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that name a row."""
        return ("source", "target") if self.ends else ("id",)


def nodes(tables: Tables) -> Iterator[Part]:
    """A part for each label of the schema, also for one without nodes."""
    for label, typed in schema.NODES.items():
        frame = rows.papers(tables) if label == "Paper" else rows.entities(tables, label)
        keys = _paper_keys(frame) if label == "Paper" else _entity_keys(frame)
        frame = frame.with_columns(pl.Series(schema.KEYS, keys, dtype=pl.List(pl.String)))
        columns = (*(name for name in typed if name != "id"), schema.KEYS)
        yield Part(label, columns, _hashed(label, frame))


def edges(tables: Tables) -> Iterator[Part]:
    """A part for each type and pair of labels of the schema, also for one without edges."""
    for type_, (source, targets, typed) in schema.EDGES.items():
        own = tables.edges.filter(pl.col("type") == type_).select("source", "target", *typed)
        for target in targets:
            frame = own.filter(pl.col("target").str.starts_with(f"{target.lower()}:"))
            yield Part(type_, tuple(typed), _hashed(type_, frame), (source, target))


def _paper_keys(frame: pl.DataFrame) -> list[list[str]]:
    return [_keys(paper_names(*row)) for row in frame.select("title", "doi", "arxiv").iter_rows()]


def _entity_keys(frame: pl.DataFrame) -> list[list[str]]:
    return [_keys(entity_names(*row)) for row in frame.select("name", "aliases").iter_rows()]


def _keys(names: Iterable[tuple[str, int]]) -> list[str]:
    keys = {fold(text): None for text, _ in names}
    return [key for key in keys if key and len(key) <= LONGEST_KEY]


def _hashed(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `kb_hash`: the first bits of BLAKE2 over the row as JSON."""
    numbers = [
        digest(f"{name}{text}") for text in frame.select(pl.struct(pl.all()).struct.json_encode()).to_series()
    ]
    return frame.with_columns(pl.Series(schema.HASH, numbers, dtype=pl.Int64))


def digest(text: str) -> int:
    """A number of HASH_BITS bits."""
    whole = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(whole) >> (64 - HASH_BITS)
