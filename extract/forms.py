"""The forms of a paper: each distinct name-like string with its places and what speaks for it.

A form is what is judged (`extract.judge`): not one place, but all places of one folded string in one paper, so that
a name is the same thing everywhere in it.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from spacy.tokens import Doc

from extract.chunks import MAX_CHUNK, MAX_WORDS, Word, chunks, doc_words
from extract.gazetteer import fold_word, parts
from extract.spans import Found


_ARTICLES = frozenset(("a", "an", "the", "our", "this", "these", "its", "their"))
_LEAD = frozenset(
    "novel new simple efficient effective first large-scale general unified yet and two three both so-called proposed"
    " open-source lightweight scalable more comprehensive method framework approach model algorithm dataset called".split()
)
_STEMS = frozenset(
    "propos presen introd develo devise design releas constr create formul contri define called named dubbed termed"
    " coined namely build built provid collec curate establ derive call term dub name refer".split()
)
_SHARED = ("introductions", "gazetteer", "verb", "article", "sentence", "in title", "opens title", "times", "last=", "near")


@dataclass(slots=True)
class Form:
    """A folded string, its places (token ranges) and its features; `found` are the stages' findings of it."""

    key: str
    places: set[tuple[int, int]] = field(default_factory=set)
    features: set[str] = field(default_factory=set)
    found: list[Found] = field(default_factory=list)


def key(text: str) -> str:
    """A name within one paper: its folded words."""
    return " ".join(fold_word(w) for w in parts(text)) or text.casefold()


def collect(doc: Doc, found: Iterable[Found]) -> dict[str, Form]:
    """All forms of a document, with features, by key."""
    forms: dict[str, Form] = {}
    all_words = doc_words(doc)
    for start, stop in chunks(doc, all_words):
        _windows(doc, all_words, start, stop, forms)
    for f in found:
        form = _form(forms, doc, f.start, f.end)
        form.found.append(f)
        form.places.add((f.start, f.end))
        form.features.add(f"{f.stage}={f.kind}")
        form.features.add(f"{f.stage}:{f.cue[:6]}:{f.score}")
    starts = [t.i for t in doc if t.is_sent_start]
    for form in forms.values():
        _describe(doc, form, starts)
    _share(doc, forms)
    return forms


def _share(doc: Doc, forms: dict[str, Form]) -> None:
    """What speaks for a short form speaks for its long form, and the other way round."""
    for _, pair in doc.user_data["abbreviations"]:
        one, other = forms.get(key(pair.short)), forms.get(key(pair.long))
        if one and other and one is not other:
            a, b = one.features.copy(), other.features.copy()
            one.features.update("other " + f for f in b if f.startswith(_SHARED))
            other.features.update("other " + f for f in a if f.startswith(_SHARED))


def _form(forms: dict[str, Form], doc: Doc, start: int, end: int) -> Form:
    own = key(doc[start:end].text)
    form = forms.get(own)
    if form is None:
        form = forms[own] = Form(own)
    return form


def _context(all_words: list[Word], begin: int, doc: Doc) -> list[str]:
    """Left of a chunk, in its sentence: the article, and the nearest introducing verb with what stands between."""
    out: list[str] = []
    at, gap, lead = begin - 1, 0, True
    while at >= 0 and gap < 12 and not doc[all_words[at + 1].start].is_sent_start:
        lower = all_words[at].lower
        if gap == 0 and lower in _ARTICLES:
            out.append(f"article={lower}")
        if lower in ("our", "new", "novel") and gap < 4:
            out.append(f"near {lower}")
        stem = lower[:6]
        if stem in _STEMS:
            out.append(f"verb={stem}{' directly' if lead else ''}")
            out.append(f"verb gap={'0' if lead else min(gap, 9) // 3 + 1}")
            break
        lead = lead and (lower in _LEAD or lower in _ARTICLES)
        at, gap = at - 1, gap + 1
    return out


def _windows(doc: Doc, all_words: list[Word], start: int, stop: int, forms: dict[str, Form]) -> None:
    """Every run of up to MAX_WORDS words of one chunk, with what stands around it."""
    begin = max(start, stop - MAX_CHUNK)
    before = all_words[begin - 1].lower if begin else ""
    after = all_words[stop].lower if stop < len(all_words) else ""
    context = _context(all_words, begin, doc)
    for i in range(begin, stop):
        for j in range(i + 1, min(i + MAX_WORDS, stop) + 1):
            form = _form(forms, doc, all_words[i].start, all_words[j - 1].end)
            form.places.add((all_words[i].start, all_words[j - 1].end))
            left = before if i == begin else all_words[i - 1].lower
            right = after if j == stop else all_words[j].lower
            add = form.features.add
            add(f"prev={left}")
            add(f"next={right}")
            if i == begin:
                form.features.update(context)
            elif context:
                form.features.update(f"inner {c}" for c in context)
            if i == begin and j == stop:
                add("whole chunk")
            elif i == begin:
                add("left edge")
                add(f"head after={fold_word(right)}")
            elif j == stop:
                add("right edge")
            else:
                add("inner")


def _describe(doc: Doc, form: Form, starts: list[int]) -> None:
    """Features of the string itself and of where it stands."""
    folded = form.key.split()
    add = form.features.add
    add(f"words={min(len(folded), 6)}")
    add(f"first={folded[0]}")
    add(f"last={folded[-1]}")
    if len(folded) > 1:
        add(f"last2={' '.join(folded[-2:])}")
        form.features.update(f"has={w}" for w in folded[1:-1])
        add(f"end={folded[-1][-4:]}")
    else:
        add(f"is={folded[0]}")
        add(f"suffix={folded[0][-4:]}")
    places = sorted(form.places)
    title_end = doc.user_data["title_tokens"]
    in_title = sum(start < title_end for start, _ in places)
    if in_title:
        add("in title")
        if places[0][0] == 0:
            add("opens title")
    if in_title == len(places):
        add("title only")
    else:
        first = next(a for a, _ in places if a >= title_end)
        row = bisect_right(starts, first) - bisect_right(starts, title_end)
        add(f"sentence={min(row, 5)}")
    add(f"times={min(len(places), 4)}")
    shapes = {shape(doc[a:b].text) for a, b in places[:6] if not (doc[a].is_sent_start and b == a + 1)}
    form.features.update(f"shape={s}" for s in shapes)


def shape(text: str) -> str:
    """Letters as a class: `acronym`, `camel`, `title`, `lower`, with `+digit` and `+hyphen` where they stand."""
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    if not letters:
        base = "none"
    elif capitals == len(letters):
        base = "acronym"
    elif capitals == 0:
        base = "lower"
    elif all(w[:1].isupper() and w[1:].islower() for w in text.replace("-", " ").split() if w.isalpha()) and " " in text:
        base = "title"
    elif capitals == 1 and text[0].isupper():
        base = "capital"
    else:
        base = "camel"
    return base + ("+digit" if any(c.isdigit() for c in text) else "") + ("+space" if " " in text else "")
