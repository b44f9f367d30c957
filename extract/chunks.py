"""Noun-phrase chunks: the candidates that no rule names.

A chunk is a run of words between words that never stand inside a term (`data/boundary.txt`, counted on annotated
abstracts) and punctuation; every run of up to MAX_WORDS words inside it is a candidate. A hyphenated word is one.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from extract.layout import Layout
from extract.lexicon import words

MAX_WORDS = 5
MAX_CHUNK = 9  # words; longer runs hold no term that a shorter window misses
_BOUNDARY = words("boundary.txt")["boundary"] | words("ordinary.txt")["function"]
_NOT_ADVERBS = words("ordinary.txt")["ly in terms"]


class Word(NamedTuple):
    """Tokens `start:end` that stand together without a blank, lower-cased text beside them."""

    start: int
    end: int
    lower: str
    inside: bool  # may stand inside a term
    marked: bool  # has a capital or a digit


def doc_words(layout: Layout) -> list[Word]:
    """The words of a document: tokens, with those that hyphens join made one."""
    out: list[Word] = []
    texts, size, at = layout.texts, len(layout.texts), 0
    while at < size:
        end = at + 1
        while end < size and (texts[end] in "-–" or texts[end - 1] in "-–") and layout.joined(end):
            end += 1
        out.append(Word(at, end, *_seen(texts[at] if end == at + 1 else layout.slice(at, end))))
        at = end
    return out


@lru_cache(maxsize=60_000)
def _seen(text: str) -> tuple[str, bool, bool]:
    """Lower-cased; whether it may stand inside a term; whether it has a capital or a digit."""
    lower = text.casefold()
    return lower, _inside(lower), text != lower or any(c.isdigit() for c in lower)


def _inside(lower: str) -> bool:
    if lower in _BOUNDARY or not any(c.isalpha() for c in lower):
        return False
    return not (lower.endswith("ly") and "-" not in lower and len(lower) > 4 and lower not in _NOT_ADVERBS)


def chunks(layout: Layout, all_words: list[Word]) -> Iterator[tuple[int, int]]:
    """Maximal runs of inside words, as ranges of `all_words`, cut at sentence starts and missing blanks."""
    start: int | None = None
    opening = set(layout.sentences)
    for i, word in enumerate(all_words):
        new_run = start is not None and (word.start in opening or layout.joined(word.start))
        if start is not None and (not word.inside or new_run):
            yield start, i
            start = None
        if word.inside and start is None:
            start = i
    if start is not None:
        yield start, len(all_words)
