"""The command that counts how right the extraction and the joining of names are."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import DEFAULT_KB, Json, Kb, Quiet
from cli.output import note, put_blocks, put_json, put_rows
from kb.errors import UsageError


def evaluate(
    gold: Annotated[Path | None, typer.Argument(metavar="GOLD", help="Papers with what they name, one a line.")] = None,
    pairs: Annotated[
        Path | None, typer.Option("--pairs", metavar="PAIRS", help="Pairs of names, the same thing or not.")
    ] = None,
    roles: Annotated[
        Path | None, typer.Option("--roles", metavar="ROLES", help="Papers with the role of what they name.")
    ] = None,
    kb: Kb = DEFAULT_KB,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Count right and missed entities against GOLD, their roles against ROLES, or merges of names against PAIRS.

    \b
    Example: kb evaluate gold.jsonl
    Example: kb evaluate --roles seeds_roles_dev.jsonl
    Example: kb evaluate --pairs name_pairs.jsonl
    """
    import kb as library

    if sum(given is not None for given in (gold, pairs, roles)) != 1:
        raise UsageError("give one thing to evaluate: kb evaluate GOLD, kb evaluate --roles ROLES or --pairs PAIRS")
    if pairs is not None:
        _put_pairs(library.evaluate_pairs(pairs), as_json, quiet)
        return
    columns: tuple[str, ...] = ("precision", "recall", "f1", "predicted", "gold")
    with library.open(kb) as base:
        if roles is not None:
            rows, columns = library.evaluate_roles(roles, base.tables()), ("role", *columns, "low", "high")
        else:
            assert gold is not None
            rows, columns = library.evaluate(gold, base.tables()), ("type", *columns)
    if as_json:
        put_json(rows)
    else:
        put_rows(rows, columns)


def _put_pairs(answer: dict[str, Any], as_json: bool, quiet: bool) -> None:
    if as_json:
        put_json(answer)
        return
    counts = [{"what": key.replace("_", " "), "count": n} for key, n in answer.items() if key != "errors"]
    put_blocks(
        [("", ("what", "count"), counts), ("Errors", ("error", "type", "a", "b", "why", "proposed"), answer["errors"])]
    )
    if not answer["errors"]:
        note("no errors", quiet)
