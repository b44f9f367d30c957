"""The graph as a server holds it: the rows of each label and type, with two properties of our own.

`kb_keys` are the folded names a node answers to, `kb_hash` a number that changes with the row, `kb_place` one that
changes with its community and centrality: these move a little with every paper that comes, and are compared and written
apart, so that a load does not send every text again. A node or relationship without `kb_hash` is not ours, and nothing
here touches it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from kb import schema
from kb.export import rows
from kb.fold import fold
from kb.search import author_names, entity_names, paper_names
from kb.tables import Tables, valued

HASH_BITS = 44
"""Of `kb_hash`: a server sums half a million of them in 64 bits, and one changed row in 10^13 goes unseen."""

LONGEST_KEY = 4_000
"""Characters: Lucene takes no longer term than 32,766 bytes."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one label, or of one relationship type between two labels, sorted by id.

    `frame` has the columns `id` (of edges `source` and `target`), those of `columns`, and last the hash, `mark`.
    """

    name: str
    columns: tuple[str, ...]
    frame: pl.DataFrame
    ends: tuple[str, str] | None = None
    mark: str = schema.HASH

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that name a row."""
        return ("source", "target") if self.ends else ("id",)


def nodes(tables: Tables, keys: Mapping[str, Iterable[str]] | None = None) -> Iterator[Part]:
    """A part for each label of the schema, also for one without nodes.

    `keys` are the folded names by id, as `kb.search.Index.keys` has them ready; without them they are folded here.
    """
    for label, typed in schema.NODES.items():
        frame = rows.labelled(tables, label)
        folded = _folded(label, frame) if keys is None else [keys.get(id_, ()) for id_ in frame["id"]]
        listed = [sorted(key for key in own if len(key) <= LONGEST_KEY) for own in folded]
        frame = frame.with_columns(pl.Series(schema.KEYS, listed, dtype=pl.List(pl.String)))
        place = [name for name in typed if name in schema.STRUCTURE_COLUMNS]
        hashed = _hashed(label, frame.drop(place))
        if place:
            placed = _hashed(label, frame.select("id", *place), schema.PLACE)
            hashed = hashed.select(pl.exclude(schema.HASH), *placed.drop("id"), schema.HASH)
        yield Part(label, tuple(name for name in hashed.columns if name not in ("id", schema.HASH)), hashed)


def places(part: Part) -> Part | None:
    """Of a label, where its nodes stand: id, STRUCTURE_COLUMNS, `kb_place`; None where nodes have no place."""
    if schema.PLACE not in part.columns:
        return None
    columns = tuple(schema.STRUCTURE_COLUMNS)
    return Part(part.name, columns, part.frame.select("id", *columns, schema.PLACE), mark=schema.PLACE)


def edges(tables: Tables) -> Iterator[Part]:
    """A part for each type and pair of labels of the schema, also for one without edges."""
    for type_, (source, targets, typed) in schema.EDGES.items():
        own = tables.edges.filter(pl.col("type") == type_).select("source", "target", *typed)
        for target in targets:
            frame = own.filter(pl.col("target").str.starts_with(f"{target.lower()}:"))
            yield Part(type_, tuple(typed), _hashed(type_, frame), (source, target))


def about(manifest: Mapping[str, Any], folder: Path) -> dict[str, object]:
    """The properties of the one node that says which build a server holds."""
    return {
        "id": schema.ABOUT,
        "name": folder.resolve().name,
        "build": manifest["build"],
        "version": manifest["version"],
        "counts": json.dumps(manifest["counts"], sort_keys=True),
        "complete": True,
    }


def _folded(label: str, frame: pl.DataFrame) -> list[set[str]]:
    """The folded names of each node of a frame."""
    if label == "Paper":
        names = [paper_names(*row) for row in frame.select("title", "doi", "arxiv", "ids").iter_rows()]
    elif label == "Author":
        names = [author_names(*row) for row in frame.select("name", "aliases", "ids").iter_rows()]
    else:
        names = [entity_names(*row) for row in frame.select("name", "aliases").iter_rows()]
    return [{key for text, _ in own if (key := fold(text))} for own in names]


def _hashed(name: str, frame: pl.DataFrame, mark: str = schema.HASH) -> pl.DataFrame:
    """The frame with its hash: the first bits of BLAKE2 over the row as JSON."""
    frame = valued(frame)
    numbers = [digest(f"{name}{text}") for text in frame.select(pl.struct(pl.all()).struct.json_encode()).to_series()]
    return frame.with_columns(pl.Series(mark, numbers, dtype=pl.Int64))


def digest(text: str) -> int:
    """A number of HASH_BITS bits."""
    whole = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(whole) >> (64 - HASH_BITS)
