"""VOSviewer: a folder with `map.txt` and `network.txt`, and the same as `network.json`, the file of VOSviewer Online.

https://app.vosviewer.com/docs/file-types/ and the VOSviewer manual, section "File types".

Items are the entities, at most MOST_ITEMS of those that two papers name, most named first; the strength of a link is
the number of papers that name both (VOSviewer normalises it itself, by association strength). Where the graph has
edges between entities these are the links, and all entities items. Where it has no entities, papers are the items,
linked by what they share.

* Ids are whole numbers from 1: VOSviewer takes 0 for none. A label with a comma or semicolon stands in double quotes.
* `weight<Documents>` counts the papers of an entity, `weight<Citations>` the citations of a paper from within the
  graph; the scores are years, empty where none is known. `cluster` is the community, which the JSON file names.
* There are no coordinates: VOSviewer lays the network out as it opens it. It wants three items at least.
"""

import html
from pathlib import Path
from typing import Any

import polars as pl

from kb import schema
from kb.export import rows
from kb.export.files import whole
from kb.export.records import json_text, listed, records, weighed
from kb.projection import co_use
from kb.tables import Tables

MOST_ITEMS = 1_000
"""Entities of a whole graph: what VOSviewer draws well. A selection is shown whole."""

_TEXTS = ("label", "description", "url")


def write_vosviewer(tables: Tables, out: Path) -> None:
    """Write the three files into the folder `out`, made where missing; other files there stay."""
    items, links = network(tables)
    out.mkdir(parents=True, exist_ok=True)
    with whole(out / "map.txt", out / "network.txt", out / "network.json") as [map_file, network_file, both]:
        map_file.write(_map(items).encode())
        network_file.write(links.write_csv(include_header=False, separator="\t").encode())
        both.write(_json(items, links).encode())


def network(tables: Tables) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The items, as columns of a map file with `id` from 1, and the links: `source`, `target` (ids), `strength`."""
    items, links = _papers(tables) if tables.entities.is_empty() else _entities(tables)
    numbers = items.select(pl.col("id").alias("name"), pl.int_range(1, pl.len() + 1).alias("number"))
    for end in ("source", "target"):
        links = links.join(numbers.rename({"number": f"{end}_id"}), left_on=end, right_on="name")
    chosen = links.select(pl.col("source_id").alias("source"), pl.col("target_id").alias("target"), "strength")
    shown = pl.col("description").map_elements(html.escape, return_dtype=pl.String)  # VOSviewer reads HTML there
    return items.with_columns(numbers["number"].alias("id"), shown), chosen.sort("source", "target")


def _entities(tables: Tables) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The entities and how many papers name both of two, or the edges between them that there are."""
    own = pl.col("source").str.contains(rf"^(?:{'|'.join(kind.lower() for kind in schema.ENTITIES)}):")
    links = weighed(tables.edges.filter(own))
    named = tables.edges.filter(pl.col("type").is_in(schema.ENTITY_EDGES)).select("source", "target")
    kinds = {label: frame for label, frame in rows.nodes(tables).items() if label in schema.ENTITIES}
    items = pl.concat([frame.with_columns(pl.lit(label).alias("kind")) for label, frame in kinds.items()])
    if links.is_empty():
        items = items.filter(pl.col("papers") > 1).sort("papers", "id", descending=[True, False]).head(MOST_ITEMS)
        links = co_use(tables.edges, items, min_papers=1, top=None)
    strength = "papers" if "papers" in links.columns else "weight"
    years = tables.papers.select(pl.col("id").alias("source"), "year")
    mean = named.join(years, on="source").group_by(pl.col("target").alias("id")).agg(pl.col("year").mean().round(4))
    items = items.sort("id").join(mean, on="id", how="left").sort("id")
    return items.select(
        "id",
        pl.coalesce(rows.text("name", pl.String()), "id").alias("label"),
        pl.col("kind").alias("description"),
        pl.lit(None, pl.String).alias("url"),
        _cluster(),
        pl.col("community_name").alias("cluster name"),
        pl.col("papers").fill_null(0).alias("weight<Documents>"),
        pl.col("year").alias("score<Avg. pub. year>"),
        pl.col("first_year").alias("score<First year>"),
    ), links.select("source", "target", pl.col(strength).alias("strength"))


def _papers(tables: Tables) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The papers and their similarities."""
    links = weighed(tables.edges.filter(pl.col("type") == "SHARES"))
    cites = tables.edges.filter(pl.col("type") == "CITES")
    cited = cites.group_by(pl.col("target").alias("id")).agg(pl.len().cast(pl.Int64).alias("cited"))
    items = rows.papers(tables).join(cited, on="id", how="left").sort("id")
    home = pl.when(pl.col("doi").is_not_null()).then(pl.concat_str(pl.lit("https://doi.org/"), "doi"))
    return items.select(
        "id",
        pl.coalesce(rows.text("name", pl.String()), "id").alias("label"),
        pl.col("title").alias("description"),
        pl.coalesce(home, rows.text("url", pl.String())).alias("url"),
        _cluster(),
        pl.col("community_name").alias("cluster name"),
        pl.col("cited").fill_null(0).alias("weight<Citations>"),
        pl.col("year").alias("score<Pub. year>"),
    ), links.select("source", "target", pl.col("weight").alias("strength"))


def _cluster() -> pl.Expr:
    """The community: a cluster is a whole number from 1 to 1000."""
    return pl.when(pl.col("community").is_between(1, 1_000)).then("community").alias("cluster")


def _map(items: pl.DataFrame) -> str:
    """The map file; a column without any value is left out."""
    quoted = [pl.col(name).map_elements(_cell, return_dtype=pl.String) for name in _TEXTS]
    kept = [
        column.name
        for column in items.drop("cluster name")
        if column.null_count() < len(column) or column.name == "label"
    ]
    return items.with_columns(quoted).select(kept).write_csv(separator="\t", quote_style="never")


def _cell(text: str) -> str:
    """Text between tabs: in quotes where the manual wants them."""
    plain = " ".join(text.split()).replace('"', "'")
    return f'"{plain}"' if any(mark in plain for mark in ",;") else plain


def _json(items: pl.DataFrame, links: pl.DataFrame) -> str:
    """The file of VOSviewer Online; the names of weights and scores are those of the map file."""
    told = (
        {"source_id": row["source"], "target_id": row["target"], "strength": row["strength"]} for row in records(links)
    )
    named = items.drop_nulls(["cluster", "cluster name"]).select("cluster", pl.col("cluster name").alias("label"))
    clusters = [*records(named.unique(subset="cluster").sort("cluster"))]
    parts = ['{"network":{"items":[', *listed(map(_item, records(items))), '\n],"links":[', *listed(told), "\n],"]
    return "".join(parts) + f'"clusters":{json_text(clusters)}}},"config":{json_text(_CONFIG)}}}\n'


_CONFIG = {"parameters": {"largest_component": False}}


def _item(row: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {name: row[name] for name in ("id", "label", "url", "cluster") if name in row}
    if "description" in row:
        made["description"] = row["description"]
    for group in ("weight", "score"):
        named = {name[len(group) + 1 : -1]: value for name, value in row.items() if name.startswith(f"{group}<")}
        if named:
            made[f"{group}s"] = named
    return made
