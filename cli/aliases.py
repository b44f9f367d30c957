"""The commands for names: what was joined, what could be, and an alias file put to work."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.build import summarise
from cli.options import DEFAULT_KB, Json, Kb, Limit, Quiet
from cli.output import note, progress, put_json, put_rows

app = typer.Typer(
    name="aliases",
    help="List, propose and apply names that mean one thing.",
    rich_markup_mode=None,
    no_args_is_help=False,
)


@app.command("list")
def list_merges(limit: Limit = 50, kb: Kb = DEFAULT_KB, as_json: Json = False, quiet: Quiet = False) -> None:
    """List entities that go by several names. Those that most papers name first.

    \b
    Example: kb aliases list --limit 20
    """
    import kb as library
    from kb.aliases import merges

    with library.open(kb) as base:
        found = merges(base.tables())
    _put(found[:limit], ("name", "aliases", "label", "papers"), as_json, quiet)
    if len(found) > limit:
        note(f"{limit} of {len(found)}; --limit N for more", quiet)


@app.command()
def propose(limit: Limit = 50, kb: Kb = DEFAULT_KB, as_json: Json = False, quiet: Quiet = False) -> None:
    """Propose pairs that may be one thing. Nothing is joined until you apply a line.

    \b
    Example: kb aliases propose --limit 20
    """
    import kb as library
    from kb.aliases import AliasFile
    from kb.aliases import propose as pairs

    with library.open(kb) as base:
        found = pairs(base.tables(), limit=limit, applied=AliasFile.parse(base.manifest["options"]["aliases"]))
    columns = tuple(name for name in found[0] if not name.endswith("id")) if found else ()
    _put(found, columns, as_json, quiet)


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(metavar="FILE", help='Lines such as "same: COCO = MS COCO".')],
    preview: Annotated[bool, typer.Option("--preview", help="Only say what each line would change.")] = False,
    kb: Kb = DEFAULT_KB,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Join and part names, and papers, by a file. It takes the place of the file applied before.

    \b
    Example: kb aliases apply names.txt --preview
    """
    import kb as library
    from kb.aliases import AliasFile, load_aliases
    from kb.aliases import preview as changes

    if preview:
        with library.open(kb) as base:
            applied = AliasFile.parse(base.manifest["options"]["aliases"])
            found = changes(base.tables(), load_aliases(file), applied=applied)
        _put(found, ("line", "rule", "change", "papers"), as_json, quiet)
        return
    with progress(quiet) as tick:
        made = library.apply_aliases(file, kb=kb, progress=tick)
    summarise(made, kb, as_json, quiet)


def _put(rows: list[dict[str, Any]], columns: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    if as_json:
        put_json(rows)
    elif columns:
        put_rows(rows, columns, piped=tuple(c for c in (rows[0] if rows else ()) if c not in columns))
    if not rows:
        note("none", quiet)
