"""The communities of a graph that is too large to draw whole: a disc each, and how much they share and cite."""

from dataclasses import replace
from typing import Any

import polars as pl

from kb.layout import layout
from kb.structure import CITED
from kb.tables import Tables
from kb.view.payload import communities, nodes_of

LARGEST = 120
"""Communities with a disc of their own; all others and what is in none are one more."""

REST = 0
_LINKS = 4  # a community draws at least its so many heaviest links


def parted(tables: Tables) -> Tables:
    """The tables with communities beyond LARGEST, and what is in none, as community REST."""
    number = pl.when(pl.col("community") <= LARGEST).then("community").otherwise(REST)
    known = pl.concat([tables.papers["id"], tables.entities["id"], tables.authors["id"]]).to_frame()
    held = known.join(tables.structure, on="id", how="left").with_columns(number.alias("community"))
    name = pl.when(pl.col("community") == REST).then(pl.lit("everything else")).otherwise("community_name")
    return replace(tables, structure=held.with_columns(name.alias("community_name")).sort("id"))


def overview(tables: Tables) -> dict[str, Any]:
    """`communities` with places, and `links`: two numbers of that list and a weight. The tables are `parted` ones."""
    held = sorted(communities(nodes_of(tables)), key=lambda each: each["id"] == REST)  # that one last
    links = _links(tables, {each["id"]: i for i, each in enumerate(held)})
    made = layout(len(held), *(links[name].to_numpy() for name in ("a", "b", "weight")))
    for each, (x, y) in zip(held, made, strict=True):
        each |= {"x": round(float(x), 1), "y": round(float(y), 1)}
    return {"communities": held, "links": [list(row) for row in _heaviest(links).iter_rows()]}


def _links(tables: Tables, number: dict[int, int]) -> pl.DataFrame:
    """Pairs of communities, `a, b, weight`, heaviest first: the sum over the papers that are linked."""
    of = tables.structure.select(
        "id", pl.col("community").replace_strict(number, return_dtype=pl.Int64).alias("number")
    )
    edges = tables.edges.filter(pl.col("type").is_in(["SHARES", "CITES"]))
    ends = edges.join(of, left_on="source", right_on="id").join(of, left_on="target", right_on="id", suffix="_b")
    pairs = ends.select(
        pl.min_horizontal("number", "number_b").alias("a"),
        pl.max_horizontal("number", "number_b").alias("b"),
        pl.col("weight").fill_null(CITED),
    )
    summed = pairs.filter(pl.col("a") != pl.col("b")).group_by("a", "b").agg(pl.col("weight").sum().round(3))
    return summed.sort("weight", "a", "b", descending=[True, False, False])


def _heaviest(links: pl.DataFrame) -> pl.DataFrame:
    """The links that are among the _LINKS heaviest of either end."""
    rank = [pl.col("weight").cum_count().over(end) <= _LINKS for end in ("a", "b")]
    return links.filter(rank[0] | rank[1])
