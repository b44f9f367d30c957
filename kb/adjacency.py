"""What lies beside what, as packed numbers in the index: whole levels of a walk and whole vectors in one look.

    links(node, near, weights)     terms(node, terms, weights)

A node's number is its place among all ids in their order, and its `rowid` in the tables of `kb.search`: so numbers
compare as ids do. `near` are the nodes at the other end of its edges of any type, ascending; beside each stands its
weight in thousandths, as `kb.link` rounds them, for a paper and an entity, 1 for papers joined by SHARES, else 0. Of
a paper's terms only the numbers are kept, and what each weighs. All numbers are little-endian: 4 bytes for nodes and
terms, 2 for weights.
"""

import json
import sqlite3
import sys
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kb.search import Index

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from kb.tables import TableSet

THOUSANDTHS = 1_000

_BITS = 32  # of a number beside another in one integer

EDGES, PAPERS = 250_000, 10_000
"""How many edges are numbered, and how many papers' terms packed, at a time."""

SCHEMA = """
CREATE TABLE links (node INTEGER PRIMARY KEY, near BLOB, weights BLOB);
CREATE TABLE terms (node INTEGER PRIMARY KEY, terms BLOB, weights BLOB);
"""


class Row(NamedTuple):
    """A node and what lies beside it, or a paper and its terms, each with its weight."""

    node: int
    others: "array[int]"
    weights: "array[int]"


class Adjacency:
    """The packed numbers of a knowledge base, read through its index."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def there(self) -> bool:
        """Whether the index has them: one of an earlier build may not."""
        return bool(self._index.rows("SELECT 1 FROM sqlite_master WHERE name = 'links'", ()))

    def numbers(self, ids: Sequence[str]) -> list[int]:
        """The numbers of nodes."""
        found = dict(self._index.rows(f"SELECT id, rowid FROM nodes WHERE id IN ({_LIST})", (json.dumps(ids),)))
        return [found[id_] for id_ in ids]

    def names(self, nodes: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Ids and names by number."""
        rows = self._index.rows(f"SELECT rowid, id, name FROM nodes WHERE rowid IN ({_LIST})", (json.dumps(nodes),))
        return {number: (id_, name) for number, id_, name in rows}

    def block(self, label: str) -> range:
        """The numbers of all nodes of a label."""
        first = "SELECT rowid FROM nodes WHERE id >= ? ORDER BY id LIMIT 1"
        last = "SELECT rowid FROM nodes WHERE id < ? ORDER BY id DESC LIMIT 1"
        sql = f"SELECT coalesce(({first}), 1), coalesce(({last}), 0)"
        [(start, end)] = self._index.rows(sql, (f"{label.lower()}:", f"{label.lower()};"))  # ; comes after :
        return range(start, end + 1)

    def near(self, nodes: Sequence[int]) -> Iterator[Row]:
        """What lies beside nodes, ascending; those without edges are left out."""
        return self._read("SELECT node, near, weights FROM links", nodes)

    def beyond(self, frontier: Sequence[int], seen: Collection[int]) -> dict[int, int]:
        """The nodes beside a frontier that are not yet seen, each with its smallest neighbour there."""
        fresh: dict[int, int] = {}
        for row in self.near(frontier):
            fresh.update(dict.fromkeys(set(row.others).difference(seen).difference(fresh), row.node))
        return fresh

    def least(self, entity: str, count: int) -> float:
        """What the `count`-th heaviest edge of an entity weighs; 0 where it has no more than so many."""
        weights = [weight for row in self.near(self.numbers([entity])) for weight in row.weights]
        return sorted(weights, reverse=True)[count - 1] / THOUSANDTHS if len(weights) > count else 0.0

    def terms(self, papers: Sequence[int]) -> Iterator[Row]:
        """The terms of papers, ascending; those without are left out."""
        return self._read("SELECT node, terms, weights FROM terms", papers)

    def _read(self, sql: str, nodes: Sequence[int]) -> Iterator[Row]:
        rows = self._index.rows(f"{sql} WHERE node IN ({_LIST}) ORDER BY node", (json.dumps(nodes),))
        return (Row(node, _unpacked("i", others), _unpacked("H", weights)) for node, others, weights in rows)


_LIST = "SELECT value FROM json_each(?)"


def _unpacked(kind: str, packed: bytes) -> "array[int]":
    made = array(kind, packed)
    if sys.byteorder == "big":
        made.byteswap()
    return made


def write_adjacency(tables: "TableSet", nodes: "pl.DataFrame", connection: sqlite3.Connection) -> None:
    """Write the two tables of an index; `nodes` has the columns id and node."""
    connection.executescript(SCHEMA)
    connection.executemany("INSERT INTO links VALUES (?, ?, ?)", _packed(_links(tables, nodes)))
    for some in _terms(tables, nodes):
        connection.executemany("INSERT INTO terms VALUES (?, ?, ?)", _packed(some))


def _links(tables: "TableSet", nodes: "pl.DataFrame") -> "pl.DataFrame":
    """Rows (node, other, weight) of both ends of every edge, sorted, each pair once."""
    import numpy as np
    import polars as pl

    from kb.schema import ENTITY_EDGES
    from kb.tables import slices

    type_ = pl.col("type")
    weight = pl.when(type_.is_in(ENTITY_EDGES)).then(_whole("weight")).otherwise(type_ == "SHARES")
    keys, weights = [np.empty(0, np.int64)], [np.empty(0, np.uint16)]
    for some in slices(tables.scan("edges").select("source", "target", weight.cast(pl.UInt16).alias("weight")), EDGES):
        source, target = (_numbers(some[end], nodes) for end in ("source", "target"))
        keys += [source << _BITS | target, target << _BITS | source]
        weights += [some["weight"].to_numpy()] * 2
    key, told = np.concatenate(keys), np.concatenate(weights)
    order = np.argsort(key)  # as packed integers: frames took five times as much
    key, told = key[order], told[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    columns = {"node": key[first] >> _BITS, "other": key[first] & (1 << _BITS) - 1}
    return pl.DataFrame({**columns, "weight": np.maximum.reduceat(told, first)})


def _whole(column: str) -> "pl.Expr":
    """A weight in THOUSANDTHS, 0 where it is no number; ours lie between 0 and 1."""
    import polars as pl

    known = pl.when(pl.col(column).is_finite()).then(pl.col(column)).otherwise(0.0)
    return (known.clip(0, 1) * THOUSANDTHS).round()


def _numbers(ids: "pl.Series", nodes: "pl.DataFrame") -> "np.ndarray":
    found = ids.to_frame("id").join(nodes, on="id", how="left", maintain_order="left")["node"]
    return found.to_numpy().astype("int64")


def _terms(tables: "TableSet", nodes: "pl.DataFrame") -> "Iterator[pl.DataFrame]":
    """Rows (node, other, weight) of the terms of every paper, some papers at a time; terms are numbered by name."""
    import polars as pl

    from kb.tables import slices

    words = (some.select(pl.col("terms").explode()).unique() for some in slices(tables.scan("terms"), PAPERS))
    held = [pl.DataFrame(schema={"terms": pl.String()}), *words]
    numbers = pl.concat(held).drop_nulls().unique().sort("terms").with_row_index("other")
    weight = _whole("term_weights").cast(pl.UInt16).alias("weight")
    for some in slices(tables.scan("terms"), PAPERS):
        told = some.join(nodes, on="id", how="inner", maintain_order="left").explode("terms", "term_weights")
        told = told.join(numbers, on="terms", how="inner", maintain_order="left")
        yield told.select("node", "other", weight)


def _packed(rows: "pl.DataFrame") -> Iterable[tuple[int, bytes, bytes]]:
    """(node, others, weights) of rows in which those of a node follow each other."""
    import numpy as np

    node, other = rows["node"].to_numpy(), rows["other"].to_numpy().astype("<i4")
    weight = rows["weight"].to_numpy().astype("<u2")
    first = np.flatnonzero(np.diff(node, prepend=0))
    for start, end in zip(first, np.append(first, len(node))[1:], strict=True):
        yield int(node[start]), other[start:end].tobytes(), weight[start:end].tobytes()
