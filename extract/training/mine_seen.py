"""Count in how many papers of a corpus each candidate name stands, for `extract.seen`.

usage: python -m extract.training.mine_seen CORPUS.jsonl.gz --without ANNOTATED.jsonl... [--write]

CORPUS is one paper a line with `title` and `abstract`. The papers of ANNOTATED and all seeds are left out of the count,
so that for a judge in training no paper speaks for its own names; those of `annotation.jsonl.gz`, annotated later and
each one of 87,060, are in the count. What is written are hashes of folded names and
a level each: no texts.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from extract.chunks import MAX_WORDS, chunks, doc_words
from extract.layout import layout_of
from extract.page import key
from extract.pipeline import load, make_doc, sentences
from extract.readers import read_source
from extract.records import Paper
from extract.seen import FILE, LEVELS, name_hash, packed
from extract.training.judge import SEEDS


def names_of(title: str, abstract: str) -> set[int]:
    """Hashes of the candidate names of one paper: runs of up to MAX_WORDS words inside its chunks."""
    doc = sentences(make_doc(load(), Paper(title, abstract)))
    layout = layout_of(doc)
    words = doc_words(layout)
    out = set()
    for start, stop in chunks(layout, words):
        for i in range(start, stop):
            for j in range(i + 1, min(i + MAX_WORDS, stop) + 1):
                if i == start or j == stop or words[i].marked:
                    out.add(name_hash(key(layout.slice(words[i].start, words[j - 1].end))))
    return out


def corpus(path: str, without: set[str]) -> Iterator[tuple[str, str]]:
    """Title and abstract of each paper but those in `without`."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["title"].casefold().strip() not in without:
                yield row["title"], row["abstract"] or ""


def main() -> None:
    """Count, print how many names each level holds, and write when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    without = {
        p.title.casefold().strip() for f in sorted(SEEDS.glob("*.txt")) for p in read_source(f) if isinstance(p, Paper)
    }
    for path in args.without:
        with Path(path).open(encoding="utf-8") as file:
            without |= {json.loads(line)["title"].casefold().strip() for line in file}
    counts: Counter[int] = Counter()
    for papers, (title, abstract) in enumerate(corpus(args.corpus, without), 1):
        counts.update(names_of(title, abstract))
        if papers % 20_000 == 0:  # a name met once in 20,000 papers will hardly reach the first level
            counts = Counter({name: n for name, n in counts.items() if n > 1})
    for level in LEVELS:
        print(f"in {level} papers or more: {sum(n >= level for n in counts.values())} names")
    if args.write:
        FILE.write_bytes(packed(counts))
        print(f"{FILE.name}: {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
