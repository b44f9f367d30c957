"""Gold files: JSON Lines written by people, read with an eye to what is wrong in them; and how sure a count is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extract.counting import TYPES
from kb.errors import SourceError, UnreachableError

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


Shape = Any
"""What a value must be: a type, [shape] for a list, {key: shape} for an object; other keys do not matter."""

_NAMED = {"name": str, "type": str}
_FORMS = [{"name": str, "mentions": [str]}]
ENTITIES: Shape = {"title": str, "introduces": [_NAMED], **{t + "s": _FORMS for t in TYPES}}
ROLES: Shape = {"title": str, "roles": [{**_NAMED, "role": str}]}
PAIRS: Shape = {"type": str, "a": str, "b": str, "same": bool}
ACRONYMS: Shape = {"acronym": str, "senses": [{"long": str, "papers": int, "forms": dict}]}


def read_gold(path: str | Path, shape: Mapping[str, Shape], *, unique: str = "") -> list[Row]:
    """The objects of a JSON Lines file; raises SourceError that names the line when one is not of the shape.

    No two lines may have the same value under the key `unique`.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnreachableError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: not UTF-8 at byte {error.start}") from error
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        row = _parsed(line, f"{path}, line {number}")
        if wrong := _misfit(row, shape, ""):
            raise SourceError(f"{path}, line {number}: {wrong}; is this the right kind of file?")
        if unique and seen.setdefault(row[unique], number) != number:
            raise SourceError(f'{path}, line {number}: the same "{unique}" as line {seen[row[unique]]}')
        rows.append(row)
    if not rows:
        raise SourceError(f"{path}: holds no line to evaluate")
    return rows


def _parsed(line: str, place: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise SourceError(f"{place}: not JSON ({error})") from error
    except RecursionError:
        raise SourceError(f"{place}: not JSON (nested too deeply)") from None


def _misfit(value: object, shape: Shape, key: str) -> str:
    """What is wrong with a value, or nothing."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return f'"{key}" holds no object' if key else f'no "{next(iter(shape))}"'
        lacking = next((f'no "{k}"' for k in shape if k not in value), "")
        return lacking or next((wrong for k, s in shape.items() if (wrong := _misfit(value[k], s, k))), "")
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f'"{key}" is no list'
        return next((wrong for part in value if (wrong := _misfit(part, shape[0], key))), "")
    return "" if isinstance(value, shape) else f'"{key}" is no {_WORDS.get(shape, "object")}'


_WORDS = {str: "text", int: "number", bool: "true or false", list: "list"}
