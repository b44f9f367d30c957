"""BibTeX and BibLaTeX, in the dialects of those who export them."""

import io
import itertools
from pathlib import Path
from typing import Any

import pytest
from fuzz import EXAMPLES, mutated, survives
from hypothesis import given
from hypothesis import strategies as st

from extract.readers.bibtex import is_bibtex, read_bibtex
from extract.records import Paper, Reject
from kb.intake import papers_frame
from kb.tables import paper_rows

SAMPLE = (Path(__file__).parent / "samples" / "bibtex.bib").read_bytes()
GOOD = "@article{good, title = {Good}}\n"


def read(data: str | bytes) -> list[Paper | Reject]:
    """Everything the reader gives for a text."""
    return list(read_bibtex(io.BytesIO(data.encode() if isinstance(data, str) else data), "f"))


def papers(data: str | bytes) -> list[Paper]:
    """The papers of a text in which every record is one."""
    found = [record for record in read(data) if isinstance(record, Paper)]
    assert len(found) == len(read(data))
    return found


def one(fields: str) -> Paper:
    """The paper with these fields and a title."""
    (paper,) = papers(f"@article{{key, title = {{T}}, {fields}}}")
    return paper


def outcome(data: str | bytes) -> list[Any]:
    """Titles of papers; line and reason of rejects."""
    return [r.title if isinstance(r, Paper) else (r.line, r.reason) for r in read(data)]


def test_every_field_of_the_sample_is_read() -> None:
    """Of a classic entry and of one of BibLaTeX."""
    found = {paper.sources[0]: paper for paper in papers(SAMPLE)}
    assert found["f:7"] == Paper(
        title="BERT & Fröhliche Brücken: $O(n^2)$ Bridges",
        abstract="We build bridges. They reach 50 % further – an old $x^2$ result of great weight.",
        year=2020, date="2020-05-10", venue="Journal of Invented Learning (Invented Press)",
        doi="10.1000/bridges_1", url="https://example.org/bridges_1",
        authors=("Ada Lovelace", "The OpenBridge Team, Ltd", "János von Neumann", "Martin King Jr.", "Alan M. Turing"),
        keywords=("bridges", "BERT", "rivers"), sources=("f:7",),
    )  # fmt: skip
    assert found["f:24"] == Paper(
        title="A Title: And Its Subtitle", abstract="", year=2019, date="2019-11-05", venue="Letters on Invention",
        arxiv="1911.01234", url="https://aclanthology.org/P19-1001", ids=("acl:P19-1001",),
        authors=("Grace de Hopper", "Hans Ørsted"), keywords=("one", "two, three"), sources=("f:24",),
    )  # fmt: skip


def test_the_sample_gives_its_papers_in_order() -> None:
    """Comments, preambles, macros and proceedings are none; a key used twice is two papers."""
    assert outcome(SAMPLE) == [
        "BERT & Fröhliche Brücken: $O(n^2)$ Bridges", 'The "Big" Child', "Own Year", "Late Child",
        "A Title: And Its Subtitle", "A (Parenthesised) Entry", "From DBLP", "The Same Key", "From PubMed", "A Star",
    ]  # fmt: skip


def test_children_inherit_from_parents_before_and_behind_them() -> None:
    """What they lack, and of a date all or nothing; never the parent's DOI."""
    told = {paper.title: paper for paper in papers(SAMPLE)}
    for title in ('The "Big" Child', "Late Child"):
        assert (told[title].venue, told[title].date) == ("Proceedings of the Invented Conference", "2021-07-01")
        assert told[title].doi is None
    assert (told["Own Year"].venue, told["Own Year"].year, told["Own Year"].date) == ("Own Book", 1999, None)


def test_a_parent_that_never_comes_costs_no_paper() -> None:
    """Nor does one that names itself, or two that name each other."""
    assert outcome("@inbook{a, title={A}, crossref={b}}\n@inbook{c, title={C}, crossref={none}}\n" + GOOD) == [
        "Good", "A", "C",
    ]  # fmt: skip
    assert outcome("@book{a, title={A}, crossref={a}}") == ["A"]
    assert outcome("@book{a, title={A}, crossref={b}}\n@book{b, title={B}, crossref={a}}") == ["B", "A"]


def test_parents_have_parents() -> None:
    """An xdata that proceedings name reaches their papers."""
    text = "@xdata{x, year=2001}@proceedings{p, title={P}, xdata={x}}@inproceedings{c, title={C}, crossref={p}}"
    assert [(paper.venue, paper.year) for paper in papers(text)] == [("P", 2001)]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ("eprint={1912.56789}, archivePrefix={arXiv}", {"arxiv": "1912.56789"}),
        ("eprint={hep-th/9901001}", {"arxiv": "hep-th/9901001"}),
        ("arxivId={1912.56789v3}", {"arxiv": "1912.56789"}),
        ("journal={arXiv preprint arXiv:1912.56789}", {"arxiv": "1912.56789"}),
        ("journal={CoRR}, volume={abs/1912.56789}", {"arxiv": "1912.56789"}),
        ("doi={10.48550/arXiv.1912.56789}", {"arxiv": "1912.56789", "doi": None}),
        ("eprint={123}, eprinttype={jstor}", {"arxiv": None, "ids": ()}),
        ("eprint={123}, eprinttype={PubMed}", {"ids": ("pmid:123",)}),
        ("pmid={123}, pmcid={PMC45}", {"ids": ("pmcid:PMC45", "pmid:123")}),
        ("url={https://api.semanticscholar.org/CorpusID:42}", {"ids": ("corpusid:42",)}),
        ("url={https://example.org/paper/42}", {"ids": (), "url": "https://example.org/paper/42"}),
        ("howpublished={\\url{https://example.org/a\\_b}}", {"url": "https://example.org/a_b"}),
        (r"doi={10.1007/978-3\_10}", {"doi": "10.1007/978-3_10"}),
        ("year=2020, month=dec", {"date": "2020-12-01"}),
        ("year={2020}, month={3}, day={4}", {"date": "2020-03-04"}),
        ("year={2020}, month={10~} # jan", {"date": "2020-01-10"}),
        ("date={2020-02}", {"date": "2020-02-01"}),
        ("date={2020-02/2021-03}", {"year": 2020, "date": "2020-02-01"}),
        ("year={in press}", {"year": None}),
        ("year={c. 1987}", {"year": 1987}),
        ("keywords={a; b, c}", {"keywords": ("a", "b, c")}),
        ("author_keywords={a, b}", {"keywords": ("a", "b")}),
        ("author={Doe, Jane and others}", {"authors": ("Jane Doe",)}),
        ("author={{Ministry of Bridges and Rivers}}", {"authors": ("Ministry of Bridges and Rivers",)}),
        ("author={Doe, J.\nand\nRoe, R.}", {"authors": ("J. Doe", "R. Roe")}),
        ("author={{\\'E}mile Zola and {de la} Cruz, Juana}", {"authors": ("Émile Zola", "Juana de la Cruz")}),
        ("author={}", {"authors": ()}),
        ("JOURNAL={A}, journal={B}", {"venue": "A"}),
        ("booktitle=\"A {\\\"U}ber Book\"", {"venue": "A Über Book"}),
        (
            "author={Lovelace, Ada and Doe, J}, orcid-numbers={Lovelace, Ada/0000-0002-1825-0097}",
            {"author_ids": ("orcid:0000-0002-1825-0097", "")},
        ),
        ("unique-id={WOS:000123}, cited-references={A, 1950, DOI 10.1000/x.\n B}", {"id": "WOS:000123",
            "references": ("doi:10.1000/x",)}),
    ],
)  # fmt: skip
def test_dialects(fields: str, told: dict[str, object]) -> None:
    """Each way of writing a field, as one exporter or another has it."""
    paper = one(fields)
    assert {name: getattr(paper, name) for name in told} == told


@pytest.mark.parametrize(
    "text",
    [
        "@article{,title={T}}", "@article{title={T}}", "@ARTICLE {key,\n TITLE = {T} ,\n}", "@article(key, title={T})",
        "@article\n{key, title={T}}", "  @article{a:b/c+d, title = \"T\"}", "text @article{k, title={T}} text",
        "@article{k, title={T}, file={C:\\\\}}", "@article{k, note={)}, title={T}}", "@article(k, title=\")\" # {T})",
        "@string{x={T}}\n@article{k, title=X}", "@string(x = \"T\")@article{k, title=x}", "@article{k, title=t}",
        "@comment{@article{x, title={no}}}@article{k, title={T}}", "@comment{\n{\n@article{k, title={T}}",
    ],
)  # fmt: skip
def test_ways_of_writing_an_entry(text: str) -> None:
    """Each gives its one paper."""
    assert [str(title).removeprefix(")").upper() for title in outcome(text) if isinstance(title, str)] == ["T"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@article{a, title = {Lost\n" + GOOD, [(1, "unbalanced braces"), "Good"]),
        (GOOD + "\n@article{a, title = {Lost}, abstract = {x", ["Good", (3, "unbalanced braces")]),
        ("@misc{a, title = {T} # }\n" + GOOD, ["T", "Good"]),
        ('@misc{a, title = "T" # {\n' + GOOD, [(1, "unbalanced braces"), "Good"]),
        ("@string{a = {" + "x" * 2**12 + "}}\n" + "@string{a = a # a}\n" * 2, [
            (3, "a @string that is not NAME = VALUE: longer than 10,000 characters")]),
        ("@comment{a {@article{b, title={no}}\n" + "text\n", [(1, "unbalanced braces")]),
        ("@string{a = {x\n" + GOOD, [(1, "unbalanced braces"), "Good"]),
        ("@article{a, title = {T}}\n  year = {2020},\n}\n" + GOOD, [
            "T", (2, "a field outside of an entry: unbalanced braces before it"), "Good"]),
        (b"@article{a, title = {caf\xe9}}\n" + GOOD.encode(), [(1, "not UTF-8: save the file as UTF-8"), "Good"]),
        ("@misc{a,\n year = 2020}\n" + GOOD, [(1, "no title"), "Good"]),
        ("\n@misc{a, title = {{}}}\n", [(2, "no title")]),
        ("@misc{a, title = {T} year = {2020}}\n" + GOOD, [
            (1, "field title: no comma behind it"), "Good"]),
        ("@misc{a, title {T}}\n" + GOOD, [(1, "not an entry: Expected a `=` after entry key, but found `{`."), "Good"]),
        ("@misc{a}\n" + GOOD, [(1, "no title"), "Good"]),
        ("@string{oops}\n" + GOOD, [(1, "a @string that is not NAME = VALUE: no = in it"), "Good"]),
        ("@misc{a, title={" + "x" * 100_001 + "}}", [(1, "title longer than 100,000 characters: the full text?")]),
        ("@misc{a, title={" + "x" * 2**24 + "}}\n" + GOOD, [(1, "a line longer than 16 MiB"), "Good"]),
        ("@misc{a, title={" + ("x" * 2**16 + "\n") * 300 + "}}\n" + GOOD, [(1, "a block longer than 16 MiB"), "Good"]),
    ],
)  # fmt: skip
def test_damage_costs_one_entry(text: str | bytes, expected: list[Any]) -> None:
    """A reject at its line, with the reason; what follows is read."""
    assert outcome(text) == expected


def test_crlf_and_a_byte_order_mark_change_nothing() -> None:
    """A file saved on Windows gives the same papers at the same lines."""
    assert read(b"\xef\xbb\xbf" + SAMPLE.replace(b"\n", b"\r\n")) == read(SAMPLE)


def test_a_file_is_read_as_it_comes() -> None:
    """The first papers of one without end are given."""

    class Endless(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            return GOOD.encode()

    assert len(list(itertools.islice(read_bibtex(Endless(), "f"), 50))) == 50


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """What the parser says of a bad entry is in the reject."""
    read("@misc{a, title {T}}")
    assert capfd.readouterr() == ("", "")


def test_papers_come_back_from_the_tables() -> None:
    """As they went in."""
    given = papers(SAMPLE)
    assert sorted(paper_rows(papers_frame(given)), key=str) == sorted(given, key=str)


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (SAMPLE.decode(), True), (GOOD, True), ("% notes\n\n@InProceedings{x,\n", True), ("@article{title = {x}", True),
        ("@comment{jabref}", True), ("Title\n\nAn abstract, by foo@bar.org (me)\n", False),
        ('{"title": "@a{b,"}', False),
        ("<xml>\n@a{b,", False), ("TY  - JOUR\n", False), ("title,abstract\n@handle,b\n", False), ("", False),
    ],
)  # fmt: skip
def test_bibtex_is_told_by_its_first_entry(head: str, told: bool) -> None:
    """And nothing else is taken for it."""
    assert is_bibtex(head) is told


@given(st.binary(max_size=300))
@EXAMPLES
def test_any_bytes_are_survived(data: bytes) -> None:
    """Also inside of an entry."""
    survives(read_bibtex, data)
    survives(read_bibtex, b"@article{a, title={" + data)


@given(mutated(SAMPLE[:1300]) | mutated(SAMPLE[1300:]))
@EXAMPLES
def test_a_damaged_sample_is_survived(data: bytes) -> None:
    """Pieces cut, doubled or overwritten."""
    survives(read_bibtex, data)


NAMES = st.sampled_from(["title", "Author", "year", "month", "crossref", "xdata", "eprint", "url", "keywords", "date"])
VALUES = st.text(st.sampled_from("{}\"\\#,=@ab1 \n$'~é()"), max_size=12) | st.sampled_from(
    ["{a}", '"a"', "a # b", "{\\'", "{a and b}", "{{a}, b and {c}}", "{family=a, given=b}", "12", "{k}", "jan", "{-1}"]
)
ENTRIES = st.tuples(st.sampled_from(["article", "book", "proceedings", "xdata", "string", "comment"]),
                    st.sampled_from(["k", "l", ""]), st.lists(st.tuples(NAMES, VALUES), max_size=5))  # fmt: skip


@given(st.lists(ENTRIES, max_size=5))
@EXAMPLES
def test_entries_of_junk_are_survived(entries: list[tuple[str, str, list[tuple[str, str]]]]) -> None:
    """Right names, wrong values."""
    text = "\n".join(
        f"@{kind}{{{key}, " + ",".join(f"{n} = {v}" for n, v in fields) + "}" for kind, key, fields in entries
    )
    survives(read_bibtex, text.encode())
