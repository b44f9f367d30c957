"""The command that opens the graph in a browser."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from cli.options import DEFAULT_KB, Json, Kb, Quiet
from cli.output import note, put_json


def view(
    out: Annotated[str, typer.Option("--out", "-o", metavar="FILE", help="Where to write.")] = "papers.html",
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open it in the browser.")] = False,
    kb: Kb = DEFAULT_KB,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the graph as a page to explore: search, read, see why.

    The page is one file that needs no network; send it to whom you like.

    \b
    Example: kb view --open
    """
    import kb as library

    with library.open(kb) as base:
        base.view(out)
    if as_json:
        put_json({"path": out})
    note(f"wrote {out}", quiet or as_json)
    if open_:
        webbrowser.open(Path(out).resolve().as_uri())
