"""The commands that ask about time: how often things are named, and what is new."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.ask import opened
from cli.options import DEFAULT_KB, Json, Kb, Limit, Quiet, Store
from cli.output import counted, note, note_found, on_terminal, one_line, put_blocks, put_json, put_lines, put_rows

Row = dict[str, Any]

_SUMMARY = ("name", "label", "papers", "first", "edge", "paper", "bursts", "sentence")
_PERIODS = ("name", "period", "papers", "total", "share", "burst", "bar")
_EIGHTHS = "▏▎▍▌▋▊▉█"
_WIDEST_BAR, _NARROWEST_BAR = 40, 6


def trends(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Entities: ids, names or aliases, in any case.")
    ],
    by: Annotated[str, typer.Option("--by", metavar="PERIOD", help="year or month; months need dates.")] = "year",
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw them too, into a .png or .svg file.")
    ] = None,
    kb: Kb = DEFAULT_KB,
    store: Store = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Count the papers that name an entity, by year or month. Mark its bursts, say who named it first.

    \b
    Example: kb trends NeRF SMPL --by month --plot trends.svg
    """
    from kb.figures.canvas import plot_format
    from kb.plot import plot as draw

    if plot:
        plot_format(plot)  # before the work, not after it
    with opened(kb, store, quiet) as base:
        answer = base.trends(names, by)
    if plot:
        draw(answer, plot)
    if as_json:
        put_json(answer)
    else:
        _put_trends(answer)
        _note_trends(answer, names, quiet)


def new(
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="2024, 2024-05 or 2024-05-01: from its first day on.")
    ],
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help="Only method, dataset, task, metric or concept.")
    ] = None,
    limit: Limit = 25,
    kb: Kb = DEFAULT_KB,
    store: Store = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List what was first introduced since a day, newest first. Each with its paper and its sentence.

    A paper known by its year alone counts as of the last day of that year, one without a year not at all.

    \b
    Example: kb new --since 2024-05 --kind dataset
    """
    with opened(kb, store, quiet) as base:
        rows = base.new(since, kind=kind, limit=limit)
    if as_json:
        put_json(rows)
        return
    shown = [{**row, "date": row["date"] or row["year"], "paper": row["paper_name"]} for row in rows]
    put_rows(shown, ("date", "label", "name", "paper", "sentence"), piped=("id",))
    note_found(rows, limit, quiet)
    if vague := sum(row["date"] is None for row in rows):
        note(f"{vague} of {len(rows)} known by the year alone, which counts as its last day", quiet)


def _put_trends(answer: Row) -> None:
    """Two tables for a pipe; on a terminal the second is a chart."""
    summary = [_summary(entity) for entity in answer["entities"]]
    if not on_terminal():
        put_blocks([("", _SUMMARY, summary), ("", _PERIODS, list(_lines(answer["entities"])))])
        return
    put_rows(summary, _SUMMARY)
    put_lines(chart(answer, shutil.get_terminal_size().columns, blocks=_has_blocks()))


def _note_trends(answer: Row, names: Sequence[str], quiet: bool) -> None:
    if on_terminal() and any(entity["bursts"] for entity in answer["entities"]):
        note("+ marks bursts: more papers than the share over all time lets expect", quiet)
    if answer["undated"]:
        lacks = "year" if answer["by"] == "year" else "date"
        note(f"{answer['undated']} of {counted(answer['papers'], 'paper')} without a {lacks}: not counted", quiet)
    if len(answer["entities"]) < len(names):
        note(f"{len(names)} names mean {counted(len(answer['entities']), 'entity').replace('ys', 'ies')}", quiet)


def _summary(entity: Row) -> Row:
    first = entity["first"] or dict.fromkeys(("date", "year", "edge", "name", "sentence"))
    return {
        **{key: entity[key] for key in ("name", "label", "papers")},
        "first": first["date"] or first["year"], "edge": first["edge"], "paper": first["name"],
        "bursts": [_stretch(burst) for burst in entity["bursts"]], "sentence": first["sentence"],
    }  # fmt: skip


def _stretch(burst: Row) -> str:
    when = burst["start"] if burst["start"] == burst["end"] else f"{burst['start']} to {burst['end']}"
    return f"{when} (weight {burst['weight']:.1f})"


def _lines(entities: Sequence[Row]) -> Iterator[Row]:
    """One row for each entity and period, the bars in plain ASCII."""
    most = _most(entities)
    for entity in entities:
        for row in entity["periods"]:
            yield {"name": entity["name"], **row, "bar": bar(row["papers"], most, _WIDEST_BAR, blocks=False)}


def _most(entities: Sequence[Row]) -> int:
    return max(int(row["papers"]) for entity in entities for row in entity["periods"])


def chart(answer: Row, width: int, *, blocks: bool) -> list[str]:
    """A line for each period with a bar for each entity, all on one scale; below one another where they do not fit."""
    entities = answer["entities"]
    most, periods = _most(entities), entities[0]["periods"]
    left = [(answer["by"], "total"), *((row["period"], str(row["total"])) for row in periods)]
    sizes = [max(len(line[i]) for line in left) for i in (0, 1)]
    digits = len(str(most))
    fixed = digits + 10  # of a cell without its bar
    free = max(width, 40) - sum(sizes) - 2
    side = max(1, min(len(entities), free // (fixed + _NARROWEST_BAR + 2)))
    long = max(_NARROWEST_BAR, min(_WIDEST_BAR, free // side - fixed - 2))
    made: list[str] = []
    for i in range(0, len(entities), side):
        group = entities[i : i + side]
        cells = [[_cut(entity["name"], fixed + long) for entity in group]]
        cells += (
            [_cell(row, digits, bar(row["papers"], most, long, blocks=blocks), long) for row in rows]
            for rows in zip(*(entity["periods"] for entity in group), strict=True)
        )
        made += [""] if made else []
        made += (
            "  ".join([period.ljust(sizes[0]), total.rjust(sizes[1]), *right]).rstrip()
            for (period, total), right in zip(left, cells, strict=True)
        )
    return made


def _cell(row: Row, digits: int, drawn: str, long: int) -> str:
    share = "" if row["share"] is None else f"{row['share']:.1%}"
    return f"{row['papers']:>{digits}} {share:>6} {'+' if row['burst'] else ' '} {drawn:{long}}"


def bar(value: int, most: int, width: int, *, blocks: bool) -> str:
    """A value as a bar of which `most` fills the width; what is not 0 is seen."""
    if not value:
        return ""
    if not blocks:
        return "#" * max(1, round(value * width / most))
    eighths = max(1, round(value * width * 8 / most))
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8 - 1] if eighths % 8 else "")


def _has_blocks() -> bool:
    try:
        _EIGHTHS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _cut(name: str, width: int) -> str:
    """A name filled or cut to so many columns; some letters take two."""
    from rich.cells import set_cell_size

    return set_cell_size(one_line(name), width)
