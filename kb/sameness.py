"""Whether two records are one paper, by their titles, authors, years and abstracts. Pure.

Precision before recall: two papers taken for one lie to the reader, one paper taken for two is seen and joined by a
line of the alias file. Identifiers have been compared before (`kb.identity`); here they can only keep records apart.
"""

import re
from functools import lru_cache

from extract.records import Paper
from kb.titles import NOTES, person, title_key, title_words

HARD = ("arxiv", "pmid", "acl")
"""Schemes that give a paper one identifier: two different ones are two papers."""

PREPRINTS = re.compile(
    r"10\.(1101|21203|2139|26434|20944|31234|31219|31235|31222|36227|5281|22541|14293|32388|35542|6084)/"
)
"""Registrants of preprints: what they number is published under another DOI."""

ALIKE, VERY_ALIKE, UNLIKE = 0.5, 0.85, 0.25
"""Shares of common words among all words of two abstracts."""

SPECIFIC = 4  # words of a title that few papers share by chance


def alike(one: str, other: str) -> float | None:
    """How much of the distinct words of two abstracts is common, 0 to 1; None where one has no abstract.

    Where one is much shorter, it is compared with as much of the other.
    """
    if not one or not other:
        return None
    if one == other:
        return 1.0
    a, b = _word_set(one), _word_set(other)
    if not a or not b:
        return None
    common = len(a & b)
    within = common / min(len(a), len(b))
    return max(common / len(a | b), within - 0.2 if min(len(a), len(b)) >= 12 else 0.0)


@lru_cache(maxsize=4_096)
def _word_set(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", text.casefold()))


def share_of_authors(a: Paper, b: Paper) -> float | None:
    """How many of the shorter list's authors stand in the other; 0 where the first of neither does. None: unknown."""
    if not a.authors or not b.authors:
        return None
    one, other = [person(n) for n in a.authors[:50]], [person(n) for n in b.authors[:50]]
    first = any(_same_person(one[0], o) for o in other) or any(_same_person(o, other[0]) for o in one)
    few, many = sorted((one, other), key=len)
    return sum(any(_same_person(f, m) for m in many) for f in few) / len(few) if first else 0.0


def _same_person(a: tuple[str, frozenset[str]], b: tuple[str, frozenset[str]]) -> bool:
    return a[0] == b[0] or a[0] in b[1] or b[0] in a[1]


def years_between(a: Paper, b: Paper) -> int | None:
    """Years from one to the other; None where one has none."""
    return abs(a.year - b.year) if a.year is not None and b.year is not None else None


def conflict(a: Paper, b: Paper) -> bool:
    """Whether identifiers say that these are two papers."""
    for scheme in HARD:
        one, other = _of_scheme(a, scheme), _of_scheme(b, scheme)
        if one and other and not one & other:
            return True
    dois = _published(a), _published(b)
    if all(dois) and not dois[0] & dois[1]:
        return (alike(a.abstract, b.abstract) or 0.0) < VERY_ALIKE
    return False


def _of_scheme(paper: Paper, scheme: str) -> set[str]:
    own = {f"arxiv:{paper.arxiv}"} if scheme == "arxiv" and paper.arxiv else set()
    return own | {i for i in paper.ids if i.startswith(scheme + ":")}


def _published(paper: Paper) -> set[str]:
    dois = {i.removeprefix("doi:") for i in paper.ids if i.startswith("doi:")} | ({paper.doi} if paper.doi else set())
    return {doi for doi in dois if not PREPRINTS.match(doi)}


def same_by_id(a: Paper, b: Paper) -> bool:
    """Whether records that share an identifier may be one paper: unless all that can be compared differs."""
    if title_key(a.title) == title_key(b.title):
        return True
    likeness, authors = alike(a.abstract, b.abstract), share_of_authors(a, b)
    if likeness is not None and likeness >= ALIKE:
        return True
    if likeness is not None and likeness < UNLIKE and authors != 1.0:
        return False
    if _noted(a.title, b.title):
        return False
    return bool(authors) or _title_overlap(a.title, b.title) >= 0.5


def same_by_title(a: Paper, b: Paper) -> bool:
    """Whether two records of one title are one paper."""
    likeness, authors, gap = alike(a.abstract, b.abstract), share_of_authors(a, b), years_between(a, b)
    if conflict(a, b) or (gap or 0) > 5:
        return False
    specific = len(title_words(a.title)) >= SPECIFIC
    if authors == 0.0:
        return likeness is not None and likeness >= VERY_ALIKE
    if likeness is not None:
        return likeness >= ALIKE or (likeness >= UNLIKE and bool(authors) and specific and (gap or 0) <= 3)
    if authors:
        return (gap or 0) <= 3 if specific else authors > 0.5 and gap in (0, 1)
    return specific and (gap or 0) <= 1


def same_by_likeness(a: Paper, b: Paper) -> bool:
    """Whether two records whose titles differ a little are one paper: a subtitle, a slip, a title changed in review.

    Never where the titles differ by a number or by a word of NOTES.
    """
    if title_key(a.title) == title_key(b.title) or conflict(a, b) or _noted(a.title, b.title):
        return False
    likeness, authors, gap = alike(a.abstract, b.abstract), share_of_authors(a, b), years_between(a, b)
    if (gap or 0) > 3 or authors == 0.0:
        return False
    same_text = likeness is not None and likeness >= VERY_ALIKE
    same_people = authors is not None and authors > 0.5
    close = _subtitle(a.title, b.title) or _slip(a.title, b.title)
    if close:
        return same_text or (same_people and (likeness or 0.0) >= ALIKE) or (same_people and likeness is None)
    return same_text and bool(authors) and _title_overlap(a.title, b.title) >= 0.4


def _noted(one: str, other: str) -> bool:
    """Whether two titles differ by a number, or by a word that makes a second publication."""
    a, b = set(title_words(one)), set(title_words(other))
    differing = a ^ b
    return any(any(c.isdigit() for c in word) or word in NOTES for word in differing)


def _title_overlap(one: str, other: str) -> float:
    a, b = set(title_words(one)), set(title_words(other))
    return len(a & b) / max(1, len(a | b))


def _subtitle(one: str, other: str) -> bool:
    """Whether one title is the other one's beginning, and says enough by itself."""
    few, many = sorted((title_words(one), title_words(other)), key=len)
    return len(few) >= SPECIFIC and many[: len(few)] == few


def _slip(one: str, other: str) -> bool:
    """Whether two titles differ by a letter in long words, word by word."""
    from rapidfuzz.distance import Levenshtein

    a, b = title_words(one), title_words(other)
    if len(a) != len(b) or len(a) < SPECIFIC:
        return False
    differing = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return len(differing) <= 2 and all(
        min(len(x), len(y)) >= 5 and Levenshtein.distance(x, y, score_cutoff=1) <= 1 for x, y in differing
    )
