"""Which records are one paper, at the size of a large library: time, memory and how well, beside two naive peers.

usage: python bench/bench_identity.py [--records 1000000] [--from 10000] [--peer 2000]

The records are made, the same each time: papers with titles, authors and Zipf-distributed abstracts of about 1,000
characters, each in one to several of six sources. A source gives the identifiers, the spelling of names and the part
of the abstract that its kind gives; 35 % of the records are a paper again. One paper in twelve is a trap: a part,
edition, version or erratum of the one before it by the same authors, or a generic title; some records carry a
placeholder or the DOI of a volume. Prints a row a size, tenfold up to `--records`, each in a process of its own:
seconds, CPU seconds (what growth is told by), records a second, peak memory with and without settling, precision and
recall over pairs. Peers on the same records: equal folded titles, and rapidfuzz over all pairs of `--peer` titles, its
time extrapolated with the square.
"""

import json
import random
import sys
import time
import unicodedata
from argparse import SUPPRESS
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, combinations, pairwise

from common import Report, finish, output, parser, peak
from rapidfuzz import fuzz, process, utils

from extract.records import Paper
from kb.settle import settle

AGAIN = 0.35  # share of records that are a paper again
WORDS, ABSTRACT = 30_000, 135  # words of the vocabulary, and of an abstract
SOURCES = ("arxiv", "crossref", "openalex", "s2", "pubmed", "page")
GENERIC = ("Introduction", "Editorial", "Preface", "Deep learning", "Neural networks", "Letter to the editor")
FIRST = ("José", "Anna", "Łukasz", "Mary Ann", "Wei", "Jörg", "Priya", "Søren", "Noor", "Zoë", "Ivan", "Ke", "Ruth")
ONSETS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "st", "tr", "pl")
VOWELS, CODAS = "aeiou", ("", "n", "r", "s", "l", "m", "x")
FAMILY_ENDS = ("", "ová", "müller", "son", "ić", "-Smith", "ez", "wang", "")
LIKE = 95  # of 100: titles that the quadratic peer takes for one

Ids = dict[str, str]


@dataclass(frozen=True, slots=True)
class Fact:
    """A paper as it is: what the records of it are views of."""

    title: str
    abstract: str
    year: int
    authors: tuple[str, ...]
    ids: Ids


class Maker:
    """Words and names that papers are made of, drawn from one generator of random numbers."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        rng = self.rng
        syllables = [a + b + c for a in ONSETS for b in VOWELS for c in CODAS]
        self.words = sorted({"".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(2 * WORDS)})[:WORDS]
        rng.shuffle(self.words)
        self.weights = list(accumulate(1 / (rank + 20) for rank in range(len(self.words))))
        self.families = ["".join(rng.choices(syllables, k=2)).title() + rng.choice(FAMILY_ENDS) for _ in range(4_000)]

    def text(self, words: int) -> str:
        """Words by their frequency, in sentences."""
        out = self.rng.choices(self.words, cum_weights=self.weights, k=words)
        return ". ".join(" ".join(out[i : i + 18]).capitalize() for i in range(0, words, 18)) + "."

    def title(self) -> str:
        """Four to eleven words, some hyphenated, some after a name and a colon."""
        rng = self.rng
        words = rng.choices(self.words[200:], k=rng.randint(4, 11))
        words[1] = f"{words[1]}-{words[2]}" if rng.random() < 0.3 else words[1]
        words[-1] = f"and {words[-1]}" if rng.random() < 0.3 else words[-1]
        words[0] = words[0].upper() + ":" if rng.random() < 0.25 else words[0].capitalize()
        return " ".join(words)

    def fact(self, number: int, before: Fact | None) -> Fact:
        """The paper of a number: by itself, or a trap beside the one before it."""
        rng = self.rng
        ids = {"openalex": f"W{4_000_000_000 + number}", "corpusid": str(200_000_000 + number)}
        if rng.random() < 0.65:
            ids["doi"] = f"10.{5000 + number % 700}/made.{number}"
        if rng.random() < 0.45:
            ids["arxiv"] = f"{7 + number % 19:02d}{1 + number % 12:02d}.{number // 228:05d}"
        if rng.random() < 0.2:
            ids["pmid"] = str(10_000_000 + number)
        authors = tuple(f"{rng.choice(FIRST)} {rng.choice(self.families)}" for _ in range(rng.randint(1, 8)))
        made = Fact(self.title(), self.text(ABSTRACT), rng.randint(1995, 2025), authors, ids)
        if before is None or rng.random() >= 1 / 12:
            return made
        return self._trap(before, made)

    def _trap(self, before: Fact, made: Fact) -> Fact:
        rng = self.rng
        kind = rng.randrange(6)
        if kind == 0:
            return replace(made, title=rng.choice(GENERIC))
        title = before.title.removesuffix(" II")
        titles = (f"{title} II", f"{title}, 2nd edition", f"Erratum: {title}", f"{title} v2", f"Reply to: {title}")
        text = before.abstract if kind == 3 else made.abstract
        return replace(made, title=titles[kind - 1], authors=before.authors, year=before.year + 1, abstract=text)

    def record(self, fact: Fact, at: int, source: str, *, again: bool) -> Paper:
        """What a source has of a paper; the first record of a paper is whole, those after it are perturbed."""
        rng = self.rng
        given = {key for key in KEYS[source] if key in fact.ids and rng.random() < 0.85}
        ids = {key: fact.ids[key] for key in given}
        if rng.random() < 0.003:
            ids["doi"] = "10.1000/xyz123" if rng.random() < 0.5 else f"10.1007/vol.{at // 40}"
        title, abstract, authors = fact.title, fact.abstract, fact.authors
        if again or source == "pubmed":
            title, abstract, authors = self._title(title), self._abstract(abstract), self._names(authors, source)
        return Paper(
            title=title,
            abstract=abstract,
            year=None if rng.random() < 0.1 else fact.year + (source == "crossref" and rng.random() < 0.4),
            doi=ids.pop("doi", None),
            arxiv=ids.pop("arxiv", None),
            ids=tuple(sorted(f"{key}:{value}" for key, value in ids.items())),
            authors=authors,
            sources=(f"{source}:{at + 1}",),
            format=source,
        )

    def _title(self, title: str) -> str:
        rng = self.rng
        ways: tuple[Callable[[str], str], ...] = (
            str, str, str.lower, str.upper, lambda t: t + ".", lambda t: t.replace("-", " "), lambda t: t.title(),
            lambda t: t.replace(" and ", " & "), lambda t: t.replace("-", "–"), lambda t: t.replace("-", ""),
            lambda t: "{" + t.partition(" ")[0] + "} " + t.partition(" ")[2], lambda t: f"<i>{t}</i>",
        )  # fmt: skip
        title = rng.choice(ways)(title)
        return title.partition(": ")[2] if ": " in title[:20] and rng.random() < 0.04 else title

    def _abstract(self, text: str) -> str:
        way, words = self.rng.random(), text.split()
        if way < 0.25:
            return ""
        if way < 0.5:
            return " ".join(words[: round(len(words) * self.rng.uniform(0.5, 0.95))])
        if way < 0.7:
            for _ in range(len(words) // 15):
                words[self.rng.randrange(len(words))] = self.rng.choice(self.words)
        return " ".join(words)

    def _names(self, names: tuple[str, ...], source: str) -> tuple[str, ...]:
        if self.rng.random() < 0.1 or source == "page":
            return ()
        parts = [name.rpartition(" ")[::2] for name in names]
        way = self.rng.randrange(5)
        if source == "pubmed":
            return tuple(f"{family} {''.join(g[0] for g in given.split())}" for given, family in parts)
        if way < 2:
            return tuple(f"{family}, {given[0]}." if way else f"{given[0]}. {family}" for given, family in parts)
        if way == 2:
            return tuple(unicodedata.normalize("NFKD", n).encode("ascii", "ignore").decode() for n in names)
        return tuple(unicodedata.normalize("NFD", n) for n in names) if way == 3 else names


KEYS = {
    "arxiv": ("arxiv",),
    "crossref": ("doi",),
    "openalex": ("openalex", "doi"),
    "s2": ("corpusid", "arxiv", "doi"),
    "pubmed": ("pmid", "doi"),
    "page": (),
}


def made(count: int) -> tuple[list[Paper], list[int]]:
    """Records, and the number of the paper that each is a record of; in random order."""
    maker = Maker(1)
    facts: list[Fact] = []
    for number in range(round(count * (1 - AGAIN))):
        facts.append(maker.fact(number, facts[-1] if facts else None))
    truth = [*range(len(facts)), *(maker.rng.randrange(len(facts)) for _ in range(count - len(facts)))]
    records = [
        maker.record(facts[paper], at, maker.rng.choice(SOURCES), again=at >= len(facts))
        for at, paper in enumerate(truth)
    ]
    maker.rng.shuffle(records)
    return records, truth


def pairs(sizes: Iterator[int]) -> int:
    """Pairs within groups of some sizes."""
    return sum(size * (size - 1) // 2 for size in sizes)


def judged(home: Sequence[object], truth: Sequence[int]) -> tuple[float, float]:
    """Precision and recall over pairs: of a group for each record, against its paper."""
    right = pairs(iter(Counter(zip(home, truth, strict=True)).values()))
    found, wanted = (pairs(iter(Counter(groups).values())) for groups in (home, truth))
    return right / max(found, 1), right / max(wanted, 1)


def folded(title: str) -> str:
    """A title without case and punctuation: what a careful script compares."""
    return "".join(c for c in unicodedata.normalize("NFKD", title.casefold()) if c.isalnum())


def measured(count: int) -> dict[str, float]:
    """One size: seconds, memory, precision and recall, and those of equal titles."""
    records, truth = made(count)
    before = peak()
    start, cpu = time.perf_counter(), time.process_time()
    papers = settle(records).papers
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    after = peak()
    home: list[str] = [""] * count
    for paper in papers:
        for source in paper.sources:
            home[int(source.partition(":")[2]) - 1] = paper.id
    precision, recall = judged(home, truth)
    start = time.perf_counter()
    keys = {record.sources[0]: folded(record.title) for record in records}
    peer_seconds = time.perf_counter() - start
    by_place = {int(source.partition(":")[2]) - 1: key for source, key in keys.items()}
    peer_precision, peer_recall = judged([by_place[i] for i in range(count)], truth)
    return {
        "records": count, "papers": len(papers), "true": len(set(truth)), "seconds": seconds, "cpu": cpu,
        "made_gb": before, "peak_gb": after, "precision": precision, "recall": recall, "peer_seconds": peer_seconds,
        "peer_precision": peer_precision, "peer_recall": peer_recall,
    }  # fmt: skip


def quadratic(count: int) -> dict[str, float]:
    """The naive way: every title against every other with rapidfuzz, on one core."""
    records, truth = made(count)
    places = [int(record.sources[0].partition(":")[2]) - 1 for record in records]
    titles = [record.title for record in records]
    start, cpu = time.perf_counter(), time.process_time()
    folded_titles = [utils.default_process(title) for title in titles]
    scores = process.cdist(folded_titles, folded_titles, scorer=fuzz.ratio, score_cutoff=LIKE, workers=1)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    found = {(i, j) for i, j in combinations(range(count), 2) if scores[i, j]}
    right = sum(truth[places[i]] == truth[places[j]] for i, j in found)
    wanted = pairs(iter(Counter(truth).values()))
    return {"seconds": seconds, "cpu": cpu, "precision": right / max(len(found), 1), "recall": right / max(wanted, 1)}


def alone(count: int) -> dict[str, float]:
    """`measured` in a process of its own, so that its memory is its own."""
    row: dict[str, float] = json.loads(output([sys.executable, __file__, "--one", str(count)]))
    return row


def report(row: dict[str, float]) -> str:
    """A row of the table."""
    return (
        f"{row['records']:>9,.0f} records  {row['papers']:>9,.0f} papers (true {row['true']:,.0f})"
        f"  {row['seconds']:8.2f} s (CPU {row['cpu']:.2f})  {row['records'] / row['seconds']:>8,.0f}/s"
        f"  peak {row['peak_gb']:5.2f} GB (records alone {row['made_gb']:.2f})"
        f"  P {row['precision']:.4f} R {row['recall']:.4f}"
        f"  | equal titles {row['peer_seconds']:.2f} s P {row['peer_precision']:.4f} R {row['peer_recall']:.4f}"
    )


def main() -> None:
    """Print the table."""
    options = parser(__doc__)
    options.add_argument("--records", type=int, default=1_000_000)
    options.add_argument("--from", dest="least", type=int, default=10_000, help="the smallest size of the curve")
    options.add_argument("--peer", type=int, default=2_000, help="records of the quadratic peer")
    options.add_argument("--one", type=int, default=0, help=SUPPRESS)
    args = options.parse_args()
    if args.one:
        print(json.dumps(measured(args.one)))
        return
    sizes, size = [args.records], args.records // 10
    while size >= args.least:
        sizes.insert(0, size)
        size //= 10
    rows = []
    for size in sizes:
        rows.append(alone(size))
        print(report(rows[-1]), flush=True)
    for few, many in pairwise(rows):
        times = many["cpu"] / few["cpu"]
        print(f"{few['records']:,.0f} -> {many['records']:,.0f} records: {times:.1f} x the CPU time")
    peer, ours = quadratic(args.peer), alone(args.peer)
    whole = peer["seconds"] * (args.records / args.peer) ** 2
    told = (
        f"peer, all pairs of {args.peer:,} titles with rapidfuzz: {peer['seconds']:.2f} s, P {peer['precision']:.4f}"
        f" R {peer['recall']:.4f} (here {ours['seconds']:.2f} s, P {ours['precision']:.4f} R {ours['recall']:.4f});"
        f" {args.records:,} records would take it {whole / 3600:,.1f} h, {whole / rows[-1]['seconds']:,.0f} x ours"
    )
    finish(args, figures(rows, ours, peer), [told], "")


def figures(rows: Sequence[dict[str, float]], ours: dict[str, float], peer: dict[str, float]) -> Report:
    """What `bench/run.py` reads: the curve, and precision and recall beside both peers."""
    report = Report()
    for row in rows:
        report.point("records of one paper", "ours", row["records"], row["cpu"])
    last = rows[-1]
    for part in ("precision", "recall"):
        what = f"join {last['records']:,.0f} records, {part}"
        report.add(what, "share", last[part], "equal titles", last[f"peer_{part}"], less=False)
        what = f"join {ours['records']:,.0f} records, {part}"
        report.add(what, "share", ours[part], "rapidfuzz over all pairs", peer[part], less=False)
    report.add(f"join {ours['records']:,.0f} records", "CPU s", ours["cpu"], "rapidfuzz over all pairs", peer["cpu"])
    return report


if __name__ == "__main__":
    main()
