"""The commands that ask, as a user runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import kb
from cli.main import app
from kb.questions import MAX_HOPS

ROOT = Path(__file__).parents[2]
RUN = (sys.executable, "-c", "from cli.main import main; main()")
QUESTIONS: list[tuple[list[str], Any]] = [
    (["stats"], lambda base: base.stats()),
    (["rejects"], lambda base: base.rejects()),
    (["search", "clothed", "humans", "--kind", "paper"], lambda b: b.search("clothed humans", kind="paper")),
    (["show", "smpl"], lambda base: base.show("SMPL", limit=25)),
    (["neighbours", "CAPE", "--hops", "2"], lambda base: base.neighbours("CAPE", hops=2)),
    (["why", "ICON", "ECON"], lambda base: base.why("ICON", "ECON")),
    (["path", "NeRF", "Mip-NeRF"], lambda base: base.path("NeRF", "Mip-NeRF")),
    (["similar", "ICON"], lambda base: base.similar("ICON")),
    (["similar", "ICON", "--by", "coupling"], lambda base: base.similar("ICON", by="coupling")),
    (["show", "Ada Lind"], lambda base: base.show("Ada Lind", limit=25)),
    (["neighbours", "Ben Okafor", "--edge", "wrote"], lambda base: base.neighbours("Ben Okafor", edge="WROTE")),
    (["search", "lind", "--kind", "author"], lambda base: base.search("lind", kind="author")),
    (["path", "Ben Okafor", "SMPL"], lambda base: base.path("Ben Okafor", "SMPL")),
    (["why", "Ada Lind", "CAPE"], lambda base: base.why("Ada Lind", "CAPE")),
    (["top", "author"], lambda base: base.top("author")),
    (["top", "dataset"], lambda base: base.top("dataset")),
    (["communities"], lambda base: base.communities(limit=25)),
    (["communities", "1", "--limit", "2"], lambda base: base.community(1, limit=2)),
    (["bridges", "--kind", "paper"], lambda base: base.bridges(kind="paper")),
    (["trends", "SMPL", "cape"], lambda base: base.trends(["SMPL", "cape"])),
    (["new", "--since", "2021", "--kind", "method"], lambda base: base.new(2021, kind="method")),
    (["query", "MATCH (p:Paper) RETURN p.id AS id ORDER BY id"],
     lambda base: base.query("MATCH (p:Paper) RETURN p.id AS id ORDER BY id")),
]  # fmt: skip
WIDE = {"COLUMNS": "120", "TERM": "dumb"}


def ask(path: Path, *line: str, **more: Any) -> Result:
    """Run one command on a knowledge base."""
    return CliRunner(env={"KB": str(path)}).invoke(app, list(line), prog_name="kb", **more)


def rows(text: str) -> list[list[str]]:
    """The cells of tab-separated lines."""
    return [line.split("\t") for line in text.splitlines()]


@pytest.mark.parametrize(("line", "answer"), QUESTIONS, ids=[line[0] for line, _ in QUESTIONS])
def test_a_command_gives_what_the_library_gives(line: list[str], answer: Any, tiny_kb: Path) -> None:
    """--json prints the plain values of the method of the same name, as one document."""
    done = ask(tiny_kb, *line, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    with kb.open(tiny_kb) as base:
        assert json.loads(done.stdout) == json.loads(json.dumps(answer(base)))


@pytest.mark.parametrize("line", [line for line, _ in QUESTIONS], ids=[line[0] for line, _ in QUESTIONS])
def test_a_piped_answer_is_plain_and_the_same_twice(line: list[str], tiny_kb: Path) -> None:
    """Lines of equal width under a header, no colours, no boxes, equal bytes at each call."""
    first, second = (ask(tiny_kb, *line, "--quiet") for _ in range(2))
    assert first.exit_code == 0 and first.stderr == ""
    assert first.stdout == second.stdout
    assert "\x1b" not in first.stdout and "─" not in first.stdout
    for block in first.stdout.split("\n\n"):
        assert len({len(cells) for cells in rows(block.strip("\n"))}) == 1


def test_stats_counts_and_ranks(tiny_kb: Path) -> None:
    """Entries, papers, nodes by label, edges by type and the most shared names."""
    lines = rows(ask(tiny_kb, "stats").stdout)
    assert ["papers", "6"] in lines and ["Method", "5"] in lines and ["SHARES", "4"] in lines
    assert ["SMPL", "3"] in lines and ["CAPE", "3"] in lines and ["novel view synthesis", "2"] in lines


def test_show_prints_the_columns_and_each_edge_with_its_sentence(tiny_kb: Path) -> None:
    """The node first, then its edges."""
    text = ask(tiny_kb, "show", "method:smpl").stdout
    assert "aliases\tSMPL" in text
    assert "COMPARES_WITH\tin\tPaper\tPaMIR" in text and "PaMIR regularises the implicit function by SMPL." in text


def test_show_says_where_it_stopped(tiny_kb: Path) -> None:
    """A limit that cut something is told on stderr, and not with --quiet."""
    assert "at most 1" in ask(tiny_kb, "show", "ICON", "--limit", "1").stderr
    assert ask(tiny_kb, "show", "ICON", "--limit", "1", "--quiet").stderr == ""


def test_why_quotes_both_papers(tiny_kb: Path) -> None:
    """Each shared entity with its weight and both sentences, and who builds on whom."""
    text = ask(tiny_kb, "why", "ICON", "ECON").stdout
    cape = next(line for line in rows(text) if line[0] == "CAPE")
    assert cape[1] == "Dataset" and float(cape[2]) == pytest.approx(0.2)
    assert {"ICON fits SMPL and is tested on CAPE.", "On CAPE it lowers Chamfer distance."} < set(cape)
    assert "paper:econ\tpaper:icon\treference; ICON\tECON improves on ICON and uses SMPL." in text


def test_why_without_a_link_points_to_path(tiny_kb: Path) -> None:
    """Nothing shared is an answer, with a hint on stderr."""
    done = ask(tiny_kb, "why", "paper:alone", "NeRF")
    assert done.exit_code == 0 and "kb path" in done.stderr


def test_why_of_one_paper_is_exit_2(tiny_kb: Path) -> None:
    """Named twice."""
    done = ask(tiny_kb, "why", "ICON", "ICON")
    assert done.exit_code == 2 and done.stderr.count("\n") == 1 and "name two different papers" in done.stderr


def test_top_papers_have_no_column_of_mentions(tiny_kb: Path) -> None:
    """It would be empty; entities have one."""
    assert rows(ask(tiny_kb, "top", "paper").stdout)[0] == ["papers", "name", "id"]
    assert rows(ask(tiny_kb, "top", "method").stdout)[0] == ["papers", "mentions", "name", "id"]


def test_the_help_tells_the_hops_there_are() -> None:
    """The number is the library's."""
    assert f"from 1 to {MAX_HOPS}" in CliRunner().invoke(app, ["neighbours", "--help"]).stdout


def test_neighbors_is_neighbours(tiny_kb: Path) -> None:
    """The American spelling works too."""
    assert ask(tiny_kb, "neighbors", "CAPE").stdout == ask(tiny_kb, "neighbours", "CAPE").stdout != ""


@pytest.mark.parametrize(
    "line", [["show", "ICOM"], ["why", "ICON", "ICOM"], ["similar", "ICOM"], ["neighbours", "ICOM"]]
)
def test_an_unknown_name_is_exit_1_with_the_nearest(line: list[str], tiny_kb: Path) -> None:
    """One line on stderr that offers what was meant."""
    done = ask(tiny_kb, *line)
    assert (done.exit_code, done.stdout) == (1, "")
    assert 'named "ICOM"' in done.stderr and "ICON" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "line",
    [
        ["top", "nothing"],
        ["search", "x", "--kind", "thing"],
        ["neighbours", "ICON", "--edge", "EATS"],
        ["similar", "ICON", "--by", "taste"],
    ],
)
def test_an_unknown_kind_or_edge_is_exit_2(line: list[str], tiny_kb: Path) -> None:
    """The line lists what there is."""
    done = ask(tiny_kb, *line)
    assert done.exit_code == 2 and done.stderr.startswith("error: ") and done.stderr.count("\n") == 1


def test_nothing_found_is_no_error(tiny_kb: Path) -> None:
    """A search without hits is a header, a note and exit 0."""
    done = ask(tiny_kb, "search", "zyzzyva")
    assert done.exit_code == 0 and len(rows(done.stdout)) == 1 and done.stderr == "nothing found\n"


def test_a_query_comes_from_an_argument_a_file_or_stdin(tiny_kb: Path, tmp_path: Path) -> None:
    """The three ways give one answer."""
    cypher = "MATCH (p:Paper) WHERE p.year > $year RETURN p.name AS name ORDER BY name"
    file = tmp_path / "q.cypher"
    file.write_text(cypher, encoding="utf-8")
    more = ("--param", "year=2020", "--limit", "2")
    answers = [
        ask(tiny_kb, "query", cypher, *more),
        ask(tiny_kb, "query", "--file", str(file), *more),
        ask(tiny_kb, "query", "-", *more, input=cypher),
    ]
    assert {done.stdout for done in answers} == {"name\nECON\nICON\n"}


@pytest.mark.parametrize(
    ("given", "wanted"), [("x=SMPL", ["SMPL"]), ('x="SMPL"', ["SMPL"]), ("$x=SMPL", ["SMPL"]), ("x=1=2", [])]
)
def test_parameters_are_json_or_text(given: str, wanted: list[str], tiny_kb: Path) -> None:
    """A value that is no JSON is text, an equals sign in it stays."""
    cypher = "MATCH (m:Method) WHERE m.name = $x RETURN m.name AS name"
    found = json.loads(ask(tiny_kb, "query", cypher, "--param", given, "--json").stdout)
    assert [row["name"] for row in found] == wanted


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (p:Paper) DELETE p", "CREATE (p:Paper {id: 'x'})", "MATCH (p:Paper) SET p.name = 'x'", "RETURN",
        "COPY (MATCH (p:Paper) RETURN p.id) TO 'stolen.csv'", "LOAD FROM 'README.md' RETURN *", "nonsense (", "",
        "MATCH (p:Nothing) RETURN p", "MATCH (p:Paper) WHERE p.id = $missing RETURN p.id AS id",
    ],
)  # fmt: skip
def test_a_query_that_writes_or_is_wrong_is_one_line(
    cypher: str, tiny_kb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2, no traceback, nothing written."""
    monkeypatch.chdir(tmp_path)
    done = ask(tiny_kb, "query", cypher)
    assert (done.exit_code, done.stdout) == (2, ""), done.stderr
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_query_file_that_cannot_be_read_is_one_line(tiny_kb: Path, tmp_path: Path) -> None:
    """Missing is exit 3, not text is exit 2."""
    assert ask(tiny_kb, "query", "--file", str(tmp_path / "none")).exit_code == 3
    (tmp_path / "latin").write_bytes(b"RETURN '\xe9'")
    assert ask(tiny_kb, "query", "--file", str(tmp_path / "latin")).exit_code == 2


def test_a_reader_that_goes_away_is_told_nothing(tiny_kb: Path) -> None:
    """`kb query .. | head -1` leaves no traceback and no error line."""
    cypher = "UNWIND range(1, 200000) AS n RETURN n"
    with subprocess.Popen(
        [*RUN, "query", cypher, "--kb", str(tiny_kb), "--json"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("mode", ["--json", "--quiet"])
def test_a_terminal_without_unicode_gets_escapes(encoding: str, mode: str, tiny_kb: Path) -> None:
    """The parrot of the tiny graph does not crash the output; JSON stays JSON."""
    done = subprocess.run(
        [*RUN, "show", "paper:alone", "--kb", str(tiny_kb), mode],
        cwd=ROOT, env=os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    if mode == "--json":
        assert "🦜" in json.loads(done.stdout.decode(encoding))["abstract"]
    else:
        assert rb"\U0001f99c" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("line", [line for line, _ in QUESTIONS], ids=[line[0] for line, _ in QUESTIONS])
def test_a_terminal_gets_tables(line: list[str], tiny_kb: Path) -> None:
    """On a real pseudo-terminal every answer comes as a table, none fails."""
    text = on_terminal([*line, "--kb", str(tiny_kb)])
    assert "─" in text and "\t" not in text and "error" not in text


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_card_marks_the_name_in_its_sentences(tiny_kb: Path) -> None:
    """On a terminal the name stands out in the sentence that proves an edge."""
    text = on_terminal(["show", "SMPL", "--kb", str(tiny_kb)], TERM="xterm-256color")
    assert "by \x1b[1;36mSMPL\x1b[0m." in text


def on_terminal(line: list[str], **environment: str) -> str:
    """What a command paints on a pseudo-terminal of 120 columns."""
    import pty

    leader, follower = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")} | WIDE | environment
    with subprocess.Popen([*RUN, *line], cwd=ROOT, env=env, stdout=follower, stderr=follower) as process:
        os.close(follower)
        painted = b""
        try:
            while part := os.read(leader, 65536):
                painted += part
        except OSError:  # Linux says so when the other end is closed
            pass
        assert process.wait() == 0, painted.decode()
    os.close(leader)
    return painted.decode()


def test_a_community_is_told_by_its_papers_names_and_neighbours(tiny_kb: Path) -> None:
    """Tables, one below the other; an unknown number is exit 1 and says where they are listed."""
    text = ask(tiny_kb, "communities", "1").stdout
    assert rows(text)[:2] == [["community", "papers", "name"], ["1", "3", "SMPL, CAPE"]]
    assert "\tICON\tpaper:icon\n" in text and "\tMethod\tSMPL\n" in text
    done = ask(tiny_kb, "communities", "7")
    assert done.exit_code == 1 and 'no community 7: "kb communities" lists them' in done.stderr


def test_bridges_name_the_communities_they_join(tiny_kb: Path) -> None:
    """The number and the first name of each; authors are in none."""
    lines = rows(ask(tiny_kb, "bridges").stdout)
    assert lines[0] == ["betweenness", "participation", "label", "name", "joins", "community", "id"]
    assert lines[1] == ["0.3", "0.5", "Method", "SMPL", "1 SMPL", "1", "method:smpl"]
    assert ask(tiny_kb, "bridges", "--kind", "author").exit_code == 2
