"""GraphML: the full graph for Gephi, networkx, Cytoscape, igraph and yEd.

The format (http://graphml.graphdrawing.org/specification.html) declares typed `key` elements first, then
lists nodes and edges whose `data` elements name a key. What we put there, and why:

* Key ids are lower case and prefixed (`n_year`, `e_sentence`): Gephi lower-cases them, and takes some bare
  words (`size`, `color`, `x`) for looks, not columns. `attr.name` is the column's own name. The looks we do
  mean carry Gephi's words: `label`, `size` (its area counts papers), `r`, `g`, `b` (by kind), `weight`.
* Each edge has an id of its own, the XML attribute `label` (Gephi's edge kind, which keeps parallel edges of
  different types apart), and a weight above 0.
* The graph is directed but for SHARES edges, marked `directed="False"` in that spelling: Gephi reads the word
  in any case, and networkx, which refuses a file that mixes both, passes over all but `false`.
* A list is one string, joined by " | ": only Gephi knows list types, and networkx fails on them. JSON Lines
  has the lists themselves. A date is ISO text. What has no value is left out; so are NaN and infinities.
* Text stands as it is, but for the characters XML cannot hold. (Some Gephi versions show "INF" in a text
  column as "Infinity"; the file is right.)
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Unpack

import polars as pl

from kb import schema
from kb.export import looks, markup, rows
from kb.export.files import whole
from kb.tables import Tables

TYPES = {
    "STRING": "string",
    "STRING[]": "string",
    "DOUBLE[]": "string",
    "INT64": "long",
    "DOUBLE": "double",
    "DATE": "string",
}
"""Cypher type -> `attr.type`; the format has no dates."""

_LOOKS = {"label": "string", "size": "double", "r": "int", "g": "int", "b": "int", "x": "double", "y": "double"}
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns'
    ' http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
)


def write_graphml(tables: Tables, out: Path, **look: Unpack[looks.Look]) -> None:
    """Write the graph to the file `out`, a chunk at a time; `look` is of `looks.nodes`.

    `networkx.read_graphml` and Gephi read it back.
    """
    frames = looks.nodes(tables, **look)
    end, columns, undirected = markup.reference(frames), rows.edge_columns(tables), markup.undirected(tables)
    start = f'<graph id="kb" edgedefault="{"undirected" if undirected else "directed"}">\n'
    with whole(out) as [file]:
        file.write("".join([_HEAD, *_keys(tables, frames), start]).encode())
        markup.nodes(file, frames, _node)
        markup.edges(file, tables.edges, lambda part: _edge(part, end, columns, undirected))
        file.write(b"</graph>\n</graphml>\n")


def _keys(tables: Tables, frames: dict[str, pl.DataFrame]) -> Iterator[str]:
    placed = any("x" in frame.columns for frame in frames.values())
    for name, kind in _LOOKS.items():
        if placed or name not in ("x", "y"):
            yield _key(name, "node", name, kind)
    yield _key("n_kind", "node", "kind", "string")
    for name, kind in rows.node_columns().items():
        yield _key(f"n_{name}", "node", name, TYPES[kind])
    yield _key("weight", "edge", "weight", "double")
    yield _key("edgelabel", "edge", "label", "string")
    for name, kind in rows.edge_columns(tables).items():
        yield _key(f"e_{name}", "edge", name, TYPES[kind])


def _key(key: str, owner: str, name: str, kind: str) -> str:
    return f'<key id="{key}" for="{owner}" attr.name="{name}" attr.type="{kind}"/>\n'


def _node(frame: pl.DataFrame, label: str) -> Iterator[markup.Piece]:
    yield '<node id="', markup.attribute(pl.col("id")), '">'
    yield '<data key="label">', markup.element(markup.caption()), "</data>"
    yield from markup.fields(frame, [name for name in _LOOKS if name != "label"], '<data key="{}">', _shown, "</data>")
    yield f'<data key="n_kind">{label}</data>'
    yield from markup.fields(frame, rows.node_columns(), '<data key="n_{}">', _shown, "</data>")
    yield "</node>"


def _edge(
    frame: pl.DataFrame, end: Callable[[str], markup.Value], columns: Iterable[str], undirected: bool
) -> Iterator[markup.Piece]:
    yield '<edge id="e', pl.col("edge").cast(pl.String), '"'
    yield ' source="', end("source"), '"'
    yield ' target="', end("target"), '"'
    yield ' label="', pl.col("type"), '"'
    mixed = pl.col("type").is_in([] if undirected else schema.UNDIRECTED)
    yield "", pl.when(mixed).then(pl.lit(' directed="False">')).otherwise(pl.lit(">")), ""
    yield '<data key="weight">', rows.weight(frame.columns).cast(pl.String), "</data>"
    yield '<data key="edgelabel">', pl.col("type"), "</data>"
    yield from markup.fields(frame, columns, '<data key="e_{}">', _shown, "</data>")
    yield "</edge>"


def _shown(name: str, dtype: pl.DataType) -> markup.Value:
    value = rows.raw(name, dtype)
    return value if dtype.is_numeric() else markup.element(value)
