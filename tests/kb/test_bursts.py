"""Kleinberg's automaton: by hand, against every sequence of states, and at the edges of what can be counted."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.bursts import CEILING, Burst, bursts


def levels(found: list[Burst], n: int) -> list[int]:
    """The state of each batch that bursts stand for."""
    return [sum(burst.start <= t <= burst.end for burst in found) for t in range(n)]


def cost(path: tuple[int, ...] | list[int], r: list[int], d: list[int], s: float = 2.0, gamma: float = 1.0) -> float:
    """What a sequence of states costs, as section 4 of the paper writes it, with the binomial coefficients."""
    base = sum(r) / sum(d)
    total = 0.0
    for t, (before, state) in enumerate(itertools.pairwise((0, *path))):
        p = min(base * s**state, CEILING)
        total += max(state - before, 0) * gamma * math.log(len(path))
        total -= math.log(math.comb(d[t], r[t])) + r[t] * math.log(p) + (d[t] - r[t]) * math.log(1 - p)
    return total


def test_a_burst_worked_by_hand() -> None:
    """R = 12 of D = 80, so p0 = 0.15 and p1 = 0.3; each batch of 5 saves 5 ln 2 + 5 ln(0.7 / 0.85) nats."""
    saved = 5 * math.log(2) + 5 * math.log(0.7 / 0.85)
    found = bursts([0, 1, 0, 5, 5, 0, 1, 0], [10] * 8)
    assert [(burst.level, burst.start, burst.end) for burst in found] == [(1, 3, 4)]
    assert found[0].weight == pytest.approx(2 * saved)


def test_a_single_high_batch_must_pay_for_the_step() -> None:
    """One batch of five alone: p0 = 7 / 80, it saves 5 ln 2 + 5 ln(66 / 73) = 2.96, the step costs ln 8 = 2.08."""
    found = bursts([0, 1, 0, 5, 0, 0, 1, 0], [10] * 8)
    assert [(burst.start, burst.end) for burst in found] == [(3, 3)]
    assert found[0].weight == pytest.approx(5 * math.log(2) + 5 * math.log(66 / 73))
    assert bursts([0, 1, 0, 5, 0, 0, 1, 0], [10] * 8, gamma=2) == []


def test_levels_nest() -> None:
    """With three states a burst of the second level lies within one of the first."""
    found = bursts([0, 0, 0, 4, 20, 20, 4, 0, 0, 0], [50] * 10, states=3)
    assert [(burst.level, burst.start, burst.end) for burst in found] == [(1, 4, 5), (2, 4, 5)]
    wide = bursts([1, 1, 1, 12, 40, 12, 1, 1, 1, 1], [50] * 10, states=3)
    outer, inner = (next(b for b in wide if b.level == level) for level in (1, 2))
    assert outer.start <= inner.start <= inner.end <= outer.end and inner.weight > 0


counts = st.integers(1, 30).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(counts, min_size=1, max_size=6),
    st.sampled_from([1.5, 2.0, 3.0]),
    st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    st.sampled_from([1, 2, 3]),
)
def test_no_sequence_of_states_is_cheaper(batches: list[tuple[int, int]], s: float, gamma: float, states: int) -> None:
    """The bursts found cost what the cheapest of all sequences costs, and none of them loses by itself."""
    r, d = [batch[0] for batch in batches], [batch[1] for batch in batches]
    found = bursts(r, d, s=s, gamma=gamma, states=states)
    if 0 < sum(r) < sum(d):
        ways = itertools.product(range(states), repeat=len(r))
        assert cost(levels(found, len(r)), r, d, s, gamma) == pytest.approx(
            min(cost(way, r, d, s, gamma) for way in ways), rel=1e-9, abs=1e-7
        )
    else:
        assert found == []
    assert all(burst.weight > -1e-9 for burst in found)


@settings(max_examples=200, deadline=None)
@given(st.lists(counts, min_size=1, max_size=30), st.integers(2, 4))
def test_bursts_are_maximal_and_nested(batches: list[tuple[int, int]], states: int) -> None:
    """Of one level they neither touch nor overlap; of the next each lies within one of the level below."""
    found = bursts([batch[0] for batch in batches], [batch[1] for batch in batches], states=states)
    for level in range(1, states):
        own = [burst for burst in found if burst.level == level]
        assert all(a.end + 1 < b.start for a, b in itertools.pairwise(own))
        below = [burst for burst in found if burst.level == level - 1]
        assert level == 1 or all(any(o.start <= b.start and b.end <= o.end for o in below) for b in own)


@pytest.mark.parametrize(
    ("relevant", "totals"),
    [([], []), ([0], [0]), ([3], [10]), ([10], [10]), ([0, 0], [5, 5]), ([5, 5], [5, 5]), ([2] * 9, [10] * 9),
     ([0, 0, 0], [0, 0, 0]), ([0, 10**15, 0], [0, 10**15, 0])],
)  # fmt: skip
def test_nothing_that_rises_is_no_burst(relevant: list[int], totals: list[int]) -> None:
    """No batch, one batch, equal shares, none relevant, all relevant."""
    assert bursts(relevant, totals) == []


def test_very_large_counts_burst_as_small_ones() -> None:
    """Counts beyond what a float holds exactly are no trouble."""
    for scale in (1, 10**6, 10**15, 10**30):
        found = bursts([0, scale, 5 * scale, 0], [10 * scale] * 4)
        assert [(burst.start, burst.end) for burst in found] == [(2, 2)], scale


def test_many_states_are_capped() -> None:
    """A rate never reaches 1, however many states there are and however large s is."""
    found = bursts([1, 1, 9, 1], [10] * 4, states=40, s=1e200)
    assert all(math.isfinite(burst.weight) for burst in found)


@pytest.mark.parametrize(
    ("relevant", "totals", "options"),
    [([1], [1, 2], {}), ([2], [1], {}), ([-1], [1], {}), ([1], [1], {"s": 1}), ([1], [1], {"gamma": -1}),
     ([1], [1], {"states": 0}), ([1], [1], {"s": math.nan}), ([1], [1], {"s": math.inf})],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused(relevant: list[int], totals: list[int], options: dict[str, float]) -> None:
    """Lists of two lengths, more relevant than there are, parameters out of range."""
    with pytest.raises(ValueError):
        bursts(relevant, totals, **options)  # type: ignore[arg-type]
