"""Counting extracted entities against annotated papers: per paper and distinct entity, surface forms folded.

An entity is right when one of its forms equals, folded, a form of a gold entity of its type in the same paper;
`introduced` ignores the type. `kb evaluate` and `extract.training.crossval` both count here.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

TYPES = ("method", "dataset", "task", "metric", "concept")
CORE = TYPES[:4]
Row = dict[str, Any]
Counts = dict[str, list[int]]
_Forms = list[set[str]]
_MARKS = re.compile(r"[\"'`$\\{}^“”‘’]")
_BLANKS = re.compile(r"[-‐-―_/\s]+")
_ARTICLE = re.compile(r"^(the|a|an) ")


def gold_fold(text: str) -> str:
    """Folding as the gold is counted: case, hyphens, quotes and LaTeX marks, last plural, leading article.

    Weaker than `kb.fold` on purpose: the count must not depend on the program it judges.
    """
    text = _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold())
    text = _ARTICLE.sub("", _BLANKS.sub(" ", text).strip(" .,;:()"))
    *first, last = text.split(" ")
    if len(last) > 3 and last.endswith("ies"):
        last = last[:-3] + "y"
    elif len(last) > 4 and re.search(r"(ss|sh|ch|x|z)es$", last):
        last = last[:-2]
    elif len(last) > 3 and last.endswith("s") and not last.endswith(("ss", "us", "is")):
        last = last[:-1]
    return " ".join([*first, last])


def forms_of(entity: Mapping[str, Any]) -> set[str]:
    """The folded forms of an entity, its name among them."""
    return {gold_fold(form) for form in (*entity["mentions"], entity["name"])}


def introduced_forms(paper: Mapping[str, Any], entity: Mapping[str, str]) -> set[str]:
    """The forms of an introduced thing: those of its entry in the list of its type."""
    listed = (x["mentions"] for x in paper.get(entity["type"] + "s", ()) if x["name"] == entity["name"])
    return forms_of({"name": entity["name"], "mentions": next(listed, [])})


def count_paper(counts: Counts, paper: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> None:
    """Add one paper's counts; `rows` are its entities: {"type", "name", "mentions", "introduced"}."""
    rows = list(rows)
    gold = {t: [forms_of(e) for e in paper[t + "s"]] for t in TYPES}
    mine = {t: [forms_of(e) for e in rows if e["type"] == t] for t in TYPES}
    for t in TYPES:
        _count(counts[t], mine[t], gold[t])
    for t in CORE:
        _count(counts["core"], mine[t], gold[t])
    _count(counts["untyped core"], [m for t in CORE for m in mine[t]], [g for t in CORE for g in gold[t]])
    new = [forms_of(e) for e in rows if e["type"] in TYPES and e.get("introduced")]
    _count(counts["introduced"], new, [introduced_forms(paper, e) for e in paper["introduces"]])


def new_counts() -> Counts:
    """Counts at zero: name -> right predictions, predictions, found gold entities, gold entities."""
    return defaultdict(lambda: [0, 0, 0, 0])


def result(counts: Counts) -> list[Row]:
    """Rows {"type", "precision", "recall", "f1", "predicted", "gold"}: the types, core, untyped core, introduced."""
    return [rates(name, counts[name]) for name in (*TYPES, "core", "untyped core", "introduced")]


def _count(into: list[int], mine: _Forms, gold: _Forms) -> None:
    """Add right and all predictions, found and all gold entities."""
    into[0] += sum(any(m & g for g in gold) for m in mine)
    into[1] += len(mine)
    into[2] += sum(any(m & g for m in mine) for g in gold)
    into[3] += len(gold)


def rates(name: str, count: Sequence[int]) -> Row:
    """Precision, recall and F1 of one line of counts."""
    right, predicted, found, gold = count
    p = right / predicted if predicted else 0.0
    r = found / gold if gold else 0.0
    f1 = 2 * p * r / (p + r) if p + r else 0.0
    rounded = {"precision": round(p, 4), "recall": round(r, 4), "f1": round(f1, 4)}
    return {"type": name, **rounded, "predicted": predicted, "gold": gold}
