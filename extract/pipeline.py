"""Papers to mentions: one spaCy pipeline whose stages add spans to a Doc, and their fusion.

    sentences -> abbreviations -> gazetteer -> introductions -> names -> tagger,
    then forms (with chunks) -> judge -> fusion

By rules only, neither the tagger nor the judge is asked: `extract.rules` decides by the scores of the other stages.
A Doc is one paper: its title, a blank line, its abstract. Every stage up to the tagger is `Doc -> Doc`, so it
can be run alone over `spacy.blank("en")`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from extract import gazetteer, introductions, names, rules, tagger
from extract.abbreviations import find_pairs, in_title
from extract.fusion import Pairs, fuse
from extract.layout import SEPARATOR, layout_of
from extract.records import Definition, Mention, Paper
from extract.roles import own_from, role_of
from extract.spans import GROUP, Found, add, read

STAGES = ("kb_sentences", "kb_abbreviations", "kb_gazetteer", "kb_introductions", "kb_names", "kb_tagger")
# Diffusion(MOOD), (DKAP)---where, separation).It, Avatars~(DELTA)
INFIXES = (r"(?<=[A-Za-z0-9])\((?=[A-Za-z])", r"\)(?=[-–—A-Za-z.^])", r"-{2,}", r"~")
_BREAK = re.compile(r"[A-Z0-9\"'“(\[$\\`]")
_STOPS = (".", "!", "?")
_CLOSERS = ('"', "”", ")")


@Language.component("kb_sentences")
def sentences(doc: Doc) -> Doc:
    """Mark sentence starts: after `.`, `!` or `?` before a capital, and where the abstract begins."""
    doc.spans[GROUP] = []
    layout = layout_of(doc)
    texts = layout.texts
    opening = bisect_left(layout.starts, layout.abstract_at)
    for i in range(1, len(texts)):
        before = texts[i - 1]
        if i == opening:
            opens = True
        elif before in _STOPS or (before in _CLOSERS and i > 1 and texts[i - 2] in _STOPS):
            opens = bool(_BREAK.match(texts[i]))
        else:
            continue
        if opens:
            doc[i].is_sent_start = True
            layout.sentences.append(i)
            layout.sentence_chars.append(layout.starts[i])
    return doc


@Language.component("kb_abbreviations")
def abbreviations(doc: Doc) -> Doc:
    """Find the paper's abbreviations; keep the pairs for the stages after and for the corpus."""
    pairs = [(offset, pair) for offset, text in _fields(doc) for pair in find_pairs(text)]
    if titled := in_title(layout_of(doc).title):
        pairs.append((0, titled))
    doc.user_data["abbreviations"] = pairs
    for offset, pair in pairs:
        for cue, start, end in (
            ("short", pair.short_start, pair.short_end),
            ("long", pair.long_start, pair.long_end),
        ):
            _add(doc, offset + start, offset + end, "", "abbreviations", "", cue, 0.5)
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
    layout = layout_of(doc)
    for hit in introductions.in_title(layout.title, layout.abstract):
        _add(doc, hit.start, hit.end, hit.kind, "introductions", "introduces", hit.cue, hit.score)
    for offset, sentence in _sentences(doc):
        if offset >= layout.abstract_at:
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


@Language.component("kb_tagger")
def tagged(doc: Doc) -> Doc:
    """Mark what the token tagger proposes; keep its marginals, which training sets before."""
    if "tags" not in doc.user_data:
        doc.user_data["tags"] = tagger.marginals(layout_of(doc))
    tags = doc.user_data["tags"]
    for start, end, kind in tagger.proposed(layout_of(doc), tags):
        add(doc, Found(start, end, kind, "", "tagger", "", "tagger", 0.5))
    return doc


def _add_hit(doc: Doc, offset: int, hit: introductions.Introduction, stage: str, role: str) -> None:
    _add(doc, offset + hit.start, offset + hit.end, hit.kind, stage, role, hit.cue, hit.score)


def _add(doc: Doc, start: int, end: int, kind: str, stage: str, role: str, cue: str, score: float) -> None:
    first, last = layout_of(doc).tokens(start, end)
    if first < last:
        add(doc, Found(first, last, kind, "", stage, role, cue.replace("|", "/"), score))


def _fields(doc: Doc) -> tuple[tuple[int, str], tuple[int, str]]:
    layout = layout_of(doc)
    return (0, layout.title), (layout.abstract_at, layout.abstract)


def _sentences(doc: Doc) -> Iterator[tuple[int, str]]:
    """Character offset and text of every sentence."""
    layout = layout_of(doc)
    for char in layout.sentence_chars:
        start, stop = layout.sentence(char)
        yield start, layout.text[start:stop]


@cache
def load(*, rules_only: bool = False) -> Language:
    """The pipeline, built once a process; `rules_only` leaves out the tagger."""
    nlp = spacy.blank("en")
    nlp.tokenizer = Tokenizer(
        nlp.vocab,
        rules=nlp.Defaults.tokenizer_exceptions,
        prefix_search=compile_prefix_regex(nlp.Defaults.prefixes or ()).search,
        suffix_search=compile_suffix_regex(nlp.Defaults.suffixes or ()).search,
        infix_finditer=compile_infix_regex([*(nlp.Defaults.infixes or ()), *INFIXES]).finditer,
        url_match=nlp.Defaults.url_match,
    )
    for stage in STAGES[:-1] if rules_only else STAGES:
        nlp.add_pipe(stage)
    return nlp


def make_doc(nlp: Language, paper: Paper) -> Doc:
    """One paper as a tokenised Doc."""
    doc = nlp.make_doc(paper.title + SEPARATOR + paper.abstract)
    doc.user_data["title"] = paper.title
    return doc


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one paper gives: its mentions in reading order and the abbreviations it defines."""

    mentions: tuple[Mention, ...]
    definitions: tuple[Definition, ...]


def extract(paper: Paper, nlp: Language | None = None) -> Extracted:
    """Run the stages over one paper; by rules only where the pipeline has no tagger."""
    nlp = nlp or load()
    doc = make_doc(nlp, paper)
    for _, stage in nlp.pipeline:
        doc = stage(doc)
    return Extracted(tuple(mentions(doc, paper)), tuple(definitions(doc, paper)))


def mentions(doc: Doc, paper: Paper) -> Iterator[Mention]:
    """The document's findings, fused, as mentions with offsets into the paper's fields."""
    layout = layout_of(doc)
    text = layout.text
    own = own_from((begin, sentence) for begin, sentence in _sentences(doc) if begin >= layout.abstract_at)
    decide = fuse if "tags" in doc.user_data else rules.judged
    for found in decide(doc, read(doc), local_pairs(doc)):
        start, end = layout.starts[found.start], layout.ends[found.end - 1]
        begin, stop = layout.sentence(start)
        role, cue = found.role, found.cue
        if not role:
            place = "title" if start < layout.abstract_at else "background" if begin < own else "own"
            role, by_role = role_of(found.kind, text[begin:start], text[end:stop], place)
            cue = by_role or cue
        field, shift = ("abstract", layout.abstract_at) if start >= layout.abstract_at else ("title", 0)
        yield Mention(
            paper.id, found.kind, role, text[start:end], found.name or text[start:end], field, start - shift,
            end - shift, begin - shift, max(stop, end) - shift, found.stage, cue, found.score,
        )  # fmt: skip


def local_pairs(doc: Doc) -> Pairs:
    """The paper's own abbreviations: short form -> long form; the first definition counts."""
    pairs: Pairs = {}
    for _, pair in doc.user_data["abbreviations"]:
        pairs.setdefault(pair.short, pair.long)
    return pairs


def definitions(doc: Doc, paper: Paper) -> Iterator[Definition]:
    """The abbreviations a document defines, each with its sentence."""
    layout = layout_of(doc)
    for offset, pair in doc.user_data["abbreviations"]:
        start, stop = layout.sentence(offset + min(pair.long_start, pair.short_start))
        yield Definition(paper.id, pair.short, pair.long, layout.text[start:stop])
