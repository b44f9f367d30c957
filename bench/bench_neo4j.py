"""How fast a knowledge base gets into Neo4j: kb load beside a naive loader, neo4j-rust-ext and the import tool.

usage: python bench/bench_neo4j.py [--kb PAPERS.kb] [--rust FOLDER] [--heap 4g] [--runs 3]

Starts a server of its own from Maven artefacts (`tests/neo4j`). Without --kb the knowledge base is made, of 4,000
papers. --rust is a folder that `pip install --target FOLDER neo4j-rust-ext` filled. Prints a table and writes it to
`bench/results_neo4j.md`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import neo4j
from common import machine, made_corpus

import kb
from kb import graph
from kb.folder import read_tables
from kb.statements import RANGES

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "neo4j"))
import neo4j_server  # noqa: E402

Row = tuple[str, str, str]
NAIVE = 2_000
"""Rows that the naive loader is given, of nodes and of edges: it needs hours for all."""

NAIVE_ROW = {"nodes": "a paper", "edges": "a SHARES edge"}
"""What it is given: papers are the larger nodes, which costs it less than its round trips do."""


def loaded(base: Path, uri: str, path: str = "") -> dict[str, dict[str, float]]:
    """The report of `kb load` in a process of its own; `path` goes before the installed packages."""
    code = "import json, sys, kb; print(json.dumps(kb.load(sys.argv[1], sys.argv[2])))"
    environment = {**os.environ, "PYTHONPATH": path} if path else dict(os.environ)
    order = [sys.executable, "-c", code, str(base), uri]
    done = subprocess.run(order, env=environment, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def rates(made: dict[str, dict[str, float]]) -> tuple[float, float]:
    """Nodes and edges a second; filling the full-text indexes, which runs beside the edges, counts with them."""
    seconds = made["timings"]
    edges = seconds["edges"] + seconds.get("indexes", 0)
    return made["nodes"]["created"] / seconds["nodes"], made["edges"]["created"] / edges


def naive(base: Path, uri: str) -> tuple[float, float]:
    """Nodes and edges a second of one statement a row, the way most import scripts are written; same constraints."""
    tables = read_tables(base)
    nodes = next(part for part in graph.nodes(tables) if part.name == "Paper")
    uses = next(part for part in graph.edges(tables) if part.name == "SHARES")
    edges = list(uses.frame.head(NAIVE).iter_rows(named=True))
    ends = {row[end] for row in edges for end in uses.key}
    papers = list(nodes.frame.head(NAIVE).iter_rows(named=True))
    with neo4j.GraphDatabase.driver(uri) as driver, driver.session() as session:
        wipe(session)
        for index in RANGES:
            session.run(index.statement).consume()

        def put(rows: list[dict[str, object]]) -> None:
            for row in rows:
                session.run("MERGE (n:Paper {id: $id}) SET n += $row", id=row["id"], row=row).consume()

        def link() -> None:
            for row in edges:
                session.run(
                    "MATCH (a:Paper {id: $row.source}) MATCH (b:Paper {id: $row.target}) "
                    "MERGE (a)-[r:SHARES]->(b) SET r += $row",
                    row=row,
                ).consume()

        fast = len(papers) / seconds(lambda: put(papers))
        rest = nodes.frame.filter(nodes.frame["id"].is_in(list(ends)))
        put(list(rest.select("id").iter_rows(named=True)))
        return fast, len(edges) / seconds(link)


def wipe(session: neo4j.Session) -> None:
    """Empty the server: nodes, constraints and indexes."""
    session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()
    for name in [row["name"] for row in session.run("SHOW CONSTRAINTS YIELD name").data()]:
        session.run(f"DROP CONSTRAINT {name}").consume()
    for row in session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'").data():
        session.run(f"DROP INDEX {row['name']}").consume()


def seconds(work: Callable[[], object]) -> float:
    """The wall time of a call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def fresh(folder: Path, heap: str) -> neo4j_server.Server:
    """A server with nothing in it, warmed by a small load as a server that has run for a while is."""
    return neo4j_server.start(
        Path(tempfile.mkdtemp(dir=folder)), heap=heap, settings={"server.memory.pagecache.size": "1g"}
    )


def bench_loads(base: Path, folder: Path, heap: str, rust: str, runs: int) -> Iterator[Row]:
    """kb load into a fresh server, plain and with the Rust extension in turn, beside the naive loader."""
    plain: list[tuple[float, float]] = []
    quick: list[tuple[float, float]] = []
    slow: list[tuple[float, float]] = []
    again: list[float] = []
    for _ in range(runs):
        for found, path in [(plain, ""), *([(quick, rust)] if rust else [])]:
            server = fresh(folder, heap)
            found.append(rates(loaded(base, server.uri, path)))
            if found is plain:
                again.append(seconds(lambda uri=server.uri: loaded(base, uri)))  # type: ignore[misc]
                slow.append(naive(base, server.uri))
            server.stop()
    for i, what in enumerate(("nodes", "edges")):
        ours, theirs = middle(plain, i), middle(slow, i)
        yield (
            f"kb load, {what}",
            f"{ours:,.0f} rows/s",
            f"one statement {NAIVE_ROW[what]} {theirs:,.0f} rows/s: {ours / theirs:.0f} x",
        )
        if rust:
            more = middle(quick, i)
            yield f"with neo4j-rust-ext, {what}", f"{more:,.0f} rows/s", f"{more / ours:.2f} x without"
    yield "kb load again, nothing changed", f"{statistics.median(again):.1f} s, process start included", ""


def middle(found: list[tuple[float, float]], place: int) -> float:
    """The median of one of two figures."""
    return statistics.median(pair[place] for pair in found)


def bench_import(base: Path, folder: Path, heap: str) -> Iterator[Row]:
    """The bundles for neo4j-admin: writing them, and the import tool's own time, JVM start included."""
    tables = read_tables(base)
    rows = len(tables.papers) + len(tables.entities) + len(tables.edges)
    for format in ("neo4j-admin", "neo4j-admin-parquet"):
        out, home = folder / format, Path(tempfile.mkdtemp(dir=folder))
        wrote = seconds(lambda f=format, o=out: kb.open(base).export(f, o))  # type: ignore[misc]
        neo4j_server.prepare(home, bolt=1, http=2, auth=False)
        order = ["database", "import", "full", "@args.txt"]
        took = seconds(lambda h=home, o=order, c=out: neo4j_server.admin(h, *o, cwd=c, heap=heap))  # type: ignore[misc]
        yield f"import tool, {format}", f"{rows / took:,.0f} rows/s", f"{took:.0f} s; export {wrote:.0f} s"


def main() -> None:
    """Run everything, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kb", type=Path)
    parser.add_argument("--rust", default="")
    parser.add_argument("--heap", default="4g")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = args.kb or folder / "made.kb"
        if not args.kb:
            kb.build([str(made_corpus(folder))], out=base)
        counts = kb.open(base).manifest["counts"]
        nodes, edges = (sum(counts[what].values()) for what in ("nodes", "edges"))
        size = f"{counts['papers']:,} papers, {nodes:,} nodes, {edges:,} edges"
        head = f"Measured on {machine()}, Neo4j {neo4j_server.version()}, driver {neo4j.__version__}: {size}."
        lines = [
            f"{head} {'One run' if args.runs == 1 else f'Medians of {args.runs} runs'}.",
            "",
            "| what | ours | beside |",
            "|---|---|---|",
        ]
        for part in (bench_loads(base, folder, args.heap, args.rust, args.runs), bench_import(base, folder, args.heap)):
            for row in part:
                lines.append("| " + " | ".join(row) + " |")
                print("  ".join(row), flush=True)
    (ROOT / "bench" / "results_neo4j.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
