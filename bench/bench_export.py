"""How fast and in how much memory a graph is written as GraphML, beside networkx on the same tables.

usage: python bench/bench_export.py [--nodes 100000] [--edges 1000000] [--runs 3] [--folder FOLDER]

The tables are made, the same each time: two fifths of the nodes are papers with titles and abstracts, the rest
entities; three fifths of the edges lead from papers to entities and carry a sentence, the rest are SHARES. Each run is
a process of its own that reads the tables from disk and writes one file, the writers in turn. The time is that of
writing alone, the memory the peak of the whole process, so that reading the tables and, for networkx, its graph are
part of it. networkx writes what is in our file but for labels, colours and sizes: lists joined, no nulls. Medians of
the runs; prints a table and writes `bench/results_export.md`. The tables stay in --folder, for the next time.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import polars as pl
from common import Report, finish, machine, output, parser, peak

from kb.export import export
from kb.export.rows import JOIN
from kb.interop import to_networkx
from kb.tables import SCHEMAS, Tables, frame, write_tables

WORDS = 5_000
PEER = "networkx write_graphml_lxml"
WRITERS = ("kb export graphml", "kb export gexf", PEER)
Text = Callable[[int, int], str]
Figures = dict[str, float]


def made(nodes: int, edges: int) -> Tables:
    """Tables of so many nodes and edges; the texts are words drawn by Zipf's law."""
    rng = np.random.default_rng(1)
    words = np.array([f"w{i:x}" * (1 + i % 3) for i in range(WORDS)])
    papers, entities = nodes * 2 // 5, nodes - nodes * 2 // 5
    drawn = words[np.minimum(rng.zipf(1.3, 2_000_000), WORDS) - 1]

    def text(at: int, length: int) -> str:
        start = at * 7919 % (len(drawn) - length)
        return " ".join(drawn[start : start + length])

    ids = [f"paper:{i:06d}-{text(i, 3).replace(' ', '-')}" for i in range(papers)]
    names = [f"method:{i:06d}" for i in range(entities)]
    paper_rows = {
        "id": ids, "title": [text(i, 10) for i in range(papers)], "abstract": [text(3 * i, 150) for i in range(papers)],
        "year": 2000 + np.arange(papers) % 25, "authors": [[text(i, 2), text(i + 1, 2)] for i in range(papers)],
    }  # fmt: skip
    entity_rows = {
        "id": names, "kind": ["Method"] * entities, "name": [text(i, 2) for i in range(entities)],
        "aliases": [[text(i, 2), text(i, 1)] for i in range(entities)], "papers": 1 + np.arange(entities) % 40,
        "mentions": 1 + np.arange(entities) % 60, "idf": rng.random(entities).round(3), "first_year": [2010] * entities,
    }  # fmt: skip
    return Tables(
        papers=frame("papers", pl.DataFrame(paper_rows)),
        mentions=frame("mentions", []),
        entities=frame("entities", pl.DataFrame(entity_rows)),
        edges=frame("edges", pl.concat(_edges(rng, ids, names, edges, text), how="diagonal")),
    )


def _edges(
    rng: np.random.Generator, papers: list[str], entities: list[str], size: int, text: Text
) -> list[pl.DataFrame]:
    """Edges from papers to entities, of which few are named often, and between papers near each other."""
    named, shared = size * 3 // 5, size - size * 3 // 5
    pairs = {(i % len(papers), int(e)) for i, e in enumerate(rng.zipf(1.2, 2 * named) % len(entities))}
    uses = sorted(pairs)[:: max(1, len(pairs) // named)][:named]
    near = [(i % len(papers), (i % len(papers) + 1 + i // len(papers)) % len(papers)) for i in range(shared)]
    said = [text(i, 18) for i in range(len(uses))]
    uses_columns = {
        "type": ["USES"] * len(uses), "source": [papers[paper] for paper, _ in uses],
        "target": [entities[entity] for _, entity in uses], "weight": rng.random(len(uses)).round(3),
        "sentence": said, "field": ["abstract"] * len(uses), "start_char": [17] * len(uses),
        "end_char": [29] * len(uses), "cue": ["we use"] * len(uses), "score": rng.random(len(uses)).round(4),
        "mentions": 1 + np.arange(len(uses)) % 3,
    }  # fmt: skip
    shares_columns = {
        "type": ["SHARES"] * shared, "source": [papers[a] for a, _ in near], "target": [papers[b] for _, b in near],
        "weight": rng.random(shared).round(6), "shared": 1 + np.arange(shared) % 4,
        "via": [[text(i, 2), text(i, 1)] for i in range(shared)], "p_value": rng.random(shared).round(3),
    }  # fmt: skip
    return [pl.DataFrame(uses_columns), pl.DataFrame(shares_columns)]


def once(writer: str, folder: Path, out: Path) -> Figures:
    """Write the tables of a folder to a file: seconds, CPU seconds of all cores, MB of peak memory and of the file."""
    held: dict[str, Any] = {name: pl.read_parquet(folder / f"{name}.parquet") for name in SCHEMAS}
    tables = Tables(**held)
    out.unlink(missing_ok=True)
    os.sync()  # what the writer before left for the disk is not this one's
    if writer == PEER:
        graph = _flat(tables)
        del tables
        start, used = time.perf_counter(), time.process_time()
        nx.write_graphml_lxml(graph, out)
    else:
        start, used = time.perf_counter(), time.process_time()
        export(tables, writer.split()[-1], out)
    took, cpu = time.perf_counter() - start, time.process_time() - used
    return {"seconds": took, "cpu": cpu, "peak": 1024 * peak(), "size": out.stat().st_size / 1e6}


def _flat(tables: Tables) -> nx.MultiDiGraph:
    """The graph for networkx's writer, which takes no lists."""
    graph = to_networkx(tables)
    for _, data in [*graph.nodes(data=True), *((edge[:2], edge[2]) for edge in graph.edges(data=True))]:
        data.update({name: JOIN.join(value) for name, value in data.items() if isinstance(value, list)})
    return graph


def measured(folder: Path, runs: int) -> dict[str, Figures]:
    """The medians of runs, each in a process of its own, the writers in turn."""
    found: dict[str, list[Figures]] = {writer: [] for writer in WRITERS}
    for writer in WRITERS * runs:
        order = [sys.executable, __file__, "--one", writer, "--folder", str(folder)]
        found[writer].append(json.loads(output(order)))
    return {writer: _middle(got) for writer, got in found.items()}


def _middle(figures: list[Figures]) -> Figures:
    return {name: statistics.median(each[name] for each in figures) for name in figures[0]}


def main() -> None:
    """Measure every writer, print and write the table."""
    options = parser(__doc__)
    options.add_argument("--nodes", type=int, default=100_000)
    options.add_argument("--edges", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--folder", type=Path)
    options.add_argument("--one", help=argparse.SUPPRESS)
    args = options.parse_args()
    if args.one == "make":
        write_tables(made(args.nodes, args.edges), args.folder)
    elif args.one:
        print(json.dumps(once(args.one, args.folder, args.folder / "graph")))
    else:
        with tempfile.TemporaryDirectory() as name:
            bench(args.folder or Path(name), args)


def bench(folder: Path, args: argparse.Namespace) -> None:
    """Make the tables, unless the folder has them, and measure every writer."""
    nodes, edges, runs = args.nodes, args.edges, args.runs
    if not (folder / "edges.parquet").exists():
        order = [sys.executable, __file__, "--one", "make", "--folder", str(folder)]
        output([*order, "--nodes", str(nodes), "--edges", str(edges)])
    counts = f"{nodes:,} nodes, {pl.scan_parquet(folder / 'edges.parquet').select(pl.len()).collect().item():,} edges"
    told = "One run" if runs == 1 else f"Medians of {runs} runs"
    found = measured(folder, runs)
    report, peer = Report(), found[PEER]
    for writer in WRITERS[:-1]:
        for unit, key in (("s", "seconds"), ("CPU s", "cpu"), ("MB of memory", "peak")):
            report.add(f"{writer}, {counts}", unit, found[writer][key], PEER, peer[key])
    head = f"Measured on {machine()}, networkx {nx.__version__}: {counts}. {told}."
    finish(args, report, lines_of(found, head), "results_export")


def lines_of(figures: dict[str, Figures], head: str) -> list[str]:
    """The table."""
    columns = ("writer", "seconds", "as fast", "CPU seconds", "peak memory", "of networkx's", "file")
    lines = [head, "", *("| " + " | ".join(row) + " |" for row in (columns, ["---"] * len(columns)))]
    peer = figures[PEER]
    for writer, got in figures.items():
        faster, leaner = peer["seconds"] / got["seconds"], got["peak"] / peer["peak"]
        lines.append(
            f"| {writer} | {got['seconds']:.2f} | {faster:.1f} x | {got['cpu']:.1f} | {got['peak']:,.0f} MB "
            f"| {leaner:.2f} | {got['size']:,.0f} MB |"
        )
    return lines


if __name__ == "__main__":
    main()
