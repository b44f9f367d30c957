"""Where the page draws each node."""

from dataclasses import replace

import polars as pl

from kb.layout import layout
from kb.tables import Tables

_UNWEIGHED = 0.3  # what an edge pulls that has no weight of its own: CITES, WROTE


def places(tables: Tables) -> dict[str, tuple[float, float]]:
    """x and y of each node of `tables` by id, communities together."""
    ids = [*tables.papers["id"], *tables.entities["id"], *tables.authors["id"]]
    number = pl.DataFrame({"id": ids, "number": range(len(ids))}, schema={"id": pl.String, "number": pl.Int64})
    edges = tables.edges.join(number, left_on="source", right_on="id").join(number, left_on="target", right_on="id")
    edges = edges.sort("type", "source", "target")
    weights = edges["weight"].fill_null(_UNWEIGHED).to_numpy()
    made = layout(
        len(ids), edges["number"].to_numpy(), edges["number_right"].to_numpy(), weights, groups=_groups(tables, ids)
    )
    return {id_: (float(x), float(y)) for id_, (x, y) in zip(ids, made, strict=True)}


def places_apart(tables: Tables) -> dict[str, tuple[float, float]]:
    """The same for a page that draws one community at a time: links to the others do not pull at it."""
    of = tables.structure.select("id", "community")
    ends = tables.edges.join(of, left_on="source", right_on="id").join(of, left_on="target", right_on="id", suffix="_b")
    return places(replace(tables, edges=ends.filter(pl.col("community") == pl.col("community_b"))))


def _groups(tables: Tables, ids: list[str]) -> list[int | None] | None:
    """The community of each id; None where nothing has one."""
    of = dict(tables.structure.select("id", "community").iter_rows())
    return [of.get(id_) or None for id_ in ids] if any(of.values()) else None
