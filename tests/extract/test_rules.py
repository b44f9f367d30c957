"""Extraction by rules only: what the stages say decides, and no learned weight is asked."""

import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from extract.pipeline import extract, load
from extract.records import KINDS, Paper

ROOT = Path(__file__).parents[2]
RULES = load(rules_only=True)
PAPER = Paper(
    "FooNet: Fast Depth Estimation",
    "We propose FooNet, a network for monocular depth estimation. Experiments on the KITTI dataset show that FooNet "
    "outperforms a convolutional neural network (CNN). We report the RMSE of each model.",
    id="paper:foonet",
)


def test_kinds_and_roles_come_from_the_stages() -> None:
    """An introduction, a dataset by its cue, a task and a metric of the lexicon."""
    found = {(m.kind, m.name): m for m in extract(PAPER, RULES).mentions}
    assert found["Method", "FooNet"].role == "introduces"
    assert found["Dataset", "KITTI"].role == "evaluates_on"
    assert {m.kind for m in found.values()} >= {"Method", "Dataset", "Task", "Metric"}


def test_a_short_form_goes_by_its_long_form() -> None:
    """And what is generic is no name."""
    names = {m.text: m.name for m in extract(PAPER, RULES).mentions}
    assert names["CNN"] == "convolutional neural network"
    assert "model" not in names and "network" not in names


def test_no_weights_are_read() -> None:
    """The memory of a worker is that of the word lists."""
    code = (
        "from extract import judge, tagger, workers; from extract.records import Paper;"
        "workers.extract_batch([Paper('FooNet: Parsing', 'We propose FooNet.', id='1')], rules_only=True);"
        "held = (judge.network, judge.weights, tagger.weights); print(sum(f.cache_info().currsize for f in held))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


NAMES = st.sampled_from(
    ["FooNet", "CNN", "(CNN)", "We propose", "the", "dataset", "KITTI", "on", "called", ".", ":", ","]
)


@settings(max_examples=100, deadline=None)
@given(*[st.lists(NAMES | st.text(max_size=8), max_size=20).map(" ".join)] * 2)
def test_every_mention_stands_where_it_says(title: str, abstract: str) -> None:
    """text == field[start:end], a known kind, a probability, no place twice."""
    paper = Paper(title, abstract, id="p")
    taken: set[tuple[str, int]] = set()
    for m in extract(paper, RULES).mentions:
        assert getattr(paper, m.field)[m.start : m.end] == m.text != ""
        assert m.kind in KINDS and 0 < m.score <= 1
        cells = {(m.field, i) for i in range(m.start, m.end)}
        assert not cells & taken
        taken |= cells
