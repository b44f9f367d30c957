"""Works of OpenAlex."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from fuzz import EXAMPLES, mutated, survives
from hypothesis import given
from hypothesis import strategies as st

from extract.errors import SourceError
from extract.readers.openalex import abstract_of, is_openalex, read_openalex
from extract.records import Paper, Reject
from kb.intake import papers_frame
from kb.tables import paper_rows

SAMPLES = Path(__file__).parent / "samples"
LINES = (SAMPLES / "openalex.jsonl").read_bytes()
PAGE = (SAMPLES / "openalex_page.json").read_bytes()
WORKS: list[dict[str, Any]] = [json.loads(line) for line in LINES.splitlines()]


def read(data: bytes | dict[str, Any]) -> list[Paper | Reject]:
    """What a file, or one work, gives."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(read_openalex(io.BytesIO(raw), "f"))


def changed(**change: Any) -> Paper | Reject:
    """The first work with other values."""
    (found,) = read({**WORKS[0], **change})
    return found


FULL = Paper(
    title="Sparse Mirror Networks for CO2 & Heat Maps",
    abstract="We introduce SparseMirror, a network that mirrors sparse graphs, and we show that it mirrors them well.",
    year=2021,
    date="2021-05-20",
    venue="Journal of Invented Learning",
    doi="10.5555/made.2021.17",
    arxiv="2105.01234",
    url="https://doi.org/10.5555/made.2021.17",
    ids=("mag:3160000001", "openalex:W4300000001", "pmcid:PMC8100001", "pmid:34100001"),
    authors=("Mira Example", "R. Sample", "Jo Probe"),
    author_ids=("openalex:A5000000001 orcid:0000-0002-1825-0097", "", "openalex:A5000000003"),
    keywords=("Graph Neural Networks", "Sparsity"),
    references=("openalex:W2000000001", "openalex:W2000000002"),
    sources=("f:1",),
)
BARE = Paper(
    title="Title Only, Seen in a Repository", abstract="", year=1998, date="1998-01-01", arxiv="cs/9801001",
    url="http://arxiv.org/abs/cs/9801001v2", ids=("mag:1990000002", "openalex:W4300000002"),
    keywords=("repositories",), sources=("f:2",),
)  # fmt: skip


def test_lines_of_the_snapshot_are_papers_and_rejects() -> None:
    """Markup leaves the title, the index becomes text; a cover and a work without a title are rejects."""
    full, bare, cover, untitled, odd = read(LINES)
    assert (full, bare) == (FULL, BARE)
    assert isinstance(cover, Reject) and (cover.line, cover.reason) == (3, "paratext: no paper")
    assert isinstance(untitled, Reject) and (untitled.line, untitled.reason) == (4, "no title")
    assert isinstance(odd, Paper)
    assert (odd.abstract, odd.arxiv, odd.doi) == ("Indexes of words have too holes", "2203.04567", None)
    assert (odd.venue, odd.references) == ("arXiv", ("openalex:W4300000001",))


def test_a_page_and_a_single_work_give_the_same() -> None:
    """But for the lines."""
    second = PAGE[: PAGE.index(b'"id": "https://openalex.org/W4300000002",')].count(b"\n")  # the line of its brace
    sources = [record.sources for record in read(PAGE) if isinstance(record, Paper)]
    assert sources == [("f:9",), (f"f:{second}",)]
    titles = [record.title for record in read(PAGE) if isinstance(record, Paper)]
    assert titles == [FULL.title, BARE.title]
    assert read(WORKS[0]) == read(json.dumps(WORKS[0], indent=2).encode()) == [FULL]


def test_papers_survive_their_tables() -> None:
    """Nothing is lost on the way."""
    papers = [record for record in read(LINES) if isinstance(record, Paper)]
    assert paper_rows(papers_frame(papers)) == papers


@pytest.mark.parametrize(
    ("index", "text"),
    [
        ({"a": [0, 2], "b": [1]}, "a b a"),
        ({"b": [7], "a": [3]}, "a b"),
        ({"a": [0, 0], "b": [1]}, "a b"),
        ({"a": [0], "b": [0]}, "a b"),
        ({"a": [10**12], "b": [10**30], "c": [0]}, "c a b"),
        ({"a": [-1, 0], "b": [True, None, 1.5, "2"], "c": 3, "d": None, "e": {"0": 1}}, "a"),
        ({"IndexLength": 2, "InvertedIndex": {"a": [0], "b": [1]}}, "a b"),
        ({}, ""),
        (None, ""),
        ([["a", 0]], ""),
        ("text", ""),
    ],
)
def test_the_abstract_is_the_index_in_order(index: object, text: str) -> None:
    """Holes close, positions may be as large as they like, and what is no position counts nothing."""
    assert abstract_of(index) == text


def test_an_index_of_few_bytes_cannot_make_a_text_of_many() -> None:
    """A long word at many positions is refused before it is written out."""
    record = changed(abstract_inverted_index={"x" * 1_000: list(range(1_000))})
    assert isinstance(record, Reject) and record.reason.startswith("abstract longer than 100,000 characters")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": 3}, "title is not a string"),
        ({"title": "", "display_name": ""}, "no title"),
        ({"title": "<i></i>"}, "no title"),
        ({"type": "paratext"}, "paratext: no paper"),
        ({"id": "https://openalex.org/A5000000001"}, "not a work: https://openalex.org/A5000000001"),
        ({"publication_year": "soon"}, "year is not a year"),
        ({"publication_date": [2021]}, "date is not a string"),
        ({"doi": {"x": 1}}, "doi is not a string"),
    ],
)
def test_a_work_that_is_none_is_a_reject(change: dict[str, Any], reason: str) -> None:
    """With its line and the first of its text; the works around it are read."""
    lines = b"\n".join(json.dumps(work).encode() for work in (WORKS[1], {**WORKS[0], **change}, WORKS[1]))
    first, bad, last = read(lines)
    assert isinstance(first, Paper) and isinstance(last, Paper)
    assert isinstance(bad, Reject) and (bad.source, bad.line, bad.reason) == ("f", 2, reason)
    assert bad.raw.startswith('{"id":')


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "https://openalex.org/W1", ', "invalid JSON: Expecting property name enclosed in double quotes"),
        (b'{"title": "\xff"}', "not UTF-8: save the file as UTF-8"),
        (b"[]", "not a JSON object"),
        (b"{}", "no title"),
    ],
)
def test_a_damaged_line_is_a_reject(line: bytes, reason: str) -> None:
    """And the next is read."""
    first = LINES.splitlines()[0]
    found = read(first + b"\n" + line + b"\n" + first)
    assert [r.title if isinstance(r, Paper) else (r.line, r.reason) for r in found] == [
        FULL.title, (2, reason), FULL.title,
    ]  # fmt: skip


def test_a_page_cut_short_is_an_error_behind_its_works() -> None:
    """It names the line."""
    works = read_openalex(io.BytesIO(PAGE[: PAGE.index(b"Title Only")]), "f")
    first = next(works)
    assert isinstance(first, Paper) and first.title == FULL.title
    with pytest.raises(SourceError, match=r"^f, line \d+: invalid JSON: Unterminated string starting at$"):
        next(works)


@pytest.mark.parametrize("key", sorted(WORKS[0]))
@pytest.mark.parametrize("value", [None, 3, "x", [], {}, [None, 3, "x", [], {}], {"x": None}, {"display_name": 3}])
def test_any_value_may_have_any_type(key: str, value: object) -> None:
    """It is left out, or the work is a reject."""
    assert isinstance(changed(**{key: value}), Paper | Reject)


@pytest.mark.parametrize(
    ("record", "known"),
    [
        (WORKS[0], True),
        (json.loads(PAGE), True),
        ({"id": "https://openalex.org/W1", "title": "t"}, True),
        ({"id": "https://openalex.org/A1", "display_name": "n"}, False),
        ({"id": "W1", "title": "t", "abstract": "a"}, False),
        ({"results": [], "meta": {}}, False),
        ({"DOI": "10.1/x", "title": ["t"], "author": []}, False),
        ({"paperId": "0" * 40, "title": "t"}, False),
        ({}, False),
    ],
)
def test_works_are_told_from_other_records(record: dict[str, Any], known: bool) -> None:
    """By their id, or by fields of their own."""
    assert is_openalex(record) is known


ATOMS = st.sampled_from(
    [
        None,
        True,
        0,
        3,
        -1,
        10**20,
        1.5,
        float("nan"),
        "",
        "x",
        "\ud800",
        "10.1/x",
        "2021-05",
        "https://openalex.org/W1",
        [],
        {},
        [None],
    ]
)
INNER = st.dictionaries(
    st.sampled_from(("id", "display_name", "source", "author", "orcid", "pdf_url", "a")), ATOMS, max_size=2
)
JUNK = ATOMS | INNER | st.lists(ATOMS | INNER, max_size=2) | st.dictionaries(st.sampled_from(("source", "x")), INNER)


@EXAMPLES
@given(st.dictionaries(st.sampled_from(sorted(WORKS[0])), JUNK, max_size=4))
def test_junk_of_any_shape_is_survived(change: dict[str, Any]) -> None:
    """Right keys, wrong values."""
    survives(read_openalex, json.dumps({**WORKS[0], **change}).encode())


@EXAMPLES
@given(st.binary(max_size=80) | mutated(LINES) | mutated(PAGE))
def test_damage_of_any_kind_is_survived(data: bytes) -> None:
    """Of lines and of a page."""
    survives(read_openalex, data)
