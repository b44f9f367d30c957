"""What came, what went and what changed between two knowledge bases on disk.

    what the bases were made of -> papers -> entities -> authors -> edges

Everything is compared by polars joins; only what differs becomes rows of Python. An edge is known by its ends under the
ids of B: a paper or entity with a new id, or joined to another one, takes its edges along.
"""

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from kb.diff_tables import CHANGE, author_changes, edge_changes, entity_changes, paper_changes
from kb.errors import UsageError
from kb.folder import locate, read_manifest, read_tables
from kb.matching import match_entities, match_papers
from kb.schema import EDGES, LABELS
from kb.tables import SCHEMAS

Row = dict[str, Any]

CHANGES = ("came", "went", "renamed", "joined", "parted", "changed", "moved", "reweighted")
"""The kinds of changes, in the order they are listed. `moved`: only where it was read differs; `reweighted`: only
numbers and the evidence of the same role do."""
COLUMNS = ("what", "change", "id", "was", "name", "detail")
SUFFIXES = (".json", ".jsonl", ".csv")

_MADE = ("program", "model", "option", "input")
_ORDER = {name: i for i, name in enumerate((*_MADE, *LABELS, *EDGES))}
_SHOWN_LINES = 200  # characters of an option's change


def diff(a: str | Path, b: str | Path, *, limit: int | None = None, weights: bool = False) -> Row:
    """What differs between the knowledge bases at `a` and `b`, from `a` to `b`, as plain values.

    `a`, `b`: path, build and counts of papers and mentions; `same`: whether nothing differs; `summary`: a row for each
    label and edge type with a count for each of CHANGES; `changes`: a row a change with COLUMNS, what the bases were
    made of first. `was` lists the ids before (of `parted`: the one id). `limit` bounds the rows of each kind of change;
    `weights` lists edges of which weights or evidence alone changed, which else are only counted. Raises StoreError
    and VersionError as `kb.open` does.
    """
    served = next((str(path) for path in (a, b) if str(path).startswith(("bolt:", "bolt+", "neo4j:", "neo4j+"))), "")
    if served:
        raise UsageError(f"diff compares folders, and {served[:80]} is a server")
    one, other = read_manifest(Path(a)), read_manifest(Path(b))
    made = list(_made(one, other))
    found = _compared(Path(a), Path(b), one, other, weights)
    listed = _sorted(found if weights else found.filter(pl.col("change") != "reweighted"))
    if limit is not None:
        listed = listed.filter(pl.int_range(pl.len()).over("what", "change") < limit)
    return {
        "a": _base(a, one),
        "b": _base(b, other),
        "same": not made and not len(found),
        "summary": _summary(found),
        "changes": made + listed.select(COLUMNS).to_dicts(),
    }


def write_diff(found: Mapping[str, Any], out: str | Path) -> None:
    """Write a diff whole: .json as one document, .jsonl a change a line, .csv a change a row (lists joined by " | ").

    Raises UsageError for another suffix, and where `out` lies in one of the two knowledge bases.
    """
    from kb.export.files import whole

    target = Path(out)
    check_out(target, found["a"]["path"], found["b"]["path"])
    with whole(target) as [file]:
        file.write(_written(found, target.suffix.lower()).encode("utf-8", "backslashreplace"))


def check_out(out: Path, *bases: str | Path) -> None:
    """Raise UsageError where a diff cannot be written."""
    if out.suffix.lower() not in SUFFIXES:
        raise UsageError(f"a diff is written to a .json, .jsonl or .csv file, not to {out}")
    place = Path(os.path.realpath(out))  # Path.resolve raises on a ring of links
    for base in bases:
        if place.is_relative_to(locate(Path(base))):
            raise UsageError(f"{out} lies in the knowledge base {base}: name a place outside")


def _written(found: Mapping[str, Any], suffix: str) -> str:
    if suffix == ".json":
        return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    if suffix == ".jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found["changes"])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([" | ".join(v) if isinstance(v, list) else v for v in row.values()] for row in found["changes"])
    return text.getvalue()


def _base(path: str | Path, manifest: Row) -> Row:
    counts = manifest["counts"]
    return {
        "path": str(path),
        "build": manifest.get("build"),
        "papers": counts["papers"],
        "mentions": counts["mentions"],
    }


def _compared(a: Path, b: Path, one: Row, other: Row, weights: bool) -> pl.DataFrame:
    """Every change of the graph."""
    old, new = read_tables(a), read_tables(b)
    if all(getattr(old, name).equals(getattr(new, name)) for name in SCHEMAS):
        return pl.DataFrame(schema=CHANGE)
    files = {path for path, row in _inputs(one).items() if row["sha256"] and _same_file(row, _inputs(other).get(path))}
    papers, entities = match_papers(old, new, files), match_entities(old, new)
    goes = pl.concat([papers.goes, entities.goes]).filter(pl.col("a") != pl.col("b"))
    return pl.concat(
        [
            *paper_changes(old, new, papers),
            *entity_changes(old, new, entities),
            *author_changes(old, new),
            *edge_changes(old, new, goes, weights=weights),
        ]
    )


def _sorted(found: pl.DataFrame) -> pl.DataFrame:
    """Changes by what changed and how."""
    ranked = found.with_columns(
        pl.col("what").replace_strict(_ORDER, return_dtype=pl.Int64).alias("place"),
        pl.col("change").replace_strict({name: i for i, name in enumerate(CHANGES)}).alias("kind"),
    )
    return ranked.sort("place", "kind", "id", "detail").select(COLUMNS)


def _summary(found: pl.DataFrame) -> list[Row]:
    """A row for each label and type that changed, with the number of each change."""
    counts: dict[str, dict[str, int]] = {}
    for what, change, number in found.group_by("what", "change").len().iter_rows():
        counts.setdefault(what, {})[change] = number
    return [
        {"what": what, **{change: counts[what].get(change, 0) for change in CHANGES}}
        for what in sorted(counts, key=_ORDER.__getitem__)
    ]


def _inputs(manifest: Row) -> dict[str, Row]:
    return {row["path"]: row for row in manifest["inputs"]}


def _same_file(row: Row, other: Row | None) -> bool:
    return other is not None and all(row.get(key) == other.get(key) for key in ("sha256", "map"))


def _made(one: Row, other: Row) -> Iterator[Row]:
    """What the bases were made of, where it differs: program, model, options, input files."""
    for what, key in (("program", "version"), ("model", "model")):
        if one.get(key) != other.get(key):
            yield _change(what, "changed", key, f"{one.get(key)} -> {other.get(key)}")
    before, after = one["options"], other["options"]
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield _change("option", "changed", name, _option(before.get(name), after.get(name)))
    old, new = _inputs(one), _inputs(other)
    for path in sorted({*old, *new}):
        if path not in old or path not in new:
            row = new.get(path) or old[path]
            yield _change("input", "came" if path in new else "went", path, f"{row['entries']} entries")
        elif not _same_file(old[path], new[path]):
            yield _change("input", "changed", path, _file(old[path], new[path]))


def _file(old: Row, new: Row) -> str:
    if "error" in new:
        return str(new["error"])
    if old["sha256"] and new["sha256"]:
        return f"{old['entries']} -> {new['entries']} entries"
    return "records were taken out" if old["sha256"] else "read whole again"


def _option(old: object, new: object) -> str:
    """`old -> new`; of an alias file the lines that came and went."""
    if not (isinstance(old, str) and isinstance(new, str)):
        return f"{old} -> {new}"
    before, after = old.splitlines(), new.splitlines()
    told = [f"+ {line}" for line in after if line not in before] + [f"- {line}" for line in before if line not in after]
    text = "; ".join(told) or "the order of its lines"
    return text if len(text) <= _SHOWN_LINES else text[: _SHOWN_LINES - 1] + "…"


def _change(what: str, change: str, id_: str, detail: str) -> Row:
    return dict(zip(COLUMNS, (what, change, id_, [], "", detail), strict=True))
