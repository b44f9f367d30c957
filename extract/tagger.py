"""A small token tagger: how likely each token begins, continues or stands outside a name of each kind.

Two convolutions over words (a window of five, then of three), trained by `extract/training/tagger.py` on annotated
abstracts over word vectors of unlabelled ones. The judge reads its marginals as evidence beside that of the rules.

All weights and activations are whole numbers small enough that float32 sums of them are exact, so a token's scores do
not depend on the order of a sum: not on the batch, the machine's BLAS or the number of workers.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from extract.layout import Layout
from extract.lexicon import DATA
from extract.records import KINDS

TAGS = ("O", *(f"{part}-{kind}" for kind in KINDS for part in "BI"))
BUCKETS = 6_000
FLAGS = 16
WIDE, NARROW = 2, 1  # tokens to each side that the two layers see
FILE = "tagger.npz"
UNIT = 32  # an activation of 1 in the whole numbers between the layers
LIMIT = 30_000  # of one word's share of a unit, for 16 bits; far above what is seen
ROUND = 4  # half of what sums of the first layer are divided by: they are kept eight times finer
_DIGIT = re.compile(r"\d")
_RUNS = re.compile(r"(.)\1{2,}")


@lru_cache(maxsize=60_000)
def norm(token: str) -> str:
    """A token as the word vectors know it: lower case, digits as 0."""
    return _DIGIT.sub("0", token.casefold())


def shape(token: str) -> str:
    """`Xx`, `XXX`, `xX0`: letters by case, runs longer than three cut."""
    classes = "".join("X" if c.isupper() else "x" if c.isalpha() else "0" if c.isdigit() else c for c in token[:24])
    return _RUNS.sub(r"\1\1\1", classes)


def hashed(token: str) -> tuple[int, ...]:
    """The buckets of a token's features: word, endings, beginning, shape, length."""
    word = norm(token)
    features = (f"w{word}", f"p{word[:3]}", f"s{word[-3:]}", f"t{word[-4:]}", f"h{shape(token)}", f"f{word[:5]}")
    return tuple(zlib.crc32(f.encode("utf-8", "surrogatepass")) % BUCKETS for f in features)


def flags(layout: Layout) -> list[int]:
    """A number below FLAGS for each token: in the title or not, opening a sentence or not, how often it stands here."""
    times: dict[str, int] = {}
    for text in layout.texts:
        times[text] = times.get(text, 0) + 1
    out = [min(times[text], 4) - 1 for text in layout.texts]
    for i in range(layout.title_tokens):
        out[i] += 4
    for i in layout.sentences:
        if i < len(out):
            out[i] += 8
    return out


@dataclass(frozen=True, slots=True)
class Weights:
    """The network in whole numbers, with the factors that undo their scaling."""

    rows: dict[str, int]  # word -> its row of `vectors`; row 0 is of all others
    vectors: np.ndarray
    embed: np.ndarray
    first: tuple[np.ndarray, np.ndarray]  # vector and embedding -> hidden units of every place in the window
    first_factors: tuple[float, float]
    flags: np.ndarray  # with the bias
    second: tuple[np.ndarray, np.ndarray, np.ndarray]  # weights, factor of each column, bias
    last: tuple[np.ndarray, np.ndarray, np.ndarray]


@cache
def weights() -> Weights:
    """The shipped weights."""
    with np.load(DATA / FILE) as held:
        part = {name: held[name] for name in held.files}
    words = part["words"].tobytes().decode("utf-8").split("\n")
    size = part["vectors"].shape[1]
    wide = part["one"].astype(np.float32)
    factors = part["one factors"].tolist()
    return Weights(
        {w: i for i, w in enumerate(words, 1)},
        part["vectors"],
        part["embed"],
        (wide[:size], wide[size:]),
        (factors[0], factors[1]),
        part["flags"].astype(np.float32),
        (part["two"].astype(np.float32), part["two factors"], part["two bias"]),
        (part["out"].astype(np.float32), part["out factors"], part["out bias"]),
    )


@lru_cache(maxsize=25_000)
def _word(token: str) -> np.ndarray:
    """What a token adds to the hidden units of the tokens around it and its own: places x units, whole numbers."""
    held = weights()
    vector = held.vectors[held.rows.get(norm(token), 0)].astype(np.float32)
    own = held.embed[list(hashed(token))].sum(axis=0, dtype=np.float32)
    added = (vector @ held.first[0]).astype(np.float64) * held.first_factors[0]
    added += (own @ held.first[1]).astype(np.float64) * held.first_factors[1]
    return np.asarray(np.clip(np.rint(added), -LIMIT, LIMIT).astype(np.int16).reshape(2 * WIDE + 1, -1))


def marginals(layout: Layout) -> np.ndarray:
    """The probability of each of TAGS for each token."""
    size = len(layout.texts)
    if not size:
        return np.zeros((0, len(TAGS)))
    held = weights()
    added = np.concatenate([_word(t) for t in layout.texts]).reshape(size, 2 * WIDE + 1, -1)
    padded = np.zeros((size + 2 * WIDE, added.shape[2]), dtype=np.float32)
    for place in range(2 * WIDE + 1):  # the weights of `place` are for the token that stands `place - WIDE` away
        at = 2 * WIDE - place
        padded[at : at + size] += added[:, place]
    units = padded[WIDE : WIDE + size] + held.flags[flags(layout)]
    units = np.clip(np.floor((units + ROUND) / (2 * ROUND)), 0, 255)
    edge = np.zeros((NARROW, units.shape[1]), dtype=np.float32)
    wider = np.concatenate([edge, units, edge])
    window = np.concatenate([wider[i : i + size] for i in range(2 * NARROW + 1)], axis=1)
    units = np.clip(np.rint(_layer(window, held.second)), 0, 255).astype(np.float32)
    scores = _layer(units, held.last)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _layer(units: np.ndarray, layer: tuple[np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
    """Whole numbers times whole numbers, each sum below 2**24 and so exact; then to scale, in doubles."""
    matrix, factors, bias = layer
    return np.asarray((units @ matrix).astype(np.float64) * factors + bias)


LENIENT = 0.6
"""What the chance of no name counts for when names are proposed: the judge sorts out what is too much."""


def proposed(
    layout: Layout, tags: np.ndarray, kinds: tuple[str, ...] = KINDS, *, lenient: float = LENIENT
) -> list[tuple[int, int, str]]:
    """The runs of tokens likeliest a name, with its kind, when names are given some advantage; none holds blanks."""
    best = (tags * [lenient, *[1.0] * (tags.shape[1] - 1)]).argmax(axis=1).tolist()
    best = [0 if text.isspace() else tag for text, tag in zip(layout.texts, best, strict=True)]
    out = []
    at, size = 0, len(best)
    while at < size:
        if not best[at]:
            at += 1
            continue
        kind = (best[at] - 1) // 2
        end = at + 1
        while end < size and best[end] == 2 * kind + 2:
            end += 1
        out.append((at, end, kinds[kind]))
        at = end
    return out


STEPS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.96)
_BEGIN, _INSIDE = slice(1, None, 2), slice(2, None, 2)


@cache
def _ladder(what: str, kinds: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """For each kind, the features of each step: all steps up to it, so that their weights add up to a curve."""
    names = [f"{what} {kind}" for kind in kinds]
    return tuple(tuple(tuple(f"{n}>{s}" for s in STEPS[:i]) for i in range(len(STEPS) + 1)) for n in names)


def evidence(
    marginals: np.ndarray, places: Sequence[Sequence[tuple[int, int]]], kinds: tuple[str, ...] = KINDS
) -> list[set[str]]:
    """For each form, given its places (token ranges): how likely the tagger thinks it a name of each kind.

    `tag`: a name exactly here, at the likeliest place. `mass`: the tokens belong to names of that kind, on average.
    """
    if not places:
        return []
    flat = np.array([p for own in places for p in own])
    first = np.cumsum([0, *(len(own) for own in places[:-1])])
    start, end = flat[:, 0], flat[:, 1]
    begin, inside = marginals[:, _BEGIN], marginals[:, _INSIDE]
    zero = np.zeros((1, len(kinds)))
    runs = np.concatenate([zero, np.cumsum(np.log(inside + 1e-6), axis=0)])
    closed = np.concatenate([np.log(1 - inside + 1e-6), zero])
    span = np.log(begin[start] + 1e-6) + runs[end] - runs[start + 1] + closed[end]
    held = np.concatenate([zero, np.cumsum(begin + inside, axis=0)])
    mass = (held[end] - held[start]) / (end - start)[:, None]
    best = np.searchsorted(STEPS, np.exp(np.maximum.reduceat(span, first)) + 1e-9).tolist()
    size = np.diff([*first, len(flat)])[:, None]
    even = np.searchsorted(STEPS, np.add.reduceat(mass, first) / size + 1e-9).tolist()
    span_steps, mass_steps = _ladder("tag", kinds), _ladder("mass", kinds)
    out = []
    for spans, masses in zip(best, even, strict=True):
        features: set[str] = set()
        for kind, (a, b) in enumerate(zip(spans, masses, strict=True)):
            if a:
                features.update(span_steps[kind][a])
            if b:
                features.update(mass_steps[kind][b])
        out.append(features)
    return out
