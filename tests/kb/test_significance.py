"""The chance that a link is an accident."""

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix

from kb.significance import CUT, _log_tail, p_values


def unit(held: list[list[int]], mass: np.ndarray) -> csr_matrix:
    """Papers x features with rows of unit length."""
    rows = np.repeat(np.arange(len(held)), [len(own) for own in held])
    columns = np.concatenate(held)
    matrix = csr_matrix((mass[columns], (rows, columns)), shape=(len(held), len(mass)))
    return csr_matrix(matrix.multiply(1 / np.sqrt(matrix.multiply(matrix).sum(axis=1))))


def random_corpus(papers: int, features: int, each: int, seed: int) -> list[list[int]]:
    """Papers that hold features drawn by a law with a long tail."""
    rng = np.random.default_rng(seed)
    often = 1 / np.arange(1, features + 1)
    return [sorted(rng.choice(features, each, replace=False, p=often / often.sum())) for _ in range(papers)]


def nearest(matrix: csr_matrix, count: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The nearest neighbours of each paper: two rows and their cosine."""
    cosine = (matrix @ matrix.T).toarray()
    np.fill_diagonal(cosine, -1)
    right = np.argsort(-cosine, axis=1, kind="stable")[:, :count].ravel()
    left = np.repeat(np.arange(len(cosine)), count)
    return left, right, cosine[left, right]


def test_neighbours_in_a_random_corpus_are_chance() -> None:
    """Of the best of 500 no more pass a level than it says; of the ten best, one in twenty passes the cut at most."""
    held = random_corpus(500, 2_000, 12, seed=3)
    often = np.bincount(np.concatenate(held), minlength=2_000)
    mass = np.log(1 + 500 / np.maximum(often, 1))
    matrix = unit(held, mass)
    best = p_values(matrix, mass, *nearest(matrix))
    assert ((best >= 0) & (best <= 1)).all()
    assert all((best <= level).mean() <= level for level in (0.05, CUT, 0.5)) and (best <= 0.5).any()
    assert (p_values(matrix, mass, *nearest(matrix, 10)) <= CUT).mean() <= 0.05


def test_a_pair_that_shares_rare_names_is_no_chance() -> None:
    """Two papers with the same five rare names among 400 others that share none of them."""
    held = [*random_corpus(400, 1_500, 12, seed=4), *([[*range(1_500, 1_505), 0, 1, 2]] * 2)]
    often = np.bincount(np.concatenate(held), minlength=1_505)
    mass = np.log(1 + 400 / np.maximum(often, 1))
    (value,) = p_values(unit(held, mass), mass, np.array([400]), np.array([401]), np.array([1.0]))
    assert value < 1e-6


def test_the_tail_is_near_the_exact_one() -> None:
    """All ways to pick from ten features counted: the median ratio is 1, the worst a factor of 4."""
    rng = np.random.default_rng(1)
    picks = (np.arange(1024)[:, None] >> np.arange(10)) & 1
    ratios = []
    for _ in range(200):
        gain, chance = rng.uniform(0.02, 0.2, 10), rng.uniform(0.001, 0.05, 10)
        sums = picks @ gain
        value = rng.choice(sums[picks.sum(axis=1) >= 2])
        exact = np.prod(np.where(picks, chance, 1 - chance), axis=1)[sums >= value - 1e-12].sum()
        (found,) = _log_tail(gain, chance, np.array([0]), np.array([10]), np.array([value]))
        ratios.append(found - np.log(exact))
    assert abs(np.median(ratios)) < np.log(1.25) and np.abs(ratios).max() < np.log(4)


def test_the_order_of_a_pair_does_not_matter() -> None:
    """Left and right exchanged give the same value."""
    held = random_corpus(60, 80, 8, seed=5)
    mass = np.linspace(1, 3, 80)
    matrix = unit(held, mass)
    left, right, cosine = nearest(matrix)
    one, other = p_values(matrix, mass, left, right, cosine), p_values(matrix, mass, right, left, cosine)
    assert pl.Series(one).equals(pl.Series(other))
