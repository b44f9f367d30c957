"""Where the graph lies: one seam of two methods, opened by URL."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from kb.errors import UsageError

Row = dict[str, object]


class GraphStore(Protocol):
    """A graph that answers Cypher."""

    def run(self, cypher: str, params: Mapping[str, object] | None = None, *, limit: int | None = None) -> list[Row]:
        """The rows of a reading query, the first `limit` of them; raises UsageError or StoreError."""
        ...

    def close(self) -> None:
        """Give back files and connections; a second call does nothing."""
        ...


def open_store(url: str | Path) -> GraphStore:
    """The store at `url`: a path is an image of the embedded database."""
    from kb.stores.embedded import EmbeddedStore

    if "://" in str(url):
        raise UsageError(f"no store for {url}: give the path of a graph image")
    return EmbeddedStore(Path(url))
