"""The explorer in the browser: the graph as one HTML file that asks nobody for anything, or served piece by piece.

The page draws with sigma.js and graphology, which are bundled with our script in `bundle/` (made of `src/` by
`make view-bundle`).
"""

from collections.abc import Mapping
from pathlib import Path

from kb.errors import StoreError, UsageError
from kb.export.files import whole
from kb.tables import Tables
from kb.view.overview import overview, parted
from kb.view.page import page
from kb.view.payload import payload
from kb.view.places import places, places_apart

__all__ = ["view"]

FLUENT = 5000
"""Nodes up to which a page draws the whole graph; beyond them it begins with the communities."""

MOST = 100_000
"""Nodes of the largest page. 38,000, half of them papers with their abstracts, take 19 MB."""


def view(tables: Tables, out: str | Path, *, about: Mapping[str, object]) -> None:
    """Write the page of a graph to the file `out`, whole or not at all.

    `about` is what the page tells of itself: `name`, and `hidden`, the labels that it does not show at first. Raises
    UsageError for more than MOST nodes or an empty name, StoreError for a place that cannot be written.
    """
    if not str(out):
        raise UsageError("no place to write to: the name is empty; name a file")
    size = len(tables.papers) + len(tables.entities) + len(tables.authors)
    if size > MOST:
        raise UsageError(
            f"{size:,} nodes are too many for one page, {MOST:,} at most: take a part with --top or --since, or --serve"
        )
    made = _page(tables, {**about, "nodes": size}, size)
    try:
        with whole(Path(out)) as (file,):
            file.write(made)
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(f"cannot write {out}: {reason}; name another place or make room there") from error


def _page(tables: Tables, about: Mapping[str, object], size: int) -> bytes:
    if size <= FLUENT:
        return page(payload(tables, places(tables), about))
    tables = parted(tables)
    return page(payload(tables, places_apart(tables), about) | {"overview": overview(tables)})
