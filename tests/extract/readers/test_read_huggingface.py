"""Pages of Hugging Face's paper lists, copied as text."""

import io
from pathlib import Path

import pytest

from extract.errors import SourceError
from extract.readers import expand, read_source
from extract.readers.huggingface import LONG, read_huggingface
from extract.records import Paper, Reject

SEEDS = Path(__file__).parents[3] / "seeds"
ABSTRACT = "We present a thing that does what such things do, only better than they did before. " * 4
TWO = f"First Title\n{ABSTRACT}\nSecond Title\n{ABSTRACT}\n"


def read(text: str | bytes) -> list[Paper | Reject]:
    """Everything the reader gives for a text."""
    data = text.encode() if isinstance(text, str) else text
    return list(read_huggingface(io.BytesIO(data), "page.txt"))


def titles(records: list[Paper | Reject]) -> list[str]:
    """The titles of the papers."""
    return [record.title for record in records if isinstance(record, Paper)]


def reasons(records: list[Paper | Reject]) -> list[tuple[int, str]]:
    """Line and reason of the rejects."""
    return [(record.line, record.reason) for record in records if isinstance(record, Reject)]


@pytest.fixture(scope="module")
def seeds() -> dict[str, list[Paper | Reject]]:
    """What each seed file gives."""
    return {path.name[:3]: list(read_source(path)) for path in expand([str(SEEDS)])}


def test_every_entry_of_the_seeds_is_read(seeds: dict[str, list[Paper | Reject]]) -> None:
    """440 entries in five files, 378 distinct papers, and no reject."""
    assert {name: len(records) for name, records in seeds.items()} == {
        "000": 58, "001": 216, "002": 58, "003": 53, "004": 55,
    }  # fmt: skip
    papers = [record for records in seeds.values() for record in records if isinstance(record, Paper)]
    assert len(papers) == 440
    assert len({(paper.title, paper.abstract) for paper in papers}) == 378


def test_the_first_titles_of_the_seeds_are_free_of_furniture(seeds: dict[str, list[Paper | Reject]]) -> None:
    """Also where `Subscribe` is glued to the title."""
    assert {name: titles(records)[0][:20] for name, records in seeds.items()} == {
        "000": "ICON: Implicit Cloth",
        "001": "End-to-End Meta-Baye",
        "002": "Coordinate Quantized",
        "003": "BoostDream: Efficien",
        "004": "Deep Implicit Surfac",
    }


def test_seed_text_stays_as_it_is(seeds: dict[str, list[Paper | Reject]]) -> None:
    """A title and an abstract are lines of the file, LaTeX residue and all, and the source is the title's line."""
    for path in expand([str(SEEDS)]):
        texts = path.read_text(encoding="utf-8").split("\n")
        for record in seeds[path.name[:3]]:
            assert isinstance(record, Paper)
            line = texts[int(record.sources[0].rpartition(":")[2]) - 1]
            assert line.removeprefix("Subscribe") == record.title
            assert record.abstract in texts
    assert any("3D$^2$-Actor" in title for title in titles(seeds["003"]))


def test_crlf_and_a_byte_order_mark_change_nothing() -> None:
    """A file saved on Windows gives the same papers at the same lines."""
    assert read(b"\xef\xbb\xbf" + TWO.replace("\n", "\r\n").encode()) == read(TWO)


@pytest.mark.parametrize(
    "furniture",
    [
        "new", "Get trending papers in your email inbox!", "Get trending papers in your email inbox once a day!",
        "Subscribe", "Daily Papers", "by AK and the research community", "byAK and the research community",
        "Mar 11", "Aug 12, 2024", "12", "1.2k", "Submitted by", "Submitted by\nakhaliq", "Submitted by\n\nakhaliq",
        "·3 authors", "· 3 authors", "View all", "View all 12 papers", "Upvote", "-", "•",
    ],
)  # fmt: skip
def test_furniture_is_no_title(furniture: str) -> None:
    """At the top of a page or between its papers."""
    page = f"{furniture}\n{TWO}{furniture}\nThird Title\n{furniture}\n{ABSTRACT}\n"
    assert titles(read(page)) == ["First Title", "Second Title", "Third Title"]
    assert reasons(read(page)) == []


def test_subscribe_is_cut_only_where_it_is_glued_to_the_first_title() -> None:
    """A title that begins with such a word keeps it."""
    assert titles(read(f"Subscribe3D Things\n{ABSTRACT}\nSubscribeX\n{ABSTRACT}"))[0] == "3D Things"
    assert titles(read(TWO.replace("First", "Subscriber"))) == ["Subscriber Title", "Second Title"]
    assert titles(read(TWO.replace("Second", "SubscribeNet"))) == ["First Title", "SubscribeNet Title"]


def test_a_title_without_an_abstract_is_a_reject() -> None:
    """In the middle and at the end; the other papers are read."""
    records = read(f"Lonely Title\n{TWO}Last Title\n")
    assert titles(records) == ["First Title", "Second Title"]
    assert reasons(records) == [(1, "title without an abstract"), (6, "title without an abstract")]
    assert records[0] == Reject("page.txt", 1, "title without an abstract", "Lonely Title")


def test_an_abstract_without_a_title_is_a_reject() -> None:
    """It is not given to the paper before it."""
    assert reasons(read(f"{TWO}{ABSTRACT}\n")) == [(5, "abstract without a title")]


def test_a_short_abstract_is_known_by_its_place() -> None:
    """After a title, a sentence is an abstract, however short; a title may end with a full stop."""
    short = "We show that a thing of this kind can be done with another thing of that kind."
    records = read(f"First Title\n{short}\nSecond Title.\n{ABSTRACT}\n{TWO}")
    assert len(titles(records)) == 4
    assert reasons(records) == []
    assert isinstance(records[0], Paper)
    assert records[0].abstract == short


@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["title above", "title apart"])
def test_a_wrapped_abstract_is_joined(gap: str) -> None:
    """Where blank lines stand around it, lines cut by an editor are one abstract with single spaces."""
    wrapped = ABSTRACT.strip().replace(" only better", "\nonly better")
    records = read(f"First Title{gap}{wrapped}\n\nSecond Title{gap}{wrapped}\n")
    assert titles(records) == ["First Title", "Second Title"]
    assert [record.abstract for record in records if isinstance(record, Paper)] == [ABSTRACT.strip()] * 2


def test_an_abstract_of_two_paragraphs_is_joined() -> None:
    """Where a blank line parts it from its title and none parts its own lines."""
    records = read(f"First Title\n\n{ABSTRACT}\n{ABSTRACT}\n\nSecond Title\n\n{ABSTRACT}")
    assert titles(records) == ["First Title", "Second Title"]
    assert reasons(records) == []
    assert isinstance(records[0], Paper)
    assert records[0].abstract == f"{ABSTRACT}{ABSTRACT.strip()}"


def test_bytes_that_are_not_utf8_reject_their_entry_alone() -> None:
    """The reject names the line; the next paper is read."""
    data = TWO.encode().replace(b"First Title\nWe", b"First Title\nW\xe9") + TWO.encode()
    records = read(data)
    assert titles(records) == ["Second Title", "First Title", "Second Title"]
    assert reasons(records) == [(2, "not UTF-8: save the file as UTF-8")]


def test_control_characters_become_a_space() -> None:
    """A tab or a NUL in a title cannot reach the graph."""
    assert titles(read(TWO.replace("First Title", "First\t\x00Title\x07")))[0] == "First Title"


def test_a_title_in_another_script_is_a_title() -> None:
    """And so is its abstract, which has no full stops of ours."""
    page = f"神经网络\n{'我们提出了一种新的方法。' * 30}\n{TWO}"
    assert titles(read(page)) == ["神经网络", "First Title", "Second Title"]


@pytest.mark.parametrize("text", ["", "\n\n", "new\nSubscribe\n", "One title\nAnother title\nA third\n", ABSTRACT])
def test_a_page_without_a_paper_is_an_error(text: str) -> None:
    """It says that the format may have changed, since papers must not be lost in silence."""
    with pytest.raises(SourceError, match=r"page\.txt gave no paper: the page's format may have changed"):
        read(text)


def test_a_list_page_with_one_paper_is_an_error() -> None:
    """One paper below furniture is a page misread; one paper alone is a file with one paper."""
    one = f"First Title\n{ABSTRACT}\n"
    with pytest.raises(SourceError, match="one paper only"):
        read(f"Daily Papers\n{one}")
    assert titles(read(one)) == ["First Title"]


def test_a_line_longer_than_an_abstract_is_a_reject() -> None:
    """Fifty megabytes on a line are refused with their reason, and the rest is read."""
    records = read(f"Huge Title\n{'x' * 50_000_000}\n{TWO}")
    assert titles(records) == ["First Title", "Second Title"]
    assert reasons(records) == [(2, "a line longer than 16 MiB")]
    assert [r.raw for r in records if isinstance(r, Reject)] == ["Huge Title"]
    assert [r.raw for r in read(f"{'x' * 50_000_000}\n{TWO}") if isinstance(r, Reject)] == ["x" * 80]
    assert reasons(read(f"Huge Title\n{'x ' * 60_000}\n{TWO}")) == [(2, "longer than 100,000 characters")]


def test_the_length_rule_holds_at_its_limit() -> None:
    """A line of LONG characters is an abstract, one shorter is a title."""
    assert titles(read(f"{'t' * (LONG - 1)}\n{'a' * LONG}\n")) == ["t" * (LONG - 1)]
