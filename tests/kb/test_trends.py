"""Questions of time on small knowledge bases: periods, first papers, bursts, what is new, and the picture."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import kb
from kb.base import KnowledgeBase
from kb.errors import NotFoundError, UsageError
from kb.plot import plot
from kb.trends import GAP
from tests.kb.dated_fixture import Dated, Link, write_dated

PAPERS: list[Dated] = [
    ("a", 2018), ("b", "2018-05-20"), ("c", "2020-01-31"), ("d", "2020-03-01"), ("e", "2020-03-31"), ("f", 2020),
    ("g", "2021-02-11"), ("h", "2021-12-31"), ("i", "2022-01-01"), ("z", None),
]  # fmt: skip
LINKS: list[Link] = [
    ("USES", "b", "method:alpha"), ("INTRODUCES", "c", "method:alpha"), ("USES", "d", "method:alpha"),
    ("MENTIONS", "z", "method:alpha"),
    ("INTRODUCES", "f", "method:beta"), ("USES", "c", "method:beta"), ("USES", "g", "method:beta"),
    ("INTRODUCES", "e", "dataset:gamma"),
    ("INTRODUCES", "g", "task:delta"), ("INTRODUCES", "h", "task:delta"), ("INTRODUCES", "h", "metric:eta"),
    ("INTRODUCES", "z", "concept:timeless"),
]  # fmt: skip
Opener = Callable[[list[Dated], list[Link]], KnowledgeBase]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    """Ten papers from 2018 to 2022, one of them without any date."""
    with kb.open(write_dated(tmp_path_factory.mktemp("dated") / "papers.kb", PAPERS, LINKS)) as opened:
        yield opened


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Opens knowledge bases of other papers and closes them."""
    held: list[KnowledgeBase] = []

    def make(papers: list[Dated], links: list[Link]) -> KnowledgeBase:
        held.append(kb.open(write_dated(tmp_path / f"{len(held)}.kb", papers, links)))
        return held[-1]

    yield make
    for one in held:
        one.close()


def counts(entity: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Period, papers, and papers of the base."""
    return [(row["period"], row["papers"], row["total"]) for row in entity["periods"]]


def test_years_are_counted_beside_all_papers(base: KnowledgeBase) -> None:
    """From the first year in which it is named to the last of the base; 2019 has no papers and no share."""
    answer = base.trends(["alpha"])
    (alpha,) = answer["entities"]
    assert (answer["by"], answer["papers"], answer["undated"]) == ("year", 10, 1)
    assert (alpha["id"], alpha["label"], alpha["name"]) == ("method:alpha", "Method", "alpha")
    assert (alpha["papers"], alpha["undated"]) == (4, 1)
    assert counts(alpha) == [("2018", 1, 2), ("2019", 0, 0), ("2020", 2, 4), ("2021", 0, 2), ("2022", 0, 1)]
    assert [row["share"] for row in alpha["periods"]] == [0.5, None, 0.5, 0.0, 0.0]


def test_months_count_dated_papers_only(base: KnowledgeBase) -> None:
    """A paper known by its year alone lies in no month and is told apart."""
    answer = base.trends("beta", by="month")
    (beta,) = answer["entities"]
    assert (answer["undated"], beta["papers"], beta["undated"]) == (3, 3, 1)
    periods = counts(beta)
    assert periods[0] == ("2020-01", 1, 1) and periods[-1] == ("2022-01", 0, 1) and len(periods) == 25
    assert ("2020-03", 0, 2) in periods and ("2021-02", 1, 1) in periods and ("2021-03", 0, 0) in periods


def test_several_names_share_their_periods(base: KnowledgeBase) -> None:
    """Side by side, in the order given, from the first year of any."""
    both = base.trends(["beta", "alpha"])["entities"]
    assert [entity["name"] for entity in both] == ["beta", "alpha"]
    assert [row[0] for row in counts(both[0])] == [row[0] for row in counts(both[1])]
    assert counts(both[0])[0] == ("2018", 0, 2)


def test_two_names_of_one_entity_are_told_once(base: KnowledgeBase) -> None:
    """By name, alias, id and case."""
    assert base.trends(["alpha", "the ALPHA", "method:alpha"]) == base.trends("alpha")


def test_the_first_paper_is_the_earliest(base: KnowledgeBase) -> None:
    """Even where a later one introduces it; the edge says which it is."""
    first = base.trends("alpha")["entities"][0]["first"]
    assert first == {
        "id": "paper:b", "name": "Title of b", "year": 2018, "date": "2018-05-20", "edge": "USES",
        "sentence": "b says method:alpha.",
    }  # fmt: skip


def test_of_papers_that_may_be_first_the_one_that_introduces_is(base: KnowledgeBase) -> None:
    """A paper of 2020 without a day may be as early as one of January 2020."""
    first = base.trends("beta")["entities"][0]["first"]
    assert (first["id"], first["date"], first["edge"]) == ("paper:f", None, "INTRODUCES")


def test_a_burst_is_marked_where_it_lies(opened: Opener) -> None:
    """Ten papers a year, of which 0, 1, 0, 5, 5, 0, 1, 0 use it: the two years of five."""
    named = [0, 1, 0, 5, 5, 0, 1, 0]
    papers: list[Dated] = [(f"{year}-{i}", 2000 + year) for year in range(8) for i in range(10)]
    links: list[Link] = [("USES", f"{year}-{i}", "method:m") for year, count in enumerate(named) for i in range(count)]
    (entity,) = opened(papers, links).trends("m")["entities"]
    assert [(b["level"], b["start"], b["end"], b["papers"]) for b in entity["bursts"]] == [(1, "2003", "2004", 10)]
    assert entity["bursts"][0]["weight"] == pytest.approx(4.989912, abs=1e-6)
    assert [row["period"] for row in entity["periods"] if row["burst"]] == ["2003", "2004"]


def test_one_period_and_equal_shares_are_no_burst(opened: Opener) -> None:
    """Nothing rises."""
    one = opened([("a", 2020), ("b", 2020)], [("USES", "a", "method:m")])
    assert one.trends("m")["entities"][0]["bursts"] == [] and len(one.trends("m")["entities"][0]["periods"]) == 1
    equal: list[Dated] = [(f"{year}-{i}", year) for year in range(2000, 2010) for i in range(2)]
    even = opened(equal, [("USES", f"{year}-0", "method:m") for year in range(2000, 2010)])
    (entity,) = even.trends("m")["entities"]
    assert entity["bursts"] == [] and {row["share"] for row in entity["periods"]} == {0.5}


@pytest.mark.parametrize(("by", "first", "last"), [("year", "0001", "9999"), ("month", "0001-01", "9999-12")])
def test_the_first_and_the_last_year_do_not_list_all_between(by: str, first: str, last: str, opened: Opener) -> None:
    """A stretch longer than GAP in which the base has nothing is left out; a shorter one is listed."""
    late = "2000-06-15" if by == "month" else 2000
    papers: list[Dated] = [("a", "0001-01-01"), ("b", late), ("c", "2003-06-15"), ("d", "9999-12-31")]
    answer = opened(papers, [("USES", "a", "method:m"), ("USES", "d", "method:m")]).trends("m", by=by)
    periods = counts(answer["entities"][0])
    assert periods[0] == (first, 1, 1) and periods[-1] == (last, 1, 1)
    assert len(periods) == (6 if by == "year" else 39) < GAP
    assert all(total == 0 for period, _, total in periods[2:-2])


def test_papers_without_years_have_no_trend(opened: Opener) -> None:
    """The line says of which papers, and by what."""
    none = opened([("a", None)], [("USES", "a", "method:m"), ("INTRODUCES", "a", "task:t")])
    with pytest.raises(NotFoundError, match=r"^the papers of this base carry no years$"):
        none.trends("m")
    with pytest.raises(NotFoundError, match=r"^the papers of this base carry no years$"):
        none.new("2020")
    years = opened([("a", 2020), ("b", None)], [("USES", "a", "method:m"), ("USES", "b", "method:n")])
    with pytest.raises(NotFoundError, match="of this base carry no dates, so no months; by year"):
        years.trends("m", by="month")
    with pytest.raises(NotFoundError, match=r'^the papers that name "n" carry no years$'):
        years.trends("n")
    dated, undated = years.trends(["m", "n"])["entities"]
    assert counts(dated) == [("2020", 1, 1)] and counts(undated) == [("2020", 0, 1)] and undated["first"] is None


def test_a_name_must_be_of_an_entity(base: KnowledgeBase) -> None:
    """An unknown one answers with the nearest, a paper's is refused, none at all is wrong usage."""
    with pytest.raises(NotFoundError, match='named "alpho"') as raised:
        base.trends(["beta", "alpho"])
    assert "alpha" in raised.value.nearest
    with pytest.raises(NotFoundError, match='"Title of a" is a Paper, not a method'):
        base.trends("Title of a")
    with pytest.raises(UsageError, match="name at least one"):
        base.trends([])
    with pytest.raises(UsageError, match='no period "day"; there are: year, month'):
        base.trends("alpha", by="day")
    assert base.trends("alpha", by=" Year ") == base.trends("alpha")


@pytest.mark.parametrize(
    ("since", "found"),
    [
        ("2018", ["eta", "delta", "beta", "gamma", "alpha"]),
        ("2018-05-21", ["eta", "delta", "beta", "gamma"]),
        ("2020", ["eta", "delta", "beta", "gamma"]),
        ("2020-01-31", ["eta", "delta", "beta", "gamma"]),
        ("2020-02", ["eta", "delta", "gamma"]),
        ("2020-03-31", ["eta", "delta", "gamma"]),
        ("2020-04", ["eta", "delta"]),
        (2021, ["eta", "delta"]),
        ("2021-02-12", ["eta"]),
        (datetime.date(2021, 12, 31), ["eta"]),
        ("2022", []),
        ("9999-12-31", []),
    ],
)
def test_new_is_what_no_paper_named_before(since: Any, found: list[str], base: KnowledgeBase) -> None:
    """alpha was used two years before it was introduced; beta, introduced in 2020, was used on January 31st."""
    assert [row["name"] for row in base.new(since)] == found


def test_new_quotes_the_paper_that_introduces(base: KnowledgeBase) -> None:
    """The earliest of those since that day."""
    assert base.new("2021", kind="task") == [
        {
            "id": "task:delta", "label": "Task", "name": "delta", "papers": 2, "paper": "paper:g",
            "paper_name": "Title of g", "year": 2021, "date": "2021-02-11", "sentence": "g says task:delta.",
        }
    ]  # fmt: skip


def test_new_takes_a_kind_and_a_limit(base: KnowledgeBase) -> None:
    """In any case; a limit keeps the newest."""
    assert [row["name"] for row in base.new(2018, kind="DataSet")] == ["gamma"]
    assert [row["name"] for row in base.new(2018, limit=1)] == ["eta"]
    assert len(base.new(2018, limit=10**9)) == 5
    for wrong in ({"limit": 0}, {"limit": -1}, {"kind": "paper"}, {"kind": "thing"}):
        with pytest.raises(UsageError):
            base.new(2018, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("since", ["", "soon", "24", "2024-13", "2024-02-30", "2024-5-1-2", "0000", "2024/05", -1])
def test_what_is_no_date_is_refused(since: Any, base: KnowledgeBase) -> None:
    """Nothing is guessed."""
    with pytest.raises(UsageError, match="such as 2024, 2024-05 or 2024-05-01"):
        base.new(since)


@pytest.mark.parametrize(("by", "names"), [("year", ["alpha"]), ("month", ["alpha", "beta", "gamma"])])
def test_a_plot_is_the_same_bytes_twice(by: str, names: list[str], base: KnowledgeBase, tmp_path: Path) -> None:
    """PNG and SVG; the SVG bears no date."""
    answer = base.trends(names, by=by)
    for suffix, magic in ((".png", b"\x89PNG"), (".svg", b"<?xml")):
        files = [tmp_path / f"{i}{suffix}" for i in (1, 2)]
        for file in files:
            plot(answer, file)
        assert files[0].read_bytes() == files[1].read_bytes()
        assert files[0].read_bytes().startswith(magic)
        assert b"<dc:date>" not in files[0].read_bytes()


def test_a_plot_takes_every_name_as_it_is(opened: Opener, tmp_path: Path) -> None:
    """Dollars are no formula, an underscore hides nothing, a script the font lacks gives no warning; nor do bursts."""
    names = ["$k$-means^2", "_hidden", "方法", "a" * 300, "$", "$x_{$", "two\nlines"]
    papers: list[Dated] = [(f"{year}-{i}", year) for year in range(2000, 2008) for i in range(10)]
    links: list[Link] = [("USES", f"{2003}-{i}", f"method:{name}") for name in names for i in range(8)]
    answer = opened(papers, links).trends([f"method:{name}" for name in names])
    assert all(entity["bursts"] for entity in answer["entities"])
    plot(answer, tmp_path / "p.svg")
    assert (tmp_path / "p.svg").stat().st_size > 1000


def test_a_plot_wants_a_known_format_and_matplotlib(
    base: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line each, with the remedy; nothing is written."""
    answer = base.trends("alpha")
    for name in ("p.pdf", "p", ".png"):
        with pytest.raises(UsageError, match=r"a \.png or a \.svg file"):
            plot(answer, tmp_path / name)
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(UsageError, match=r"pip install 'citation-graph-kb\[plot\]'"):
        plot(answer, tmp_path / "p.png")
    assert list(tmp_path.iterdir()) == []
