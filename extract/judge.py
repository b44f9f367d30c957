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
    "article", "near", "sentence=", "other ", "ends in known", "within known", "seen=", "paper ", "then=", "passive=",
    "said=", "we said", "again", "linked", "ours before", "edge=",
)  # fmt: skip

NOT_FOR_KIND = ("said=", "we said", "paper ", "passive=", "ours before", "edge=", "again", "then=")
"""Features that tell whether a thing is new but only blur what it is; the first model is learnt without them."""


def kind_features(features: Iterable[str]) -> set[str]:
    """The features the first model looks at."""
    return {f for f in features if not f.removeprefix("other ").startswith(NOT_FOR_KIND)}


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
    return kept | _pairs(kept) | {"bias", f"kind={kind}", f"sure={round(1 - next(iter(scores)), 1)}"}


def _pairs(features: set[str]) -> set[str]:
    """What counts together: the cue, the look, how common the name is, where the title has it, the verb."""
    ordered = sorted(features)

    def first(prefix: str | tuple[str, ...], otherwise: str) -> str:
        return next((f for f in ordered if f.startswith(prefix)), otherwise)

    cues = (f for f in ordered if f.startswith("introductions:"))
    own = (
        min((f for f in ordered if f.startswith("edge=")), key=_edge_rank, default="no edge"),
        "ours" if features & {"ours before", "near our", "near novel", "near new"} else "not ours",
        "pair" if "abbreviations=" in features else "",
        max(cues, key=_cue_rank, default="no cue").rsplit(":", 1)[0],
        min((_look(f) for f in ordered if f.startswith("shape=")), default="sentence case"),
        first("seen=", "seen=0"),
        next((f for f in ("opens title", "in title") if f in features), "not in title"),
        first("title goes on", ""),
        first(("verb=", "other verb="), "no verb"),
        first("we said", "not said"),
        first("times=", ""),
        "rival" if "paper has a title name" in features else "no rival",
    )
    return {f"{a} & {b}" for i, a in enumerate(own) for b in own[i + 1 :]}


def _cue_rank(feature: str) -> tuple[float, str]:
    return float(feature.rsplit(":", 1)[1]), feature


def _edge_rank(feature: str) -> tuple[bool, bool, str]:
    return "other" in feature, "start" in feature, feature


def _look(feature: str) -> str:
    """A shape without its blanks: names by their letters first."""
    base = feature.removeprefix("shape=").split("+")[0]
    return {"acronym": "1 acronym", "camel": "2 camel"}.get(base, f"3 {base}") + (" +" if "+space" in feature else "")
