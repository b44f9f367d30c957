"""Whether two records are one paper, by their titles, authors, years and abstracts. Pure.

Precision before recall: two papers taken for one lie to the reader, one paper taken for two is seen and joined by a
line of the alias file. `kb.record_joins` compares identifiers before; here they can only keep records apart.
"""

import re
from functools import lru_cache

from extract.records import Paper
from kb.titles import NOTES, person, specific, title_key, title_words

SPECIFIC = 4  # words of a title in which a slip of a letter can be told from another word

HARD = ("arxiv", "pmid", "acl")
"""Schemes that give a paper one identifier: two different ones are two papers."""

CAREFUL = ("arxiv", "pmid", "pmcid", "acl")
"""Schemes whose numbers hardly ever stand on a wrong paper; the others are also given to volumes, and by machines."""

PREPRINTS = re.compile(r"10\.(1101|21203|2139|26434|20944|31234|31219|31235|31222|36227|22541|14293|32388|35542|6084)/")
"""Registrants of preprints: what they number is published under another DOI."""

PREPRINT_VENUES = re.compile(
    r"(?i)\b(arxiv|corr|biorxiv|medrxiv|chemrxiv|ssrn|preprints?|research square|openreview)\b"
)

ALIKE, VERY_ALIKE, UNLIKE = 0.5, 0.85, 0.25
"""Shares of common words among all words of two abstracts."""

_NO_ABSTRACT = re.compile(
    r"(?i)^\W*(abstract:?\W*)?((\[|\()?(no|without) (abstract|summary)|abstract (is )?(not|un)|n/?a\b|not available"
    r"|(©|\(c\)|copyright|all rights reserved|licen[cs]ed under|this is an open access|published by|click to))"
)
_DIGIT = re.compile(r"\d")
_RETRACTED = re.compile(r"(?i)^\W*(retracted|withdrawn)(\s+(article|paper))?\s*[:\])–—-]+\s*")


def alike(one: str, other: str) -> float | None:
    """How much of the distinct words of two abstracts is common, 0 to 1; None where one has no abstract.

    Where one is much shorter, it is compared with as much of the other. A notice in the place of an abstract is none.
    """
    if not one or not other or _NO_ABSTRACT.match(one) or _NO_ABSTRACT.match(other):
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
    """How many of the shorter list's authors stand in the other; 0 where the first of neither does. None: unknown.

    One name alone beside several says half: there are many W. Zhang.
    """
    if not a.authors or not b.authors:
        return None
    one, other = [person(n) for n in a.authors[:50]], [person(n) for n in b.authors[:50]]
    if not (any(_same_person(one[0], o) for o in other) or any(_same_person(o, other[0]) for o in one)):
        return 0.0
    few, many = sorted((one, other), key=len)
    share = sum(any(_same_person(f, m) for m in many) for f in few) / len(few)
    return min(share, 0.5) if len(few) == 1 < len(many) else share


def _same_person(a: tuple[str, frozenset[str]], b: tuple[str, frozenset[str]]) -> bool:
    return bool(a[0] and b[0]) and (a[0] == b[0] or a[0] in b[1] or b[0] in a[1])


def years_between(a: Paper, b: Paper) -> int:
    """Years from one to the other; 0 where one has none."""
    return abs(a.year - b.year) if a.year is not None and b.year is not None else 0


def conflict(a: Paper, b: Paper) -> bool:
    """Whether identifiers say that these are two papers: of two DOIs, unless the text is one."""
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


def is_preprint(paper: Paper) -> bool:
    """Whether a record speaks, also, of a preprint: published later, perhaps in another year."""
    return bool(
        paper.arxiv
        or (paper.doi and PREPRINTS.match(paper.doi))
        or (paper.venue and PREPRINT_VENUES.search(paper.venue))
    )


def same_by_id(a: Paper, b: Paper, scheme: str) -> bool:
    """Whether records that share an identifier may be one paper: unless what can be compared speaks against it."""
    one, other = (_RETRACTED.sub("", paper.title) for paper in (a, b))
    if title_key(one) == title_key(other):
        return True
    likeness, authors = alike(a.abstract, b.abstract), share_of_authors(a, b)
    if likeness is not None and likeness >= ALIKE:
        return True
    if likeness is not None and likeness < UNLIKE and authors != 1.0:
        return False
    if _noted(one, other):
        return False
    if _begins(one, other) or _slip(one, other):
        return True
    if scheme in CAREFUL and authors:
        return True
    return authors != 0.0 and not _replaced(one, other) and _title_overlap(one, other) >= 0.5


def same_by_title(a: Paper, b: Paper) -> bool:
    """Whether two records of one title are one paper."""
    authors = share_of_authors(a, b)
    if authors == 0.0 and abs(len(a.abstract) - len(b.abstract)) > 0.5 * len(a.abstract):
        return False
    if conflict(a, b):
        return False
    likeness, gap = alike(a.abstract, b.abstract), years_between(a, b)
    same_text = likeness is not None and likeness >= VERY_ALIKE
    if authors == 0.0:
        return same_text
    if likeness is not None:
        close = likeness >= ALIKE and gap <= 5
        return same_text or close or (likeness >= UNLIKE and bool(authors) and specific(a.title) and gap <= 3)
    if authors is None:
        return specific(a.title) and gap <= 1 and (not gap or is_preprint(a) or is_preprint(b))
    if not specific(a.title):
        return authors > 0.5 and not gap and (a.venue is None or b.venue is None or a.venue == b.venue)
    several = authors > 0.5 and min(len(a.authors), len(b.authors)) > 1  # one alone may write a column every year
    return gap <= (3 if is_preprint(a) or is_preprint(b) else several or (authors > 0.5 and specific(a.title, 6)))


def nearness(a: Paper, b: Paper) -> tuple[float, bool, int]:
    """How near two records are that may be one paper: by text, by who comes first, by year."""
    first = bool(a.authors and b.authors) and _same_person(person(a.authors[0]), person(b.authors[0]))
    return round(alike(a.abstract, b.abstract) or 0.0, 1), first, -years_between(a, b)


def same_by_likeness(a: Paper, b: Paper) -> bool:
    """Whether two records whose titles differ a little are one paper: a subtitle, a slip, a title changed in review.

    Never where the titles differ by a number, a sign or a word of NOTES.
    """
    gap = years_between(a, b)
    if gap > 3 or title_words(a.title) == title_words(b.title) or _noted(a.title, b.title):
        return False
    authors = share_of_authors(a, b)
    if authors == 0.0 or conflict(a, b):
        return False
    likeness = alike(a.abstract, b.abstract)
    if likeness is not None and likeness >= VERY_ALIKE:
        close = _begins(a.title, b.title) or _slip(a.title, b.title)
        rewritten = bool(authors) and _title_overlap(a.title, b.title) >= 0.4
        return close or (rewritten and not _replaced(a.title, b.title))
    if authors is None or authors <= 0.5 or not _begins(a.title, b.title, words=4):
        return False
    if likeness is None:
        return min(len(a.authors), len(b.authors)) > 1 and gap <= 1
    return likeness >= ALIKE


def _noted(one: str, other: str) -> bool:
    """Whether two titles differ by a number, a letter, a sign, or a word that makes a second publication."""
    differing = set(title_words(one)) ^ set(title_words(other))
    return not NOTES.isdisjoint(differing) or any(
        len(w) == 1 or w[-4:] == "plus" or _DIGIT.search(w) for w in differing
    )


def _replaced(one: str, other: str) -> bool:
    """Whether one or two words stand in the place of others: supervised and unsupervised, men and women."""
    a, b = title_words(one), title_words(other)
    return len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) <= 2


def _title_overlap(one: str, other: str) -> float:
    a, b = set(title_words(one)), set(title_words(other))
    return len(a & b) / max(1, len(a | b))


def _begins(one: str, other: str, *, words: int = 2) -> bool:
    """Whether one title is the other one's beginning, and has so many words."""
    few, many = sorted((title_words(one), title_words(other)), key=len)
    return len(few) >= words and many[: len(few)] == few


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
