"""One set of mentions out of what the stages found: each form is judged once, abbreviations are joined, no overlap.

Where two accepted places overlap, the set with the higher total score stays (weighted interval scheduling).
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from extract.forms import collect, generic
from extract.judge import CLASSES, introduced_score, kind_scores, may_be_new, thresholds
from extract.page import Form, key
from extract.spans import Found

Pairs = dict[str, str]
"""Short form -> long form, as the paper writes them."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a form is: its kind, the probability, whether it is introduced, and the evidence to show."""

    kind: str
    score: float
    introduced: bool
    stage: str
    cue: str
    name: str
    newness: float = 0.0  # how far the probability of being introduced lies above its threshold


def fuse(doc: Doc, found: Iterable[Found], pairs: Pairs) -> list[Found]:
    """The findings that stay, in reading order, each with the kind and the name of its entity."""
    forms = collect(doc, found)
    scores = kind_scores([form.features for form in forms.values()]).tolist()
    judged = zip(forms.items(), scores, strict=True)
    return placed(forms, {own: v for (own, form), row in judged if (v := judge(form, row))}, pairs)


def placed(forms: Mapping[str, Form], verdicts: dict[str, Verdict], pairs: Pairs) -> list[Found]:
    """The places of the forms that are something, none overlapping another; abbreviations are joined first."""
    _join_abbreviations(verdicts, pairs)
    places = [(a, b, verdicts[own]) for own, form in forms.items() if own in verdicts for a, b in form.places]
    return [
        Found(a, b, v.kind, v.name, v.stage, "introduces" if v.introduced else "", v.cue, v.score)
        for a, b, v in _best_set(places)
    ]


def judge(form: Form, scores: Sequence[float]) -> Verdict | None:
    """The verdict on one form, given the probability of each class; None when it is nothing."""
    if 1 - scores[0] < thresholds()["introduced entity"] or generic(form.key):
        return None  # as most forms: the second model is not asked
    kind = CLASSES[max(range(1, len(CLASSES)), key=scores.__getitem__)]
    introduced = introduced_score(form.features, kind, scores) if may_be_new(form.features) else 0.0
    return decide(form, scores, introduced, thresholds())


def likeliest(scores: Sequence[float], least: Mapping[str, float]) -> str:
    """The kind whose score is highest beside its threshold."""
    return max(CLASSES[1:], key=lambda kind: scores[CLASSES.index(kind)] / least[kind])


def decide(form: Form, scores: Sequence[float], introduced: float, least: Mapping[str, float]) -> Verdict | None:
    """The verdict from the probabilities of the classes and of being introduced, by the thresholds `least`."""
    if 1 - scores[0] < least["introduced entity"] or generic(form.key):
        return None
    kind = likeliest(scores, least)
    best = CLASSES.index(kind)
    is_new = introduced >= least["introduced"] and not established(form)
    if scores[best] < least[kind] and not is_new:
        return None
    evidence = _evidence(form, kind, is_new)
    name = next((f.name for f in form.found if f.name and f.stage == "gazetteer"), "")
    newness = (introduced if not established(form) else 0.0) - least["introduced"]
    return Verdict(kind, round(max(scores[best], 0.01), 4), is_new, evidence[0], evidence[1], name, newness)


def established(form: Form) -> bool:
    """A common name of the lexicon (`convolutional neural network`): nobody's own unless the title begins with it."""
    known = any(f.name and f.name == f.name.casefold() for f in form.found if f.stage == "gazetteer")
    return known and "opens title" not in form.features


def _evidence(form: Form, kind: str, introduced: bool) -> tuple[str, str]:
    """The stage and cue to show: the strongest finding, an introduction first if it is one."""
    if not form.found:
        return "chunks", form.key.split()[-1]
    ranked = sorted(
        form.found,
        key=lambda f: (introduced and f.role != "introduces", f.kind != kind, -f.score, f.start, f.cue),
    )
    return ranked[0].stage, ranked[0].cue


def _join_abbreviations(verdicts: dict[str, Verdict], pairs: Pairs) -> None:
    """A short form and its long form are one thing: the surer verdict counts for both, under the long form's name."""
    for short, long in pairs.items():
        if generic(key(long)):  # `DNN` is no more a name than what it stands for
            verdicts.pop(key(short), None)
            continue
        one, other = verdicts.get(key(short)), verdicts.get(key(long))
        sure = max((v for v in (one, other) if v), key=lambda v: (v.score, v.kind), default=None)
        if sure is None:
            continue
        newness = sum(v.newness for v in {key(short): one, key(long): other}.values() if v)
        introduced = newness > 0  # both say so on the average
        for form in (key(short), key(long)):
            own = verdicts.get(form, sure)
            verdicts[form] = Verdict(sure.kind, sure.score, introduced, own.stage, own.cue, long, newness)


def _best_set(places: list[tuple[int, int, Verdict]]) -> list[tuple[int, int, Verdict]]:
    """The non-overlapping places with the highest total; a longer place wins over its equal parts."""
    ordered = sorted(places, key=lambda p: (p[1], p[0], p[2].kind))
    ends = [p[1] for p in ordered]
    best: list[float] = [0.0]
    take: list[bool] = []
    for i, (start, end, verdict) in enumerate(ordered):
        worth = verdict.score + 0.15 * (end - start) + (0.5 if verdict.introduced else 0)
        with_it = worth + best[bisect_right(ends, start, 0, i)]
        take.append(with_it > best[-1])
        best.append(max(with_it, best[-1]))
    out = []
    i = len(ordered) - 1
    while i >= 0:
        if take[i]:
            out.append(ordered[i])
            i = bisect_right(ends, ordered[i][0], 0, i) - 1
        else:
            i -= 1
    return out[::-1]
