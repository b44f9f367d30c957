"""The commands that write a knowledge base: build, add, remove."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import DEFAULT_KB, Json, Kb, Map, Quiet, Sources, Workers
from cli.output import counted, note, progress, put_blocks, put_json
from kb.errors import UsageError


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
            sources, out=kb, mapping=mapping, aliases=aliases, workers=count, min_score=min_score, progress=tick
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
    papers: Annotated[list[str], typer.Argument(metavar="PAPER...", help="Ids or titles, in any case.")],
    kb: Kb = DEFAULT_KB,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Take papers out; what only they name goes with them.

    \b
    Example: kb remove paper:2112.09127
    """
    import kb as library

    ids = paper_ids(papers, kb)
    with progress(quiet) as tick:
        made = library.remove(ids, kb=kb, progress=tick)
    summarise(made, kb, as_json, quiet)


def paper_ids(names: Sequence[str], path: Path) -> list[str]:
    """The ids of named papers; a name that several papers answer to is refused, for nothing goes by guess."""
    import kb as library

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
    whole = [{"what": key, "count": counts[key]} for key in ("entries", "papers", "mentions", "rejects")]
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
    if rejects := counts["rejects"]:
        verb, them = ("was", "it") if rejects == 1 else ("were", "them")
        note(f"{counted(rejects, 'record')} {verb} not read: kb rejects lists {them}", quiet)


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
