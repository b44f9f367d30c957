"""The command that writes a knowledge base in another format."""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
from cli.output import note, put_json
from kb.errors import UsageError

if TYPE_CHECKING:
    from kb.export import Look

FOLDERS = ("browser", "csv", "neo4j-admin", "neo4j-admin-parquet", "obsidian", "vosviewer")  # formats of several files
FILES = {
    "bibtex": "papers.bib",
    "browser": "papers-browser",
    "csv": "papers-csv",
    "cytoscape": "papers.cyjs",
    "edgelist": "edges.csv",
    "mentions": "mentions.jsonl",
    "neo4j-admin": "papers-neo4j",
    "neo4j-admin-parquet": "papers-neo4j",
    "obsidian": "papers-notes",
    "vosviewer": "papers-vosviewer",
}
"""What a format is written to when no -o is given, where that is not `papers.FORMAT`."""

STDOUT = ("-", "/dev/stdout")
"""Names of files that mean standard output."""


def export(
    format: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT",
            help="graphml, gexf, csv, jsonl, mentions, browser, neo4j-admin, neo4j-admin-parquet, edgelist, cytoscape, "
            "vosviewer, jsonld, bibtex, cypher or obsidian.",
        ),
    ],
    names: Around = None,
    out: Annotated[str | None, typer.Option("--out", "-o", metavar="FILE", help="Where to write; - is stdout.")] = None,
    graph: Graph = "full",
    hops: Hops = None,
    kind: Kinds = None,
    min_weight: MinWeight = 0.0,
    top: Top = None,
    since: Since = None,
    significance: Significance = None,
    colour: Annotated[
        str, typer.Option("--colour", metavar="BY", help="kind or community; in gexf, graphml, cytoscape.")
    ] = "kind",
    size: Annotated[
        str, typer.Option("--size", metavar="BY", help="papers or degree; in gexf, graphml, cytoscape.")
    ] = "papers",
    layout: Annotated[bool, typer.Option("--layout", help="Say where nodes lie; in gexf, graphml, cytoscape.")] = False,
    kb: Kb = DEFAULT_KB,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the graph in another format.

    graphml is for Gephi, networkx and others, gexf for Gephi, with lists and years; mentions is one entity of one paper
    a line; cypher is a script for any Neo4j. Folders: csv; vosviewer; obsidian, a note a paper and an entity; browser,
    questions and a style for the Neo4j Browser; neo4j-admin and neo4j-admin-parquet, for the server's own import tool.
    Options such as --graph and --top take a part: not in mentions, browser, neo4j-admin and neo4j-admin-parquet.

    --graph papers joins papers by what they share and cite, --graph entities joins what several papers name together.
    A node that a part leaves without its edges is left out.

    \b
    Example: kb export graphml -o papers.graphml
             kb export gexf ICON --hops 2 --top 100 --layout
             kb export graphml --graph entities --kind method --kind dataset --colour community
    """
    import kb as library

    wanted = selection(graph, names, hops, kind, min_weight, top, since, significance)
    look = _look(colour, size, layout)
    target = FILES.get(format, f"papers.{format}") if out is None else out
    with library.open(kb) as base:
        if target not in STDOUT:
            base.export(format, target, look=look, **wanted)
        elif format in FOLDERS:
            raise UsageError(f"{format} is a folder of files and cannot go to stdout: name a folder with -o")
        else:
            return stream(lambda file: base.export(format, file, look=look, **wanted))
    if as_json:
        put_json({"format": format, "path": target})
    note(f"wrote {target}", quiet or as_json)
    return None


def _look(colour: str, size: str, layout: bool) -> "Look | None":
    """What was asked for of looks; nothing where they are as always."""
    given: Look = {"colour": colour, "size": size, "layout": layout}
    return given if (colour, size, layout) != ("kind", "papers", False) else None


def stream(write: Callable[[Path], None]) -> None:
    """Let a file be written elsewhere, and its bytes go to stdout once it is whole."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "file")
        with (Path(folder) / "file").open("rb") as written:
            shutil.copyfileobj(written, sys.stdout.buffer)
    sys.stdout.flush()
