"""What the page of `kb view` knows, as plain lists for JSON: nodes with places, edges with evidence, texts with spans.

Columns stand side by side and name each other by number, which keeps the page of the seeds small. A sentence is written
only where it is no slice of a text that the page has anyhow.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from kb.schema import COLOURS, EDGES, LABELS, community_colour
from kb.significance import CUT
from kb.tables import Tables, captions
from kb.view.spans import flat, numbered

DIGITS = 4
_STRUCTURE = ("community", "community_name", "pagerank", "betweenness")
Places = Mapping[str, tuple[float, float]]


def payload(tables: Tables, places: Places, about: Mapping[str, object]) -> dict[str, Any]:
    """The graph of `tables`; edges of which an end is missing are left out. `places` are x and y by id, else 0."""
    nodes = nodes_of(tables)
    number = {id_: i for i, id_ in enumerate(nodes["id"])}
    mentions = numbered(tables.mentions, number)
    others = (*tables.entities["aliases"], *tables.authors["aliases"])
    return {
        "about": dict(about),
        "labels": [{"name": label, "colour": hexed(COLOURS[label])} for label in LABELS],
        "cut": CUT,
        "communities": communities(nodes),
        "nodes": _columns(nodes, places),
        "papers": _papers(tables.papers) | {"spans": flat(mentions, tables.papers, number)},
        "terms": _terms(tables),
        "aliases": [list(names) if names is not None else [] for names in others],
        "edges": _edges(tables.edges, mentions, number),
    }


def hexed(colour: tuple[int, int, int]) -> str:
    """Red, green and blue as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def nodes_of(tables: Tables) -> pl.DataFrame:
    """Papers, entities and authors with what the graph says of them, each sorted by id."""
    none = pl.lit(None, pl.Int64)
    papers = tables.papers.with_columns(captions(tables.papers))
    parts = [
        papers.select("id", pl.lit("Paper").alias("label"), "name", "year", none.alias("papers")),
        tables.entities.select(
            "id", pl.col("kind").alias("label"), "name", pl.col("first_year").alias("year"), "papers"
        ),
        tables.authors.select("id", pl.lit("Author").alias("label"), "name", none.alias("year"), "papers"),
    ]
    return pl.concat(parts).join(tables.structure.select("id", *_STRUCTURE), on="id", how="left", maintain_order="left")


def communities(nodes: pl.DataFrame) -> list[dict[str, Any]]:
    """The communities of nodes by number: id, name, colour, and how many papers and nodes they have."""
    held = nodes.filter(pl.col("community").is_not_null())
    counted = held.group_by("community").agg(
        pl.col("community_name").first().alias("name"),
        (pl.col("label") == "Paper").sum().alias("papers"),
        pl.len().alias("nodes"),
    )
    rows = counted.sort("community").rename({"community": "id"}).to_dicts()
    return [
        row | {"name": row["name"] or f"community {row['id']}", "colour": hexed(community_colour(row["id"]))}
        for row in rows
    ]


def _columns(nodes: pl.DataFrame, places: Places) -> dict[str, list[Any]]:
    order = {label: i for i, label in enumerate(LABELS)}
    at = [places.get(id_, (0.0, 0.0)) for id_ in nodes["id"]]
    plain = {name: nodes[name].to_list() for name in ("id", "name", "year", "papers", "community")}
    return {
        **plain,
        "label": [order[label] for label in nodes["label"]],
        "pagerank": _rounded(nodes["pagerank"], 6),
        "betweenness": _rounded(nodes["betweenness"], 6),
        "x": [round(x, 1) for x, _ in at],
        "y": [round(y, 1) for _, y in at],
    }


def _rounded(values: pl.Series, digits: int = DIGITS) -> list[float | None]:
    return [None if value is None else round(value, digits) for value in values]


def _papers(papers: pl.DataFrame) -> dict[str, list[Any]]:
    plain = {name: papers[name].to_list() for name in ("title", "abstract", "venue", "doi", "arxiv", "url")}
    return {**plain, "authors": [list(names) if names is not None else [] for names in papers["authors"]]}


def _terms(tables: Tables) -> dict[str, list[Any]]:
    """The terms that tell papers apart: `words`, and for each paper their numbers and weights."""
    held = tables.papers.select("id").join(tables.terms, on="id", how="left", maintain_order="left")
    words = sorted(set(held["terms"].explode().drop_nulls()))
    number = {word: i for i, word in enumerate(words)}
    weights = [list(own or ()) for own in held["term_weights"].to_list()]
    return {
        "words": words,
        "of": [[number[word] for word in own or ()] for own in held["terms"].to_list()],
        "weights": weights,
    }


def _edges(edges: pl.DataFrame, mentions: pl.DataFrame, number: Mapping[str, int]) -> dict[str, Any]:
    """The edges; `span` is the mention among those of the paper whose sentence it is, -1 where `said` has it."""
    ends = {"source": "paper", "field": "field", "start_char": "start", "end_char": "end"}
    known = [pl.col(end).is_in(list(number)) for end in ("source", "target")]
    first = mentions.unique(list(ends.values()), keep="first").select(*ends.values(), "span")
    rows = edges.filter(*known).join(first, left_on=list(ends), right_on=list(ends.values()), how="left")
    rows = rows.with_columns(pl.col("span").fill_null(-1))
    types, cues = _codes(rows["type"], EDGES), _codes(rows["cue"])
    said = [(i, row[0]) for i, row in enumerate(rows.select("sentence", "span").iter_rows()) if row[0] and row[1] < 0]
    return {
        "types": types,
        "cues": cues,
        "type": _coded(rows["type"], types),
        "cue": _coded(rows["cue"], cues),
        "source": [number[id_] for id_ in rows["source"]],
        "target": [number[id_] for id_ in rows["target"]],
        "weight": _rounded(rows["weight"]),
        "p": _rounded(rows["p_value"]),
        "score": _rounded(rows["score"], 2),
        "mentions": rows["mentions"].to_list(),
        "span": rows["span"].to_list(),
        "said": dict(said),
        "via": {i: via for i, via in enumerate(rows["via"].to_list()) if via},
    }


def _codes(values: pl.Series, order: Sequence[str] | Mapping[str, object] = ()) -> list[str]:
    """The texts of a column, each once: those of `order` in its order, then the others by name."""
    found = set(values.drop_nulls())
    return [*(text for text in order if text in found), *sorted(found - set(order))]


def _coded(values: pl.Series, codes: Sequence[str]) -> list[int | None]:
    numbers = {text: i for i, text in enumerate(codes)}
    return [None if text is None else numbers[text] for text in values]
