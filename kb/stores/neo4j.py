"""A Neo4j server as a store: the same questions as of the embedded one, asked over Bolt in read mode."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kb.address import Address
from kb.connection import connect, explain
from kb.errors import Error, StoreError, UsageError
from kb.schema import EDGES, HASH, KEYS, NODES, PLACE
from kb.statements import RELEASED, WHAT_IS_HELD
from kb.stores import NO_VALUE, TOO_MUCH, Row, first_line, interruptible

if TYPE_CHECKING:
    from neo4j import Driver, ManagedTransaction

OWN = {HASH, KEYS, PLACE, RELEASED}
"""Properties that only a server has."""


class Neo4jStore:
    """A server that holds a knowledge base, connected at once; raises StoreError when it cannot be had."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._driver: Driver = connect(address)

    def run(self, cypher: str, params: Mapping[str, object] | None = None, *, limit: int | None = None) -> list[Row]:
        """The rows of a query, nodes and relationships as plain dicts, without the properties of our own."""

        def work(transaction: "ManagedTransaction") -> list[Row]:
            try:
                result = transaction.run(cypher, dict(params or {}))
                records = list(result) if limit is None else result.fetch(limit)
            except TransientError as error:
                if "Memory" in str(error.code):  # the driver would try again for half a minute
                    raise UsageError(TOO_MUCH) from error
                raise
            return [{key: plain(record[key]) for key in result.keys()} for record in records]  # noqa: SIM118

        def ask() -> list[Row]:
            with self._driver.session(database=self.address.database) as session:
                return session.execute_read(work)

        from neo4j.exceptions import TransientError

        with translated(self.address):
            return interruptible(ask)

    def close(self) -> None:
        """Close its connections; a second call does nothing."""
        self._driver.close()

    def manifest(self) -> Row:
        """What the server says of the knowledge base it holds; raises StoreError when it holds none."""
        rows = self.run(WHAT_IS_HELD)
        about: Any = rows[0]["about"] if rows else {}
        if "counts" not in about:
            raise StoreError(f'{self.address} holds no knowledge base: load one with "kb load --uri {self.address}"')
        return {**about, "counts": json.loads(about["counts"])}


def plain(value: Any) -> object:
    """A value of the driver as str, int, float, None, list or dict, as `kb.stores.embedded.plain` gives it."""
    from neo4j.graph import Node, Path, Relationship
    from neo4j.spatial import Point
    from neo4j.time import Duration

    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Duration | Point):  # they are tuples too
        return value.iso_format() if isinstance(value, Duration) else str(value)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Node):
        label = next((each for each in NODES if each in value.labels), ":".join(sorted(value.labels)))
        return {"label": label, **_own(value, NODES.get(label, {}))}
    if isinstance(value, Relationship):
        return {"edge": value.type, **_own(value, EDGES[value.type][2] if value.type in EDGES else {})}
    if isinstance(value, Path):
        return {"nodes": plain(value.nodes), "edges": plain(value.relationships)}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    return str(value)


def _own(entity: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, object]:
    """The properties, those of the schema first and in its order."""
    names = [*(c for c in columns if c in entity), *sorted(entity.keys() - columns.keys() - OWN)]
    return {name: plain(entity[name]) for name in names}


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Turn what the driver raises into an error of ours, on one line."""
    from neo4j.exceptions import ClientError, DriverError, Neo4jError

    try:
        yield
    except ClientError as error:
        raise _of_the_query(error, address) or explain(error, address) from error
    except Neo4jError as error:
        raise explain(error, address) from error
    except DriverError as error:
        raise explain(error, address) from error
    except (TypeError, ValueError, OverflowError) as error:  # from the driver, which packs parameters
        raise UsageError(NO_VALUE) from error


def _of_the_query(error: Any, address: Address) -> Error | None:
    """What is wrong with a query, if it is the query."""
    code, message = error.code or "", first_line(error.message or "")
    if "no such fulltext schema index" in message:
        return StoreError(f"{address} has no index of names: its first load goes on or was cut off; run kb load again")
    if code.endswith(("Statement.AccessMode", "Security.Forbidden")) and "write" in message.lower():
        return UsageError("the query writes: a knowledge base is only read")
    if code.endswith("Statement.SyntaxError"):
        return UsageError(f"the query does not parse: {message}")
    return UsageError(f"the query cannot be run: {message}") if ".Statement." in code else None
