"""What a form is: a kind or nothing, and whether the paper introduces it.

Two models over the features of `extract.forms`, learned by `extract/training/judge.py` from our own annotation. The
kind: each feature is a short vector, their sum goes through one hidden layer (a bag of features as in fastText,
Joulin et al. 2017), so that features count together. Introduced: log-linear, weights as text. A score is a
probability, so `--min-score` trades recall for precision. All weights are whole numbers and their sums exact, so a
verdict does not depend on the order of a set, on the batch or on the workers.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations

import numpy as np

from extract.lexicon import DATA
from extract.records import KINDS

CLASSES = ("", *KINDS)
"""The first class is no entity."""

KIND_FILE, INTRODUCED_FILE, STRING_FILE = "judge.npz", "introduced_weights.txt", "string_weights.txt"
HOPELESS = -294  # hundredths of a logit: a probability of 0.05

_FOR_INTRODUCED = (
    "introductions", "names", "gazetteer", "terms", "abbreviations", "shape=", "times=", "words=", "last=", "first=",
    "last2=", "in title", "opens", "title", "prev", "next=", "whole", "left edge", "right edge", "inner", "head after=",
    "verb", "article", "near", "sentence=", "other ", "ends in known", "within known", "seen=", "paper ", "then=",
    "passive=", "said=", "we said", "again", "linked", "ours before", "edge=",
)  # fmt: skip

NOT_FOR_KIND = ("said=", "we said", "paper ", "passive=", "ours before", "edge=", "again", "then=")
"""Features that tell whether a thing is new but only blur what it is; the first model is learnt without them."""


def kind_features(features: Iterable[str]) -> set[str]:
    """The features the first model looks at."""
    return {f for f in features if not f.removeprefix("other ").startswith(NOT_FOR_KIND)}


@dataclass(frozen=True, slots=True)
class Network:
    """The first model in whole numbers: rows of features, what is added to their sum, hidden units -> classes."""

    rows: dict[str, int]
    features: np.ndarray
    hidden_bias: np.ndarray
    out: np.ndarray
    factors: np.ndarray  # of each class
    bias: np.ndarray


@cache
def network() -> Network:
    """The shipped weights; the last row of the features is nothing, for a form without a known one."""
    with np.load(DATA / KIND_FILE) as held:
        return as_network(held)


def as_network(held: Mapping[str, np.ndarray]) -> Network:
    """A network from its arrays."""
    names = held["names"].tobytes().decode("utf-8").split("\n")
    return Network(
        {name: i for i, name in enumerate(names)},
        held["features"].astype(np.int16),
        held["hidden bias"].astype(np.int32),
        held["out"].astype(np.float64),
        held["factors"],
        held["bias"],
    )


def kind_scores(forms: Sequence[Iterable[str]]) -> np.ndarray:
    """The probability of each class (column) for each form (row), given its features."""
    if not forms:
        return np.zeros((0, len(CLASSES)))
    return scored(network(), forms)


def scored(net: Network, forms: Sequence[Iterable[str]]) -> np.ndarray:
    """The same by given weights. Every product and sum is a whole number far below 2**53: exact in any order."""
    rows, nothing = net.rows, [len(net.features) - 1]
    flat: list[int] = []
    starts = []
    for features in forms:
        starts.append(len(flat))
        flat += [i for i in map(rows.get, features) if i is not None] or nothing
    units = np.maximum(np.add.reduceat(net.features[flat], starts, dtype=np.int32) + net.hidden_bias, 0)
    totals = (units.astype(np.float64) @ net.out) * net.factors + net.bias
    powers = np.exp(totals - totals.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@cache
def weights(file: str) -> dict[str, int]:
    """Feature -> weight in hundredths; lines of `feature<TAB>weight`."""
    out = {}
    for line in (DATA / file).read_text(encoding="utf-8").split("\n")[1:-1]:  # the first line says who made it
        feature, _, value = line.partition("\t")
        out[feature] = int(value)
    return out


@cache
def thresholds() -> dict[str, float]:
    """Kind or `introduced` -> the probability from which it holds; `introduced entity`: of being any kind, for that."""
    return {name: value / 1000 for name, value in weights("thresholds.txt").items()}


def hopeless(string_features: Iterable[str]) -> bool:
    """Whether a string that no stage found is hardly ever a name: a quarter of all, one in 400 of what is accepted."""
    table = weights(STRING_FILE)
    return table["bias"] + sum([table[f] for f in string_features if f in table]) < HOPELESS


def introduced_score(features: Iterable[str], kind: str, scores: Sequence[float]) -> float:
    """The probability that the paper introduces the form: the weights of its `introduced_features`, added up."""
    table = weights(INTRODUCED_FILE)
    kept = {f for f in features if _for_introduced(f)}
    total = sum([table[f] for f in (*kept, *_others(kept, kind, scores)) if f in table])
    own = _facets(kept)
    total += sum([_pair_weight(*pair) for pair in set(combinations(own, 2))])
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total / 100))))


_HINTS = (
    "introductions", "said=", "we said", "verb", "passive=", "in title", "abbreviations", "ours before", "near ",
    "other introductions", "other said", "other we said", "other verb", "other in title",
)  # fmt: skip


@lru_cache(maxsize=60_000)
def _hints(feature: str) -> bool:
    return feature.startswith(_HINTS)


def may_be_new(features: Iterable[str]) -> bool:
    """Whether the second model is worth asking: 43 in 100 forms have no hint, and 1.3 % of what it would call new."""
    return any(map(_hints, features))


def introduced_features(features: Iterable[str], kind: str, scores: Sequence[float]) -> set[str]:
    """The features the second model looks at."""
    kept = {f for f in features if _for_introduced(f)}
    own = _facets(kept)
    return kept | _others(kept, kind, scores) | {_pair(a, b) for a, b in combinations(own, 2)}


def _others(kept: set[str], kind: str, scores: Sequence[float]) -> set[str]:
    """What the first model said; `known` marks a cue at a lexicon name."""
    said = {"bias", f"kind={kind}", f"sure={round(1 - scores[0], 1)}"}
    if any(f.startswith("gazetteer") for f in kept):
        said |= {f"known {f}" for f in kept if f.startswith(("introductions:", "verb"))}
    return said


def _pair(one: str, other: str) -> str:
    return f"{one} & {other}"


@lru_cache(maxsize=60_000)
def _pair_weight(one: str, other: str) -> int:
    return weights(INTRODUCED_FILE).get(_pair(one, other), 0)


@lru_cache(maxsize=60_000)
def _for_introduced(feature: str) -> bool:
    return feature.startswith(_FOR_INTRODUCED)


_SLOTS = ("edge=", "introductions:", "shape=", "seen=", "title goes on", "verb=", "other verb=", "we said", "times=")


@lru_cache(maxsize=60_000)
def _slot(feature: str) -> str:
    """What a feature is about, of those that count together; empty for the others."""
    found = next((slot for slot in _SLOTS if feature.startswith(slot)), "")
    return "verb=" if found == "other verb=" else found


def _facets(features: set[str]) -> tuple[str, ...]:
    """What counts together: the cue, the look, how common the name is, where the title has it, the verb."""
    slots: dict[str, list[str]] = {}
    for f in features:
        if slot := _slot(f):
            slots.setdefault(slot, []).append(f)
    return (
        min(slots.get("edge=", ()), key=_edge_rank, default="no edge"),
        "ours" if features & {"ours before", "near our", "near novel", "near new"} else "not ours",
        "pair" if "abbreviations=" in features else "",
        max(slots.get("introductions:", ()), key=_cue_rank, default="no cue").rsplit(":", 1)[0],
        min(map(_look, slots.get("shape=", ())), default="sentence case"),
        min(slots.get("seen=", ("seen=0",))),
        next((f for f in ("opens title", "in title") if f in features), "not in title"),
        min(slots.get("title goes on", ("",))),
        min(slots.get("verb=", ("no verb",))),
        min(slots.get("we said", ("not said",))),
        min(slots.get("times=", ("",))),
        "rival" if "paper has a title name" in features else "no rival",
    )


def _cue_rank(feature: str) -> tuple[float, str]:
    return float(feature.rsplit(":", 1)[1]), feature


def _edge_rank(feature: str) -> tuple[bool, bool, str]:
    return "other" in feature, "start" in feature, feature


@lru_cache(maxsize=1_000)
def _look(feature: str) -> str:
    """A shape without its blanks: names by their letters first."""
    base = feature.removeprefix("shape=").split("+")[0]
    return {"acronym": "1 acronym", "camel": "2 camel"}.get(base, f"3 {base}") + (" +" if "+space" in feature else "")
