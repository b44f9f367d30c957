"""Counting canonicalisation against pairs of names."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.gold import PAIRS, Row, read_gold

if TYPE_CHECKING:
    from kb.tables import Tables


def evaluate_pairs(path: str | Path) -> Row:
    """False and missed merges on pairs of names that are the same thing or are not.

    One pair a line: {"type", "a", "b", "same": bool, "why", "context"}; the `context` sentences, where there are
    some, are the corpus from which acronyms are learnt. All pairs are canonicalised together. Returns "pairs", "same",
    "distinct", "false_merges", "missed_merges", "proposed_of_missed" (how many of the missed `kb aliases propose`
    lists), and the pairs themselves under "errors" ({"error", "type", "a", "b", "why", "proposed"}).
    """
    from kb.aliases import propose

    pairs = read_gold(path, PAIRS)
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
        if isinstance(context := pair.get("context"), str)
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
