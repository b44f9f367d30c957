"""The Cypher that changes a server: constraints and indexes, and one statement for each thing to do with rows.

A row is a list: the key columns of its part, its columns, its hash. Labels, types and properties come from the schema
alone; values reach the server only as parameters. Every statement returns how many rows it found, and can be run twice.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.schema import ABOUT, EDGES, ENTITIES, HASH, KEYS, LABELS, NODES, PLACE

if TYPE_CHECKING:
    from kb.graph import Part

WHAT_IS_HELD = f"MATCH (k:{ABOUT} {{id: '{ABOUT}'}}) RETURN properties(k) AS about"
"""The one node that says which knowledge base a server holds."""

RELEASED = "kb_released"
"""Marks a node that was ours and is the user's now; if it comes back, it is taken again."""

TEXT = "kb_text"


@dataclass(frozen=True, slots=True)
class Index:
    """An index that is made and looked for by name; `analyzer` makes it a full-text index."""

    name: str
    labels: tuple[str, ...]
    columns: tuple[str, ...]
    unique: bool = False
    analyzer: str = ""

    @property
    def statement(self) -> str:
        """What makes it; nothing happens where it is."""
        labels, columns = "|".join(self.labels), ", ".join(f"n.{column}" for column in self.columns)
        if self.unique:
            return f"CREATE CONSTRAINT {self.name} IF NOT EXISTS FOR (n:{labels}) REQUIRE {columns} IS UNIQUE"
        if self.analyzer:
            options = f"OPTIONS {{indexConfig: {{`fulltext.analyzer`: '{self.analyzer}'}}}}"
            return f"CREATE FULLTEXT INDEX {self.name} IF NOT EXISTS FOR (n:{labels}) ON EACH [{columns}] {options}"
        return f"CREATE INDEX {self.name} IF NOT EXISTS FOR (n:{labels}) ON ({columns})"


RANGES = (
    *(Index(f"{label.lower()}_id", (label,), ("id",), unique=True) for label in LABELS),
    Index("knowledge_base_id", (ABOUT,), ("id",), unique=True),
    *(Index(f"{label.lower()}_name", (label,), ("name",)) for label in LABELS),
    Index("paper_year", ("Paper",), ("year",)),
    Index("paper_date", ("Paper",), ("date",)),
    *(Index(f"{label.lower()}_first_year", (label,), ("first_year",)) for label in ENTITIES),
)
"""Uniqueness of ids, which every statement below needs to be fast, and indexes for people's queries."""

TEXTS = (
    Index(TEXT, LABELS, ("title", "abstract", "name", "aliases"), analyzer="english"),
    Index(KEYS, LABELS, (KEYS,), analyzer="keyword"),
)
"""Full text: of words, and of folded names whole."""


def schema_names() -> dict[str, list[str]]:
    """Every label, type and property, by the procedure that makes it known: the Browser warns of one that is not."""
    parts = [*NODES.values(), *(columns for _, _, columns in EDGES.values())]
    return {
        "db.createLabel": list(NODES),
        "db.createRelationshipType": list(EDGES),
        "db.createProperty": sorted({column for columns in parts for column in columns}),
    }


def ours(part: "Part") -> str:
    """MATCH and WHERE of a part's rows that are ours; `x` is the node or relationship, `a` and `b` its ends.

    The prefix of the id tells a Method that a user also calls a Task from a Task.
    """
    if part.ends is None:
        marked = " AND ".join(f"x.{mark} IS NOT NULL" for mark in dict.fromkeys((HASH, part.mark)))
        return f"MATCH (x:{part.name}) WHERE {marked} AND x.id STARTS WITH '{part.name.lower()}:'"
    source, target = part.ends
    return (
        f"MATCH (a:{source})-[x:{part.name}]->(b:{target}) "
        f"WHERE x.{HASH} IS NOT NULL AND b.id STARTS WITH '{target.lower()}:'"
    )


def foreign_ids(label: str) -> str:
    """The ids of a label's nodes that are not ours and never were."""
    return f"MATCH (x:{label}) WHERE x.{HASH} IS NULL AND x.{RELEASED} IS NULL AND x.id IS NOT NULL RETURN x.id"


def create(part: "Part") -> str:
    """Create the rows of a part. The hash in the pattern keeps a user's own relationship from being taken for ours."""
    if part.ends is None:
        return f"UNWIND $rows AS row MERGE (x:{part.name} {{id: row[0]}}) SET {_values(part)} RETURN count(*)"
    last = len(part.key) + len(part.columns)
    return (
        f"UNWIND $rows AS row {_ends(part)} MERGE (a)-[x:{part.name} {{{HASH}: row[{last}]}}]->(b) "
        f"SET {_values(part)} RETURN count(*)"
    )


def update(part: "Part") -> str:
    """Set the columns of rows that are there; a value that is null takes the property away."""
    if part.ends is None:
        return create(part)
    return (
        f"UNWIND $rows AS row {_ends(part)} MATCH (a)-[x:{part.name}]->(b) WHERE x.{HASH} IS NOT NULL "
        f"SET {_values(part)} RETURN count(*)"
    )


def delete_edges(part: "Part") -> str:
    """Delete relationships of ours by their ends."""
    return (
        f"UNWIND $rows AS row {_ends(part)} MATCH (a)-[x:{part.name}]->(b) WHERE x.{HASH} IS NOT NULL "
        "DELETE x RETURN count(*)"
    )


def release(part: "Part") -> str:
    """Give up nodes that carry a label, a relationship or a property that is not ours: they are the user's now."""
    known = ", ".join(f"'{name}'" for name in ("id", *part.columns, HASH, RELEASED))
    return (
        f"UNWIND $rows AS row MATCH (x:{part.name} {{id: row[0]}}) WHERE x.{HASH} IS NOT NULL "
        f"AND (size(labels(x)) > 1 OR EXISTS {{ (x)--() }} OR any(k IN keys(x) WHERE NOT k IN [{known}])) "
        f"REMOVE x.{HASH}, x.{KEYS}, x.{PLACE} SET x.{RELEASED} = true RETURN count(*)"
    )


def place(part: "Part") -> str:
    """Set where nodes of ours stand: the rows of `kb.graph.places`."""
    values = ", ".join(f"x.{name} = row[{i}]" for i, name in enumerate((*part.columns, PLACE), 1))
    mine = f"MATCH (x:{part.name} {{id: row[0]}}) WHERE x.{HASH} IS NOT NULL"
    return f"UNWIND $rows AS row {mine} SET {values} RETURN count(*)"


def delete_nodes(part: "Part") -> str:
    """Delete nodes of ours that nothing holds."""
    return (
        f"UNWIND $rows AS row MATCH (x:{part.name} {{id: row[0]}}) WHERE x.{HASH} IS NOT NULL DELETE x RETURN count(*)"
    )


def _ends(part: "Part") -> str:
    source, target = part.ends or ("", "")
    return f"MATCH (a:{source} {{id: row[0]}}) MATCH (b:{target} {{id: row[1]}})"


def _values(part: "Part") -> str:
    columns = (*part.columns, HASH)
    values = ", ".join(f"x.{name} = row[{i}]" for i, name in enumerate(columns, len(part.key)))
    return values if part.ends else f"{values}, x.{RELEASED} = null"
