"""What a command prints: JSON for programs, tab-separated lines for pipes, tables for people.

Answers go to stdout, notes and progress to stderr. Rich is imported only where a terminal is to be painted: a
question in a pipe starts without it.
"""

import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

Row = Mapping[str, object]
Block = tuple[str, Sequence[str], Sequence[Row]]
"""A table: title, columns, rows."""

Tick = Callable[[str, int, int], None]

# A title may hold an escape sequence: printed as it is, it would drive the reader's terminal.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Columns of short values: wrapping them would cost the sentences beside them nothing and the reader much.
_SHORT = {
    "what", "step", "state", "created", "updated", "deleted", "unchanged", "hop", "edge", "direction", "label",
    "weight", "year", "papers", "mentions", "score", "count", "shared", "position", "betweenness", "participation",
    "pagerank", "community", "links",
}  # fmt: skip
_ARROWS = {"out": "->", "in": "<-", "both": "--"}
_UNITS = {"read": "file", "extract": "paper", "nodes": "row", "edges": "row"}
_SMALL = 0.01  # below it three digits after the point tell nothing
_SHOWN_DIGITS = 4  # of a number for people; --json has all of them


def one_line(text: str) -> str:
    """Text without line breaks, tabs and other control characters."""
    return _CONTROLS.sub(" ", text).strip()


def put_json(value: object) -> None:
    """Print one JSON document; ASCII only where stdout cannot hold the rest."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(_plain(value), ensure_ascii=not utf8, indent=2, default=str)
    _write(text + "\n")


def on_terminal() -> bool:
    """Whether the answer is for eyes."""
    return sys.stdout.isatty()


def put_rows(
    rows: Sequence[Row],
    columns: Sequence[str],
    *,
    title: str = "",
    marks: Sequence[str] = (),
    piped: Sequence[str] = (),
) -> None:
    """Print rows as a table on a terminal, else as tab-separated lines under a header line.

    On a terminal `marks` and the row's own name stand out in columns of sentences, and the columns `piped`, which
    only a program wants, are left out.
    """
    if not on_terminal():
        columns = [*columns, *piped]
        lines = ["\t".join(columns), *("\t".join(cell(row.get(c)) for c in columns) for row in rows)]
        _write("\n".join(lines) + "\n")
        return
    _console().print(_table(rows, columns, title, marks), crop=False)


def put_blocks(blocks: Sequence[Block], marks: Sequence[str] = ()) -> None:
    """Print several tables (title, columns, rows) with a blank line between; those without rows are left out."""
    first = True
    for title, columns, rows in blocks:
        if rows:
            if not first:
                _write("\n")
            put_rows(rows, columns, title=title, marks=marks)
            first = False


def put_lines(lines: Sequence[str]) -> None:
    """Print lines as they are."""
    _write("".join(f"{line}\n" for line in lines))


def note_found(rows: Sequence[Row], limit: int, quiet: bool, *, none: str = "nothing found") -> None:
    """Tell that there are no rows, or that there may be more than these."""
    if not rows:
        note(none, quiet)
    elif len(rows) == limit:
        note(f"the first {limit}; --limit N for more", quiet)


def note(text: str, quiet: bool) -> None:
    """A remark for people, on stderr."""
    if not quiet:
        print(one_line(text), file=sys.stderr)


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 paper, 2 papers."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def cell(value: object) -> str:
    """A value as one line of text: nothing for None, lists joined with semicolons."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(cell(part) for part in value)
    if isinstance(value, dict):
        return one_line(json.dumps(_plain(value), ensure_ascii=False, default=str))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(round(value, _SHOWN_DIGITS))
    return one_line(str(value))


@contextmanager
def progress(quiet: bool) -> Iterator[Tick | None]:
    """A callback for a build: a bar on a terminal, one line a stage elsewhere, None when quiet."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar() as tick:
            yield tick
    else:
        yield _stage_lines()


def _stage_lines() -> Tick:
    seen = set()

    def tick(stage: str, done: int, total: int) -> None:
        if stage not in seen:
            seen.add(stage)
            unit = _UNITS.get(stage)
            whole = f"{stage} {counted(total, unit)}" if unit else stage
            print(whole + _before(stage, done), file=sys.stderr, flush=True)

    return tick


def _before(stage: str, done: int) -> str:
    """What a command that was ended has left: a stage that begins with something done goes on there."""
    return f", {done:,} of them read by a build that was ended" if stage == "extract" and done else ""


@contextmanager
def _bar() -> Iterator[Tick]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}
        begun: dict[str, int] = {}

        def tick(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                for task in tasks.values():
                    bar.update(task, completed=bar.tasks[task].total)
                begun[stage] = done  # left by a build that was ended: it says nothing of the pace of this one
                if told := _before(stage, done):
                    bar.console.print(f"{stage} {counted(total, _UNITS[stage])}{told}", highlight=False)
                tasks[stage] = bar.add_task(stage, total=total, completed=done, rate="")
            fresh, seconds = done - begun[stage], bar.tasks[tasks[stage]].elapsed
            rate = f"{fresh / seconds:,.0f} {_UNITS[stage]}s/s" if fresh and seconds and stage in _UNITS else ""
            bar.update(tasks[stage], completed=done, total=total, rate=rate)

        yield tick


def _console() -> "Console":
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False)


def _table(rows: Sequence[Row], columns: Sequence[str], title: str, marks: Sequence[str]) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    heading = Text(title, style="bold") if title else None
    table = Table(title=heading, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    shown = [c for c in columns if not rows or any(row.get(c) not in (None, "", []) for row in rows)]
    for column in shown:
        table.add_column(
            Text("" if column == "direction" else column),
            justify="right" if all(isinstance(row.get(column), int | float | None) for row in rows) else "left",
            no_wrap=column in _SHORT,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(_painted(row, column, marks) for column in shown))
    return table


def _painted(row: Row, column: str, marks: Sequence[str]) -> "Text":
    """A cell for a terminal: numbers shortened, the names a sentence proves in bold."""
    from rich.text import Text

    value = row.get(column)
    if isinstance(value, float):
        return Text(f"{value:.3f}" if abs(value) >= _SMALL or not value else f"{value:.1e}")
    if column == "direction":
        return Text(_ARROWS.get(cell(value), cell(value)))
    text = Text(cell(value), style="dim" if column == "id" else "")
    if column not in _SHORT and column not in ("id", "name"):
        names = sorted({*marks, cell(row.get("name"))} - {""}, key=len, reverse=True)
        pattern = "|".join(re.escape(name) for name in names)
        if pattern:
            text.highlight_regex(re.compile(rf"(?<!\w)(?:{pattern})(?:e?s)?(?!\w)", re.IGNORECASE), "bold cyan")
    return text


def _plain(value: object) -> object:
    """A value as JSON knows it: JSON has no NaN and no infinity."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _write(text: str) -> None:
    """Write and flush: a full disk or a closed pipe shows here, not when the process ends."""
    sys.stdout.write(text)
    sys.stdout.flush()
