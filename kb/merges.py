"""Which records were joined to one paper, and by what, most doubtful first: for a reader to look through. Pure."""

from collections import Counter
from typing import Any

import polars as pl

from extract.records import Paper
from kb.identity import identifiers
from kb.record_joins import rule_key, rule_keys
from kb.tables import Tables, record_rows

Row = dict[str, Any]

DOUBT = ("likeness", "title", "weak identifier", "doi", "identifier", "alias file", "no title", "the same record")
"""What joins records, most doubtful first: machines give weak identifiers, volumes have DOIs too. A record
without a title (an abstract, a list of references) can join its paper by an identifier alone."""

_WEAK = ("openalex", "s2", "corpusid", "mag", "id")


def merges(tables: Tables, *, limit: int | None = None) -> Row:
    """The records that were joined to others, most doubtful first, and how many wait for their paper.

    `joined` has a row a record, at most `limit`: paper (id), how (one of DOUBT), by (an identifier, "title",
    "likeness", "the same record", a line of the alias file), title, source (file:line), to and to_title (the record it
    was joined to), line (of an alias file, that keeps the two apart; empty where they have no names of their own, and
    where a line joined them: that one is to be deleted). `counts`: how -> records, of all; `waiting`: records without a
    title whose paper no source gives.
    """
    by_source: dict[tuple[str, str], Paper] = {}
    held = []
    rows = tables.records.select(pl.col("paper").fill_null(""), pl.col("by", "to").fill_null(""))
    for (paper, by, to), record in zip(rows.iter_rows(), record_rows(tables.records), strict=True):
        if paper:
            by_source.setdefault((paper, _source(record)), record)
            if by:
                held.append((DOUBT.index(_how(by, record)), paper, _source(record), by, to, record))
    held.sort(key=lambda row: row[:3])
    found = Counter(DOUBT[row[0]] for row in held)
    return {
        "joined": [_row(*row[1:], by_source.get((row[1], row[4]))) for row in held[:limit]],
        "counts": {how: found[how] for how in DOUBT if how in found},
        "waiting": int((rows["paper"] == "").sum()),
    }


def _source(record: Paper) -> str:
    return record.sources[0] if record.sources else ""


def _row(paper: str, source: str, by: str, to: str, record: Paper, other: Paper | None) -> Row:
    how = _how(by, record)
    return {
        "paper": paper, "how": how, "by": by, "title": record.title, "source": source, "to": to,
        "to_title": other.title if other else "",
        "line": _line(other, record) if other and how != "alias file" else "",
    }  # fmt: skip


def _how(by: str, record: Paper) -> str:
    """The kind of a join, of DOUBT."""
    if by in DOUBT:
        return by
    if by.startswith("line "):
        return "alias file"
    if not record.title:
        return "no title"
    scheme = by.partition(":")[0]
    return "weak identifier" if scheme in _WEAK else "doi" if scheme == "doi" else "identifier"


def _line(one: Paper, other: Paper) -> str:
    """The line that keeps two records apart, where each has a name that the other lacks."""
    first, second = _name(one, other), _name(other, one)
    return f"apart: paper: {first} = {second}" if first and second else ""


def _name(record: Paper, other: Paper) -> str:
    """What a record alone answers to: an identifier, its own id, its title."""
    theirs = {*rule_keys(other)}
    mine = {*rule_keys(record)} - theirs
    named = [*sorted(identifiers(record), key=lambda i: i.startswith("id:")), record.id, record.title]
    return next((name for name in named if " = " not in name and name.strip() and rule_key(name) in mine), "")
