"""The judge: features count together, sums are exact, one form is judged alike alone and among others."""

import math

import numpy as np
import pytest

from extract.judge import (
    CLASSES,
    INTRODUCED_FILE,
    KIND_FILE,
    as_network,
    introduced_features,
    introduced_score,
    kind_scores,
    network,
    scored,
    weights,
)
from extract.lexicon import DATA
from extract.training import network as training
from extract.training.judge import choose, index, matrix

FORMS = [
    {"bias", "gazetteer=Dataset", "shape=camel", "next=dataset"},
    {"bias", "last=network", "whole chunk", "shape=lower+space"},
    {"bias", "a feature nobody has seen"},
    set(),
]


def test_probabilities_are_those_of_each_form_alone() -> None:
    """Rows sum to one; the order of forms and of features, and the size of the batch, change no bit."""
    together = kind_scores(FORMS)
    assert together.shape == (4, len(CLASSES)) and np.allclose(together.sum(axis=1), 1)
    for form, row in zip(FORMS, together, strict=True):
        assert kind_scores([sorted(form, reverse=True)])[0].tobytes() == row.tobytes()
    assert kind_scores(FORMS[::-1])[::-1].tobytes() == together.tobytes()
    assert kind_scores([]).shape == (0, len(CLASSES))


def test_the_second_model_adds_up_what_it_was_taught_on() -> None:
    """The score at run time, which makes no strings of pairs, is that of the features of training."""
    cues = {"introductions:title:0.9", "introductions:we pro:0.7", "gazetteer=Method", "verb=propos", "other verb=a"}
    looks = {"shape=camel+digit", "edge=head ,", "edge=start ", "seen=0", "in title", "we said plain", "times=2", "x=1"}
    for features in (cues | looks, cues, looks, set[str]()):
        table = weights(INTRODUCED_FILE)
        taught = introduced_features(features, "Method", (0.31, 0.69))
        total = sum(table.get(f, 0) for f in taught) / 100
        assert introduced_score(features, "Method", (0.31, 0.69)) == pytest.approx(1 / (1 + math.exp(-total)))


def test_sums_are_exact() -> None:
    """Even ten thousand of the largest features and all hidden units stay whole numbers that doubles hold."""
    net = network()
    units = 10_000 * int(np.abs(net.features).max()) + int(np.abs(net.hidden_bias).max())
    assert units < 2**31 and units * np.abs(net.out).sum(axis=0).max() < 2**53


def test_the_files_are_small() -> None:
    """All that is learned stays far below 15 MB in the wheel."""
    assert (DATA / KIND_FILE).stat().st_size < 6_000_000
    assert sum(file.stat().st_size for file in DATA.iterdir()) < 10_000_000


@pytest.fixture(scope="module")
def learned() -> tuple[list[set[str]], np.ndarray, dict[str, np.ndarray]]:
    """A class that only two features together tell: `a` or `b` alone is 0, both are 1."""
    sets = [{"bias"} | ({"a"} if i & 1 else set()) | ({"b"} if i & 2 else set()) for i in range(4)] * 1500
    y = np.array([int({"a", "b"} <= s) for s in sets])
    names = index(sets)
    return sets, y, training.quantised(names, training.fit(matrix(sets, names), y, 2, epochs=60))


def test_features_count_together(learned: tuple[list[set[str]], np.ndarray, dict[str, np.ndarray]]) -> None:
    """What no sum of weights could say, and in whole numbers too."""
    sets, y, held = learned
    net = as_network(held)
    found = scored(net, sets[:4])[:, 1]
    assert (found.round() == y[:4]).all() and found[3] > 0.8 and found[:3].max() < 0.2


def test_training_again_gives_the_same_weights(
    learned: tuple[list[set[str]], np.ndarray, dict[str, np.ndarray]],
) -> None:
    """Fixed seeds, a fixed order."""
    sets, y, held = learned
    names = index(sets)
    again = training.quantised(names, training.fit(matrix(sets, names), y, 2, epochs=60))
    assert all(np.array_equal(held[name], again[name]) for name in held)


def test_the_threshold_weighs_recall_by_beta() -> None:
    """With beta above one the threshold goes down to where more is found."""
    truth = np.array([1, 1, 0, 1, 0, 0, 1, 0, 0, 0])
    score = np.linspace(0.95, 0.05, 10)
    assert choose(truth, score, 0)[0] == 0.65 and choose(truth, score, 0, beta=3.0)[0] == 0.35
    assert choose(np.array([]), np.array([]), 3) == (0.5, 0.0)
