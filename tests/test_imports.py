"""Imports run one way, and a question imports nothing that only a build needs."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UPWARD = {"extract": {"kb", "cli"}, "kb": {"cli"}}
"""Package -> the packages above it, which it must not know: cli -> kb -> extract."""

HEAVY = {
    "spacy",
    "thinc",
    "polars",
    "networkx",
    "neo4j",
    "pandas",
    "numpy",
    "scipy",
    "sparse_dot_topn",
    "rapidfuzz",
    "matplotlib",
}
QUESTIONS = [
    ["stats"],
    ["rejects"],
    ["search", "normals"],
    ["show", "ICON"],
    ["neighbours", "ICON", "--hops", "2"],
    ["why", "ICON", "ECON"],
    ["similar", "ICON"],
    ["top", "method"],
    ["trends", "SMPL"],
    ["new", "--since", "2020-05"],
    ["query", "MATCH (p:Paper) RETURN p.name ORDER BY p.name"],
]
PAPERS = [
    {
        "title": "ICON: Implicit Humans",
        "abstract": "We propose ICON, a method for normals. ICON uses SMPL.",
        "year": 2022,
    },
    {"title": "ECON: Explicit Humans", "abstract": "We propose ECON. ECON improves on ICON and uses SMPL."},
]


@pytest.mark.parametrize("package", sorted(UPWARD))
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    """No module of `extract` knows `kb` or `cli`, none of `kb` knows `cli`, inside functions neither."""
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / package).rglob("*.py")
        for name in imported(path)
        if name in UPWARD[package]
    }
    assert wrong == set()


def test_import_kb_is_cheap() -> None:
    """`import kb` loads neither the database nor anything heavy."""
    assert not loaded("import kb") & (HEAVY | {"ladybug"})


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base of two papers."""
    folder = tmp_path_factory.mktemp("imports")
    source = folder / "papers.jsonl"
    source.write_text("".join(json.dumps(paper) + "\n" for paper in PAPERS), encoding="utf-8")
    import kb

    kb.build([str(source)], out=folder / "papers.kb")
    return folder / "papers.kb"


@pytest.mark.parametrize("command", QUESTIONS, ids=lambda command: command[0])
def test_a_question_loads_nothing_heavy(command: list[str], base: Path) -> None:
    """A whole process that asks and prints its answer does without the libraries of a build."""
    assert not loaded("from cli.main import main; main()", *command, KB=str(base)) & HEAVY


def imported(path: Path) -> Iterator[str]:
    """The top-level names of everything a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def loaded(code: str, *arguments: str, **environment: str) -> set[str]:
    """The top-level names of all modules that a fresh Python loads to run `code` to its end."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code, *arguments],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}
