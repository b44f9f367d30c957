"""What commands print: JSON, lines and tables."""

import io
import json
import re
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout

import pytest

from cli import output


class Terminal(io.StringIO):
    """A stdout that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Yes."""
        return True


@pytest.fixture(autouse=True)
def a_terminal_with_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """100 columns and 256 colours, whatever the tests run in."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)


def test_rows_in_a_pipe_are_a_header_and_tabbed_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """No box, no colours, nothing cut; a tab or a line break in a value becomes a space."""
    output.put_rows([{"a": "x\ty\nz", "b": None}, {"a": "long " * 60, "b": ["p", "q"]}], ("a", "b"))
    assert capsys.readouterr().out == "a\tb\nx y z\t\n" + ("long " * 60).strip() + "\tp; q\n"


def test_blocks_without_rows_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A blank line stands between tables; an empty table leaves nothing."""
    output.put_blocks([("", ("a",), [{"a": 1}]), ("Empty", ("b",), []), ("", ("c",), [{"c": 2}])])
    assert capsys.readouterr().out == "a\n1\n\nc\n2\n"


def test_json_is_strict_json(capsys: pytest.CaptureFixture[str]) -> None:
    """NaN and infinity, which JSON lacks, become null; foreign values become text."""
    output.put_json({"a": [float("nan"), float("inf"), 1.5], "b": ("ε", None, True), "c": 1 + 2j})
    assert json.loads(capsys.readouterr().out) == {"a": [None, None, 1.5], "b": ["ε", None, True], "c": "(1+2j)"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (True, "true"), (0.5, "0.5"), (["a", None, "b"], "a; ; b"), ({"k": "v"}, '{"k": "v"}'),
        ("\x1b[31m", "[31m"),
    ],
)  # fmt: skip
def test_a_cell_is_one_line_of_harmless_text(value: object, text: str) -> None:
    """Whatever the value, a cell holds no control characters."""
    assert output.cell(value) == text


def test_a_terminal_gets_a_table_with_the_name_marked() -> None:
    """The name that a sentence proves stands out, whole words only; square brackets stay as they are."""
    rows = [{"name": "SAM", "weight": 0.123456, "sentence": "We use [bold]SAM in a sample of SAMs."}]
    with redirect_stdout(Terminal()) as screen:
        output.put_rows(rows, ("name", "weight", "sentence"), title="USES")
    shown = screen.getvalue()
    assert "[bold]" in shown and "0.123" in shown and "0.123456" not in shown
    assert shown.count("\x1b[1;36m") == 2 and "\x1b[1;36mSAMs\x1b[0m" in shown


def test_a_narrow_terminal_folds_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long text wraps within its column; no word is cut out."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", "1")
    words = [f"word{i}" for i in range(40)]
    with redirect_stdout(Terminal()) as screen:
        output.put_rows([{"name": "ICON", "sentence": " ".join(words)}], ("name", "sentence"))
    assert [w for w in screen.getvalue().split() if w.startswith("word")] == words


def test_a_build_without_a_terminal_prints_one_line_a_stage(capsys: pytest.CaptureFixture[str]) -> None:
    """Progress in a log: the stage and how much there is of it, once."""
    with output.progress(quiet=False) as tick:
        assert tick is not None
        _run(tick)
    assert capsys.readouterr().err == "read 2 files\nextract 100 papers\nlink\n"


def test_a_build_that_goes_on_says_how_much_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal too, and the pace is that of the papers it reads itself: 10 of 90, not 90."""
    with output.progress(quiet=False) as tick:
        assert tick is not None
        tick("extract", 80, 100)
    assert capsys.readouterr().err == "extract 100 papers, 80 of them read by a build that was ended\n"
    with redirect_stderr(Terminal()) as screen, output.progress(quiet=False) as tick:
        assert tick is not None
        tick("extract", 80, 100)
        time.sleep(0.1)
        tick("extract", 90, 100)
    shown = screen.getvalue()
    assert "80 of them read by a build that was ended" in shown
    pace = [float(n.replace(",", "")) for n in re.findall(r"([\d,]+) papers/s", shown)]
    assert pace and max(pace) <= 100


def test_a_quiet_build_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """No callback, no lines."""
    with output.progress(quiet=True) as tick:
        assert tick is None
    assert capsys.readouterr().err == ""


def test_a_build_on_a_terminal_shows_count_and_time_left() -> None:
    """A bar with done of total and the time that is left."""
    with redirect_stderr(Terminal()) as screen, output.progress(quiet=False) as tick:
        assert tick is not None
        _run(tick)
    shown = screen.getvalue()
    assert "extract" in shown and "100/100" in shown and "left" in shown


def _run(tick: Callable[[str, int, int], None]) -> None:
    for stage, done, total in (
        ("read", 0, 2),
        ("read", 2, 2),
        ("extract", 0, 100),
        ("extract", 50, 100),
        ("link", 0, 1),
    ):
        tick(stage, done, total)
