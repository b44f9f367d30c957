"""The questions: functions from a store and settled nodes to plain values.

Each goes from an id, so that the engine begins at a primary key and not with a scan; what a question needs of Cypher
stands in `kb/queries`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kb.queries import load, narrowed
from kb.quotes import shared_terms
from kb.schema import EDGES, ENTITIES, ENTITY_EDGES, LABELS, NODES, UNDIRECTED, label_of
from kb.stores import GraphStore

if TYPE_CHECKING:
    from kb.adjacency import Adjacency

Row = dict[str, Any]

DIGITS = 6
FRONTIER = 100
"""How many nodes of a hop the next one starts from: the strongest, since a hub reaches everything."""

ALL = 1_000_000_000
"""A limit for what has none."""

STARTS = {source for source, _, _ in EDGES.values()}  # labels whose nodes edges leave


def run(store: GraphStore, query: str, **params: object) -> list[Row]:
    """The rows of a query of `kb/queries`, for the labels of the nodes that its parameters name."""
    return store.run(*narrowed(load(query), params))


def show(store: GraphStore, id: str, *, limit: int | None = None) -> Row:
    """A node with its columns and its edges; entities have the papers that name them, authors those they wrote.

    At most `limit` edges a type.
    """
    node = columns(store, id)
    node |= {c: [] for c, kind in NODES[label_of(id)].items() if kind == "STRING[]" and node[c] is None}
    if label_of(id) in STARTS or limit is None:
        found = _edges(store, [id])
    else:  # a hub has more papers than anybody reads: the engine cuts each type
        found = [row for type_ in ENTITY_EDGES for row in _edges(store, [id], edges=[type_], limit=limit)]
    rows = sorted(map(_show_edge, found), key=_by_type)
    if limit is not None:
        rows = _first_of_each_type(rows, limit)
    return {"id": id, "label": label_of(id), "name": node["name"], **node, "edges": rows}


def columns(store: GraphStore, id: str) -> Row:
    """The columns of a node."""
    label = label_of(id)
    return run(store, f"show_{label.lower()}" if label in STARTS else "show_entity", id=id)[0]


def _show_edge(row: Row) -> Row:
    keep = (
        "edge", "direction", "id", "label", "name", "weight", "sentence", "cue", "score", "year", "shared", "via",
        "position",
    )  # fmt: skip
    return {key: row[key] for key in keep} | {"weight": row["weight"] or None}


def _by_type(row: Row) -> tuple[int, float, int, str, str]:
    """Heaviest first; of what an author wrote the newest, of a paper's authors the first."""
    place = row["position"] if row["direction"] == "in" else -(row["year"] or 0)
    type_ = list(EDGES).index(row["edge"])
    return type_, -(row["weight"] or 0.0), place if row["edge"] == "WROTE" else 0, row["direction"], row["id"]


def _first_of_each_type(rows: Iterable[Row], limit: int) -> list[Row]:
    kept: list[Row] = []
    seen: dict[str, int] = {}
    for row in rows:
        seen[row["edge"]] = seen.get(row["edge"], 0) + 1
        if seen[row["edge"]] <= limit:
            kept.append(row)
    return kept


def _edges(
    store: GraphStore,
    ids: Sequence[str],
    *,
    edges: Sequence[str] = tuple(EDGES),
    prefix: str = "",
    least: float = 0.0,
    limit: int = ALL,
) -> list[Row]:
    """The `limit` heaviest edges at some nodes, either way round, heaviest first; `near` is the end in `ids`.

    None that weighs less than `least`: the engine reads what is left out no further.
    """
    params = {"edges": list(edges), "prefix": prefix, "least": least, "limit": limit}
    starts = [i for i in ids if label_of(i) in STARTS]
    rows = run(store, "edges_out", ids=starts, **params) if starts else []
    found = [{**row, "direction": _direction(row, "out")} for row in rows]
    ends = [i for i in ids if label_of(i) != "Author"]  # nothing leads to an author
    leads = ends and any(f"{label.lower()}:".startswith(prefix) for label in STARTS)
    rows = run(store, "edges_in", ids=ends, **params) if leads else []
    found += [{**row, "direction": _direction(row, "in")} for row in rows]
    for row in found:
        row["label"] = label_of(row["id"])
        row["weight"] = round(row["weight"], DIGITS)
    found.sort(key=lambda row: (-row["weight"], row["id"], row["near"], row["edge"], row["direction"]))
    return found


def _direction(row: Row, direction: str) -> str:
    return "both" if row["edge"] in UNDIRECTED else direction


def neighbours(
    store: GraphStore,
    id: str,
    *,
    hops: int = 1,
    edge: str | None = None,
    kind: str | None = None,
    limit: int = 25,
    adjacency: "Adjacency | None" = None,
) -> list[Row]:
    """What can be reached from a node, each node once, by its heaviest edge; `limit` nodes a hop.

    `edge` restricts the walk, `kind` what is reported: a walk to methods may lead through papers.
    `adjacency` tells how heavy the heaviest edges of a hub are.
    """
    edges = (edge,) if edge else tuple(EDGES)
    frontier, seen, found = [id], {id}, []
    for hop in range(1, hops + 1):
        rows = _reached(store, frontier, edges, f"{kind.lower()}:" if kind else "", seen, limit, adjacency)
        found += [_neighbour(hop, row) for row in rows]
        if hop == hops:
            break
        walked = _reached(store, frontier, edges, "", seen, FRONTIER)
        seen.update(row["id"] for row in (*walked, *rows))
        if not (frontier := [row["id"] for row in walked]):
            break
    return found


def _reached(
    store: GraphStore,
    ids: Sequence[str],
    edges: Sequence[str],
    prefix: str,
    seen: Collection[str],
    limit: int,
    adjacency: "Adjacency | None" = None,
) -> list[Row]:
    """The `limit` nodes beyond `seen` with the heaviest edges from `ids`; asks for more edges until there are."""
    wanted = limit * 4 + len(seen) * 2
    hub = adjacency if len(ids) == 1 and label_of(ids[0]) in ENTITIES else None
    while True:
        least = hub.least(ids[0], wanted) if hub else 0.0
        rows = _edges(store, ids, edges=edges, prefix=prefix, least=least, limit=wanted)
        if least and len(rows) < wanted:  # some of the heaviest are of other types or kinds
            rows = _edges(store, ids, edges=edges, prefix=prefix, limit=wanted)
        first: dict[str, Row] = {}
        for row in rows[:wanted]:
            if row["id"] not in seen:
                first.setdefault(row["id"], row)
        # Each way round was cut at `wanted`: the first `wanted` of both together are sure, fewer are all there are.
        if len(first) >= limit or len(rows) < wanted:
            return list(first.values())[:limit]
        wanted *= 8


def _neighbour(hop: int, row: Row) -> Row:
    keep = ("edge", "direction", "id", "label", "name")
    own = {key: row[key] for key in keep} | {"weight": row["weight"] or None}
    return {"hop": hop, **own, "from": row["near"], "sentence": row["sentence"]}


def why(store: GraphStore, a: Row, b: Row) -> Row:
    """What links two nodes: for papers the names and terms of both and who cites whom, for others the papers of both.

    A paper and another node have an edge between them or none.
    """
    made: Row = {"a": a, "b": b, "weight": None, "shared": [], "terms": [], "cites": [], "direct": []}
    kinds = [node["label"] == "Paper" for node in (a, b)]
    if all(kinds):
        made["shared"] = _shared(run(store, "why_shared", a=a["id"], b=b["id"]))
        made["terms"] = _terms(store, a["id"], b["id"])
        parts = [row["weight"] for row in (*made["shared"], *made["terms"])]
        made["weight"] = round(sum(parts), DIGITS) if parts else None
        made["cites"] = _cites(store, a["id"], b["id"]) + _cites(store, b["id"], a["id"])
    elif any(kinds):
        paper, other = (a, b) if kinds[0] else (b, a)
        source, target = (other, paper) if other["label"] == "Author" else (paper, other)
        made["direct"] = between(store, source["id"], target["id"])
        made["weight"] = max((row["weight"] for row in made["direct"] if row["weight"] is not None), default=None)
    else:
        made["shared"] = _shared(run(store, "papers_with_both", a=a["id"], b=b["id"]))
    return made


def _shared(rows: Iterable[Row]) -> list[Row]:
    return [{"id": row["id"], "label": label_of(row["id"]), **row} for row in rows]


def _terms(store: GraphStore, a: str, b: str) -> list[Row]:
    rows = {row["id"]: row for row in run(store, "paper_terms", ids=[a, b])}
    return shared_terms(*({**rows[id_], **run(store, "show_paper", id=id_)[0]} for id_ in (a, b)))


def _cites(store: GraphStore, source: str, target: str) -> list[Row]:
    return [
        {"source": source, "target": target, "via": row["via"], "sentence": row["sentence"]}
        for row in between(store, source, target)
        if row["edge"] == "CITES"
    ]


def between(store: GraphStore, a: str, b: str) -> list[Row]:
    rows = run(store, "edges_between", a=a, b=b)
    return [{**row, "weight": None if row["weight"] is None else round(row["weight"], DIGITS)} for row in rows]


def top(store: GraphStore, kind: str, *, limit: int = 10) -> list[Row]:
    """The nodes of a label that most papers name; papers by how many others they share something with or cite.

    Authors by how many papers they wrote.
    """
    if kind in STARTS:
        return [{**row, "mentions": None} for row in run(store, f"top_{kind.lower()}s", limit=limit)]
    return run(store, "top_entities", prefix=f"{kind.lower()}:", limit=limit)


def stats(store: GraphStore, manifest: Mapping[str, Any]) -> Row:
    """The counts of the manifest, every label and type named, and the ten most shared methods, datasets and tasks."""
    counts = manifest["counts"]
    return {
        "build": manifest.get("build"),
        **{key: counts.get(key, 0) for key in ("entries", "papers", "stubs", "pending", "mentions", "rejects")},
        "nodes": {label: counts.get("nodes", {}).get(label, 0) for label in LABELS},
        "edges": {type_: counts.get("edges", {}).get(type_, 0) for type_ in EDGES},
        "top": {
            kind: [{key: row[key] for key in ("id", "name", "papers")} for row in top(store, kind)]
            for kind in ("Method", "Dataset", "Task")
        },
    }
