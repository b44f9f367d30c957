"""Papers of Hugging Face as its API gives them."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from fuzz import EXAMPLES, mutated, survives
from hypothesis import given
from hypothesis import strategies as st

from extract.errors import SourceError
from extract.readers.daily_papers import is_daily_papers, read_daily_papers
from extract.records import Paper, Reject
from kb.intake import papers_frame
from kb.tables import paper_rows

SAMPLE = (Path(__file__).parent / "samples" / "daily_papers.json").read_bytes()
ENTRY, OLD = json.loads(SAMPLE)


def read(data: object) -> list[Paper | Reject]:
    """What bytes, or JSON of a value, give."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(read_daily_papers(io.BytesIO(raw), "d"))


def test_every_field_of_a_day_is_read() -> None:
    """The date is the paper's own, not the day's; hidden authors are left out."""
    assert read(SAMPLE) == [
        Paper(
            title="Sparse Walks on Citation Graphs", abstract="We walk on graphs of citations with p<0.05.", year=2021,
            date="2021-04-30", arxiv="2105.00001", url="https://huggingface.co/papers/2105.00001",
            authors=("Ada Lovelace", "Jürgen Doe"), keywords=("random walks", "citation graphs"), sources=("d:2",),
        ),
        Paper(
            title="Old Ways", abstract="", year=2001, date="2001-12-17", arxiv="cs/0112017",
            sources=(f"d:{SAMPLE[: SAMPLE.index(b'cs/0112017')].count(10) - 1}",),
        ),
    ]  # fmt: skip


def test_a_single_paper_is_the_paper_of_its_entry() -> None:
    """`/api/papers/ID` gives the inner object."""
    assert read(ENTRY["paper"]) == read(ENTRY)


def test_papers_survive_the_tables() -> None:
    """What is read is what a knowledge base gives back."""
    papers = [record for record in read(SAMPLE) if isinstance(record, Paper)]
    assert paper_rows(papers_frame(papers)) == papers


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ([{"paper": {"id": "2105.00001"}}], [(1, "no title")]),
        ([{"paper": {"id": "2105.00001", "title": 7}}], [(1, "title is not a string")]),
        ([{"paper": {"id": "2105.00001", "title": "T", "summary": ["S"]}}], [(1, "abstract is not a string")]),
        ([{"paper": {"id": "2105.00001", "title": "T", "publishedAt": {"x": 1}}}], [(1, "date is not a string")]),
        ([ENTRY, "x", OLD], [(1, "not a JSON object")]),
        (b'{"id": "2105.00001", "title": "T"}\n{"id": \n', [(2, "invalid JSON: Expecting value")]),
        ({"error": "Paper not found"}, [(1, "no title")]),
    ],
)
def test_a_bad_record_is_a_reject(data: object, found: list[tuple[int, str]]) -> None:
    """With its line and its reason; the others are read."""
    assert [(record.line, record.reason) for record in read(data) if isinstance(record, Reject)] == found


def test_a_day_that_breaks_off_is_refused() -> None:
    """What stood before the fault is read."""
    records = read_daily_papers(io.BytesIO(SAMPLE[:-20]), "d")
    assert isinstance(next(records), Paper)
    with pytest.raises(SourceError, match=r"^d, line \d+: invalid JSON: .*"):
        list(records)


def test_daily_papers_are_told_from_other_json() -> None:
    """By fields that only the Hugging Face API has."""
    assert is_daily_papers(ENTRY)
    assert is_daily_papers(OLD)
    assert is_daily_papers(ENTRY["paper"])
    assert not is_daily_papers({"id": "1", "title": "T", "abstract": "A.", "publishedAt": "2021"})
    assert not is_daily_papers({"paper": "x", "title": "T"})


INNER = st.sampled_from(["name", "hidden", "id"])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(INNER, inner, max_size=3),
    max_leaves=4,
)
KEYS = st.sampled_from([*ENTRY, *ENTRY["paper"]])


@EXAMPLES
@given(st.one_of(st.binary(max_size=200), mutated(SAMPLE)))
def test_damage_does_not_crash(data: bytes) -> None:
    """Bytes of any kind, and a day with pieces lost, doubled or overwritten."""
    survives(read_daily_papers, data)


@EXAMPLES
@given(st.dictionaries(KEYS, JUNK, max_size=3), st.dictionaries(KEYS, JUNK, max_size=1))
def test_wrong_types_do_not_crash(inner: dict[str, Any], outer: dict[str, Any]) -> None:
    """Right keys with values of any type."""
    survives(read_daily_papers, json.dumps([{**ENTRY, "paper": {**ENTRY["paper"], **inner}, **outer}]).encode())
