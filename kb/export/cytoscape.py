"""Cytoscape JSON (`.cyjs`): the graph for Cytoscape Desktop, Cytoscape.js, and `networkx.cytoscape_graph`.

https://manual.cytoscape.org/en/stable/Supported_Network_File_Formats.html, https://js.cytoscape.org/#notation

* Ids are text: Desktop reads no others. It keeps them in `shared name`, its key for joining tables; `name` is the
  caption. Of an edge both are `source (TYPE) target`, and `interaction` is the type.
* A column has the type of its first value, so what has no value is left out and a float is always written as one.
  Lists stay lists; dates are ISO text.
* `value` and `key` are what networkx names a node and a parallel edge by.
* SHARES has no direction, which the format cannot say of one edge among others.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kb.export import rows
from kb.export.files import whole
from kb.export.records import json_text, listed, records, weighed
from kb.tables import Tables

_HEAD = {
    "format_version": "1.0",
    "generated_by": "citation-graph-kb",
    "target_cytoscapejs_version": "~2.1",
    "directed": True,
    "multigraph": True,
    "data": {"name": "citation graph", "shared name": "citation graph"},
}


def generate_cytoscape(tables: Tables) -> Iterator[str]:
    """The document in pieces; a node or an edge a line."""
    yield json_text(_HEAD).removesuffix("}") + ',"elements":{"nodes":['
    yield from listed(_nodes(tables))
    yield '\n],"edges":['
    yield from listed(_edges(tables))
    yield "\n]}}\n"


def write_cytoscape(tables: Tables, out: Path) -> None:
    """Write the graph to the file `out`."""
    with whole(out) as [file]:
        for piece in generate_cytoscape(tables):
            file.write(piece.encode())


def _nodes(tables: Tables) -> Iterator[dict[str, Any]]:
    for label, frame in rows.nodes(tables).items():
        for row in records(frame):
            id_ = row.pop("id")
            named = {"id": id_, "value": id_, "shared name": id_, "name": row.pop("name", id_), "kind": label}
            yield {"data": named | row}


def _edges(tables: Tables) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(records(weighed(tables.edges)), 1):
        type_, source, target = row.pop("type"), row.pop("source"), row.pop("target")
        name = f"{source} ({type_}) {target}"
        named = {
            "id": f"e{number}", "source": source, "target": target, "key": type_, "interaction": type_,
            "shared interaction": type_, "name": name, "shared name": name,
        }  # fmt: skip
        yield {"data": named | row}
