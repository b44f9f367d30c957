"""Papers to mentions: one spaCy pipeline whose stages add spans to a Doc, and their fusion.

    sentences -> abbreviations -> gazetteer -> introductions -> names -> fusion

A Doc is one paper: its title, a blank line, its abstract. Every stage is `Doc -> Doc`, so a stage can be run
alone over `spacy.blank("en")`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from extract import gazetteer, introductions, names
from extract.abbreviations import find_pairs
from extract.fusion import Pairs, settle
from extract.records import Definition, Mention, Paper
from extract.roles import role_of
from extract.spans import GROUP, SEPARATOR, Found, add, read

STAGES = ("kb_sentences", "kb_abbreviations", "kb_gazetteer", "kb_introductions", "kb_names")
_BREAK = re.compile(r"[A-Z0-9\"'“(\[$\\]")


@Language.component("kb_sentences")
def sentences(doc: Doc) -> Doc:
    """Mark sentence starts: after `.`, `!` or `?` before a capital, and where the abstract begins."""
    doc.spans[GROUP] = []
    for token in doc[:-1]:
        following = doc[token.i + 1]
        if token.text.startswith("\n"):
            following.is_sent_start = True
        elif token.text in (".", "!", "?") or (token.text in ('"', "”", ")") and token.i and doc[token.i - 1].text in ".!?"):
            following.is_sent_start = bool(_BREAK.match(following.text)) and not following.is_punct or None
    return doc


@Language.component("kb_abbreviations")
def abbreviations(doc: Doc) -> Doc:
    """Find the paper's abbreviations; keep the pairs for the stages after and for the corpus."""
    pairs = [(offset, pair) for offset, text in _fields(doc) for pair in find_pairs(text)]
    doc.user_data["abbreviations"] = pairs
    for offset, pair in pairs:
        for cue, start, end in (("short", pair.short_start, pair.short_end), ("long", pair.long_start, pair.long_end)):
            _add(doc, offset + start, offset + end, "", pair.long, "abbreviations", "", cue, 0.5)
    return doc


@Language.component("kb_gazetteer")
def known_names(doc: Doc) -> Doc:
    """Mark the lexicon's names."""
    for found in gazetteer.find(doc):
        add(doc, found)
    return doc


@Language.component("kb_introductions")
def introduced_names(doc: Doc) -> Doc:
    """Mark what the paper names as its own."""
    title, abstract = _title(doc), _abstract(doc)
    for hit in introductions.in_title(title, abstract):
        _add(doc, hit.start, hit.end, hit.kind, "", "introductions", "introduces", hit.cue, hit.score)
    for offset, sentence in _sentences(doc):
        if offset >= len(title):
            for hit in introductions.in_sentence(sentence):
                _add_hit(doc, offset, hit, "introductions", "introduces")
    return doc


@Language.component("kb_names")
def cued_names(doc: Doc) -> Doc:
    """Mark names by shape and cue."""
    for offset, sentence in _sentences(doc):
        for hit in names.by_cue(sentence):
            _add_hit(doc, offset, hit, "names", "")
    return doc


def _add_hit(doc: Doc, offset: int, hit: introductions.Introduction, stage: str, role: str) -> None:
    _add(doc, offset + hit.start, offset + hit.end, hit.kind, "", stage, role, hit.cue, hit.score)


def _add(
    doc: Doc, start: int, end: int, kind: str, name: str, stage: str, role: str, cue: str, score: float
) -> None:
    span = doc.char_span(start, end, alignment_mode="expand")
    if span is not None and len(span):
        add(doc, Found(span.start, span.end, kind, name, stage, role, cue.replace("|", "/"), score))


def _title(doc: Doc) -> str:
    return doc.text[: doc.user_data["title_length"]]


def _abstract(doc: Doc) -> str:
    return doc.text[doc.user_data["title_length"] + len(SEPARATOR) :]


def _fields(doc: Doc) -> tuple[tuple[int, str], tuple[int, str]]:
    return (0, _title(doc)), (doc.user_data["title_length"] + len(SEPARATOR), _abstract(doc))


def _sentences(doc: Doc) -> Iterator[tuple[int, str]]:
    """Character offset and text of every sentence."""
    starts = _starts(doc)
    for start, end in zip(starts, [*starts[1:], len(doc.text)], strict=True):
        yield start, doc.text[start:end].rstrip()


def _starts(doc: Doc) -> list[int]:
    return [0, *(t.idx for t in doc if t.is_sent_start and t.i)]


@cache
def load() -> Language:
    """The pipeline, built once a process."""
    nlp = spacy.blank("en")
    nlp.max_length = 10_000_000
    for stage in STAGES:
        nlp.add_pipe(stage)
    return nlp


def make_doc(nlp: Language, paper: Paper) -> Doc:
    """One paper as a tokenised Doc."""
    doc = nlp.make_doc(paper.title + SEPARATOR + paper.abstract)
    doc.user_data["title_length"] = len(paper.title)
    doc.user_data["title_tokens"] = sum(t.idx < len(paper.title) for t in doc[: len(paper.title) + 1])
    return doc


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one paper gives: its mentions in reading order and the abbreviations it defines."""

    mentions: tuple[Mention, ...]
    definitions: tuple[Definition, ...]


def extract(paper: Paper, nlp: Language | None = None) -> Extracted:
    """Run the stages over one paper."""
    nlp = nlp or load()
    doc = make_doc(nlp, paper)
    for _, stage in nlp.pipeline:
        doc = stage(doc)
    return Extracted(tuple(mentions(doc, paper)), tuple(definitions(doc, paper)))


def mentions(doc: Doc, paper: Paper) -> Iterator[Mention]:
    """The document's findings, fused, as mentions with offsets into the paper's fields."""
    text, starts = doc.text, _starts(doc)
    abstract_at = len(paper.title) + len(SEPARATOR)
    for found in settle(doc, read(doc), local_pairs(doc)):
        span = doc[found.start : found.end]
        start, end = span.start_char, span.end_char
        row = bisect_right(starts, start) - 1
        begin, stop = starts[row], starts[row + 1] if row + 1 < len(starts) else len(text)
        stop = begin + len(text[begin:stop].rstrip())
        role, cue = found.role, found.cue
        if not role:
            role, by_role = role_of(found.kind, text[begin:start], text[end:stop])
            cue = by_role or cue
        field, shift = ("abstract", abstract_at) if start >= abstract_at else ("title", 0)
        yield Mention(
            paper.id, found.kind, role, text[start:end], found.name or text[start:end], field, start - shift,
            end - shift, begin - shift, max(stop, end) - shift, found.stage, cue, round(found.score, 4),
        )  # fmt: skip


def local_pairs(doc: Doc) -> Pairs:
    """The paper's own abbreviations: short form -> long form; the first definition counts."""
    pairs: Pairs = {}
    for _, pair in doc.user_data["abbreviations"]:
        pairs.setdefault(pair.short, pair.long)
    return pairs


def definitions(doc: Doc, paper: Paper) -> Iterator[Definition]:
    """The abbreviations a document defines, each with its sentence."""
    starts = _starts(doc)
    for offset, pair in doc.user_data["abbreviations"]:
        row = bisect_right(starts, offset + min(pair.long_start, pair.short_start)) - 1
        stop = starts[row + 1] if row + 1 < len(starts) else len(doc.text)
        yield Definition(paper.id, pair.short, pair.long, doc.text[starts[row] : stop].strip())
