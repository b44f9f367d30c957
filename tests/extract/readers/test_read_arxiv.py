"""arXiv's metadata: Atom feeds, OAI-PMH, and the snapshot."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fuzz import EXAMPLES, mutated, survives
from hypothesis import given
from hypothesis import strategies as st

import kb.intake
import kb.tables
from extract.errors import SourceError
from extract.readers.accents import accented
from extract.readers.arxiv import (
    first_date,
    is_arxiv_atom,
    is_arxiv_oai,
    is_arxiv_snapshot,
    read_arxiv_atom,
    read_arxiv_oai,
    read_arxiv_snapshot,
    split_authors,
)
from extract.records import Paper, Reject

SAMPLES = Path(__file__).parent / "samples"
FILES = {
    "arxiv_atom.xml": read_arxiv_atom,
    "arxiv_oai.xml": read_arxiv_oai,
    "arxiv_snapshot.jsonl": read_arxiv_snapshot,
}
FEED = '<feed xmlns="http://www.w3.org/2005/Atom">\n%s\n</feed>'
OTTERNET = Paper(
    "OtterNet: Learning to Swim from $O(n^2)$ Examples",
    "We present OtterNet, a network that learns to swim & dive.",
    year=2021,
    date="2021-12-16",
    venue="J. Invented Rivers 7 (2022) 1-12",
    doi="10.5555/river.7",
    arxiv="2112.09127",
    url="https://arxiv.org/abs/2112.09127",
    authors=("Zoé Brook", "Ann van der Stream Jr."),
    keywords=("cs.LG", "stat.ML"),
    sources=("arxiv_snapshot.jsonl:1",),
)
STRINGS = Paper(
    "Strings by the Schrödinger River",
    "Strings.",
    year=1999,
    date="1999-01-01",
    arxiv="hep-th/9901001",
    url="https://arxiv.org/abs/hep-th/9901001",
    authors=("B. Bank", "Zoé Brook"),
    keywords=("hep-th",),
    sources=("arxiv_snapshot.jsonl:2",),
)


def sample(name: str) -> list[Paper | Reject]:
    """What a sample gives."""
    with (SAMPLES / name).open("rb") as stream:
        return list(FILES[name](stream, name))


def fields(record: Paper | Reject) -> dict[str, object]:
    """The fields of a record that are not empty."""
    return {name: value for name in record.__slots__ if (value := getattr(record, name))}


def rejects(records: list[Paper | Reject]) -> list[tuple[int, str]]:
    """Line and reason of the rejects."""
    return [(record.line, record.reason) for record in records if isinstance(record, Reject)]


def test_a_feed_is_read() -> None:
    """Every field, the version dropped, wrapped lines joined; an error the API gave is a reject."""
    first, second, *others = sample("arxiv_atom.xml")
    abstract = "We present OtterNet, a network that learns to swim & dive. It beats the state of the art on RiverBench."
    names = ("Zoé Brook", "Ann van der Stream")
    wanted = fields(OTTERNET) | {"abstract": abstract, "authors": names, "sources": ("arxiv_atom.xml:8",)}
    assert fields(first) == wanted
    assert fields(second) == fields(STRINGS) | {
        "title": "Strings by the River",
        "authors": ("B. Bank",),
        "sources": ("arxiv_atom.xml:33",),
    }
    assert rejects(others) == [(42, "the API gave an error: incorrect id format for otter"), (47, "no title")]


def test_answers_of_oai_pmh_are_read() -> None:
    """All three formats, in pages behind each other; the deleted and the empty are rejects."""
    records = sample("arxiv_oai.xml")
    first, raw, core = (record for record in records if isinstance(record, Paper))
    names = ("Zoé Brook", "Ann van der Stream Jr.", "The Otter Collaboration")
    more = {"ids": ("doi:10.5555/river.8",), "authors": names, "sources": ("arxiv_oai.xml:6",)}
    assert fields(first) == fields(OTTERNET) | more
    assert fields(raw) == fields(STRINGS) | {
        "authors": ("B. Bank", "Zoé Brook", "C. Ford Jr."),
        "keywords": ("hep-th", "math.AG"),
        "sources": ("arxiv_oai.xml:31",),
    }
    assert fields(core) == {
        "title": "Counting Otters",
        "abstract": "We count otters.",
        "year": 2007,
        "date": "2007-03-30",
        "venue": "J. Count. 3 (2007) 4",
        "doi": "10.5555/count.3",
        "arxiv": "0704.0004",
        "url": "https://arxiv.org/abs/0704.0004",
        "authors": ("Dana Bridge", "C. Ford"),
        "keywords": ("Mathematics - Combinatorics", "05A15"),
        "sources": ("arxiv_oai.xml:51",),
    }
    told = [(22, "deleted"), (64, "no metadata"), (70, "the repository gave an error: noRecordsMatch")]
    assert rejects(records) == told


def test_the_snapshot_is_read() -> None:
    """The first version's date; the author line where no names were parsed."""
    assert sample("arxiv_snapshot.jsonl")[:2] == [OTTERNET, STRINGS]
    assert rejects(sample("arxiv_snapshot.jsonl")) == [(3, "no title")]


def test_other_repositories_are_read_too() -> None:
    """Dublin Core of a repository that is not arXiv: no arXiv id, and no identifier taken for a journal."""
    text = (
        "<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'><record><header><identifier>oai:x.org:1</identifier>"
        "</header><metadata><dc xmlns='http://purl.org/dc/elements/1.1/'><title>Otters</title><identifier>ISBN 1"
        "</identifier><identifier>https://doi.org/10.5555/1</identifier></dc></metadata></record></OAI-PMH>"
    )
    assert list(read_arxiv_oai(io.BytesIO(text.encode()), "f")) == [
        Paper("Otters", "", doi="10.5555/1", sources=("f:1",))
    ]


@pytest.mark.parametrize("name", FILES)
def test_papers_come_back_from_the_tables(name: str) -> None:
    """Written and read again they are the same."""
    papers = [record for record in sample(name) if isinstance(record, Paper)]
    assert kb.tables.paper_rows(kb.intake.papers_frame(papers)) == papers


def entry(inner: str) -> str:
    """A feed with an entry on line 2."""
    return FEED % f"<entry>{inner}</entry>"


def record(body: str) -> str:
    """An answer with a record on line 2."""
    return f"<OAI-PMH>\n<record>{body}</record></OAI-PMH>"


def row(**values: object) -> str:
    """A line of the snapshot."""
    return json.dumps({"id": "2112.09127", "title": "T", "abstract": "A", "categories": "cs.LG", **values})


LONG = "x" * 100_001
TOO_LONG = "longer than 100,000 characters: the full text?"


@pytest.mark.parametrize(
    ("read", "text", "line", "reason"),
    [
        (read_arxiv_atom, entry("<id>http://example.org/1</id><title>T</title>"), 2, "no arXiv identifier"),
        (read_arxiv_atom, entry("<id>http://arxiv.org/abs/2112.09127</id><title><b/></title>"), 2, "no title"),
        (read_arxiv_atom, entry(f"<id>arxiv:2112.09127</id><title>{LONG}</title>"), 2, f"title {TOO_LONG}"),
        (read_arxiv_atom, entry("<title>Error</title>"), 2, "the API gave an error: no reason"),
        (read_arxiv_atom, entry(""), 2, "no arXiv identifier"),
        (read_arxiv_oai, record("<header status='deleted'/>"), 2, "deleted"),
        (read_arxiv_oai, record("<metadata/>"), 2, "no metadata"),
        (read_arxiv_oai, record("<metadata><arXiv/></metadata>"), 2, "no title"),
        (read_arxiv_oai, record("<metadata><dc/></metadata>"), 2, "no title"),
        (read_arxiv_oai, "<OAI-PMH>\n<error/></OAI-PMH>", 2, "the repository gave an error: no reason"),
        (read_arxiv_snapshot, row(title=None), 1, "no title"),
        (read_arxiv_snapshot, row(title=["T"]), 1, "title is not a string"),
        (read_arxiv_snapshot, row(authors_parsed="A. One"), 1, "authors_parsed is not a list of names"),
        (read_arxiv_snapshot, row(authors_parsed=[[1, 2, 3]]), 1, "authors_parsed is not a list of names"),
        (read_arxiv_snapshot, row(categories=7), 1, "keywords is not a list of strings"),
        (read_arxiv_snapshot, row(doi={}), 1, "doi is not a string"),
        (read_arxiv_snapshot, row() + "\n{", 2, "invalid JSON: Expecting property name enclosed in double quotes"),
        (read_arxiv_snapshot, row() + "\n[]", 2, "not a JSON object"),
    ],
)
def test_what_cannot_be_read_is_a_reject(read: Callable[..., Any], text: str, line: int, reason: str) -> None:
    """With its line and the reason."""
    assert rejects(list(read(io.BytesIO(text.encode()), "f.jsonl"))) == [(line, reason)]


@pytest.mark.parametrize("read", [read_arxiv_atom, read_arxiv_oai])
def test_a_broken_document_ends_in_an_error(read: Callable[..., Any]) -> None:
    """Of one line, with the place, after the records before it."""
    name = next(name for name in FILES if FILES[name] is read)
    data = (SAMPLES / name).read_bytes()
    cut = data[: data.index(b"Strings")]
    with pytest.raises(SourceError, match=rf"^f, line {cut.count(10) + 1}: broken XML: [^\n]+$"):
        for found in read(io.BytesIO(cut), "f"):
            assert found == sample(name)[0] or isinstance(found, Reject) or found.title == OTTERNET.title


@pytest.mark.parametrize(
    ("number", "dates", "first"),
    [
        ("2112.09127", ["2022-03-01", "2021-12-16"], "2021-12-16"),
        ("2112.09127", ["Thu, 16 Dec 2021 18:59:59 GMT"], "2021-12-16"),
        ("2112.09127", ["2026-08-30"], "2021-12-01"),
        ("2112.09127", ["2021-11-30"], "2021-11-30"),
        ("hep-th/9901001", [], "1999-01-01"),
        ("math/0309136", ["soon", None], "2003-09-01"),
        ("n/a", ["2020-05"], "2020-05-01"),
        ("", [], None),
    ],
)
def test_the_date_is_the_first_versions(number: str, dates: list[str], first: str | None) -> None:
    """The earliest one, or the month in the number where all dates are of later versions."""
    assert first_date(number, dates) == first


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("A. One, B. Two and C. Three", ["A. One", "B. Two", "C. Three"]),
        (
            "A. One (1 and 2), B. Two, III (3 (4)), and C. Three ((1) Here, (2) There)",
            ["A. One", "B. Two III", "C. Three"],
        ),
        ("Andy Anderson & Sand Land", ["Andy Anderson", "Sand Land"]),
        (r"Zo\'e O\v{s}, {\O}. L{\"o}w, Erd\H{o}s P\'{\i}a", ["Zoé Oš", "Ø. Löw", "Erdős Pía"]),
        ("", []),
    ],
)
def test_an_author_line_is_split(line: str, names: list[str]) -> None:
    """At commas and `and`; affiliations are left out and accents read."""
    assert split_authors(line) == names


def test_accents_are_read_outside_of_formulas() -> None:
    """What is no accent stays."""
    assert (
        accented(r"\'etale \c c \alpha \ldots $\'e$ {\ss} /\~me \o ne \oint")
        == r"étale ç \alpha \ldots $\'e$ ß /\~me øne \oint"
    )


def test_formats_are_told_by_root_and_keys() -> None:
    """And not mistaken for others."""
    assert is_arxiv_atom("{http://www.w3.org/2005/Atom}feed")
    assert is_arxiv_oai("{http://www.openarchives.org/OAI/2.0/}OAI-PMH")
    assert is_arxiv_snapshot(json.loads(row(versions=[])))
    for other in ("", "feed", "collection", "record", "PubmedArticleSet", "rss"):
        assert not is_arxiv_atom(other)
        assert not is_arxiv_oai(other)
    assert not is_arxiv_snapshot({"id": 1, "title": "T", "abstract": "A"})
    assert not is_arxiv_snapshot({})


@EXAMPLES
@given(data=st.one_of([st.binary(max_size=200), *(mutated((SAMPLES / name).read_bytes()) for name in FILES)]))
@pytest.mark.parametrize("read", FILES.values())
def test_no_bytes_break_a_reader(read: Callable[..., Any], data: bytes) -> None:
    """Damaged files give records or one error."""
    survives(read, data)


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from(["2112.09127", "\\'"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["created", "version"]), inner),
    max_leaves=3,
)
KEYS = [
    "id",
    "title",
    "abstract",
    "categories",
    "doi",
    "journal-ref",
    "versions",
    "update_date",
    "authors",
    "authors_parsed",
]


@EXAMPLES
@given(values=st.dictionaries(st.sampled_from(KEYS), JUNK))
def test_no_types_break_the_snapshots_reader(values: dict[str, object]) -> None:
    """Anything in the place of anything."""
    survives(read_arxiv_snapshot, (json.dumps(values) + "\n" + row(**values)).encode())


TAGS = [
    "entry",
    "id",
    "title",
    "author",
    "name",
    "record",
    "metadata",
    "header",
    "arXiv",
    "arXivRaw",
    "version",
    "date",
]
TAGS += ["dc", "identifier", "creator", "error", "authors", "category", "published"]
TREES = st.recursive(
    st.sampled_from(["", "T", "2112.09127", "http://arxiv.org/abs/2112.09127", "10.1/x", "<!-- x -->", "&lt;", "\\'"]),
    lambda inner: st.tuples(st.sampled_from(TAGS), st.lists(inner, max_size=4)).map(
        lambda given: f"<{given[0]}>{''.join(given[1])}</{given[0]}>"
    ),
    max_leaves=6,
)


@EXAMPLES
@given(tree=TREES)
@pytest.mark.parametrize("read", [read_arxiv_atom, read_arxiv_oai])
def test_no_tree_breaks_a_reader(read: Callable[..., Any], tree: str) -> None:
    """Any element in the place of any."""
    survives(read, f"<record><metadata>{tree}</metadata></record><entry>{tree}</entry>".encode())
