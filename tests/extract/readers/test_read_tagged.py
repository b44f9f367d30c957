"""The tagged text of Web of Science and of PubMed."""

import io
from pathlib import Path
from typing import Any

import pytest
from fuzz import EXAMPLES, mutated, survives
from hypothesis import given
from hypothesis import strategies as st

from extract.readers import Reader
from extract.readers.bibtex import is_bibtex
from extract.readers.ris import is_endnote, is_ris
from extract.readers.tagged import is_isi, is_nbib, read_isi, read_nbib
from extract.records import Paper, Reject
from kb.intake import papers_frame
from kb.tables import paper_rows

SAMPLES = Path(__file__).parent / "samples"
ISI = (SAMPLES / "isi.txt").read_bytes()
NBIB = (SAMPLES / "pubmed.nbib").read_bytes()


def read(data: str | bytes, reader: Reader) -> list[Paper | Reject]:
    """Everything a reader gives for a text."""
    return list(reader(io.BytesIO(data.encode() if isinstance(data, str) else data), "f"))


def outcome(data: str | bytes, reader: Reader) -> list[Any]:
    """Titles of papers; line and reason of rejects."""
    return [r.title if isinstance(r, Paper) else (r.line, r.reason) for r in read(data, reader)]


def test_every_field_of_web_of_science_is_read() -> None:
    """Full names rather than initials, each with its ORCID; the DOIs of what is cited."""
    assert read(ISI, read_isi) == [
        Paper(
            title="On Bridges, Rivers and What Joins Them", abstract="We build bridges over rivers.",
            id="WOS:000123456700001", year=2020, date="2020-05-13", venue="JOURNAL OF INVENTED LEARNING",
            doi="10.1000/bridges.1", ids=("pmid:123456",),
            authors=("Ada Lovelace", "János von Neumann", "The Bridge Team"),
            author_ids=("orcid:0000-0002-1825-0097", "orcid:0000-0001-2345-6789", ""),
            keywords=("bridges", "rivers", "things that join", "WATER"),
            references=("doi:10.1000/turing.1", "doi:10.1000/hopper"), sources=("f:3",),
        ),
        Paper(
            title="A Talk", abstract="", id="WOS:000123456700002", year=2019, date="2019-11-01",
            venue="PROCEEDINGS OF INVENTIONS", authors=("G Hopper",), sources=("f:30",),
        ),
    ]  # fmt: skip


def test_every_field_of_pubmed_is_read() -> None:
    """An ORCID belongs to the author before it; subject headings stand in for keywords."""
    assert read(NBIB, read_nbib) == [
        Paper(
            title="On bridges, rivers and what joins them.", abstract="We build bridges over rivers.", year=2019,
            date="2019-11-01", venue="Journal of invented learning", doi="10.1000/bridges.1",
            ids=("pmcid:PMC7654321", "pmid:123456"), authors=("Ada Lovelace", "János von Neumann", "Bridge Team, The"),
            author_ids=("orcid:0000-0002-1825-0097", "", ""), keywords=("bridges", "rivers"), sources=("f:2",),
        ),
        Paper(
            title="A talk.", abstract="", year=2018, date="2018-12-24", venue="Proc Inv", doi="10.1000/talk",
            ids=("pmid:654321",), authors=("Hopper G",), keywords=("Compilers",), sources=("f:28",),
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT J\nAU A\nER\n\nPT J\nTI Good\nER\nEF\n", [(1, "no title"), "Good"]),
        ("FN X\nVR 1.0\nPT J\nTI A\nPT J\nTI B\n", ["A", "B"]),
        (b"PT J\nTI caf\xe9\nER\nPT J\nTI Good\n", [(1, "not UTF-8: save the file as UTF-8"), "Good"]),
        ("PT J\nTI A\nER\nstray words\nPT J\nTI B\n", ["A", (4, "text that belongs to no record"), "B"]),
        ("PT J\nTI " + "x" * 100_001, [(1, "title longer than 100,000 characters: the full text?")]),
        ("PT J\nTI A\nPY soon\nOI /;/0000\nCR DOI ,\nPM x\n", ["A"]),
    ],
)
def test_damage_costs_one_record_of_web_of_science(text: str | bytes, expected: list[Any]) -> None:
    """A reject at its line, with the reason; what follows is read."""
    assert outcome(text, read_isi) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PMID- 1\nAU  - A\n\nPMID- 2\nTI  - Good\n", [(1, "no title"), "Good"]),
        ("PMID- 1\nTI  - A\nPMID- 2\nTI  - B\n", ["A", "B"]),
        (b"PMID- 1\nTI  - caf\xe9\n\nPMID- 2\nTI  - Good\n", [(1, "not UTF-8: save the file as UTF-8"), "Good"]),
        ("PMID- 1\nTI  - A\n\n   stray words\n\nPMID- 2\nTI  - B\n", ["A", (4, "text that belongs to no record"), "B"]),
        ("PMID- 1\nTI  - " + "x" * 100_001, [(1, "title longer than 100,000 characters: the full text?")]),
        ("PMID- x\nTI  - A\nDP  - soon\nAUID- ORCID: 1\nLID - [doi]\nPMC - x\n", ["A"]),
    ],
)
def test_damage_costs_one_record_of_pubmed(text: str | bytes, expected: list[Any]) -> None:
    """A reject at its line, with the reason; what follows is read."""
    assert outcome(text, read_nbib) == expected


@pytest.mark.parametrize(("data", "reader"), [(ISI, read_isi), (NBIB, read_nbib)])
def test_crlf_and_a_byte_order_mark_change_nothing(data: bytes, reader: Reader) -> None:
    """A file saved on Windows gives the same papers at the same lines."""
    assert read(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"), reader) == read(data, reader)


@pytest.mark.parametrize(("data", "reader"), [(ISI, read_isi), (NBIB, read_nbib)])
def test_papers_come_back_from_the_tables(data: bytes, reader: Reader) -> None:
    """As they went in."""
    given = [record for record in read(data, reader) if isinstance(record, Paper)]
    assert sorted(paper_rows(papers_frame(given)), key=str) == sorted(given, key=str)


def test_each_tagged_format_is_told_from_the_others() -> None:
    """Each sample by its own test only, whatever its line ends."""
    told = {
        "bibtex.bib": is_bibtex,
        "ris.ris": is_ris,
        "endnote.enw": is_endnote,
        "isi.txt": is_isi,
        "pubmed.nbib": is_nbib,
    }
    for name, own in told.items():
        for newline in (b"\n", b"\r\n"):
            data = (SAMPLES / name).read_bytes().replace(b"\r\n", b"\n").replace(b"\n", newline)
            assert [test for test in told.values() if test(data.decode().lstrip())] == [own]


@pytest.mark.parametrize(
    "head", ["", "PT J", "PT J is a title\nof two lines", "PMID-", "PMID: 12\nTI", "title\nFN X\n", "{}"]
)
def test_other_text_is_neither(head: str) -> None:
    """A word that a tag begins with is not enough."""
    assert not is_isi(head)
    assert not is_nbib(head)


@given(st.binary(max_size=200) | mutated(ISI) | mutated(NBIB))
@EXAMPLES
def test_anything_is_survived(data: bytes) -> None:
    """Bytes of any kind, and the samples with pieces cut, doubled or overwritten."""
    survives(read_isi, data)
    survives(read_nbib, data)


LINES = st.tuples(
    st.sampled_from(["PT ", "ER", "TI ", "AU ", "AF ", "OI ", "CR ", "PY ", "PD ", "DE ", "   ", "PMID- ", "TI  - ",
                     "FAU - ", "AU  - ", "AUID- ", "DP  - ", "LID - ", "CN  - ", "PMC - "]),
    st.text(max_size=8) | st.sampled_from(["Doe, J/0000-0002-1825-0097;", "DOI 10.1000/x", "/", "10.1/x [doi]"]),
)  # fmt: skip


@given(st.lists(LINES, max_size=12))
@EXAMPLES
def test_tags_of_junk_are_survived(rows: list[tuple[str, str]]) -> None:
    """Right tags, wrong values."""
    text = "\n".join(tag + value for tag, value in rows).encode("utf-8", "surrogatepass")
    survives(read_isi, text)
    survives(read_nbib, text)
