"""Cytoscape JSON (`.cyjs`): the graph for Cytoscape Desktop, Cytoscape.js, and `networkx.cytoscape_graph`.

https://manual.cytoscape.org/en/stable/Supported_Network_File_Formats.html, https://js.cytoscape.org/#notation

* Ids are text: Desktop reads no others. It keeps them in `shared name`, its key for joining tables; `name` is the
  caption. Of an edge both are `source (TYPE) target`, and `interaction` is the type.
* A column has the type of its first value, so what has no value is left out and a float is always written as one.
  Lists stay lists; dates are ISO text.
* `color` and `size` are for styles to pass through; there are places where `look` asks for them.
* `value` and `key` are what networkx names a node and a parallel edge by.
* SHARES has no direction, which the format cannot say of one edge among others.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Unpack

from kb.export import looks
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


def generate_cytoscape(tables: Tables, **look: Unpack[looks.Look]) -> Iterator[str]:
    """The document in pieces; a node or an edge a line. `look` is of `looks.nodes`."""
    yield json_text(_HEAD).removesuffix("}") + ',"elements":{"nodes":['
    yield from listed(_nodes(tables, **look))
    yield '\n],"edges":['
    yield from listed(_edges(tables))
    yield "\n]}}\n"


def write_cytoscape(tables: Tables, out: Path, **look: Unpack[looks.Look]) -> None:
    """Write the graph to the file `out`."""
    with whole(out) as [file]:
        for piece in generate_cytoscape(tables, **look):
            file.write(piece.encode())


def _nodes(tables: Tables, **look: Unpack[looks.Look]) -> Iterator[dict[str, Any]]:
    for label, frame in looks.nodes(tables, **look).items():
        for row in records(frame):
            id_ = row.pop("id")
            named = {"id": id_, "value": id_, "shared name": id_, "name": row.pop("name", id_), "kind": label}
            colour = "#" + "".join(f"{row.pop(part):02X}" for part in "rgb")
            place = {"position": {axis: row.pop(axis) for axis in "xy"}} if "x" in row else {}
            yield {"data": named | row | {"color": colour}, **place}


def _edges(tables: Tables) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(records(weighed(tables.edges)), 1):
        type_, source, target = row.pop("type"), row.pop("source"), row.pop("target")
        name = f"{source} ({type_}) {target}"
        named = {
            "id": f"e{number}", "source": source, "target": target, "key": type_, "interaction": type_,
            "shared interaction": type_, "name": name, "shared name": name,
        }  # fmt: skip
        yield {"data": named | row}
