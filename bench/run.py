"""The benchmarks behind the README's figures, each beside a named peer in the same run.

usage: python bench/run.py [--corpus PAPERS.jsonl.gz] [--runs 3]

Without --corpus the papers are made: seed abstracts with their sentences shuffled, 4,000 of them. Prints a table and
writes it to `bench/results.md`. Ratios hold on any machine; absolute times are of the one named at the top.
"""

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import networkx as nx
import numpy as np
import polars as pl
import spacy

import kb
from extract.pipeline import extract
from extract.readers import read_source
from extract.records import Paper
from kb.link import shares

ROOT = Path(__file__).parents[1]
Row = tuple[str, str, str]


def seeds() -> list[Paper]:
    """The papers of the sample corpus."""
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


def median_seconds(work: Callable[[], object], runs: int) -> float:
    """The median wall time of `runs` calls after one warm-up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def bench_build(corpus: Path, folder: Path) -> Iterator[Row]:
    """A whole build in a process of its own: papers a second, seconds by stage, peak memory of the largest process."""
    code = "import json, sys, kb; print(json.dumps(kb.build([sys.argv[1]], out=sys.argv[2])))"
    out = folder / "corpus.kb"
    done = subprocess.run([sys.executable, "-c", code, str(corpus), str(out)], check=True, capture_output=True)
    made = json.loads(done.stdout)
    seconds, papers = made["timings"], made["counts"]["papers"]
    stages = ", ".join(f"{stage} {s:.0f} s" for stage, s in seconds.items())
    whole = sum(seconds.values())
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    disk = sum(f.stat().st_size for f in out.iterdir()) / 2**20
    rate = papers / seconds["extract"]
    yield f"build {papers:,} papers", f"{whole:.0f} s, {papers / whole:.0f} papers/s", f"extraction alone {rate:.0f}/s"
    yield "build, by stage", stages, ""
    yield "build, memory and disk", f"peak {peak:.1f} GB, {disk:.0f} MB on disk", ""


def zipf_edges(papers: int, entities: int = 20_000, each: int = 12) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Weighted paper-entity edges with Zipf-distributed entities, and the entities."""
    rng = np.random.default_rng(1)
    rank = np.arange(entities) + 10.0
    columns = rng.choice(entities, size=(papers, each), p=(1 / rank) / (1 / rank).sum())
    rows = {(p, int(e)) for p, row in enumerate(columns) for e in row}
    held = pl.DataFrame(sorted(rows), schema=["p", "e"], orient="row").with_columns(pl.len().over("e").alias("df"))
    part = (1 + papers / pl.col("df")).log()
    held = held.with_columns(part.alias("part"))
    edges = held.select(
        pl.lit("USES").alias("type"),
        pl.format("paper:{}", pl.col("p").cast(pl.String).str.zfill(7)).alias("source"),
        pl.format("method:{}", pl.col("e").cast(pl.String).str.zfill(7)).alias("target"),
        (pl.col("part") / (pl.col("part") ** 2).sum().over("p").sqrt()).alias("weight"),
    )
    names = edges.select(pl.col("target").alias("id"), pl.col("target").alias("name")).unique().sort("id")
    return edges, names.with_columns(pl.lit("Method").alias("kind"))


def bench_link(papers: int, runs: int) -> Iterator[Row]:
    """SHARES against networkx's weighted projection of the same bipartite graph."""
    edges, entities = zipf_edges(papers)
    ours = median_seconds(lambda: shares(edges, entities), runs)
    graph = nx.Graph()
    graph.add_edges_from(edges.select("source", "target").iter_rows())
    tops = sorted(n for n in graph if n.startswith("paper:"))
    start = time.perf_counter()
    nx.bipartite.weighted_projected_graph(graph, tops)
    theirs = time.perf_counter() - start
    yield f"link {papers:,} papers", f"{ours:.2f} s", f"networkx projection {theirs:.1f} s: {theirs / ours:.0f} x"


def bench_extract(runs: int) -> Iterator[Row]:
    """Extraction against spaCy's blank tokeniser, which every spaCy pipeline pays first."""
    papers = seeds()[:200]
    nlp = spacy.blank("en")
    ours = median_seconds(lambda: [extract(p) for p in papers], runs)
    tokens = median_seconds(lambda: [nlp.make_doc(p.abstract) for p in papers], runs)
    yield "extract", f"{len(papers) / ours:.0f} papers/s a core", f"spaCy tokeniser alone {ours / tokens:.0f} x faster"


def bench_questions(folder: Path, runs: int) -> Iterator[Row]:
    """Whole commands on the seeds, process start included, against loading the GraphML into networkx."""
    base = folder / "seeds.kb"
    kb.build([str(ROOT / "seeds")], out=base)
    graphml = folder / "seeds.graphml"
    kb.open(base).export("graphml", graphml)
    peer = f"import networkx as nx; g = nx.read_graphml({str(graphml)!r}); list(g.neighbors('method:darts'))"
    theirs = median_seconds(lambda: subprocess.run([sys.executable, "-c", peer], check=True), runs)
    for words in (["neighbours", "DARTS"], ["show", "ICON"], ["why", "ICON", "ECON"]):
        code = f"import sys; sys.argv[1:] = {[*words, '--kb', str(base)]!r}; from cli.main import main; main()"
        command = [sys.executable, "-c", code]
        ours = median_seconds(lambda c=command: subprocess.run(c, check=True, stdout=subprocess.DEVNULL), runs)
        yield f"kb {' '.join(words)}", f"{ours:.2f} s", f"networkx from GraphML {theirs:.2f} s: {theirs / ours:.1f} x"


def machine() -> str:
    """The machine in words."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def main() -> None:
    """Run everything, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    lines = [f"Measured on {machine()}; medians of {args.runs} runs.", "", "| what | ours | beside |", "|---|---|---|"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = args.corpus or made_corpus(folder)
        build = bench_build(corpus, folder)  # first: the peak memory is that of the largest child so far
        parts = [build, bench_extract(args.runs), bench_questions(folder, args.runs), bench_link(10_000, args.runs)]
        for row in (row for part in parts for row in part):
            lines.append("| " + " | ".join(row) + " |")
            print("  ".join(row), flush=True)
    (ROOT / "bench" / "results.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
