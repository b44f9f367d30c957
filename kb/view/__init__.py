"""The explorer in the browser: the graph as one HTML file that asks nobody for anything, or served piece by piece.

The page draws with sigma.js and graphology, which are bundled with our script in `bundle/` (made of `src/` by
`make view-bundle`).
"""

from collections.abc import Mapping
from pathlib import Path

from kb.errors import StoreError, UsageError
from kb.export.files import whole
from kb.tables import Tables
from kb.view.behind import behind
from kb.view.overview import overview, parted
from kb.view.page import page
from kb.view.payload import payload
from kb.view.places import places, places_apart

__all__ = ["view"]

FLUENT = 5000
"""Nodes up to which a page draws the whole graph; beyond them it begins with the communities."""

MOST = 100_000
"""Nodes of the largest page: some 60 MB, which browsers still open."""


def view(
    part: Tables, out: str | Path, *, graph: str = "full", base: Tables | None = None, about: Mapping[str, object]
) -> None:
    """Write the page of `part` to the file `out`, whole or not at all.

    `part` is what `kb.subgraph.select` gives for `graph`, `base` the whole it was taken from: papers bring the
    entities that they share and entities the papers that name them, as evidence that the page does not show at first.
    `about` is what the page tells of itself: `name`, `build`. Raises UsageError for more than MOST nodes or an empty
    name, StoreError for a place that cannot be written.
    """
    if not str(out):
        raise UsageError("no place to write to: the name is empty; name a file")
    held, hidden = behind(part, base or part, graph)
    size = len(held.papers) + len(held.entities) + len(held.authors)
    if size > MOST:
        raise UsageError(
            f"{size:,} nodes are too many for one page, {MOST:,} at most: take a part with --top or --since, or --serve"
        )
    made = _page(held, {**about, "hidden": hidden, "nodes": size}, size)
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
