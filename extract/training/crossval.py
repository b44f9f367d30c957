"""Score the extractor on papers its judge has never seen: cross-validation over papers, counted as `kb evaluate` does.

usage: python -m extract.training.crossval ANNOTATED.jsonl [--with OTHER.jsonl]... [--folds 5] [--out PRED.jsonl]

Each fold of ANNOTATED is judged by weights and thresholds learnt from its other folds and from OTHER (of which the
same fold is left out). What costs
time, the stages before the judge, runs once a paper; the weights are fitted once a fold. A paper's fold follows from
its title, so adding a paper moves no other.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from extract.counting import Row, count_paper, new_counts, result
from extract.fusion import decide, placed
from extract.page import key
from extract.training.judge import (
    Example,
    Reading,
    annotated,
    examples,
    fold_of,
    held_out,
    marginals_of,
    readings,
    thresholds,
)


def cross_validate(
    rows: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]], folds: int, marginals: str | None = None
) -> list[list[Row]]:
    """For each paper of `rows` its entities by a judge that has not seen it."""
    papers = [*rows, *other]
    read_papers = readings(papers, marginals_of(marginals, papers))
    data = examples(papers, read_papers)
    part = np.array([fold_of(papers[e.paper]["title"], folds) for e in data])
    scored = np.array([e.paper < len(rows) for e in data])
    kinds, new = held_out(data, part)  # of `other` too: the second model learns from judgements as it will meet
    out: list[list[Row]] = [[] for _ in rows]
    for k in range(folds):
        least = thresholds(data, kinds, new, np.flatnonzero(part != k))
        mine = defaultdict(list)
        for i in np.flatnonzero((part == k) & scored).tolist():
            mine[data[i].paper].append(i)
        for paper, held in mine.items():
            out[paper] = entities(read_papers[paper], [data[i] for i in held], kinds[held], new[held], least)
    return out


def entities(
    reading: Reading, data: Sequence[Example], kinds: np.ndarray, new: np.ndarray, least: dict[str, float]
) -> list[Row]:
    """The entities of one paper, from the probabilities of its forms."""
    judged = zip(data, kinds.tolist(), new.tolist(), strict=True)
    verdicts = {e.key: v for e, row, p in judged if (v := decide(reading.forms[e.key], row, p, least))}
    held: dict[tuple[str, str], Row] = {}
    for found in placed(reading.forms, verdicts, reading.pairs):
        text = reading.texts.get((found.start, found.end), "")
        kind = found.kind.lower()
        row = held.setdefault((kind, key(found.name or text)), {"type": kind, "name": found.name or text})
        row.setdefault("mentions", []).append(text)
        row["introduced"] = row.get("introduced", False) or found.role == "introduces"
    return list(held.values())


def table(rows: Sequence[dict[str, Any]], predicted: Sequence[Iterable[Row]]) -> list[Row]:
    """The counts over all papers."""
    counts = new_counts()
    for paper, mine in zip(rows, predicted, strict=True):
        count_paper(counts, paper, mine)
    return result(counts)


def main() -> None:
    """Cross-validate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotated")
    parser.add_argument("--with", dest="other", action="append", default=[], metavar="OTHER")
    parser.add_argument("--corpus", type=Path, help="papers that annotation goes by id for")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--out", help="write what was predicted, one entity a line, as `kb export mentions` does")
    parser.add_argument("--marginals", help="of the tagger, made by extract.training.tagger")
    args = parser.parse_args()
    rows, other = annotated([args.annotated], args.corpus), annotated(args.other, args.corpus)
    predicted = cross_validate(rows, other, args.folds, args.marginals)
    print(f"{'':14}{'P':>7}{'R':>7}{'F1':>7}{'found':>7}{'gold':>7}")
    for row in table(rows, predicted):
        rates = "".join(f"{row[c]:7.3f}" for c in ("precision", "recall", "f1"))
        print(f"{row['type']:14}{rates}{row['predicted']:7}{row['gold']:7}")
    if args.out:
        lines = [json.dumps({"title": r["title"], **e}) for r, mine in zip(rows, predicted, strict=True) for e in mine]
        Path(args.out).write_text("".join(line + "\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
