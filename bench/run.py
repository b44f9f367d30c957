"""The benchmarks behind the README's figures, each beside a named peer in the same run: what `make bench` does.

usage: python bench/run.py [--corpus PAPERS.jsonl.gz] [--gold FOLDER] [--kb KB] [--full] [--repeat 3] [--only NAME]...

Without paths all data are made. --full takes the sizes of the README, hours where a corpus of 87,000 papers is given,
and Neo4j, which wants Java and Maven. FOLDER may hold seeds_dev.jsonl, name_pairs_dev.jsonl, and what bench_ner.py
(annotated.jsonl, of other papers) and bench_scierc.py (scierc/) learn from. Every benchmark is a process of its own, a
short one --repeat times; what lacks something is named with the reason. Prints the ratios and writes
`docs/benchmarks.md` with its pictures: medians, spread, machine, date and versions. Read the ratios: times are of one
machine.
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from common import ROOT, Figure, Report
from page import write

Paths = Mapping[str, Path]
"""`corpus`, `gold`, `kb`, and files within gold: those that are given."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A benchmark: its script, its options, and what it takes of the paths that are given ("--kb": "kb").

    `wants`: a path, `full`, a program or a module without which it is left out; `short` ones are repeated. `table`: the
    results that it writes by itself; without it figures are read.
    """

    name: str
    args: tuple[str, ...] = ()
    full: tuple[str, ...] | None = None
    takes: Mapping[str, str] = field(default_factory=dict)
    wants: tuple[str, ...] = ()
    short: bool = False
    table: str = ""


PEERS = ("yake", "neo4j_graphrag")
CORPUS, KB = {"--corpus": "corpus"}, {"--kb": "kb"}
BENCHES = (
    Bench("bench_build", takes=CORPUS),
    Bench("bench_extract", full=("--folds", "5", "--steps", "3000"), takes={"--gold": "seeds_dev"}, wants=PEERS),
    Bench("bench_names", full=("--most", "300"), takes={"--pairs": "name_pairs", **KB}, wants=PEERS, short=True),
    Bench(
        "bench_projection", ("--sizes", "300", "1000", "3000", "10000"),
        ("--sizes", "1000", "3000", "10000", "30000", "80000", "--most", "300"), KB, short=True,
    ),
    Bench("bench_export", ("--nodes", "20000", "--edges", "200000", "--runs", "1"), ("--runs", "1"), short=True),
    Bench("bench_queries", ("--names", "12"), (), KB),
    Bench("bench_structure", ("--nodes", "20000", "--edges", "200000"), (), KB),
    Bench("bench_identity", ("--records", "20000", "--from", "2000"), ("--records", "1000000")),
    Bench("bench_readers", ("--works", "4000", "--runs", "1"), ("--works", "40000", "--runs", "1"), short=True),
    Bench(
        "bench_scale", ("--learned", "--sizes", "500", "2000", "8000"),
        ("--learned", "--sizes", "1000", "10000", "87000"), {"": "corpus"},
    ),
    Bench(
        "bench_scale", ("--sizes", "1000", "10000", "100000", "1000000"),
        takes={"--resample": "kb"}, wants=("full", "kb"),
    ),
    Bench("bench_neo4j", takes=KB, wants=("full", "java", "mvn"), table="results_neo4j.md"),
    Bench("bench_links", takes={"": "corpus", **KB}, wants=("full", "corpus", "kb"), table="results_links.md"),
    Bench(
        "bench_ner", takes={"": "annotated", **CORPUS}, wants=("full", "annotated", "corpus"), table="results_ner.md",
    ),
    Bench(
        "bench_scierc", ("--peers", "1"), takes={"": "scierc", **CORPUS}, wants=("full", "scierc", "corpus"),
        table="results_scierc.md",
    ),
)  # fmt: skip
GIVEN = {"corpus": "CORPUS", "kb": "KB", "gold": "GOLD"}
PROGRAMS = {"java": "Java 17 or 21", "mvn": "Maven"}


@dataclass(slots=True)
class Result:
    """What ran: command as a reader would type it, times run, seconds; the figures; what was left out and why."""

    ran: list[tuple[str, int, float]] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    failed: bool = False


def lacking(bench: Bench, given: Paths, *, full: bool) -> str:
    """Why a benchmark cannot run, or nothing."""
    for want in bench.wants:
        if want == "full":
            if not full:
                return "long: FULL=1 runs it"
        elif want in PROGRAMS:
            if not shutil.which(want):
                return f"no {PROGRAMS[want]}"
        elif want in PEERS:
            if importlib.util.find_spec(want) is None:
                return f"{want} is not installed: pip install -e '.[bench]'"
        elif want not in given:
            return f"no {GIVEN[want]}=path is given" if want in GIVEN else f"no {want} in GOLD=folder"
    return ""


def options(bench: Bench, given: Paths, *, full: bool) -> list[tuple[str, str]]:
    """The words of a command after the script: each as it is run, and as it is told, paths by their names."""
    plain = bench.full if full and bench.full is not None else bench.args
    words = [
        (word, told)
        for flag, path in bench.takes.items() if path in given
        for word, told in ((flag, flag), (str(given[path]), GIVEN.get(path, given[path].name))) if word
    ]  # fmt: skip
    return [*words, *((word, word) for word in plain)]


def conduct(benches: Sequence[Bench], given: Paths, *, full: bool = False, repeat: int = 3) -> Result:
    """Run every benchmark that has what it wants."""
    result = Result()
    for bench in benches:
        words = options(bench, given, full=full)
        name = " ".join(["bench/" + bench.name + ".py", *(told for _, told in words)])
        if why := lacking(bench, given, full=full):
            result.left_out[name] = why
            print(f"{name}: left out, {why}", file=sys.stderr)
            continue
        times, begun = repeat if bench.short else 1, time.perf_counter()
        for _ in range(times):
            print(name, file=sys.stderr, flush=True)
            try:
                why = once(bench, [word for word, _ in words], result)
            except KeyboardInterrupt:  # what is measured is kept
                result.left_out[name], result.failed = "interrupted, and what would have come after it", True
                return result
            if why:
                result.left_out[name], result.failed = f"failed: {why}", True
                print(f"{name}: failed, {why}", file=sys.stderr)
                break
        else:
            result.ran.append((name, times, time.perf_counter() - begun))
    return result


def once(bench: Bench, words: Sequence[str], result: Result) -> str:
    """Run one benchmark once, one core to each thread pool; what went wrong, or nothing."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "report.json"
        order = [sys.executable, str(ROOT / "bench" / f"{bench.name}.py"), *words]
        order += [] if bench.table else ["--json", str(out)]
        done = subprocess.run(order, cwd=ROOT, env=environment, capture_output=True, text=True)
        if done.returncode:
            return (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]
        if bench.table:
            result.tables.append(bench.table)
            return ""
        told = json.loads(out.read_bytes())
    result.reports.append(Report(**{**told, "figures": [Figure(**each) for each in told["figures"]]}))
    return ""


def paths(args: argparse.Namespace) -> dict[str, Path]:
    """The paths that are given, by name; a path that is not there ends the program."""
    given = {name: path.resolve() for name in GIVEN if (path := getattr(args, name))}
    for name, path in given.items():
        if not path.exists():
            raise SystemExit(f"{GIVEN[name]}: {path} is not there")
    files = {"seeds_dev": "seeds_dev.jsonl", "name_pairs": "name_pairs_dev.jsonl", "annotated": "annotated.jsonl"}
    if gold := given.get("gold"):
        inside = {name: gold / file for name, file in {**files, "scierc": "scierc"}.items()}
        given |= {name: path for name, path in inside.items() if path.exists()}
    return given


def main() -> int:
    """Run everything, print the ratios, write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in GIVEN:
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="such as bench_names; may repeat")
    args = parser.parse_args()
    if unknown := set(args.only) - {bench.name for bench in BENCHES}:
        parser.error(f"no benchmark is called {sorted(unknown)[0]}")
    benches = [bench for bench in BENCHES if not args.only or bench.name in args.only]
    result = conduct(benches, paths(args), full=args.full, repeat=args.repeat)
    print(write(result, ROOT / "docs"))
    return int(result.failed)


if __name__ == "__main__":
    sys.exit(main())
