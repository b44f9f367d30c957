"""Bursts of a stream that comes in batches, such as the papers of each year.

J. Kleinberg, Bursty and Hierarchical Structure in Streams, KDD 2002 (Data Mining and Knowledge Discovery 7, 2003),
section 4, Enumerating Bursts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

CEILING = 0.9999
"""The highest rate of a state: at 1 a single batch with one irrelevant document would forbid the state."""


@dataclass(frozen=True)
class Burst:
    """Batches `start` to `end`, both in it, in which the automaton is at `level` or above.

    `weight` is what the level saves over the one below, in nats; negative only by rounding.
    """

    level: int
    start: int
    end: int
    weight: float


def bursts(
    relevant: Sequence[int], totals: Sequence[int], *, s: float = 2.0, gamma: float = 1.0, states: int = 2
) -> list[Burst]:
    """The bursts of a stream of n batches, `relevant[t]` of the `totals[t]` documents of batch t being relevant.

    State i expects the share p_i = (R / D) * s**i of relevant documents, R and D the sums over all batches; a batch
    costs the negative logarithm of its binomial probability, a step up of one level gamma * ln(n), a step down
    nothing, and the automaton starts in state 0. Bursts come level by level, in order of time. ValueError for counts
    that cannot be and for parameters outside s > 1, gamma >= 0, states >= 1.
    """
    _check(relevant, totals, s, gamma, states)
    gains = _gains(relevant, totals, s, states)
    levels = _cheapest(gains, gamma * math.log(max(len(gains), 1)))
    return [burst for level in range(1, states) for burst in _runs(levels, gains, level)]


def _check(relevant: Sequence[int], totals: Sequence[int], s: float, gamma: float, states: int) -> None:
    if len(relevant) != len(totals):
        raise ValueError(f"{len(relevant)} batches of relevant documents, {len(totals)} of all")
    if any(not 0 <= r <= d for r, d in zip(relevant, totals, strict=True)):
        raise ValueError("a batch with a negative count, or with more relevant documents than documents")
    if not (1 < s < math.inf and 0 <= gamma < math.inf and states >= 1):
        raise ValueError(f"s must be above 1, gamma at least 0, states at least 1, not {s}, {gamma}, {states}")


def _gains(relevant: Sequence[int], totals: Sequence[int], s: float, states: int) -> list[list[float]]:
    """What each state saves over state 0 at each batch.

    The binomial coefficient is the same in all states and drops out, and with it what large counts would round away.
    """
    if not sum(relevant):
        return [[0.0] * states for _ in relevant]
    base = sum(relevant) / sum(totals)
    rates = [min(base * math.exp(min(i * math.log(s), -math.log(base))), CEILING) for i in range(states)]
    more = [math.log(p / rates[0]) for p in rates]
    less = [math.log1p(-p) - math.log1p(-rates[0]) for p in rates]
    return [
        [r * up + (d - r) * down for up, down in zip(more, less, strict=True)]
        for r, d in zip(relevant, totals, strict=True)
    ]


def _cheapest(gains: Sequence[Sequence[float]], step: float) -> list[int]:
    """The cheapest states, one a batch (Viterbi); of equal ways the lower state."""
    if not gains:
        return []
    states = range(len(gains[0]))
    costs = [0.0 if i == 0 else math.inf for i in states]
    came: list[list[int]] = []
    for saved in gains:
        ways = [[costs[i] + max(j - i, 0) * step for i in states] for j in states]
        came.append([way.index(min(way)) for way in ways])
        costs = [min(way) - saved[j] for j, way in zip(states, ways, strict=True)]
    path = [costs.index(min(costs))]
    for before in reversed(came[1:]):
        path.append(before[path[-1]])
    return path[::-1]


def _runs(levels: Sequence[int], gains: Sequence[Sequence[float]], level: int) -> list[Burst]:
    """The longest runs at a level or above."""
    found = []
    for above, run in groupby(range(len(levels)), key=lambda t: levels[t] >= level):
        if above:
            batches = list(run)
            weight = math.fsum(gains[t][level] - gains[t][level - 1] for t in batches)
            found.append(Burst(level, batches[0], batches[-1], weight))
    return found
