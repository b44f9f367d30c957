"""The commands that ask: each opens the knowledge base, asks the question of its own name and prints the answer."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.cards import put_card, put_reasons
from cli.options import DEFAULT_KB, Json, Kb, Kind, Limit, Name, Quiet, Store
from cli.output import Block, counted, note, note_found, put_blocks, put_json, put_rows

if TYPE_CHECKING:
    from kb.questions import Questions

_MAX_PATH = 12


def opened(path: Path, store: str | None, quiet: bool) -> "Questions":
    """The knowledge base of a folder, or of a server; imported here, so that help and usage errors cost nothing."""
    import kb

    if store is None:
        return kb.open(path)
    from cli.server import server_address

    base = kb.connect(server_address(store, None, None))
    if not base.manifest["complete"]:
        note(f"the last load into {store} was cut off: run kb load again, answers may lack something", quiet)
    return base


def checked_hops(hops: int) -> int:
    """The value of --hops, checked before the knowledge base is looked for."""
    from kb.questions import hop_count

    return hop_count(hops)


def checked_by(by: str) -> str:
    """The value of --by, checked before the knowledge base is looked for."""
    from kb.questions import likeness

    return likeness(by)


def stats(kb: Kb = DEFAULT_KB, store: Store = None, as_json: Json = False, quiet: Quiet = False) -> None:
    """Count papers, nodes and edges. List the most shared names.

    \b
    Example: kb stats
    """
    with opened(kb, store, quiet) as base:
        answer = base.stats()
    if as_json:
        put_json(answer)
        return
    always = ("entries", "papers", "rejects")
    shown = [key for key in ("entries", "papers", "stubs", "pending", "rejects") if key in always or answer[key]]
    counts = [{"what": key, "count": answer[key]} for key in shown]
    blocks: list[Block] = [
        (answer["path"], ("what", "count"), counts),
        ("Nodes", ("label", "nodes"), [{"label": k, "nodes": n} for k, n in answer["nodes"].items()]),
        ("Edges", ("edge", "edges"), [{"edge": k, "edges": n} for k, n in answer["edges"].items()]),
    ]
    for kind, rows in answer["top"].items():
        named = [{kind.lower(): row["name"], **row} for row in rows]
        blocks.append((f"Most shared: {kind}", (kind.lower(), "papers"), named))
    put_blocks(blocks)


def rejects(kb: Kb = DEFAULT_KB, as_json: Json = False, quiet: Quiet = False) -> None:
    """List the records that were not read. Each with its place and the reason.

    \b
    Example: kb rejects --json
    """
    import kb as library

    with library.open(kb) as base:
        rows = base.rejects()
    _put(rows, ("source", "line", "reason", "raw"), as_json)
    if not rows:
        note("no rejects: every record was read", quiet)


def search(
    text: Annotated[list[str], typer.Argument(metavar="TEXT...", help="Words to look for.")],
    kind: Kind = None,
    limit: Limit = 10,
    kb: Kb = DEFAULT_KB,
    store: Store = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find papers and entities by words. Titles, abstracts, names and aliases; best first.

    \b
    Example: kb search clothed humans --kind method
    """
    with opened(kb, store, quiet) as base:
        rows = base.search(" ".join(text), kind=kind, limit=limit)
    _put(rows, ("label", "name", "snippet", "id"), as_json, piped=("score",))
    note_found(rows, limit, quiet)


def show(
    name: Name, limit: Limit = 25, kb: Kb = DEFAULT_KB, store: Store = None, as_json: Json = False, quiet: Quiet = False
) -> None:
    """Show one paper, entity or author. Its edges by type, each with the sentence that proves it.

    \b
    Example: kb show ICON
    """
    with opened(kb, store, quiet) as base:
        card = base.show(name, limit=limit)
    if as_json:
        put_json(card)
        return
    put_card(card)
    if limit in Counter(edge["edge"] for edge in card["edges"]).values():
        note(f"at most {counted(limit, 'edge')} of each type; --limit N for more", quiet)


def neighbours(
    name: Name,
    hops: Annotated[int, typer.Option("--hops", callback=checked_hops, metavar="N", help="How far: from 1 to 4.")] = 1,
    edge: Annotated[str | None, typer.Option("--edge", metavar="TYPE", help="Only edges such as USES.")] = None,
    kind: Kind = None,
    limit: Limit = 25,
    kb: Kb = DEFAULT_KB,
    store: Store = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List what a paper, an entity or an author touches, strongest first.

    \b
    Example: kb neighbours ICON --hops 2 --edge USES
    """
    with opened(kb, store, quiet) as base:
        rows = base.neighbours(name, hops=hops, edge=edge, kind=kind, limit=limit)
    columns = ("hop", "edge", "direction", "label", "name", "weight", "sentence")
    _put(rows, columns, as_json, piped=("from", "id"), marks=(name,))
    if limit in Counter(row["hop"] for row in rows).values():
        note(f"at most {limit} of each hop; --limit N for more", quiet)


def why(
    a: Annotated[str, typer.Argument(metavar="A", help="A paper, an entity or an author.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    kb: Kb = DEFAULT_KB,
    store: Store = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say why two papers are close. What they share, what it weighs, and both sentences.

    \b
    Example: kb why ICON ECON
    """
    with opened(kb, store, quiet) as base:
        answer = base.why(a, b)
    if as_json:
        put_json(answer)
        return
    put_reasons(answer)
    if not (answer["shared"] or answer["cites"] or answer["direct"]):
        note("nothing joins these two directly: try kb path", quiet)


def path(
    a: Annotated[str, typer.Argument(metavar="A", help="A paper, an entity or an author.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    max_hops: Annotated[
        int, typer.Option("--max-hops", min=1, max=_MAX_PATH, metavar="N", help="The longest to look for.")
    ] = 6,
    kb: Kb = DEFAULT_KB,
    store: Store = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find a shortest path. Each row says by which edge it was reached.

    \b
    Example: kb path ICON CLIP --max-hops 4
    """
    with opened(kb, store, quiet) as base:
        rows = base.path(a, b, max_hops=max_hops)
    _put(rows, ("edge", "direction", "label", "name"), as_json, piped=("id",))


def similar(
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="An id or a title, in any case.")],
    by: Annotated[
        str, typer.Option("--by", callback=checked_by, metavar="WAY", help="shares, coupling or cocitation.")
    ] = "shares",
    limit: Limit = 10,
    kb: Kb = DEFAULT_KB,
    store: Store = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Rank the other papers by what they share with one. Or by what both cite, or by who cites both.

    \b
    Example: kb similar ICON --by coupling --limit 5
    """
    with opened(kb, store, quiet) as base:
        rows = base.similar(paper, by=by, limit=limit)
    weight = ("weight",) if by == "shares" else ()  # citations are counted, not weighed
    _put(rows, (*weight, "shared", "name", "year", "via"), as_json, piped=("id",))
    note_found(rows, limit, quiet)


def top(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="paper, method, dataset, task, metric, concept or author.")
    ],
    limit: Limit = 10,
    kb: Kb = DEFAULT_KB,
    store: Store = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List the nodes of one kind that most papers hold.

    \b
    Example: kb top dataset --limit 20
    """
    with opened(kb, store, quiet) as base:
        rows = base.top(kind, limit=limit)
    counts = [c for c in ("papers", "mentions") if any(row[c] is not None for row in rows)]  # papers have no mentions
    _put(rows, (*counts, "name"), as_json, piped=("id",))


def query(
    cypher: Annotated[
        str | None, typer.Argument(metavar="CYPHER", help="A reading query; - takes it from stdin.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", metavar="FILE", help="Read it from FILE.")] = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter, JSON or text; may be repeated."),
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, metavar="N", help="At most N rows.")] = None,
    kb: Kb = DEFAULT_KB,
    store: Store = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run a Cypher query that only reads.

    \b
    Example: kb query 'MATCH (m:Method {name: $name})<-[:USES]-(p) RETURN p.name AS paper' --param name=CLIP
    """
    from cli.cypher import parameters, statement

    text, values = statement(cypher, file), parameters(param or [])
    with opened(kb, store, quiet) as base:
        rows = base.query(text, params=values, limit=limit)
    _put(rows, tuple(rows[0]) if rows else (), as_json)
    if not rows:
        note("no rows", quiet)


def _put(
    rows: list[dict[str, Any]],
    columns: tuple[str, ...],
    as_json: bool,
    *,
    piped: tuple[str, ...] = (),
    marks: tuple[str, ...] = (),
) -> None:
    """Rows as JSON, lines or a table."""
    if as_json:
        put_json(rows)
    elif columns:
        put_rows(rows, columns, marks=marks, piped=piped)
