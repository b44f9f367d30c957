"""The commands that tell what happened to papers: what differs between two bases, which records were joined."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import DEFAULT_KB, Json, Kb, Limit, Quiet
from cli.output import counted, note, on_terminal, put_blocks, put_json, put_lines, put_rows

Row = dict[str, Any]

_LISTED = ("what", "change", "name", "detail")
_JOINED = ("how", "by", "title", "to_title", "line")


def diff(
    a: Annotated[Path, typer.Argument(metavar="A", help="The knowledge base before.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="The knowledge base after.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write all to a .json, .jsonl or .csv file.")
    ] = None,
    weights: Annotated[
        bool, typer.Option("--weights", help="List edges too of which weights or evidence alone changed.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="Rows of each kind of change.")] = 5,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Tell what came, went and changed between two knowledge bases. What they were made of comes first.

    joined: several of A are one in B; parted: one of A is several in B; moved: a paper was read elsewhere;
    reweighted: an edge's weight or evidence changed, not its role.

    \b
    Example: kb diff old.kb papers.kb --out changes.csv
    """
    import kb as library
    from kb.diff import check_out, write_diff

    if out:
        check_out(out, a, b)  # before the work, not after it
    found = library.diff(a, b, limit=None if out else limit, weights=weights)
    if out:
        write_diff(found, out)
        found["changes"] = list(_first(found["changes"], limit))
    if as_json:
        put_json(found)
    elif found["same"]:
        put_lines([f"{a} and {b} hold the same: {counted(found['a']['papers'], 'paper')}, no difference"])
    else:
        _put_diff(found)
    if not found["same"] and not found["summary"]:
        note("what they were made of differs, the graphs do not", quiet)
    if _cut(found, limit):
        note(f"the first {limit} of each; --limit N for more, --out FILE for all", quiet)
    if out:
        note(f"wrote {out}", quiet)


def merges(limit: Limit = 50, kb: Kb = DEFAULT_KB, as_json: Json = False, quiet: Quiet = False) -> None:
    """List records that were joined to one paper, and by what. Most doubtful first: by likeness, then by title.

    To part two, write "apart: paper: A = B" into your alias file, A and B being identifiers or titles of the two
    records (the column "line" has it ready), then run "kb aliases apply FILE". To join two: "same: paper: A = B".

    \b
    Example: kb merges --limit 20
    """
    import kb as library

    with library.open(kb) as base:
        found = base.merges(limit=limit)
    if as_json:
        put_json(found)
    else:
        put_rows(found["joined"], _JOINED, piped=("paper", "source", "to"))
    _note_merges(found, limit, quiet)


def _note_merges(found: Row, limit: int, quiet: bool) -> None:
    total = sum(found["counts"].values())
    if not total:
        note("none: every record is a paper of its own", quiet)
    else:
        told = ", ".join(f"{n} by {how}" for how, n in found["counts"].items())
        note(f"{counted(total, 'record')} joined: {told}", quiet)
        note('to part two: a line "apart: paper: A = B" in a file, then kb aliases apply FILE --preview', quiet)
    if total > limit:
        note(f"{limit} of {total}; --limit N for more", quiet)
    if waiting := found["waiting"]:
        verb, whose = ("waits", "its") if waiting == 1 else ("wait", "their")
        note(f"{counted(waiting, 'record')} without a title {verb} for {whose} paper", quiet)


def _put_diff(found: Row) -> None:
    """What the bases were made of, then the counts, then the changes of the graph."""
    made = [row for row in found["changes"] if row["what"].islower()]
    rest = [row for row in found["changes"] if not row["what"].islower()]
    counts = [c for c in (found["summary"] or [{}])[0] if not on_terminal() or any(r[c] for r in found["summary"])]
    listed = _LISTED if on_terminal() else (*_LISTED, "id", "was")
    put_blocks([("", ("what", "change", "id", "detail"), made), ("", counts, found["summary"]), ("", listed, rest)])


def _first(changes: Sequence[Row], limit: int) -> Iterator[Row]:
    """The first `limit` of each kind of change of each label and type, and all of what bases were made of."""
    seen: Counter[tuple[str, str]] = Counter()
    for row in changes:
        seen[row["what"], row["change"]] += 1
        if seen[row["what"], row["change"]] <= limit or row["what"].islower():
            yield row


def _cut(found: Row, limit: int) -> bool:
    """Whether of some kind of change not all are listed."""
    shown = {(row["what"], row["change"]) for row in found["changes"]}
    return any(row[change] > limit for row in found["summary"] for change in row if (row["what"], change) in shown)
