"""A load that meets trouble: a server that dies, a password, values that no index takes."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import neo4j_server
import pytest
from held import expected, held
from test_neo4j_load import LOAD, NOTHING, changes, wait_for
from typer.testing import CliRunner

import kb
from cli.main import app
from kb.address import Address
from kb.load import load

ROOT = Path(__file__).parents[2]
PASSWORD = 'sésame-Öffne "dich" $1\''


def test_a_server_killed_in_a_load_is_made_whole_by_the_next(
    start_server: Callable[..., neo4j_server.Server], seeds_kb: Path
) -> None:
    """kill -9 of the server: the loader ends with one line and exit 3; started again, the next load finishes."""
    server = start_server()
    loader = subprocess.Popen(
        [*LOAD, "--uri", server.uri, "--kb", str(seeds_kb), "--quiet"], stderr=subprocess.PIPE, text=True
    )
    wait_for(Address(server.uri), len(expected(seeds_kb)) // 3, loader)
    server.kill()
    _, told = loader.communicate(timeout=120)
    assert loader.returncode == 3 and told.count("\n") == 1 and told.startswith("error: "), told
    again = Address(start_server(server.home).uri)
    assert 0 < len(held(again)) < len(expected(seeds_kb))
    done = CliRunner().invoke(app, ["top", "method", "--store", again.uri])
    assert done.exit_code == 0 and "was cut off: run kb load again" in done.stderr
    load(seeds_kb, again)
    assert held(again) == expected(seeds_kb)
    assert CliRunner().invoke(app, ["top", "method", "--store", again.uri, "-n", "1"]).stderr.count("cut off") == 0


@pytest.fixture(scope="module")
def guarded(start_server: Callable[..., neo4j_server.Server]) -> Address:
    """A server with authentication, and the address that knows the password."""
    return Address(start_server(password=PASSWORD).uri, password=PASSWORD)


def test_a_server_with_authentication_is_loaded_and_asked(guarded: Address, tiny_kb: Path) -> None:
    """The password from the environment: load, load again, ask."""
    environment = {"NEO4J_URI": guarded.uri, "NEO4J_PASSWORD": PASSWORD, "KB": str(tiny_kb)}
    runs = [CliRunner(env=environment).invoke(app, ["load", "--json"]) for _ in range(2)]
    assert [run.exit_code for run in runs] == [0, 0]
    assert changes(json.loads(runs[1].stdout)) == (NOTHING, NOTHING)
    assert held(guarded) == expected(tiny_kb)
    asked = CliRunner(env=environment).invoke(app, ["why", "ICON", "ECON", "--store", guarded.uri, "--json"])
    with kb.open(tiny_kb) as disk:
        assert json.loads(asked.stdout) == disk.why("ICON", "ECON")


@pytest.mark.parametrize("line", [["load"], ["load", "--dry-run"], ["stats", "--store"], ["show", "ICON", "--store"]])
def test_a_password_is_never_shown(guarded: Address, tiny_kb: Path, line: list[str]) -> None:
    """Right or wrong, in output, errors, tracebacks and the driver's log."""
    order = [*line, guarded.uri] if line[-1] == "--store" else [*line, "--uri", guarded.uri]
    for password in (PASSWORD, f"not {PASSWORD}"):
        environment = {**os.environ, "NEO4J_PASSWORD": password, "KB": str(tiny_kb), "KB_DEBUG": "1"}
        command = [
            sys.executable,
            "-c",
            "import logging; logging.basicConfig(level=0); from cli.main import main; main()",
        ]
        done = subprocess.run([*command, *order], env=environment, capture_output=True, text=True)
        assert done.returncode == (0 if password == PASSWORD else 3), done.stderr[-500:]
        assert PASSWORD not in done.stdout + done.stderr and repr(PASSWORD)[1:-1] not in done.stdout + done.stderr
    assert PASSWORD not in repr(guarded)


def test_a_long_id_and_a_long_name_load(empty_server: Address, tmp_path: Path) -> None:
    """A table may hold an id or a word of 30,000 letters, more than an index of the server takes."""
    source, base = tmp_path / "papers.jsonl", tmp_path / "long.kb"
    word = "Abc" * 10_000
    rows = [
        {"id": "x" * 30_000, "title": "A paper", "abstract": f"We propose {word}, a method. {word} is fast."},
        {"id": "y", "title": f"{word}: a method", "abstract": "We use the CAPE dataset."},
    ]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    kb.build([str(source)], out=base)
    load(base, empty_server)
    assert held(empty_server) == expected(base)
    assert changes(load(base, empty_server)) == (NOTHING, NOTHING)


def test_docker_starts_the_version_that_is_tested() -> None:
    """One version in docker-compose.yml and in the pom."""
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert re.findall(r"image: neo4j:(\S+)-community", compose) == [neo4j_server.version()]
