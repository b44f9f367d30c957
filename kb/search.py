"""The index beside the graph: names to nodes, and full text, in one SQLite file.

    nodes(id, label, name, papers)     names(key, node, rank)
    texts: FTS5 over title or name and abstract or aliases (https://www.sqlite.org/fts5.html)

`rowid` is the same in all of them: a node's place among all ids in their order. `kb.adjacency` adds what lies beside
what. What a user types reaches FTS5 only as quoted strings.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from extract.pause import no_gc
from kb.errors import StoreError
from kb.fold import fold
from kb.schema import LABELS

if TYPE_CHECKING:
    import polars as pl

    from kb.tables import TableSet

_SCHEMA = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE nodes (rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, label TEXT, name TEXT, papers INTEGER);
CREATE TABLE names (key TEXT, rank INTEGER, node INTEGER, PRIMARY KEY (key, rank, node)) WITHOUT ROWID;
CREATE VIRTUAL TABLE texts USING fts5 (name, body, tokenize = 'porter unicode61 remove_diacritics 2');
"""

# A B-tree grows fastest in its own order. SQLite sorts in a file: as Python's tuples the keys of 100,000 papers and
# their entities were half a GB.
_NAMES_IN_ORDER = "INSERT INTO names SELECT DISTINCT key, rank, node FROM temp.keys ORDER BY key, rank, node"

NAME, ALIAS, HEAD = 0, 1, 2
"""Ranks of a key: a node's own name (title, DOI, ..), another surface form, the head of a title before its colon."""

_LIKE = 0.5  # likeness below which a name is no guess

_WORDS = 50  # of a search; the rest of a longer text adds nothing


@dataclass(frozen=True, slots=True)
class Node:
    """What the index knows of a node."""

    id: str
    label: str
    name: str


def sound(text: str) -> str:
    """A user's text without NUL and lone surrogates, which SQLite does not take."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


@no_gc()
def write_index(tables: "TableSet", path: Path) -> None:
    """Write the index of `tables` at `path`, which must not exist."""
    from kb.adjacency import write_adjacency

    nodes = _numbered(tables)
    order = nodes["node"].to_list()
    connection = sqlite3.connect(path)
    try:
        connection.executescript(_SCHEMA)
        connection.executemany("INSERT INTO nodes VALUES (?, ?, ?, ?, ?)", _nodes(tables, order))
        connection.execute("CREATE TEMP TABLE keys (key TEXT, rank INTEGER, node INTEGER)")
        connection.executemany("INSERT INTO keys VALUES (?, ?, ?)", _keys(tables, order))
        connection.execute(_NAMES_IN_ORDER)
        connection.executemany("INSERT INTO texts (rowid, name, body) VALUES (?, ?, ?)", _texts(tables, order))
        connection.execute("INSERT INTO texts (texts) VALUES ('optimize')")
        write_adjacency(tables, nodes, connection)
        connection.commit()
    finally:
        connection.close()


def _numbered(tables: "TableSet") -> "pl.DataFrame":
    """The id of every node, papers first, then entities and authors; and its number: its place among all in order."""
    import polars as pl

    ids = pl.concat([tables.scan(name).select("id") for name in ("papers", "entities", "authors")]).collect()
    return ids.with_columns(pl.col("id").rank("ordinal").cast(pl.Int32).alias("node"))


def _nodes(tables: "TableSet", order: Sequence[int]) -> Iterator[tuple[int, str, str, str, int]]:
    from kb.tables import captions, slices

    numbers = iter(order)
    for some in slices(tables.scan("papers").select("id", "title")):
        for id_, name in zip(some["id"], captions(some), strict=True):
            row = next(numbers)
            yield row, id_, "Paper", name, 0
    for id_, kind, name, papers in _rows(tables, "entities", "id", "kind", "name", "papers"):
        row = next(numbers)
        yield row, id_, kind, name, papers
    for id_, name, papers in _rows(tables, "authors", "id", "name", "papers"):
        row = next(numbers)
        yield row, id_, "Author", name, papers


def _keys(tables: "TableSet", order: Sequence[int]) -> Iterator[tuple[str, int, int]]:
    """(key, rank, node) of everything a node answers to."""
    return ((key, rank, node) for node, text, rank in _names(tables, order) if (key := fold(text)))


def _names(tables: "TableSet", order: Sequence[int]) -> Iterator[tuple[int, str, int]]:
    """(node, text, rank): everything a node answers to beside its id."""
    numbers = iter(order)
    for paper in _rows(tables, "papers", "title", "doi", "arxiv", "ids"):
        row = next(numbers)
        yield from ((row, text, rank) for text, rank in paper_names(*paper))
    for entity in _rows(tables, "entities", "name", "aliases"):
        row = next(numbers)
        yield from ((row, text, rank) for text, rank in entity_names(*entity))
    for author in _rows(tables, "authors", "name", "aliases", "ids"):
        row = next(numbers)
        yield from ((row, text, rank) for text, rank in author_names(*author))


def paper_names(
    title: str | None, doi: str | None, arxiv: str | None, ids: Sequence[str] | None = None
) -> Iterator[tuple[str, int]]:
    """(text, rank) of what a paper answers to."""
    head, colon, _ = (title or "").partition(": ")
    yield from ((text, NAME) for text in (title, doi, arxiv) if text)
    yield from _identifier_names(ids)
    if colon:
        yield head, HEAD


def author_names(name: str, aliases: Sequence[str] | None, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """(text, rank) of what an author answers to: also family name first, as lists of references have it."""
    yield name, NAME
    given, blank, family = name.rpartition(" ")
    if blank:
        yield f"{family}, {given}", ALIAS
    yield from ((alias, ALIAS) for alias in aliases or () if alias != name)
    yield from _identifier_names(ids)


def _identifier_names(ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """An identifier with its scheme; and bare, unless it is a number that could be anything's."""
    for own in ids or ():
        bare = own.partition(":")[2]
        yield own, NAME
        if not bare.isdigit() or own.startswith("id:"):
            yield bare, NAME


def entity_names(name: str, aliases: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """(text, rank) of what an entity answers to."""
    yield name, NAME
    yield from ((alias, ALIAS) for alias in aliases or () if alias != name)


def _texts(tables: "TableSet", order: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    from kb.tables import captions, slices

    numbers = iter(order)
    for some in slices(tables.scan("papers").select("id", "title", "abstract")):
        for name, title, abstract in zip(captions(some), some["title"], some["abstract"], strict=True):
            row = next(numbers)
            yield row, title or name, abstract or ""
    for name, aliases in _rows(tables, "entities", "name", "aliases"):
        row = next(numbers)
        yield row, name, " · ".join(alias for alias in aliases or () if alias != name)
    for name, aliases in _rows(tables, "authors", "name", "aliases"):
        row = next(numbers)
        yield row, name, " · ".join(aliases or ())


def _rows(tables: "TableSet", name: str, *columns: str) -> Iterator[tuple[Any, ...]]:
    from kb.tables import slices

    for some in slices(tables.scan(name).select(columns)):
        yield from some.iter_rows()


def best_first(rows: Iterable[tuple[str, str, str, int, int]], name: str, labels: Sequence[str]) -> list[Node]:
    """The nodes of rows (id, label, name, papers, rank), those that `name` means most likely first, each once."""
    kept = [row for row in rows if row[1] in labels]
    later = {"Author": 1, "Paper": 2}
    kept.sort(key=lambda row: (later.get(row[1], 0), row[4], row[2] != name, -row[3], row[0]))
    return list(dict.fromkeys(Node(*row[:3]) for row in kept))


def closest(name: str, names: Sequence[str], limit: int) -> list[str]:
    """The names that the fewest edits lead to, in the order of `names` where equal; none that is too unlike."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    key = sound(name).casefold().strip()
    folded = [each.casefold() for each in names]
    like = process.extract(key, folded, scorer=OSA.normalized_similarity, limit=limit, score_cutoff=_LIKE)
    return [names[i] for _, _, i in sorted(like, key=lambda hit: (-hit[1], hit[2]))]


def search_words(text: str) -> list[str]:
    """The words to search for."""
    return [word for word in sound(text).split() if any(c.isalnum() for c in word)][:_WORDS]


class Names(Protocol):
    """What finds nodes by what people call them: an `Index` beside the graph, or a server's own."""

    def resolve(self, name: str, labels: Sequence[str] = LABELS) -> list[Node]:
        """The nodes with that id or name, best first."""
        ...

    def search(self, text: str, *, label: str | None, limit: int) -> list[tuple[Node, str, float]]:
        """Nodes whose texts hold the words, with a snippet and a score, best first."""
        ...

    def nearest(self, name: str, *, limit: int = 3) -> list[str]:
        """The names that come closest to one that nobody has."""
        ...

    def close(self) -> None:
        """Give back files and connections."""
        ...


class Index:
    """The index of a knowledge base, opened for reading at the first question."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: sqlite3.Connection | None = None

    def resolve(self, name: str, labels: Sequence[str] = LABELS) -> list[Node]:
        """The nodes with that id or name, best first; entities before papers, the more used before the less."""
        name = sound(name).strip()
        rows = self._by_id([name])
        if not rows:
            sql = "SELECT id, label, name, papers, rank FROM names JOIN nodes ON nodes.rowid = node WHERE key = ?"
            rows = self.rows(sql, (fold(name),))
        if not rows:
            rows = self._by_id([f"{label.lower()}:{name.casefold()}" for label in LABELS])
        return best_first(rows, name, labels)

    def _by_id(self, ids: Sequence[str]) -> list[tuple[Any, ...]]:
        marks = ", ".join("?" * len(ids))
        return self.rows(f"SELECT id, label, name, papers, 0 FROM nodes WHERE id IN ({marks})", ids)

    def search(self, text: str, *, label: str | None, limit: int) -> list[tuple[Node, str, float]]:
        """Nodes whose texts hold the words, by BM25: all words, else any; the last word may be a beginning."""
        quoted = ['"' + word.replace('"', '""') + '"' for word in search_words(text)]
        if not quoted:
            return []
        sql = (
            "SELECT id, label, nodes.name, snippet(texts, 1, '', '', '…', 24), -bm25(texts, 4.0, 1.0) AS score "
            "FROM texts JOIN nodes ON nodes.rowid = texts.rowid "
            "WHERE texts MATCH ? AND (? IS NULL OR label = ?) ORDER BY score DESC, id LIMIT ?"
        )
        for query in (" AND ".join(quoted), " AND ".join(quoted) + "*", " OR ".join(q + "*" for q in quoted)):
            if rows := self.rows(sql, (query, label, label, limit)):
                break
        return [(Node(*row[:3]), " ".join(row[3].split()), round(row[4], 6)) for row in rows]

    def nearest(self, name: str, *, limit: int = 3) -> list[str]:
        """The names that come closest to one that nobody has: by edits, then those that hold its words."""
        names = [row[0] for row in self.rows("SELECT DISTINCT name FROM nodes ORDER BY name", ())]
        found = closest(name, names, limit)
        found += [node.name for node, _, _ in self.search(name, label=None, limit=limit)]
        return list(dict.fromkeys(found))[:limit]

    def keys(self) -> dict[str, list[str]]:
        """The folded names of every node that has any, by id."""
        found: dict[str, list[str]] = {}
        for id_, key in self.rows("SELECT DISTINCT id, key FROM names JOIN nodes ON nodes.rowid = node", ()):
            found.setdefault(id_, []).append(key)
        return found

    def close(self) -> None:
        """Close the file."""
        if self._open:
            self._open.close()
            self._open = None

    def rows(self, sql: str, params: Sequence[object]) -> list[tuple[Any, ...]]:
        """The rows of a statement; raises StoreError for a file that is damaged or not there."""
        try:
            if self._open is None:
                uri = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
                self._open = sqlite3.connect(uri, uri=True, check_same_thread=False)
            return self._open.execute(sql, params).fetchall()
        except sqlite3.Error as error:
            self.close()
            raise StoreError(f"{self.path} is damaged or missing ({error}): build the knowledge base again") from error
