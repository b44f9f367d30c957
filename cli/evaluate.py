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
    kb: Kb = DEFAULT_KB,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Count right and missed entities against GOLD, or false and missed merges of names against PAIRS.

    \b
    Example: kb evaluate gold.jsonl
    Example: kb evaluate --pairs name_pairs.jsonl
    """
    import kb as library

    if (gold is None) == (pairs is None):
        raise UsageError("give one thing to evaluate: kb evaluate GOLD or kb evaluate --pairs PAIRS")
    if pairs is not None:
        _put_pairs(library.evaluate_pairs(pairs), as_json, quiet)
        return
    assert gold is not None
    with library.open(kb) as base:
        rows = library.evaluate(gold, base.tables())
    if as_json:
        put_json(rows)
    else:
        put_rows(rows, ("type", "precision", "recall", "f1", "predicted", "gold"))


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
