"""The manifest: what a knowledge base was built from, by what, with what result.

No times and no paths but the sources', so that equal builds have equal manifests.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

import extract
from extract.lexicon import DATA
from kb.folder import FORMAT
from kb.tables import TableSet
from kb.version import __version__


def make_manifest(tables: TableSet, inputs: Sequence[Mapping[str, Any]], options: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of a graph; `build` is a hash of all the rest."""
    rows = sorted((dict(row) for row in inputs), key=lambda row: str(row["path"]))
    papers, stubs = _number(tables, "papers"), _number(tables, "papers", pl.col("title") == "")
    pending = _number(tables, "records", pl.col("paper") == "")
    authors = _number(tables, "authors")
    nodes = {"Paper": papers, **_numbers(tables, "entities", "kind")} | ({"Author": authors} if authors else {})
    made = {
        "format": FORMAT,
        "version": __version__,
        "model": model_hash(rules_only=bool(options.get("rules_only"))),
        "inputs": rows,
        "options": dict(options),
        "counts": {
            "entries": sum(row["entries"] for row in rows),
            "papers": papers - stubs,
            **({"stubs": stubs} if stubs else {}),
            **({"pending": pending} if pending else {}),
            "mentions": _number(tables, "mentions"),
            "rejects": len(tables.rejects),
            "nodes": nodes,
            "edges": _numbers(tables, "edges", "type"),
        },
    }
    return {**made, "build": hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:12]}


def _number(tables: TableSet, name: str, where: pl.Expr | None = None) -> int:
    """How many rows of a table there are, or how many of a kind."""
    rows = tables.scan(name) if where is None else tables.scan(name).filter(where)
    return int(rows.select(pl.len()).collect().item())


def _numbers(tables: TableSet, name: str, by: str) -> dict[str, int]:
    """How many rows of a table there are of each value of a column, by value."""
    return dict(tables.scan(name).group_by(by).agg(pl.len()).sort(by).collect().iter_rows())


def sha256(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def model_hash(*, rules_only: bool = False) -> str:
    """The hash of the extractor, its code, its data and its tokeniser: mentions of another one are not taken over.

    What extracts by rules only is another one, so the two are never mixed.
    """
    root = Path(extract.__file__).parent
    whole = hashlib.sha256(version("spacy").encode() + (b" rules only" if rules_only else b""))
    for part in model_files():
        whole.update(part.relative_to(root).as_posix().encode() + b"\0" + part.read_bytes())
    return whole.hexdigest()[:16]


def model_files() -> list[Path]:
    """The files that decide what is extracted of a text: code, word lists and weights, but not how these were made.

    Readers give the text, and a changed text has another hash.
    """
    root = Path(extract.__file__).parent
    code = (p for p in root.rglob("*.py") if not {"training", "readers"} & set(p.relative_to(root).parts))
    return sorted([*code, *DATA.iterdir()])
