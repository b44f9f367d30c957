"""Figures for print: what they show, labels that do not collide, names in every script, the same bytes each time."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import kb
from kb.errors import NotFoundError, UsageError
from kb.figures import communities, ego, matrix, plot, timeline
from kb.figures.canvas import DPI, plain
from kb.figures.labels import Label, place
from kb.tables import Tables, frame

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

OTHER = ("SHARES", "CITES", "WROTE")
"""Edges that do not name an entity."""

NASTY = ["$k$-means^2", "_hidden", "方法", "a" * 300, "$", "$x_{$", "two\nlines", "عربي", "\\alpha", ""]


@pytest.fixture(scope="module")
def seeds(seeds_kb: Path) -> Tables:
    """The tables of the seeds, the papers given years."""
    with kb.open(seeds_kb) as base:
        tables = base.tables()
    return replace(tables, papers=tables.papers.with_columns(year=2012 + pl.int_range(pl.len()) % 13))


@pytest.fixture(scope="module")
def told(tiny: Tables) -> Tables:
    """`tiny` with two communities."""
    numbers = [(id_, i % 2 + 1) for i, id_ in enumerate(sorted([*tiny.papers["id"], *tiny.entities["id"]]))]
    rows = [{"id": id_, "community": n, "community_name": ("one, a", "two, b")[n - 1]} for id_, n in numbers]
    return replace(tiny, structure=frame("structure", rows))


def texts(figure: "Figure") -> "list[Text]":
    """The texts that a reader sees."""
    from matplotlib.text import Text

    figure.draw_without_rendering()
    return [each for each in figure.findobj(Text) if each.get_visible() and each.get_text().strip()]


def overlaps(figure: "Figure") -> list[tuple[str, str]]:
    """Pairs of texts whose rendered boxes share some ground."""
    boxes = [(each.get_text(), each.get_window_extent()) for each in texts(figure)]
    return [
        (a, b) for (a, one), (b, two) in combinations(boxes, 2)
        if min(one.x1, two.x1) - max(one.x0, two.x0) > 0.5 and min(one.y1, two.y1) - max(one.y0, two.y0) > 0.5
    ]  # fmt: skip


def drawn(what: str, tables: Tables) -> "Figure":
    """A figure of tables: communities, timeline, methods (over the years), matrix, or the ego of an id."""
    if what == "communities":
        return communities.figure(communities.communities(tables))
    if what == "matrix":
        return matrix.figure(matrix.matrix(tables))
    if what in ("timeline", "methods"):
        return timeline.figure(timeline.timeline(tables, kind="Method" if what == "methods" else None))
    return ego.figure(ego.ego(tables, what))


PICTURES = [
    "communities", "matrix", "timeline", "methods", "method:diffusion-model",
    "paper:3dgs-lm-faster-gaussian-splatting-optimization-with-levenberg-marquardt",
]  # fmt: skip


@pytest.mark.parametrize("what", PICTURES)
def test_no_label_lies_on_another(what: str, seeds: Tables) -> None:
    """Nor beyond the paper's edge; all can be read in print."""
    figure = drawn(what, seeds)
    assert overlaps(figure) == []
    width, height = figure.get_size_inches() * figure.dpi
    for text in texts(figure):
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text.get_text()
        assert text.get_fontsize() >= 7


def test_the_largest_communities_are_named_in_the_picture(seeds: Tables) -> None:
    """Each beside its papers, but for one or two that find no place."""
    answer = communities.communities(seeds)
    written = {text.get_text() for text in texts(communities.figure(answer))}
    heads = [group["name"].split(", ")[0] for group in answer["communities"][:12]]
    assert sum(head in written for head in heads) >= 10


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_a_figure_is_the_same_bytes_twice(suffix: str, told: Tables, tmp_path: Path) -> None:
    """And bears no date."""
    for figure, options in (("communities", {}), ("matrix", {}), ("timeline", {}), ("ego", {"id": "paper:icon"})):
        files = [tmp_path / f"{figure}{i}{suffix}" for i in (1, 2)]
        for file in files:
            plot(told, figure, file, **options)
        assert files[0].read_bytes() == files[1].read_bytes()
        assert b"<dc:date>" not in files[0].read_bytes()


def test_names_are_drawn_as_they_are(told: Tables, tmp_path: Path) -> None:
    """Dollars are no formula; long names are cut, a script the font lacks gives no warning, an empty name no error."""
    names = pl.Series([NASTY[i % len(NASTY)] for i in range(len(told.entities))])
    titles = pl.Series([NASTY[i % len(NASTY)] for i in range(len(told.papers))])
    groups = pl.Series([NASTY[i % len(NASTY)] for i in range(len(told.structure))])
    nasty = replace(
        told,
        entities=told.entities.with_columns(name=names),
        papers=told.papers.with_columns(title=pl.when(pl.col("title") != "").then(titles).otherwise(pl.lit(""))),
        structure=told.structure.with_columns(community_name=groups),
    )
    for figure, options in (("communities", {}), ("matrix", {}), ("timeline", {}), ("ego", {"id": "paper:icon"})):
        plot(nasty, figure, tmp_path / "p.svg", **options)
        assert (tmp_path / "p.svg").stat().st_size > 1000


def test_a_matrix_counts_papers_that_name_both(told: Tables) -> None:
    """Each cell against the edges counted by hand; methods are rows."""
    answer = matrix.matrix(told)
    named = {(edge["source"], edge["target"]) for edge in told.edges.to_dicts() if edge["type"] not in OTHER}
    for row, counts in zip(answer["rows"], answer["papers"], strict=True):
        for column, papers in zip(answer["columns"], counts, strict=True):
            both = [p for p in told.papers["id"] if (p, row["id"]) in named and (p, column["id"]) in named]
            assert papers == len(both), (row["id"], column["id"])
    assert sum(map(sum, answer["papers"])) > 0
    assert len(matrix.matrix(told, top=1)["rows"]) == 1


def test_a_timeline_counts_papers_by_year(told: Tables) -> None:
    """Of each community and of all; papers without a year are told."""
    answer = timeline.timeline(told)
    known = told.papers.filter(pl.col("title") != "")
    years = known["year"].drop_nulls().to_list()
    assert answer["years"] == list(range(min(years), max(years) + 1))
    assert answer["counts"] == [years.count(year) for year in answer["years"]]
    assert answer["undated"] == len(known) - len(years)
    assert sum(row["papers"] for row in answer["rows"]) == len(years)
    methods = timeline.timeline(told, kind="Method", top=2)["rows"]
    assert len(methods) == 2 and all(row["id"].startswith("method:") for row in methods)


def test_the_oldest_years_are_left_out_where_they_are_few(told: Tables) -> None:
    """One paper of 1024 among 400 does not press the others into a corner; it is counted apart."""
    papers = [{"id": f"paper:{i}", "title": "t", "year": 2000 + i % 5 if i else 1024} for i in range(400)]
    answer = timeline.timeline(replace(told, papers=frame("papers", papers)), kind="Method")
    assert (answer["years"], answer["earlier"]) == ([2000, 2001, 2002, 2003, 2004], 1)


def test_an_ego_holds_a_node_and_its_nearest(told: Tables) -> None:
    """Of a paper what it names and the papers joined to it; of an entity its papers and what they name too."""
    around = ego.ego(told, "paper:icon")
    named = told.edges.filter((pl.col("source") == "paper:icon") & ~pl.col("type").is_in(OTHER))["target"].to_list()
    assert sorted(node["id"] for node in around["entities"]) == sorted(set(named))
    entity = named[0]
    owners = told.edges.filter((pl.col("target") == entity) & ~pl.col("type").is_in(OTHER))["source"].to_list()
    around = ego.ego(told, entity)
    assert sorted(node["id"] for node in around["papers"]) == sorted(set(owners))
    assert entity not in [node["id"] for node in around["entities"]]
    held = {entity, *(node["id"] for node in (*around["papers"], *around["entities"]))}
    assert all(edge["source"] in held and edge["target"] in held for edge in around["edges"])
    assert len(ego.ego(told, entity, top=1)["papers"]) == 1


def test_communities_have_places_and_links(told: Tables) -> None:
    """Papers with a link are placed; the rest are counted."""
    answer = communities.communities(told)
    links = told.edges.filter(pl.col("type").is_in(["SHARES", "CITES"]))
    joined = {*links["source"], *links["target"]}
    assert {node["id"] for node in answer["nodes"]} == joined
    assert answer["drawn"] == len(joined) and answer["papers"] == len(told.papers)
    assert sum(group["papers"] for group in answer["communities"]) == len(joined)
    assert communities.communities(told, top=2)["drawn"] == 2


@pytest.mark.parametrize(
    ("figure", "options", "error", "said"),
    [
        ("pie", {}, UsageError, "no figure .* communities, timeline, matrix, ego"),
        ("matrix", {"id": "paper:icon"}, UsageError, "matrix takes no name"),
        ("communities", {"kind": "method"}, UsageError, "communities takes no kind"),
        ("timeline", {"kind": "author"}, UsageError, "kind must be one of Method"),
        ("matrix", {"top": 0}, UsageError, "top must be 1 or more"),
        ("ego", {}, UsageError, "name it"),
        ("ego", {"id": "paper:alone"}, NotFoundError, "nothing is joined"),
    ],
)
def test_a_wrong_wish_is_refused(
    figure: str, options: dict[str, Any], error: type[Exception], said: str, told: Tables, tmp_path: Path
) -> None:
    """Before anything is written."""
    with pytest.raises(error, match=said):
        plot(told, figure, tmp_path / "p.png", **options)
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_is_there_is_no_figure(told: Tables, tmp_path: Path) -> None:
    """A base without years has no timeline, one without edges no matrix and no communities; each says why."""
    bare = replace(told, papers=told.papers.with_columns(year=pl.lit(None, pl.Int64)), edges=frame("edges", []))
    for figure, said in (("timeline", "no years"), ("matrix", "no paper"), ("communities", "no two papers")):
        with pytest.raises(NotFoundError, match=said):
            plot(bare, figure, tmp_path / "p.png")


def test_labels_avoid_each_other_and_drop_what_has_no_place() -> None:
    """Of 80 names on a few inches those that are written lie apart, the first one among them."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 3), dpi=DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
    points = np.random.default_rng(1).random((80, 2))
    labels = [Label(x, y, f"label {i}", 8, clear=2) for i, (x, y) in enumerate(points)]
    made = place(axes, labels, points)
    assert made[0] is not None and 20 < sum(text is not None for text in made) < 80
    assert overlaps(figure) == []
    plain(axes.text(*made[0].get_position(), "one more"))
    assert overlaps(figure) != []
