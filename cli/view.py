"""The command that opens the graph in a browser."""

import sys
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.export import STDOUT, stream
from cli.options import (
    DEFAULT_KB,
    Around,
    Graph,
    Hops,
    Json,
    Kb,
    Kinds,
    MinWeight,
    Quiet,
    Significance,
    Since,
    Top,
    selection,
)
from cli.output import note, put_json, put_lines
from kb.errors import UsageError

if TYPE_CHECKING:
    from kb.view.serve import Server


def view(
    names: Around = None,
    out: Annotated[
        str | None, typer.Option("--out", "-o", metavar="FILE", help="Where to write; - is stdout, else papers.html.")
    ] = None,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open it in the browser.")] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Serve it from here: for a graph of any size.")] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help="Where to serve; 0 is any.")] = 0,
    graph: Graph = "full",
    hops: Hops = None,
    kind: Kinds = None,
    min_weight: MinWeight = 0.0,
    top: Top = None,
    since: Since = None,
    significance: Significance = None,
    kb: Kb = DEFAULT_KB,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the graph as a page to explore: search, read, see why.

    The page is one file that needs no network; send it to whom you like. With --serve it begins with the communities
    and asks for what you open, on this machine alone, until Ctrl-C.

    Options such as --graph and --top take a part, as in kb export.

    \b
    Example: kb view --open
             kb view ICON --hops 2 --out icon.html
    """
    import kb as library

    wanted = selection(graph, names, hops, kind, min_weight, top, since, significance)
    if serve and out is not None:
        raise UsageError("--serve writes no file: leave out --out, or --serve")
    if port and not serve:
        raise UsageError("--port is where to serve: add --serve")
    target = "papers.html" if out is None else out
    if open_ and target in STDOUT:
        raise UsageError("--open opens a file: name one with --out")
    with library.open(kb) as base:
        if serve:
            return run(base.viewed(port=port, **wanted), open_, as_json)
        if target in STDOUT:
            return stream(lambda file: base.view(file, **wanted))
        base.view(target, **wanted)
    if as_json:
        put_json({"path": target})
    note(f"wrote {target}", quiet or as_json)
    if open_:
        webbrowser.open(Path(target).resolve().as_uri())
    return None


def run(server: "Server", open_: bool, as_json: bool) -> None:
    """Serve until Ctrl-C, after a line on stdout that says where."""
    address = f"http://127.0.0.1:{server.server_port}/"
    if as_json:
        put_json({"url": address})
    else:
        put_lines([address])
    sys.stdout.flush()
    if open_:
        webbrowser.open(address)
    with server, suppress(KeyboardInterrupt):
        server.serve_forever()
