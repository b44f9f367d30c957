"""The token tagger: its numbers are exact, its file small, its answers sane on words it never saw."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract import tagger
from extract.layout import Layout, layout_of
from extract.lexicon import DATA
from extract.pipeline import load, make_doc
from extract.records import KINDS, Paper

ABSTRACT = "We train a residual network on ImageNet and report top-1 accuracy. Image classification is hard."


def layout(title: str, abstract: str) -> Layout:
    """A paper as the tagger is given it, sentences marked."""
    return layout_of(load().get_pipe("kb_sentences")(make_doc(load(), Paper(title, abstract))))


def likeliest(text: str, word: str) -> str:
    """The likeliest kind of a word of an abstract, whatever part of a name it is; empty for none."""
    made = layout("A study", text)
    row = tagger.marginals(made)[made.texts.index(word)]
    sums = [row[0], *(row[1 + 2 * k] + row[2 + 2 * k] for k in range(len(KINDS)))]
    return ("", *KINDS)[int(np.argmax(sums))]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30), st.lists(st.text(max_size=12), max_size=30).map(" ".join))
def test_probabilities_sum_to_one(title: str, abstract: str) -> None:
    """For every token of any text."""
    made = layout(title, abstract)
    got = tagger.marginals(made)
    assert got.shape == (len(made.texts), len(tagger.TAGS))
    assert np.allclose(got.sum(axis=1), 1)
    assert (got >= 0).all()


def test_a_paper_gives_the_same_bits_after_any_other() -> None:
    """No state between papers: not the cache of words, not what was read before."""
    alone = tagger.marginals(layout("A study", ABSTRACT)).tobytes()
    tagger._word.cache_clear()
    for n in range(20):
        tagger.marginals(layout(f"Paper {n}", f"Something else, Foo{n} and ImageNet."))
    assert tagger.marginals(layout("A study", ABSTRACT)).tobytes() == alone


def test_sums_are_exact() -> None:
    """Both matrix products stay below 2**24 with the largest activations, so float32 adds them in any order."""
    held = tagger.weights()
    for matrix in (held.second[0], held.last[0]):
        assert (np.abs(matrix).sum(axis=0) * 255).max() < 2**24
        assert (matrix == np.rint(matrix)).all()
    assert np.abs(held.flags).max() < 2**15


def test_the_file_is_small() -> None:
    """Weights of 5 MB would be too many for a wheel of text files."""
    assert (DATA / tagger.FILE).stat().st_size < 3_000_000


@pytest.mark.parametrize(
    ("text", "word", "kind"),
    [
        ("We evaluate on Zorbleck-7k and ImageNet, two image classification benchmarks.", "ImageNet", "Dataset"),
        ("Experiments on the Qwzflk dataset show that we outperform it.", "Qwzflk", "Dataset"),
        ("We propose BlorpNet, a new transformer for image classification.", "BlorpNet", "Method"),
        ("We report higher accuracy and lower zqx than others.", "accuracy", "Metric"),
        ("However, this is not what we want.", "However", ""),
    ],
)
def test_words_it_never_saw_go_by_what_stands_around_them(text: str, word: str, kind: str) -> None:
    """Made-up names are told by context and shape; ordinary words stay outside."""
    assert likeliest(text, word) == kind


def test_evidence_is_a_ladder() -> None:
    """A surer place has every feature of a less sure one, and a form takes its likeliest place."""
    begin = 1 + 2 * KINDS.index("Dataset")
    rows = np.full((4, len(tagger.TAGS)), 1e-9)
    rows[:, 0] = (1.0, 0.1, 0.6, 1.0)
    rows[:, begin] = (0.0, 0.9, 0.4, 0.0)
    low, high, both = tagger.evidence(rows, [[(2, 3)], [(1, 2)], [(1, 2), (2, 3)]])
    spans = [{f for f in made if f.startswith("tag ")} for made in (low, high, both)]
    assert spans[0] < spans[1] == spans[2]
    assert all(f.startswith("tag Dataset") for f in spans[2])
    assert tagger.evidence(rows, []) == []


def test_other_kinds_than_ours() -> None:
    """A tag set of its own for marginals that somebody else's labels were learned from: names and features use it."""
    made = layout("A study", "We like foo bar here.")
    at = made.texts.index("foo")
    rows = np.full((len(made.texts), 5), 0.01)
    rows[:, 0] = 0.96
    rows[at], rows[at + 1] = (0.4, 0.0, 0.0, 0.6, 0.0), (0.4, 0.0, 0.0, 0.0, 0.6)
    kinds = ("Material", "Generic")
    assert tagger.proposed(made, rows, kinds) == [(at, at + 2, "Generic")]
    rows[at, [0, 3]] = rows[at + 1, [0, 4]] = 0.55, 0.45
    assert tagger.proposed(made, rows, kinds, lenient=1.0) == []
    (said,) = tagger.evidence(rows, [[(at, at + 2)]], kinds)
    assert "tag Generic>0.1" in said
    assert not any("Material" in f for f in said)
