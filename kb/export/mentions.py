"""Mentions: one entity of one paper a line, as a scorer compares them with a gold annotation.

    {"title": ..., "type": "method", "name": ..., "mentions": [surface form, ...], "introduced": true}

`type` (method, dataset, task, metric or concept) and `name` are the entity's; `mentions` its distinct surface
forms in that paper, in the order of the text; `introduced` says that the paper names it as its own.
"""

from pathlib import Path

import polars as pl

from kb.export import rows
from kb.export.files import whole
from kb.tables import Tables


def mention_rows(tables: Tables) -> pl.DataFrame:
    """The lines as a frame, sorted by paper id, then entity id."""
    ordered = tables.mentions.sort("paper", "entity", pl.col("field") != "title", "start", "end", maintain_order=True)
    found = ordered.group_by("paper", "entity", maintain_order=True).agg(
        pl.col("text").unique(maintain_order=True).alias("mentions"),
        (pl.col("role") == "introduces").any().alias("introduced"),
    )
    titles = tables.papers.select(pl.col("id").alias("paper"), "title")
    names = tables.entities.select(pl.col("id").alias("entity"), pl.col("kind").str.to_lowercase(), "name")
    joined = found.join(titles, on="paper").join(names, on="entity").sort("paper", "entity")
    return joined.select("title", pl.col("kind").alias("type"), "name", "mentions", "introduced")


def write_mentions(tables: Tables, out: Path) -> None:
    """Write the lines to the file `out`, as JSON Lines."""
    with whole(out) as [file]:
        for part in mention_rows(tables).iter_slices(rows.CHUNK):
            file.write(part.write_ndjson().encode())
