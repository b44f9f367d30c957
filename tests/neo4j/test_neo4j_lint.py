"""The Cypher lint finds what it is there for. Skipped without Node, but for KB_REQUIRE_LINT=1."""

import os
import subprocess
import sys
from pathlib import Path

import lint_cypher
import pytest

SCRIPT = Path(lint_cypher.__file__)
FAULTS = {
    "syntax": ("MATCH (p:Paper RETURN p", "2:16: Invalid input 'RETURN'"),
    "label": ("MATCH (p:Papre) RETURN p", "2:10: Label Papre is not present"),
    "type": ("MATCH (p:Paper)-[:USEZ]->(m) RETURN m", "2:19: Relationship type USEZ is not present"),
    "property": ("MATCH (p:Paper) RETURN p.nmae", "2:26: nmae is not present"),
    "variable": ("MATCH (p:Paper) RETURN q", "2:24: Variable `q` not defined"),
    "function": ("RETURN apoc.text.join(['a'], 'b') AS a", "2:8: Function apoc.text.join is not present"),
    "deprecated function": ("MATCH (p:Paper) RETURN id(p) AS id", "2:24: Function id is deprecated"),
    "deprecated form": ("MATCH (p:Paper) CALL { WITH p RETURN 1 AS x } RETURN x", "2:17: CALL subquery without a"),
    "newer than 5": ("MATCH (p:Paper) FILTER p.year > 2000 RETURN p", "2:17: Invalid input 'FILTER'"),
    "second statement": ("MATCH (p:Paper) RETURN p.name;\nMATCH (p:Papre) RETURN p.name", "3:10: Label Papre"),
}
"""Kind of fault -> a query, and the start of what is said of it: it stands in line 2, under the title."""

SOUND = (
    "// A title\n// :param name => 'ICON'\nMATCH (p:Paper {name: $name})-[r:USES]->(m:Method)\n"
    "CALL (m) { MATCH (m)<-[:INTRODUCES]-(q:Paper) RETURN count(q) AS n }\n"
    "RETURN p.title AS title, r.sentence AS sentence, {papers: n, odd: 1} AS counts ORDER BY title"
)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is said of each query, all checked at once."""
    folder = tmp_path_factory.mktemp("lint")
    queries = {**{name: f"// A title\n{query}\n" for name, (query, _) in FAULTS.items()}, "sound": SOUND}
    for name, text in queries.items():
        (folder / f"{name}.cypher").write_text(text, encoding="utf-8")
    try:
        lines = lint_cypher.lint(sorted(folder.iterdir()))
    except lint_cypher.UnavailableError as error:
        if os.environ.get("KB_REQUIRE_LINT") == "1":
            pytest.fail(f"the lint is required here: {error}", pytrace=False)
        pytest.skip(f"no lint: {error}")
    starts = {name: f"{folder / name}.cypher:" for name in queries}
    return {
        name: [line.removeprefix(start) for line in lines if line.startswith(start)] for name, start in starts.items()
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_at_its_place(fault: str, said: dict[str, list[str]]) -> None:
    """Syntax errors, misspelt names, parts of APOC, deprecations and newer Cypher are found, with line and column."""
    assert any(line.startswith(FAULTS[fault][1]) for line in said[fault]), said[fault]


def test_a_sound_query_passes(said: dict[str, list[str]]) -> None:
    """A query with parameters, a scoped subquery and a map of its own is no problem."""
    assert said["sound"] == []


@pytest.mark.parametrize(("required", "code"), [("", 0), ("1", 3)])
def test_without_node_one_line_says_so(required: str, code: int, tmp_path: Path) -> None:
    """Where Node is missing nothing is checked: that is said on stderr, and fails only where the lint is required."""
    environment = {"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "KB_REQUIRE_LINT": required}
    done = subprocess.run([sys.executable, str(SCRIPT)], env=os.environ | environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr == "lint: Cypher is not checked: Node and npm are not installed\n"
