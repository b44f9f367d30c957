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

from kb import graph, statements
from kb.address import Address, address
from kb.connection import connect, explain
from kb.errors import StoreError, UsageError
from kb.folder import INDEX, locate, read_manifest, read_tables
from kb.intake import Clock, Progress
from kb.schema import ABOUT
from kb.search import Index
from kb.sync import Change, compare

if TYPE_CHECKING:
    from neo4j import ManagedTransaction, Session

BATCH_ROWS = 5_000
BATCH_BYTES = 4_000_000
"""Of text in one transaction, which the server holds in memory until it is committed."""


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
    An empty knowledge base is refused without `force`, and so is one whose ids nodes of yours have; `dry_run` counts.

    Returns {"build", "server", "dry_run", "before", "nodes", "edges", "kept", "moved", "parts", "timings"}: created,
    updated, deleted and unchanged of nodes and edges, and of each label and type; `kept` nodes vanished here but hold
    what is yours; `moved` nodes have another community or centrality than they had, and nothing else; `before` is the
    name of the knowledge base that was there.
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
        loader = _Loader(session, where, clock)
        if not dry_run:
            loader.prepare()
        before = loader.about().get("name")
        changes = loader.compare(parts)
        if not force:
            loader.refuse_foreign(changes)
        moved = loader.moved(changes)
        kept = 0 if dry_run else loader.write(changes, moved, graph.about(manifest, folder))
    return {
        "build": manifest["build"],
        "server": str(where),
        "dry_run": dry_run,
        "before": before,
        "nodes": _summed(change for change in changes if not change.part.ends),
        "edges": _summed(change for change in changes if change.part.ends),
        "kept": kept,
        "moved": sum(rows.height for _, rows in moved),
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

    def __init__(self, session: "Session", where: Address, clock: Clock) -> None:
        self.session = session
        self.where = where
        self.clock = clock

    def prepare(self) -> None:
        """Make the constraints, the indexes and the names of the schema, and wait until they are there."""
        self._make(statements.RANGES)
        for procedure, names in statements.schema_names().items():
            self._change(f"UNWIND $names AS name CALL {procedure}(name)", names=names)
        self._await()
        self.clock.end("schema")

    def compare(self, parts: Iterable[graph.Part]) -> list[Change]:
        """What each part has to change."""
        changes = []
        for part in parts:
            self.clock.tick("compare")
            changes.append(compare(part, self.ask))
        self.clock.end("compare")
        return changes

    def moved(self, changes: Iterable[Change]) -> list[tuple[graph.Part, pl.DataFrame]]:
        """Of each label the nodes that stand elsewhere in the graph, but for those that are written anyway."""
        found = []
        for change in changes:
            if (part := graph.places(change.part)) is not None:
                differ = compare(part, self.ask)
                written = pl.concat([change.created["id"], change.updated["id"]])
                rows = pl.concat([differ.created, differ.updated])
                found.append((part, rows.filter(~pl.col("id").is_in(written.implode()))))
        self.clock.end("compare places")
        return found

    def refuse_foreign(self, changes: Iterable[Change]) -> None:
        """Raise UsageError when nodes that are not ours have ids that we would write."""
        for change in changes:
            if change.part.ends is None and change.created.height:
                theirs = {row[0] for row in self.ask(statements.foreign_ids(change.part.name), {})}
                if found := sorted(theirs.intersection(change.created["id"])):
                    raise UsageError(
                        f"{self.where} holds {len(found)} {change.part.name} nodes of yours with our ids, such as "
                        f"{found[0][:80]}: rename them, or --force takes them over"
                    )

    def ask(self, cypher: str, params: Mapping[str, object]) -> list[list[Any]]:
        """The rows of a reading query."""

        def work(transaction: "ManagedTransaction") -> list[list[Any]]:
            return [record.values() for record in transaction.run(cypher, dict(params))]

        return self.session.execute_read(work)

    def about(self) -> dict[str, object]:
        """What the server says that it holds."""
        rows = self.ask(statements.WHAT_IS_HELD, {})
        return dict(rows[0][0]) if rows else {}

    def write(
        self, changes: list[Change], moved: list[tuple[graph.Part, pl.DataFrame]], about: Mapping[str, object]
    ) -> int:
        """Write the changes; returns how many nodes vanished here but stay, for something of the user's holds them."""
        nodes = [change for change in changes if not change.part.ends]
        edges = [change for change in changes if change.part.ends]
        if any(change.size for change in changes) or any(rows.height for _, rows in moved):
            self._tell({**about, "complete": False})
        self._run("prune", [(statements.delete_edges(c.part), c.deleted) for c in edges])
        self._write("nodes", nodes)
        self._run("places", [(statements.place(part), rows) for part, rows in moved])
        self._make(statements.TEXTS)  # filled beside the edges: sooner than node by node
        self._write("edges", edges)
        kept = self._run("release", [(statements.release(c.part), c.deleted) for c in nodes])
        self._run("prune", [(statements.delete_nodes(c.part), c.deleted) for c in nodes])
        self._await()
        self.clock.end("indexes")
        self._tell(about)
        return kept

    def _write(self, stage: str, changes: list[Change]) -> None:
        """Create and update rows; raises StoreError when some had no place, as only another writer can bring about."""
        jobs = [(statements.create(c.part), c.created) for c in changes]
        jobs += [(statements.update(c.part), c.updated) for c in changes]
        if (missing := sum(rows.height for _, rows in jobs) - self._run(stage, jobs)) > 0:
            raise StoreError(
                f"{missing} {stage} found no place on {self.where}: something else changed the graph meanwhile; "
                "run kb load again"
            )

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

    def _make(self, indexes: Iterable[statements.Index]) -> None:
        """Make indexes; raises StoreError for one whose name the server gives to another."""
        from neo4j.exceptions import ClientError

        for index in indexes:
            try:
                self._change(index.statement)
            except ClientError as error:  # of two loads at once, IF NOT EXISTS lets one make what the other just made
                if not str(error.code).endswith("EquivalentSchemaRuleAlreadyExists"):
                    raise
        query = "SHOW INDEXES YIELD name, labelsOrTypes, properties RETURN name, labelsOrTypes, properties"
        there = {name: (set(labels or ()), set(columns or ())) for name, labels, columns in self.ask(query, {})}
        for index in indexes:
            if there.get(index.name) != (set(index.labels), set(index.columns)):
                raise StoreError(f"the index {index.name} on {self.where} is not ours: drop or rename it")

    def _await(self) -> None:
        self.session.run("CALL db.awaitIndexes(600)").consume()

    def _change(self, statement: str, **params: Any) -> None:
        self.session.execute_write(lambda transaction: transaction.run(statement, params).consume())

    def _tell(self, about: Mapping[str, object]) -> None:
        """Say on the server which build it holds, unless it says so."""
        if not about.items() <= self.about().items():
            self._change(f"MERGE (k:{ABOUT} {{id: $about.id}}) SET k += $about", about=about)


def _batch(transaction: "ManagedTransaction", statement: str, rows: list[tuple[object, ...]]) -> int:
    return int(transaction.run(statement, rows=rows).single(strict=True)[0])


def _length(value: object) -> int:
    """The characters of a text, or of all that a list holds; a number takes 8."""
    if isinstance(value, list):
        return sum(map(_length, value))
    return len(value) if isinstance(value, str) else 8


def batches(frame: pl.DataFrame) -> Iterator[list[tuple[object, ...]]]:
    """The rows of a frame in lists of at most BATCH_ROWS rows and about BATCH_BYTES of text."""
    batch: list[tuple[object, ...]] = []
    size = 0
    for row in frame.iter_rows():
        batch.append(row)
        size += sum(map(_length, row))
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
