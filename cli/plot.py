"""The command that draws the graph for print."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import DEFAULT_KB, Json, Kb, Quiet
from cli.output import counted, note, put_json


def plot(
    figure: Annotated[str, typer.Argument(metavar="FIGURE", help="communities, timeline, matrix or ego.")],
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Of ego: an id, a title, a name or an alias.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="A .png or .svg file; else FIGURE.png.")
    ] = None,
    top: Annotated[int | None, typer.Option("--top", metavar="N", min=1, help="How many to show.")] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help="Only method, dataset, task, metric or concept.")
    ] = None,
    kb: Kb = DEFAULT_KB,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Draw a picture for print: communities of papers, years, methods by what they go with, or what is around a node.

    timeline draws communities, or with --kind entities; matrix has tasks, or --kind, for columns.

    \b
    Example: kb plot ego NeRF --out nerf.svg
    """
    import kb as library

    target = out or Path(f"{figure}.png")
    with library.open(kb) as base:
        answer = base.plot(figure, target, name=name, top=top, kind=kind)
    if as_json:
        put_json({"path": str(target), **answer})
    note(f"wrote {target}: {_told(answer)}", quiet or as_json)


def _told(answer: Mapping[str, Any]) -> str:
    """What a picture shows, in numbers."""
    if answer["figure"] == "communities":
        return f"{counted(answer['drawn'], 'paper')}, {len(answer['communities'])} communities"
    if answer["figure"] == "timeline":
        return f"{counted(len(answer['rows']), 'row')}, {answer['years'][0]} to {answer['years'][-1]}"
    if answer["figure"] == "matrix":
        return f"{counted(len(answer['rows']), 'method')} by {counted(len(answer['columns']), answer['kind'].lower())}"
    return f"{counted(len(answer['papers']), 'paper')}, {len(answer['entities'])} entities"
