"""The command `plot`, as a user runs it."""

import json
from pathlib import Path

import pytest

from tests.cli.test_ask_commands import ask


def test_a_figure_is_written_and_told(tiny_kb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into FIGURE.png, with a line on stderr and nothing on stdout; --json prints what was drawn."""
    monkeypatch.chdir(tmp_path)
    done = ask(tiny_kb, "plot", "matrix", "--kind", "dataset", "--top", "3")
    assert (done.exit_code, done.stdout) == (0, "") and done.stderr.startswith("wrote matrix.png: 3 methods by ")
    assert Path("matrix.png").read_bytes().startswith(b"\x89PNG")
    done = ask(tiny_kb, "plot", "ego", "icon", "--out", "e.SVG", "--json")
    answer = json.loads(done.stdout)
    assert (done.stderr, answer["path"], answer["figure"]) == ("", "e.SVG", "ego")
    assert Path("e.SVG").read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (["pie"], 2, 'no figure "pie"'),
        (["ego"], 2, "name it"),
        (["ego", "ikon"], 1, "nearest: "),
        (["matrix", "ICON"], 2, "matrix takes no name"),
        (["communities", "--kind", "task"], 2, "communities takes no kind"),
        (["communities", "--top", "0"], 2, "--top"),
        (["matrix", "--out", "x.pdf"], 2, "a .png or a .svg file"),
        (["matrix", "--out", "no/such/folder/x.png"], 3, "no/such/folder/x.png"),
    ],
)
def test_a_mistake_is_one_line(line: list[str], code: int, said: str, tiny_kb: Path) -> None:
    """On stderr, with its exit code, and nothing on stdout."""
    done = ask(tiny_kb, "plot", *line)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    assert said in done.stderr
