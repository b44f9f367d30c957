"""What the benchmarks share: figures and curves, the machine, papers that are made. Imports little: it is measured."""

import json
import os
import platform
import random
import statistics
import subprocess
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extract.records import Paper

ROOT = Path(__file__).parents[1]
Point = tuple[float, float]
"""A size and what was measured there."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement of ours, and the peer's of the same run where there is one; `less` is better, or more."""

    what: str
    unit: str
    ours: float
    peer: str = ""
    theirs: float | None = None
    less: bool = True


@dataclass(slots=True)
class Report:
    """What a benchmark found: figures (those of several runs repeat), chart -> line -> points, peers that were left out
    and why, and what one has to know to read the figures.
    """

    figures: list[Figure] = field(default_factory=list)
    curves: dict[str, dict[str, list[Point]]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(
        self, what: str, unit: str, ours: float, peer: str = "", theirs: float | None = None, *, less: bool = True
    ) -> None:
        """Add a figure."""
        self.figures.append(Figure(what, unit, ours, peer, theirs, less))

    def point(self, chart: str, line: str, size: float, value: float) -> None:
        """Add a point to a curve."""
        self.curves.setdefault(chart, {}).setdefault(line, []).append((size, value))


def parser(doc: str | None) -> ArgumentParser:
    """The options of a benchmark, told by its docstring; --json is what `bench/run.py` reads."""
    made = ArgumentParser(description=doc, formatter_class=RawDescriptionHelpFormatter)
    made.add_argument("--json", type=Path, metavar="FILE", help="write figures there, and no table")
    return made


def finish(args: Namespace, report: Report, lines: Sequence[str], name: str) -> None:
    """Print the table, and write the figures for `bench/run.py` or, run by hand, the table to `bench/NAME.md`."""
    print("\n".join(lines))
    if args.json:
        args.json.write_text(json.dumps(asdict(report)), encoding="utf-8")
    elif name:
        (ROOT / "bench" / f"{name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def table(figures: Sequence[Figure]) -> Iterator[str]:
    """Figures as they come, for a benchmark that is run by hand."""
    yield from ("| what | unit | ours | beside | theirs |", "|---|---|---|---|---|")
    for each in figures:
        theirs = "" if each.theirs is None else f"{each.theirs:.4g}"
        yield f"| {each.what} | {each.unit} | {each.ours:.4g} | {each.peer} | {theirs} |"


def output(order: Sequence[str]) -> str:
    """What a command prints; where it fails, this program ends with the last line of its errors."""
    done = subprocess.run(order, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit((done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1])
    return done.stdout


def machine() -> str:
    """The machine in words."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def peak() -> float:
    """GB of this process at its largest; `ru_maxrss` would count those of the process that started it. Linux only."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 2**20


def forget_peak() -> None:
    """Let `peak` count from now on (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def median_seconds(work: Callable[[], object], runs: int) -> float:
    """The median wall time of `runs` calls after one warm-up."""
    work()
    return statistics.median(timed(work)[0] for _ in range(runs))


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the clock and of the processor that a call takes in this process."""
    start, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - used


def seeds() -> "list[Paper]":
    """The papers of the sample corpus."""
    from extract.readers import read_source
    from extract.records import Paper

    files = sorted((ROOT / "seeds").glob("*.txt"))
    return [record for file in files for record in read_source(file) if isinstance(record, Paper)]


def made_corpus(folder: Path, size: int = 4_000) -> Path:
    """`size` papers with titles of their own and abstracts of shuffled seed sentences."""
    papers, rng = seeds(), random.Random(1)
    sentences = [s for p in papers for s in p.abstract.split(". ")]
    path = folder / "made.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for i in range(size):
            row = {
                "id": f"made:{i}",
                "title": rng.choice(papers).title,
                "abstract": ". ".join(rng.sample(sentences, 8)),
            }
            out.write(json.dumps(row) + "\n")
    return path
