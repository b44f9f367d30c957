"""How soon five questions of a knowledge base are answered, beside networkx on the same edges.

usage: python bench/bench_queries.py [--kb KB] [--names 40]

Names are picked from the base, the same each time: of papers and of entities a third with most edges, a third with
fewest, a third at random. `neighbours` is asked of both, `similar` of papers, `why` and `path` of pairs (papers,
entities, one of each), `search` for names of entities. Each question has a process of its own: one first answer, with
the opening of the files, then all names twice, of which the second pass is told. Whole commands are run in fresh
interpreters, with those of the names that tell hubs, rare and random ones. CPU seconds of all threads stand beside
the clock's, so a machine with other work on it says something too.

networkx has the edges of the same Parquet file in a Graph: what it takes to load them, to list the neighbours of the
same names and to find paths between the same pairs (`bidirectional_shortest_path`), and its peak memory. Prints tables
and writes `bench/results_queries.md`. Without KB one is built of the seeds. Linux only.
"""

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
from common import ROOT, Report, finish, machine, parser, peak

import kb
from kb.errors import NotFoundError
from kb.schema import ENTITIES, label_of

RUNS = 7
QUESTIONS = ("neighbours", "why", "path", "similar", "search")
COMMAND = """
import sys
try:
    from cli.main import main
    main()
finally:
    print(*(line for line in open("/proc/self/status") if line.startswith("VmHWM")), file=sys.stderr)
"""
"""A whole command, which tells its peak memory; not of getrusage, which counts what the parent held at the start."""

Case = list[str]
Figures = dict[str, float]


def picked(base: Path, names: int) -> dict[str, list[Case]]:
    """The arguments of every question."""
    edges = pl.read_parquet(base / "edges.parquet", columns=["source", "target"])
    ends = pl.concat([edges["source"], edges["target"]]).rename("id").to_frame()
    degree = ends.group_by("id").len().sort(["len", "id"], descending=[True, False])
    kinds = {"papers": ("Paper",), "entities": ENTITIES}
    papers, entities = (
        spread([row for row in degree.iter_rows() if label_of(row[0]) in labels], names) for labels in kinds.values()
    )
    sides = ((papers, papers[1:]), (entities, papers[::-1]), (entities, entities[1:]))
    pairs = [list(pair) for left, right in sides for pair in zip(left, right, strict=False)]
    words = [[id_.split(":", 1)[1].replace("-", " ")] for id_ in entities]
    one = [[id_] for pair in zip(papers, entities, strict=False) for id_ in pair]
    return {"neighbours": one, "why": pairs, "path": pairs, "similar": [[id_] for id_ in papers], "search": words}


def spread(rows: Sequence[tuple[str, int]], names: int) -> list[str]:
    """Ids from (id, edges), most edges first: in turn one with most, one with fewest, one at random."""
    part = min(-(-names // 3), len(rows) // 3)
    drawn = random.Random(1).sample([id_ for id_, _ in rows[part:-part]], part)
    turns = zip([id_ for id_, _ in rows[:part]], [id_ for id_, _ in rows[-part:]], drawn, strict=True)
    return [id_ for turn in turns for id_ in turn]


def timed(work: Callable[..., object], *case: str) -> tuple[float, float]:
    """Milliseconds of the clock and of the processor; no path is an answer too."""
    start, used = time.perf_counter(), time.process_time()
    with suppress(NotFoundError):
        work(*case)
    return (time.perf_counter() - start) * 1e3, (time.process_time() - used) * 1e3


def inside(base: Path, question: str, cases: Sequence[Case]) -> Figures:
    """In this process: the first answer, then all cases in a second pass."""
    start = time.perf_counter()
    opened = kb.open(base)
    ask = getattr(opened, question)
    timed(ask, *cases[0])
    first = (time.perf_counter() - start) * 1e3
    passes = [[timed(ask, *case) for case in cases] for _ in range(2)]
    wall, cpu = zip(*passes[1], strict=True)
    return {"first": first, **spreads("ms", wall), **spreads("cpu", cpu)}


def beside(base: Path, cases: dict[str, list[Case]]) -> Figures:
    """networkx in this process: seconds to load, milliseconds of neighbours and paths, MB."""
    import networkx as nx

    start = time.perf_counter(), time.process_time()
    edges = pl.read_parquet(base / "edges.parquet", columns=["source", "target"])
    graph = nx.Graph()
    graph.add_edges_from(zip(edges["source"].to_list(), edges["target"].to_list(), strict=True))
    found = {"load": time.perf_counter() - start[0], "load_cpu": time.process_time() - start[1]}

    def way(a: str, b: str) -> object:
        try:
            return nx.bidirectional_shortest_path(graph, a, b)
        except nx.NetworkXNoPath:
            return None

    walls = {
        "neighbours": [timed(lambda name: list(graph[name]), *case)[0] for case in cases["neighbours"]],
        "path": [timed(way, *case)[0] for case in cases["path"]],
    }
    return {**found, **{name: statistics.median(each) for name, each in walls.items()}, "peak": peak() * 1024}


def whole(base: Path, question: str, cases: Sequence[Case]) -> Figures:
    """Fresh interpreters that ask and print: seconds, CPU seconds, medians of RUNS; peak memory in MB."""
    wall, cpu, held = [], [], []
    for case in (list(cases) * RUNS)[:RUNS]:
        order = [sys.executable, "-c", COMMAND, question, *case, "--json", "--quiet", "--kb", str(base)]
        used, start = children(), time.perf_counter()
        done = subprocess.run(order, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        wall.append(time.perf_counter() - start)
        cpu.append(children() - used)
        assert done.returncode in (0, 1), done.stderr
        held.append(int(done.stderr.split("VmHWM:")[1].split()[0]) / 1024)
    return {"seconds": statistics.median(wall), "cpu_seconds": statistics.median(cpu), "peak": max(held)}


def spreads(name: str, values: Sequence[float]) -> Figures:
    """Median and 95th percentile."""
    return {name: statistics.median(values), f"{name}_95": sorted(values)[int(0.95 * len(values))]}


def children() -> float:
    """CPU seconds of all children that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def own_process(base: Path, names: int, what: str) -> Figures:
    """The figures of one question, or of networkx, from a process of its own."""
    order = [sys.executable, __file__, "--kb", str(base), "--names", str(names), "--one", what]
    done = subprocess.run(order, check=True, stdout=subprocess.PIPE, text=True)
    made: Figures = json.loads(done.stdout)
    return made


def tables(base: Path, names: int, told: Report) -> Iterator[str]:
    """The lines of the tables; their figures go to `told`."""
    cases, counts = picked(base, names), json.loads((base / "manifest.json").read_text())["counts"]
    papers, edges = counts["papers"], sum(counts["edges"].values())
    yield f"Measured on {machine()}: {papers:,} papers, {edges:,} edges; whole commands are medians of {RUNS}."
    yield from (
        "",
        "| question | asked | ms | 95 % | CPU ms | 95 % | first | command, s | CPU s | peak |",
        "|---" * 10 + "|",
    )
    found: dict[str, Any] = {}
    for question in QUESTIONS:
        own = found[question] = own_process(base, names, question) | whole(base, question, cases[question])
        yield (
            f"| {question} | {len(cases[question])} | {own['ms']:.1f} | {own['ms_95']:.1f} | {own['cpu']:.1f} "
            f"| {own['cpu_95']:.1f} | {own['first']:.0f} | {own['seconds']:.2f} | {own['cpu_seconds']:.2f} "
            f"| {own['peak']:.0f} MB |"
        )
        told.add(f"`kb {question}`, {papers:,} papers, the store open", "ms", own["ms"])
        told.add(f"`kb {question}`, {papers:,} papers, whole command", "s", own["seconds"])
    peer = own_process(base, names, "networkx")
    yield from ("", "| beside networkx | ours | networkx | ratio |", "|---|---|---|---|")
    yield f"| load, s (CPU s) | | {peer['load']:.1f} ({peer['load_cpu']:.1f}) | |"
    for question in ("neighbours", "path"):
        own, theirs = found[question], peer["load"] + peer[question] / 1e3
        yield f"| {question} from files, s | {own['seconds']:.2f} | {theirs:.1f} | {theirs / own['seconds']:.0f} x |"
        ratio = peer[question] / own["ms"]
        told.add(f"`kb {question}`, {papers:,} papers, from files", "s", own["seconds"], "networkx", theirs)
        yield f"| {question} once open, ms | {own['ms']:.1f} | {peer[question]:.3f} | {ratio:.3f} x |"
    held = max(found[question]["peak"] for question in ("neighbours", "path"))
    yield f"| peak memory, MB | {held:.0f} | {peer['peak']:.0f} | {peer['peak'] / held:.1f} x |"


def main() -> None:
    """Ask everything, print and write the tables."""
    options = parser(__doc__)
    options.add_argument("--kb", type=Path)
    options.add_argument("--names", type=int, default=40)
    options.add_argument("--one", help=argparse.SUPPRESS)
    args = options.parse_args()
    if args.one:
        cases = picked(args.kb, args.names)
        figures = beside(args.kb, cases) if args.one == "networkx" else inside(args.kb, args.one, cases[args.one])
        print(json.dumps(figures))
        return
    with tempfile.TemporaryDirectory() as fresh:
        if args.kb is None:
            args.kb = Path(fresh) / "seeds.kb"
            kb.build([str(ROOT / "seeds")], out=args.kb)
        told = Report()
        finish(args, told, list(tables(args.kb, args.names, told)), "results_queries")


if __name__ == "__main__":
    main()
