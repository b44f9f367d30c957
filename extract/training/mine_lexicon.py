"""Candidates for the lexicon: which forms annotated papers name, how surely, and how often a corpus holds them.

usage: python -m extract.training.mine_lexicon ANNOTATED.jsonl... [--corpus PAPERS.jsonl.gz] [--min-papers 2]
       [--min-precision 0.45] [--audit]

ANNOTATED is what `extract.training.judge` reads; the corpus is one paper a line with `title` and `abstract`. Prints
lines of `kind, form, papers that name it, papers that hold it, corpus papers, short forms`, tab-separated, for a
person to decide on: the files in `extract/data/` are written by hand. With --audit the forms are those of the lexicon
instead, those that are mostly no name first: `kind, name, papers where it is annotated, papers where it is found`.

A form stands in a paper when its folded words do, outside a longer annotated mention; the share of those papers in
which it is annotated, with half a paper added to both sides, is its precision. A form named in one paper only is no
candidate: wherever else it stood it was by definition wrong, and a judge trained on the same papers would learn that.
"""

import argparse
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from extract.abbreviations import find_pairs
from extract.gazetteer import find, fold_word, parts
from extract.lexicon import entries
from extract.pipeline import load, make_doc
from extract.records import KINDS, Paper
from extract.training.judge import FIELDS, annotated

MAX_WORDS = 8
MIN_SHORT = 3  # papers that define a short form before it is offered as an alias
SHORT_SHARE = 0.85  # of the definitions of a short form that must stand for the same long form

Key = tuple[str, ...]


@dataclass(slots=True)
class Counts:
    """What is known of one form: papers that name it by kind, papers that hold it, its spellings, corpus papers."""

    named: Counter[str] = field(default_factory=Counter)
    held: int = 0
    spellings: Counter[str] = field(default_factory=Counter)
    corpus: int = 0
    shorts: Counter[str] = field(default_factory=Counter)

    @property
    def kind(self) -> str:
        """The kind most papers give it; the first in the order of kinds when two draw."""
        return max(KINDS, key=lambda k: self.named[k])

    @property
    def precision(self) -> float:
        """The share of the papers holding it that name it, smoothed."""
        return (self.named[self.kind] + 0.5) / (self.held + 1)


def fold(text: str) -> Key:
    """The folded words of a form, as the gazetteer matches them."""
    return tuple(fold_word(w) for w in parts(text))


def mentions(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Kind and surface of every annotated mention of a paper."""
    for kind, name in FIELDS.items():
        for entity in row[name]:
            for surface in entity["mentions"]:
                yield kind, surface


def places(words: Sequence[str], known: dict[str, set[Key]]) -> Iterator[tuple[int, Key]]:
    """Where the known forms stand: index of the first word, and the form."""
    for i, word in enumerate(words):
        for key in known.get(word, ()):
            if tuple(words[i : i + len(key)]) == key:
                yield i, key


def by_first(keys: Iterable[Key]) -> dict[str, set[Key]]:
    """Forms by their first word."""
    out: dict[str, set[Key]] = defaultdict(set)
    for key in keys:
        if key and len(key) <= MAX_WORDS:
            out[key[0]].add(key)
    return out


def free(words: Sequence[str], known: dict[str, set[Key]], named: set[Key]) -> set[Key]:
    """The known forms that stand somewhere outside a longer annotated mention."""
    found = list(places(words, known))
    cover = [0] * len(words)
    for i, key in found:
        if key in named:
            for j in range(i, i + len(key)):
                cover[j] = max(cover[j], len(key))
    return {key for i, key in found if max(cover[i : i + len(key)]) <= len(key)}


def count(rows: Sequence[dict[str, Any]]) -> dict[Key, Counts]:
    """The counts of every annotated form over annotated papers."""
    named = [[(kind, fold(s), s) for kind, s in mentions(row)] for row in rows]
    keys = {key for paper in named for _, key, _ in paper}
    known = by_first(keys)
    out: dict[Key, Counts] = defaultdict(Counts)
    for row, paper in zip(rows, named, strict=True):
        words = fold(f"{row['title']}\n{row['abstract']}")
        own = {key for _, key, _ in paper}
        for key in own | free(words, known, own):
            out[key].held += 1
        for kind, key in {(kind, key) for kind, key, _ in paper}:
            out[key].named[kind] += 1
        for _, key, surface in paper:
            out[key].spellings[surface] += 1
    return out


def audit(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Lines of `kind, name, papers where it is annotated so, papers where the gazetteer finds it`, worst first."""
    nlp = load()
    right: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        doc = make_doc(nlp, Paper(row["title"], row["abstract"]))
        gold = {(kind, fold(surface)) for kind, surface in mentions(row)}
        hits = {(f.kind, f.name, fold(doc[f.start : f.end].text)) for f in find(doc)}
        found.update({(kind, name) for kind, name, _ in hits})
        right.update({(kind, name) for kind, name, key in hits if (kind, key) in gold})
    for kind, name in sorted(found, key=lambda e: (right[e] / found[e], -found[e], e)):
        yield f"{kind}\t{name}\t{right[kind, name]}\t{found[kind, name]}"


def opened(path: Path) -> IO[str]:
    """A text file, gzipped or not."""
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")


def add_corpus(counts: dict[Key, Counts], path: Path) -> None:
    """Add how many corpus papers hold each form, and the short forms they define for it."""
    known = by_first(counts)
    longs: dict[str, Counter[Key]] = defaultdict(Counter)
    with opened(path) as file:
        for line in file:
            row = json.loads(line)
            abstract = row.get("abstract") or ""
            for key in {key for _, key in places(fold(f"{row['title']}\n{abstract}"), known)}:
                counts[key].corpus += 1
            for short, long in {(p.short, fold(p.long)) for p in find_pairs(abstract)}:
                longs[short][long] += 1
    for short, senses in longs.items():
        long, n = max(senses.items(), key=lambda item: (item[1], item[0]))
        if n >= MIN_SHORT and n >= SHORT_SHARE * senses.total() and long in counts:
            counts[long].shorts[short] = n


def spelling(counts: Counts) -> str:
    """The spelling most often written, lower case before others when two draw."""
    return max(counts.spellings.items(), key=lambda item: (item[1], item[0].islower(), item[0]))[0]


def report(counts: dict[Key, Counts]) -> Iterator[str]:
    """The lines to print, by kind, surest and most frequent first."""
    order = {kind: i for i, kind in enumerate(KINDS)}

    def rank(item: tuple[Key, Counts]) -> tuple[object, ...]:
        key, c = item
        return order[c.kind], -c.named[c.kind], -c.precision, key

    for _, c in sorted(counts.items(), key=rank):
        shorts = ", ".join(s for s, _ in c.shorts.most_common())
        yield "\t".join((c.kind, spelling(c), str(c.named[c.kind]), str(c.held), str(c.corpus), shorts))


def main() -> None:
    """Count, filter, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotated", nargs="+")
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--min-papers", type=int, default=2)
    parser.add_argument("--min-precision", type=float, default=0.45)
    parser.add_argument("--audit", action="store_true", help="measure the lexicon instead")
    args = parser.parse_args()
    rows = annotated(args.annotated)
    if args.audit:
        print(*audit(rows), sep="\n")
        return
    lexicon = {fold(form) for e in entries() for form in (e.name, *e.aliases)}
    counts = {
        key: c
        for key, c in count(rows).items()
        if key not in lexicon and c.named[c.kind] >= args.min_papers and c.precision >= args.min_precision
    }
    if args.corpus:
        add_corpus(counts, args.corpus)
    print(*report(counts), sep="\n")


if __name__ == "__main__":
    main()
