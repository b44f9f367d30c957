"""What a form is: a kind or nothing, and whether the paper introduces it.

Two log-linear models over the features of `extract.forms` (multinomial for the kind, binary for `introduced`);
their weights are text in `data/`, learned by `extract/training/judge.py` from our own annotation. A score is a
probability, so `--min-score` trades recall for precision. Weights are whole hundredths: their sums are exact, so a
verdict does not depend on the order of a set.
"""

import math
from collections.abc import Iterable
from functools import cache

from extract.lexicon import DATA
from extract.records import KINDS

CLASSES = ("", *KINDS)
"""The first class is no entity."""

_FOR_INTRODUCED = (
    "introductions", "names", "gazetteer", "abbreviations", "shape=", "times=", "words=", "last=", "first=", "last2=",
    "in title", "opens", "title", "prev", "next=", "whole", "left edge", "right edge", "inner", "head after=", "verb",
    "article", "near", "sentence=", "other ", "ends in known", "within known",
)  # fmt: skip


@cache
def weights(file: str) -> dict[str, tuple[int, ...]]:
    """Feature -> one weight a class, in hundredths; lines of `feature<TAB>w w w ...`."""
    out = {}
    for line in (DATA / file).read_text(encoding="utf-8").split("\n")[1:-1]:  # the first line says who made it
        feature, _, values = line.partition("\t")
        out[feature] = tuple(map(int, values.split(" ")))
    return out


@cache
def thresholds() -> dict[str, float]:
    """Kind or `introduced` -> the probability from which it holds; `introduced entity`: of being any kind, for that."""
    return {name: values[0] / 1000 for name, values in weights("thresholds.txt").items()}


def kind_scores(features: Iterable[str]) -> tuple[float, ...]:
    """The probability of each class."""
    table = weights("kind_weights.txt")
    totals = [0] * len(CLASSES)
    for feature in features:
        row = table.get(feature)
        if row:
            for i, w in enumerate(row):
                totals[i] += w
    top = max(totals)
    powers = [math.exp((t - top) / 100) for t in totals]
    whole = sum(powers)
    return tuple(p / whole for p in powers)


def introduced_score(features: Iterable[str]) -> float:
    """The probability that the paper introduces the form."""
    table = weights("introduced_weights.txt")
    total = sum(table[f][0] for f in features if f in table) / 100
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def introduced_features(features: Iterable[str], kind: str, scores: Iterable[float]) -> set[str]:
    """The features the second model looks at, and what the first one said; `known` marks a cue at a lexicon name."""
    kept = {f for f in features if f.startswith(_FOR_INTRODUCED)}
    if any(f.startswith("gazetteer") for f in kept):
        kept |= {f"known {f}" for f in kept if f.startswith(("introductions:", "verb"))}
    return kept | {"bias", f"kind={kind}", f"sure={round(1 - next(iter(scores)), 1)}"}
