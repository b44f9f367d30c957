"""A whole build, adding to it, and questions to it with the start of the program, beside networkx on the GraphML.

usage: python bench/bench_build.py [--corpus PAPERS.jsonl.gz] [--papers 2000] [--runs 3]

Builds the corpus, or papers that are made of seed sentences, in a process of its own, then adds 100 papers. The
questions go to the seeds: every run starts a process, as a user does; the peer starts one that reads the same graph's
GraphML and asks for the neighbours.
"""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from common import ROOT, Report, finish, made_corpus, output, parser, table

ADDED = 100
BUILD = """
import json, resource, sys, time, kb
if __name__ == "__main__":
    start = time.perf_counter()
    made = getattr(kb, sys.argv[1])([sys.argv[2]], **{"out" if sys.argv[1] == "build" else "kb": sys.argv[3]})
    use = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told = {"seconds": time.perf_counter() - start, "cpu": sum(u.ru_utime + u.ru_stime for u in use)}
    print(json.dumps({**told, "papers": made["counts"]["papers"]}))
"""
QUESTIONS = (("neighbours", "DARTS"), ("show", "ICON"), ("why", "ICON", "ECON"))
GRAPHML = "networkx from GraphML"


def written(verb: str, source: Path, base: Path) -> dict[str, float]:
    """Seconds and CPU seconds of `kb build` or `kb add`, and the papers that are there then."""
    order = [sys.executable, "-c", BUILD, verb, str(source), str(base)]
    return dict(json.loads(output(order)))


def bench_build(corpus: Path | None, papers: int, folder: Path, report: Report) -> None:
    """Figures of a build and of adding to it."""
    base = folder / "papers.kb"
    built = written("build", corpus or made_corpus(folder, papers), base)
    what = f"build {built['papers']:,.0f} papers"
    report.add(what, "s", built["seconds"])
    report.add(what, "papers/CPU s", built["papers"] / built["cpu"], less=False)
    report.add(what, "MB on disk", sum(file.stat().st_size for file in base.iterdir()) / 2**20)
    more = folder / "more.jsonl"
    rows = [{"title": f"Beside {i}: a paper", "abstract": f"We use DARTS and NeRF for task {i}."} for i in range(ADDED)]
    more.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    added = written("add", more, base)
    for unit, key in (("s", "seconds"), ("CPU s", "cpu")):
        report.add(f"add {ADDED} papers to them", unit, added[key], "building all again", built[key])


def seconds(order: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a command."""
    start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    output(order)
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - start, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime


def bench_questions(folder: Path, runs: int, report: Report) -> None:
    """Whole commands on the seeds beside the peer, in turn, after one warm-up of each."""
    base, graphml = folder / "seeds.kb", folder / "seeds.graphml"
    written("build", ROOT / "seeds", base)
    start = "import sys; sys.argv[1:] = {!r}; from cli.main import main; main()"
    output([sys.executable, "-c", start.format(["export", "graphml", "--out", str(graphml), "--kb", str(base)])])
    code = f"import networkx as nx; g = nx.read_graphml({str(graphml)!r}); list(g.neighbors('method:darts'))"
    peer = [sys.executable, "-c", code]
    for words in QUESTIONS:
        ours = [sys.executable, "-c", start.format([*words, "--kb", str(base)])]
        for run in range(runs + 1):
            pair = seconds(ours), seconds(peer)
            for unit, mine, theirs in zip(("s", "CPU s"), *pair, strict=True) if run else ():
                report.add(f"kb {' '.join(words)}, 378 papers", unit, mine, GRAPHML, theirs)


def main() -> None:
    """Run both, print and write the table."""
    options = parser(__doc__)
    options.add_argument("--corpus", type=Path)
    options.add_argument("--papers", type=int, default=2_000)
    options.add_argument("--runs", type=int, default=3)
    args = options.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as name:
        bench_build(args.corpus, args.papers, Path(name), report)
        bench_questions(Path(name), args.runs, report)
    finish(args, report, list(table(report.figures)), "results_build")


if __name__ == "__main__":
    main()
