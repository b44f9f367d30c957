"""The record: the tables of a knowledge base, as polars frames with fixed columns, and their files.

Rows are sorted and files are written with one setting, so that the same graph is the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from extract.records import Paper, Reject

if TYPE_CHECKING:
    from kb.settle import Joined

_STR, _INT, _FLOAT, _STRS, _DATE = pl.String(), pl.Int64(), pl.Float64(), pl.List(pl.String()), pl.Date()
_FLOATS = pl.List(pl.Float64())

PAPERS = {
    "id": _STR, "title": _STR, "abstract": _STR, "year": _INT, "date": _DATE, "venue": _STR, "doi": _STR,
    "arxiv": _STR, "url": _STR, "ids": _STRS, "authors": _STRS, "author_ids": _STRS, "keywords": _STRS,
    "references": _STRS, "sources": _STRS, "format": _STR, "hash": _STR,
}  # fmt: skip
MENTIONS = {
    "paper": _STR, "entity": _STR, "kind": _STR, "role": _STR, "text": _STR, "name": _STR, "field": _STR,
    "start": _INT, "end": _INT, "sentence_start": _INT, "sentence_end": _INT, "stage": _STR, "cue": _STR,
    "score": _FLOAT,
}  # fmt: skip
ENTITIES = {
    "id": _STR, "kind": _STR, "name": _STR, "aliases": _STRS, "papers": _INT, "mentions": _INT, "idf": _FLOAT,
    "first_year": _INT,
}  # fmt: skip
EDGES = {
    "type": _STR, "source": _STR, "target": _STR, "weight": _FLOAT, "shared": _INT, "via": _STRS,
    "sentence": _STR, "field": _STR, "start_char": _INT, "end_char": _INT, "cue": _STR, "score": _FLOAT,
    "mentions": _INT, "position": _INT, "p_value": _FLOAT,
}  # fmt: skip
AUTHORS = {"id": _STR, "name": _STR, "aliases": _STRS, "orcid": _STR, "ids": _STRS, "papers": _INT}
STRUCTURE = {
    "id": _STR, "community": _INT, "community_name": _STR, "pagerank": _FLOAT, "betweenness": _FLOAT,
    "participation": _FLOAT,
}  # fmt: skip
TERMS: dict[str, pl.DataType] = {"id": _STR, "terms": _STRS, "term_weights": _FLOATS}
RECORDS = {"paper": _STR, "by": _STR, "to": _STR, **{c: t for c, t in PAPERS.items() if c != "hash"}}

DEFINITIONS: dict[str, pl.DataType] = {"paper": _STR, "short": _STR, "long": _STR, "sentence": _STR}

SCHEMAS: dict[str, dict[str, pl.DataType]] = {
    "papers": PAPERS, "mentions": MENTIONS, "entities": ENTITIES, "edges": EDGES, "definitions": DEFINITIONS,
    "authors": AUTHORS, "records": RECORDS, "structure": STRUCTURE, "terms": TERMS,
}  # fmt: skip
ORDER = {
    "papers": ["id"],
    "mentions": ["paper", "field", "start", "end", "kind", "entity"],
    "entities": ["id"],
    "edges": ["type", "source", "target"],
    "definitions": ["paper", "short", "long", "sentence"],
    "authors": ["id"],
    "structure": ["id"],
    "terms": ["id"],
    "records": ["paper", "sources", "id", "title", "abstract"],
}


@dataclass(frozen=True, slots=True)
class Tables:
    """The graph as frames, in the column order of SCHEMAS and sorted by ORDER, and the rejects beside them.

    `mentions.kind` is what the extractor said; `mentions.entity` the id canonicalisation gave it. `definitions`
    are the abbreviations that papers define, with the sentence: what acronyms are joined by. `records` holds, as they
    were read, the records of each paper that has several, and those that wait for their paper (`paper` is empty): what
    is not there is the paper itself. `structure` says of papers and entities which community they belong to and how
    central they are, `terms` with which words papers are told apart.
    A paper without title is a stub: somebody cites it, no source describes it.
    """

    papers: pl.DataFrame
    mentions: pl.DataFrame
    entities: pl.DataFrame
    edges: pl.DataFrame
    rejects: tuple[Reject, ...] = field(default=())
    definitions: pl.DataFrame = field(default_factory=lambda: frame("definitions", []))
    authors: pl.DataFrame = field(default_factory=lambda: frame("authors", []))
    records: pl.DataFrame = field(default_factory=lambda: frame("records", []))
    structure: pl.DataFrame = field(default_factory=lambda: frame("structure", []))
    terms: pl.DataFrame = field(default_factory=lambda: frame("terms", []))

    def scan(self, name: str) -> pl.LazyFrame:
        """A table, of which only what is asked for is to be read."""
        made: pl.DataFrame = getattr(self, name)
        return made.lazy()


class Written:
    """The tables in a folder, as `Tables` has them, but read when they are asked for and not kept.

    A large graph is so stored without ever being whole in memory.
    """

    def __init__(self, folder: Path, rejects: Sequence[Reject] = ()) -> None:
        self.folder, self.rejects = folder, tuple(rejects)

    def __getattr__(self, name: str) -> pl.DataFrame:
        if name not in SCHEMAS:
            raise AttributeError(name)
        return self.scan(name).collect()

    def scan(self, name: str) -> pl.LazyFrame:
        """A table, of which only what is asked for is read."""
        return pl.scan_parquet(table_file(self.folder, name))


TableSet = Tables | Written


def frame(name: str, given: Any) -> pl.DataFrame:
    """A frame with the columns and order of table `name`, from rows (dicts or tuples) or a frame; else null."""
    read = {c: _STR if t == _DATE else t for c, t in SCHEMAS[name].items()}
    made = given if isinstance(given, pl.DataFrame) else pl.DataFrame(given, schema=read, orient="row")
    rows, by = shaped(name, made), ORDER[name]
    return rows if len(by) == 1 and rows[by[0]].is_sorted() else rows.sort(by, maintain_order=True)


def shaped(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the columns of table `name`, in their order; else null."""
    return rows.select(_typed(rows, c, t) for c, t in SCHEMAS[name].items())


def by_type(parts: Sequence[pl.LazyFrame]) -> pl.LazyFrame:
    """The table of edges, of parts with its columns, each sorted by source and target and no type in two of them."""
    types = [part.select("type").unique().collect()["type"] for part in parts]
    held = sorted((type_, i) for i, own in enumerate(types) for type_ in own)
    found = [parts[i].filter(pl.col("type") == type_) for type_, i in held]
    return pl.concat(found) if found else frame("edges", []).lazy()


def _typed(frame: pl.DataFrame, name: str, dtype: pl.DataType) -> pl.Expr:
    """A column in its type; null where there is none. Dates come as ISO text."""
    if name not in frame.columns:
        return pl.lit(None, dtype).alias(name)
    if dtype == pl.Date() and frame.schema[name] == pl.String():
        return pl.col(name).str.to_date("%Y-%m-%d")
    return pl.col(name).cast(dtype)


def slices(rows: pl.LazyFrame, size: int = 50_000) -> Iterator[pl.DataFrame]:
    """Rows, `size` at a time, of which no more need be in memory."""
    for start in range(0, int(rows.select(pl.len()).collect().item()), size):
        yield rows.slice(start, size).collect()


def write_tables(tables: Tables, folder: Path) -> None:
    """Write all frames."""
    for name in SCHEMAS:
        write_table(name, tables.scan(name), folder)


def write_table(name: str, rows: pl.LazyFrame | pl.DataFrame, folder: Path) -> None:
    """Write a table as zstd Parquet with fixed row groups: equal rows give equal bytes, however they lie in memory."""
    rows.lazy().sink_parquet(table_file(folder, name), compression="zstd", compression_level=3, row_group_size=50_000)


def table_file(folder: Path, name: str) -> Path:
    """Where a table lies in a folder."""
    return folder / f"{name}.parquet"


def valued(frame: pl.DataFrame) -> pl.DataFrame:
    """Null for empty text and empty lists, and no empty text in lists: in a graph, what has no value is no property.

    Else the same graph would differ by the way it took: neo4j-admin keeps no empty list of CSV and no empty text of
    Parquet.
    """
    return frame.with_columns(values(frame.schema))


def values(schema: Mapping[str, pl.DataType]) -> list[pl.Expr]:
    """The columns of rows as `valued` has them, of those that it changes."""
    found = []
    for name, dtype in schema.items():
        own = pl.col(name)
        if dtype == pl.String():
            found.append(pl.when(own != "").then(own).alias(name))
        elif isinstance(dtype, pl.List):
            texts = dtype == pl.List(pl.String())
            own = own.list.eval(pl.element().filter(pl.element() != "")) if texts else own
            found.append(pl.when(own.list.len() > 0).then(own).alias(name))
    return found


def caption(title: str, limit: int = 60) -> str:
    """A short caption of a title: what stands before its colon, else its first `limit` characters."""
    head = title.split(": ", 1)[0].strip()
    short = head if 1 < len(head) < len(title) and len(head) <= 40 else title
    return short if len(short) <= limit else short[: limit - 1].rstrip() + "…"


def captions(papers: pl.DataFrame) -> pl.Series:
    """The captions of papers; a stub's is its identifier."""
    names = [caption(title) or id_.removeprefix("paper:") for id_, title in papers.select("id", "title").iter_rows()]
    return pl.Series("name", names, dtype=pl.String)


def paper_rows(frame: pl.DataFrame) -> list[Paper]:
    """The papers of a frame as records; stubs are none."""
    names = [c for c in PAPERS if c != "hash"]
    kept = frame.filter(pl.col("title") != "").select(names).with_columns(pl.col("date").dt.to_string("iso"))
    return [Paper(**dict(zip(names, map(_value, row), strict=True))) for row in kept.iter_rows()]


def records_frame(joined: Iterable["Joined"]) -> pl.DataFrame:
    """The records of papers that have several, and those that wait for theirs, as a table."""
    names = [c for c in RECORDS if c not in ("paper", "by", "to")]
    held = list(joined)
    columns = {name: [getattr(each.record, name) for each in held] for name in names}
    why: dict[str, list[str]] = {
        "paper": [each.paper for each in held],
        "by": [each.by for each in held],
        "to": [each.to for each in held],
    }
    read = {c: _STR if t == _DATE else t for c, t in RECORDS.items()}
    return frame("records", pl.DataFrame({**why, **columns}, schema=read))


def record_rows(frame: pl.DataFrame) -> list[Paper]:
    """The records of a frame as they were read."""
    names = [c for c in RECORDS if c not in ("paper", "by", "to")]
    kept = frame.select(names).with_columns(pl.col("date").dt.to_string("iso"))
    return [Paper(**dict(zip(names, map(_value, row), strict=True))) for row in kept.iter_rows()]


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
