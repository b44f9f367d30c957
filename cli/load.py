"""The command that makes a Neo4j server hold a knowledge base."""

from typing import Annotated, Any

import typer

from cli.options import DEFAULT_KB, Json, Kb, Quiet
from cli.output import counted, note, progress, put_blocks, put_json
from cli.server import Database, Uri, User, server_address

_CHANGES = ("created", "updated", "deleted")


def load(
    uri: Uri = None,
    user: User = None,
    database: Database = None,
    force: Annotated[
        bool, typer.Option("--force", help="Load an empty knowledge base, or over nodes of yours with our ids.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would change.")] = False,
    kb: Kb = DEFAULT_KB,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Load the graph into a Neo4j server. Only what differs is written; a second load changes nothing.

    The password comes from NEO4J_PASSWORD or is asked for.

    \b
    Example: kb load --uri bolt://localhost:7687
    """
    from kb.load import load as work

    address = server_address(uri, user, database)
    with progress(quiet) as tick:
        made = work(kb, address, force=force, dry_run=dry_run, progress=tick)
    if as_json:
        put_json(made)
    elif not quiet:
        _summarise(made)


def _summarise(made: dict[str, Any]) -> None:
    """Print what changed, label by label and type by type, and in all."""
    whole = {key: made["nodes"][key] + made["edges"][key] for key in _CHANGES}
    rows = [{"what": name, **counts} for name, counts in made["parts"].items() if any(counts.values())]
    if any(whole.values()):
        put_blocks([(made["server"], ("what", *_CHANGES, "unchanged"), rows)])
    would = "would be " if made["dry_run"] else ""
    print(", ".join(f"{count} {would if not i else ''}{key}" for i, (key, count) in enumerate(whole.items())))
    if moved := made["moved"]:
        note(f"{counted(moved, 'node')} {would}given another community or centrality", False)
    if (before := made["before"]) and whole["deleted"]:
        note(f"{made['server']} held {before} before", False)
    if kept := made["kept"]:
        note(f"{counted(kept, 'node')} that vanished here stayed there, for what you put on them", False)
    seconds = sum(made["timings"].values())
    note(f"{made['server']}: {'compared' if made['dry_run'] else 'loaded'} in {seconds:.1f} s", False)
