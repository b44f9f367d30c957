"""How good SHARES is: papers ranked by their links, beside TF-IDF and BM25, where shared author keywords are the truth.

usage: python bench/bench_links.py PAPERS.jsonl.gz --kb PAPERS.kb [--queries 800]

PAPERS.jsonl.gz has title, abstract, year and, of some papers, keywords; PAPERS.kb is built of it. Keywords are the weak
truth and no ranker sees them: what is compared is titles and abstracts. A paper is relevant to another by the keywords
of at most COMMON papers that both have: 3 with two or more, 2 with one of at most SCARCE papers, else 1. Each query has
a pool, as in benchmarks with human grades: up to 25 relevant papers; others from ranks 20 to 200 of four rankers; 40 at
random. Queries before SPLIT are for tuning, those since then are reported. Every statistic (idf and the like) is of the
whole corpus. Prints nDCG at 20 % of the pool (with a 95 % bootstrap interval), nDCG@10 and MAP over the pools, and
nDCG@20 and recall@100 over all papers that have keywords; writes `bench/results_links.md`.
"""

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from common import ROOT, machine
from scipy.sparse import csr_matrix, diags

import kb
from kb import link
from kb.schema import ENTITY_EDGES
from kb.spelling import word_form, word_set
from kb.tables import frame

COMMON, SCARCE = 60, 15  # papers that have a keyword
SPLIT = 2023
POSITIVES, NEAR, FAR = 25, 10, 40  # relevant, hard (of each ranker) and random papers of a pool
_WORD = re.compile(r"\b\w\w+\b")

Pool = tuple[int, np.ndarray, np.ndarray]
"""A query's row, the rows of its candidates, and how relevant each is."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """Papers x features of queries and of candidates; the score is their product."""

    query: Any
    paper: Any


def keywords(given: Iterable[str] | None) -> list[str]:
    """Keywords folded; of `area: field` the last part, but for one that says nothing alone."""
    found = set()
    for each in given or ():
        parts = [part.strip() for part in each.lower().split(":")]
        if "(" in each or ")" in each:  # torn by the commas within
            continue
        last = " ".join(parts[-2:]) if parts[-1] in ("other", "general", "applications", "evaluation") else parts[-1]
        found.add(" ".join(word_form(word) for word in re.findall(r"[^\W_]+", last)))
    return sorted(found - {""})


def grades(told: Sequence[Sequence[str]]) -> dict[int, dict[int, int]]:
    """Paper -> the papers relevant to it and how much."""
    often = Counter(each for own in told for each in own)
    held: dict[str, list[int]] = defaultdict(list)
    for row, own in enumerate(told):
        for each in own:
            held[each].append(row)
    found: dict[int, dict[int, int]] = {}
    for row, own in enumerate(told):
        shared: dict[int, list[int]] = defaultdict(list)
        for each in own:
            for other in held[each] if often[each] <= COMMON else ():
                if other != row:
                    shared[other].append(often[each])
        found[row] = {other: 3 if len(n) > 1 else 2 if n[0] <= SCARCE else 1 for other, n in shared.items()}
    return found


def counted(texts: Sequence[str], most: int) -> csr_matrix:
    """Papers x words and, where `most` is 2, pairs of neighbours, of the ordinary kind: no folding, stop words left."""
    stop = word_set("stop words")
    codes: dict[str, int] = {}
    cells: list[tuple[int, int, int]] = []
    for row, text in enumerate(texts):
        words = [word for word in _WORD.findall(text.lower()) if word not in stop]
        pairs = [f"{a} {b}" for a, b in pairwise(words)] if most > 1 else []
        cells += [(row, codes.setdefault(t, len(codes)), n) for t, n in Counter(words + pairs).items()]
    rows, columns, counts = (np.array(each) for each in zip(*cells, strict=True))
    matrix = csr_matrix((counts.astype(float), (rows, columns)), shape=(len(texts), len(codes)))
    return matrix[:, np.flatnonzero(np.bincount(matrix.indices) > 1)].tocsr()


def unit(matrix: csr_matrix) -> csr_matrix:
    """Rows of length 1."""
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return (diags(1 / np.where(length > 0, length, 1)) @ matrix).tocsr()


def tfidf(counts: csr_matrix, *, sublinear: bool) -> Ranker:
    """TF-IDF with the smooth idf that is usual, cosine."""
    made = counts.copy()
    if sublinear:
        made.data = 1 + np.log(made.data)
    papers = np.bincount(counts.indices, minlength=counts.shape[1])
    vectors = unit(made @ diags(np.log((1 + counts.shape[0]) / (1 + papers)) + 1))
    return Ranker(vectors, vectors)


def bm25(counts: csr_matrix, k: float = 1.2, b: float = 0.75) -> Ranker:
    """Okapi BM25, the query's distinct words against a paper."""
    papers = np.bincount(counts.indices, minlength=counts.shape[1])
    length = np.asarray(counts.sum(axis=1)).ravel()
    norm = np.repeat(k * (1 - b + b * length / length.mean()), np.diff(counts.indptr))
    made, query = counts.copy(), counts.copy()
    made.data = made.data * (k + 1) / (made.data + norm)
    query.data[:] = 1
    size = counts.shape[0]
    return Ranker(query, (made @ diags(np.log(1 + (size - papers + 0.5) / (papers + 0.5)))).tocsr())


def ours(tables: Any, rows: Sequence[int]) -> dict[str, Ranker]:
    """Names, terms and both as the links have them, and names with the roles, kinds or idf left out or changed."""
    named = tables.edges.filter(pl.col("type").is_in(ENTITY_EDGES))
    none = frame("terms", [])
    kinds = tables.entities.select(pl.col("id").alias("target"), "kind", "idf")
    raw = named.join(kinds, on="target")
    roles = {"MENTIONS": 0.5, "INTRODUCES": 1.5}
    role, kind = pl.col("type").replace_strict(roles, default=1.0), pl.col("kind").replace_strict(link.KIND_WEIGHT)
    variants = {
        "names": (named, none),
        "names, kinds alike": (raw.with_columns(weight="idf"), none),
        "names, no idf": (raw.with_columns(weight=kind), none),
        "names, by role": (raw.with_columns(weight=pl.col("idf") * kind * role), none),
        "terms": (named.clear(), tables.terms),
        "**names and terms (SHARES)**": (named, tables.terms),
    }
    return {name: _ranker(*each, tables, rows) for name, each in variants.items()}


def _ranker(edges: pl.DataFrame, terms: pl.DataFrame, tables: Any, rows: Sequence[int]) -> Ranker:
    papers, matrix, _ = link.features(edges, tables.entities, terms)
    place = {id_: i for i, id_ in enumerate(papers)}
    at = np.array([place.get(id_, -1) for id_ in tables.papers["id"]])[rows]
    held = diags((at >= 0).astype(float)) @ matrix[np.maximum(at, 0)]
    vectors = unit(held.tocsr())
    return Ranker(vectors, vectors)


def pools(graded: dict[int, dict[int, int]], by: Sequence[Ranker], queries: Sequence[int]) -> list[Pool]:
    """The pool of each query, over papers with keywords; the same each time."""
    rng, every = np.random.default_rng(1), np.array(sorted(graded))
    made = []
    for query in queries:
        own = graded[query]
        found = set(rng.choice(sorted(own), min(len(own), POSITIVES), replace=False).tolist())
        for ranker in by:
            ranked = [j for j in every[_order(ranker, query, every)][20:200].tolist() if j not in own]
            found |= set(rng.choice(ranked, NEAR, replace=False).tolist())
        found |= set(rng.choice([j for j in every.tolist() if j not in own], FAR, replace=False).tolist())
        rows = np.array(sorted(found - {query}))
        made.append((query, rows, np.array([own.get(int(j), 0) for j in rows])))
    return made


def _order(ranker: Ranker, query: int, rows: np.ndarray) -> np.ndarray:
    score = (ranker.paper[rows] @ ranker.query[query].T).toarray().ravel()
    return np.lexsort((rows, -np.round(score, 9)))


def ndcg(relevance: np.ndarray, cut: int) -> float:
    """Linear gains, discounted by log2 of the rank + 1."""
    discount = 1 / np.log2(np.arange(2, cut + 2))
    best = np.sort(relevance)[::-1][:cut]
    return float((relevance[:cut] * discount[: len(relevance)]).sum() / (best * discount[: len(best)]).sum())


def _precision(relevance: np.ndarray) -> float:
    hit = relevance > 0
    return float((np.cumsum(hit) / np.arange(1, len(hit) + 1))[hit].mean())


def measured(ranker: Ranker, held: Sequence[Pool], measures: Sequence[Callable[[np.ndarray], float]]) -> np.ndarray:
    """Queries x measures."""
    ranked = (relevance[_order(ranker, query, rows)] for query, rows, relevance in held)
    return np.array([[measure(each) for measure in measures] for each in ranked])


def interval(values: np.ndarray) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean."""
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, len(values), (1000, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def row(
    name: str, ranker: Ranker, held: Sequence[Pool], whole: Sequence[Pool], base: np.ndarray | None
) -> tuple[str, Any]:
    """A line of the table, and nDCG@20% by query."""
    pooled = measured(ranker, held, [lambda r: ndcg(r, round(len(r) / 5)), lambda r: ndcg(r, 10), _precision])
    full = measured(ranker, whole, [lambda r: ndcg(r, 20), lambda r: float((r[:100] > 0).sum() / (r > 0).sum())])
    low, high = interval(pooled[:, 0])
    gain = "" if base is None else "{:+.1f} [{:+.1f}, {:+.1f}]".format(
        *(100 * each for each in ((pooled[:, 0] - base).mean(), *interval(pooled[:, 0] - base)))
    )  # fmt: skip
    means = [f"{100 * each:.1f}" for each in (*pooled.mean(axis=0), *full.mean(axis=0))]
    cells = (name, f"{means[0]} [{100 * low:.1f}, {100 * high:.1f}]", gain, *means[1:])
    return "| " + " | ".join(cells) + " |", pooled[:, 0]


def main() -> None:
    """Print the table and write it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("papers")
    parser.add_argument("--kb", required=True)
    parser.add_argument("--queries", type=int, default=800)
    args = parser.parse_args()
    with kb.open(args.kb) as base:
        tables = base.tables()
    with gzip.open(args.papers, "rt", encoding="utf-8") as lines:
        given = {" ".join(r["title"].split()).casefold(): r.get("keywords") for r in map(json.loads, lines)}
    titles = [" ".join(title.split()).casefold() for title in tables.papers["title"]]
    told = [keywords(given.get(title)) for title in titles]
    rows = list(range(len(told)))
    texts = [f"{title}. {text or ''}" for title, text in tables.papers.select("title", "abstract").iter_rows()]
    words, both = counted(texts, 1), counted(texts, 2)
    rng = np.random.default_rng(3)
    chance = csr_matrix(rng.random((len(rows), 1)))
    rankers = {
        "chance": Ranker(csr_matrix(np.ones((len(rows), 1))), chance),
        "BM25": bm25(words),
        "TF-IDF, words": tfidf(words, sublinear=False),
        "TF-IDF, words, sublinear": tfidf(words, sublinear=True),
        "TF-IDF, words and pairs": tfidf(both, sublinear=False),
        "TF-IDF, words and pairs, sublinear": tfidf(both, sublinear=True),
        **ours(tables, rows),
    }
    report(rankers, tables, told, args.queries)


def report(rankers: dict[str, Ranker], tables: Any, told: Sequence[Sequence[str]], count: int) -> None:
    """The tables of both parts, printed and written."""
    graded = {i: own for i, own in grades(told).items() if told[i]}
    year = tables.papers["year"].fill_null(0).to_numpy()
    queries = [i for i, own in graded.items() if len(own) >= 3 and max(own.values()) > 1]
    np.random.default_rng(1).shuffle(queries)
    by = [rankers[name] for name in ("BM25", "TF-IDF, words", "TF-IDF, words and pairs, sublinear", "names")]
    every = np.array(sorted(graded))
    lines = [f"# Links: what they are worth\n\n{machine()}\n", (__doc__ or "").split("\n\n", 2)[2]]
    for part, chosen in ((f"since {SPLIT}", year >= SPLIT), (f"before {SPLIT}, for tuning", year < SPLIT)):
        own = [i for i in queries if chosen[i]][:count]
        held = pools(graded, by, own)
        whole = [
            (q, every[every != q], np.array([graded[q].get(int(j), 0) for j in every[every != q]])) for q in own[:400]
        ]
        sizes = np.mean([len(each) for _, each, _ in held]), np.mean([(r > 0).sum() for *_, r in held])
        lines.append(f"\n## {len(own)} queries {part}: {sizes[0]:.0f} papers in a pool, {sizes[1]:.0f} relevant\n")
        lines.append(
            "| ranker | nDCG@20 % | against pairs, sublinear | nDCG@10 | MAP | all: nDCG@20 | all: recall@100 |"
        )
        lines.append("|---|---|---|---|---|---|---|")
        _, base = row("", rankers["TF-IDF, words and pairs, sublinear"], held, whole, None)
        lines += [row(name, ranker, held, whole, base)[0] for name, ranker in rankers.items()]
    text = "\n".join(lines) + "\n"
    print(text)
    (ROOT / "bench" / "results_links.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
