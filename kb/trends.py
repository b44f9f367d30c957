"""Questions of time: how often entities are named a year or a month, when they burst, what is new.

A paper lies in a year by its year and in a month by its date; what has neither is counted apart and never guessed.
"""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from kb.ask import DIGITS, Row, run
from kb.bursts import bursts
from kb.errors import NotFoundError, UsageError
from kb.schema import EDGES, ENTITIES, label_of
from kb.search import Node
from kb.stores import GraphStore

PERIODS = ("year", "month")

GAP = 120
"""Periods without any paper of the base that are still listed in a row: one paper dated 1024 would list a thousand."""

_SINCE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def trends(store: GraphStore, nodes: Sequence[Node], by: str) -> Row:
    """The papers that name entities, period by period, and the periods in which more do than their share.

    Periods run from the first in which one of the entities is named to the last in which the base has papers.
    Bursts (kb.bursts) are those of the shares over all periods of the base. NotFoundError where no paper is dated.
    """
    corpus, undated = _counted(run(store, "papers_by_date"), by)
    if not corpus:
        raise NotFoundError(_dateless("of this base", by))
    rows = [run(store, "trend", id=node.id) for node in nodes]
    counts = [_counted(own, by) for own in rows]
    firsts = [min(named) for named, _ in counts if named]
    if not firsts:
        names = " or ".join(f'"{node.name}"' for node in nodes)
        raise NotFoundError(_dateless(f"that name {names}", by))
    span = _span(corpus, min(firsts))
    entities = [
        {
            "id": node.id, "label": node.label, "name": node.name, "papers": named.total() + left, "undated": left,
            "first": _first(store, node.id, own), **_series(named, corpus, span, by),
        }
        for node, own, (named, left) in zip(nodes, rows, counts, strict=True)
    ]  # fmt: skip
    return {"by": by, "papers": corpus.total() + undated, "undated": undated, "entities": entities}


def period(by: str) -> str:
    """A length of time given in any case."""
    if by.strip().casefold() not in PERIODS:
        raise UsageError(f'no period "{by}"; there are: {", ".join(PERIODS)}')
    return by.strip().casefold()


def _dateless(which: str, by: str) -> str:
    if by == "month":
        return f"the papers {which} carry no dates, so no months; by year needs only years"
    return f"the papers {which} carry no years"


def _counted(rows: Iterable[Row], by: str) -> tuple[Counter[int], int]:
    """Papers by period, numbered without gaps, and how many lie in none."""
    found: Counter[int] = Counter()
    undated = 0
    for row in rows:
        number = _number(row, by)
        if number is None:
            undated += row["papers"]
        else:
            found[number] += row["papers"]
    return found, undated


def _number(row: Mapping[str, Any], by: str) -> int | None:
    """The period of a row: its year, or the months since the year 0."""
    if by == "month":
        return int(row["date"][:4]) * 12 + int(row["date"][5:7]) - 1 if row["date"] else None
    return row["year"] if row["year"] and 1 <= row["year"] <= 9999 else None


def _written(number: int, by: str) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}" if by == "month" else f"{number:04}"


def _span(corpus: Mapping[int, int], first: int) -> list[int]:
    """The periods from the first on; stretches that are empty for longer than GAP are left out."""
    held = sorted(number for number in corpus if number >= first)
    made = held[:1]
    for before, after in pairwise(held):
        made += range(before + 1, after) if after - before <= GAP + 1 else ()
        made.append(after)
    return made


def _series(named: Counter[int], corpus: Counter[int], span: Sequence[int], by: str) -> Row:
    """The periods of one entity and its bursts."""
    batches = sorted(corpus)
    found = bursts([named[number] for number in batches], [corpus[number] for number in batches])
    times = [(batches[burst.start], batches[burst.end], burst) for burst in found]
    return {
        "periods": [
            {
                "period": _written(number, by), "papers": named[number], "total": (total := corpus[number]),
                "share": round(named[number] / total, DIGITS) if total else None,
                "burst": sum(start <= number <= end for start, end, _ in times),
            }
            for number in span
        ],
        "bursts": [
            {
                "level": burst.level, "start": _written(start, by), "end": _written(end, by),
                "papers": sum(count for number, count in named.items() if start <= number <= end),
                "weight": round(burst.weight, DIGITS),
            }
            for start, end, burst in times
        ],
    }  # fmt: skip


def _first(store: GraphStore, id: str, rows: Iterable[Row]) -> Row | None:
    """The earliest paper that names an entity; where several may be, one that introduces it."""
    years = [number for row in rows if (number := _number(row, "year"))]
    if not years:
        return None
    found = run(store, "named_in_year", ids=[id], year=min(years))
    earliest = min((row["date"] for row in found if row["date"]), default=None)
    own = [row for row in found if row["date"] in (None, earliest)]  # known by its year alone, a paper may be first
    best = min(own, key=lambda row: (row["edge"] != "INTRODUCES", not row["date"], row["id"], _rank(row)))
    return {key: best[key] for key in ("id", "name", "year", "date", "edge", "sentence")}


def _rank(row: Row) -> int:
    return list(EDGES).index(row["edge"])


def new(store: GraphStore, since: datetime.date, *, kind: str | None, limit: int) -> list[Row]:
    """The entities that a paper introduces on or after a day and no paper names before it, newest first.

    A paper known by its year alone counts as of the last day of that year, one without a year not at all.
    """
    rows = run(store, "introduced_since", year=since.year, prefix=f"{kind.lower()}:" if kind else "")
    earliest: dict[str, Row] = {}
    for row in sorted((row for row in rows if _day(row) >= since), key=lambda row: (_day(row), row["paper"])):
        earliest.setdefault(row["id"], row)
    # Only in the year of that day itself can a paper be before it: entities of earlier years are not among the rows.
    doubtful = [id_ for id_, row in earliest.items() if row["first_year"] == since.year]
    known = run(store, "named_in_year", ids=doubtful, year=since.year) if doubtful and since != _start(since) else []
    old = {row["near"] for row in known if _day(row) < since}
    found = sorted((row for row in earliest.values() if row["id"] not in old), key=lambda row: row["id"])
    found = sorted(found, key=_day, reverse=True)[:limit]
    if not found and not _counted(run(store, "papers_by_date"), "year")[0]:
        raise NotFoundError(_dateless("of this base", "year"))
    return _told(store, found)


def _start(day: datetime.date) -> datetime.date:
    return day.replace(month=1, day=1)


def _day(row: Mapping[str, Any]) -> datetime.date:
    if row["date"]:
        return datetime.date.fromisoformat(row["date"])
    return datetime.date(min(row["year"], 9999), 12, 31)


def _told(store: GraphStore, found: Sequence[Row]) -> list[Row]:
    """The rows with names and sentences, which are asked for only of what is shown."""
    if not found:
        return []
    ids, papers = [row["id"] for row in found], sorted({row["paper"] for row in found})
    told = {(row["id"], row["paper"]): row for row in run(store, "introductions", ids=ids, papers=papers)}
    rows = [told[row["id"], row["paper"]] for row in found]
    return [{"id": row["id"], "label": label_of(row["id"]), **row} for row in rows]


def day(since: object) -> datetime.date:
    """The first day of a year, a month or a day written 2024, 2024-05 or 2024-05-01."""
    found = _SINCE.fullmatch(str(since).strip())
    try:
        if found:
            return datetime.date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        pass
    raise UsageError(f'since must be a date such as 2024, 2024-05 or 2024-05-01, not "{str(since)[:80]}"')


def introducible(label: str | None) -> str | None:
    """A kind of what papers introduce; papers themselves are not introduced."""
    if label is not None and label not in ENTITIES:
        raise UsageError(f"papers introduce no {label.lower()}s: kind must be one of {', '.join(ENTITIES)}")
    return label
