"""The commands that write a knowledge base: build, add, remove."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import DEFAULT_KB, Json, Kb, Map, Quiet, Sources, Workers
from cli.output import counted, note, progress, put_blocks, put_json
from kb.errors import NotFoundError, UsageError

COUNTS = ("entries", "papers", "stubs", "pending", "mentions", "rejects")


def build(
    sources: Sources,
    kb: Kb = DEFAULT_KB,
    column_map: Map = None,
    aliases: Annotated[
        Path | None, typer.Option("--aliases", metavar="FILE", help="Lines of same: and apart:.")
    ] = None,
    workers: Workers = "auto",
    min_score: Annotated[
        float,
        typer.Option("--min-score", min=0.0, max=1.0, metavar="X", help="Leave out mentions that score below."),
    ] = 0.0,
    stubs: Annotated[
        bool, typer.Option("--stubs", help="Keep papers that are only cited, by their identifiers.")
    ] = False,
    rules_only: Annotated[
        bool, typer.Option("--rules-only", help="Go without the learned model: faster, finds less.")
    ] = False,
    engine: Annotated[str, typer.Option("--engine", metavar="local|spark", help="What the stages run on.")] = "local",
    master: Annotated[
        str | None, typer.Option("--master", metavar="URL", help="Spark's: local[4], spark://host:7077, yarn ..")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Build a knowledge base. One that stands there is replaced when the new one is done.

    \b
    Example: kb build seeds/ more/*.jsonl.gz --map headline=title --kb papers.kb
    """
    import kb as library

    mapping, count = _mapping(column_map or []), _count(workers)
    with progress(quiet) as tick:
        made = library.build(
            sources,
            out=kb,
            mapping=mapping,
            aliases=aliases,
            workers=count,
            min_score=min_score,
            stubs=stubs,
            rules_only=rules_only,
            engine=engine,
            master=master,
            progress=tick,
        )
    summarise(made, kb, as_json, quiet)


def add(
    sources: Sources,
    kb: Kb = DEFAULT_KB,
    column_map: Map = None,
    workers: Workers = "auto",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Add papers; only what is new or changed is read.

    \b
    Example: kb add tomorrow.jsonl
    """
    import kb as library

    mapping, count = _mapping(column_map or []), _count(workers)
    with progress(quiet) as tick:
        made = library.add(sources, kb=kb, mapping=mapping, workers=count, progress=tick)
    summarise(made, kb, as_json, quiet)


def remove(
    papers: Annotated[
        list[str] | None,
        typer.Argument(metavar="PAPER...", help="Ids, titles, DOIs .., in any case.", show_default=False),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option("--source", metavar="FILE", help="All that this input file gave; may be repeated."),
    ] = None,
    query: Annotated[
        str | None, typer.Option("--query", metavar="CYPHER", help="Papers whose ids this query returns, first.")
    ] = None,
    kb: Kb = DEFAULT_KB,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Take papers out; what only they name goes with them. Adding their files again brings them back.

    \b
    Example: kb remove --query "MATCH (p:Paper) WHERE p.year < 2015 RETURN p.id"
    """
    import kb as library

    if not papers and not source and query is None:
        raise UsageError("name papers, a --source or a --query")
    ids = {*paper_ids(papers or [], kb), *(queried_ids(query, kb) if query is not None else ())}
    if not ids and not source:
        raise NotFoundError("the query returns no paper")
    with progress(quiet) as tick:
        made = library.remove(sorted(ids), sources=source or (), kb=kb, progress=tick)
    summarise(made, kb, as_json, quiet)


def queried_ids(query: str, path: Path) -> list[str]:
    """The ids in the first column of a query's rows; UsageError where that is none of papers."""
    import kb as library

    with library.open(path) as base:
        found = [next(iter(row.values()), None) for row in base.query(query)]
    for value in found:
        if not isinstance(value, str) or not value.startswith("paper:"):
            raise UsageError(f"the query must return ids of papers first (RETURN p.id), not {str(value)[:60]!r}")
    return [str(value) for value in found]


def paper_ids(names: Sequence[str], path: Path) -> list[str]:
    """The ids of named papers; a name that several papers answer to is refused, for nothing goes by guess."""
    import kb as library

    if not names:
        return []
    ids = []
    with library.open(path) as base:
        for name in names:
            found = base.resolve(name, labels=("Paper",))
            if len(found) > 1:
                listed = ", ".join(row["id"] for row in found[:5])
                raise UsageError(f'{len(found)} papers answer to "{name}": name one of {listed}')
            ids.append(found[0]["id"])
    return ids


def summarise(made: Mapping[str, Any], path: Path, as_json: bool, quiet: bool) -> None:
    """Print what was built: the manifest as JSON, else its counts."""
    if as_json:
        put_json(made)
        return
    if quiet:
        return
    counts, seconds = made["counts"], made["timings"]
    whole = [{"what": key, "count": counts[key]} for key in COUNTS if key in counts]
    put_blocks(
        [
            (str(path), ("what", "count"), whole),
            ("Nodes", ("label", "nodes"), [{"label": k, "nodes": n} for k, n in counts["nodes"].items()]),
            ("Edges", ("edge", "edges"), [{"edge": k, "edges": n} for k, n in counts["edges"].items()]),
        ]
    )
    stages = ", ".join(f"{stage} {spent:.1f}" for stage, spent in seconds.items())
    note(f"{path}: built in {sum(seconds.values()):.1f} s ({stages})", quiet)
    if "added" in made or "removed" in made:
        note(f"{counted(made.get('added', 0), 'paper')} added, {made.get('removed', 0)} taken out", quiet)
    inputs = made.get("inputs", ())
    if broken := [row["path"] for row in inputs if "error" in row]:
        note(f"{counted(len(broken), 'file')} not read, or not to the end: {_first(broken)}; see kb rejects", quiet)
    if empty := [row["path"] for row in inputs if not row["entries"] and "error" not in row]:
        note(f"{counted(len(empty), 'file')} gave no paper: {_first(empty)}", quiet)
    if rejects := counts["rejects"]:
        verb, them = ("was", "it") if rejects == 1 else ("were", "them")
        note(f"{counted(rejects, 'record')} {verb} not read: kb rejects lists {them}", quiet)


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (", .." if len(names) > 3 else "")


def _mapping(given: Sequence[str]) -> dict[str, str]:
    """`column=field` pairs as a mapping."""
    pairs = [pair.rpartition("=") for pair in given]
    for text, (column, _, field) in zip(given, pairs, strict=True):
        if not column or not field:
            raise UsageError(f"--map takes COLUMN=FIELD, not {text!r}")
    return {column.strip(): field.strip() for column, _, field in pairs}


def _count(workers: str) -> int | None:
    """A number of processes; None for auto."""
    if workers.lower() == "auto":
        return None
    if not workers.isascii() or not workers.isdigit() or int(workers) < 1:
        raise UsageError(f"--workers takes a number from 1 or auto, not {workers!r}")
    return int(workers)
