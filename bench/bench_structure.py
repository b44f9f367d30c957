"""Communities and significance: Leiden beside networkx's Louvain, and what the p-value of SHARES cuts.

usage: python bench/bench_structure.py [--kb BASE]... [--nodes 100000] [--edges 1000000]

Each BASE is a knowledge base on disk; without one the seeds are built. For each it counts the links that are kept at
two cuts, the degree of the ten greatest hubs before and after, and what is kept of the same corpus shuffled: every
paper holds as many names and terms as before, each is held as often, by other papers. Prints tables and writes them to
`bench/results_structure.md`.
"""

import platform
import statistics
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import networkx as nx
import numpy as np
import polars as pl
from common import ROOT, Report, finish, parser
from scipy.sparse import coo_matrix, csr_matrix

import kb
from kb.communities import leiden
from kb.folder import read_tables
from kb.link import HUB, MIN_WEIGHT, PAIRS, features, nearest
from kb.schema import ENTITY_EDGES
from kb.significance import CUT, masses, p_values
from kb.tables import Tables

CUTS = (0.25, CUT)
RUNS = 3


def planted(nodes: int, edges: int, groups: int = 400, inside: float = 0.6) -> csr_matrix:
    """A weighted graph of groups: so many of its edges lie within them."""
    rng = np.random.default_rng(0)
    group = rng.integers(0, groups, nodes)
    members = np.argsort(group, kind="stable")
    start = np.searchsorted(group[members], np.arange(groups + 1))
    source, other = rng.integers(0, nodes, edges), rng.integers(0, nodes, edges)
    own = group[source]
    near = members[start[own] + (rng.random(edges) * (start[own + 1] - start[own])).astype(np.int64)]
    target = np.where(rng.random(edges) < inside, near, other)
    key = np.unique(np.minimum(source, target) * nodes + np.maximum(source, target))
    low, high = key // nodes, key % nodes
    low, high = low[low != high], high[low != high]
    half = coo_matrix((rng.random(len(low)) + 0.01, (low, high)), shape=(nodes, nodes)).tocsr()
    return csr_matrix(half + half.T)


def modularity(matrix: csr_matrix, community: np.ndarray) -> float:
    """Newman's modularity of a partition."""
    strength, cells = np.asarray(matrix.sum(axis=1)).ravel(), matrix.tocoo()
    total = strength.sum()
    same = community[cells.row] == community[cells.col]
    return float(cells.data[same].sum() / total - (np.bincount(community, weights=strength) ** 2).sum() / total**2)


def bench_leiden(nodes: int, edges: int, report: Report) -> Iterator[str]:
    """Rows of a table: algorithm, seconds, modularity; the seconds of each run go to the report too."""
    matrix = planted(nodes, edges)
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        found = leiden(matrix)
        times.append(time.process_time() - start)
    order = np.random.default_rng(1).permutation(nodes)
    again = leiden(matrix)
    shuffled = leiden(csr_matrix(matrix[order][:, order]))
    graph = nx.from_scipy_sparse_array(matrix)
    start = time.process_time()
    louvain = nx.community.louvain_communities(graph, seed=1)
    theirs = time.process_time() - start
    numbers = np.zeros(nodes, dtype=np.int64)
    for number, members in enumerate(louvain):
        numbers[list(members)] = number
    ours = statistics.median(times)
    peer, what = "networkx Louvain", f"communities, {nodes:,} nodes, {edges:,} edges"
    for each in times:
        report.add(what, "CPU s", each, peer, theirs)
    report.add(what, "modularity", modularity(matrix, found), peer, modularity(matrix, numbers), less=False)
    library = f"graspologic-native {version('graspologic-native')}"
    yield f"| ours, Leiden ({library}) | {ours:.1f} | {modularity(matrix, found):.4f} |"
    yield f"| networkx {nx.__version__} Louvain | {theirs:.1f} | {modularity(matrix, numbers):.4f} |"
    yield f"| ratio | {theirs / ours:.0f} x | |"
    yield f"| a second run gives the same communities | {np.array_equal(found, again)} | |"
    yield f"| nodes in another order, not sorted by id | | {modularity(matrix[order][:, order], shuffled):.4f} |"


def shuffled(tables: Tables) -> np.ndarray:
    """The p-values of the links of a corpus whose names and terms are dealt out anew, each with its weight."""
    named = tables.edges.filter(pl.col("type").is_in(ENTITY_EDGES))
    papers, real, names = features(named, tables.entities, tables.terms)
    row = np.repeat(np.arange(len(papers)), np.diff(real.indptr))
    cells = pl.DataFrame({"row": row, "column": real.indices, "weight": real.data})
    order = np.random.default_rng(0).permutation(len(cells))
    dealt = cells.with_columns(cells[column].gather(order) for column in ("column", "weight"))
    dealt = dealt.unique(["row", "column"], keep="first", maintain_order=True).sort("row", "column")
    unit = pl.col("weight") / (pl.col("weight") ** 2).sum().over("row").sqrt()
    weight, places = dealt.select(unit).to_series().to_numpy(), (dealt["row"].to_numpy(), dealt["column"].to_numpy())
    matrix = csr_matrix((weight, places), shape=(len(papers), len(names)))
    held = np.bincount(matrix.indices, minlength=len(names))
    rare = matrix[:, np.flatnonzero((held <= HUB) & (held > 1))].tocsr()
    left, right = nearest(rare, np.arange(len(papers)))
    pairs = np.unique(left * len(papers) + right)
    left, right = pairs // len(papers), pairs % len(papers)
    steps = range(0, len(left), PAIRS)
    parts = [matrix[left[i : i + PAIRS]].multiply(matrix[right[i : i + PAIRS]]).sum(axis=1) for i in steps]
    cosine = np.concatenate([np.asarray(part).ravel() for part in parts])
    kept = cosine >= MIN_WEIGHT
    return p_values(matrix, masses(matrix), left[kept], right[kept], cosine[kept])


def bench_cut(base: Path) -> Iterator[str]:
    """Rows of a table: corpus, links, and of each cut the share kept and the degrees of the ten greatest hubs."""
    tables = read_tables(base)
    real = tables.edges.filter(pl.col("type") == "SHARES")
    chance = shuffled(tables)
    degree = _degrees(real)
    hubs = degree.head(10)["id"].to_list()
    yield f"| {len(tables.papers):,} papers | {len(real):,} | {', '.join(map(str, degree.head(10)['len']))} | |"
    for cut in CUTS:
        kept = real.filter(pl.col("p_value") <= cut)
        after = dict(_degrees(kept).iter_rows())
        told = ", ".join(str(after.get(id_, 0)) for id_ in hubs)
        false = float((chance <= cut).mean())
        yield f"| p <= {cut} | {len(kept):,} ({len(kept) / len(real):.1%}) | {told} | {false:.1%} |"


def _degrees(links: pl.DataFrame) -> pl.DataFrame:
    ends = pl.concat([links["source"], links["target"]]).rename("id").to_frame()
    return ends.group_by("id").len().sort(["len", "id"], descending=[True, False])


def main() -> None:
    """Run all and write the report."""
    options = parser(__doc__)
    options.add_argument("--kb", action="append", default=[], help="a knowledge base; may be repeated")
    options.add_argument("--nodes", type=int, default=100_000)
    options.add_argument("--edges", type=int, default=1_000_000)
    given = options.parse_args()
    report = Report()
    lines = [
        "# Communities and significance", "",
        f"{platform.machine()}, Python {platform.python_version()}; seconds of one core, median of {RUNS}.", "",
        f"Leiden and Louvain on {given.nodes:,} nodes and {given.edges:,} weighted edges in 400 planted groups:", "",
        "| | seconds | modularity |", "|---|---|---|", *bench_leiden(given.nodes, given.edges, report), "",
        "SHARES edges kept by their p-value; `shuffled`: the part kept when the names are dealt out anew:", "",
        "| | links kept | degree of the ten greatest hubs | shuffled |", "|---|---|---|---|",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        bases = [Path(base) for base in given.kb]
        if not bases:
            kb.build([str(ROOT / "seeds")], out=Path(folder) / "seeds.kb")
            bases = [Path(folder) / "seeds.kb"]
        for base in bases:
            lines += bench_cut(base)
    finish(given, report, lines, "results_structure")


if __name__ == "__main__":
    main()
