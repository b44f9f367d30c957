"""Semantic Scholar: the Graph API and the bulk data sets."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from fuzz import EXAMPLES, mutated, survives
from hypothesis import given
from hypothesis import strategies as st

from extract.errors import SourceError
from extract.readers.semantic_scholar import MOST_JOINED, is_semantic_scholar, read_semantic_scholar
from extract.records import Paper, Reject, Supplement
from kb.intake import papers_frame
from kb.tables import paper_rows

SAMPLES = Path(__file__).parent / "samples"
BATCH, SEARCH, REFERENCES, PAPERS, ABSTRACTS, CITATIONS = (
    (SAMPLES / f"semantic_scholar_{name}").read_bytes()
    for name in (
        "batch.json", "search.json", "references.json", "papers.jsonl", "abstracts.jsonl", "citations.jsonl",
    )
)  # fmt: skip
GRAPH: dict[str, Any] = json.loads(BATCH)[0]
ROW: dict[str, Any] = json.loads(PAPERS.splitlines()[0])
PREFIX = "5c5751d45e298cea054f32b392c12c61027d2f"


def read(data: bytes | dict[str, Any]) -> list[Paper | Reject | Supplement]:
    """What a file, or one record, gives."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(read_semantic_scholar(io.BytesIO(raw), "f"))


FULL = Paper(
    title="Sparse Mirror Networks",
    abstract="We introduce SparseMirror. It mirrors sparse graphs.",
    year=2021,
    date="2021-05-20",
    venue="Annual Conference on Made Things",
    doi="10.5555/made.2021.17",
    arxiv="2105.01234",
    url=f"https://www.semanticscholar.org/paper/{PREFIX}01",
    ids=(
        "acl:2021.made-main.7", "corpusid:215000001", "dblp:conf/made/ExampleP21", "mag:3015000001",
        "pmcid:PMC8100001", "pmid:34100001", f"s2:{PREFIX}01",
    ),
    authors=("Mira Example", "R. Sample"),
    author_ids=("s2author:20000001", ""),
    keywords=("Computer Science", "Mathematics"),
    references=("arxiv:1706.00001", "doi:10.5555/y", f"s2:{PREFIX}ac"),
    sources=("f:2",),
)  # fmt: skip
BARE = Paper(
    title="Title Only", abstract="", year=2019, venue="Made Letters",
    ids=("corpusid:215000002", f"s2:{PREFIX}02"), sources=("f:86",),
)  # fmt: skip


def test_a_batch_of_the_api_is_papers_and_a_reject_where_it_holds_null() -> None:
    """Each cited paper counts once, by an identifier that other sources share where there is one."""
    full, unknown, bare = read(BATCH)
    line = BATCH[: BATCH.index(b"\n  null")].count(b"\n") + 2
    assert full == FULL
    assert unknown == Reject("f", line, "null: Semantic Scholar does not know this paper", "null")
    assert isinstance(bare, Paper)
    assert (bare.title, bare.abstract, bare.year, bare.venue, bare.ids) == (
        BARE.title, "", 2019, "Made Letters", BARE.ids,
    )  # fmt: skip
    assert bare.sources == (f"f:{line + 1}",)


def test_a_search_page_and_a_single_paper_give_the_same() -> None:
    """But for the lines."""
    assert [r.title for r in read(SEARCH) if isinstance(r, Paper)] == [FULL.title, BARE.title]
    (paper,) = read(GRAPH)
    assert isinstance(paper, Paper)
    assert (paper.ids, paper.references, paper.sources) == (FULL.ids, FULL.references, ("f:1",))


def test_a_list_of_references_gives_the_cited_papers() -> None:
    """One that was never resolved has no title."""
    cited, unresolved = read(REFERENCES)
    assert isinstance(cited, Paper) and (cited.title, cited.year, cited.ids) == (
        "A Cited Paper",
        2017,
        (f"s2:{PREFIX}03",),
    )
    assert isinstance(unresolved, Reject) and unresolved.reason == "no title"


def test_rows_of_papers_are_papers_without_abstracts() -> None:
    """With every identifier; the venue is the journal's where none is named."""
    first, second = read(PAPERS)
    assert first == Paper(
        title="Sparse Mirror Networks", abstract="", year=2021, date="2021-05-20", venue="Conference on Made Things",
        doi="10.5555/made.2021.17", arxiv="2105.01234", url=FULL.url,
        ids=("acl:2021.made-main.7", "corpusid:215000001", "dblp:conf/made/ExampleP21", "mag:3015000001"),
        authors=("Mira Example",), author_ids=("s2author:20000001",), keywords=("Computer Science",), sources=("f:1",),
    )  # fmt: skip
    assert second == Paper(
        title="Title Only", abstract="", year=2019, venue="Made Letters", url=FULL.url, ids=("corpusid:215000002",),
        sources=("f:2",),
    )  # fmt: skip


def test_rows_of_abstracts_are_supplements() -> None:
    """Named by the paper they belong to; a row without text is a reject."""
    assert read(ABSTRACTS) == [
        Supplement("corpusid:215000001", FULL.abstract, source="f:1"),
        Reject("f", 2, "no abstract", '{"corpusid": 215000002, "openaccessinfo": null, "abstract": null}'),
        Supplement("corpusid:215000009", "Of a paper in no file: p < 0.05.", source="f:3"),
    ]


def test_rows_of_citations_are_joined_by_the_citing_paper() -> None:
    """Each cited paper once; a row without one is a reject, and parts nothing."""
    unknown, first, second = read(CITATIONS)
    assert isinstance(unknown, Reject) and (unknown.line, unknown.reason) == (4, "no citedcorpusid")
    assert first == Supplement(
        "corpusid:215000001", references=("corpusid:1001", "corpusid:1002", "corpusid:1003"), source="f:1"
    )
    assert second == Supplement("corpusid:215000002", references=("corpusid:215000001",), source="f:6")


def test_a_paper_with_citations_without_end_is_supplemented_in_parts() -> None:
    """So that memory has a bound."""
    rows = "\n".join(json.dumps({"citingcorpusid": 1, "citedcorpusid": i + 2}) for i in range(2 * MOST_JOINED + 1))
    found = [len(s.references) for s in read(rows.encode()) if isinstance(s, Supplement)]
    assert found == [MOST_JOINED, MOST_JOINED, 1]


def test_papers_survive_their_tables() -> None:
    """Nothing is lost on the way."""
    papers = [record for record in read(BATCH) + read(PAPERS) if isinstance(record, Paper)]
    assert paper_rows(papers_frame(papers)) == papers


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({**GRAPH, "title": None}, "no title"),
        ({**GRAPH, "title": ["x"]}, "title is not a string"),
        ({**GRAPH, "abstract": {"text": "x"}}, "abstract is not a string"),
        ({**GRAPH, "abstract": "x" * 100_001}, "abstract longer than 100,000 characters: the full text?"),
        ({**GRAPH, "year": "soon"}, "year is not a year"),
        ({**ROW, "title": ""}, "no title"),
        ({"corpusid": 0, "abstract": "x"}, "no corpusid"),
        ({"corpusid": 1, "abstract": 3}, "abstract is not a string"),
        ({"corpusid": 1, "abstract": "x" * 100_001}, "abstract longer than 100,000 characters: the full text?"),
        ({"citingcorpusid": None, "citedcorpusid": 1}, "no citingcorpusid"),
        ({"citingcorpusid": 1, "citedcorpusid": [1]}, "no citedcorpusid"),
        ({"corpusid": 1, "model": "tldr@v2", "text": "Short."}, "no title"),
        ([GRAPH], "not a JSON object"),
    ],
)
def test_a_record_that_is_none_is_a_reject(record: object, reason: str) -> None:
    """With its line; the records around it are read."""
    good = PAPERS.splitlines()[1]
    first, bad, last = read(good + b"\n" + json.dumps(record).encode() + b"\n" + good)
    assert isinstance(first, Paper) and isinstance(last, Paper)
    assert isinstance(bad, Reject) and (bad.source, bad.line, bad.reason) == ("f", 2, reason)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (BATCH[:-5], r"^f, line \d+: invalid JSON: Expecting ',' delimiter$"),
        (SEARCH[:-3], r"^f, line 1: invalid JSON: Expecting ',' delimiter$"),
        (BATCH.replace(b"Title", b"T\xefle"), r"^f, line \d+: not UTF-8; save the file as UTF-8$"),
    ],
)
def test_a_damaged_document_is_an_error_behind_its_papers(data: bytes, message: str) -> None:
    """It names the line."""
    records = read_semantic_scholar(io.BytesIO(data), "f")
    first = next(records)
    assert isinstance(first, Paper) and first.title == FULL.title
    with pytest.raises(SourceError, match=message):
        list(records)


@pytest.mark.parametrize("key", sorted(GRAPH.keys() | ROW.keys()))
@pytest.mark.parametrize("value", [None, 3, "x", [], {}, [None, 3, "x", [], {}, {"name": 3}], {"x": None}])
def test_any_value_may_have_any_type(key: str, value: object) -> None:
    """It is left out, or the record is a reject."""
    for record in (GRAPH, ROW):
        (found,) = read({**record, key: value})
        assert isinstance(found, Paper | Reject | Supplement)


@pytest.mark.parametrize(
    ("record", "known"),
    [
        (GRAPH, True),
        (json.loads(SEARCH), True),
        (json.loads(REFERENCES), True),
        (ROW, True),
        *((json.loads(data.splitlines()[0]), True) for data in (ABSTRACTS, CITATIONS)),
        ({"paperId": "p1", "title": "t", "abstract": "a"}, False),
        ({"id": "https://openalex.org/W1", "title": "t"}, False),
        ({"data": [{"title": "t", "abstract": "a"}]}, False),
        ({"data": []}, False),
        ({"title": "t", "abstract": "a"}, False),
        ({}, False),
    ],
)
def test_its_records_are_told_from_others(record: dict[str, Any], known: bool) -> None:
    """By identifiers and keys of their own."""
    assert is_semantic_scholar(record) is known


def papers_and_rejects(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """What is read but for supplements, which name a paper and say something of it."""
    for record in read_semantic_scholar(stream, label):
        if isinstance(record, Supplement):
            assert record.identifier.startswith("corpusid:")
            assert record.abstract or record.references
        else:
            yield record


KEYS = sorted(GRAPH.keys() | ROW.keys() | {"citingcorpusid", "citedcorpusid", "citedPaper", "openaccessinfo"})
ATOMS = st.sampled_from(
    [None, True, 0, 3, -1, 10**20, 1.5, float("nan"), "", "x", "\ud800", "10.1/x", "2021-05", "0" * 40, [], {}, [None]]
)
INNER = st.dictionaries(
    st.sampled_from(("name", "category", "DOI", "ArXiv", "paperId", "authorId", "ORCID")), ATOMS, max_size=2
)
JUNK = ATOMS | INNER | st.lists(ATOMS | INNER, max_size=2) | st.dictionaries(st.sampled_from(("source", "x")), INNER)


@EXAMPLES
@given(st.sampled_from([GRAPH, ROW, {}]), st.dictionaries(st.sampled_from(KEYS), JUNK, max_size=4))
def test_junk_of_any_shape_is_survived(record: dict[str, Any], change: dict[str, Any]) -> None:
    """Right keys, wrong values."""
    survives(papers_and_rejects, json.dumps({**record, **change}).encode())


@EXAMPLES
@given(st.binary(max_size=80) | st.sampled_from([BATCH, SEARCH, PAPERS, ABSTRACTS, CITATIONS]).flatmap(mutated))
def test_damage_of_any_kind_is_survived(data: bytes) -> None:
    """Of lines, arrays and pages."""
    survives(papers_and_rejects, data)
