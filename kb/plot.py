"""Trends as a picture: papers and shares over time, bursts shaded."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.figures.canvas import save
from kb.questions import Row, shortened
from kb.schema import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = [(r / 255, g / 255, b / 255) for label, (r, g, b) in COLOURS.items() if label != "Paper"]
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_DASHES = ("-", "--", ":", "-.")
_MOST_TICKS = 12
_MOST_MARKERS = 60
_MOST_TITLED = 3
_LONGEST_NAME = 40


def plot(answer: Row, path: Path) -> None:
    """Draw what `trends` answers into a .png or .svg file; UsageError and OSError as `save`."""
    save(lambda: _figure(answer), path, dpi=150)


def _figure(answer: Row) -> "Figure":
    from matplotlib.figure import Figure

    entities = answer["entities"]
    figure = Figure(figsize=(8, 5.2), layout="constrained")
    papers, share = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    for i, entity in enumerate(entities):
        _draw(papers, entity, i, [row["papers"] for row in entity["periods"]])
        _draw(share, entity, i, [None if row["share"] is None else row["share"] * 100 for row in entity["periods"]])
    names = [_name(entity) for entity in entities]
    what = ", ".join(names) if len(names) <= _MOST_TITLED else f"{len(names)} entities"
    papers.set_title(f"Papers that name {shortened(what)}", loc="left", fontweight="bold", parse_math=False)
    papers.set_ylabel("papers")
    share.set_ylabel("share of all papers (%)")
    share.set_xlabel(answer["by"])
    _label(papers, share, [row["period"] for row in entities[0]["periods"]])
    _legend(papers, entities)
    return figure


def _draw(axes: "Axes", entity: Row, i: int, values: Sequence[float | None]) -> None:
    """One line, the ground under it filled where it bursts, half a period beyond on either side."""
    import numpy as np

    colour = _COLOURS[i % len(_COLOURS)]
    known = np.array([np.nan if value is None else value for value in values], dtype=float)
    marker = _MARKERS[i % len(_MARKERS)] if len(known) <= _MOST_MARKERS else ""
    dashes = _DASHES[i // len(_COLOURS) % len(_DASHES)]
    places = np.arange(len(known))
    axes.plot(
        places, known, color=colour, linestyle=dashes, marker=marker, markersize=4.5, linewidth=1.6, clip_on=False
    )
    at = {row["period"]: place for place, row in enumerate(entity["periods"])}
    held = ~np.isnan(known)
    for burst in entity["bursts"]:
        first, last = at[burst["start"]] - 0.5, at[burst["end"]] + 0.5
        filled = np.unique([first, *places[(places >= first) & (places <= last)], last])
        heights = np.interp(filled, places[held], known[held])
        axes.fill_between(filled, heights, color=colour, alpha=0.25, linewidth=0)


def _label(papers: "Axes", share: "Axes", periods: Sequence[str]) -> None:
    """Whole numbers of papers, a scale from 0, as many periods as can be read."""
    from matplotlib.ticker import MaxNLocator

    papers.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    for axes in (papers, share):
        axes.set_ylim(0, max(axes.get_ylim()[1], 1 if axes is papers else 0.1))
        axes.grid(axis="y", color="0.9", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    share.set_xlim(-0.6, len(periods) - 0.4)
    ticks = _ticks(periods)
    share.set_xticks(ticks, [periods[place] for place in ticks])


def _ticks(periods: Sequence[str]) -> list[int]:
    """The places of the periods that are written out: evenly spaced, Januaries where many months are shown."""
    most = _MOST_TICKS if len(periods[0]) == 4 else _MOST_TICKS * 2 // 3
    places = list(range(len(periods)))
    if len(periods[0]) > 4 and len(periods) > 24:
        places = [place for place in places if periods[place].endswith("-01")]
    return places[:: -(-len(places) // most)]


def _legend(axes: "Axes", entities: Sequence[Row]) -> None:
    """Names beside their lines, and what the shading means; texts are set later, since `_` and `$` mean something."""
    from matplotlib.patches import Patch

    handles: list[Any] = list(axes.get_lines()) if len(entities) > 1 else []
    names = [_name(entity) for entity in entities] if handles else []
    if any(entity["bursts"] for entity in entities):
        handles.append(Patch(facecolor=_COLOURS[0] if len(entities) == 1 else "0.5", alpha=0.25))
        names.append("burst")
    if not handles:
        return
    legend = axes.legend(handles, [str(i) for i in range(len(handles))], loc="best", frameon=False, fontsize=9)
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_parse_math(False)
        text.set_text(name)


def _name(entity: Row) -> str:
    return shortened(entity["name"], _LONGEST_NAME)
