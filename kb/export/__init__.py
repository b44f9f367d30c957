"""Writing a knowledge base out: one function a format, from tables to a file (a folder for CSV).

Equal tables give equal bytes, and a target holds the whole export or what it held before.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from kb.errors import StoreError, UsageError
from kb.export.bibtex import write_bibtex
from kb.export.browser import write_browser
from kb.export.csv import write_csv
from kb.export.cypher import write_cypher
from kb.export.cytoscape import write_cytoscape
from kb.export.edgelist import write_edgelist
from kb.export.gexf import write_gexf
from kb.export.graphml import write_graphml
from kb.export.jsonl import write_jsonl
from kb.export.jsonld import write_jsonld
from kb.export.looks import Look
from kb.export.mentions import write_mentions
from kb.export.neo4j_admin import write_neo4j_admin, write_neo4j_admin_parquet
from kb.export.obsidian import write_obsidian
from kb.export.vosviewer import write_vosviewer
from kb.tables import Tables

__all__ = ["DRAWN", "EXPORTERS", "WHOLE", "Look", "export"]

EXPORTERS: dict[str, Callable[..., None]] = {
    "bibtex": write_bibtex,
    "browser": write_browser,
    "csv": write_csv,
    "cypher": write_cypher,
    "cytoscape": write_cytoscape,
    "edgelist": write_edgelist,
    "gexf": write_gexf,
    "graphml": write_graphml,
    "jsonl": write_jsonl,
    "jsonld": write_jsonld,
    "mentions": write_mentions,
    "neo4j-admin": write_neo4j_admin,
    "neo4j-admin-parquet": write_neo4j_admin_parquet,
    "obsidian": write_obsidian,
    "vosviewer": write_vosviewer,
}
"""Format name -> what writes it: `(tables, path) -> None`, those of TOLD with `about=`, those of DRAWN with a look."""

TOLD = ("cypher", "neo4j-admin", "neo4j-admin-parquet")
"""The formats that also hold the node of `kb.graph.about`."""

DRAWN = ("cytoscape", "gexf", "graphml")
"""The formats that say what nodes look like."""

WHOLE = ("browser", "mentions", "neo4j-admin", "neo4j-admin-parquet")
"""The formats that are of the whole graph, never of a part of it."""


def export(
    tables: Tables,
    format: str,
    out: str | Path,
    *,
    about: Mapping[str, object] | None = None,
    look: Look | None = None,
) -> None:
    """Write `tables` to `out` in one of EXPORTERS: a file, or a folder.

    `about` goes into the formats of TOLD; `look`, the options of `kb.export.looks.nodes`, is for those of DRAWN alone.
    Raises UsageError for an empty name, a format that is not there or one that draws nothing, StoreError for a place
    that cannot be written.
    """
    write = EXPORTERS.get(format)
    if write is None:
        raise UsageError(f'no export format "{format}"; there are: {", ".join(sorted(EXPORTERS))}')
    if look and format not in DRAWN:
        raise UsageError(f"{format} has no colours, sizes and places: these formats do: {', '.join(DRAWN)}")
    if not str(out):
        raise UsageError("no place to write to: the name is empty; name a file or a folder")
    try:
        write(tables, Path(out), **({"about": about} if format in TOLD else {}), **(look or {}))
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(f"cannot write {out}: {reason}; name another place or make room there") from error
