"""Pairs of entities that may be one thing: for a person to confirm in an alias file, never merged by themselves.

Candidates come from blocks (equal initials, equal word beginnings, a shared rare word, neighbours in spelling), so the
work grows with the names and not with their pairs. A version guard drops what must not meet: names whose numbers or
marks differ, or that differ by a word that makes a variant (`multi`, `tiny`, `video`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, permutations, product
from typing import TYPE_CHECKING, Any

from kb.acronyms import short_key
from kb.fold import fold, plain, words
from kb.spelling import pairs, word_set

if TYPE_CHECKING:
    from kb.aliases import Rule
    from kb.tables import Tables

BLOCK = 40  # entities that share a word; a word of more says too little
WINDOW = 6  # neighbours in spelling that are compared
CLOSE = 0.85  # similarity of two spellings of one long word
_SMALL = frozenset({"of", "the", "and", "for", "in", "to", "a", "on", "with", "by"})


@dataclass(frozen=True, slots=True)
class Name:
    """An entity with what the blocks are made of."""

    id: str
    label: str
    name: str
    papers: int
    words: tuple[str, ...]
    key: str
    numbers: str
    marks: str


def propose(tables: "Tables", *, limit: int | None = 50, rules: Iterable["Rule"] = ()) -> list[dict[str, Any]]:
    """Pairs of entities of one kind that may be the same, likeliest first; none that an `apart` line of `rules` holds.

    Columns: label, a, b (names, the more frequent first), a_id, b_id, score in (0, 1], reason, evidence (words), and
    `line`, ready for an alias file. Deterministic; ties break by papers, then id.
    """
    found: dict[tuple[str, str], tuple[float, str]] = {}
    entities = [_name(row) for row in tables.entities.iter_rows(named=True)]
    for label in sorted({e.label for e in entities}):
        own = [e for e in entities if e.label == label]
        for a, b, score, reason in _candidates(own):
            pair = (a.id, b.id) if _leads(a, b) else (b.id, a.id)
            if _allowed(a, b) and (pair not in found or found[pair][0] < score):
                found[pair] = (score, reason)
    for pair in _kept_apart(tables, rules):
        found.pop(pair, None)
    by_id = {e.id: e for e in entities}
    together = _together(tables, found)
    for pair, (score, reason) in found.items():
        if reason == "initials" and together.get(pair):  # a paper that names both most likely explains one by the other
            found[pair] = (round(score + 0.05, 2), reason)
    ranked = sorted(found, key=lambda p: (-found[p][0], -by_id[p[1]].papers, -by_id[p[0]].papers, p))
    kept = ranked if limit is None else ranked[:limit]
    return [_row(by_id[a], by_id[b], *found[a, b], together.get((a, b), 0)) for a, b in kept]


def _kept_apart(tables: "Tables", rules: Iterable["Rule"]) -> Iterator[tuple[str, str]]:
    """Pairs of ids, either way round, of which `apart` lines name one entity by one name and one by another."""
    held = [rule for rule in rules if not rule.same]
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in tables.entities.iter_rows(named=True) if held else ():
        for name in (row["name"], *row["aliases"]):
            ids[row["kind"], fold(name, row["kind"])].add(row["id"])
    kinds = sorted({kind for kind, _ in ids})
    for rule in held:
        for kind in (rule.kind,) if rule.kind else kinds:
            for one, other in permutations(rule.names, 2):
                yield from product(ids.get((kind, fold(one, kind)), ()), ids.get((kind, fold(other, kind)), ()))


def _name(row: Mapping[str, Any]) -> Name:
    name = row["name"]
    key = fold(name, row["kind"])
    numbers, marks = "".join(re.findall(r"\d", key)), "".join(re.findall(r"[+*]", key))
    return Name(row["id"], row["kind"], name, row["papers"] or 0, tuple(words(name, row["kind"])), key, numbers, marks)


def _leads(a: Name, b: Name) -> bool:
    return (-a.papers, a.id) < (-b.papers, b.id)


def _candidates(own: list[Name]) -> Iterator[tuple[Name, Name, float, str]]:
    """Pairs of names of one kind from every block, with score and reason; one pair may come several times."""
    yield from _initials(own)
    yield from _beginnings(own)
    yield from _shared_words(own)
    yield from _spellings(own)


def _initials(own: list[Name]) -> Iterator[tuple[Name, Name, float, str]]:
    """A short form and a name with these initials, or with these capitals and digits (`H36M`, `Human3.6M`)."""
    shorts: dict[str, list[Name]] = defaultdict(list)
    for e in own:
        if " " not in e.name and 3 <= len(e.name) <= 10 and _capitals(e.name) >= 2:
            shorts[short_key(e.name).casefold()].append(e)
    for e in own:
        for form in sorted(_short_forms(e)):
            for short in shorts.get(form, ()):
                if len(short.name) < len(e.name) and short.key not in e.key:
                    yield short, e, 0.9 if len(form) > 3 else 0.7, "initials"


def _short_forms(e: Name) -> set[str]:
    """What a name could be shortened to."""
    parts = [w for w in re.split(r"[\s\-‐-―_/]+", plain(e.name)) if w]
    low = [p.casefold() for p in parts]
    forms = {"".join(re.findall(r"[A-Z0-9]", plain(e.name))).casefold()}
    if len(parts) > 1:
        forms.add("".join(p if p[0].isdigit() else p[0] for p in low))
        forms.add("".join(p[0] for p in low if p not in _SMALL))
    return {form for form in forms if len(form) >= 3}


def _beginnings(own: list[Name]) -> Iterator[tuple[Name, Name, float, str]]:
    """Names whose words begin alike (`recommender system`, `recommendation system`), in any order."""
    blocks: dict[tuple[str, ...], list[Name]] = defaultdict(list)
    for e in own:
        content = [w for w in e.words if w not in _SMALL]
        if len(content) > 1:
            blocks[tuple(sorted(w[:5] for w in content))].append(e)
    for block in blocks.values():
        for a, b in combinations(block[:BLOCK], 2):
            ordered = [w[:5] for w in a.words] == [w[:5] for w in b.words]
            if _variant(a, b):
                continue
            yield a, b, 0.85 if ordered else 0.6, "word beginnings" if ordered else "word order"


def _shared_words(own: list[Name]) -> Iterator[tuple[Name, Name, float, str]]:
    """Names with a rare word in common where the rest is contained, or shortened."""
    blocks: dict[str, list[Name]] = defaultdict(list)
    for e in own:
        for word in set(e.words) - _SMALL:
            blocks[word].append(e)
    for word in sorted(blocks):
        if len(blocks[word]) <= BLOCK:
            for a, b in combinations(blocks[word], 2):
                if scored := _related(a, b):
                    yield a, b, *scored


def _related(a: Name, b: Name) -> tuple[float, str] | None:
    one, other = set(a.words), set(b.words)
    only_a, only_b = sorted(one - other), sorted(other - one)
    if len(only_a) == len(only_b) == 1:
        if _same_group(only_a[0], only_b[0]):
            return 0.65, f'"{only_a[0]}" and "{only_b[0]}" often mean the same'
        return None if _variant(a, b) else _one_word_apart(only_a[0], only_b[0])
    if not only_a or not only_b:
        more = only_a or only_b
        weak = len(more) == 1 and (more[0] in _groups() or more[0] in word_set("owners"))
        return (0.4, f'only "{more[0]}" more') if weak else None
    return None


@cache
def _groups() -> dict[str, str]:
    """Words that may stand for one another, each with the first of its line."""
    return pairs("interchangeable") | {first: first for first in pairs("interchangeable").values()}


def _same_group(a: str, b: str) -> bool:
    return _groups().get(a, a) == _groups().get(b, b)


def _one_word_apart(a: str, b: str) -> tuple[float, str] | None:
    """Two words in the same company, one short for the other."""
    short, long = sorted((a, b), key=len)
    if len(short) >= 2 and long.startswith(short):
        return 0.75, f'"{short}" may be short for "{long}"'
    if len(short) >= 2 and len(long) > 2 * len(short) and _within(short, long):
        return 0.5, f'"{short}" may be short for "{long}"'
    return None


def _within(short: str, long: str) -> bool:
    """Whether the letters of `short` stand in `long` in this order, from the first on."""
    letters = iter(long)
    return short[0] == long[0] and all(c in letters for c in short)


def _spellings(own: list[Name]) -> Iterator[tuple[Name, Name, float, str]]:
    """Names that are nearly spelled alike: neighbours in the order of their keys and of their keys reversed."""
    long = [e for e in own if len(e.key) >= 5]
    for order in (lambda e: (e.key, e.id), lambda e: (e.key[::-1], e.id)):
        ranked = sorted(long, key=order)
        for i, a in enumerate(ranked):
            for b in ranked[i + 1 : i + 1 + WINDOW]:
                if (near := _near(a, b)) and not _variant(a, b):
                    yield a, b, near, "spelling"


def _near(a: Name, b: Name) -> float:
    """How likely one name is the other misspelt: one long word differs in a letter or two; 0 if more does."""
    from rapidfuzz.distance import Indel, Levenshtein

    if _proper(a, b):
        return 0.45 if "-" in a.name + b.name and Indel.distance(a.key, b.key) == 1 else 0.0
    differing = [(x, y) for x, y in zip(a.words, b.words, strict=False) if x != y]
    if len(a.words) != len(b.words) or len(differing) != 1:
        return 0.0
    x, y = differing[0]
    close = Levenshtein.normalized_similarity(x, y)
    return round(close - 0.2, 2) if min(len(x), len(y)) >= 7 and x[0] == y[0] and close >= CLOSE else 0.0


def _proper(a: Name, b: Name) -> bool:
    """Names made up, whose neighbours are siblings: BERT and BART."""
    return any(" " not in e.name and _capitals(e.name) > 1 for e in (a, b))


def _capitals(text: str) -> int:
    return sum(c.isupper() for c in text)


def _allowed(a: Name, b: Name) -> bool:
    """The version guard: numbers and marks must be the same."""
    return a.id != b.id and a.numbers == b.numbers and a.marks == b.marks


def _variant(a: Name, b: Name) -> bool:
    """Whether a word or a prefix that differs makes one a variant of the other."""
    variants = (set(a.words) ^ set(b.words)) & word_set("variants of a name")
    return bool(variants) or (len(a.words) == len(b.words) and _only_affix(a.key, b.key))


def _only_affix(a: str, b: str) -> bool:
    """One key is the other behind a prefix that makes a variant: `non-rigid`, `FastSAM`, `mBERT`."""
    short, long = sorted((a, b), key=len)
    cut = long.removesuffix(short) if long.endswith(short) else ""
    return bool(cut) and (len(cut) < 3 or cut in word_set("variants of a name"))


def _together(tables: "Tables", pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """How many papers name both."""
    import polars as pl

    wanted = pl.DataFrame(list(pairs), schema={"a": pl.String, "b": pl.String}, orient="row")
    held = tables.mentions.select("paper", "entity").unique()
    both = wanted.join(held.rename({"entity": "a"}), on="a").join(held.rename({"entity": "b"}), on=["b", "paper"])
    return {(a, b): n for a, b, n in both.group_by("a", "b").len().iter_rows()}


def _row(a: Name, b: Name, score: float, reason: str, together: int) -> dict[str, Any]:
    evidence = f"{a.papers} and {b.papers} papers, {together} name both"
    line = f"same: {a.label.lower()}: {a.name} = {b.name}"
    return {
        "label": a.label, "a": a.name, "b": b.name, "score": score, "reason": reason, "evidence": evidence,
        "line": line, "a_id": a.id, "b_id": b.id,
    }  # fmt: skip
