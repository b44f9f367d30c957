"""The README tells of every command and option, and what it shows runs; so does the list of queries."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from cli.main import app
from extract.readers import FORMATS, READERS
from kb import queries

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
COMMON = {"--help", "--install-completion", "--show-completion"}
SHELL = f"kb() {{ '{sys.executable}' -c 'from cli.main import main; main()' \"$@\"; }}; set -o pipefail; "


def commands() -> Iterator[tuple[str, object]]:
    """Every visible command of the program, with its parent's name before it."""
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        if inner := getattr(command, "commands", None):
            yield from ((f"{name} {sub}", part) for sub, part in inner.items())
        elif not command.hidden:
            yield name, command


def console_lines(text: str) -> list[str]:
    """The lines that a reader types in ```console blocks, without their `$ `."""
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def python_blocks(text: str) -> list[str]:
    """The code of ```python blocks."""
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def query_row(name: str) -> str:
    """A query's line in the table of kb/queries/README.md."""
    parameters = ", ".join(f"`{p}`" for p in dict.fromkeys(re.findall(r"\$(\w+)", queries.load(name))))
    return f"| `{name}.cypher` | {queries.title(name)} | {parameters} |"


@pytest.fixture(scope="module")
def readme() -> str:
    """The text of README.md."""
    return README.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(seeds_kb: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder as a reader of the README has it: seeds/ and papers.kb."""
    made = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "seeds", made / "seeds")
    shutil.copytree(seeds_kb, made / "papers.kb")
    return made


def test_every_command_and_option_stands_in_the_readme(readme: str) -> None:
    """A command is written `kb NAME`; an option by its long form."""
    wanted = {f"kb {name}" for name, _ in commands()}
    for _, command in commands():
        options = [name for param in command.params for name in param.opts]  # type: ignore[attr-defined]
        wanted |= {name for name in options if name.startswith("--")} - COMMON
    missing = sorted(name for name in wanted if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", readme))
    assert missing == []


def test_the_readme_shows_console_lines(readme: str) -> None:
    """The next test would pass on a README that shows nothing."""
    assert len(console_lines(readme)) >= 5


@pytest.mark.skipif(shutil.which("bash") is None, reason="the lines are for a shell")
def test_every_console_line_of_the_readme_runs(readme: str, folder: Path) -> None:
    """In the order of the page, on the seeds; a line may end in `# exit N` where it shows an error."""
    wrong = []
    for line in console_lines(readme):
        wanted = int(found[1]) if (found := re.search(r"# exit (\d+)$", line)) else 0
        done = subprocess.run(
            ["bash", "-c", SHELL + line],
            cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != wanted:
            wrong.append(f"{line}: exit {done.returncode}: {done.stderr.strip()}")
    assert wrong == []


def test_every_python_block_of_the_readme_runs(readme: str, folder: Path) -> None:
    """Where the console lines run, each block in a process of its own."""
    blocks = python_blocks(readme)
    wrong = []
    for block in blocks:
        done = subprocess.run(
            [sys.executable, "-c", block],
            cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            wrong.append(f"{block}: {done.stderr.strip()}")
    assert blocks and wrong == []


def test_every_query_stands_in_its_list() -> None:
    """Each file of kb/queries, with its first line and its parameters; the failure prints the table as it should be."""
    text = (queries.FOLDER / "README.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    wanted = [query_row(name) for name in queries.names()]
    assert rows == wanted, "\n".join(["write into kb/queries/README.md:", *wanted])


def test_every_format_stands_in_the_list_of_sources() -> None:
    """By the name that `Paper.format` gives it."""
    text = (ROOT / "docs/sources.md").read_text(encoding="utf-8")
    assert [name for kind in READERS if f"`{(name := FORMATS.get(kind, kind))}`" not in text] == []
