"""The papers and what joins them, coloured by community."""

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from kb.errors import NotFoundError
from kb.figures.canvas import (
    GREY,
    INK,
    MIDDLE,
    SMALL,
    Colour,
    blank,
    community_colour,
    darker,
    name,
    plain,
)  # fmt: skip
from kb.figures.labels import Label, place
from kb.layout import layout
from kb.schema import COMMUNITY_COLOURS
from kb.significance import CUT
from kb.structure import CITED
from kb.tables import Tables, captions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Row = dict[str, Any]

_MANY = 4_000  # points or lines from which a drawing holds them as pixels: an SVG of each would not open
_LISTED = len(COMMUNITY_COLOURS)


def communities(tables: Tables, *, top: int | None = None) -> Row:
    """The picture of the papers as data: communities by size, papers with their places, the links that are drawn.

    Papers that nothing joins are counted, not placed; `top` keeps those with most links. NotFoundError where no papers
    are joined.
    """
    links = _links(tables.edges)
    ends = pl.concat([links["source"], links["target"]]).rename("id")
    degree = ends.value_counts(name="links").sort(["links", "id"], descending=[True, False])
    kept = degree.head(top) if top else degree
    if kept.is_empty():
        raise NotFoundError("no two papers of this base share anything or cite each other: there is nothing to draw")
    papers = _placed(tables, kept, links)
    held = papers["id"].implode()
    drawn = links.filter(pl.col("source").is_in(held) & pl.col("target").is_in(held))
    sizes = papers.drop_nulls("community").group_by("community", "name").len("papers").sort("community")
    return {
        "figure": "communities", "papers": len(tables.papers), "drawn": len(papers),
        "communities": sizes.to_dicts(),
        "nodes": papers.drop("name").rename({"caption": "name"}).to_dicts(),
        "edges": drawn.sort("sure", "weight", "source", "target").to_dicts(),
    }  # fmt: skip


def _links(edges: pl.DataFrame) -> pl.DataFrame:
    """What joins two papers: `type, source, target, weight, sure`; `sure` links are more than chance."""
    both = edges.filter(pl.col("type").is_in(["SHARES", "CITES"]) & (pl.col("source") != pl.col("target")))
    weight = pl.when(pl.col("type") == "SHARES").then("weight").otherwise(CITED)
    sure = pl.col("p_value").fill_null(0.0) <= CUT
    told = both.select("type", "source", "target", weight.alias("weight"), sure.alias("sure"))
    return told.filter(pl.col("weight") > 0)


def _placed(tables: Tables, kept: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """The papers that are drawn: `id, caption, community, name, links, x, y`, sorted by id."""
    known = tables.papers.select("id").with_columns(captions(tables.papers).alias("caption"))
    named = tables.structure.select("id", "community", pl.col("community_name").alias("name"))
    papers = known.join(kept, on="id").join(named, on="id", how="left").sort("id")
    row = papers.select("id").with_row_index("row")
    both = links.join(row, left_on="source", right_on="id").join(row, left_on="target", right_on="id", suffix="_to")
    sources, targets, weights = (both[c].to_numpy() for c in ("row", "row_to", "weight"))
    places = layout(len(papers), sources, targets, weights, groups=papers["community"].to_list()).round(2)
    return papers.select("id", "caption", "community", "name", "links", x=places[:, 0], y=places[:, 1])


def figure(answer: Row) -> "Figure":
    """Draw what `communities` answers."""
    drawn, groups = answer["drawn"], answer["communities"]
    left_out = answer["papers"] - drawn
    told = "Papers lie near those they share rare names with or cite; larger dots have more links."
    told += f" {left_out:,} papers are not drawn." if left_out else ""
    made = blank(9, 6.4, f"{drawn:,} papers in {len(groups):,} communities", told)
    axes = made.add_axes((0.012, 0.015, 0.665, 0.895))
    axes.set_axis_off()
    places = np.array([[node["x"], node["y"]] for node in answer["nodes"]])
    _frame(axes, places)
    _draw_links(axes, answer)
    _draw_papers(axes, answer["nodes"], places)
    place(axes, _labels(groups, answer["nodes"], places), places)
    _list(made, groups, answer["nodes"])
    return made


def _frame(axes: "Axes", places: np.ndarray) -> None:
    """The limits: all papers, one scale both ways, room for the labels at the rim."""
    width, height = axes.bbox.width, axes.bbox.height
    low, high = places.min(0), places.max(0)
    span = np.maximum(high - low, 1.0) * 1.06
    unit = max(span[0] / width, span[1] / height)
    middle = (low + high) / 2
    axes.set_xlim(middle[0] - unit * width / 2, middle[0] + unit * width / 2)
    axes.set_ylim(middle[1] - unit * height / 2, middle[1] + unit * height / 2)


def _draw_links(axes: "Axes", answer: Row) -> None:
    from matplotlib.collections import LineCollection

    at = {node["id"]: (node["x"], node["y"], node["community"]) for node in answer["nodes"]}
    ends = [(at[edge["source"]], at[edge["target"]]) for edge in answer["edges"]]
    thin = min(1.0, 2_000 / max(len(ends), 1)) ** 0.5
    colours = [
        (*community_colour(a[2] if a[2] == b[2] else None), (0.6 if edge["sure"] else 0.22) * thin)
        for (a, b), edge in zip(ends, answer["edges"], strict=True)
    ]
    widths = [(1.1 if edge["sure"] else 0.5) * max(thin, 0.3) for edge in answer["edges"]]
    lines = LineCollection([(a[:2], b[:2]) for a, b in ends], colors=colours, linewidths=widths, zorder=1)
    lines.set_rasterized(len(ends) > _MANY)
    axes.add_collection(lines)


def _draw_papers(axes: "Axes", nodes: list[Row], places: np.ndarray) -> None:
    """A dot each, those without a colour of their own below the others."""
    many = len(nodes) > _MANY
    base = float(np.clip(9_000 / len(nodes), 0.4, 24))
    sizes = base * np.clip(np.sqrt([node["links"] for node in nodes]) / 1.6, 0.6, 4.0)
    colours = np.array([community_colour(node["community"]) for node in nodes])
    own = np.array([bool(node["community"]) and node["community"] <= _LISTED for node in nodes])
    for held, shade in ((~own, 0.82 if many else None), (own, None)):
        drawn = colours[held] if shade is None else [(shade,) * 3] * int(held.sum())
        rim = 0.0 if many else 0.5
        x, y = places[held].T
        dots = axes.scatter(x, y, s=sizes[held], c=drawn, edgecolors="white", linewidths=rim, zorder=2)
        dots.set_rasterized(many)


def _labels(groups: list[Row], nodes: list[Row], places: np.ndarray) -> list[Label]:
    """The first name of each listed community, where its papers lie closest."""
    number = np.array([node["community"] or 0 for node in nodes])
    made = []
    for group in groups[:_LISTED]:
        own = _heart(places[number == group["community"]])
        shade = darker(community_colour(group["community"]))
        made.append(Label(float(own[0]), float(own[1]), _head(group), MIDDLE + 0.5, shade, "bold"))
    return made


def _heart(places: np.ndarray) -> np.ndarray:
    """The place that half of the others lie nearest to: a community may lie in two parts."""
    near = np.sort(np.hypot(*(places[:, None] - places[:200]).T), axis=0)
    heart: np.ndarray = places[near[: len(near) // 2 + 1].mean(0).argmin()]
    return heart


def _head(group: Row) -> str:
    return name((group["name"] or f"community {group['community']}").split(", ")[0], 28)


def _list(made: "Figure", groups: list[Row], nodes: list[Row]) -> None:
    """The communities beside the picture, largest first, the colourless ones as one line."""
    import textwrap

    axes = made.add_axes((0.69, 0.015, 0.3, 0.895))
    axes.set_axis_off()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    rows: list[tuple[Colour, str, int]] = [
        (community_colour(group["community"]), group["name"] or f"community {group['community']}", group["papers"])
        for group in groups[:_LISTED]
    ]
    if others := groups[_LISTED:]:
        rows.append((community_colour(None), f"{len(others)} smaller communities", sum(g["papers"] for g in others)))
    if alone := sum(node["community"] is None for node in nodes):
        rows.append((community_colour(None), "in no community", alone))
    y = 0.985
    for shade, text, papers in rows:
        lines = textwrap.wrap(name(text, 90), 34)[:3]
        axes.scatter([0.03], [y - 0.011], s=42, color=[shade], zorder=3)
        plain(axes.text(0.08, y, "\n".join(lines), size=SMALL, color=INK, va="top", linespacing=1.1))
        plain(axes.text(0.99, y, f"{papers:,}", size=SMALL, color=GREY, va="top", ha="right"))
        y -= 0.024 * len(lines) + 0.016
