"""A node and what lies around it: papers on the left, what they name on the right, edges between them."""

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from kb.errors import NotFoundError
from kb.figures.canvas import (
    GREY,
    INK,
    MIDDLE,
    SMALL,
    blank,
    colour,
    darker,
    fitted,
    name,
    plain,
)  # fmt: skip
from kb.schema import COLOURS, EDGES, ENTITIES, ENTITY_EDGES, label_of
from kb.tables import Tables, captions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Row = dict[str, Any]

SIDE = 18
"""Nodes of each side, where nothing else is asked for."""

_ENOUGH = 6  # entities that several papers name: then what only one of them names is left out

_STYLES: dict[str, tuple[Any, float]] = {  # of the lines: dashes, width in points
    "INTRODUCES": ("-", 1.8), "EXTENDS": ("-", 1.1), "COMPARES_WITH": ((0, (4, 1.6)), 1.0), "USES": ("-", 0.7),
    "EVALUATES_ON": ("-", 0.9), "ADDRESSES": ("-", 0.9), "REPORTS": ("-", 0.9), "MENTIONS": ((0, (1, 1.6)), 0.8),
    "CITES": ((0, (5, 1.2, 1, 1.2)), 1.1), "SHARES": ("-", 0.9), "WROTE": ("-", 0.9),
}  # fmt: skip


def ego(tables: Tables, id: str, *, kind: str | None = None, top: int | None = None) -> Row:
    """The picture as data: the node `id`, `top` papers and as many entities near it (SIDE without), their edges.

    The papers are those with the heaviest edges to it. The entities of a paper are those it names, heaviest first; of
    another node those that most of these papers name. `kind` leaves only entities of that label. NotFoundError where
    nothing is joined to the node.
    """
    wanted = [kind] if kind else list(ENTITIES)
    near = _near(tables.edges, id)
    papers = _heaviest(near.filter(pl.col("id").str.starts_with("paper:")), top or SIDE)
    if label_of(id) == "Paper":
        entities = _heaviest(near.filter(_among(wanted)), top or SIDE)
    else:
        entities = _named_most(tables.edges, papers, id, wanted, top or SIDE)
    if not papers and not entities:
        raise NotFoundError(f'nothing is joined to "{id}": there is nothing to draw around it')
    held = [id, *papers, *entities]
    kept = tables.edges.filter(pl.col("source").is_in(held) & pl.col("target").is_in(held))
    left, right = _uncrossed(kept, papers, entities)
    return {
        "figure": "ego", "node": _nodes(tables, [id])[0],
        "papers": _nodes(tables, left), "entities": _nodes(tables, right),
        "edges": kept.select("type", "source", "target", "weight").sort("type", "source", "target").to_dicts(),
    }  # fmt: skip


def _near(edges: pl.DataFrame, id: str) -> pl.DataFrame:
    """What is joined to a node: `id, weight`, of several edges the heaviest; one without a weight is a citation."""
    touching = edges.filter((pl.col("source") == id) | (pl.col("target") == id))
    other = pl.when(pl.col("source") == id).then("target").otherwise("source").alias("id")
    joined = touching.select(other, pl.col("weight").fill_null(1.0)).filter(pl.col("id") != id)
    return joined.group_by("id").agg(pl.col("weight").max())


def _among(kinds: list[str]) -> pl.Expr:
    return pl.col("id").str.split(":").list.first().is_in([kind.lower() for kind in kinds])


def _heaviest(near: pl.DataFrame, top: int) -> list[str]:
    return near.sort(["weight", "id"], descending=[True, False]).head(top)["id"].to_list()


def _named_most(edges: pl.DataFrame, papers: list[str], id: str, kinds: list[str], top: int) -> list[str]:
    """The entities that most of these papers name, then by the weight they have in them."""
    own = edges.filter(pl.col("type").is_in(ENTITY_EDGES) & pl.col("source").is_in(papers) & (pl.col("target") != id))
    counted = own.select("source", pl.col("target").alias("id"), "weight").filter(_among(kinds))
    ranked = counted.group_by("id").agg(pl.col("source").n_unique().alias("papers"), pl.col("weight").sum().round(9))
    if (several := ranked.filter(pl.col("papers") > 1)).height >= _ENOUGH:
        ranked = several
    return ranked.sort(["papers", "weight", "id"], descending=[True, True, False]).head(top)["id"].to_list()


def _uncrossed(edges: pl.DataFrame, papers: list[str], entities: list[str]) -> tuple[list[str], list[str]]:
    """Both sides in an order of few crossings, entities by kind: each at the mean place of what it is joined to.

    The barycentre heuristic of Sugiyama, Tagawa and Toda (1981), a few rounds.
    """
    pairs = set(edges.filter(pl.col("type").is_in(ENTITY_EDGES)).select("source", "target").iter_rows())
    rank = {kind.lower(): i for i, kind in enumerate(ENTITIES)}
    right = sorted(entities, key=lambda each: rank[each.split(":")[0]])
    left = list(papers)
    for _ in range(4):
        left = sorted(left, key=lambda each: _mean([i for i, e in enumerate(right) if (each, e) in pairs], left, each))
        right = sorted(
            right,
            key=lambda each: (
                rank[each.split(":")[0]],
                _mean([i for i, p in enumerate(left) if (p, each) in pairs], right, each),
            ),
        )
    return left, right


def _mean(places: list[int], side: list[str], own: str) -> float:
    return sum(places) / len(places) if places else float(side.index(own))


def _nodes(tables: Tables, ids: list[str]) -> list[Row]:
    """`id, label, name, papers` in the order of the ids; papers have no count."""
    known = [
        tables.papers.select("id", captions(tables.papers).alias("name"), papers=pl.lit(None, pl.Int64)),
        tables.entities.select("id", "name", "papers"),
        tables.authors.select("id", "name", "papers"),
    ]
    found = pl.concat([part.filter(pl.col("id").is_in(ids)) for part in known])
    rows = {row["id"]: {"id": row["id"], "label": label_of(row["id"]), **row} for row in found.iter_rows(named=True)}
    return [rows[each] for each in ids]


def figure(answer: Row) -> "Figure":
    """Draw what `ego` answers."""
    papers, entities, node = answer["papers"], answer["entities"], answer["node"]
    rows = max(len(papers), len(entities), 4)
    height = 1.16 + 0.27 * rows
    here = f"{len(papers)} papers near it and {len(entities)} of the things it names"
    if node["label"] != "Paper":
        here = f"{len(papers)} of its papers and the {len(entities)} things that most of them name"
    made = blank(
        9, height, f"Around {name(node['name'], 60)} ({node['label'].lower()})", f"{here[0].upper()}{here[1:]}."
    )
    axes = made.add_axes((0, 0.5 / height, 1, (height - 1.06) / height))
    axes.set_axis_off()
    axes.set(xlim=(-4.5, 4.5), ylim=(0.27 * rows + 0.05, -0.05))
    at = {node["id"]: (0.0, 0.27 * rows / 2)} | _places(papers, rows, -1) | _places(entities, rows, 1)
    _edges(axes, answer, at)
    for each in (node, *papers, *entities):
        _node(axes, each, at, centre=each is node)
    _legend(made, answer, height)
    return made


def _places(side: list[Row], rows: int, sign: int) -> dict[str, tuple[float, float]]:
    """Nodes at even heights on an arc that opens to the middle."""
    middle = rows / 2
    places = {}
    for i, each in enumerate(side):
        y = middle + (i + 0.5 - len(side) / 2)
        bend = ((y - middle) / max(middle, 1)) ** 2
        places[each["id"]] = (sign * (1.95 - 0.45 * bend), 0.27 * y)
    return places


def _edges(axes: "Axes", answer: Row, at: dict[str, tuple[float, float]]) -> None:
    """Curves between the sides and from the node itself; those at the node on top, stronger."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    centre = answer["node"]["id"]
    for edge in answer["edges"]:
        own = centre in (edge["source"], edge["target"])
        (ax, ay), (bx, by) = at[edge["source"]], at[edge["target"]]
        if ax * bx > 0:  # both on one side: a bow towards the middle
            pull = ax * 0.45
            path = Path([(ax, ay), (pull, ay), (pull, by), (bx, by)], [1, 4, 4, 4])
        else:
            middle = (ax + bx) / 2
            path = Path([(ax, ay), (middle, ay), (middle, by), (bx, by)], [1, 4, 4, 4])
        dashes, width = _STYLES[edge["type"]]
        line = PathPatch(
            path, facecolor="none", edgecolor=_shade(edge), linestyle=dashes, linewidth=width * (1.15 if own else 0.8),
            alpha=0.9 if own else 0.16 if ax * bx > 0 else 0.32, zorder=2 if own else 1, capstyle="butt",
        )  # fmt: skip
        axes.add_patch(line)


def _shade(edge: Row) -> tuple[float, float, float]:
    """An edge has the colour of the entity that it leads to; between papers it is grey, dark where one cites."""
    if edge["type"] == "CITES":
        return 0.2, 0.2, 0.2
    return colour(COLOURS[label_of(edge["source"] if edge["type"] == "WROTE" else edge["target"])])


def _node(axes: "Axes", node: Row, at: dict[str, tuple[float, float]], *, centre: bool) -> None:
    x, y = at[node["id"]]
    shade = colour(COLOURS[node["label"]])
    size = 150.0 if centre else float(np.clip(14 + 9 * np.log2(1 + (node["papers"] or 1)), 20, 110))
    axes.scatter([x], [y], s=size, color=[shade], edgecolors="white", linewidths=0.8, zorder=4)
    if centre:
        text = axes.text(
            x, y + 0.2, name(node["name"], 30), size=MIDDLE, weight="bold", ha="center", va="top", zorder=5
        )
        text.set_bbox({"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1.5})
    else:
        text = axes.text(
            x + np.sign(x) * 0.12, y, name(node["name"], 80), size=SMALL, color=INK if node["label"] == "Paper" else
            darker(shade), ha="left" if x > 0 else "right", va="center", zorder=5,
        )  # fmt: skip
        fitted(plain(text), 4.5 - abs(x) - 0.25)
    plain(text)


def _legend(made: "Figure", answer: Row, height: float) -> None:
    """What colours and lines mean, of those there are, in two lines below."""
    from matplotlib.lines import Line2D

    labels = {each["label"] for each in (answer["node"], *answer["papers"], *answer["entities"])}
    dots = [
        Line2D([], [], marker="o", linestyle="", markersize=6, color=colour(COLOURS[label]), label=label.lower())
        for label in COLOURS if label in labels
    ]  # fmt: skip
    there = {edge["type"] for edge in answer["edges"]}
    alike: dict[object, list[str]] = {}  # what looks the same is told apart by the colour of what it leads to
    for type_ in (each for each in EDGES if each in there):
        alike.setdefault(_STYLES[type_], []).append(type_.lower().replace("_", " "))
    lines = [
        Line2D([], [], color="0.35", linestyle=_STYLES[type_][0], linewidth=_STYLES[type_][1],
               label=", ".join(alike[_STYLES[type_]]))
        for type_ in EDGES if type_ in there and alike[_STYLES[type_]][0] == type_.lower().replace("_", " ")
    ]  # fmt: skip
    for handles, up in ((dots, 0.27), (lines, 0.06)):
        made.legend(
            handles=handles, loc="lower center", bbox_to_anchor=(0.5, up / height), ncols=len(handles), frameon=False,
            fontsize=7, handlelength=1.9, columnspacing=1.1, handletextpad=0.5, labelcolor=GREY, borderaxespad=0,
        )  # fmt: skip
