"""Check Cypher files without a server: with Neo4j's own grammar and semantic analysis, as Cypher 5 and as Cypher 25.

    python tests/neo4j/lint_cypher.py [FILE.cypher...]    by default every one in kb/queries

Syntax errors, names that are not in our schema, parts of APOC and GDS, deprecations and warnings are problems: a line
`file:line:column: message` each, and exit 1. Needs Node and npm; the package is fetched once, into a cache outside the
tree. Where it cannot be had, one line on stderr says so and the exit is 0, with KB_REQUIRE_LINT=1 it is 3.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from kb import graph, schema

ROOT = Path(__file__).parents[2]
QUERIES = ROOT / "kb" / "queries"
PACKAGE, VERSION = "@neo4j-cypher/language-support", "2.0.0-next.38"
FETCH_SECONDS, LINT_SECONDS = 300, 300


class UnavailableError(Exception):
    """Nothing can be linted on this machine; says why."""


def fetch() -> Path:
    """The folder of the package, fetched by npm where it is not there yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "citation-graph-kb"
    home = cache / f"cypher-lint-{VERSION}"
    if not home.is_dir():
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            raise UnavailableError("Node and npm are not installed")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            part = Path(folder) / "part"
            order = [
                npm, "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund",
                "--prefix", str(part), f"{PACKAGE}@{VERSION}",
            ]  # fmt: skip
            done = subprocess.run(order, capture_output=True, text=True, timeout=FETCH_SECONDS)
            if done.returncode:
                reason = next((line for line in done.stderr.splitlines() if "error" in line), "npm failed")
                raise UnavailableError(f"{PACKAGE} cannot be fetched: {reason}")
            with suppress(OSError):  # another run was faster
                part.rename(home)
    return home / "node_modules" / PACKAGE


def known() -> dict[str, list[str]]:
    """The names that queries may use: those of our schema, and of the node that says which build a server holds."""
    about = graph.about({"build": "", "version": "", "counts": {}}, ROOT)
    columns = [*schema.NODES.values(), *(typed for _, _, typed in schema.EDGES.values()), about]
    return {
        "labels": [*schema.LABELS, schema.ABOUT],
        "relationshipTypes": list(schema.EDGES),
        "propertyKeys": sorted({name for each in columns for name in each} | {schema.HASH, schema.KEYS, schema.PLACE}),
    }


def lint(files: list[Path]) -> list[str]:
    """A line for each problem; raises UnavailableError."""
    package = fetch()
    if not (node := shutil.which("node")):
        raise UnavailableError("Node is not installed")
    given = [{"name": str(file), **_text(file)} for file in files]
    done = subprocess.run(
        [node, str(Path(__file__).with_suffix(".js")), str(package)],
        input=json.dumps({"schema": known(), "files": given}),
        capture_output=True, text=True, encoding="utf-8", timeout=LINT_SECONDS,
    )  # fmt: skip
    if done.returncode:
        raise UnavailableError(f"the linter failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    return list(_lines(json.loads(done.stdout)))


def _text(file: Path) -> dict[str, object]:
    """A file's text and the parameters it has, whose values are left open."""
    text = file.read_text(encoding="utf-8")
    return {"text": text, "parameters": dict.fromkeys(re.findall(r"\$(\w+)", text), "")}


def _lines(problems: list[dict[str, object]]) -> Iterator[str]:
    """Each problem once; with the version, if only one of them has it."""
    found: dict[tuple[object, ...], set[object]] = {}
    for each in problems:
        message = " ".join(str(each["message"]).split(". Make sure you didn't misspell")[0].split()).rstrip(".")
        found.setdefault((each["name"], each["line"], each["column"], message), set()).add(each["version"])
    for (name, line, column, message), versions in found.items():
        only = f" ({versions.pop()})" if len(versions) == 1 else ""
        yield f"{name}:{line}:{column}: {message}{only}"


def main(arguments: list[str]) -> int:
    """The command line."""
    files = [Path(each) for each in arguments] or sorted(QUERIES.rglob("*.cypher"))
    try:
        problems = lint(files)
    except (UnavailableError, OSError, subprocess.TimeoutExpired) as error:
        print(f"lint: Cypher is not checked: {error}", file=sys.stderr)
        return 3 if os.environ.get("KB_REQUIRE_LINT") == "1" else 0
    for line in problems:
        print(line.replace(f"{ROOT}{os.sep}", ""))
    print(f"lint: {len(files)} queries, Cypher 5 and 25, {len(problems) or 'no'} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
