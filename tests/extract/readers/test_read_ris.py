"""RIS and EndNote's tags."""

import io
from pathlib import Path
from typing import Any

import pytest
from fuzz import EXAMPLES, mutated, survives
from hypothesis import given
from hypothesis import strategies as st

from extract.readers import Reader
from extract.readers.ris import is_endnote, is_ris, read_endnote, read_ris
from extract.records import Paper, Reject
from kb.intake import papers_frame
from kb.tables import paper_rows

SAMPLES = Path(__file__).parent / "samples"
RIS = (SAMPLES / "ris.ris").read_bytes()
ENDNOTE = (SAMPLES / "endnote.enw").read_bytes()


def read(data: str | bytes, reader: Reader = read_ris) -> list[Paper | Reject]:
    """Everything a reader gives for a text."""
    return list(reader(io.BytesIO(data.encode() if isinstance(data, str) else data), "f"))


def outcome(data: str | bytes, reader: Reader = read_ris) -> list[Any]:
    """Titles of papers; line and reason of rejects."""
    return [r.title if isinstance(r, Paper) else (r.line, r.reason) for r in read(data, reader)]


def one(fields: str) -> Paper:
    """The paper with these lines of RIS and a title."""
    (paper,) = read(f"TY  - JOUR\nTI  - T\n{fields}\nER  - \n")
    assert isinstance(paper, Paper)
    return paper


def test_every_field_of_ris_is_read() -> None:
    """Also continued lines, other tags for the same, and a record without its end."""
    assert read(RIS) == [
        Paper(
            title="On Bridges, Rivers and What Joins Them", abstract="We build bridges over rivers.", year=2020,
            date="2020-05-13", venue="Journal of Invented Learning", doi="10.1000/bridges.1", arxiv="2005.01234",
            url="https://example.org/bridges", ids=("pmcid:PMC7654321", "pmid:123456"),
            authors=("Ada Lovelace", "János von Neumann"), keywords=("bridges", "rivers", "boats"), sources=("f:2",),
        ),
        Paper(
            title="A Record Without Its End", abstract="It has N2 and Y1.", year=1999,
            venue="Proceedings of Inventions", doi="10.1000/old.mendeley", authors=("Grace Hopper", "Alan M. Turing"),
            sources=("f:28",),
        ),
        Paper(
            title="A Book", abstract="", id="WOS:000123456700001", year=2001, date="2001-05-13", authors=("An Editor",),
            keywords=("one", "two", "three"), sources=("f:36",),
        ),
    ]  # fmt: skip


def test_every_field_of_endnote_is_read() -> None:
    """Keywords one a line, a day without its year."""
    assert read(ENDNOTE, read_endnote) == [
        Paper(
            title="On Bridges", abstract="We build bridges over rivers.", year=2020, date="2020-05-13",
            venue="Journal of Invented Learning", doi="10.1000/bridges.1", url="https://example.org/bridges",
            ids=("pmcid:PMC7654321", "pmid:123456"), authors=("Ada Lovelace", "Alan M. Turing"),
            keywords=("bridges", "rivers"), sources=("f:1",),
        ),
        Paper(
            title="A Talk", abstract="", year=1999, date="1999-07-04", venue="Proceedings of Inventions",
            doi="10.1000/talk", url="https://doi.org/10.1000/talk", authors=("Grace Hopper",),
            keywords=("one", "two", "three"), sources=("f:19",),
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ("PY  - 2020/05/13/", {"year": 2020, "date": "2020-05-13"}),
        ("PY  - 2020///Spring", {"year": 2020, "date": None}),
        ("PY  - in press", {"year": None}),
        ("PY  - 2020\nDA  - 2021/01/02", {"year": 2020, "date": None}),
        ("Y1  - 2020/5//", {"date": "2020-05-01"}),
        ("T2  - T", {"venue": None}),
        ("AN  - 12", {"ids": ()}),
        ("AN  - arXiv:2005.01234", {"arxiv": "2005.01234"}),
        ("UR  - https://doi.org/10.1000/X", {"doi": "10.1000/x"}),
        ("UR  - https://pubmed.ncbi.nlm.nih.gov/12/", {"ids": ("pmid:12",)}),
        ("UR  - https://example.org/12", {"ids": ()}),
        ("DO  - n/a", {"doi": None}),
        ("AU  - \nAU  - King, Martin, Jr.", {"authors": ("Martin King Jr.",)}),
        ("AU - Doe, Jane\nKW -", {"authors": ("Jane Doe",), "keywords": ()}),
        ("  AU  - Doe, Jane", {"authors": ("Jane Doe",)}),
    ],
)
def test_ways_of_writing_a_field(fields: str, told: dict[str, object]) -> None:
    """As one exporter or another does."""
    paper = one(fields)
    assert {name: getattr(paper, name) for name in told} == told


def test_what_an_export_says_between_its_records_is_no_record() -> None:
    """A heading before the first, and numbers."""
    assert outcome("Provider: A Library\nContent: text\n\nTY  - JOUR\nTI  - A\nER  - \n<2>\nTY  - JOUR\nTI  - B\n") == [
        "A",
        "B",
    ]


GOOD = "TY  - JOUR\nTI  - Good\nER  - \n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TY  - JOUR\nAU  - Doe\nER  - \n" + GOOD, [(1, "no title"), "Good"]),
        ("TY  - JOUR\nTI  - \nTY  - JOUR\nTI  - B\n", [(1, "no title"), "B"]),
        (b"\nTY  - JOUR\nTI  - caf\xe9\nER  - \n" + GOOD.encode(), [(2, "not UTF-8: save the file as UTF-8"), "Good"]),
        (GOOD + "stray words\n" + GOOD, ["Good", (4, "text that belongs to no record"), "Good"]),
        (GOOD + "AU  - Doe\n" + GOOD, ["Good", (4, "no title"), "Good"]),
        ("TY  - JOUR\nTI  - " + "x" * 100_001, [(1, "title longer than 100,000 characters: the full text?")]),
        ("TY  - JOUR\nTI  - " + "x" * 2**24 + "\nER  -\n" + GOOD, [(1, "a line longer than 16 MiB"), "Good"]),
        ("TY  - JOUR\nTI  - A\n" + ("x" * 2**16 + "\n") * 300 + GOOD, [(1, "a record longer than 16 MiB"), "Good"]),
    ],
)  # fmt: skip
def test_damage_costs_one_record(text: str | bytes, expected: list[Any]) -> None:
    """A reject at its line, with the reason; what follows is read."""
    assert outcome(text) == expected


def test_damage_costs_one_record_of_endnote() -> None:
    """As of RIS."""
    text = b"%0 Book\n%A A\n\n%0 Book\n%T caf\xe9\n%0 Book\n%T T\n"
    assert outcome(text, read_endnote) == [(1, "no title"), (4, "not UTF-8: save the file as UTF-8"), "T"]


def test_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    """A file saved on Windows or elsewhere gives the same papers at the same lines."""
    assert read(b"\xef\xbb\xbf" + RIS) == read(RIS.replace(b"\r\n", b"\n")) == read(RIS)


@pytest.mark.parametrize(("data", "reader"), [(RIS, read_ris), (ENDNOTE, read_endnote)])
def test_papers_come_back_from_the_tables(data: bytes, reader: Reader) -> None:
    """As they went in."""
    given = [record for record in read(data, reader) if isinstance(record, Paper)]
    assert sorted(paper_rows(papers_frame(given)), key=str) == sorted(given, key=str)


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (RIS.decode().lstrip(), "ris"), ("TY - JOUR\nTI - A\n", "ris"), ("Provider: X\n\nTY  - CONF\n", "ris"),
        (ENDNOTE.decode(), "endnote"), ("%0 Book\n%A A\n%T T\n", "endnote"), ("%0 of 100 people\n", ""),
        ("PMID- 12\nTI  - A\n", ""), ("PT J\nTI A\n", ""), ("@article{a,\n TY  - JOUR\n", ""), ("", ""),
        ("TY  - a sentence here\n", ""), ("title,abstract\n", ""),
    ],
)  # fmt: skip
def test_each_is_told_by_the_type_of_its_first_record(head: str, told: str) -> None:
    """And nothing else is taken for it."""
    assert (is_ris(head), is_endnote(head)) == (told == "ris", told == "endnote")


@given(st.binary(max_size=200) | mutated(RIS) | mutated(ENDNOTE))
@EXAMPLES
def test_anything_is_survived(data: bytes) -> None:
    """Bytes of any kind, and the samples with pieces cut, doubled or overwritten."""
    survives(read_ris, data)
    survives(read_endnote, data)


LINES = st.tuples(
    st.sampled_from(["TY", "ER", "TI", "AU", "PY", "DA", "KW", "DO", "UR", "AN", "%0", "%T", "%A", "%D", "%8", "%K"]),
    st.text(max_size=8) | st.sampled_from(["1999/13/45/", "10.1000/x", "https://", ",", ";", ", ,", "-1", "PubMed"]),
)  # fmt: skip


@given(st.lists(LINES, max_size=12))
@EXAMPLES
def test_tags_of_junk_are_survived(rows: list[tuple[str, str]]) -> None:
    """Right tags, wrong values."""
    text = "\n".join(f"{tag} {value}" if tag[0] == "%" else f"{tag}  - {value}" for tag, value in rows)
    survives(read_ris, text.encode("utf-8", "surrogatepass"))
    survives(read_endnote, text.encode("utf-8", "surrogatepass"))
