"""Works of Crossref: answers of the API, files of the public data set, JSON Lines."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from fuzz import EXAMPLES, mutated, survives
from hypothesis import given
from hypothesis import strategies as st

from extract.errors import SourceError
from extract.readers.crossref import is_crossref, read_crossref
from extract.records import Paper, Reject
from kb.intake import papers_frame
from kb.tables import paper_rows

SAMPLE = (Path(__file__).parent / "samples" / "crossref.json").read_bytes()
ITEMS: list[dict[str, Any]] = json.loads(SAMPLE)["message"]["items"]
FULL, PREPRINT, ISSUE, TALK = ITEMS


def read(data: object) -> list[Paper | Reject]:
    """What bytes, or JSON of a value, give."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(read_crossref(io.BytesIO(raw), "c"))


def only(work: object) -> Paper:
    """The paper that a single work gives."""
    (paper,) = read(work)
    assert isinstance(paper, Paper), paper
    return paper


def test_every_field_of_a_page_is_read() -> None:
    """Markup goes, the first date counts, DOIs of references and of the preprint are kept."""
    first, second, issue, talk = read(SAMPLE)
    assert first == Paper(
        title="Sparse Walks on Citation Graphs: A Study of H2O", abstract="We walk at p < 0.05 with α steps.",
        year=2021, date="2021-05-20", venue="Journal of Invented Graphs", doi="10.5555/graph.2021.7",
        arxiv="2105.00001", url="http://dx.doi.org/10.5555/graph.2021.7", ids=("doi:10.5555/pre.9",),
        authors=("Ada Lovelace", "Martin King Jr.", "Graph & Text Consortium"),
        author_ids=("orcid:0000-0002-1825-0097", "", ""), keywords=("Computer Science",),
        references=("doi:10.5555/old.1", "arxiv:1706.03762"), sources=("c:9",),
    )  # fmt: skip
    assert second == Paper(
        title="Sparse Walks on Citation Graphs", abstract="", year=2021, date="2021-03-01", venue="InventedRxiv",
        doi="10.5555/pre.9", url="http://dx.doi.org/10.5555/pre.9", ids=("doi:10.5555/graph.2021.7",),
        authors=("Ada Lovelace",), sources=(f"c:{line_of('InventedRxiv', 'posted-content')}",),
    )  # fmt: skip
    assert isinstance(issue, Reject)
    assert issue.reason == "no paper: journal-issue"
    assert isinstance(talk, Paper)
    assert (talk.venue, talk.year, talk.date) == ("Conference on Invented Things", 2019, "2019-02-01")


def line_of(*words: str) -> int:
    """The line on which the record begins that holds the words: two spaces and a brace open it in the sample."""
    lines = SAMPLE.decode().split("\n")
    starts = [number for number, line in enumerate(lines, start=1) if line == "   {"]
    ends = [*starts[1:], len(lines)]
    return next(
        start
        for start, end in zip(starts, ends, strict=True)
        if all(word in "\n".join(lines[start - 1 : end - 1]) for word in words)
    )


def test_an_answer_a_data_file_and_json_lines_give_the_same_paper() -> None:
    """Only the line where a record begins differs."""
    answer = {"status": "ok", "message-type": "work", "message-version": "1.0.0", "message": TALK}
    assert only(answer) == only(TALK) == only([TALK]) == only({"items": [TALK]})
    rows = b"\n".join(json.dumps(item).encode() for item in (TALK, PREPRINT))
    assert [getattr(record, "sources", None) for record in read(rows)] == [("c:1",), ("c:2",)]


def test_papers_survive_the_tables() -> None:
    """What is read is what a knowledge base gives back."""
    papers = [record for record in read(SAMPLE) if isinstance(record, Paper)]
    assert paper_rows(papers_frame(papers)) == papers


@pytest.mark.parametrize(
    ("dates", "date", "year"),
    [
        ({"issued": [[2021]], "published-print": [[2021, 6]], "published-online": [[2021, 6, 4]]}, "2021-06-04", 2021),
        ({"issued": [[2020]], "published-print": [[2021, 6]]}, None, 2020),
        ({"issued": [[None]], "created": [[2018, 1, 2]]}, "2018-01-02", 2018),
        ({"issued": [["2021"]], "posted": None}, None, None),
        ({"issued": [[2021, 13, 1]]}, None, 2021),
    ],
)
def test_the_first_date_of_publication_counts(dates: dict[str, Any], date: str | None, year: int | None) -> None:
    """The fuller of two dates in a year; the making of the DOI where no date is told."""
    told = {key: {"date-parts": parts} for key, parts in dates.items()}
    paper = only({"DOI": "10.5555/x", "title": ["T"], **told})
    assert (paper.date, paper.year) == (date, year)


def test_only_another_version_is_the_same_work() -> None:
    """A supplement or a translation is not; nor does a relation give a DOI to a work without one."""
    other = [{"id-type": "doi", "id": "10.5555/other"}, {"id-type": "uri", "id": "https://example.org"}, None]
    kinds = {"is-supplement-to": other, "is-translation-of": other}
    assert only({"DOI": "10.5555/x", "title": ["T"], "relation": kinds}).ids == ()
    assert only({"DOI": "10.5555/x", "title": ["T"], "relation": {"has-preprint": other}}).ids == ("doi:10.5555/other",)
    assert only({"title": ["T"], "relation": {"has-preprint": other}}).doi is None


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({**TALK, "title": []}, [(1, "no title")]),
        ({**TALK, "title": [{"x": 1}]}, [(1, "title is not a string")]),
        ({**TALK, "abstract": ["x"]}, [(1, "abstract is not a string")]),
        ({**TALK, "DOI": ["x"]}, [(1, "doi is not a string")]),
        ({**TALK, "type": "component"}, [(1, "no paper: component")]),
        ({"status": "ok", "message-type": "funder", "message": {"id": "1"}}, [(1, "no paper: funder")]),
        ({"status": "failed", "message-type": "route-not-found", "message": [1]}, [(1, "no paper: route-not-found")]),
        (b'{"DOI": "10.5555/x", "title": ["T"]}\n{"DOI": \n', [(2, "invalid JSON: Expecting value")]),
        (b'{"DOI": "10.5555/x", "title": ["T"]}\n7\n', [(2, "not a JSON object")]),
        (b'{"DOI": "10.5555/x", "title": ["T\xff"]}\n', [(1, "not UTF-8: save the file as UTF-8")]),
    ],
)  # fmt: skip
def test_a_bad_record_is_a_reject(data: object, found: list[tuple[int, str]]) -> None:
    """With its line and its reason; the others are read."""
    assert [(record.line, record.reason) for record in read(data) if isinstance(record, Reject)] == found


def test_a_page_that_breaks_off_is_refused() -> None:
    """What stood before the fault is read."""
    records = read_crossref(io.BytesIO(SAMPLE[: SAMPLE.index(b"InventedRxiv")]), "c")
    assert isinstance(next(records), Paper)
    with pytest.raises(SourceError, match=r"^c, (after )?line \d+: .*"):
        list(records)


def test_works_are_told_from_other_json() -> None:
    """By the fields of Crossref: CSL JSON has a DOI too."""
    assert is_crossref(json.loads(SAMPLE))
    assert is_crossref({"items": ITEMS})
    assert all(map(is_crossref, ITEMS))
    assert not is_crossref({"DOI": "10.5555/x", "title": "T", "container-title": "J", "issued": {}, "type": "article"})
    assert not is_crossref({"items": [{"title": "T", "abstract": "A."}]})


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats() | st.text(max_size=5) | st.just("10.5555/x"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["name", "given", "family", "ORCID", "date-parts", "DOI", "id", "id-type", "has-preprint"]), inner, max_size=3),
    max_leaves=4,
)  # fmt: skip
KEYS = st.sampled_from([*FULL, "posted", "event", "institution", "message", "message-type", "items"])


@EXAMPLES
@given(st.one_of(st.binary(max_size=200), mutated(SAMPLE)))
def test_damage_does_not_crash(data: bytes) -> None:
    """Bytes of any kind, and a page with pieces lost, doubled or overwritten."""
    survives(read_crossref, data)


@EXAMPLES
@given(st.dictionaries(KEYS, JUNK, max_size=3))
def test_wrong_types_do_not_crash(changes: dict[str, Any]) -> None:
    """Right keys with values of any type."""
    survives(read_crossref, json.dumps({**FULL, **changes}).encode())
