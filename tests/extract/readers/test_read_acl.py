"""The ACL Anthology's XML."""

import io
from pathlib import Path

import pytest
from fuzz import EXAMPLES, mutated, survives
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import kb.intake
import kb.tables
from extract.errors import SourceError
from extract.readers.acl import acl_id, is_acl, read_acl
from extract.records import Paper, Reject

SAMPLE = (Path(__file__).parent / "samples" / "acl.xml").read_bytes()


def read(data: bytes | str) -> list[Paper | Reject]:
    """Everything the reader gives."""
    return list(read_acl(io.BytesIO(data.encode() if isinstance(data, str) else data), "acl.xml"))


def papers() -> list[Paper]:
    """The papers of the sample."""
    return [record for record in read(SAMPLE) if isinstance(record, Paper)]


def test_a_collection_is_read() -> None:
    """Markup is flattened, formulas keep their `$`, the volume gives venue and date; front matter is left out."""
    first, second = papers()[:2]
    assert first == Paper(
        "Parsing Otter Speech with $k$-best Lists and Rivers",
        "We parse otter speech. Code is at https://example.org/otter & works.",
        year=2020,
        date="2020-07-01",
        venue="Proceedings of the 58th Invented Meeting",
        doi="10.18653/v1/2020.acl-main.1",
        url="https://aclanthology.org/2020.acl-main.1",
        ids=("acl:2020.acl-main.1",),
        authors=("Zoé Brook", "Shui He", "Madonna"),
        author_ids=("orcid:0000-0002-1825-0097", "", ""),
        sources=("acl.xml:18",),
    )
    assert second == Paper(
        "A Title Alone",
        "",
        year=2020,
        date="2020-07-01",
        venue="Proceedings of the 58th Invented Meeting",
        url="https://aclanthology.org/2020.acl-main.2",
        ids=("acl:2020.acl-main.2",),
        sources=("acl.xml:30",),
    )


def test_each_volume_has_its_own_meta() -> None:
    """Also one that has none, a journal, and a file of the old kind, where the paper says it all."""
    told = [(paper.title, paper.ids[0], paper.date or paper.year, paper.venue) for paper in papers()[2:]]
    assert told == [
        ("Workshop Otters", "acl:W19-0307", "2019-06-01", "Proceedings of the Third Invented Workshop"),
        ("A Volume without Meta", "acl:W19-0411", None, None),
        ("Journal Otters", "acl:Q19-1001", 2018, "Transactions of the Invented Association"),
        ("Old Otters", "acl:P05-1002", "2005-06-01", "Old Proceedings"),
    ]


@pytest.mark.parametrize(
    ("collection", "volume", "paper", "number"),
    [
        ("P19", "1", "1", "P19-1001"), ("W19", "3", "7", "W19-0307"), ("W19", "53", "12", "W19-5312"),
        ("D19", "1", "12", "D19-1012"), ("D19", "50", "1", "D19-5001"), ("C69", "1", "1", "C69-0101"),
        ("2020.acl", "main", "1", "2020.acl-main.1"), ("2022.findings", "emnlp", "10", "2022.findings-emnlp.10"),
        ("P19", "1", "x", ""), ("P19", "x", "1", ""), ("P19", "", "", ""), ("2020.acl", "main", "²", ""),
    ],
)  # fmt: skip
def test_ids_are_made_as_the_anthology_makes_them(collection: str, volume: str, paper: str, number: str) -> None:
    """Padded in the old style, parted by points in the new one."""
    root = etree.fromstring(
        f"<collection id='{collection}'><volume id='{volume}'><paper id='{paper}'/></volume></collection>"
    )
    assert acl_id(root[0][0]) == number


def test_papers_come_back_from_the_tables() -> None:
    """Written and read again they are the same."""
    assert kb.tables.paper_rows(kb.intake.papers_frame(papers())) == papers()


@pytest.mark.parametrize(
    ("paper", "reason"),
    [
        ("<author><last>X</last></author>", "no title"),
        ("<title/>", "no title"),
        ("<title> <fixed-case/> </title>", "no title"),
        (f"<title>{'x' * 100_001}</title>", "title longer than 100,000 characters: the full text?"),
        (
            f"<title>T</title><abstract>{'x' * 100_001}</abstract>",
            "abstract longer than 100,000 characters: the full text?",
        ),
        ("<title>T</title><year>soon</year>", "year is not a year"),
    ],
)
def test_what_cannot_be_read_is_a_reject(paper: str, reason: str) -> None:
    """With its line and the reason; the next paper is read."""
    text = (
        f"<collection id='P19'>\n<volume id='1'>\n<paper id='1'>{paper}</paper>\n<paper id='2'><title>T</title></paper>"
    )
    bad, good = read(f"{text}</volume></collection>")
    assert isinstance(bad, Reject)
    assert (bad.source, bad.line, bad.reason) == ("acl.xml", 3, reason)
    assert isinstance(good, Paper)


@pytest.mark.parametrize("damage", [b"</author>", b"<", b"&nope;", b"\xff", b"\x00"])
def test_a_broken_document_ends_in_an_error(damage: bytes) -> None:
    """Of one line, with the place, after the papers before it."""
    records = []
    with pytest.raises(SourceError, match=r"^acl.xml, line 3[01]: broken XML: [^\n]+$"):
        for record in read_acl(io.BytesIO(SAMPLE.replace(b"A Title Alone", b"A Title Alone" + damage)), "acl.xml"):
            records.append(record)  # noqa: PERF402 (what came before the error counts)
    assert records == papers()[:1]


def test_the_format_is_told_by_its_root() -> None:
    """Without a namespace: MARC has collections too."""
    assert is_acl("collection")
    assert is_acl("volume")
    for other in ("", "paper", "{http://www.loc.gov/MARC21/slim}collection", "PubmedArticleSet"):
        assert not is_acl(other)


@EXAMPLES
@given(data=st.binary(max_size=200) | mutated(SAMPLE))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Damaged files give records or one error."""
    survives(read_acl, data)


TAGS = ["collection", "volume", "paper", "meta", "title", "author", "first", "year", "month", "tex-math", "url", "doi"]
TREES = st.recursive(
    st.sampled_from(["", "T", "1", "10.1/x", "&lt;", "<!-- x -->", "٣"]),
    lambda inner: st.tuples(
        st.sampled_from(TAGS), st.sampled_from(["", "W19", "1", "²"]), st.lists(inner, max_size=4)
    ).map(lambda given: f"<{given[0]} id='{given[1]}' orcid='{given[1]}'>{''.join(given[2])}</{given[0]}>"),
    max_leaves=6,
)


@EXAMPLES
@given(tree=TREES)
def test_no_tree_breaks_the_reader(tree: str) -> None:
    """Any element in the place of any."""
    survives(read_acl, f"{tree}<volume id='1'><paper id='1'>{tree}</paper></volume>".encode())
