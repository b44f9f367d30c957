"""The command that writes a knowledge base in another format."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from cli.options import DEFAULT_KB, Json, Kb, Quiet
from cli.output import note, put_json
from kb.errors import UsageError

FOLDERS = ("browser", "csv", "neo4j-admin", "neo4j-admin-parquet")  # formats of several files
FILES = {
    "browser": "papers-browser",
    "csv": "papers-csv",
    "mentions": "mentions.jsonl",
    "neo4j-admin": "papers-neo4j",
    "neo4j-admin-parquet": "papers-neo4j",
}
"""What a format is written to when no -o is given, where that is not `papers.FORMAT`."""


def export(
    format: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT", help="graphml, csv, jsonl, mentions, browser, neo4j-admin or neo4j-admin-parquet."
        ),
    ],
    out: Annotated[str | None, typer.Option("--out", "-o", metavar="FILE", help="Where to write; - is stdout.")] = None,
    kb: Kb = DEFAULT_KB,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the graph in another format.

    graphml is for Gephi; mentions is one entity of one paper a line. Folders: csv; browser, questions and a style for
    the Neo4j Browser; neo4j-admin and neo4j-admin-parquet, for the server's own import tool.

    \b
    Example: kb export graphml -o papers.graphml
    """
    import kb as library

    target = FILES.get(format, f"papers.{format}") if out is None else out
    with library.open(kb) as base:
        if target != "-":
            base.export(format, target)
        elif format in FOLDERS:
            raise UsageError(f"{format} is a folder of files and cannot go to stdout: name a folder with -o")
        else:
            with tempfile.TemporaryDirectory() as folder:
                base.export(format, Path(folder) / "export")
                pour(Path(folder) / "export")
            return
    if as_json:
        put_json({"format": format, "path": target})
    note(f"wrote {target}", quiet or as_json)


def pour(path: Path) -> None:
    """Copy a file's bytes to stdout."""
    with path.open("rb") as stream:
        shutil.copyfileobj(stream, sys.stdout.buffer)
    sys.stdout.flush()
