"""PubMed's XML."""

import io
from pathlib import Path

import pytest
from fuzz import EXAMPLES, mutated, survives
from hypothesis import given
from hypothesis import strategies as st

import kb.intake
import kb.tables
from extract.errors import SourceError
from extract.readers.pubmed import is_pubmed, read_pubmed
from extract.records import Paper, Reject

SAMPLE = (Path(__file__).parent / "samples" / "pubmed.xml").read_bytes()


def read(data: bytes | str) -> list[Paper | Reject]:
    """Everything the reader gives."""
    return list(read_pubmed(io.BytesIO(data.encode() if isinstance(data, str) else data), "p.xml"))


def papers() -> list[Paper]:
    """The papers of the sample."""
    return [record for record in read(SAMPLE) if isinstance(record, Paper)]


def article(inner: str, rest: str = "") -> str:
    """A set with one article, on line 2."""
    citation = f"<MedlineCitation><PMID>1</PMID><Article>{inner}</Article></MedlineCitation>"
    return f"<PubmedArticleSet>\n<PubmedArticle>{citation}{rest}</PubmedArticle></PubmedArticleSet>"


def test_an_article_is_read() -> None:
    """Sections joined behind their labels, the earlier date, its own identifiers apart from those it cites."""
    assert papers()[0] == Paper(
        "Effects of H2O on Lutra lutra: a randomised trial.",
        "BACKGROUND: Otters swim in x < 5 rivers. RESULTS: They do.",
        year=2019,
        date="2019-11-05",
        venue="Journal of Invented Otters",
        doi="10.5555/otter.1",
        ids=("pmcid:PMC7000001", "pmid:30000001"),
        authors=("Zoé A Brook", "B Bank Jr", "Otter Study Group"),
        author_ids=("orcid:0000-0002-1825-0097", "", ""),
        keywords=("Otters", "Models, Biological", "swimming"),
        references=("doi:10.5555/cited.1 pmid:11000001", "pmcid:PMC6000002"),
        sources=("p.xml:4",),
    )


def test_an_older_article_is_read() -> None:
    """A title in its own language, a date in words, what it cites in the place of before."""
    assert papers()[1] == Paper(
        "Die Otter im Fluß.",
        "",
        year=1998,
        date="1998-12-01",
        venue="Otter Z",
        ids=("pmid:9000002",),
        references=("pmid:8000001",),
        sources=("p.xml:48",),
    )


def test_a_chapter_is_read() -> None:
    """In its book, with the date of its own and its authors, not the editors."""
    assert papers()[2] == Paper(
        "Holts and Dens",
        "Where otters live.",
        year=2001,
        date="2001-02-03",
        venue="Handbook of Otters",
        ids=("pmid:20000003",),
        authors=("Carl Ford",),
        keywords=("holt",),
        sources=("p.xml:60",),
    )


def test_the_rest_of_the_sample_is_told() -> None:
    """Rejects with their lines; deleted numbers are no records."""
    told = [(record.line, record.reason) for record in read(SAMPLE)[3:] if isinstance(record, Reject)]
    assert told == [(78, "no title"), (79, "no Article")]
    assert len(read(SAMPLE)) == 5


@pytest.mark.parametrize(
    ("date", "year", "day"),
    [
        ("<Year>2019</Year>", 2019, None),
        ("<Year>2019</Year><Month>02</Month>", 2019, "2019-02-01"),
        ("<Year>2019</Year><Month>Feb</Month><Day>3</Day>", 2019, "2019-02-03"),
        ("<Year>2019</Year><Season>Spring</Season>", 2019, None),
        ("<MedlineDate>2019 Nov-Dec</MedlineDate>", 2019, "2019-11-01"),
        ("<MedlineDate>2000 Spring</MedlineDate>", 2000, None),
        ("<MedlineDate>1998-1999</MedlineDate>", 1998, None),
        ("<Year>soon</Year>", None, None),
        ("", None, None),
    ],
)
def test_dates_are_read_in_all_their_forms(date: str, year: int | None, day: str | None) -> None:
    """Months as numbers or names, and what MedlineDate holds."""
    inner = f"<Journal><JournalIssue><PubDate>{date}</PubDate></JournalIssue></Journal><ArticleTitle>T</ArticleTitle>"
    (paper,) = read(article(inner))
    assert isinstance(paper, Paper)
    assert (paper.year, paper.date) == (year, day)


@pytest.mark.parametrize("orcid", ["0000-0002-1825-0097", "0000000218250097", "http://orcid.org/0000-0002-1825-0097/"])
def test_orcids_are_read_in_all_their_forms(orcid: str) -> None:
    """With and without hyphens, as a number or a page."""
    given = f"<Author><LastName>X</LastName><Identifier Source='ORCID'>{orcid}</Identifier></Author>"
    (paper,) = read(article(f"<ArticleTitle>T</ArticleTitle><AuthorList>{given}</AuthorList>"))
    assert isinstance(paper, Paper)
    assert paper.author_ids == ("orcid:0000-0002-1825-0097",)


def test_records_are_found_in_any_wrapper() -> None:
    """A set of another name, or the bare citations of before."""
    citation = "<MedlineCitation><PMID>7</PMID><Article><ArticleTitle>T</ArticleTitle></Article></MedlineCitation>"
    wanted = [Paper("T", "", ids=("pmid:7",), sources=("p.xml:1",))]
    assert read(f"<export><x><PubmedArticle>{citation}</PubmedArticle></x></export>") == wanted
    assert read(f"<MedlineCitationSet>{citation}</MedlineCitationSet>") == wanted


def test_papers_come_back_from_the_tables() -> None:
    """Written and read again they are the same."""
    assert kb.tables.paper_rows(kb.intake.papers_frame(papers())) == papers()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (article(""), "no title"),
        (article("<ArticleTitle><i/></ArticleTitle>"), "no title"),
        (article("<ArticleTitle>[Not Available].</ArticleTitle>"), "no title"),
        (
            article(f"<ArticleTitle>{'x' * 100_001}</ArticleTitle>"),
            "title longer than 100,000 characters: the full text?",
        ),
        ("<PubmedArticleSet>\n<PubmedArticle/></PubmedArticleSet>", "no Article"),
        ("<PubmedArticleSet>\n<PubmedBookArticle/></PubmedArticleSet>", "no BookDocument"),
        ("<PubmedArticleSet>\n<PubmedBookArticle><BookDocument/></PubmedBookArticle></PubmedArticleSet>", "no title"),
    ],
)
def test_what_cannot_be_read_is_a_reject(text: str, reason: str) -> None:
    """With its line and the reason."""
    (bad,) = read(text)
    assert isinstance(bad, Reject)
    assert (bad.source, bad.line, bad.reason) == ("p.xml", 2, reason)


@pytest.mark.parametrize("damage", [b"</Author>", b"<", b"&nope;<", b"\xff", b"\x00"])
def test_a_broken_document_ends_in_an_error(damage: bytes) -> None:
    """Of one line, with the place, after the articles before it."""
    records = []
    with pytest.raises(SourceError, match=r"^p.xml, line 5[23]: broken XML: [^\n]+$"):
        for record in read_pubmed(io.BytesIO(SAMPLE.replace(b"[Not Available]", b"[Not" + damage)), "p.xml"):
            records.append(record)  # noqa: PERF402 (what came before the error counts)
    assert records == papers()[:1]


def test_the_format_is_told_by_its_root() -> None:
    """And not mistaken for PubMed Central's or others."""
    assert is_pubmed("PubmedArticleSet")
    assert is_pubmed("PubmedArticle")
    for other in ("", "article", "pmc-articleset", "collection", "{u}PubmedArticleSet"):
        assert not is_pubmed(other)


@EXAMPLES
@given(data=st.binary(max_size=200) | mutated(SAMPLE))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Damaged files give records or one error."""
    survives(read_pubmed, data)


TAGS = ["MedlineCitation", "Article", "ArticleTitle", "Abstract", "AbstractText", "AuthorList", "Author", "LastName"]
TAGS += ["PubmedData", "ReferenceList", "ArticleIdList", "ArticleId", "PMID", "BookDocument", "Book", "PubDate", "Year"]
TREES = st.recursive(
    st.sampled_from(["", "T", "1", "10.1/x", "&lt;", "<!-- x -->", "٣"]),
    lambda inner: st.tuples(
        st.sampled_from(TAGS), st.sampled_from(["", "doi", "pmc"]), st.lists(inner, max_size=4)
    ).map(lambda given: f"<{given[0]} IdType='{given[1]}' Label='{given[1]}'>{''.join(given[2])}</{given[0]}>"),
    max_leaves=6,
)


@EXAMPLES
@given(tree=TREES)
def test_no_tree_breaks_the_reader(tree: str) -> None:
    """Any element in the place of any."""
    text = article(f"<ArticleTitle>T</ArticleTitle>{tree}", f"<PubmedData>{tree}</PubmedData>")
    survives(read_pubmed, f"{text}<PubmedBookArticle>{tree}</PubmedBookArticle>".encode())
