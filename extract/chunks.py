"""Noun-phrase chunks: the candidates that no rule names.

A chunk is a run of words between words that never stand inside a term (`data/boundary.txt`, counted on annotated
abstracts) and punctuation; every run of up to MAX_WORDS words inside it is a candidate. A hyphenated word is one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc

from extract.lexicon import words

MAX_WORDS = 5
MAX_CHUNK = 9  # words; longer runs hold no term that a shorter window misses
_BOUNDARY = words("boundary.txt")["boundary"] | words("ordinary.txt")["function"]


@dataclass(frozen=True, slots=True)
class Word:
    """Tokens `start:end` that stand together without a blank, lower-cased text beside them."""

    start: int
    end: int
    lower: str
    inside: bool  # may stand inside a term


def doc_words(doc: Doc) -> list[Word]:
    """The words of a document: tokens, with those that hyphens join made one."""
    out: list[Word] = []
    tokens = list(doc)
    at, size = 0, len(tokens)
    while at < size:
        end = at + 1
        while end < size and not tokens[end - 1].whitespace_ and (tokens[end].text in "-–" or tokens[end - 1].text in "-–"):
            end += 1
        lower = tokens[at].lower_ if end == at + 1 else doc[at:end].text.casefold()
        out.append(Word(at, end, lower, _inside(lower)))
        at = end
    return out


def _inside(lower: str) -> bool:
    if lower in _BOUNDARY or not any(c.isalpha() for c in lower):
        return False
    return not (lower.endswith("ly") and "-" not in lower and len(lower) > 4)


def chunks(doc: Doc, all_words: list[Word]) -> Iterator[tuple[int, int]]:
    """Maximal runs of inside words, as ranges of `all_words`, cut at sentence starts and missing blanks."""
    start: int | None = None
    for i, word in enumerate(all_words):
        new_run = start is not None and (doc[word.start].is_sent_start or not doc[word.start - 1].whitespace_)
        if start is not None and (not word.inside or new_run):
            yield start, i
            start = None
        if word.inside and start is None:
            start = i
    if start is not None:
        yield start, len(all_words)
