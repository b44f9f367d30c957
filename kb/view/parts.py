"""Parts of a large graph that a page asks for: a community, or what lies around some nodes; the best linked first."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from kb.tables import Tables

COMMUNITY, AROUND = 2500, 400
"""Nodes of a part at most: what is laid out in seconds, and what can be looked at."""


def cut(tables: Tables, ids: pl.Series) -> Tables:
    """The tables of these nodes and the edges between them."""
    held = ids.implode()
    known = pl.col("id").is_in(held)
    return replace(
        tables,
        papers=tables.papers.filter(known),
        entities=tables.entities.filter(known),
        authors=tables.authors.filter(known),
        structure=tables.structure.filter(known),
        mentions=tables.mentions.filter(pl.col("paper").is_in(held), pl.col("entity").is_in(held)),
        edges=tables.edges.filter(pl.col("source").is_in(held), pl.col("target").is_in(held)),
    )


def community(tables: Tables, number: int) -> tuple[Tables, int]:
    """The COMMUNITY best linked nodes of a community, and how many it has."""
    members = tables.structure.filter(pl.col("community") == number).select("id")
    ends = pl.concat([tables.edges["source"], tables.edges["target"].rename("source")])
    links = ends.value_counts(name="links").rename({"source": "id"})
    ranked = members.join(links, on="id", how="left").sort(pl.col("links").fill_null(0), "id", descending=[True, False])
    return cut(tables, ranked["id"].head(COMMUNITY)), members.height


def around(tables: Tables, ids: Sequence[str]) -> tuple[Tables, int]:
    """Some nodes and the AROUND neighbours with the heaviest edges, and how many neighbours they have."""
    out = tables.edges.filter(pl.col("source").is_in(ids)).select("weight", id="target")
    into = tables.edges.filter(pl.col("target").is_in(ids)).select("weight", id="source")
    near = pl.concat([out, into]).filter(~pl.col("id").is_in(ids)).group_by("id").agg(pl.col("weight").max())
    ranked = near.sort(pl.col("weight").fill_null(1.0), "id", descending=[True, False])
    return cut(tables, pl.concat([pl.Series("id", ids, pl.String), ranked["id"].head(AROUND)])), near.height
