"""Papers over the years: a row of bars for each community, or for each entity of a kind."""

from typing import TYPE_CHECKING, Any

import polars as pl

from kb.errors import NotFoundError
from kb.figures.canvas import (
    GREY,
    INK,
    LINE,
    MIDDLE,
    SMALL,
    Colour,
    blank,
    colour,
    community_colour,
    darker,
    name,
    plain,
)  # fmt: skip
from kb.schema import COLOURS, ENTITY_EDGES, label_of
from kb.tables import Tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Row = dict[str, Any]

ROWS = 12
_EARLY = 0.005  # the part of all papers that may be left out at the old end: one of 1024 would press all others flat


def timeline(tables: Tables, *, kind: str | None = None, top: int | None = None) -> Row:
    """The picture as data: papers by year, of all, and of the `top` largest communities (ROWS without).

    With `kind` of the entities of that label that most papers name. Papers without a year are counted apart, and so
    are the few oldest. NotFoundError where no paper has a year.
    """
    known = tables.papers.filter(pl.col("title") != "")
    dated = known.filter(pl.col("year").is_between(1, 9999)).select("id", "year")
    if dated.is_empty():
        raise NotFoundError("the papers of this base carry no years, and a timeline needs them")
    first = int(dated["year"].sort()[int(len(dated) * _EARLY)])
    years = list(range(first, int(dated["year"].sort()[-1]) + 1))
    shown = dated.filter(pl.col("year") >= first)
    rows = _of_entities(tables, shown, kind) if kind else _of_communities(tables, shown)
    return {
        "figure": "timeline", "kind": kind, "papers": len(known), "undated": len(known) - len(dated),
        "earlier": len(dated) - len(shown), "years": years, "counts": _counts(shown, years),
        "rows": [_row(key, own, years) for key, own in _largest(rows, top or ROWS)],
    }  # fmt: skip


def _of_communities(tables: Tables, dated: pl.DataFrame) -> pl.DataFrame:
    """`id, name, year` of the papers in a community; the id is its number."""
    named = tables.structure.select("id", "community", pl.col("community_name").alias("name")).drop_nulls("community")
    return dated.join(named, on="id").select(pl.col("community").cast(pl.String).alias("id"), "name", "year")


def _of_entities(tables: Tables, dated: pl.DataFrame, kind: str) -> pl.DataFrame:
    """`id, name, year`, a row for each paper that names an entity."""
    named = tables.edges.filter(pl.col("type").is_in(ENTITY_EDGES)).select("source", "target").unique()
    known = tables.entities.filter(pl.col("kind") == kind).select(pl.col("id").alias("target"), "name")
    both = named.join(known, on="target").join(dated, left_on="source", right_on="id")
    return both.select(pl.col("target").alias("id"), "name", "year")


def _largest(rows: pl.DataFrame, top: int) -> list[tuple[tuple[str, str | None], pl.DataFrame]]:
    sizes = rows.group_by("id", "name").len("papers").sort(["papers", "id"], descending=[True, False]).head(top)
    return [((id_, called), rows.filter(pl.col("id") == id_)) for id_, called in sizes.select("id", "name").iter_rows()]


def _row(key: tuple[str, str | None], own: pl.DataFrame, years: list[int]) -> Row:
    id_, called = key
    told: Row = {"id": id_} if ":" in id_ else {"community": int(id_)}
    return {**told, "name": called or f"community {id_}", "papers": len(own), "counts": _counts(own, years)}


def _counts(rows: pl.DataFrame, years: list[int]) -> list[int]:
    """Rows by year."""
    found = dict(rows["year"].value_counts().iter_rows())
    return [found.get(year, 0) for year in years]


def figure(answer: Row) -> "Figure":
    """Draw what `timeline` answers: one scale for all rows, the papers of the base below."""
    rows, years = answer["rows"], answer["years"]
    what = f"the {answer['kind'].lower()}s that most papers name" if answer["kind"] else "communities"
    told = "Papers a year, each row on its own scale; beside it all its papers, and its best year."
    told += f" {answer['undated']:,} papers have no year." if answer["undated"] else ""
    told += f" {answer['earlier']:,} are earlier." if answer["earlier"] else ""
    head, each, foot = 0.62, 0.42, 0.34
    height = head + each * (len(rows) + 1) + foot
    made = blank(8.5, height, f"{what[0].upper()}{what[1:]}, {years[0]}–{years[-1]}", told)
    left, width = 0.36, 0.555
    base = {"name": "all papers", "papers": sum(answer["counts"]), "counts": answer["counts"]}
    for i, row in enumerate([*rows, base]):
        axes = made.add_axes((left, 1 - (head + each * (i + 1)) / height, width, each * 0.84 / height))
        _bars(axes, years, row)
        _name(axes, years, row)
    axes.set_xticks(_ticks(years))
    axes.tick_params(bottom=True, labelbottom=True, labelsize=SMALL, colors=GREY, length=3)
    return made


def _shade(row: Row) -> Colour:
    if "community" in row:
        return community_colour(row["community"])
    return colour(COLOURS[label_of(row.get("id", "paper"))])


def _bars(axes: "Axes", years: list[int], row: Row) -> None:
    axes.bar(years, row["counts"], width=0.82, color=_shade(row))
    axes.set(xlim=(years[0] - 0.6, years[-1] + 0.6), ylim=(0, max(*row["counts"], 1) * 1.04), yticks=[])
    axes.tick_params(bottom=False, labelbottom=False)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(LINE)


def _name(axes: "Axes", years: list[int], row: Row) -> None:
    """The name left of the bars, on two lines at most; right of them the number of papers and the best year."""
    import textwrap

    lines = textwrap.wrap(name(row["name"], 90), 38)
    text = "\n".join(lines if len(lines) < 3 else [lines[0], name(" ".join(lines[1:]), 37)])
    own, best = axes.transAxes, max(row["counts"])
    plain(axes.text(-0.02, 0.42, text, transform=own, size=SMALL, color=INK, ha="right", va="center", linespacing=1.05))
    shade, year = darker(_shade(row)), years[row["counts"].index(best)]
    axes.text(1.015, 0.6, f"{row['papers']:,}", transform=own, size=MIDDLE, color=shade, va="center")
    axes.text(1.015, 0.18, f"{year}: {best:,}", transform=own, size=7, color=GREY, va="center")


def _ticks(years: list[int]) -> list[int]:
    """As many round years as can be read."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 10_000) if len(years) / step <= 13)
    return [year for year in years if year % step == 0] or years[:1]
