"""Acronyms over the corpus: what a short form stands for in the papers that do not say so themselves.

A short form joins its long form where the papers that define it agree; else it stays an entity of its own and the
report says why. They agree where the first sense has SHARE of them and no other sense more than RIVAL of its papers;
a paper or two of another sense are chance. Nothing is guessed from letters alone.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kb.fold import fold, words

SHARE, SHARE_OF_TWO = 0.8, 0.9  # of the papers that define a form of three letters and more, of two
RIVAL = 0.08  # papers of the second sense, as a part of the first's
MANY = 15  # papers beside which two of another sense are chance
TYPO = 8  # letters that two words need, each, to be one word misspelt where a letter differs
INTRODUCED = 5  # definitions that outweigh one paper which introduces the short form as a name of its own
_PLURAL = re.compile(r"(?<=[A-Z0-9])s$|['’]s$")
_PREFIX = re.compile(r"multi|non|pre|semi|self|auto|super|inter|intra|trans|under|over|counter", re.I)
_HYPHEN = re.compile(
    rf"\b({_PREFIX.pattern})[-‐-―]\s?|[-‐-―]\s", re.I
)  # `multi-layer`; `pro- cessing`, cut at a line's end
_GLUE = re.compile(r"[\s\-‐-―._/]")


@dataclass(frozen=True, slots=True)
class Sense:
    """What a short form stands for in some papers: the most frequent spelling, all spellings, how many papers."""

    long: str
    spellings: tuple[str, ...]
    papers: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Acronym:
    """A short form with its senses, most frequent first; `joined` tells whether bare uses take the first one."""

    short: str
    senses: tuple[Sense, ...]
    joined: bool
    reason: str


def short_key(short: str) -> str:
    """A short form without plural and hyphens; its capitals count (`mAP` is not `MAP`)."""
    return _GLUE.sub("", _PLURAL.sub("", short))


def sense_key(long: str) -> tuple[str, ...]:
    """What the spellings of one long form share: the beginnings of its words, in order.

    `neural architectural search` and `neural architecture search` are one sense of NAS; `Multi-Layer` is `multilayer`.
    """
    joined = _HYPHEN.sub(r"\1", long)
    return tuple(_beginning(word) for word in words(joined) if word not in ("the", "of", "for"))


def _beginning(word: str) -> str:
    prefix = _PREFIX.match(word)
    return "networ" if word == "net" else word[: 6 + (prefix.end() if prefix else 0)]


def read_senses(rows: Iterable[tuple[str, str, str, str]]) -> dict[str, tuple[Sense, ...]]:
    """Senses by short key, from (paper, short, long, sentence) rows in any order."""
    found: dict[str, dict[tuple[str, ...], dict[str, dict[str, str]]]] = defaultdict(dict)
    keys: dict[str, tuple[str, ...]] = {}
    for paper, short, long, sentence in sorted(rows):
        if long not in keys:
            keys[long] = sense_key(long)
        spellings = found[short_key(short)].setdefault(keys[long], {})
        spellings.setdefault(long, {}).setdefault(paper, sentence)
    return {short: _ordered(senses) for short, senses in sorted(found.items())}


def _ordered(senses: Mapping[tuple[str, ...], Mapping[str, Mapping[str, str]]]) -> tuple[Sense, ...]:
    out = []
    for spellings in senses.values():
        ranked = sorted(spellings, key=lambda long: (-len(spellings[long]), long))
        papers = {paper for held in spellings.values() for paper in held}
        first = spellings[ranked[0]]
        out.append(Sense(ranked[0], tuple(ranked), len(papers), first[min(first)]))
    return tuple(sorted(out, key=lambda s: (-s.papers, s.long)))


def decide(short: str, senses: tuple[Sense, ...], introduced: int) -> Acronym:
    """Whether bare uses of `short` take its first sense; `introduced` papers name something of their own so."""
    best = senses[0]
    own = best.papers + sum(s.papers for s in senses[1:] if kin(best.long, s.long))
    rivals = [s for s in senses[1:] if not kin(best.long, s.long)]
    total = own + sum(s.papers for s in rivals)
    if not _agreed(short, own, total, max((s.papers for s in rivals), default=0)):
        told = ", ".join(f"{s.long} ({s.papers})" for s in (best, *rivals[:2]))
        return Acronym(short, senses, False, f"ambiguous: {told}")
    if not same_marks(short, best.long):
        return Acronym(short, senses, False, "its digits or marks differ from the long form's")
    if introduced and own < INTRODUCED * introduced:
        return Acronym(short, senses, False, f"introduced as a name of its own by {introduced} paper(s)")
    return Acronym(short, senses, True, f"{own} of {total} defining papers agree")


def _agreed(short: str, own: int, total: int, rival: int) -> bool:
    share = SHARE if len(short) > 2 else SHARE_OF_TWO
    return own >= share * total and rival <= max(2 if own >= MANY else 1, RIVAL * own)


def kin(long: str, other: str) -> bool:
    """Whether another long form is this one misspelt, or with words more, as a cut too wide gives."""
    one, two = words(long), words(other)
    small, large = sorted((one, two), key=len)
    inside = len(small) > 1 and (_ends(large, small) or large[: len(small)] == small)
    if len(one) != len(two):
        return inside or "".join(one) == "".join(two)
    return all(x == y or _misspelt(x, y) for x, y in zip(one, two, strict=True))


def _ends(large: list[str], small: list[str]) -> bool:
    """Whether the words of `large` end in `small`, and not behind a prefix: `semi-supervised learning` is another."""
    before, end = large[: -len(small)], large[-len(small) :]
    return end == small and not (before and _PREFIX.fullmatch(before[-1]))


def _misspelt(word: str, other: str) -> bool:
    """One letter differs in two long words that begin alike: `macro` is no `micro`, `supervised` not its `un-`."""
    from rapidfuzz.distance import Levenshtein  # here it counts definitions and merges nothing

    if min(len(word), len(other)) < TYPO or word[:3] != other[:3] or word.endswith(other) or other.endswith(word):
        return False
    return Levenshtein.distance(word, other) == 1


def same_marks(short: str, long: str) -> bool:
    """The version guard for a defined pair: digits and marks of the long form stand in the short one too."""
    a, b = marks(short), marks(long)
    return not b or a == b


def marks(name: str) -> tuple[str, ...]:
    """What tells versions apart: numbers, `+` and `*`, in order."""
    return tuple(re.findall(r"\d+(?:\.\d+)?|[+*]", fold(name)))


def resolver(acronyms: Mapping[str, Acronym]) -> Callable[[str], Acronym | None]:
    """A look-up by surface form: by its capitals first, then by any case where two letters at least are capitals."""
    loose: dict[str, list[Acronym]] = defaultdict(list)
    for key, acronym in acronyms.items():
        loose[key.casefold()].append(acronym)

    def find(name: str) -> Acronym | None:
        if len(name) > 16:
            return None
        key = short_key(name)
        if key in acronyms:
            return acronyms[key]
        held = loose.get(key.casefold(), [])
        return held[0] if len(held) == 1 and sum(c.isupper() for c in name) >= 2 else None

    return find
