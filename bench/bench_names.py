"""Which names are one thing: canonicalisation beside the fuzzy resolver of neo4j-graphrag, without a server.

usage: python bench/bench_names.py [--pairs PAIRS.jsonl] [--kb PAPERS.kb] [--sizes 500 1000 2000 8000 32000] [--most 20]

Pairs are judged by people to be one thing or two, and chosen to be hard: `tests/golden/name_pairs.jsonl`, or PAIRS. The
peer is `FuzzyMatchResolver` with its own similarity and threshold; as it does with the nodes of a label, every name is
compared with every other of its type and pairs that overlap are joined. Equal names, case aside, are the floor.

Growth: names of a knowledge base, or names that are made of the words of titles, a third of them spelt another way. The
peer grows with the square and is left out where it would take more than --most seconds.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import neo4j
import polars as pl
from common import ROOT, Report, finish, parser, seeds, table, timed

import kb
from kb.canonical import canonicalise
from kb.gold import PAIRS, read_gold
from kb.tables import MENTIONS, frame

PEER = "neo4j-graphrag FuzzyMatchResolver"
FLOOR = "equal, case aside"
NOTE = (
    "Name pairs are chosen to be hard, so no share of them is a rate in a corpus; our rules were written with these "
    "pairs in view. An acronym and its long form need a sentence that defines it, which the committed file leaves out."
)
Join = Callable[[str, str], bool]


def fuzzy() -> Any:
    """The resolver; its similarity, threshold and joining ask no server."""
    from neo4j_graphrag.components.resolver import FuzzyMatchResolver

    with neo4j.GraphDatabase.driver("bolt://localhost") as driver:  # connects when it is first asked, which is never
        return FuzzyMatchResolver(driver)


def resolved(resolver: Any, names: Sequence[str]) -> list[set[str]]:
    """The names that the resolver merges, as its `run` finds them among the nodes of one label."""
    least = resolver.similarity_threshold
    alike = [{a, b} for a, b in combinations(names, 2) if resolver.compute_similarity(a, b) >= least]
    return list(resolver._consolidate_sets(alike))


def resolver_joins(pairs: Sequence[dict[str, Any]]) -> Join:
    """Whether the resolver merges two names, all names of a type before it."""
    resolver = fuzzy()
    names: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        names[pair["type"]] |= {pair["a"], pair["b"]}
    merged = [group for own in names.values() for group in resolved(resolver, sorted(own))]
    return lambda a, b: any(a in group and b in group for group in merged)


def mistakes(pairs: Sequence[dict[str, Any]], joins: Join) -> tuple[int, int]:
    """False and missed merges."""
    false = sum(joins(pair["a"], pair["b"]) for pair in pairs if not pair["same"])
    return false, sum(not joins(pair["a"], pair["b"]) for pair in pairs if pair["same"])


def judged(path: Path, report: Report) -> None:
    """Figures of the pairs: ours beside the peer and the floor."""
    pairs = read_gold(path, PAIRS)
    ours = kb.evaluate_pairs(path)
    peers: dict[str, Join] = {FLOOR: lambda a, b: a.casefold() == b.casefold()}
    try:
        peers[PEER] = resolver_joins(pairs)
    except ImportError as error:
        report.left_out[PEER] = f"not installed ({error.name})"
    for peer, joins in peers.items():
        false, missed = mistakes(pairs, joins)
        report.add(f"false merges of {ours['distinct']} pairs", "pairs", ours["false_merges"], peer, false)
        report.add(f"missed merges of {ours['same']} pairs", "pairs", ours["missed_merges"], peer, missed)


def made_names(count: int) -> list[str]:
    """Names of one to three words of titles, a third of them a plural, a hyphenation or a case of the one before."""
    rng = random.Random(1)
    words = sorted({word for paper in seeds() for word in paper.title.split() if word.isalpha()})
    ways: tuple[Callable[[str], str], ...] = (lambda n: n + "s", lambda n: n.replace(" ", "-"), str.title, str.upper)
    names: dict[str, None] = {}
    before = words[0]
    while len(names) < count:
        name = " ".join(rng.choices(words, k=rng.randint(1, 3))) if rng.random() < 2 / 3 else rng.choice(ways)(before)
        names[name] = None
        before = name
    return list(names)


def base_names(base: Path) -> list[str]:
    """The names that stand in the papers of a knowledge base, in an order of chance that is always the same."""
    names = pl.read_parquet(base / "mentions.parquet", columns=["name"])["name"].unique().sort()
    return names.sample(fraction=1, shuffle=True, seed=1).to_list()


def mentions_of(names: Sequence[str]) -> pl.DataFrame:
    """Each name the only mention of a paper of its own."""
    place = {"start": 0, "end": 1, "sentence_start": 0, "sentence_end": 1, "score": 1.0, "cue": "", "stage": "names"}
    kind = {"kind": "Method", "role": "mentions", "field": "title"}
    rows = [{"paper": f"p{i}", "text": name, "name": name, **kind, **place} for i, name in enumerate(names)]
    return pl.DataFrame(rows, schema={column: type_ for column, type_ in MENTIONS.items() if column != "entity"})


def growth(names: Sequence[str], sizes: Sequence[int], most: float, report: Report) -> None:
    """CPU seconds of both at each size."""
    none, before = frame("definitions", []), (0, 0.0)
    canonicalise(mentions_of(names[:10]), none, papers=10)  # what is loaded at the first call is no part of it
    for size in (size for size in sizes if size <= len(names)):
        some = mentions_of(names[:size])
        _, ours = timed(lambda some=some, size=size: canonicalise(some, none, papers=size))  # type: ignore[misc]
        report.point("names", "ours", size, ours)
        told = before[1] * (size / before[0]) ** 2 if before[0] else 0.0
        if PEER in report.left_out:
            continue
        if told > most:
            report.left_out[f"{PEER} of {size:,} names"] = (
                f"would take {told:,.0f} s, by the square of {before[0]:,} names"
            )
            continue
        _, theirs = timed(lambda size=size: resolved(fuzzy(), names[:size]))  # type: ignore[misc]
        report.point("names", PEER, size, theirs)
        report.add(f"canonicalise {size:,} names", "CPU s", ours, PEER, theirs)
        before = (size, theirs)


def main() -> None:
    """Count and time both, print and write the table."""
    options = parser(__doc__)
    options.add_argument("--pairs", type=Path, default=ROOT / "tests" / "golden" / "name_pairs.jsonl")
    options.add_argument("--kb", type=Path)
    options.add_argument("--sizes", type=int, nargs="+", default=[500, 1_000, 2_000, 8_000, 32_000])
    options.add_argument("--most", type=float, default=20)
    args = options.parse_args()
    report = Report(notes=[NOTE])
    judged(args.pairs, report)
    names = base_names(args.kb) if args.kb else made_names(max(args.sizes))
    growth(names, args.sizes, args.most, report)
    for size in (size for size in args.sizes if size > len(names)):
        report.left_out[f"{size:,} names"] = f"the knowledge base holds {len(names):,}"
    finish(args, report, list(table(report.figures)), "results_names")


if __name__ == "__main__":
    main()
