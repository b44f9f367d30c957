"""What a drawn node looks like: its colour, its size, and where it lies."""

from typing import TypedDict

import polars as pl

from kb import schema
from kb.errors import UsageError
from kb.export import rows
from kb.tables import Tables

COLOURS = ("kind", "community")
SIZES = ("papers", "degree")
SIZE = 10.0
"""Of a paper, and of what one paper names; Gephi's own default."""


class Look(TypedDict, total=False):
    """The options of `nodes`, for what passes them on."""

    colour: str
    size: str
    layout: bool


def nodes(
    tables: Tables, *, colour: str = "kind", size: str = "papers", layout: bool = False
) -> dict[str, pl.DataFrame]:
    """`rows.nodes` with the columns `r`, `g`, `b`, `size`, and with `layout` also `x` and `y`.

    `colour` is by "kind", or by "community", the twelve largest of which have one of their own. The area of a node
    counts by `size` its "papers" (a paper counts one), or its edges in these tables, by "degree".
    """
    if colour not in COLOURS:
        raise UsageError(f'no colour by "{colour}"; there are: {", ".join(COLOURS)}')
    if size not in SIZES:
        raise UsageError(f'no size by "{size}"; there are: {", ".join(SIZES)}')
    made = rows.nodes(tables)
    degrees = _degrees(tables.edges) if size == "degree" else None
    places = _places(made, tables.edges) if layout else None
    for label, frame in made.items():
        counted = frame.join(degrees, on="id", how="left", maintain_order="left") if degrees is not None else frame
        seen = counted.with_columns(*_colour(counted, label, colour), _size(counted)).drop("degree", strict=False)
        made[label] = seen.join(places, on="id", how="left", maintain_order="left") if places is not None else seen
    return made


def _colour(frame: pl.DataFrame, label: str, colour: str) -> list[pl.Expr]:
    if colour == "kind":
        return [pl.lit(part).alias(name) for name, part in zip("rgb", schema.COLOURS[label], strict=True)]
    found: list[pl.Expr] = []
    for place, name in enumerate("rgb"):
        own = {i: each[place] for i, each in enumerate(schema.COMMUNITY_COLOURS, start=1)}
        found.append(_community(frame).replace_strict(own, default=schema.OTHER_COLOUR[place]).alias(name))
    return found


def _community(frame: pl.DataFrame) -> pl.Expr:
    return pl.col("community") if "community" in frame.columns else pl.lit(None, pl.Int64).alias("community")


def _size(frame: pl.DataFrame) -> pl.Expr:
    """The size whose area counts: edges if they were counted, else papers, of which everything has one."""
    column = next((name for name in ("degree", "papers") if name in frame.columns), None)
    counted = pl.col(column).fill_null(1).clip(lower_bound=1) if column else pl.lit(1)
    return (counted.sqrt() * SIZE).round(3).alias("size")


def _degrees(edges: pl.DataFrame) -> pl.DataFrame:
    """Every end of an edge and how many it has."""
    return pl.concat([edges["source"], edges["target"]]).value_counts(name="degree").rename({"source": "id"})


def _places(nodes: dict[str, pl.DataFrame], edges: pl.DataFrame) -> pl.DataFrame:
    """Where each node lies, by `kb.layout`: id, x and y."""
    from kb.layout import layout

    parts = [frame.select("id", _community(frame)) for frame in nodes.values()]
    ids = pl.concat(parts or [pl.DataFrame(schema={"id": pl.String, "community": pl.Int64})]).with_row_index("at")
    ends = edges.select("source", "target", rows.weight(edges.columns))
    for end in ("source", "target"):
        ends = ends.join(ids.select(pl.col("id").alias(end), pl.col("at").alias(f"{end}_at")), on=end)
    ends = ends.sort("source_at", "target_at")
    arrays = (ends[name].to_numpy() for name in ("source_at", "target_at", "weight"))
    x, y = layout(ids.height, *arrays, groups=ids["community"].to_list()).round(3).T
    return ids.select("id").with_columns(x=pl.Series(x), y=pl.Series(y))
