"""The page of the benchmarks: ratios with medians and spread, growth with where it turns from linear, pictures."""

import math
import os
import platform
import re
import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from common import Figure, Point, Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture
    from run import Result

TURNS = 1.15  # the power of the size from which growth between two sizes is called more than linear
LEAST = 0.2  # seconds: below, a constant start hides the growth
PACKAGES = (
    "citation-graph-kb", "spacy", "polars", "numpy", "scipy", "sparse-dot-topn", "graspologic-native", "ladybug",
    "networkx", "rapidfuzz", "yake", "neo4j-graphrag", "pytextrank",
)  # fmt: skip
Curves = dict[str, dict[str, list[Point]]]
Middle = tuple[float, float, float]
"""Median, least and greatest."""


def write(result: "Result", folder: Path) -> str:
    """Write `benchmarks.md` and `benchmarks/*.svg` into a folder; returns the table of ratios."""
    compared = list(rows(result.reports))
    curves = joined(result.reports)
    pictures = folder / "benchmarks"
    pictures.mkdir(parents=True, exist_ok=True)
    for old in pictures.glob("*.svg"):
        old.unlink()
    if any(ratio > 0 for *_, ratio in compared):
        save(drawn_ratios(compared), pictures / "ratios.svg")
    for chart, lines in curves.items():
        save(drawn_growth(chart, lines), pictures / f"{slug(chart)}.svg")
    ratios = "\n".join(table(compared))
    parts = [head(), "## Beside others\n", SPREAD, ratios]
    if (pictures / "ratios.svg").exists():
        parts.append("\n![how many times better](benchmarks/ratios.svg)")
    parts += [f"\n- {note}" for note in dict.fromkeys(note for report in result.reports for note in report.notes)]
    parts += ["\n## Growth\n", *growth(curves), "## What ran\n", *ran(result), "\n## Left out\n", *left_out(result)]
    (folder / "benchmarks.md").write_text("\n".join(parts) + "\n", encoding="utf-8")
    return ratios


SPREAD = (
    "Median (least to greatest) where a figure was taken more than once; the ratio is of the medians, above 1 where "
    "ours is better.\n"
)


def head() -> str:
    """What made the page, when, on what."""
    held = {package: found for package in PACKAGES if (found := _version(package))}
    told = ", ".join(f"{package} {number}" for package, number in held.items())
    return (
        "# Benchmarks\n\n"
        "`make bench` writes this page; [bench/](../bench/README.md) tells what each benchmark does.\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}; {machine()}; Python {platform.python_version()}; {told}.\n"
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def machine() -> str:
    """System, processor, cores, memory, and how busy it was (processes over the last quarter of an hour)."""
    parts = [f"{platform.system()} {platform.machine()}"]
    if (info := Path("/proc/cpuinfo")).exists() and (found := re.search(r"model name\s*: (.+)", info.read_text())):
        parts.append(found[1])
    parts.append(f"{os.cpu_count()} cores")
    if (info := Path("/proc/meminfo")).exists():
        parts.append(f"{int(info.read_text().split()[1]) / 2**20:.0f} GB")
    if hasattr(os, "getloadavg"):
        parts.append(f"load {os.getloadavg()[2]:.1f}")
    return ", ".join(parts)


def middle(values: Sequence[float]) -> Middle:
    """Median and spread."""
    return statistics.median(values), min(values), max(values)


def rows(reports: Sequence[Report]) -> Iterator[tuple[Figure, Middle, Middle | None, float]]:
    """The figures of all runs joined: one of them, ours, theirs, and how many times better ours is (0: no ratio)."""
    held: dict[tuple[str, str, str], list[Figure]] = defaultdict(list)
    for each in (figure for report in reports for figure in report.figures):
        held[each.what, each.unit, each.peer].append(each)
    for some in held.values():
        ours = middle([each.ours for each in some])
        theirs = middle([each.theirs for each in some if each.theirs is not None]) if some[0].peer else None
        yield some[0], ours, theirs, ratio(some[0], ours[0], theirs)


def ratio(figure: Figure, ours: float, theirs: Middle | None) -> float:
    """How many times better ours is; 0 where nothing is compared, or one of the two is nothing."""
    if theirs is None or not ours or not theirs[0]:
        return 0.0
    return theirs[0] / ours if figure.less else ours / theirs[0]


def table(compared: Sequence[tuple[Figure, Middle, Middle | None, float]]) -> Iterator[str]:
    """The ratios."""
    yield from ("| what | unit | ours | beside | theirs | ratio |", "|---|---|---|---|---|---|")
    for figure, ours, theirs, times in compared:
        told = spread(theirs) if theirs else ""
        times_told = f"{number(times)} x" if times else ""
        yield f"| {figure.what} | {figure.unit} | {spread(ours)} | {figure.peer} | {told} | {times_told} |"


def spread(middle: Middle) -> str:
    """Median and, where it says more, the spread."""
    median, least, most = map(number, middle)
    return median if least == most else f"{median} ({least} to {most})"


def number(value: float) -> str:
    """Three digits that count."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def joined(reports: Sequence[Report]) -> Curves:
    """The curves of all runs, each point the median."""
    held: dict[str, dict[str, dict[float, list[float]]]] = {}
    for report in reports:
        for chart, lines in report.curves.items():
            for line, points in lines.items():
                for size, value in points:
                    held.setdefault(chart, {}).setdefault(line, {}).setdefault(size, []).append(value)
    return {
        chart: {line: [(n, statistics.median(v)) for n, v in sorted(own.items())] for line, own in lines.items()}
        for chart, lines in held.items()
    }


def growth(curves: Curves) -> Iterator[str]:
    """A table a chart, its picture, and where each line turns from linear."""
    for chart, lines in curves.items():
        unit = "GB" if "memory" in chart else "CPU seconds"
        sizes = sorted({size for points in lines.values() for size, _ in points})
        yield f"### {chart[0].upper()}{chart[1:]}: {unit}\n"
        yield f"| | {' | '.join(f'{size:,.0f}' for size in sizes)} | growth |"
        yield "|---" * (len(sizes) + 2) + "|"
        for line, points in lines.items():
            held = dict(points)
            cells = [number(held[size]) if size in held else "" for size in sizes]
            yield f"| {line} | {' | '.join(cells)} | {turn(points, 0 if unit == 'GB' else LEAST)} |"
        yield f"\n![{chart}](benchmarks/{slug(chart)}.svg)\n"


def turn(points: Sequence[Point], least: float) -> str:
    """From which size on a curve grows faster than its size, and with what power: the slope in logarithms.

    Values below `least` say nothing of growth.
    """
    powers = [(a[0], _power(a, b)) for a, b in pairwise(points) if b[1] >= least and a[1] > 0]
    if not powers:
        return "too short to tell"
    over = next((i for i in range(len(powers)) if all(p > TURNS for _, p in powers[i:])), None)
    if over is None:
        return f"linear or less (power {powers[-1][1]:.1f} at the end)"
    size, power = powers[over][0], _power(next(p for p in points if p[0] == powers[over][0]), points[-1])
    return f"more than linear from {size:,.0f} (power {power:.1f})"


def _power(a: Point, b: Point) -> float:
    return math.log(b[1] / a[1]) / math.log(b[0] / a[0])


def ran(result: "Result") -> Iterator[str]:
    """The commands, and the tables that some wrote by themselves."""
    yield from ("| command | times | s |", "|---|---|---|")
    for name, times, seconds in result.ran:
        yield f"| `{name}` | {times} | {seconds:.0f} |"
    for name in result.tables:
        yield f"\nIts own table: [{name}](../bench/{name})."


def left_out(result: "Result") -> Iterator[str]:
    """What did not run, and why."""
    peers: Mapping[str, str] = {name: why for report in result.reports for name, why in report.left_out.items()}
    for name, why in result.left_out.items():
        yield f"- `{name}`: {why}"
    for name, why in peers.items():
        yield f"- {name}: {why}"
    if not result.left_out and not peers:
        yield "Nothing."


def slug(chart: str) -> str:
    """A file's name."""
    return re.sub(r"\W+", "-", chart.casefold()).strip("-")


def drawn_growth(chart: str, lines: Mapping[str, Sequence[Point]]) -> "Picture":
    """A line each over the sizes, both axes in logarithms, and what linear growth would be."""
    picture, axes = _picture(6.0, 4.0)
    for line, points in lines.items():
        axes.loglog(*zip(*points, strict=True), "o-", markersize=3, label=line)
    first = max((points for points in lines.values()), key=lambda points: points[-1][1])
    (size, value), last = first[0], max(points[-1][0] for points in lines.values())
    axes.loglog([size, last], [value, value * last / size], ":", color="0.6", label="linear")
    axes.set(xlabel="size", ylabel="GB" if "memory" in chart else "CPU seconds", title=chart)
    axes.legend(frameon=False, fontsize=8)
    return picture


def drawn_ratios(compared: Sequence[tuple[Figure, Middle, Middle | None, float]]) -> "Picture":
    """Bars of how many times better, in logarithms; 1 is alike."""
    held = [(f"{f.what} ({f.unit}) / {f.peer}", times) for f, _, _, times in compared if times][::-1]
    picture, axes = _picture(9.0, 1.2 + 0.22 * len(held))
    names, times = zip(*held, strict=True)
    axes.barh(names, [t - 1 for t in times], left=1, color=["#4477aa" if t >= 1 else "#cc6677" for t in times])
    axes.set_xscale("log")
    axes.axvline(1, color="0.3", linewidth=0.8)
    axes.tick_params(labelsize=7)
    axes.set(xlabel="times better than the peer")
    return picture


def _picture(width: float, height: float) -> "tuple[Picture, Axes]":
    from matplotlib.figure import Figure as Picture

    picture = Picture(figsize=(width, height), layout="constrained")
    return picture, picture.add_subplot()


def save(picture: "Picture", path: Path) -> None:
    """The same bytes for the same points, text as text."""
    import matplotlib as mpl

    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "kb", "axes.spines.top": False}):
        picture.savefig(path, metadata={"Date": None})
