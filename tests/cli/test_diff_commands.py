"""The commands `diff` and `merges`, as a user runs them."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import kb
from cli.main import app
from tests.cli.test_ask_commands import ask, on_terminal, rows
from tests.cli.test_build_commands import PAPERS, run, write

SNOW = {"title": "Snow Maps from Radar", "abstract": "We propose SnowNet. SnowNet uses SMPL."}
SUMMARY = ["what", "came", "went", "renamed", "joined", "parted", "changed", "moved", "reweighted"]


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two papers; and three, of one of which there are two records."""
    folder = tmp_path_factory.mktemp("diff")
    first = write(folder / "p.jsonl", *PAPERS)
    more = write(folder / "q.jsonl", {**PAPERS[0], "doi": "10.1000/icon"}, SNOW)
    kb.build([str(first)], out=folder / "a.kb", workers=1)
    kb.build([str(first), str(more)], out=folder / "b.kb", workers=1)
    return folder / "a.kb", folder / "b.kb"


def test_a_diff_is_told_in_tables(bases: tuple[Path, Path]) -> None:
    """What the bases were made of, counts, then the first changes of each kind; a note says that there are more."""
    one, other = map(str, bases)
    done = ask(bases[0], "diff", one, other, "--limit", "1")
    made, summary, listed = (rows(block) for block in done.stdout.split("\n\n"))
    assert made[0] == ["what", "change", "id", "detail"] and made[1][:2] == ["input", "came"]
    assert summary[0] == SUMMARY and summary[1] == ["Paper", "1", "0", "1", "0", "0", "0", "0", "0"]
    assert listed[0] == ["what", "change", "name", "detail", "id", "was"]
    assert ["Paper", "came", "Snow Maps from Radar", "", "paper:snow-maps-from-radar", ""] in listed
    assert done.exit_code == 0 and "the first 1 of each; --limit N for more, --out FILE for all\n" in done.stderr
    quiet = ask(bases[0], "diff", one, other, "--limit", "1", "--quiet")
    assert (quiet.stdout, quiet.stderr) == (done.stdout, "")


def test_equal_bases_are_one_line(bases: tuple[Path, Path], tmp_path: Path) -> None:
    """Exit 0, whatever the name of the folder."""
    copy = shutil.copytree(bases[0], tmp_path / "copy.kb")
    done = ask(bases[0], "diff", str(bases[0]), str(copy))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"{bases[0]} and {copy} hold the same: 2 papers, no difference\n"


def test_a_diff_on_a_terminal_shows_counts_that_are_not_zero(bases: tuple[Path, Path]) -> None:
    """Columns of zeros say nothing."""
    text = on_terminal(["diff", str(bases[0]), str(bases[1])])
    assert "came" in text and "renamed" in text and "parted" not in text


def test_out_holds_all_and_json_the_first(bases: tuple[Path, Path], tmp_path: Path) -> None:
    """The file has more rows than are shown."""
    one, other = map(str, bases)
    done = ask(bases[0], "diff", one, other, "--limit", "1", "--json", "--out", str(tmp_path / "d.csv"))
    shown = json.loads(done.stdout)
    assert shown["summary"] == kb.diff(one, other)["summary"] and f"wrote {tmp_path / 'd.csv'}\n" in done.stderr
    with (tmp_path / "d.csv").open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == len(kb.diff(one, other)["changes"]) > len(shown["changes"])
    assert json.loads(ask(bases[0], "diff", one, other, "--limit", "99", "--json").stdout) == kb.diff(one, other)


def test_weights_are_listed_when_asked_for(bases: tuple[Path, Path]) -> None:
    """Else they are only counted."""
    line = ["diff", str(bases[0]), str(bases[1])]
    assert "\treweighted\t" not in ask(bases[0], *line).stdout.partition("what\tchange\tname")[2]
    assert "\treweighted\t" in ask(bases[0], *line, "--weights").stdout


def test_bases_that_differ_in_their_making_alone_are_told(bases: tuple[Path, Path], tmp_path: Path) -> None:
    """An alias file that changes nothing."""
    copy = Path(shutil.copytree(bases[0], tmp_path / "copy.kb"))
    (tmp_path / "names.txt").write_text("same: Foo = Bar\n", encoding="utf-8")
    assert run(copy, "aliases", "apply", tmp_path / "names.txt", "--quiet").exit_code == 0
    done = ask(bases[0], "diff", str(bases[0]), str(copy))
    assert rows(done.stdout)[1:] == [["option", "changed", "aliases", "+ same: Foo = Bar"]]
    assert done.stderr == "what they were made of differs, the graphs do not\n"


def test_merges_are_listed_with_what_joined_them(bases: tuple[Path, Path]) -> None:
    """And with the way to part two, on stderr."""
    done = ask(bases[1], "merges")
    (header, row) = rows(done.stdout)
    assert header == ["how", "by", "title", "to_title", "line", "paper", "source", "to"]
    assert row[:3] == ["title", "title", "ICON: Implicit Humans"] and row[5] == "paper:10.1000/icon"
    assert done.stderr.splitlines()[0] == "1 record joined: 1 by title" and "apart: paper: A = B" in done.stderr
    with kb.open(bases[1]) as base:
        assert json.loads(ask(bases[1], "merges", "--json").stdout) == base.merges()
    assert ask(bases[1], "merges", "--quiet").stderr == ""


def test_records_that_wait_are_counted(bases: tuple[Path, Path], tmp_path: Path) -> None:
    """An abstract whose paper no source gives."""
    copy = Path(shutil.copytree(bases[0], tmp_path / "copy.kb"))
    line = {"corpusid": 77, "openaccessinfo": {"externalids": {}}, "abstract": "We map fog."}
    (tmp_path / "abstracts.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert run(copy, "add", tmp_path / "abstracts.jsonl", "--quiet").output == ""
    assert ask(copy, "merges").stderr.endswith("1 record without a title waits for its paper\n")


def test_no_merges_are_told(bases: tuple[Path, Path]) -> None:
    """A header for programs, a note for people."""
    done = ask(bases[0], "merges")
    assert done.exit_code == 0 and len(rows(done.stdout)) == 1 and done.stderr.startswith("none: ")


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (["diff", "{a}", "nowhere.kb"], 3, "no knowledge base at"),
        (["diff", "{a}"], 2, "'B'"),
        (["diff", "{a}", "{a}", "--out", "d.txt"], 2, ".json, .jsonl or .csv"),
        (["diff", "{a}", "{a}", "--out", "{a}/d.csv"], 2, "name a place outside"),
        (["diff", "{a}", "{a}", "--out", "no/such/folder/d.csv"], 3, "no/such/folder"),
        (["diff", "{a}", "{a}", "--limit", "0"], 2, "--limit"),
        (["merges", "--limit", "0"], 2, "--limit"),
        (["merges", "--kb", "nowhere.kb"], 3, "no knowledge base at"),
    ],
)
def test_a_mistake_is_one_line(line: list[str], code: int, said: str, bases: tuple[Path, Path]) -> None:
    """On stderr, with its exit code, and nothing on stdout."""
    done = ask(bases[0], *(part.replace("{a}", str(bases[0])) for part in line))
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    assert said in done.stderr


def test_a_server_is_no_folder(tmp_path: Path) -> None:
    """Only folders are compared, and the message says so."""
    done = CliRunner().invoke(app, ["diff", str(tmp_path), "bolt://localhost:7687"])
    assert done.exit_code == 2
    assert "diff compares folders, and bolt:/localhost:7687 is a server" in done.stderr
