"""Gold files: JSON Lines written by people, read with an eye to what is wrong in them; and how sure a count is."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb.errors import SourceError

Row = dict[str, Any]
RESAMPLINGS = 1000


@dataclass(slots=True)
class Evaluation:
    """What counting found.

    `scores`: rows {"type" (or "role"), "precision", "recall", "f1", "low", "high", "predicted", "gold"}; low and high
    hold 95 % of F1 over resamplings of the papers. `confusions`: rows {"gold", one column a type}: what the gold
    entities of a type were taken for; row and column `none`: no entity. `errors`: rows {"error": "missed" or "wrong",
    "type", "name", "cause", "beside", "title"}; `beside` is what explains it. `absent`: titles that no prediction has.
    """

    scores: list[Row] = field(default_factory=list)
    confusions: list[Row] = field(default_factory=list)
    errors: list[Row] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


def bounds(counts: Sequence[Sequence[int]]) -> Row:
    """{"low", "high"}: 95 % of F1 over RESAMPLINGS of the papers, always the same ones (percentile bootstrap).

    `counts` has a row a paper: right predictions, predictions, found gold labels, gold labels.
    """
    import numpy as np

    held = np.array(counts, dtype=float).reshape(-1, 4)
    size = len(held)
    times = np.random.default_rng(0).multinomial(size, [1 / size] * size, RESAMPLINGS) if size else np.zeros((1, 0))
    right, predicted, found, gold = (times @ held).T
    with np.errstate(invalid="ignore"):  # a rare label is in no paper of some samples
        p, r = right / predicted, found / gold
        f1 = np.where(p + r > 0, 2 * p * r / (p + r), 0.0)
    low, high = np.quantile(f1[(predicted + gold) > 0] if np.any(predicted + gold) else [0.0], (0.025, 0.975))
    return {"low": round(float(low), 4), "high": round(float(high), 4)}


def read_gold(path: str | Path, needed: Sequence[str]) -> list[Row]:
    """The objects of a JSON Lines file; raises SourceError that names the line when one lacks a needed field."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: not UTF-8 at byte {error.start}") from error
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise SourceError(f"{path}, line {number}: not JSON ({error})") from error
        except RecursionError:
            raise SourceError(f"{path}, line {number}: not JSON (nested too deeply)") from None
        lacking = [c for c in needed if not isinstance(row, dict) or c not in row]
        if lacking:
            raise SourceError(f'{path}, line {number}: no "{lacking[0]}"; is this the right kind of file?')
        rows.append(row)
    if not rows:
        raise SourceError(f"{path}: holds no line to evaluate")
    return rows
