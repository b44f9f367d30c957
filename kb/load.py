"""Loading a knowledge base into a Neo4j server: only what differs is written, so that a second load changes nothing.

    compare -> schema -> nodes -> relationships -> what vanished

Each batch is one retried transaction of statements that can be run twice. The state is what the server holds and
nothing else: a load that was cut off anywhere is finished by the next one. No APOC, no GDS.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from kb import graph
from kb.address import Address, address
from kb.connection import connect, explain
from kb.errors import UsageError
from kb.folder import INDEX, locate, read_manifest, read_tables
from kb.intake import Clock, Progress
from kb.schema import ABOUT, EDGES, ENTITIES, HASH, KEYS, LABELS, NODES
from kb.search import Index
from kb.sync import Change, compare

if TYPE_CHECKING:
    from neo4j import ManagedTransaction, Session

BATCH_ROWS = 5_000
BATCH_BYTES = 4_000_000
"""Of text in one transaction, which the server holds in memory until it is committed."""


def constraints() -> list[str]:
    """The statements that make the constraints and range indexes; each is named, and does nothing when it is there."""
    labels = (*LABELS, ABOUT)
    return [
        *(f"CREATE CONSTRAINT {_name(each)}_id IF NOT EXISTS FOR (n:{each}) REQUIRE n.id IS UNIQUE" for each in labels),
        *(f"CREATE INDEX {_name(each)}_name IF NOT EXISTS FOR (n:{each}) ON (n.name)" for each in LABELS),
        "CREATE INDEX paper_year IF NOT EXISTS FOR (n:Paper) ON (n.year)",
        *(f"CREATE INDEX {_name(each)}_first_year IF NOT EXISTS FOR (n:{each}) ON (n.first_year)" for each in ENTITIES),
    ]


def text_indexes() -> list[str]:
    """The statements that make the full-text indexes, of words and of whole names."""
    every = "|".join(LABELS)
    return [
        f"CREATE FULLTEXT INDEX kb_text IF NOT EXISTS FOR (n:{every}) ON EACH [n.title, n.abstract, n.name, n.aliases] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'english'}}",
        f"CREATE FULLTEXT INDEX {KEYS} IF NOT EXISTS FOR (n:{every}) ON EACH [n.{KEYS}] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'keyword'}}",
    ]


def _name(label: str) -> str:
    return "knowledge_base" if label == ABOUT else label.lower()


def _tokens() -> Iterator[tuple[str, list[str]]]:
    """Every label, type and property by the procedure that makes it known: the Browser warns of one that is not."""
    parts = [*NODES.values(), *(columns for _, _, columns in EDGES.values())]
    yield "db.createLabel", list(NODES)
    yield "db.createRelationshipType", list(EDGES)
    yield "db.createProperty", sorted({column for columns in parts for column in columns})


def load(
    kb: str | Path = "papers.kb",
    server: Address | str | None = None,
    *,
    force: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Make a server hold a knowledge base: create what it lacks, update what changed, delete what vanished.

    `server` is an Address or a URI; what it leaves out comes from NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD and
    NEO4J_DATABASE. Labels, relationship types, properties, nodes and relationships that did not come from here stay.
    An empty knowledge base is refused without `force`; `dry_run` only counts.

    Returns {"build", "server", "dry_run", "nodes", "edges", "kept", "parts", "timings"}: created, updated, deleted
    and unchanged of nodes and edges, and of each label and type; `kept` nodes vanished here but hold what is yours.
    Raises UsageError, and StoreError for a server that cannot be reached or goes away.
    """
    where = server if isinstance(server, Address) else address(server)
    folder, clock = Path(kb), Clock(progress)
    manifest, tables = read_manifest(folder), read_tables(folder)
    if tables.papers.is_empty() and not force:
        raise UsageError(f"{folder} holds no papers: loading it would empty {where}; --force does so")
    parts = [*graph.nodes(tables, keys=_keys(folder)), *graph.edges(tables)]
    clock.end("read")
    with connect(where) as driver, _explained(where), driver.session(database=where.database) as session:
        loader = _Loader(session, clock)
        if not dry_run:
            loader.prepare()
        changes = loader.compare(parts)
        kept = 0 if dry_run else loader.write(changes, graph.about(manifest, folder))
    return {
        "build": manifest["build"],
        "server": str(where),
        "dry_run": dry_run,
        "nodes": _summed(change for change in changes if not change.part.ends),
        "edges": _summed(change for change in changes if change.part.ends),
        "kept": kept,
        "parts": _by_name(changes),
        "timings": clock.seconds,
    }


def _keys(folder: Path) -> dict[str, list[str]]:
    index = Index(locate(folder) / INDEX)
    try:
        return index.keys()
    finally:
        index.close()


@contextmanager
def _explained(where: Address) -> Iterator[None]:
    """Turn what the driver raises into a StoreError of one line."""
    from neo4j.exceptions import DriverError, Neo4jError

    try:
        yield
    except (DriverError, Neo4jError) as error:
        raise explain(error, where) from error


def _summed(changes: Iterable[Change]) -> dict[str, int]:
    counts = [_counts(change) for change in changes]
    return {key: sum(each[key] for each in counts) for key in ("created", "updated", "deleted", "unchanged")}


def _counts(change: Change) -> dict[str, int]:
    created, updated = change.created.height, change.updated.height
    unchanged = change.part.frame.height - created - updated
    return {"created": created, "updated": updated, "deleted": change.deleted.height, "unchanged": unchanged}


def _by_name(changes: Iterable[Change]) -> dict[str, dict[str, int]]:
    """The counts of each label and type; a type that joins several pairs of labels once."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.part.name, []).append(change)
    return {name: _summed(own) for name, own in found.items()}


class _Loader:
    """One load over one session."""

    def __init__(self, session: "Session", clock: Clock) -> None:
        self.session = session
        self.clock = clock

    def prepare(self) -> None:
        """Make the constraints, the indexes and the names of the schema, and wait until they are there."""
        self._all(constraints())
        for procedure, names in _tokens():
            self.session.run(f"UNWIND $names AS name CALL {procedure}(name)", names=names).consume()
        self.session.run("CALL db.awaitIndexes(300)").consume()
        self.clock.end("schema")

    def _all(self, statements: Iterable[str]) -> None:
        for statement in statements:
            self.session.run(statement).consume()

    def compare(self, parts: Iterable[graph.Part]) -> list[Change]:
        """What each part has to change."""
        changes = []
        for part in parts:
            self.clock.tick("compare")
            changes.append(compare(part, self.ask))
        self.clock.end("compare")
        return changes

    def ask(self, cypher: str, params: Mapping[str, object]) -> list[list[object]]:
        """The rows of a reading query."""

        def work(transaction: "ManagedTransaction") -> list[list[object]]:
            return [record.values() for record in transaction.run(cypher, dict(params))]

        return self.session.execute_read(work)

    def write(self, changes: list[Change], about: Mapping[str, object]) -> int:
        """Write the changes; returns how many nodes vanished here but stay, for something of the user's holds them."""
        nodes = [change for change in changes if not change.part.ends]
        edges = [change for change in changes if change.part.ends]
        if any(change.size for change in changes):
            self._tell({**about, "complete": False})
        self._run("nodes", [(upsert(c.part), rows) for c in nodes for rows in (c.created, c.updated)])
        self._all(text_indexes())  # filled beside the edges: sooner than node by node
        self._run("edges", [(upsert(c.part), rows) for c in edges for rows in (c.created, c.updated)])
        self._run("prune", [(delete_edges(c.part), c.deleted) for c in edges])
        kept = self._run("release", [(release(c.part), c.deleted) for c in nodes])
        self._run("prune", [(delete_nodes(c.part), c.deleted) for c in nodes])
        self.session.run("CALL db.awaitIndexes(600)").consume()
        self.clock.end("indexes")
        self._tell(about)
        return kept

    def _run(self, stage: str, jobs: list[tuple[str, pl.DataFrame]]) -> int:
        """Run statements over their rows, a batch a transaction; returns the sum of what they return."""
        done, total, result = 0, sum(rows.height for _, rows in jobs), 0
        for statement, rows in jobs:
            for batch in batches(rows):
                self.clock.tick(stage, done, total)
                result += self.session.execute_write(_batch, statement, batch)
                done += len(batch)
        if total:
            self.clock.tick(stage, done, total)
        self.clock.end(stage)
        return result

    def _tell(self, about: Mapping[str, object]) -> None:
        """Say on the server which build it holds, unless it says so."""
        query = f"MATCH (k:{ABOUT} {{id: $id}}) RETURN properties(k)"
        if self.ask(query, {"id": about["id"]}) != [[about]]:
            query = f"MERGE (k:{ABOUT} {{id: $about.id}}) SET k = $about RETURN 0"
            self.session.execute_write(lambda transaction: transaction.run(query, about=about).consume())


def _batch(transaction: "ManagedTransaction", statement: str, rows: list[tuple[object, ...]]) -> int:
    return int(transaction.run(statement, rows=rows).single(strict=True)[0])


def batches(frame: pl.DataFrame) -> Iterator[list[tuple[object, ...]]]:
    """The rows of a frame in lists of at most BATCH_ROWS rows and about BATCH_BYTES of text."""
    batch: list[tuple[object, ...]] = []
    size = 0
    for row in frame.iter_rows():
        batch.append(row)
        size += sum(len(value) for value in row if isinstance(value, str))
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def upsert(part: graph.Part) -> str:
    """Create or update the rows of a part; a value that is null takes the property away."""
    first = len(part.key)
    values = ", ".join(f"x.{name} = row[{i}]" for i, name in enumerate((*part.columns, HASH), first))
    if part.ends is None:
        return f"UNWIND $rows AS row MERGE (x:{part.name} {{id: row[0]}}) SET {values} RETURN count(*)"
    source, target = part.ends
    return (
        f"UNWIND $rows AS row MATCH (a:{source} {{id: row[0]}}) MATCH (b:{target} {{id: row[1]}}) "
        f"MERGE (a)-[x:{part.name}]->(b) SET {values} RETURN count(*)"
    )


def delete_edges(part: graph.Part) -> str:
    """Delete relationships of ours by their ends."""
    assert part.ends
    source, target = part.ends
    return (
        f"UNWIND $rows AS row MATCH (a:{source} {{id: row[0]}})-[x:{part.name}]->(b:{target} {{id: row[1]}}) "
        f"WHERE x.{HASH} IS NOT NULL DELETE x RETURN count(*)"
    )


def release(part: graph.Part) -> str:
    """Give up nodes that carry a label or a relationship that is not ours: they are the user's from now on."""
    return (
        f"UNWIND $rows AS row MATCH (x:{part.name} {{id: row[0]}}) "
        f"WHERE x.{HASH} IS NOT NULL AND (size(labels(x)) > 1 OR EXISTS {{ (x)--() }}) "
        f"REMOVE x.{HASH}, x.{KEYS} RETURN count(*)"
    )


def delete_nodes(part: graph.Part) -> str:
    """Delete nodes of ours that nothing holds."""
    return (
        f"UNWIND $rows AS row MATCH (x:{part.name} {{id: row[0]}}) WHERE x.{HASH} IS NOT NULL DELETE x RETURN count(*)"
    )
