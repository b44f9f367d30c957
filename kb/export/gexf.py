"""GEXF 1.3: the graph for Gephi with lists, looks and time, and for what else reads GEXF (sigma, Gephi Lite, Retina).

The format (https://gexf.net) declares typed attributes, then lists nodes and edges, each value in an XML attribute.
What differs from our GraphML, and why:

* Ids of attributes are lower case and prefixed (`n_year`), as Gephi lower-cases them and takes some for its own.
* A list is a `liststring`, `["a, b", "c"]`, quotes and backslashes escaped by a backslash: the form Gephi splits.
* An edge is `directed` or `undirected` in so many words, and its kind is `kind`. The graph has no default where both
  occur: with one, Gephi drops the edges that differ. networkx reads no graph that mixes them: GraphML is for it.
* Where years are known the graph is dynamic, and time is counted in years: a paper begins with its own, an entity or
  author with that of the first paper, an edge with the later of its ends. What has no year is always there.
"""

from collections.abc import Callable, Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Unpack

import polars as pl

from kb import schema
from kb.export import looks, markup, rows
from kb.export.files import whole
from kb.tables import Tables
from kb.version import __version__

TYPES = {
    "STRING": "string",
    "STRING[]": "liststring",
    "DOUBLE[]": "listdouble",
    "INT64": "long",
    "DOUBLE": "double",
    "DATE": "string",
}
"""Cypher type -> `type`; the format has no dates."""

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">\n'
    f"<meta><creator>citation-graph-kb {escape(__version__)}</creator></meta>\n"
)
_VALUE = '<attvalue for="{}" value="'


def write_gexf(tables: Tables, out: Path, **look: Unpack[looks.Look]) -> None:
    """Write the graph to the file `out`, a chunk at a time; `look` is of `looks.nodes`."""
    begun = _starts(tables)
    frames = {label: _begun(frame, begun) for label, frame in looks.nodes(tables, **look).items()}
    end, columns = markup.reference(frames), rows.edge_columns(tables)
    head = [_HEAD, _graph(tables, begun), _attributes("node", {"kind": "STRING", **rows.node_columns()})]
    with whole(out) as [file]:
        file.write("".join([*head, _attributes("edge", columns), "<nodes>\n"]).encode())
        markup.nodes(file, frames, _node)
        file.write(b"</nodes>\n<edges>\n")
        markup.edges(file, _edges(tables.edges, begun), lambda part: _edge(part, end, columns))
        file.write(b"</edges>\n</graph>\n</gexf>\n")


def _starts(tables: Tables) -> pl.DataFrame:
    """The first year of each node that has one: id and start."""
    papers = tables.papers.select("id", start=pl.coalesce("year", pl.col("date").dt.year().cast(pl.Int64)))
    wrote = tables.edges.filter(pl.col("type") == "WROTE").select("source", id="target").join(papers, on="id")
    authors = wrote.group_by("source").agg(pl.col("start").min()).rename({"source": "id"})
    entities = tables.entities.select("id", start="first_year")
    return pl.concat([papers, entities, authors]).drop_nulls()


def _begun(frame: pl.DataFrame, begun: pl.DataFrame) -> pl.DataFrame:
    return frame.join(begun, on="id", how="left", maintain_order="left")


def _edges(edges: pl.DataFrame, begun: pl.DataFrame) -> pl.DataFrame:
    """The edges with the later year of their ends."""
    if begun.is_empty():
        return edges.with_columns(start=pl.lit(None, pl.Int64))
    ends = edges.select("source", "target")
    for end in ("source", "target"):
        named = begun.rename({"id": end, "start": f"{end}_start"})
        ends = ends.join(named, on=end, how="left", maintain_order="left")
    return edges.with_columns(ends.select(start=pl.max_horizontal("source_start", "target_start")))


def _graph(tables: Tables, begun: pl.DataFrame) -> str:
    kind = ' defaultedgetype="undirected"' if markup.undirected(tables) else ""
    time = ' mode="static"' if begun.is_empty() else ' mode="dynamic" timeformat="double" timerepresentation="interval"'
    return f'<graph{kind} idtype="string"{time}>\n'


def _attributes(owner: str, columns: dict[str, str]) -> str:
    lines = [
        f'<attribute id="{owner[0]}_{name}" title="{name}" type="{TYPES[kind]}"/>\n' for name, kind in columns.items()
    ]
    return f'<attributes class="{owner}" mode="static">\n{"".join(lines)}</attributes>\n'


def _node(frame: pl.DataFrame, label: str) -> Iterator[markup.Piece]:
    yield '<node id="', markup.attribute(pl.col("id")), '"'
    yield ' label="', markup.attribute(markup.caption()), '"'
    yield from markup.fields(frame, ["start"], ' {}="', rows.raw, '"')
    yield f'><attvalues>{_VALUE.format("n_kind")}{label}"/>'
    yield from markup.fields(frame, rows.node_columns(), _VALUE.format("n_{}"), _shown, '"/>')
    yield "</attvalues>"
    for element, names in {"color": "rgb", "position": "xy"}.items():
        if names[0] in frame.columns:
            yield f"<viz:{element}"
            yield from markup.fields(frame, names, ' {}="', rows.raw, '"')
            yield "/>"
    yield '<viz:size value="', rows.raw("size", pl.Float64()), '"/>'
    yield "</node>"


def _edge(frame: pl.DataFrame, end: Callable[[str], markup.Value], columns: Iterable[str]) -> Iterator[markup.Piece]:
    yield '<edge id="e', pl.col("edge").cast(pl.String), '"'
    yield ' source="', end("source"), '"'
    yield ' target="', end("target"), '"'
    undirected = pl.col("type").is_in(schema.UNDIRECTED)
    yield ' type="', pl.when(undirected).then(pl.lit("undirected")).otherwise(pl.lit("directed")), '"'
    yield ' kind="', pl.col("type"), '"'
    yield ' label="', pl.col("type"), '"'
    yield ' weight="', rows.weight(frame.columns).cast(pl.String), '"'
    yield from markup.fields(frame, ["start"], ' {}="', rows.raw, '"')
    yield "><attvalues>"
    yield from markup.fields(frame, columns, _VALUE.format("e_{}"), _shown, '"/>')
    yield "</attvalues></edge>"


def _shown(name: str, dtype: pl.DataType) -> markup.Value:
    if dtype.is_numeric():
        return rows.raw(name, dtype)
    if not isinstance(dtype, pl.List):
        return markup.attribute(rows.raw(name, dtype))
    if dtype.inner.is_numeric():
        numbers = pl.concat_str(pl.lit("["), pl.col(name).cast(pl.List(pl.String)).list.join(", "), pl.lit("]"))
        return pl.when(pl.col(name).list.len() > 0).then(numbers)
    quoted = pl.element().drop_nulls().cast(pl.String).str.replace_many({"\\": "\\\\", '"': '\\"'})
    held = pl.col(name).list.eval(quoted)
    joined = pl.concat_str(pl.lit('["'), held.list.join('", "'), pl.lit('"]'))
    return markup.attribute(pl.when(held.list.len() > 0).then(joined))
