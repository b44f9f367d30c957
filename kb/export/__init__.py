"""Writing a knowledge base out: one function a format, from tables to a file (a folder for CSV).

Equal tables give equal bytes, and a target holds the whole export or what it held before.
"""

from collections.abc import Callable
from pathlib import Path

from kb.errors import StoreError, UsageError
from kb.export.csv import write_csv
from kb.export.graphml import write_graphml
from kb.export.jsonl import write_jsonl
from kb.export.mentions import write_mentions
from kb.tables import Tables

__all__ = ["EXPORTERS", "export"]

EXPORTERS: dict[str, Callable[[Tables, Path], None]] = {
    "csv": write_csv,
    "graphml": write_graphml,
    "jsonl": write_jsonl,
    "mentions": write_mentions,
}
"""Format name -> what writes it."""


def export(tables: Tables, format: str, out: str | Path) -> None:
    """Write `tables` to `out` in one of EXPORTERS: a file, for "csv" a folder.

    Raises UsageError for an empty name or a format that is not there, StoreError for a place that cannot be written.
    """
    write = EXPORTERS.get(format)
    if write is None:
        raise UsageError(f'no export format "{format}"; there are: {", ".join(sorted(EXPORTERS))}')
    if not str(out):
        raise UsageError("no place to write to: the name is empty; name a file or a folder")
    try:
        write(tables, Path(out))
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(f"cannot write {out}: {reason}; name another place or make room there") from error
