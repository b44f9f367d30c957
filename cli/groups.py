"""The commands about communities."""

from typing import Annotated, Any

import typer

from cli.ask import opened
from cli.options import DEFAULT_KB, Json, Kb, Kind, Limit, Quiet, Store
from cli.output import Block, note_found, put_blocks, put_json, put_rows

_MOST_JOINED = 4  # communities told beside a bridge


def communities(
    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", min=1, help="Tell of this one: its papers, names, neighbours.")
    ] = None,
    limit: Limit = 25,
    kb: Kb = DEFAULT_KB,
    store: Store = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List the communities of papers. Greatest first, named by what tells them from the rest.

    \b
    Example: kb communities 1 --limit 5
    """
    with opened(kb, store, quiet) as base:
        if number is None:
            rows = base.communities(limit=limit)
        else:
            answer = base.community(number, limit=limit)
    if number is not None:
        if as_json:
            put_json(answer)
        else:
            put_blocks(_blocks(answer))
        return
    if as_json:
        put_json(rows)
        return
    years = ("first_year", "last_year") if any(row["first_year"] is not None for row in rows) else ()
    put_rows(rows, ("community", "papers", *years, "name"))
    note_found(rows, limit, quiet, none="no communities: no three papers are linked")


def bridges(
    kind: Kind = None,
    limit: Limit = 10,
    kb: Kb = DEFAULT_KB,
    store: Store = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List the papers and entities that join communities. By how many shortest paths lead through them.

    \b
    Example: kb bridges --kind paper
    """
    with opened(kb, store, quiet) as base:
        rows = base.bridges(kind=kind, limit=limit)
    if as_json:
        put_json(rows)
        return
    shown = [{**row, "joins": _joined(row["joins"])} for row in rows]
    columns = ("betweenness", "participation", "label", "name", "joins")
    put_rows(shown, columns, piped=("community", "id"))
    note_found(rows, limit, quiet, none="nothing joins communities here")


def _joined(touched: list[dict[str, Any]]) -> str:
    """The communities by number and the first of their names."""
    told = [f"{row['community']} {(row['name'] or '').split(', ')[0]}".strip() for row in touched[:_MOST_JOINED]]
    rest = len(touched) - len(told)
    return " | ".join(told) + (f" | {rest} more" if rest else "")


def _blocks(answer: dict[str, Any]) -> list[Block]:
    """The tables of one community."""
    dated = any(row["year"] is not None for row in answer["central"])
    return [
        ("", ("community", "papers", "name"), [answer]),
        ("Papers", ("pagerank", *(("year",) if dated else ()), "name", "id"), answer["central"]),
        ("Names", ("weight", "papers", "all_papers", "label", "name"), answer["entities"]),
        ("Shares most with", ("weight", "links", "community", "name"), answer["links"]),
    ]
