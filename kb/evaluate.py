"""Counting extracted entities against a gold file: how many are right, how sure the count is, what went wrong.

A gold file has one paper a line: {"title", "introduces": [{"name", "type"}], "methods": [{"name", "mentions": [..]}],
"datasets": .., "tasks": .., "metrics": .., "concepts": ..}. Counting is per paper and distinct entity: an entity is
right when one of its forms equals, folded, a form of a gold entity of its type in the same paper. `introduced`
ignores the type. Concepts: read the recall, the gold lists at most eight a paper.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extract.counting import TYPES, Row, count_paper, forms_of, introduced_forms, new_counts, result
from kb.gold import ENTITIES, Evaluation, bounds, read_gold

if TYPE_CHECKING:
    from kb.tables import Tables

NONE = "none"
"""In a confusion: no entity of any kind."""


@dataclass(frozen=True, slots=True)
class _Entity:
    """An entity of one paper, of the gold or of the program."""

    type: str
    name: str
    forms: frozenset[str]


def evaluate(gold: str | Path, predictions: "Tables | Iterable[Mapping[str, Any]]") -> Evaluation:
    """Count entities against a gold file.

    `predictions` are tables, or rows as `kb export mentions` writes them: {"title", "type", "name", "mentions",
    "introduced"}. `scores` has the types, `core` (the four types but concepts), `untyped core` and `introduced`.
    Raises SourceError when the gold file is none.
    """
    papers = read_gold(gold, ENTITIES, unique="title")
    rows = predictions if isinstance(predictions, Iterable) else _exported(predictions)
    held: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        held[row["title"]].append(row)
    out = Evaluation(absent=[p["title"] for p in papers if p["title"] not in held])
    confused: Counter[tuple[str, str]] = Counter()
    for paper in papers:
        mine = held.get(paper["title"], ())
        confused.update(_confusions(paper, mine))
        out.errors += _errors(paper, mine)
    out.scores = _scores(papers, held)
    out.confusions = [{"gold": g, **{t: confused[g, t] for t in (*TYPES, NONE)}} for g in (*TYPES, NONE)]
    return out


def _exported(tables: "Tables") -> list[Row]:
    from kb.export.mentions import mention_rows

    return mention_rows(tables).to_dicts()


def _scores(papers: Sequence[Row], held: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Row]:
    """The rates of each type over all papers, with their bounds."""
    single = []
    for paper in papers:
        counts = new_counts()
        count_paper(counts, paper, held.get(paper["title"], ()))
        single.append(counts)
    whole = new_counts()
    for counts in single:
        for name, count in counts.items():
            whole[name] = [a + b for a, b in zip(whole[name], count, strict=True)]
    out = []
    for row in result(whole):
        limits = bounds([counts[row["type"]] for counts in single])
        first = {c: row[c] for c in ("type", "precision", "recall", "f1")}
        out.append({**first, **limits, "predicted": row["predicted"], "gold": row["gold"]})
    return out


def _gold_entities(paper: Row) -> list[_Entity]:
    return [_Entity(t, e["name"], frozenset(forms_of(e))) for t in TYPES for e in paper[t + "s"]]


def _own_entities(rows: Iterable[Mapping[str, Any]]) -> list[_Entity]:
    return [_Entity(e["type"], e["name"], frozenset(forms_of(e))) for e in rows]


def _same(entity: _Entity, others: Sequence[_Entity]) -> _Entity | None:
    """The other side's entity with a form in common: of the same type if there is one."""
    shared = [o for o in others if o.forms & entity.forms]
    return next((o for o in shared if o.type == entity.type), shared[0] if shared else None)


def _confusions(paper: Row, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    gold, mine = _gold_entities(paper), _own_entities(rows)
    for entity in gold:
        found = _same(entity, mine)
        yield entity.type, found.type if found else NONE
    for entity in mine:
        if not _same(entity, gold):
            yield NONE, entity.type


def _errors(paper: Row, rows: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """Missed and wrong entities of one paper with their causes; then what is new in it, of things found or not."""
    rows = list(rows)
    gold, mine = _gold_entities(paper), _own_entities(rows)
    for error, here, there in (("missed", gold, mine), ("wrong", mine, gold)):
        for entity in here:
            other = _same(entity, there)
            if other is None or other.type != entity.type:
                cause, beside = _cause(error, entity, other, there)
                yield _error(error, entity.type, entity.name, cause, beside, paper)
    new = [frozenset(introduced_forms(paper, e)) for e in paper["introduces"]]
    said = [entity for entity, row in zip(mine, rows, strict=True) if row.get("introduced")]
    for label, forms in zip(paper["introduces"], new, strict=True):
        if not any(forms & e.forms for e in said):
            cause = "not seen as new" if any(forms & e.forms for e in mine) else "nothing found"
            yield _error("missed", "introduced", label["name"], cause, "", paper)
    for entity in said:
        if not any(forms & entity.forms for forms in new):
            cause = "not new" if _same(entity, gold) else "not annotated"
            yield _error("wrong", "introduced", entity.name, cause, "", paper)


def _cause(error: str, entity: _Entity, other: _Entity | None, there: Sequence[_Entity]) -> tuple[str, str]:
    if other:
        return "another type", f"{other.type}: {other.name}"
    near = next((o for o in there if _overlap(entity, o)), None)
    if near:
        return "another boundary", f"{near.type}: {near.name}"
    return ("nothing found" if error == "missed" else "not annotated"), ""


def _overlap(one: _Entity, other: _Entity) -> bool:
    """Whether a form of one holds a form of the other, whole words."""
    return any(f" {a} " in f" {b} " or f" {b} " in f" {a} " for a in one.forms for b in other.forms)


def _error(error: str, kind: str, name: str, cause: str, beside: str, paper: Row) -> Row:
    return {"error": error, "type": kind, "name": name, "cause": cause, "beside": beside, "title": paper["title"]}
