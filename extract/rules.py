"""What the stages found, judged by rule alone: no tagger and no network, so three times as fast, and it finds less.

Each finding of a form is a witness that is right as often as its score says; witnesses of different cues are taken as
independent (noisy-or: Pearl 1988, section 4.3.2). A name is of the kind that is likeliest so. What has no kind of its
own, as the long form of an abbreviation, has that of its last word.
"""

from collections.abc import Iterable
from math import prod

from spacy.tokens import Doc

from extract.forms import generic, proper, well_formed
from extract.fusion import Pairs, Verdict, established, placed
from extract.introductions import kind_from
from extract.layout import Layout, layout_of
from extract.page import Form, key
from extract.spans import Found

LEAST = 0.5  # the probability from which a form is a name
NEW = 0.6  # and from which the paper introduces it
UNNAMED = 0.5  # what a finding without a kind counts for the kind of its last word


def judged(doc: Doc, found: Iterable[Found], pairs: Pairs) -> list[Found]:
    """The findings that stay, in reading order, each with the kind and the name of its entity."""
    forms = _forms(layout_of(doc), found)
    return placed(forms, {own: made for own, form in forms.items() if (made := _verdict(form))}, pairs)


def _forms(layout: Layout, found: Iterable[Found]) -> dict[str, Form]:
    """The findings by the folded string, with its places; a proper name of one word stands wherever it is written."""
    forms: dict[str, Form] = {}
    named: dict[str, Form] = {}
    for each in found:
        text = layout.slice(each.start, each.end)
        if each.stage != "gazetteer" and not well_formed(text):
            continue
        own = key(text)
        form = forms.setdefault(own, Form(own))
        form.found.append(each)
        form.places.add((each.start, each.end))
        if each.end == each.start + 1 and proper(text):
            named[text] = form
    for i, text in enumerate(layout.texts):
        if text in named:
            named[text].places.add((i, i + 1))
    return forms


def _verdict(form: Form) -> Verdict | None:
    """The verdict on one form; None when it is nothing."""
    if generic(form.key):
        return None
    doubts: dict[str, dict[tuple[str, str], float]] = {}
    for found in form.found:
        kind, score = (found.kind, found.score) if found.kind else (kind_from("", form.key, ""), UNNAMED)
        held = doubts.setdefault(kind, {})
        cue = found.stage, found.cue
        held[cue] = min(held.get(cue, 1.0), 1 - score)
    scores = {kind: 1 - prod(held.values()) for kind, held in doubts.items()}
    kind = max(sorted(scores), key=scores.__getitem__)
    new = [found.score for found in form.found if found.role == "introduces"]
    is_new = max(new, default=0.0) >= NEW and not established(form)
    if scores[kind] < LEAST:
        return None
    best = min(form.found, key=lambda f: (is_new and not f.role, f.kind != kind, -f.score, f.start, f.cue))
    name = next((f.name for f in form.found if f.name), "")
    return Verdict(kind, round(scores[kind], 4), is_new, best.stage, best.cue, name, float(is_new))
