"""The terms that two papers share, each with a sentence of both: found anew in the texts, so none has to be stored."""

import re
from collections.abc import Mapping
from typing import Any

from kb.spelling import word_form, word_set

Row = dict[str, Any]

DIGITS = 6
_STOP = word_set("stop words")
_TOKEN = re.compile(r"[^\W_]+|[^\w\s'’-]|_")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z(\[\"'“]|[(\[\"'“])")


def term_form(token: str) -> str:
    """The form of a word that counts as a term; empty for stop words, numbers, letters and marks."""
    form = word_form(token)
    return "" if len(form) < 2 or form in _STOP or form.isdigit() else form


def weights(row: Mapping[str, Any]) -> dict[str, float]:
    """The terms of a paper and the part of each in its vector, from a row with `terms` and `weights`."""
    return dict(zip(row["terms"] or (), row["weights"] or (), strict=True))


def shared_terms(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Row]:
    """What each term that two papers share adds to their cosine, heaviest first, with a sentence of both.

    `a` and `b` have `terms`, `weights`, `title` and `abstract`.
    """
    mine, theirs = weights(a), weights(b)
    both = {term: round(mine[term] * theirs[term], DIGITS) for term in mine.keys() & theirs.keys()}
    return [
        {"name": term, "weight": both[term], "a_sentence": quote(term, a), "b_sentence": quote(term, b)}
        for term in sorted(both, key=lambda term: (-both[term], term))
    ]


def quote(term: str, paper: Mapping[str, Any]) -> str | None:
    """The first sentence of the abstract that holds a term, else the title that does."""
    sentences = _SENTENCE.split(paper["abstract"] or "")
    held = (" ".join(s.split()) for s in (*sentences, paper["title"] or "") if _holds(s, term))
    return next(held, None)


def _holds(text: str, term: str) -> bool:
    return f" {term} " in f" {' '.join(forms(text))} "


def forms(text: str) -> list[str]:
    """The words of a text as terms have them, `|` for what parts two terms."""
    return [term_form(token) or "|" for token in _TOKEN.findall(text)]
