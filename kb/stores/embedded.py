"""The embedded store: a Cypher image written once by bulk COPY and then only read.

ladybug is imported inside functions, so that a question answered by the full-text index alone does not load it.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from kb.errors import Error, StoreError, UsageError
from kb.schema import EDGES, NODES
from kb.stores import NO_VALUE, TOO_MUCH, Row, first_line, interruptible

if TYPE_CHECKING:
    import polars as pl

    from kb.tables import TableSet

_BUFFER = 4 << 30
"""Octets that the engine may hold while it writes; left alone it would keep all that it wrote, up to 80 % of memory."""

MACROS = {
    "type": ("r", "label(r)"),
    "labels_of": ("n", "[label(n)]"),  # the engine's own labels() gives a string; kb.guard puts this in its place
    "tail": ("l", "l[2:]"),
    "split": ("text, by", "string_split(text, by)"),
}
"""Functions of Neo4j's Cypher that the engine lacks, name -> (arguments, body); each image holds them."""


class EmbeddedStore:
    """A graph image, opened for reading at the first question."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: tuple[Any, Any] | None = None

    def run(self, cypher: str, params: Mapping[str, object] | None = None, *, limit: int | None = None) -> list[Row]:
        """The rows of a query, nodes and relationships as plain dicts."""
        connection = self._connection()
        try:
            result = interruptible(lambda: connection.execute(cypher, dict(params or {})), stop=connection.interrupt)
            names = result.get_column_names()
            rows = result.get_all() if limit is None else result.get_n(limit)
        except RuntimeError as error:
            raise translated(str(error), self.path) from error
        except MemoryError as error:
            raise UsageError(TOO_MUCH) from error
        except (TypeError, ValueError) as error:  # from the binding, which types a list by its first value
            raise UsageError(NO_VALUE) from error
        return [dict(zip(names, map(plain, row), strict=True)) for row in rows]

    def close(self) -> None:
        """Close the image."""
        if self._open:
            database, connection = self._open
            self._open = None
            connection.close()
            database.close()

    def _connection(self) -> Any:
        if self._open is None:
            import ladybug

            if not self.path.is_file() or not self.path.stat().st_size:  # an empty file would open as an empty graph
                raise StoreError(f"{self.path} is missing: build the knowledge base again")
            try:
                database = ladybug.Database(str(self.path), read_only=True)
                self._open = database, ladybug.Connection(database)
            except (RuntimeError, OSError, MemoryError) as error:  # MemoryError: a damaged length
                raise StoreError(
                    f"{self.path} cannot be opened{_reason(error)}: build the knowledge base again"
                ) from error
        return self._open[1]


def plain(value: object) -> object:
    """A value of the engine as str, int, float, None, list or dict; a node or relationship loses its inner ids."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return _graph_value(value)
    return str(value)


def _graph_value(value: dict[Any, Any]) -> dict[str, object]:
    if "_NODES" in value:
        return {"nodes": plain(value["_NODES"]), "edges": plain(value["_RELS"])}
    if "_LABEL" not in value:
        return {str(k): plain(v) for k, v in value.items()}
    kind = "edge" if "_SRC" in value else "label"
    # Absent properties come as null where several tables meet in one column; Neo4j leaves them out.
    own = {k: plain(v) for k, v in value.items() if not k.startswith("_") and v is not None}
    return {kind: value["_LABEL"], **own}


_POSITION = re.compile(r" ?\(line: (\d+), offset: (\d+)\)")


def translated(message: str, path: Path) -> Error:
    """The engine's bare RuntimeError as an error of ours, on one line."""
    kind, _, rest = first_line(message).partition(" exception: ")
    rest = _POSITION.sub(lambda m: f", at line {m[1]}, column {int(m[2]) + 1}", rest or kind)
    if rest.startswith("List extract"):
        return UsageError("lists count from 1 in the embedded database, from 0 in Neo4j")
    if rest.startswith(("Unable to cast Python", "Unknown parameter type")):
        return UsageError(NO_VALUE)
    if kind == "Parser":
        return UsageError(f"the query does not parse: {_shorter(rest)}")
    if kind in _MISFITS:
        return UsageError(f"the query does not fit the graph: {rest}")
    if "read-only" in rest:
        return UsageError("the query writes: a knowledge base is only read")
    if kind == "Buffer manager":
        return UsageError(TOO_MUCH)
    if kind in _FAULTS:
        return StoreError(f"{path} does not answer: {rest}")
    return UsageError(f"the query cannot be run: {rest}")


_MISFITS = ("Binder", "Catalog", "Runtime", "Conversion", "Overflow", "Not implemented", "Function")
_FAULTS = ("IO", "Storage", "Checksum", "Corruption")


def _shorter(text: str) -> str:
    """A parser's message without its list of every token it would have taken."""
    return re.sub(r" expecting (\{[^}]*\}+|[^ ,]+)|: expected rule \w+", "", text)


def _reason(error: Exception) -> str:
    """What the engine says of a file it does not open, unless it speaks of its own source code."""
    reason = first_line(str(error)).removeprefix("Runtime exception: ")
    return "" if reason.startswith(("Assertion", "std::")) else f" ({reason})"


def write_image(tables: "TableSet", path: Path) -> None:
    """Write the graph image at `path`, which must not exist; raises StoreError when there is no room."""
    import ladybug

    try:
        database = ladybug.Database(str(path), buffer_pool_size=_BUFFER)
        connection = ladybug.Connection(database)
        try:
            for statement in definitions():
                connection.execute(statement)
            with TemporaryDirectory(dir=path.parent, prefix=".copy-") as folder:
                _copy_nodes(connection, tables, Path(folder))
                _copy_edges(connection, tables, Path(folder))
        finally:
            connection.close()
            database.close()
    except RuntimeError as error:
        raise StoreError(f"cannot write {path}: {first_line(str(error))}") from error


def definitions() -> list[str]:
    """The statements that make the empty graph: a table for each label and type, and the macros."""
    made = []
    for label, columns in NODES.items():
        made.append(f"CREATE NODE TABLE {label} ({_typed(columns)}, PRIMARY KEY (id))")
    for type_, (source, targets, columns) in EDGES.items():
        pairs = ", ".join(f"FROM {source} TO {target}" for target in targets)
        made.append(f"CREATE REL TABLE {type_} ({pairs}, {_typed(columns)})")
    made += [f"CREATE MACRO {name}({arguments}) AS {body}" for name, (arguments, body) in MACROS.items()]
    return made


def _typed(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def _copy_nodes(connection: Any, tables: "TableSet", folder: Path) -> None:
    from kb.export import rows

    for label in NODES:
        for part in rows.sliced(tables, label):
            _copy(connection, label, part.lazy(), folder)


def _copy_edges(connection: Any, tables: "TableSet", folder: Path) -> None:
    import polars as pl

    for type_, (source, targets, columns) in EDGES.items():
        own = tables.scan("edges").filter(pl.col("type") == type_).select("source", "target", *columns)
        for target in targets:
            part = own.filter(pl.col("target").str.starts_with(f"{target.lower()}:"))
            _copy(connection, type_, part, folder, f" (from='{source}', to='{target}')")


def _copy(connection: Any, table: str, rows: "pl.LazyFrame", folder: Path, options: str = "") -> None:
    """Copy rows into a table by way of a file, so that they need not all be in memory."""
    import polars as pl

    from kb.tables import values

    file = folder / f"{table}.parquet"
    rows.with_columns(values(rows.collect_schema())).sink_parquet(file, compression="lz4")
    if not pl.scan_parquet(file).select(pl.len()).collect().item():
        return
    # COPY takes no parameter for the file's name; the folder is the user's and may hold a quote.
    name = str(file).replace("\\", "\\\\").replace("'", "\\'")
    connection.execute(f"COPY {table} FROM '{name}'{options}")
