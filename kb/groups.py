"""Questions about communities: which there are, what one holds, what joins them. Plain values out."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from kb.ask import run
from kb.errors import NotFoundError
from kb.schema import label_of
from kb.stores import GraphStore

Row = dict[str, Any]
_ALL = 1_000_000


def communities(store: GraphStore, *, limit: int) -> list[Row]:
    """The communities by number: name, papers, first and last year."""
    return run(store, "communities", limit=limit)


def community(store: GraphStore, number: int, *, limit: int) -> Row:
    """One community: its central papers, the entities they name, the communities it shares most with.

    Raises NotFoundError for a number that no community has.
    """
    found = [row for row in run(store, "communities", limit=_ALL) if row["community"] == number]
    if not found:
        raise NotFoundError(f'there is no community {number}: "kb communities" lists them')
    held = {
        kind: run(store, f"community_{kind}", community=number, limit=limit) for kind in ("papers", "entities", "links")
    }
    entities = [{"label": label_of(row["id"]), **row} for row in held["entities"]]
    return {**found[0], "central": held["papers"], "entities": entities, "links": held["links"]}


def bridges(store: GraphStore, *, label: str | None, limit: int) -> list[Row]:
    """The nodes that join communities, by betweenness, each with the communities it touches, most papers first."""
    prefix = f"{label.lower()}:" if label else ""
    rows = run(store, "bridges", prefix=prefix, limit=limit)
    touched = _touched(store, [row["id"] for row in rows])
    return [{"label": label_of(row["id"]), **row, "joins": touched[row["id"]]} for row in rows]


def _touched(store: GraphStore, ids: Sequence[str]) -> dict[str, list[Row]]:
    papers = [id_ for id_ in ids if label_of(id_) == "Paper"]
    entities = [id_ for id_ in ids if label_of(id_) != "Paper"]
    rows = run(store, "bridged_papers", ids=papers) if papers else []
    rows += run(store, "bridged_entities", ids=entities) if entities else []
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["id"]].append({key: row[key] for key in ("community", "name", "papers")})
    return found
