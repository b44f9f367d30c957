"""What a server lacks of a graph: a comparison that reads little where little differs.

Rows fall into buckets by their hash. The server counts and sums each bucket; only the rows of buckets that differ are
read and compared one by one, as in a Merkle tree of one level (Merkle, A Digital Signature Based on a Conventional
Encryption Function, 1987).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from kb.graph import Part
from kb.statements import ours

BUCKETS = 4_096
"""2^12 buckets of sums of 44-bit numbers: room for 2^31 rows of a part in 64 bits."""

Ask = Callable[[str, Mapping[str, object]], list[list[object]]]
"""Runs a reading query on the server and gives its rows."""


@dataclass(frozen=True, slots=True)
class Change:
    """What to do for a part: rows to create and to update, with all their columns; keys of rows to delete."""

    part: Part
    created: pl.DataFrame
    updated: pl.DataFrame
    deleted: pl.DataFrame

    @property
    def size(self) -> int:
        """How many rows are written or deleted."""
        return self.created.height + self.updated.height + self.deleted.height


def compare(part: Part, ask: Ask) -> Change:
    """What has to change on the server for it to hold exactly the rows of `part`; what is not ours does not count."""
    mine, theirs = _buckets(part), _buckets_there(part, ask)
    here = part.frame.filter((pl.col(part.mark) % BUCKETS).is_in(sorted({row[0] for row in mine ^ theirs})))
    there = _held(part, sorted({row[0] for row in theirs - mine}), ask)
    key = list(part.key)
    twice = there.filter(there.select(key).is_duplicated()).select(key).unique()  # by hand, or by two loads at once
    there = there.join(twice, on=key, how="anti")
    both = here.join(there, on=key, how="inner", maintain_order="left")
    gone = there.select(key).join(here.select(key), on=key, how="anti")
    return Change(
        part,
        created=here.join(there, on=key, how="anti", maintain_order="left"),
        updated=both.filter(pl.col(part.mark) != pl.col("held")).drop("held"),
        deleted=pl.concat([gone, twice]).sort(key),
    )


def _buckets(part: Part) -> set[tuple[Any, ...]]:
    """(bucket, rows, sum of hashes) of the rows here."""
    grouped = part.frame.group_by((pl.col(part.mark) % BUCKETS).alias("bucket")).agg(pl.len(), pl.col(part.mark).sum())
    return set(grouped.iter_rows())


def _buckets_there(part: Part, ask: Ask) -> set[tuple[Any, ...]]:
    """The same of the rows on the server."""
    query = f"{ours(part)} RETURN x.{part.mark} % $buckets AS bucket, count(*) AS rows, sum(x.{part.mark}) AS total"
    return {tuple(row) for row in ask(query, {"buckets": BUCKETS})}


def _held(part: Part, buckets: list[int], ask: Ask) -> pl.DataFrame:
    """The keys and hashes that the server holds in some buckets; the hash as `held`."""
    schema = {**dict.fromkeys(part.key, pl.String()), "held": pl.Int64()}
    keys = "a.id, b.id" if part.ends else "x.id"
    query = f"{ours(part)} AND x.{part.mark} % $buckets IN $differing RETURN {keys}, x.{part.mark}"
    found = ask(query, {"buckets": BUCKETS, "differing": buckets}) if buckets else []
    return pl.DataFrame(found, schema=schema, orient="row")
