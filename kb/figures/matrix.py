"""Which methods go with which datasets, tasks or other things: a heat map of the papers that name both."""

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from kb.errors import NotFoundError
from kb.figures.canvas import INK, LINE, SMALL, blank, community_colour, fitted, name, plain
from kb.schema import ENTITY_EDGES
from kb.tables import Tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Row = dict[str, Any]

SIDE = 24
"""Rows and columns of a matrix, where nothing else is asked for."""

_UPRIGHT = 1.5  # inches of the names above the columns


def matrix(tables: Tables, *, kind: str = "Task", top: int | None = None) -> Row:
    """The picture as data: methods, what they go with, and for each pair the papers that name both.

    Rows are the `top` methods (SIDE without), columns as many entities of label `kind`: those with most papers that
    name one of the other side too. Both are ordered by community. NotFoundError where no paper names both.
    """
    pairs = _pairs(tables, kind)
    if pairs.is_empty():
        raise NotFoundError(f"no paper of this base names a method and a {kind.lower()}: there is no matrix to draw")
    chosen = _chosen(pairs, top or SIDE)
    kept = pairs.filter(pl.col("row").is_in(chosen[0]) & pl.col("column").is_in(chosen[1]))
    counts = kept.group_by("row", "column").len("papers")
    rows, columns = (_ordered(tables, counts, side) for side in ("row", "column"))
    place = [{one["id"]: i for i, one in enumerate(side)} for side in (rows, columns)]
    cells = [[0] * len(columns) for _ in rows]
    for row, column, papers in counts.iter_rows():
        cells[place[0][row]][place[1][column]] = papers
    return {"figure": "matrix", "kind": kind, "rows": rows, "columns": columns, "papers": cells}


def _pairs(tables: Tables, kind: str) -> pl.DataFrame:
    """`row, column, paper`: a method and an entity of the kind that a paper names, not twice the same."""
    named = tables.edges.filter(pl.col("type").is_in(ENTITY_EDGES)).select("source", "target").unique()
    labels = named.join(tables.entities.select(pl.col("id").alias("target"), "kind"), on="target")
    methods = labels.filter(pl.col("kind") == "Method").select(pl.col("source").alias("paper"), row="target")
    others = labels.filter(pl.col("kind") == kind).select(pl.col("source").alias("paper"), column="target")
    return methods.join(others, on="paper").filter(pl.col("row") != pl.col("column"))


def _chosen(pairs: pl.DataFrame, top: int) -> tuple[list[str], list[str]]:
    """The rows and columns: in three rounds those with most papers in what the other side kept."""
    rows, columns = pairs["row"].unique().to_list(), pairs["column"].unique().to_list()
    for size in (4 * top, 2 * top, top):
        held = pairs.filter(pl.col("column").is_in(columns))
        rows = _first(held, "row", size)
        columns = _first(pairs.filter(pl.col("row").is_in(rows)), "column", size)
    return rows, columns


def _first(pairs: pl.DataFrame, side: str, size: int) -> list[str]:
    papers = pairs.group_by(side).agg(pl.col("paper").n_unique().alias("papers"))
    return papers.sort(["papers", side], descending=[True, False]).head(size)[side].to_list()


def _ordered(tables: Tables, counts: pl.DataFrame, side: str) -> list[Row]:
    """The entities of a side: by community, the largest first, in it by the papers of the picture."""
    own = counts.group_by(pl.col(side).alias("id")).agg(pl.col("papers").sum().alias("pairs"))
    shape = tables.structure.select("id", "community", "community_name")
    known = own.join(tables.entities.select("id", "name", "papers"), on="id").join(shape, on="id", how="left")
    order = known.sort(["community", "pairs", "id"], descending=[False, True, False], nulls_last=True)
    return order.select("id", "name", "papers", "community", "community_name").to_dicts()


def figure(answer: Row) -> "Figure":
    """Draw what `matrix` answers."""
    rows, columns, papers = answer["rows"], answer["columns"], np.array(answer["papers"])
    longest = max(len(one["name"]) for one in columns)
    side, left, right, down = 0.255, 2.35, 0.25, 0.2
    up = 0.9 + min(_UPRIGHT, 0.075 * longest)
    width, height = left + side * len(columns) + right, up + side * len(rows) + down
    width = max(width, 6.2)
    kind = answer["kind"].lower()
    told = "Each number is how many papers name both. Ordered by community, whose colours are at the rims."
    made = blank(width, height, f"Methods and the {kind}s they go with", told)
    size = (side * len(columns) / width, side * len(rows) / height)
    axes = made.add_axes((left / width, down / height, *size))
    _cells(axes, papers)
    _names(axes, rows, columns)
    return made


def _cells(axes: "Axes", papers: np.ndarray) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    blues = LinearSegmentedColormap.from_list("blues", ["#eaf3fb", "#7fb8de", "#0072b2", "#003f6b"])
    most = int(papers.max())
    depth = np.sqrt(np.maximum(papers, 0) / most)
    image = np.where((papers > 0)[..., None], blues(depth)[..., :3], 1.0)
    axes.imshow(image, interpolation="nearest", aspect="auto")
    for (i, j), number in np.ndenumerate(papers):
        if number:
            shade = "white" if depth[i, j] > 0.62 else INK
            axes.text(j, i, _short(int(number)), size=7, ha="center", va="center", color=shade)


def _short(number: int) -> str:
    """A number in four characters."""
    return str(number) if number < 1_000 else f"{number / 1000:.1f}k" if number < 9_950 else f"{number / 1000:.0f}k"


def _names(axes: "Axes", rows: list[Row], columns: list[Row]) -> None:
    """Names on the left and, upright, above; coloured by community between them and the cells; fine lines between."""
    axes.set_xticks(np.arange(len(columns) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(rows) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=LINE, linewidth=0.5)
    axes.tick_params(which="both", length=0)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    for i, one in enumerate(rows):
        _rim(axes, (-0.95, i - 0.5), (0.3, 1), one)
        text = axes.text(-1.15, i, name(one["name"], 80), size=SMALL, color=INK, ha="right", va="center")
        fitted(plain(text), 1.95)
    for j, one in enumerate(columns):
        _rim(axes, (j - 0.5, -0.95), (1, 0.3), one)
        text = axes.text(j, -1.15, name(one["name"], 80), size=SMALL, color=INK, ha="center", va="bottom", rotation=90)
        fitted(plain(text), _UPRIGHT)
    for side, line in ((rows, axes.axhline), (columns, axes.axvline)):
        for k in range(1, len(side)):
            if community_colour(side[k]["community"]) != community_colour(side[k - 1]["community"]):
                line(k - 0.5, color="0.6", linewidth=0.6)


def _rim(axes: "Axes", corner: tuple[float, float], size: tuple[float, float], one: Row) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle(corner, *size, color=community_colour(one["community"]), clip_on=False, linewidth=0))
