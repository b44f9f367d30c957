"""The command that counts how right the extraction and the joining of names are."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import DEFAULT_KB, Json, Kb, Quiet
from cli.output import Block, counted, note, put_blocks, put_json, put_rows
from kb.errors import UsageError


def evaluate(
    gold: Annotated[Path | None, typer.Argument(metavar="GOLD", help="Papers with what they name, one a line.")] = None,
    pairs: Annotated[
        Path | None, typer.Option("--pairs", metavar="PAIRS", help="Pairs of names, the same thing or not.")
    ] = None,
    roles: Annotated[
        Path | None, typer.Option("--roles", metavar="ROLES", help="Papers with the role of what they name.")
    ] = None,
    acronyms: Annotated[
        Path | None, typer.Option("--acronyms", metavar="ACRONYMS", help="Acronyms with several long forms.")
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="List what is missed and wrong, by cause.")] = False,
    kb: Kb = DEFAULT_KB,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Count right and missed entities against GOLD, roles against ROLES, merges of names against PAIRS or ACRONYMS.

    \b
    Example: kb evaluate gold.jsonl
    Example: kb evaluate gold.jsonl --errors
    Example: kb evaluate --roles seeds_roles_dev.jsonl
    Example: kb evaluate --pairs name_pairs.jsonl
    """
    import kb as library

    if sum(given is not None for given in (gold, pairs, roles, acronyms)) != 1:
        raise UsageError(
            "give one thing to evaluate: kb evaluate GOLD, kb evaluate --roles ROLES, --pairs PAIRS or --acronyms .."
        )
    if errors and (pairs or acronyms):
        raise UsageError("--errors goes with GOLD or --roles; --pairs lists its errors always, --acronyms has none")
    if pairs is not None:
        _put_pairs(library.evaluate_pairs(pairs), as_json, quiet)
        return
    with library.open(kb) as base:
        if acronyms is not None:
            rows = library.evaluate_acronyms(acronyms, base.tables())
            put_json(rows) if as_json else put_rows(rows, tuple(rows[0]))
            return
        if roles is not None:
            found = library.evaluate_roles(roles, base.tables())
        else:
            assert gold is not None
            found = library.evaluate(gold, base.tables())
    if found.absent:
        note(f"{counted(len(found.absent), 'paper')} of the gold file not in {kb}, or nothing found in them", quiet)
    if as_json:
        put_json(asdict(found))
    else:
        scores = ("", tuple(found.scores[0]), found.scores)
        put_blocks([scores, *(_by_cause(found.errors) if errors else [_confusions(found.confusions)])])


def _confusions(rows: list[dict[str, Any]]) -> Block:
    first = "gold \\ found"
    return "Taken for", (first, *list(rows[0])[1:]), [{first: row["gold"], **row} for row in rows]


def _by_cause(errors: list[dict[str, Any]]) -> list[Block]:
    ranked = sorted(errors, key=lambda e: (e["error"], e["type"], e["cause"]))
    causes = Counter((e["error"], e["type"], e["cause"]) for e in ranked)
    counts = [{"error": e, "type": t, "cause": c, "count": n} for (e, t, c), n in causes.items()]
    return [
        ("Causes", ("error", "type", "cause", "count"), counts),
        ("Errors", ("error", "type", "cause", "name", "beside", "title"), ranked),
    ]


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
