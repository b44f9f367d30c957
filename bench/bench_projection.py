"""Links of papers beside networkx: SHARES against the weighted projection of the same papers and entities.

usage: python bench/bench_projection.py [--kb PAPERS.kb] [--sizes 1000 3000 10000] [--most 60]

With --kb the papers are drawn from it with what they hold; else they are made, with twelve entities each by Zipf's law.
The projection joins every two papers that share an entity, so it grows with the square; a size that would
take it more than --most seconds, by the square of the size before, is left out and said so. Each run is a process of
its own: CPU seconds of all cores and how much memory it grew by.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import polars as pl
from common import Report, finish, forget_peak, output, parser, peak, table, timed

ENTITIES, EACH = 20_000, 12
TOLD = 0.005  # GB: what grows less is drowned by what is allocated anyway
PEER = "networkx weighted projection"
Edges = tuple[pl.DataFrame, pl.DataFrame]
"""Edges from papers to entities, and the entities."""


def zipf_edges(papers: int, entities: int = ENTITIES, each: int = EACH) -> Edges:
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


def drawn_edges(base: Path, papers: int) -> Edges:
    """The edges of some papers of a knowledge base, always the same ones."""
    from kb.schema import ENTITY_EDGES

    edges = pl.read_parquet(base / "edges.parquet", columns=["type", "source", "target", "weight"])
    edges = edges.filter(pl.col("type").is_in(ENTITY_EDGES))
    held = edges["source"].unique().sort()
    some = held.sample(min(papers, len(held)), seed=1)
    edges = edges.filter(pl.col("source").is_in(some.implode()))
    entities = pl.read_parquet(base / "entities.parquet", columns=["id", "name", "kind"])
    return edges, entities.filter(pl.col("id").is_in(edges["target"].unique().implode())).sort("id")


def held(base: Path | None) -> int:
    """How many papers can be drawn: as many as one likes where they are made."""
    if base is None:
        return sys.maxsize
    return int(json.loads((base / "manifest.json").read_bytes())["counts"]["papers"])


def once(who: str, papers: int, base: Path | None) -> dict[str, float]:
    """Seconds, CPU seconds and GB that linking so many papers takes one of the two."""
    edges, entities = drawn_edges(base, papers) if base else zipf_edges(papers)
    if who == "ours":
        from kb.link import shares

        shares(*zipf_edges(50))  # what is loaded at the first call is no part of linking
        forget_peak()
        before = peak()
        seconds, cpu = timed(lambda: shares(edges, entities))
    else:
        import networkx as nx

        graph = nx.Graph()
        graph.add_edges_from(edges.select("source", "target").iter_rows())
        tops = edges["source"].unique().sort().to_list()
        forget_peak()
        before = peak()
        seconds, cpu = timed(lambda: nx.bipartite.weighted_projected_graph(graph, tops))
    return {"seconds": seconds, "cpu": cpu, "memory": peak() - before}


def alone(who: str, papers: int, base: Path | None) -> dict[str, float]:
    """`once` in a process of its own."""
    order = [sys.executable, __file__, "--one", who, "--sizes", str(papers), *(["--kb", str(base)] if base else [])]
    return dict(json.loads(output(order)))


def measured(sizes: list[int], base: Path | None, most: float) -> Report:
    """Both at every size, the peer until it takes too long."""
    report, before = Report(), (0, 0.0)
    for size in sizes:
        ours = alone("ours", size, base)
        report.point("link", "ours", size, ours["cpu"])
        told = before[1] * (size / before[0]) ** 2 if before[0] else 0.0
        if told > most:
            report.left_out[f"{PEER} of {size:,} papers"] = (
                f"would take {told:,.0f} s, by the square of {before[0]:,} papers"
            )
            continue
        theirs = alone("theirs", size, base)
        report.point("link", PEER, size, theirs["cpu"])
        before = (size, theirs["cpu"])
        report.add(f"link {size:,} papers", "CPU s", ours["cpu"], PEER, theirs["cpu"])
        if min(ours["memory"], theirs["memory"]) > TOLD:
            report.add(f"link {size:,} papers", "GB", ours["memory"], PEER, theirs["memory"])
    return report


def main() -> None:
    """Measure all sizes, print and write the table."""
    options = parser(__doc__)
    options.add_argument("--kb", type=Path)
    options.add_argument("--sizes", type=int, nargs="+", default=[1_000, 3_000, 10_000])
    options.add_argument("--most", type=float, default=60)
    options.add_argument("--one", help=argparse.SUPPRESS)
    args = options.parse_args()
    if args.one:
        print(json.dumps(once(args.one, args.sizes[0], args.kb)))
        return
    most = held(args.kb)
    report = measured([size for size in args.sizes if size <= most], args.kb, args.most)
    for size in (size for size in args.sizes if size > most):
        report.left_out[f"links of {size:,} papers"] = f"the knowledge base holds {most:,}"
    finish(args, report, list(table(report.figures)), "results_projection")


if __name__ == "__main__":
    main()
