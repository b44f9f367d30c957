"""Known names: the lexicon matched over tokens, longest first.

A trie of folded words: lower case, no hyphens, plural `s` cut, American spelling. Faster than spaCy's
PhraseMatcher on this many terms, and one entry covers its plural, hyphen and case variants. A short or capitalised
single word (`Adam`, `BO`) must stand with its capitals.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from spacy.tokens import Doc

from extract.layout import Layout, layout_of
from extract.lexicon import Entry, entries, term_entries
from extract.spans import Found

_SCORES = {"lexicon": 0.7, "term": 0.6, "doubtful": 0.4}
_PARTS = re.compile(r"[^\W_]+(?:[.+@*'’][^\W_]+)*[+*]*|[$\\^{}+*@]+")
_NUMBER_APART = re.compile(r"(?<=[A-Za-z]{2})[- ](?=\d)")
_NUMBER_JOINED = re.compile(r"(?<=[A-Za-z]{2})(?=\d)")


@dataclass(slots=True)
class Node:
    """A place in the trie: the words that go on from here, and the entries that end here with their capitals."""

    next: dict[str, "Node"] = field(default_factory=dict)
    held: list[tuple[Entry, str]] = field(default_factory=list)


@lru_cache(maxsize=60_000)
def fold_word(word: str) -> str:
    """A word as the trie knows it: lower case, American spelling, plural `s` cut."""
    low = word.casefold().replace("’", "'")
    low = low.removesuffix("'s")
    low = re.sub(r"is(e|ed|er|ing|ation)s?$", r"iz\1", low) if len(low) > 7 else low
    low = re.sub(r"(mode|labe|leve)ll(ing|ed)$", r"\1l\2", low).replace("behaviour", "behavior")
    if len(low) > 3 and low.endswith("ies"):
        return low[:-3] + "y"
    if len(low) > 4 and low.endswith(("sses", "shes", "ches", "xes")):
        return low[:-2]
    if len(low) > 3 and low.endswith("s") and not low.endswith(("ss", "us", "is")):
        return low[:-1]
    return low


def parts(text: str) -> list[str]:
    """The words of a term or a token: split at blanks, hyphens and slashes."""
    return _PARTS.findall(text)


def _exact(form: str) -> str:
    """The capitals a match must show: the form itself if it is a short or capitalised word, else empty."""
    if " " in form or "-" in form or form.islower() or form.casefold() == form:
        return ""
    capitals = sum(c.isupper() for c in form)
    digits = any(c.isdigit() for c in form)
    return form if len(form) <= 5 or form.isupper() or (capitals == 1 and not digits) else ""


def build_trie(known: Iterable[Entry]) -> Node:
    """A trie over the folded words of every form; the first entry of a form wins."""
    root = Node()
    for entry in known:
        for form in (entry.name, *entry.aliases):
            for spelling in sorted(_spellings(form)):
                _insert(root, [fold_word(w) for w in parts(spelling)], (entry, _exact(form)))
    return root


def _spellings(form: str) -> set[str]:
    """A form with its numbers joined and apart: CIFAR-10 and CIFAR10."""
    return {form, _NUMBER_APART.sub("", form), _NUMBER_JOINED.sub(" ", form)}


def _insert(root: Node, path: list[str], ending: tuple[Entry, str]) -> None:
    node = root
    for word in path:
        node = node.next.setdefault(word, Node())
    if path and ending not in node.held:
        node.held.append(ending)


@cache
def default_trie() -> Node:
    """The trie of the shipped lexicon and of the terms of the corpus."""
    return build_trie((*entries(), *term_entries()))


def find(doc: Doc, trie: Node | None = None) -> Iterator[Found]:
    """Lexicon matches of a document, longest first at each place, not overlapping."""
    root = default_trie() if trie is None else trie
    layout = layout_of(doc)
    stream = [(w, i) for i, text in enumerate(layout.texts) for w in folded_parts(text)]
    at, size = 0, len(stream)
    while at < size:
        hit = _longest(layout, stream, at, root)
        if hit is None:
            at += 1
            continue
        stop, start_token, end_token, entry = hit
        yield _found(start_token, end_token, entry)
        at = stop


def _found(start: int, end: int, entry: Entry) -> Found:
    """A match; only the names of the first layer are canonical, and what is doubtful is a stage of its own."""
    stage = "terms" if entry.cue == "doubtful" else "gazetteer"
    name = entry.name if entry.cue == "lexicon" else ""
    return Found(start, end, entry.kind, name, stage, "", entry.cue, _SCORES[entry.cue])


@lru_cache(maxsize=60_000)
def folded_parts(token: str) -> tuple[str, ...]:
    """The folded words of a token or a short text."""
    return tuple(fold_word(w) for w in parts(token))


def _longest(layout: Layout, stream: list[tuple[str, int]], at: int, root: Node) -> tuple[int, int, int, Entry] | None:
    node, i, best = root, at, None
    first = stream[at][1]
    if at and stream[at - 1][1] == first:
        return None  # a match begins at a token's start
    while i < len(stream) and (child := node.next.get(stream[i][0])) is not None:
        node = child
        i += 1
        last = stream[i - 1][1]
        if i < len(stream) and stream[i][1] == last:
            continue  # and ends at a token's end
        if not _joined(layout, first, last):
            break
        if entry := _pick(layout, first, last + 1, node):
            best = (i, first, last + 1, entry)
    return best


def _joined(layout: Layout, first: int, last: int) -> bool:
    """No sentence end, comma or bracket inside a match: only blanks and hyphens join its words."""
    return last == first or all(
        text in "-–—/'" or any(c.isalnum() for c in text) for text in layout.texts[first + 1 : last]
    )


def _pick(layout: Layout, start: int, end: int, node: Node) -> Entry | None:
    surface = layout.texts[start] if end == start + 1 else ""
    return next((entry for entry, exact in node.held if not exact or surface in (exact, exact + "s")), None)
