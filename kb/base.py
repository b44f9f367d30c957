"""A knowledge base opened: one on disk, or one that was loaded into a server. Both answer the same questions."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from kb.adjacency import Adjacency
from kb.errors import NotFoundError, StoreError, UsageError
from kb.folder import GRAPH, INDEX, locate, read_manifest, read_rejects, read_tables
from kb.questions import Questions, Row
from kb.schema import ENTITIES
from kb.search import Index
from kb.stores import GraphStore
from kb.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    import networkx as nx

    from kb.address import Address
    from kb.export import Look
    from kb.subgraph import Selection
    from kb.tables import Tables
    from kb.view.serve import Server


def open(path: str | Path = "papers.kb") -> "KnowledgeBase":
    """Open a knowledge base for reading; raises StoreError or VersionError.

    >>> with open("papers.kb") as base:  # doctest: +SKIP
    ...     base.why("ICON", "ECON")
    """
    return KnowledgeBase(path)


def connect(server: "Address | str | None" = None) -> "ServerBase":
    """The knowledge base that `kb.load` put on a Neo4j server; raises StoreError.

    `server` is an Address or a URI such as bolt://localhost:7687; what it leaves out comes from NEO4J_URI,
    NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE.
    """
    from kb.address import Address, address

    return ServerBase(server if isinstance(server, Address) else address(server))


class KnowledgeBase(Questions):
    """A knowledge base on disk, read-only."""

    def __init__(self, path: str | Path = "papers.kb") -> None:
        self.folder = Path(path)
        self.place = str(self.folder)
        self.manifest = read_manifest(self.folder)
        self._folder = locate(self.folder)
        self._names = self._index = Index(self._folder / INDEX)
        self._graph: GraphStore | None = None

    def close(self) -> None:
        """Close its files."""
        self._names.close()
        if self._graph:
            self._graph.close()
            self._graph = None

    @property
    def _store(self) -> GraphStore:
        """The graph, opened at the first question that needs it, if it still is the one the index belongs to."""
        if self._graph is None:
            if read_manifest(self.folder).get("build") != self.manifest.get("build"):
                raise StoreError(f"{self.folder} was built anew while it was open: open it again")
            self._graph = EmbeddedStore(self._folder / GRAPH)
        return self._graph

    @property
    def _adjacency(self) -> Adjacency | None:
        adjacency = Adjacency(self._index)
        return adjacency if adjacency.there() else None

    def rejects(self) -> list[Row]:
        """The records that were not read: source, line, reason and the first of the text."""
        return [asdict(reject) for reject in read_rejects(self._folder)]

    def merges(self, *, limit: int | None = None) -> Row:
        """Which records were joined to one paper, and by what, most doubtful first: see `kb.merges.merges`."""
        from kb.merges import merges

        return merges(self.tables(), limit=limit)

    def tables(self) -> "Tables":
        """The record: papers, mentions, entities and edges as polars frames."""
        return read_tables(self.folder)

    def select(self, **wanted: "Unpack[Selection]") -> "Tables":
        """The tables of a part of the graph: see `kb.subgraph.select`; its `names` are names here."""
        from kb.subgraph import select

        graph, given = wanted.get("graph", "full"), wanted.get("names", ())
        wanted["names"] = [self._named(name, graph) for name in ([given] if isinstance(given, str) else given)]
        return select(self.tables(), **wanted)

    def export(
        self, format: str, out: str | Path, *, look: "Look | None" = None, **wanted: "Unpack[Selection]"
    ) -> None:
        """Write the graph to `out` in a format of `kb.export.EXPORTERS`, outside of the knowledge base.

        Or a part of the graph: `wanted` is what `select` takes. `look`, of formats that draw, may have `colour` (kind
        or community), `size` (papers or degree) and `layout` (True: where nodes lie).
        """
        from kb.export import WHOLE, export
        from kb.graph import about

        if wanted and format in WHOLE:
            raise UsageError(f"{format} is of the whole graph: leave out what selects a part of it")
        whole = None if wanted else about(self.manifest, self.folder)
        export(self.select(**wanted), format, self._outside(out), about=whole, look=look)

    def view(self, out: str | Path, **wanted: "Unpack[Selection]") -> None:
        """Write the graph, or the part that `select` gives, as a page for the browser: see `kb.view.view`."""
        from kb.view import view

        place = self._outside(out)
        part, hidden = self._seen(**wanted)
        view(part, place, about={**self._about(), "hidden": hidden})

    def viewed(self, *, port: int = 0, **wanted: "Unpack[Selection]") -> "Server":
        """A server of the same page for a graph of any size, on this machine alone: see `kb.view.serve.server`."""
        from kb.view.serve import server

        part, hidden = self._seen(**wanted)
        return server(part, self._names, {**self._about(), "hidden": hidden}, port=port)

    def _seen(self, **wanted: "Unpack[Selection]") -> "tuple[Tables, list[str]]":
        """A part of the graph with what stands behind its links, and the labels that a page does not show at first."""
        from kb.view.behind import behind

        part, graph = self.select(**wanted), wanted.get("graph", "full")
        return behind(part, self.tables(), graph) if graph in ("papers", "entities") else (part, [])

    def _about(self) -> dict[str, object]:
        """What a page tells of the knowledge base."""
        name = self.folder.resolve().name
        return {"name": name.removesuffix(".kb"), "build": self.manifest["build"], "version": self.manifest["version"]}

    def _outside(self, out: str | Path) -> str | Path:
        """The place to write to, if it does not lie in the knowledge base."""
        target = Path(os.path.realpath(out))  # Path.resolve raises on a ring of links
        if any(target.is_relative_to(folder.resolve()) for folder in (self.folder, self._folder)):
            raise UsageError(f"{out} lies in the knowledge base {self.folder}: name a place outside")
        return out

    def _named(self, name: str, graph: str) -> str:
        """The id of a node of a graph: in that of papers the paper of that name, or that introduces it."""
        if graph == "entities":
            return self._nodes(name, ENTITIES)[0].id
        if graph != "papers":
            return self._nodes(name)[0].id
        node = self._paper_first(name)
        if node.label != "Paper":
            raise NotFoundError(f'"{node.name}" is a {node.label.lower()} and no paper: take the full graph')
        return node.id

    def plot(
        self, figure: str, out: str | Path, *, name: str | None = None, kind: str | None = None, top: int | None = None
    ) -> Row:
        """Draw a figure of `kb.figures.FIGURES` into a .png or .svg file and answer what was drawn."""
        from kb.figures import known, plot

        id_ = self._nodes(name)[0].id if known(figure) == "ego" and name else name
        return plot(self.tables(), figure, Path(out), id=id_, kind=kind, top=top)

    def to_networkx(self) -> "nx.MultiDiGraph":
        """The graph for networkx: nodes by id, edges keyed by type, SHARES once."""
        from kb.interop import to_networkx

        return to_networkx(self.tables())


class ServerBase(Questions):
    """A knowledge base on a Neo4j server, read-only; `manifest["complete"]` is False while or after a cut-off load."""

    _embedded = False

    def __init__(self, address: "Address") -> None:
        from kb.stores.neo4j import Neo4jStore
        from kb.stores.neo4j_names import Neo4jNames

        self.place = str(address)
        self._server = Neo4jStore(address)
        self._names = Neo4jNames(self._server)
        try:
            self.manifest = self._server.manifest()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close its connections."""
        self._server.close()

    @property
    def _store(self) -> GraphStore:
        return self._server
