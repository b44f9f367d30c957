"""What holds of every mention of a corpus: the seeds, and the file that KB_CORPUS names (JSON Lines, plain or .gz)."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from extract.forms import well_formed
from extract.lexicon import words
from extract.pipeline import extract
from extract.readers import read_source
from extract.records import KINDS, ROLES, Paper

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
JUNK = re.compile(
    r"(?:our|the|this|a|an|proposed|novel|new|existing|previous)?\s*(?:method|model|approach|framework|algorithm|system|"
    r"technique|network|neural network|deep neural network|deep learning|machine learning|experiment|result|evaluation|"
    r"performance|data|dataset|paper|work|code|state[- ]of[- ]the[- ]art|baseline|task|problem|training|test)s?",
    re.I,
)


def corpus() -> Iterator[Paper]:
    """Every paper that can be read."""
    named = os.environ.get("KB_CORPUS")
    for file in [*SEEDS, *([Path(named)] if named else [])]:
        yield from (record for record in read_source(file) if isinstance(record, Paper))


@pytest.fixture(scope="module")
def faults() -> dict[str, list[str]]:
    """What is wrong with which mention, and one line that says how many were looked at."""
    out: dict[str, list[str]] = {"offsets": [], "junk": [], "overlap": [], "values": []}
    function = words("ordinary.txt")["function"]
    seen = 0
    for paper in corpus():
        ends = {"title": 0, "abstract": 0}
        for m in extract(paper).mentions:
            seen += 1
            field = paper.title if m.field == "title" else paper.abstract
            told = f"{paper.title[:40]}: {m.text!r}"
            if field[m.start : m.end] != m.text or m.text.strip() != m.text or not m.text:
                out["offsets"].append(told)
            if not m.sentence_start <= m.start < m.end <= m.sentence_end <= len(field):
                out["offsets"].append(told)
            if not well_formed(m.text) and m.stage != "gazetteer":
                out["junk"].append(told)
            if JUNK.fullmatch(m.text) or not any(c.isalpha() for c in m.text) or m.text in function:
                out["junk"].append(told)
            if m.start < ends[m.field]:
                out["overlap"].append(told)
            ends[m.field] = m.end
            if m.kind not in KINDS or m.role not in ROLES or not 0 < m.score <= 1:
                out["values"].append(told)
    assert seen > 5000
    return out


@pytest.mark.parametrize("what", ["offsets", "junk", "overlap", "values"])
def test_every_mention_of_the_corpus_is_sound(faults: dict[str, list[str]], what: str) -> None:
    """Its text stands at its offsets, inside its sentence; it is nothing generic; none overlaps another."""
    assert faults[what] == []
