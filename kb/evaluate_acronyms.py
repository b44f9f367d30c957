"""Counting what a knowledge base makes of acronyms with several long forms."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from extract.counting import gold_fold
from kb.acronyms import sense_key, short_key
from kb.gold import ACRONYMS, Row, read_gold

if TYPE_CHECKING:
    from kb.tables import Tables

SURE = 0.95
"""Of the papers that define an acronym, for one sense: then its bare uses are unambiguous too."""

Key = tuple[str, ...]


def evaluate_acronyms(gold: str | Path, tables: "Tables") -> list[Row]:
    """How acronyms fare: senses merged, and unambiguous uses joined with their long form.

    One acronym a line: {"acronym", "senses": [{"long", "papers", "forms": {form: papers}}]}. A use is a mention of the
    short form; it is unambiguous where its paper defines the acronym in one of the senses, or where SURE of the gold's
    papers agree on one. It is joined when its entity holds a form of that sense. Returns rows {"acronym", "senses",
    "found" (senses that have an entity), "merged" (pairs of senses that share one), "uses", "joined", "bare" (uses that
    are ambiguous), "guessed" (of those, in an entity of a sense)}, and a row `all`.
    Raises SourceError when the gold file is none.
    """
    rows = read_gold(gold, ACRONYMS, unique="acronym")
    entities = _entities_by_form(tables)
    defined = _defined(tables)
    uses = _uses(tables, {short_key(row["acronym"]) for row in rows})
    out = [_count(row, entities, defined, uses) for row in rows]
    total = {c: sum(row[c] for row in out) for c in out[0] if c != "acronym"}
    return [*out, {"acronym": "all", **total}]


def _entities_by_form(tables: "Tables") -> dict[str, set[str]]:
    """Folded form -> the entities that hold it; a short form says nothing of a sense and is none."""
    held: dict[str, set[str]] = defaultdict(set)
    for entity, text in tables.mentions.select("entity", "text").unique().iter_rows():
        held[gold_fold(text)].add(entity)
    return held


def _defined(tables: "Tables") -> dict[tuple[str, str], set[Key]]:
    """Paper and short form -> what the paper says it stands for."""
    held: dict[tuple[str, str], set[Key]] = defaultdict(set)
    for paper, short, long in tables.definitions.select("paper", "short", "long").iter_rows():
        held[paper, short_key(short)].add(sense_key(long))
    return held


def _uses(tables: "Tables", wanted: set[str]) -> dict[str, set[tuple[str, str]]]:
    """Short form -> papers and entities of its mentions."""
    held: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for paper, entity, text in tables.mentions.select("paper", "entity", "text").unique().iter_rows():
        if (short := short_key(text)) in wanted:
            held[short].add((paper, entity))
    return held


def _count(
    row: Row,
    entities: Mapping[str, set[str]],
    defined: Mapping[tuple[str, str], set[Key]],
    uses: Mapping[str, set[tuple[str, str]]],
) -> Row:
    short = short_key(row["acronym"])
    senses: Sequence[Row] = row["senses"]
    held = [set().union(*(entities.get(gold_fold(f), set()) for f in (s["long"], *s["forms"]))) for s in senses]
    keys = [{sense_key(form) for form in (s["long"], *s["forms"])} for s in senses]
    papers = [s["papers"] for s in senses]
    sure = [i for i, n in enumerate(papers) if n >= SURE * sum(papers)]
    out = dict.fromkeys(("uses", "joined", "bare", "guessed"), 0)
    for paper, entity in sorted(uses.get(short, ())):
        said = defined.get((paper, short), set())
        meant = [i for i, own in enumerate(keys) if own & said] if said else sure
        if len(meant) == 1:
            out["uses"] += 1
            out["joined"] += entity in held[meant[0]]
        elif not said:
            out["bare"] += 1
            out["guessed"] += any(entity in own for own in held)
    merged = sum(bool(a & b) for i, a in enumerate(held) for b in held[i + 1 :])
    found = sum(bool(own) for own in held)
    return {"acronym": row["acronym"], "senses": len(senses), "found": found, "merged": merged, **out}
