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

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from kb import schema
from kb.export import rows
from kb.export.files import whole
from kb.tables import EDGES as EDGE_TABLE
from kb.tables import Tables

TYPES = {"STRING": "string", "STRING[]": "string", "INT64": "long", "DOUBLE": "double", "DATE": "string"}
"""Cypher type -> `attr.type`; the format has no dates."""

_NODE_LOOKS = {"label": "string", "size": "double", "r": "int", "g": "int", "b": "int"}
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns'
    ' http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
)
_TAIL = "</graph>\n</graphml>\n"
_SIZE = 10.0  # of a paper, and of an entity that one paper names; Gephi's own default


def generate_graphml(tables: Tables) -> Iterator[str]:
    """The document in pieces of up to `rows.CHUNK` elements."""
    yield _HEAD
    yield from _keys()
    yield '<graph id="kb" edgedefault="directed">\n'
    for label, frame in rows.nodes(tables).items():
        for part in frame.iter_slices(rows.CHUNK):
            yield _nodes(part, label)
    first = 1
    for part in tables.edges.iter_slices(rows.CHUNK):
        yield _edges(part, first)
        first += part.height
    yield _TAIL


def write_graphml(tables: Tables, out: Path) -> None:
    """Write the full graph to the file `out`; `networkx.read_graphml` and Gephi read it back."""
    with whole(out) as [file]:
        for piece in generate_graphml(tables):
            file.write(piece.encode())


def _keys() -> Iterator[str]:
    for name, kind in _NODE_LOOKS.items():
        yield _key(name, "node", name, kind)
    yield _key("n_kind", "node", "kind", "string")
    for name, kind in rows.node_columns().items():
        yield _key(f"n_{name}", "node", name, TYPES[kind])
    yield _key("weight", "edge", "weight", "double")
    yield _key("edgelabel", "edge", "label", "string")
    for name, kind in rows.edge_columns().items():
        yield _key(f"e_{name}", "edge", name, TYPES[kind])


def _key(key: str, owner: str, name: str, kind: str) -> str:
    return f'<key id="{key}" for="{owner}" attr.name="{name}" attr.type="{kind}"/>\n'


def _nodes(frame: pl.DataFrame, label: str) -> str:
    papers = pl.col("papers").fill_null(1).clip(lower_bound=1) if "papers" in frame.columns else pl.lit(1)
    red, green, blue = schema.COLOURS[label]
    look = f'<data key="r">{red}</data><data key="g">{green}</data><data key="b">{blue}</data>'
    own = {name: frame.schema[name] for name in rows.node_columns() if name in frame.columns}
    parts = [
        pl.lit('<node id="'),
        _attribute("id"),
        pl.lit('">'),
        _data("label", _escaped(pl.coalesce(rows.text("name", pl.String()), "id"))),
        _data("size", (papers.sqrt() * _SIZE).round(3).cast(pl.String)),
        pl.lit(f'{look}<data key="n_kind">{label}</data>'),
        *_columns("n", own),
        pl.lit("</node>\n"),
    ]
    return _joined(frame, parts)


def _edges(frame: pl.DataFrame, first: int) -> str:
    number = pl.int_range(first, first + pl.len()).cast(pl.String)
    undirected = pl.col("type").is_in(schema.UNDIRECTED)
    parts = [
        pl.lit('<edge id="e'),
        number,
        pl.lit('" source="'),
        _attribute("source"),
        pl.lit('" target="'),
        _attribute("target"),
        pl.lit('" label="'),
        pl.col("type"),
        pl.when(undirected).then(pl.lit('" directed="False">')).otherwise(pl.lit('">')),
        _data("weight", rows.weight().cast(pl.String)),
        _data("edgelabel", pl.col("type")),
        *_columns("e", {name: EDGE_TABLE[name] for name in rows.edge_columns()}),
        pl.lit("</edge>\n"),
    ]
    return _joined(frame, parts)


def _columns(prefix: str, columns: Mapping[str, pl.DataType]) -> list[pl.Expr]:
    """One `data` element a column, empty where the row has no value."""
    return [_data(f"{prefix}_{name}", _shown(name, dtype)) for name, dtype in columns.items()]


def _shown(name: str, dtype: pl.DataType) -> pl.Expr:
    return rows.text(name, dtype) if dtype.is_numeric() else _escaped(rows.text(name, dtype))


def _data(key: str, value: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit(f'<data key="{key}">'), value, pl.lit("</data>")).fill_null("")


def _escaped(value: pl.Expr) -> pl.Expr:
    """Text for an element. A bare carriage return would be read as a line feed (XML 1.0, section 2.11)."""
    pairs = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
    return value.str.replace_many(pairs)


def _attribute(column: str) -> pl.Expr:
    """Text for an attribute, where white space would be read back as spaces."""
    legal = pl.col(column).str.replace_all(rows.ILLEGAL, "")
    return _escaped(legal).str.replace_many({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def _joined(frame: pl.DataFrame, parts: list[pl.Expr]) -> str:
    return "".join(frame.select(pl.concat_str(parts)).to_series())
