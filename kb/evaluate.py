"""Counting: extracted entities against a gold file, and canonicalisation against pairs of names.

A gold file has one paper a line: {"title", "introduces": [{"name", "type"}], "methods": [{"name", "mentions": [..]}],
"datasets": .., "tasks": .., "metrics": .., "concepts": ..}. Counting is per paper and distinct entity: an entity is
right when one of its forms equals, folded, a form of a gold entity of its type in the same paper. `introduced`
ignores the type. Concepts: read the recall, the gold lists at most eight a paper.
"""

import json
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extract.records import ROLES
from kb.errors import SourceError
from kb.schema import ROLE_EDGES

if TYPE_CHECKING:
    from kb.tables import Tables

TYPES = ("method", "dataset", "task", "metric", "concept")
CORE = TYPES[:4]
Row = dict[str, Any]
_Forms = list[set[str]]
_MARKS = re.compile(r"[\"'`$\\{}^“”‘’]")
_BLANKS = re.compile(r"[-‐-―_/\s]+")
_ARTICLE = re.compile(r"^(the|a|an) ")


def evaluate(gold: str | Path, predictions: "Tables | Iterable[Mapping[str, Any]]") -> list[Row]:
    """Precision, recall and F1 by type against a gold file.

    `predictions` are tables, or rows as `kb export mentions` writes them: {"title", "type", "name", "mentions",
    "introduced"}. Returns rows {"type", "precision", "recall", "f1", "predicted", "gold"}: the types, `core` (the
    four types but concepts), `untyped core`, `introduced`. Raises SourceError when the gold file is none.
    """
    papers = _read(gold, ("title", "introduces", *(t + "s" for t in TYPES)))
    rows = predictions if isinstance(predictions, Iterable) else _exported(predictions)
    held: dict[str, dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        held[row["title"]][row["type"]].append(row)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for paper in papers:
        _count_paper(counts, paper, held.get(paper["title"], {}))
    for kind in CORE:
        counts["core"] = [a + b for a, b in zip(counts["core"], counts[kind], strict=True)]
    return [_rates(name, counts[name]) for name in (*TYPES, "core", "untyped core", "introduced")]


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


def _forms(entity: Mapping[str, Any]) -> set[str]:
    return {gold_fold(form) for form in (*entity["mentions"], entity["name"])}


def _count_paper(
    counts: dict[str, list[int]], paper: Mapping[str, Any], got: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    gold = {t: [_forms(e) for e in paper[t + "s"]] for t in TYPES}
    mine = {t: [_forms(e) for e in got.get(t, ())] for t in TYPES}
    for t in TYPES:
        _count(counts[t], mine[t], gold[t])
    _count(counts["untyped core"], [m for t in CORE for m in mine[t]], [g for t in CORE for g in gold[t]])
    new = [_forms(e) for t in TYPES for e in got.get(t, ()) if e.get("introduced")]
    _count(counts["introduced"], new, [_introduced_forms(paper, e) for e in paper["introduces"]])


def _introduced_forms(paper: Mapping[str, Any], entity: Mapping[str, str]) -> set[str]:
    """The forms of an introduced thing: those of its entry in the list of its type."""
    listed = (x["mentions"] for x in paper[entity["type"] + "s"] if x["name"] == entity["name"])
    return _forms({"name": entity["name"], "mentions": next(listed, [])})


def _count(into: list[int], mine: _Forms, gold: _Forms) -> None:
    """Add right and all predictions, found and all gold entities."""
    into[0] += sum(any(m & g for g in gold) for m in mine)
    into[1] += len(mine)
    into[2] += sum(any(m & g for m in mine) for g in gold)
    into[3] += len(gold)


def _rates(name: str, count: Sequence[int]) -> Row:
    right, predicted, found, gold = count
    p = right / predicted if predicted else 0.0
    r = found / gold if gold else 0.0
    f1 = 2 * p * r / (p + r) if p + r else 0.0
    rates = {"precision": round(p, 4), "recall": round(r, 4), "f1": round(f1, 4)}
    return {"type": name, **rates, "predicted": predicted, "gold": gold}


def _exported(tables: "Tables") -> list[Row]:
    from kb.export.mentions import mention_rows

    return mention_rows(tables).to_dicts()


def evaluate_roles(gold: str | Path, tables: "Tables") -> list[Row]:
    """Precision, recall and F1 by role against a gold file of roles, over the entities that were found.

    One paper a line: {"title", "roles": [{"name", "type", "role"}]}. An entity is found when its name or a form of it
    in that paper equals the gold name, folded, and its kind is the gold type. Returns rows {"role", "precision",
    "recall", "f1", "predicted", "gold", "low", "high"}: the roles, `all` (its three rates are the share of right
    roles) and `all but introduces`; low and high bound 95 % of 1,000 resamplings of the papers: of F1.
    Raises SourceError when the gold file is none.
    """
    papers = _read(gold, ("title", "roles"))
    held = _held_roles(tables)
    told: list[list[tuple[str, str]]] = []  # of each paper: the gold role and the one found
    for paper in papers:
        mine = held.get(paper["title"], {})
        looked = ((label["role"], mine.get((label["type"], gold_fold(label["name"])))) for label in paper["roles"])
        told.append([(role, found) for role, found in looked if found])
    names = [role for role in ROLES if any(role in pair for pairs in told for pair in pairs)]
    samples = _samples(len(told))
    rows = []
    for name in names:
        counts = [_role_counts(pairs, name) for pairs in told]
        rows.append({**_role_rates(name, counts), **_bounds(counts, samples)})
    for name, left in (("all", set()), ("all but introduces", {"introduces"})):
        counts = [_right_of([p for p in pairs if p[0] not in left]) for pairs in told]
        rows.append({**_role_rates(name, counts), **_bounds(counts, samples)})
    return rows


_Counts = tuple[int, int, int]


def _held_roles(tables: "Tables") -> dict[str, dict[tuple[str, str], str]]:
    """Title -> type and folded form of an entity -> its role in that paper."""
    edges = tables.edges.filter(tables.edges["type"].is_in(list(ROLE_EDGES.values())))
    role_of = {edge: role for role, edge in ROLE_EDGES.items()}
    roles = {
        (source, target): role_of[kind] for source, target, kind in edges.select("source", "target", "type").iter_rows()
    }
    titles = dict(tables.papers.select("id", "title").iter_rows())
    kinds = {
        entity: (kind.lower(), name) for entity, kind, name in tables.entities.select("id", "kind", "name").iter_rows()
    }
    held: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for paper, entity, text in tables.mentions.select("paper", "entity", "text").iter_rows():
        if (paper, entity) in roles:
            kind, name = kinds[entity]
            for form in (text, name):
                held[titles[paper]].setdefault((kind, gold_fold(form)), roles[paper, entity])
    return held


def _role_counts(pairs: Sequence[tuple[str, str]], role: str) -> _Counts:
    """Right, predicted and gold labels of one role."""
    right = sum(gold == found == role for gold, found in pairs)
    return right, sum(found == role for _, found in pairs), sum(gold == role for gold, _ in pairs)


def _right_of(pairs: Sequence[tuple[str, str]]) -> _Counts:
    return sum(gold == found for gold, found in pairs), len(pairs), len(pairs)


def _role_rates(name: str, counts: Sequence[_Counts]) -> Row:
    right, predicted, gold = (sum(column) for column in zip(*counts, strict=True))
    rates = _rates(name, (right, predicted, right, gold))
    return {"role": rates.pop("type"), **rates}


def _samples(size: int) -> list[list[int]]:
    """The papers of each resampling, always the same."""
    chance = random.Random(0)
    return [chance.choices(range(size), k=size) for _ in range(1000)]


def _bounds(counts: Sequence[_Counts], samples: Sequence[Sequence[int]]) -> Row:
    values = []
    for sample in samples:
        right = sum(counts[i][0] for i in sample)
        if labels := sum(counts[i][1] + counts[i][2] for i in sample):  # a rare role is in no paper of some samples
            values.append(2 * right / labels)
    values.sort()
    cut = len(values) // 40
    return {"low": round(values[cut], 4), "high": round(values[-1 - cut], 4)}


def evaluate_pairs(path: str | Path) -> Row:
    """False and missed merges on pairs of names that are the same thing or are not.

    One pair a line: {"type", "a", "b", "same": bool, "why", "context"}; the `context` sentences, where there are
    some, are the corpus from which acronyms are learnt. All pairs are canonicalised together. Returns "pairs", "same",
    "distinct", "false_merges", "missed_merges", "proposed_of_missed" (how many of the missed `kb aliases propose`
    lists), and the pairs themselves under "errors" ({"error", "type", "a", "b", "why", "proposed"}).
    """
    from kb.aliases import propose

    pairs = _read(path, ("type", "a", "b", "same"))
    tables = _corpus(pairs)
    held = dict(tables.mentions.select("paper", "entity").iter_rows())
    asked = {frozenset((row["a_id"], row["b_id"])) for row in propose(tables, limit=None)}
    errors = []
    for i, pair in enumerate(pairs):
        a, b = held[f"{i}a"], held[f"{i}b"]
        if (a == b) != pair["same"]:
            told = {c: pair.get(c, "") for c in ("type", "a", "b", "why")}
            kind = "missed merge" if pair["same"] else "false merge"
            errors.append({"error": kind, **told, "proposed": frozenset((a, b)) in asked})
    missed = [e for e in errors if e["error"] == "missed merge"]
    same = sum(bool(pair["same"]) for pair in pairs)
    return {
        "pairs": len(pairs),
        "same": same,
        "distinct": len(pairs) - same,
        "false_merges": len(errors) - len(missed),
        "missed_merges": len(missed),
        "proposed_of_missed": sum(bool(e["proposed"]) for e in missed),
        "errors": errors,
    }


def _corpus(pairs: Sequence[Mapping[str, Any]]) -> "Tables":
    """Tables in which every name of a pair is the only mention of a paper of its own, and every context defines."""
    import polars as pl

    from extract.abbreviations import find_pairs
    from kb.canonical import canonicalise
    from kb.tables import MENTIONS, Tables, frame

    mentions = [_mention(f"{i}{side}", p["type"], p[side]) for i, p in enumerate(pairs) for side in "ab"]
    definitions = [
        (f"{i}c", found.short, found.long, context)
        for i, pair in enumerate(pairs)
        if (context := pair.get("context"))
        for found in find_pairs(context)
    ]
    defined = frame("definitions", definitions)
    bare = pl.DataFrame(mentions, schema={c: t for c, t in MENTIONS.items() if c != "entity"}, orient="row")
    made = canonicalise(bare, defined, papers=2 * len(pairs))
    papers, edges = frame("papers", []), frame("edges", [])
    return Tables(papers, frame("mentions", made.mentions), made.entities, edges, definitions=defined)


def _mention(paper: str, kind: str, name: str) -> Row:
    place = {"start": 0, "end": len(name), "sentence_start": 0, "sentence_end": len(name)}
    text = {"paper": paper, "kind": kind.capitalize(), "role": "mentions", "text": name, "name": name}
    return {**text, "field": "title", **place, "stage": "names", "cue": "pair", "score": 1.0}


def _read(path: str | Path, needed: Sequence[str]) -> list[Row]:
    """The objects of a JSON Lines file; raises SourceError that names the line when one lacks a needed field."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: not UTF-8 at byte {error.start}") from error
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise SourceError(f"{path}, line {number}: not JSON ({error})") from error
        except RecursionError:
            raise SourceError(f"{path}, line {number}: not JSON (nested too deeply)") from None
        lacking = [c for c in needed if not isinstance(row, dict) or c not in row]
        if lacking:
            raise SourceError(f'{path}, line {number}: no "{lacking[0]}"; is this the right kind of file?')
        rows.append(row)
    if not rows:
        raise SourceError(f"{path}: holds no line to evaluate")
    return rows
