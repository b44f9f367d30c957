"""The forms of a paper: each distinct name-like string with its places and what speaks for it.

A form is what is judged (`extract.judge`): not one place, but all places of one folded string in one paper, so
that a name is the same thing everywhere in it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

import numpy as np
from spacy.tokens import Doc

from extract.chunks import MAX_CHUNK, MAX_WORDS, chunks, doc_words
from extract.gazetteer import fold_word, folded_parts
from extract.judge import hopeless
from extract.layout import layout_of
from extract.lexicon import NOTHING, terms, words
from extract.page import Form, Page, around, key, left_context
from extract.records import KINDS
from extract.seen import papers_with
from extract.spans import Found
from extract.tagger import evidence

_RESIDUE = re.compile(r"(?:[A-Za-z]{1,2}[_^]\S*$|(?:e\.g|i\.e)\b|\S+[_^]\{?\w+\}?$)")
LONGEST = 200
"""Characters of a name; what is longer is text that lost its blanks."""

_LISTS = words("ordinary.txt")
_LINKS = frozenset(("of", "from"))
_SHARED = (
    "introductions", "gazetteer", "terms", "verb", "article", "sentence", "in title", "opens title", "title goes",
    "times", "last=", "near", "said", "we said", "passive", "seen", "ours before", "edge=",
)  # fmt: skip


def collect(
    doc: Doc, found: Iterable[Found], kinds: tuple[str, ...] = KINDS, *, every: bool = False
) -> dict[str, Form]:
    """The forms of a document, with features, by key: those a stage found, and `every` other or those with some hope.

    `kinds` are those of the tagger whose marginals the Doc holds.
    """
    layout = layout_of(doc)
    found = [f for f in found if f.stage in ("gazetteer", "terms") or well_formed(layout.slice(f.start, f.end))]
    page = Page(
        layout,
        doc_words(layout),
        frozenset(layout.sentences),
        frozenset((f.start, f.end) for f in found),
        tuple((f.start, f.end, f.kind) for f in found if f.stage == "gazetteer"),
    )
    page.begins = [word.start for word in page.words]
    left: tuple[int, int] | None = None
    for start, stop in chunks(layout, page.words):
        _windows(page, start, stop)
        if left and left[1] == start - 1 and page.words[start - 1].lower in _LINKS:
            _linked(page, left, (start, stop))
        left = (start, stop)
    for f in found:
        form = page.form(f.start, f.end)
        form.found.append(f)
        form.places.add((f.start, f.end))
        form.features.add(f"{f.stage}={f.kind}")
        form.features.add(f"{f.stage}:{f.cue[:6]}:{f.score}")
    if not every:
        page.forms = {own: form for own, form in page.forms.items() if form.found or not _hopeless(own)}
    _repeated(page)
    for form in page.forms.values():
        _describe(page, form)
    marginals = doc.user_data.get("tags")
    if marginals is not None:
        _add_tags(list(page.forms.values()), marginals, kinds)
    _share(doc, page.forms)
    _compare(page.forms)
    return page.forms


def _add_tags(forms: list[Form], marginals: np.ndarray, kinds: tuple[str, ...]) -> None:
    """What the tagger says of each form."""
    said = evidence(marginals, [sorted(f.places) for f in forms], kinds)
    for form, features in zip(forms, said, strict=True):
        form.features |= features


def _share(doc: Doc, forms: dict[str, Form]) -> None:
    """What speaks for a short form speaks for its long form, and the other way round."""
    for _, pair in doc.user_data.get("abbreviations", ()):
        one, other = forms.get(key(pair.short)), forms.get(key(pair.long))
        if one and other and one is not other:
            a, b = one.features.copy(), other.features.copy()
            one.features.update("other " + f for f in b if f.startswith(_SHARED))
            other.features.update("other " + f for f in a if f.startswith(_SHARED))


def _windows(page: Page, start: int, stop: int) -> None:
    """The candidates of one chunk: those the stages found, the whole chunk, and its parts that touch an edge.

    A single lower-case word is a candidate only when a stage found it: the lexicon knows the common ones, and
    the rest (two thirds of all runs of words) holds one name in a hundred.
    """
    begin = max(start, stop - MAX_CHUNK)
    all_words = page.words
    before = all_words[begin - 1].lower if begin else ""
    after = all_words[stop].lower if stop < len(all_words) else ""
    context = left_context(page, begin)
    known = [k for k in page.known if k[0] < all_words[stop - 1].end and all_words[begin].start < k[1]]
    for i in range(begin, stop):
        for j in range(i + 1, min(i + MAX_WORDS, stop) + 1):
            first, last = i == begin, j == stop
            place = (all_words[i].start, all_words[j - 1].end)
            plain = j == i + 1 and not (first and last and all_words[i].marked)
            if (plain or not (first or last)) and place not in page.places and not _proper_run(page, i, j):
                continue
            if not well_formed(page.layout.slice(*place)) and place not in page.places:
                continue
            form = page.form(*place)
            form.places.add(place)
            if known:
                form.features.update(_overlaps(place, known))
            right = after if last else all_words[j].lower
            form.features.update(context if first else [f"inner {c}" for c in context])
            left = before if first else all_words[i - 1].lower
            form.features.update((f"prev={left}", f"next={right}"))
            if first and begin > 1:
                form.features.add(f"prev2={all_words[begin - 2].lower} {left}")
            if first and not last:
                form.features.update(("left edge", f"head after={fold_word(right)}"))
            else:
                form.features.add("whole chunk" if first else "right edge" if last else "inner")


def _proper_run(page: Page, i: int, j: int) -> bool:
    """`Cosine Power Annealing` in a longer run of the abstract: all words capitalised, those beside it not."""
    held = page.words
    if held[i].start < page.layout.title_tokens or held[i].start in page.opening:
        return False
    if not all(word.marked for word in held[i:j]) or (i and held[i - 1].marked and held[i - 1].inside):
        return False
    if j < len(held) and held[j].marked and held[j].inside:
        return False
    return j > i + 1 or proper(page.layout.slice(held[i].start, held[i].end))


def _repeated(page: Page) -> None:
    """A proper name of one word stands wherever it is written, also where the words beside it hide it: `RCAL works`."""
    for i, word in enumerate(page.words):
        place = (word.start, word.end)
        text = page.layout.slice(*place)
        if not word.marked or not proper(text) or not well_formed(text):
            continue
        form = page.forms.get(key(text))
        if form and place not in form.places:
            form.places.add(place)
            form.features.update((f"prev={page.words[i - 1].lower if i else ''}", "again"))
            form.features.add(f"next={page.words[i + 1].lower if i + 1 < len(page.words) else ''}")


def _compare(forms: Mapping[str, Form]) -> None:
    """What the paper names besides a form: the more others have strong cues, the less likely is one without."""
    titled, named = set(), set()
    for own, form in forms.items():
        for f in form.found:
            if f.stage == "introductions":
                if f.score >= 0.8:
                    named.add(own)
                if f.cue.startswith("title"):
                    titled.add(own)
    for own, form in forms.items():
        if len(titled) > (own in titled):
            form.features.add("paper has a title name")
        form.features.add(f"paper names={min(len(named) - (own in named), 3)}")


def _linked(page: Page, left: tuple[int, int], right: tuple[int, int]) -> None:
    """`segmentation of point clouds`: the head of one chunk, or all of it, with the whole of the next."""
    if right[1] - right[0] > 3:
        return
    for begin in {left[0], left[1] - 1}:
        if left[1] - begin > 3:
            continue
        place = (page.words[begin].start, page.words[right[1] - 1].end)
        form = page.form(*place)
        form.places.add(place)
        before = page.words[begin - 1].lower if begin else ""
        after = page.words[right[1]].lower if right[1] < len(page.words) else ""
        form.features.update(("linked", f"prev={before}", f"next={after}"))
        form.features.add("whole chunk" if begin == left[0] else "right edge")


def _overlaps(place: tuple[int, int], known: list[tuple[int, int, str]]) -> Iterator[str]:
    """How a place and the lexicon's matches lie: `stereo pose estimation` ends in a known task."""
    start, end = place
    for a, b, kind in known:
        if start <= a and b <= end and (a, b) != place:
            yield f"{'ends in' if b == end else 'begins with' if a == start else 'holds'} known {kind}"
        elif a <= start and end <= b and (a, b) != place:
            yield f"within known {kind}"


def _describe(page: Page, form: Form) -> None:
    """Features of the string itself and of where it stands."""
    form.features.update(string_features(form.key))
    form.features.add("bias")
    layout, places = page.layout, sorted(form.places)
    title_end = layout.title_tokens
    in_title = sum(start < title_end for start, _ in places)
    add = form.features.add
    if in_title:
        add("in title")
        if places[0][0] == 0:
            after = places[0][1]
            rest = layout.texts[after].casefold() if after < title_end else "nothing"
            form.features.update(("opens title", f"title goes on={rest}"))
    if in_title == len(places):
        add("title only")
    else:
        first = next(a for a, _ in places if a >= title_end)
        row = bisect_right(layout.sentences, first) - bisect_right(layout.sentences, title_end)
        add(f"sentence={min(row, 5)}")
    add(f"times={min(len(places), 4)}")
    if any(a in page.opening and a >= title_end for a, _ in places):
        add("opens sentence")
    add(f"title {_in_title(form.key, layout.title)}")
    for a, b in places[:4]:
        form.features.update(around(page, a, b))
    for a, b in places[:6]:
        if not (a in page.opening and b == a + 1):
            add(f"shape={shape(layout.slice(a, b))}")


def proper(text: str) -> bool:
    """One word that is a name by its letters: several capitals, or a capital or digit inside."""
    return shape(text).split("+")[0] in ("acronym", "camel") or (shape(text).endswith("+digit") and text[0].isalpha())


@lru_cache(maxsize=20_000)
def generic(form_key: str) -> bool:
    """`our method`, `models`, `experimental results`: never a name, whatever speaks for it."""
    said = form_key.split()
    while len(said) > 1 and said[0] in _LISTS["before generic"]:
        said = said[1:]
    return "-".join(said) in _LISTS["generic"]


@lru_cache(maxsize=60_000)
def well_formed(text: str) -> bool:
    """No residue of formulas and cut brackets: `AI` and `H.264`, but no `x`, `C_Phi`, `DA)^2` or `e.g. parsing`."""
    if len(text) > LONGEST:
        return False
    letters, digits = sum(c.isalpha() for c in text), sum(c.isdigit() for c in text)
    if letters < 2 and (not letters or digits < 2):
        return False
    return text.count("(") == text.count(")") and "~" not in text and not _RESIDUE.match(text)


@cache
def _no_terms() -> frozenset[str]:
    """The keys of the terms that readers took for nothing."""
    return frozenset(map(key, terms().get(NOTHING, ())))


def _in_title(form_key: str, title: str) -> str:
    """How much of a form the title says: all its words, some, its letters as initials, or nothing."""
    folded = form_key.split()
    said = set(folded_parts(title))
    hits = sum(w in said for w in folded)
    if hits == len(folded):
        return "says all"
    if hits * 2 >= len(folded):
        return "says most"
    if hits:
        return "says some"
    initials = iter(w[0] for w in folded_parts(title))
    letters = [c for c in form_key if c.isalpha()]
    return "spells it" if 2 <= len(letters) <= 8 and all(c in initials for c in letters) else "says nothing"


@lru_cache(maxsize=30_000)
def string_features(form_key: str) -> tuple[str, ...]:
    """What a string says of itself: its words, how common it is, whether readers took it for nothing."""
    judged = ("terms=nothing",) if form_key in _no_terms() else ()
    return (*word_features(form_key), f"seen={papers_with(form_key)}", *judged)


@lru_cache(maxsize=60_000)
def _hopeless(form_key: str) -> bool:
    return hopeless(string_features(form_key))


def word_features(form_key: str) -> tuple[str, ...]:
    """Features of a folded string: its words, its length, its ending."""
    folded = form_key.split()
    out = [f"words={min(len(folded), 6)}", f"first={folded[0]}", f"last={folded[-1]}"]
    if len(folded) > 1:
        out += [f"last2={' '.join(folded[-2:])}", f"end={folded[-1][-4:]}"]
        out += [f"has={w}" for w in folded[1:-1]]
    else:
        out += [f"is={folded[0]}", f"suffix={folded[0][-4:]}"]
    return tuple(out)


@lru_cache(maxsize=60_000)
def shape(text: str) -> str:
    """Letters as a class: `acronym`, `camel`, `title`, `lower`, ..., with `+digit` and `+space` where they stand."""
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    words_in = [w for w in text.replace("-", " ").split() if w.isalpha()]
    if not letters:
        base = "none"
    elif capitals == len(letters):
        base = "acronym"
    elif capitals == 0:
        base = "lower"
    elif " " in text and all(w[:1].isupper() and w[1:].islower() for w in words_in):
        base = "title"
    elif capitals == 1 and text[0].isupper():
        base = "capital"
    else:
        base = "camel"
    return base + ("+digit" if any(c.isdigit() for c in text) else "") + ("+space" if " " in text else "")
