"""What a server holds, read back with the plain driver, and what it ought to hold."""

import os
from pathlib import Path

import neo4j
import pytest

from kb import graph
from kb.address import Address
from kb.folder import read_tables
from kb.schema import EDGES, NODES

Held = dict[object, dict[str, object]]
"""Node (label, id) or edge (type, source, target) -> its properties."""


def unavailable(reason: object) -> None:
    """Skip, or fail where a server is required."""
    if os.environ.get("KB_REQUIRE_NEO4J") == "1":
        pytest.fail(f"Neo4j is required here: {reason}", pytrace=False)
    pytest.skip(f"no Neo4j: {reason}")


def driver_of(address: Address) -> neo4j.Driver:
    """The driver, without anything of ours between."""
    auth = (address.user, address.password) if address.password else None
    return neo4j.GraphDatabase.driver(address.uri, auth=auth)


def held(address: Address) -> Held:
    """Every node and relationship of our labels and types."""
    found: Held = {}
    with driver_of(address) as driver:
        for label in NODES:
            rows = driver.execute_query(f"MATCH (n:{label}) RETURN n.id AS id, properties(n) AS properties").records
            found |= {(label, row["id"]): row["properties"] for row in rows}
            assert len(rows) == sum(key[0] == label for key in found)  # no id twice
        for type_ in EDGES:
            rows = driver.execute_query(
                f"MATCH (a)-[r:{type_}]->(b) RETURN a.id AS a, b.id AS b, properties(r) AS properties"
            ).records
            found |= {(type_, row["a"], row["b"]): row["properties"] for row in rows}
            assert len(rows) == sum(key[0] == type_ for key in found)  # no pair twice
    return found


def expected(kb: Path) -> Held:
    """The same, from the tables of a knowledge base: what has no value is no property."""
    tables = read_tables(kb)
    wanted: Held = {}
    for part in (*graph.nodes(tables), *graph.edges(tables)):
        for row in part.frame.iter_rows(named=True):
            key = (part.name, *(row[name] for name in part.key))
            ends = part.key if part.ends else ()
            wanted[key] = {name: value for name, value in row.items() if value is not None and name not in ends}
    return wanted
