"""The graph as the rows an exporter writes: nodes by label with the columns of `kb.schema`, edges by type."""

from collections.abc import Collection, Iterator

import polars as pl

from kb.schema import AUTHOR_COLUMNS, EDGES, ENTITY_COLUMNS, PAPER_COLUMNS, PROJECTED
from kb.tables import Tables, TableSet, captions, slices

JOIN = " | "
"""Between the members of a list, where a format has no lists: names hold commas and semicolons."""

CHUNK = 50_000
"""Rows turned into text at a time: bounds the memory of an export whatever its size."""

# What XML 1.0 cannot hold in any spelling (section 2.2); no other format wants these characters either.
ILLEGAL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}]"


def node_columns() -> dict[str, str]:
    """The columns of all nodes together, name -> Cypher type; the id is the element's own attribute."""
    columns = PAPER_COLUMNS | ENTITY_COLUMNS | AUTHOR_COLUMNS
    return {name: kind for name, kind in columns.items() if name != "id"}


_EDGE_COLUMNS = {type_: columns for type_, (_, _, columns) in EDGES.items()} | PROJECTED


def edge_columns(tables: Tables) -> dict[str, str]:
    """The columns that edges of these tables may have, name -> Cypher type, without the weight."""
    columns: dict[str, str] = {}
    for own in _EDGE_COLUMNS.values():
        columns |= own
    return {name: kind for name, kind in columns.items() if name != "weight" and name in tables.edges.columns}


def papers(tables: TableSet) -> pl.DataFrame:
    """The Paper nodes, sorted by id."""
    return _papers(tables.papers, tables.terms, tables.structure)


def _papers(papers: pl.DataFrame, terms: pl.DataFrame, structure: pl.DataFrame) -> pl.DataFrame:
    told = papers.with_columns(captions(papers)).join(terms, on="id", how="left", maintain_order="left")
    return _placed(told, structure).select(list(PAPER_COLUMNS))


def entities(tables: TableSet, label: str) -> pl.DataFrame:
    """The nodes of one entity label, sorted by id."""
    own = tables.scan("entities").filter(pl.col("kind") == label).collect()
    return _placed(own, tables.structure).select(list(ENTITY_COLUMNS))


def _placed(nodes: pl.DataFrame, structure: pl.DataFrame) -> pl.DataFrame:
    """Nodes with where they stand in the graph."""
    return nodes.join(structure, on="id", how="left", maintain_order="left")


def authors(tables: TableSet) -> pl.DataFrame:
    """The Author nodes, sorted by id."""
    return tables.authors.select(list(AUTHOR_COLUMNS))


def labelled(tables: TableSet, label: str) -> pl.DataFrame:
    """The nodes of a label, sorted by id, with the columns that `kb.schema` gives it."""
    if label == "Paper":
        return papers(tables)
    return authors(tables) if label == "Author" else entities(tables, label)


def sliced(tables: TableSet, label: str) -> Iterator[pl.DataFrame]:
    """As `labelled`, papers some at a time: with their texts and terms they are the largest."""
    if label != "Paper":
        yield labelled(tables, label)
        return
    for some in slices(tables.scan("papers")):
        near = pl.col("id").is_between(pl.lit(some["id"].first()), pl.lit(some["id"].last()))
        yield _papers(some, *(tables.scan(name).filter(near).collect() for name in ("terms", "structure")))


def nodes(tables: Tables) -> dict[str, pl.DataFrame]:
    """Label -> its nodes, for each label that has any; Paper first, then the kinds by name, then Author."""
    kinds = sorted(tables.entities["kind"].unique())
    made = {label: labelled(tables, label) for label in ("Paper", *kinds, "Author")}
    return {label: frame for label, frame in made.items() if frame.height}


def edges(tables: Tables) -> dict[str, pl.DataFrame]:
    """Type -> its edges: source, target and the columns that type has, in the order of `kb.schema`."""
    made = {
        type_: tables.edges.filter(pl.col("type") == type_).select("source", "target", *columns)
        for type_, columns in _EDGE_COLUMNS.items()
        if set(columns) <= set(tables.edges.columns)
    }
    return {type_: frame for type_, frame in made.items() if frame.height}


def text(column: str, dtype: pl.DataType) -> pl.Expr:
    """A column as text, null where there is nothing to write: null, empty, or a number that is not finite."""
    value = raw(column, dtype)
    own = isinstance(dtype, pl.List) or dtype == pl.String()  # what we write ourselves needs no look
    return (present(value.str.replace_all(ILLEGAL, "")) if own else value).alias(column)


def raw(column: str, dtype: pl.DataType) -> pl.Expr:
    """A column as text, with what characters it has."""
    value = pl.col(column)
    if isinstance(dtype, pl.List):
        return value.cast(pl.List(pl.String)).list.join(JOIN, ignore_nulls=True)
    if dtype.is_float():
        return pl.when(value.is_finite()).then(value).cast(pl.String)
    return value if dtype == pl.String() else value.cast(pl.String)


def present(value: pl.Expr) -> pl.Expr:
    """Text, null where it is empty."""
    return pl.when(value != "").then(value)


def weight(columns: Collection[str]) -> pl.Expr:
    """The weight of edges with these columns, for programs that lay a graph out: above 0, as Gephi wants it.

    An edge type without a weight (CITES) weighs what its score says. A cosine that was rounded to 0 becomes a hair.
    """
    scores = [_finite(name) for name in ("weight", "score") if name in columns]
    stored = pl.coalesce(*scores, pl.lit(1.0))
    return pl.when(stored > MIN_WEIGHT).then(stored).otherwise(MIN_WEIGHT).alias("weight")


MIN_WEIGHT = 1e-6


def _finite(column: str) -> pl.Expr:
    return pl.when(pl.col(column).is_finite()).then(pl.col(column))
