"""Which links are more than chance: a p-value for each pair of papers that SHARES joins.

The null model keeps what one paper holds and draws the other's features at random, each as often as the corpus has
it, as many as that paper holds. The statistic is the cosine itself, so rare shared names count more than hubs. Its tail
is the saddlepoint approximation of a sum of independent, weighted 0/1 variables (Daniels, Tail probability
approximations, 1987, formula 3.2), taken both ways round and averaged as logarithms. Times the number of papers that is
the expected number of papers as near by chance, and p = 1 - exp(-expected) the probability of at least one (Karlin and
Altschul, 1990, who rank sequence matches so): a paper has as many chances of an accidental neighbour as there are
papers.
"""

import math
from typing import Any

import numpy as np
import polars as pl
from scipy.special import erfcx

from kb.threads import in_threads

CUT = 0.05
"""The p-value up to which a link counts as more than chance, where nothing else is asked for."""

DIGITS = 2  # significant ones; more would change with every paper, and with the processor
_MASS_DIGITS = 2
_SLICE = 5_000  # pairs at a time: what they hold then fits the processor's cache
_STEPS = 11  # halvings of the interval that holds the saddlepoint
_STEEPEST = 400.0  # its upper end: cosines beyond lie where the tail is the smallest there is
_LARGEST, _LARGEST_SINGLE = 600.0, 80.0  # exponents of a double and of a single
_NEVER = 1e-30


def p_values(matrix: Any, mass: np.ndarray, left: np.ndarray, right: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """P-values of pairs of rows, between 0 and 1.

    `matrix` is papers x features (CSR, rows of unit length), `mass` what each feature weighs in a paper (the root of
    the mean square over papers), `weight` the cosine of each pair of rows `left`, `right`.
    """
    size = float(_coarse(np.array([matrix.shape[0]]))[0])
    held = np.diff(matrix.indptr)
    others = np.bincount(matrix.indices, minlength=matrix.shape[1]) - 1  # but for the paper itself
    frequency, mass = _coarse(others) / size, mass.round(_MASS_DIGITS)
    length = np.sqrt(np.bincount(np.repeat(np.arange(len(held)), held), weights=mass[matrix.indices] ** 2))
    often = held / max(1, round(matrix.nnz / max(1, len(held))))

    def tails(start: int) -> np.ndarray:
        part = slice(start, start + _SLICE)
        found = np.zeros(len(weight[part]))
        for one, other in ((left[part], right[part]), (right[part], left[part])):
            rows = matrix[one]
            counts = np.diff(rows.indptr)
            gain = rows.data * mass[rows.indices] / np.repeat(length[other], counts)
            chance = -np.expm1(-frequency[rows.indices] * np.repeat(often[other], counts))
            found += _log_tail(gain, chance, rows.indptr[:-1], counts, weight[part]) / 2
        return found

    told = np.concatenate([np.zeros(0), *in_threads(tails, range(0, len(weight), _SLICE))])
    expected = size * np.exp(np.minimum(told, 0))
    return _rounded(-np.expm1(-expected))


def masses(matrix: Any) -> np.ndarray:
    """What each column weighs in the rows that hold it: the root of the mean square."""
    held = np.bincount(matrix.indices, minlength=matrix.shape[1])
    squares = np.bincount(matrix.indices, weights=matrix.data**2, minlength=matrix.shape[1])
    return np.asarray(np.sqrt(squares / np.maximum(held, 1)))


def _coarse(counts: np.ndarray) -> np.ndarray:
    """Counts to a fifth: else one paper more would change every p-value there is."""
    return np.where(counts > 0, 2 ** (np.round(4 * np.log2(np.maximum(counts, 1))) / 4), 0.0)


def _log_tail(
    gain: np.ndarray, chance: np.ndarray, start: np.ndarray, counts: np.ndarray, value: np.ndarray
) -> np.ndarray:
    """Logarithms of P(sum of `gain` over what chance picks >= value), for segments of the flat arrays."""
    theta = _saddlepoint(gain, chance, start, counts, value)
    picked, total = _tilted(gain, chance, np.repeat(theta, counts))
    exponent = np.add.reduceat(np.log(total), start) - theta * value
    spread = theta * np.sqrt(np.add.reduceat(gain**2 * picked * (1 - picked), start))
    return np.asarray(np.minimum(exponent, 0) + np.log(erfcx(spread / math.sqrt(2)) / 2))


def _saddlepoint(
    gain: np.ndarray, chance: np.ndarray, start: np.ndarray, counts: np.ndarray, value: np.ndarray
) -> np.ndarray:
    """Where the tilted mean of each segment is `value`, by halving; single precision is fine enough."""
    gain, value = gain.astype(np.float32), value.astype(np.float32)
    odds = ((1 - chance) / np.maximum(chance, _NEVER)).astype(np.float32)
    low, high = np.zeros_like(value), np.full_like(value, _STEEPEST)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        against = np.exp(np.maximum(gain * np.repeat(-middle, counts), -_LARGEST_SINGLE)) * odds
        below = np.add.reduceat(gain / (1 + against), start) < value
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2, np.float64)


def _tilted(gain: np.ndarray, chance: np.ndarray, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The chance of each feature under the tilted law, and what its moment generating function is there."""
    risen = chance * np.exp(np.minimum(theta * gain, _LARGEST))
    total = 1 - chance + risen
    return risen / total, total


def _rounded(values: np.ndarray) -> np.ndarray:
    return pl.Series(values).round_sig_figs(DIGITS).clip(0.0, 1.0).to_numpy()
