"""Reading what `kb query` was given: the statement and its parameters."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from kb.errors import StoreError, UsageError


def statement(cypher: str | None, file: Path | None) -> str:
    """The query text: from the argument, from a file, or from stdin for `-`."""
    if (cypher is None) == (file is None):
        raise UsageError('give one query: kb query "MATCH ..", kb query --file FILE or kb query - < FILE')
    if cypher is not None:
        return sys.stdin.read() if cypher == "-" else cypher
    assert file is not None
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise StoreError(f"cannot read {file}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text: byte {error.start} cannot be read") from error


def parameters(given: Sequence[str]) -> dict[str, object]:
    """`name=value` pairs; a value is JSON where it parses as JSON, else text."""
    pairs = [pair.partition("=") for pair in given]
    for text, (name, sign, _) in zip(given, pairs, strict=True):
        if not sign or not name:
            raise UsageError(f"--param takes NAME=VALUE, not {text!r}")
    return {name.lstrip("$"): _value(value) for name, _, value in pairs}


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
