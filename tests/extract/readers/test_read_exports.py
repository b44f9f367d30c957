"""Tables exported by Scopus, Web of Science, The Lens and Zotero."""

import csv
import io
from pathlib import Path

import pytest
from fuzz import EXAMPLES, mutated, survives
from hypothesis import given
from hypothesis import strategies as st

from extract.errors import SourceError
from extract.readers.exports import is_export, read_export
from extract.records import Paper, Reject
from kb.intake import papers_frame
from kb.tables import paper_rows

SAMPLES = {
    name: (Path(__file__).parent / "samples" / name).read_bytes()
    for name in ("scopus.csv", "wos.txt", "wos.csv", "lens.csv", "zotero.csv")
}


OPEN_QUOTE = "invalid CSV: field larger than field limit (131072); is a quote left open?"


def read(data: bytes | str) -> list[Paper | Reject]:
    """What a file gives."""
    return list(read_export(io.BytesIO(data.encode() if isinstance(data, str) else data), "e"))


def header(name: str) -> list[str]:
    """The column names of a sample."""
    line = SAMPLES[name].decode("utf-8-sig").splitlines()[0]
    return next(csv.reader([line], delimiter="\t" if name == "wos.txt" else ","))


def table(name: str, **cells: str) -> str:
    """A sample's header and one row with these cells; `_` stands for a blank."""
    names = header(name)
    told = {key.replace("_", " ").casefold(): value for key, value in cells.items()}
    out = io.StringIO()
    csv.writer(out).writerows([names, [told.get(key.casefold(), "") for key in names]])
    return out.getvalue()


def only(data: str) -> Paper:
    """The paper that a table of one row gives."""
    (paper,) = read(data)
    assert isinstance(paper, Paper), paper
    return paper


def test_every_field_of_scopus_is_read() -> None:
    """Full names win, their ids go; placeholders are nothing; names of before 2023 are turned too."""
    assert read(SAMPLES["scopus.csv"]) == [
        Paper(
            title="Sparse Walks on H2O Graphs", abstract="We walk on graphs. © 2021 Example Press.", year=2021,
            venue="Journal of Invented Graphs", doi="10.5555/graph.2021.7", ids=("pmid:34000001",),
            url="https://www.scopus.com/inward/record.uri?eid=2-s2.0-85100000001",
            authors=("Ada Lovelace", "John von Neumann"),
            keywords=("Citation graphs", "Random walks", "Graph theory"),
            references=("doi:10.5555/old.1", "doi:10.1002/(sici)1097-0258(1998)17:15"), sources=("e:2",),
        ),
        Paper(
            title='Quoted "Titles", in two lines', abstract="", year=2018, venue="Proceedings of Invented Things",
            authors=("J. Doe", "R.-A. Roe"), sources=("e:3",),
        ),
        Paper(
            title="Erratum", abstract="An abstract.", year=2017,
            venue="Journal of Invented Graphs", sources=("e:5",),
        ),
    ]  # fmt: skip


def test_every_field_of_web_of_science_is_read() -> None:
    """Field tags, tab-delimited: quotes are characters of the title, ORCIDs go to their authors."""
    assert read(SAMPLES["wos.txt"]) == [
        Paper(
            title='"Sparse Walks" on Graphs', abstract="We walk on graphs.", year=2021, date="2021-05-20",
            venue="JOURNAL OF INVENTED GRAPHS", doi="10.5555/graph.2021.7", ids=("pmid:34000001",),
            authors=("Ada Lovelace", "John von Neumann"), author_ids=("orcid:0000-0002-1825-0097", ""),
            keywords=("citation graphs", "random walks", "THEORY"),
            references=("doi:10.5555/old.1", "doi:10.5555/a.2", "doi:10.5555/b.3"), sources=("e:2",),
        ),
        Paper(
            title='"Open quote title', abstract="", year=2019, venue="CONFERENCE ON INVENTED THINGS",
            authors=("J Doe",), sources=("e:3",),
        ),
    ]  # fmt: skip


def test_web_of_science_with_long_names_is_read() -> None:
    """The columns of its Excel export, saved as CSV."""
    assert read(SAMPLES["wos.csv"]) == [
        Paper(
            title="Sparse Walks", abstract="We walk.", year=2021, date="2021-05-01", venue="JOURNAL OF INVENTED GRAPHS",
            doi="10.5555/graph.2021.7", url="http://dx.doi.org/10.5555/graph.2021.7", authors=("Ada Lovelace",),
            keywords=("citation graphs",), sources=("e:2",),
        )
    ]  # fmt: skip


def test_every_field_of_the_lens_is_read() -> None:
    """Its identifiers are kept but for its own, which nobody else knows."""
    assert read(SAMPLES["lens.csv"]) == [
        Paper(
            title="Sparse Walks on Graphs", abstract="We walk on graphs.", year=2021, date="2021-05-20",
            venue="Journal of Invented Graphs", doi="10.5555/graph.2021.7",
            ids=("mag:3100000001", "pmcid:PMC8000001", "pmid:34000001"), url="http://dx.doi.org/10.5555/graph.2021.7",
            authors=("Ada Lovelace", "John von Neumann"), keywords=("random walks", "Graph theory", "Mathematics"),
            sources=("e:2",),
        ),
        Paper(title="Title Alone", abstract="", year=2015, sources=("e:3",)),
    ]  # fmt: skip


def test_every_field_of_zotero_is_read() -> None:
    """`Extra` holds the identifiers Zotero has no field for; an attachment is no paper."""
    first, second, third = read(SAMPLES["zotero.csv"])
    assert first == Paper(
        title="Sparse Walks on Graphs", abstract="We walk on graphs.", year=2021, date="2021-05-20",
        venue="Journal of Invented Graphs", doi="10.5555/graph.2021.7", ids=("pmcid:PMC8000001", "pmid:34000001"),
        url="https://example.org/walks", authors=("Ada Lovelace", "John von Neumann", "Graph Consortium"),
        keywords=("graphs", "to read", "Mathematics - Combinatorics"), sources=("e:2",),
    )  # fmt: skip
    assert second == Paper(
        title="Walks, arXived", abstract="", year=2020, date="2020-12-01", arxiv="2012.00001",
        url="http://arxiv.org/abs/2012.00001", authors=("Jane Doe",), sources=("e:4",),
    )  # fmt: skip
    assert third == Reject("e", 5, "no paper: attachment", third.raw)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", SAMPLES)
def test_papers_survive_the_tables(name: str) -> None:
    """What is read is what a knowledge base gives back."""
    papers = [record for record in read(SAMPLES[name]) if isinstance(record, Paper)]
    assert paper_rows(papers_frame(papers)) == papers


@pytest.mark.parametrize(
    ("cell", "authors"),
    [
        ("Lovelace, A.; Doe, J.", ("A. Lovelace", "J. Doe")),
        ("Lovelace A.A., van der Berg J.-P.", ("A.A. Lovelace", "J.-P. van der Berg")),
        ("Lovelace, A.", ("A. Lovelace",)),
        ("[No author name available]", ()),
        ("", ()),
    ],
)
def test_names_of_scopus_stand_given_name_first(cell: str, authors: tuple[str, ...]) -> None:
    """Whether parted by `;`, as now, or by commas, as before."""
    assert only(table("scopus.csv", title="T", authors=cell)).authors == authors


def test_a_semicolon_or_tab_may_part_an_export() -> None:
    """As Excel saves it in Europe."""
    lines = ["Lens ID", "Title", "Publication Year"], ["1", "T; U", "2020"]
    for mark in ";\t|":
        out = io.StringIO()
        csv.writer(out, delimiter=mark).writerows(lines)
        assert only(out.getvalue()).title == "T; U"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (table("scopus.csv", abstract="A.", year="2021"), [(2, "no title")]),
        (table("scopus.csv", title="[No title available]"), [(2, "no title")]),
        (table("lens.csv", title="T", publication_year="soon"), [(2, "year is not a year")]),
        (table("zotero.csv", title="T", item_type="note"), [(2, "no paper: note")]),
        ("Lens ID,Title\n1,T\n2,U,V\n3,W\n", [(3, "3 cells in a row, 2 in the header")]),
        (b"Lens ID,Title\n1,T\n2,U\xff\n", [(3, "not UTF-8: save the file as UTF-8")]),
        (f"Lens ID,Title\n1,T\n2,{'x' * 100_001}\n", [(3, "title longer than 100,000 characters: the full text?")]),
        ('Lens ID,Title\n1,T\n2,"' + "x\n" * 70_000, [(3, OPEN_QUOTE)]),
    ],
)  # fmt: skip
def test_a_bad_row_is_a_reject(data: str | bytes, found: list[tuple[int, str]]) -> None:
    """With its line and its reason; the others are read."""
    assert [(record.line, record.reason) for record in read(data) if isinstance(record, Reject)][: len(found)] == found


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            "title,abstract\nT,A\n",
            "e is no export of Scopus, Web of Science, The Lens or Zotero; its columns are: title",
        ),
        ("Lens ID,Title\n", "e holds no records"),
        ("", "e holds no records"),
        (b"Lens ID,Title\xff\n", "e, line 1: not UTF-8"),
    ],
)
def test_a_file_that_is_no_export_is_refused(data: str | bytes, message: str) -> None:
    """In one line that says what to do."""
    with pytest.raises(SourceError) as error:
        read(data)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_exports_are_told_from_tables_of_the_user() -> None:
    """By columns that only they have."""
    assert all(is_export(header(name)) for name in SAMPLES)
    assert is_export(["\ufeffAuthors", "Title", "Source title", "EID"])
    for names in (
        ["title", "abstract"],
        ["id", "title", "abstract", "year", "venue", "authors", "doi", "keywords", "references"],
        ["Title", "Abstract", "Authors", "Publication Year", "DOI", "Source Title"],
        ["key", "title", "abstract"],
        [],
    ):
        assert not is_export(names)


CELLS = st.text(max_size=8) | st.sampled_from(["a; b", "10.5555/x", "[No abstract available]", "2021"])
ROWS = st.lists(st.lists(CELLS, max_size=20), min_size=1, max_size=2)


@EXAMPLES
@given(st.one_of(st.binary(max_size=200), *map(mutated, SAMPLES.values())))
def test_damage_does_not_crash(data: bytes) -> None:
    """Bytes of any kind, and exports with pieces lost, doubled or overwritten."""
    survives(read_export, data)


@EXAMPLES
@given(st.sampled_from(sorted(SAMPLES)), ROWS)
def test_any_cells_do_not_crash(name: str, rows: list[list[str]]) -> None:
    """Right columns with any text in them."""
    out = io.StringIO()
    csv.writer(out).writerows([header(name), *rows])
    survives(read_export, out.getvalue().encode("utf-8", "surrogatepass"))
