"""What the `paper:` lines of an alias file would change: the records of a knowledge base, settled anew."""

from collections.abc import Mapping, Sequence
from typing import Any

from extract.records import Paper
from kb.aliases import PAPER, AliasFile, Rule, outcome
from kb.identity import as_record
from kb.plan import plan_of
from kb.record_joins import rule_key, rule_keys
from kb.settle import Settled, settle
from kb.tables import Tables, paper_rows, record_rows

_Moves = set[tuple[str, str]]


def paper_preview(tables: Tables, file: AliasFile, gone: Sequence[Rule] = ()) -> dict[Rule, dict[str, Any]]:
    """Rule -> change (words), merged, split (ids of papers) and papers (how many these are).

    For the `paper:` lines of `file`, and for those of `gone`, which `tables` were made with and `file` lacks.
    """
    records = plan_of({"inputs": [], "options": {}}, tables).records
    before, after = _held(tables), _settled(settle(records, file.papers))
    rules = [*file.papers, *(rule for rule in gone if rule.kind == PAPER)]
    wanted = {rule_key(name) for rule in rules for name in rule.names}
    named: dict[str, set[Paper]] = {}
    for record in records:
        for key in wanted.intersection(rule_keys(record)):
            named.setdefault(key, set()).add(record)
    # One that waits for its paper, before or after, is no paper.
    moves = {r: (before[r], after[r]) for r in records if before.get(r) and after.get(r)}
    ends: dict[tuple[int, str], _Moves] = {}
    for pair in moves.values():
        for i in (0, 1):
            ends.setdefault((i, pair[i]), set()).add(pair)
    return {rule: _change(rule, named, moves, ends) for rule in rules}


def _change(
    rule: Rule,
    named: Mapping[str, set[Paper]],
    moves: Mapping[Paper, tuple[str, str]],
    ends: Mapping[tuple[int, str], _Moves],
) -> dict[str, Any]:
    found = {name: named.get(rule_key(name), set()) for name in rule.names}
    own = [moves[record] for held in found.values() for record in held if record in moves]
    merged, split, said = outcome(pair for move in own for i in (0, 1) for pair in ends[i, move[i]])
    missing = [f"no {name} here" for name, held in found.items() if not held]
    if not said and not missing and not rule.same and set.intersection(*found.values()):
        missing = ["one record has both names: it cannot be parted"]
    change = "; ".join(said + missing) or "changes nothing"
    return {"change": change, "merged": merged, "split": split, "papers": len({*merged, *split})}


def _held(tables: Tables) -> dict[Paper, str]:
    """Record -> the paper it is now, empty for one that waits."""
    rows = zip(record_rows(tables.records), tables.records["paper"], strict=True)
    several = {record: paper or "" for record, paper in rows}
    return {as_record(paper): paper.id for paper in paper_rows(tables.papers)} | several


def _settled(settled: Settled) -> dict[Paper, str]:
    """Record -> the paper it would be."""
    return {as_record(p): p.id for p in settled.papers} | {each.record: each.paper for each in settled.records}
