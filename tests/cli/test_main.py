"""Errors, exit codes and start-up of the command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.main import Commands, app
from extract.errors import SourceError
from kb.errors import NotFoundError, StoreError, UnreachableError, UsageError

ROOT = Path(__file__).parents[2]
RUN = (sys.executable, "-c", "from cli.main import main; main()")
FAULTS = {
    "notfound": (NotFoundError('no paper or entity named "X"', ["Y"]), 1),
    "source": (SourceError("a.txt: no papers"), 1),
    "unreachable": (UnreachableError("no such file: a.txt"), 3),
    "usage": (UsageError("two\nlines"), 2),
    "store": (StoreError("no knowledge base"), 3),
    "disk": (OSError(28, "No space left on device", "papers.kb"), 3),
    "interrupt": (KeyboardInterrupt(), 130),
    "abort": (typer.Abort(), 130),
    "internal": (RuntimeError("a fault\x1b[31m"), 70),
}

faulty = typer.Typer(cls=Commands, rich_markup_mode=None)


@faulty.callback()
def start() -> None:
    """Commands that fail."""


@faulty.command()
def fail(name: str) -> None:
    """Fail in one way."""
    raise FAULTS[name][0]


def kb(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the real command in a process of its own."""
    return subprocess.run(
        [*RUN, *arguments],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_an_error_is_one_line_and_a_code(name: str) -> None:
    """Every error ends in one line on stderr, nothing on stdout, and its exit code."""
    done = CliRunner().invoke(faulty, ["fail", name])
    assert done.exit_code == FAULTS[name][1]
    assert done.stdout == ""
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert "\x1b" not in done.stderr and "Traceback" not in done.stderr


def test_a_fault_of_ours_can_be_debugged(monkeypatch: pytest.MonkeyPatch) -> None:
    """KB_DEBUG=1 lets an unknown exception through, and says nothing else of known ones."""
    monkeypatch.setenv("KB_DEBUG", "1")
    assert isinstance(CliRunner().invoke(faulty, ["fail", "internal"]).exception, RuntimeError)
    assert CliRunner().invoke(faulty, ["fail", "store"]).exit_code == 3


@pytest.mark.parametrize(
    "line",
    [
        ["nothing"], ["show"], ["show", "a", "b"], ["show", "a", "--nope"], ["search", "x", "--limit", "0"],
        ["search", "x", "--limit", "-3"], ["search", "x", "--limit", "many"], ["neighbours", "x", "--hops", "9"],
        ["path", "a", "b", "--max-hops", "0"], ["query"], ["query", "RETURN 1", "--file", "x"],
        ["query", "RETURN 1", "--param", "a"], ["build", "x", "--workers", "0"], ["build", "x", "--map", "title"],
        ["build"], ["build", "x", "--min-score", "2"], ["evaluate"], ["aliases"], ["aliases", "nothing"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_one_line_and_exit_2(line: list[str]) -> None:
    """Wrong options and values never reach the knowledge base."""
    done = CliRunner().invoke(app, [*line])
    assert done.exit_code == 2, done.output
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1


@pytest.mark.parametrize("line", [[], ["--help"], ["-h"]])
def test_kb_alone_shows_help(line: list[str]) -> None:
    """Help names every command and ends well."""
    done = CliRunner().invoke(app, line, prog_name="kb")
    assert done.exit_code == 0
    assert all(f"\n  {name} " in done.stdout for name in ("build", "neighbours", "why", "query", "aliases"))
    assert "neighbors" not in done.stdout


def test_every_command_has_help_with_an_example() -> None:
    """`kb COMMAND --help` gives a line that can be typed."""
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        lines = [name, *getattr(command, "commands", {})]
        for line in [[name]] if len(lines) == 1 else [[name, sub] for sub in lines[1:]]:
            done = CliRunner().invoke(app, [*line, "--help"], prog_name="kb")
            spelling = "neighbours" if name == "neighbors" else " ".join(line)
            assert f"Example: kb {spelling}" in done.stdout, line


def test_the_version_is_told() -> None:
    """`kb --version` says which program this is."""
    from kb.version import __version__

    assert CliRunner().invoke(app, ["--version"]).stdout == f"kb {__version__}\n"


def test_a_missing_knowledge_base_is_exit_3(tmp_path: Path) -> None:
    """The line names the place and the remedy."""
    done = kb("stats", "--kb", str(tmp_path / "none.kb"))
    assert (done.returncode, done.stdout) == (3, "")
    assert "none.kb" in done.stderr and "kb build" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="arguments are Unicode there")
def test_an_argument_that_is_not_text_is_refused() -> None:
    """Bytes outside UTF-8 would fail deep in the database."""
    done = subprocess.run([*RUN, "show", b"\xff"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: ") and done.stderr.count(b"\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_under_stdout_is_one_line() -> None:
    """Neither a traceback nor Python's own complaint at exit."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*RUN, "--help"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr == "error: No space left on device\n"


def test_help_loads_neither_rich_nor_the_database() -> None:
    """What only some commands need is imported by those."""
    code = "import sys, cli.main; print(*{m.split('.')[0] for m in sys.modules})"
    names = set(subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout.split())
    assert "typer" in names
    assert not names & {"rich", "ladybug", "polars", "numpy", "spacy", "networkx", "neo4j", "rapidfuzz"}
