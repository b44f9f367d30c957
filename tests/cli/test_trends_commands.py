"""The commands `trends` and `new`, as a user runs them."""

import json
from pathlib import Path

import pytest

import kb
from cli.trends import bar, chart
from tests.cli.test_ask_commands import ask, on_terminal, rows
from tests.kb.dated_fixture import Dated, Link, write_dated

NAMED = {"alpha": [1, 1, 8, 8, 1, 1], "beta": [0, 0, 0, 1, 2, 10]}
PAPERS: list[Dated] = [(f"{year}-{i}", f"{year}-07-{i + 1:02}") for year in range(2015, 2021) for i in range(10)]
LINKS: list[Link] = [
    ("INTRODUCES" if year == 2018 and name == "beta" else "USES", f"{year}-{i}", f"method:{name}")
    for name, counts in NAMED.items()
    for year, count in enumerate(counts, 2015)
    for i in range(count)
]


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten papers a year from 2015 to 2020, and one without a year."""
    return write_dated(tmp_path_factory.mktemp("dated") / "papers.kb", [*PAPERS, ("undated", None)], LINKS)


def test_trends_are_two_tables_in_a_pipe(dated: Path) -> None:
    """What is known of each entity (weight: 12 ln 2), then its periods with a bar in plain ASCII, all on one scale."""
    done = ask(dated, "trends", "alpha", "beta")
    summary, periods = (rows(block) for block in done.stdout.split("\n\n"))
    assert summary[1][:7] == [
        "alpha", "Method", "20", "2015-07-01", "USES", "Title of 2015-0", "2017 to 2018 (weight 8.3)",
    ]  # fmt: skip
    assert periods[0] == ["name", "period", "papers", "total", "share", "burst", "bar"]
    assert periods[3] == ["alpha", "2017", "8", "10", "0.8", "1", "#" * 32]
    assert periods[-1] == ["beta", "2020", "10", "10", "1.0", "1", "#" * 40]
    assert done.stderr == "1 of 61 papers without a year: not counted\n"


def test_names_of_one_entity_are_noted(dated: Path) -> None:
    """So that nobody wonders where the second went."""
    assert "2 names mean 1 entity\n" in ask(dated, "trends", "alpha", "ALPHA").stderr


def test_a_terminal_gets_a_chart(dated: Path) -> None:
    """Bars of blocks side by side, with counts, shares and marks of bursts; ASCII where blocks cannot be written."""
    line = ["trends", "alpha", "beta", "--kb", str(dated)]
    text = on_terminal(line)
    assert "2017     10   8  80.0% + █" in text and "+ marks bursts" in text
    plain = on_terminal(line, PYTHONIOENCODING="ascii:backslashreplace")
    assert "2017     10   8  80.0% + ####" in plain and "\\u258" not in plain


def test_a_chart_puts_below_what_does_not_fit_beside(dated: Path) -> None:
    """No line is wider than the terminal; the scale stays one."""
    with kb.open(dated) as base:
        answer = base.trends(["alpha", "beta"])
    wide, narrow = (chart(answer, width, blocks=True) for width in (120, 50))
    assert len(wide) == 7 and len(narrow) == 15 and narrow[7] == ""
    assert max(map(len, wide)) <= 120 and max(map(len, narrow)) <= 50
    assert all(len(line) <= 40 for line in chart(answer, 1, blocks=False))


def test_a_bar_shows_what_is_not_zero() -> None:
    """Eighths of a block, at least one of them; counts of any size."""
    assert [bar(n, 16, 2, blocks=True) for n in (0, 1, 4, 8, 9, 16)] == ["", "▏", "▌", "█", "█▏", "██"]
    assert [bar(n, 16, 2, blocks=False) for n in (0, 1, 8, 16)] == ["", "#", "#", "##"]
    assert bar(1, 10**30, 8, blocks=True) == "▏" and bar(10**30, 10**30, 8, blocks=False) == "#" * 8


def test_new_lists_what_was_introduced(dated: Path) -> None:
    """With its paper and its sentence."""
    lines = rows(ask(dated, "new", "--since", "2018-07").stdout)
    assert lines[0] == ["date", "label", "name", "paper", "sentence", "id"]
    assert lines[1:] == [["2018-07-01", "Method", "beta", "Title of 2018-0", "2018-0 says method:beta.", "method:beta"]]
    done = ask(dated, "new", "--since", "2018-07-02")
    assert done.exit_code == 0 and done.stderr == "nothing found\n"


def test_new_says_where_it_stopped_and_what_is_vague(tiny_kb: Path) -> None:
    """A limit that cut, and papers known by their year alone."""
    done = ask(tiny_kb, "new", "--since", "2021-06", "--limit", "2")
    assert "the first 2; --limit N for more" in done.stderr and "1 of 2 known by the year alone" in done.stderr


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (["trends", "alpho"], 1, "nearest: alpha"),
        (["trends", "Title of 2015-0"], 1, "is a Paper"),
        (["trends", "alpha", "--by", "week"], 2, 'no period "week"'),
        (["trends", "alpha", "--plot", "x.pdf"], 2, "a .png or a .svg file"),
        (["trends", "alpha", "--plot", "no/such/folder/x.png"], 3, "no/such/folder/x.png"),
        (["trends"], 2, "NAME..."),
        (["new"], 2, "--since"),
        (["new", "--since", "yesterday"], 2, "such as 2024"),
        (["new", "--since", "2020", "--kind", "paper"], 2, "kind must be one of Method"),
        (["new", "--since", "2020", "--limit", "0"], 2, "--limit"),
    ],
)
def test_a_mistake_is_one_line(line: list[str], code: int, said: str, dated: Path) -> None:
    """On stderr, with its exit code, and nothing on stdout."""
    done = ask(dated, *line)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    assert said in done.stderr


def test_papers_without_years_are_told(tmp_path: Path) -> None:
    """Exit 1 and one line."""
    path = write_dated(tmp_path / "papers.kb", [("a", None)], [("INTRODUCES", "a", "method:m")])
    for line in (["trends", "m"], ["new", "--since", "2020"]):
        done = ask(path, *line)
        assert (done.exit_code, done.stderr) == (1, "error: the papers of this base carry no years\n")


def test_a_plot_is_drawn_beside_the_answer(dated: Path, tmp_path: Path) -> None:
    """The same answer, and a file."""
    done = ask(dated, "trends", "alpha", "--json", "--plot", str(tmp_path / "p.SVG"))
    assert done.exit_code == 0 and json.loads(done.stdout)["entities"][0]["name"] == "alpha"
    assert (tmp_path / "p.SVG").read_bytes().startswith(b"<?xml")
