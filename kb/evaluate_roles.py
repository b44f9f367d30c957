"""Counting the roles of entities against a gold file of roles."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from extract.counting import gold_fold, rates
from extract.records import ROLES
from kb.gold import ROLES as ROLE_LABELS
from kb.gold import Evaluation, Row, bounds, read_gold
from kb.schema import ROLE_EDGES

if TYPE_CHECKING:
    from kb.tables import Tables

Pair = tuple[str, str]
"""The role in the gold file and the one found."""


def evaluate_roles(gold: str | Path, tables: "Tables") -> Evaluation:
    """Count roles against a gold file of roles, over the entities that were found.

    One paper a line: {"title", "roles": [{"name", "type", "role"}]}. An entity is found when its name or a form of it
    in that paper equals the gold name, folded, and its kind is the gold type. `scores` has the roles, `all` (its three
    rates are the share of right roles) and `all but introduces`. Raises SourceError when the gold file is none.
    """
    papers = read_gold(gold, ROLE_LABELS, unique="title")
    held = _held_roles(tables)
    out = Evaluation(absent=[p["title"] for p in papers if p["title"] not in held])
    told: list[list[Pair]] = []  # of each paper
    for paper in papers:
        mine = held.get(paper["title"], {})
        told.append([])
        for label in paper["roles"]:
            if found := mine.get((label["type"], gold_fold(label["name"]))):
                told[-1].append((label["role"], found))
                if found != label["role"]:
                    out.errors.append(_error(label, found, paper["title"]))
    confused = Counter(pair for pairs in told for pair in pairs)
    names = [role for role in ROLES if any(role in pair for pair in confused)] or list(ROLES)
    out.confusions = [{"gold": g, **{role: confused[g, role] for role in names}} for g in names]
    out.scores = [_scored(name, [_role_counts(pairs, name) for pairs in told]) for name in names]
    for name, left in (("all", ""), ("all but introduces", "introduces")):
        out.scores.append(_scored(name, [_right_of([p for p in pairs if p[0] != left]) for pairs in told]))
    return out


def _error(label: Row, found: str, title: str) -> Row:
    return {
        "error": "wrong",
        "type": label["role"],
        "name": label["name"],
        "cause": f"taken for {found}",
        "title": title,
    }


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


def _role_counts(pairs: Sequence[Pair], role: str) -> list[int]:
    """Right, predicted, right and gold labels of one role."""
    right = sum(gold == found == role for gold, found in pairs)
    return [right, sum(found == role for _, found in pairs), right, sum(gold == role for gold, _ in pairs)]


def _right_of(pairs: Sequence[Pair]) -> list[int]:
    right = sum(gold == found for gold, found in pairs)
    return [right, len(pairs), right, len(pairs)]


def _scored(name: str, counts: Sequence[Sequence[int]]) -> Row:
    row = rates(name, [sum(column) for column in zip(*counts, strict=True)])
    first = {"role": row["type"], **{c: row[c] for c in ("precision", "recall", "f1")}}
    return {**first, **bounds(counts), "predicted": row["predicted"], "gold": row["gold"]}
