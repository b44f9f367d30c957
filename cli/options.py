"""The options that every command takes, written once."""

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_KB = Path("papers.kb")

Kb = Annotated[Path, typer.Option("--kb", envvar="KB", metavar="DIR", help="The knowledge base.")]
Store = Annotated[
    str | None,
    typer.Option("--store", envvar="KB_STORE", metavar="URI", help="Ask a Neo4j server instead: bolt://host:7687."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="How many rows.")]
Kind = Annotated[
    str | None,
    typer.Option("--kind", metavar="KIND", help="Only paper, method, dataset, task, metric, concept or author."),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="An id, a title, a name or an alias, in any case.")]
Sources = Annotated[
    list[str], typer.Argument(metavar="SOURCE...", help="Files, directories or globs.", show_default=False)
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=FIELD", help="Read a table's COLUMN as FIELD; may be repeated."),
]
Workers = Annotated[
    str, typer.Option("--workers", metavar="N|auto", help="Processes that extract; auto takes what pays.")
]
