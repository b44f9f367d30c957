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
from held import driver_of, expected, held
from test_neo4j_load import LOAD, NOTHING, changes, wait_for
from typer.testing import CliRunner

import kb
from cli.main import app
from kb.address import Address
from kb.errors import NotFoundError, StoreError, UsageError
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


def test_a_kind_that_a_user_adds_as_a_label_is_no_other_node(empty_server: Address, tiny_kb: Path) -> None:
    """A Method that somebody also calls a Task: the next load changes nothing."""
    load(tiny_kb, empty_server)
    with driver_of(empty_server) as driver:
        driver.execute_query("MATCH (m:Method {id: 'method:icon'}) SET m:Task")
    assert changes(load(tiny_kb, empty_server)) == (NOTHING, NOTHING)


def test_a_users_node_with_our_id_is_refused(empty_server: Address, tiny_kb: Path) -> None:
    """Nothing of it is written over unless told to; a node that was ours once comes back without asking."""
    with driver_of(empty_server) as driver:
        driver.execute_query("CREATE (:Paper {id: 'paper:icon', title: 'Mine', venue: 'Here'})")
        with pytest.raises(UsageError, match=r"1 Paper nodes of yours with our ids, such as paper:icon: .*--force"):
            load(tiny_kb, empty_server)
        assert driver.execute_query("MATCH (p:Paper) RETURN p.title").records[0][0] == "Mine"
        load(tiny_kb, empty_server, force=True)
        assert held(empty_server) == expected(tiny_kb)
        driver.execute_query("MATCH (p:Paper {id: 'paper:icon'}) REMOVE p.kb_hash SET p.kb_released = true")
    load(tiny_kb, empty_server)
    assert held(empty_server) == expected(tiny_kb)


def test_a_users_relationship_of_our_type_stays(empty_server: Address, tiny_kb: Path) -> None:
    """Beside ours, where ours is missing, and where ours changed."""
    load(tiny_kb, empty_server)
    ends = "(:Paper {id: 'paper:icon'})-[r:INTRODUCES]->(:Method {id: 'method:icon'})"
    with driver_of(empty_server) as driver:
        driver.execute_query(
            f"MATCH {ends} DELETE r WITH 1 AS x MATCH (a:Paper {{id: 'paper:icon'}}), (b:Method {{id: 'method:icon'}}) "
            "CREATE (a)-[:INTRODUCES {mine: 1}]->(b)"
        )
        assert load(tiny_kb, empty_server)["edges"]["created"] == 1
        driver.execute_query(f"MATCH {ends} WHERE r.mine IS NULL SET r.kb_hash = 1")
        assert load(tiny_kb, empty_server)["edges"]["updated"] == 1
        rows = driver.execute_query(f"MATCH {ends} RETURN r.mine AS mine, r.sentence AS sentence ORDER BY mine").records
    assert [dict(row) for row in rows] == [
        {"mine": 1, "sentence": None},
        {"mine": None, "sentence": "We introduce ICON, which infers normals from images."},
    ]


def test_a_doubled_relationship_is_made_one(empty_server: Address, tiny_kb: Path) -> None:
    """A copy by hand, with its hash: the next load takes both out and puts one in."""
    load(tiny_kb, empty_server)
    with driver_of(empty_server) as driver:
        driver.execute_query("MATCH (a)-[r:EXTENDS]->(b) CREATE (a)-[c:EXTENDS]->(b) SET c = properties(r)")
    load(tiny_kb, empty_server)
    assert held(empty_server) == expected(tiny_kb)
    assert changes(load(tiny_kb, empty_server)) == (NOTHING, NOTHING)


def test_what_was_deleted_by_hand_comes_back(empty_server: Address, tiny_kb: Path) -> None:
    """A node with its edges, and an edge alone."""
    load(tiny_kb, empty_server)
    with driver_of(empty_server) as driver:
        driver.execute_query("MATCH (m:Method {id: 'method:smpl'}) DETACH DELETE m")
        driver.execute_query("MATCH (:Paper {id: 'paper:mip'})-[r:CITES]->() DELETE r")
    load(tiny_kb, empty_server)
    assert held(empty_server) == expected(tiny_kb)


def test_an_index_of_another_under_our_name_is_told(empty_server: Address, tiny_kb: Path) -> None:
    """IF NOT EXISTS would pass over it, and nothing would be unique."""
    with driver_of(empty_server) as driver:
        driver.execute_query("CREATE CONSTRAINT paper_id FOR (n:Book) REQUIRE n.id IS UNIQUE")
    with pytest.raises(StoreError, match=r"the index paper_id on bolt://.* is not ours: drop or rename it"):
        load(tiny_kb, empty_server)
    with driver_of(empty_server) as driver:
        for name in ("paper_id", "method_id"):
            driver.execute_query(f"DROP CONSTRAINT {name}")
        driver.execute_query("CREATE (:Method {id: 'a'}), (:Method {id: 'a'})")
    with pytest.raises(StoreError, match="several nodes of yours with one label and id"):
        load(tiny_kb, empty_server)


def test_two_loads_at_once_end_with_the_tables(empty_server: Address, tiny_kb: Path) -> None:
    """Into an empty server: whichever makes an index or a node first, both end well or say what to do."""
    order = [*LOAD, "--uri", empty_server.uri, "--kb", str(tiny_kb), "--quiet"]
    both = [subprocess.Popen(order, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for one in both:
        _, told = one.communicate(timeout=120)
        assert one.returncode == 0 or "run kb load again" in told, told
    load(tiny_kb, empty_server)
    assert held(empty_server) == expected(tiny_kb)


@pytest.mark.parametrize(
    "query",
    [
        "WITH '\\u0027 AS a LOAD CSV FROM \"file:///p.csv\" AS l RETURN l //' AS x RETURN x",
        "RETURN 1 AS `a\\u0060, 2 AS b // `",
        "/* \\u002a/ CREATE (n) RETURN n */ RETURN 1",
        "// \\u000a CALL dbms.listConfig() YIELD name RETURN name\nRETURN 1",
        f"RETURN {'NOT ' * 400}true AS t",
    ],
)
def test_a_server_gets_no_query_that_it_reads_otherwise(loaded_tiny: Address, query: str) -> None:
    """An escape that the server decodes before it splits a query, and depth at which it falls silent."""
    with kb.connect(loaded_tiny) as server, pytest.raises(UsageError, match=r"the query (holds|repeats)"):
        server.query(query)


@pytest.fixture
def loaded_tiny(empty_server: Address, tiny_kb: Path) -> Address:
    """A server that holds `tiny`."""
    load(tiny_kb, empty_server)
    return empty_server


def test_nodes_of_others_are_no_answers(loaded_tiny: Address) -> None:
    """A Paper or Method that a user made, without our properties."""
    with driver_of(loaded_tiny) as driver:
        driver.execute_query(
            "CREATE (:Paper {title: 'Quokka', name: 'Quokka'}), (:Method {id: 'method:q', name: 'Quokka'})"
        )
    with kb.connect(loaded_tiny) as server:
        assert server.search("Quokka") == []
        with pytest.raises(NotFoundError):
            server.show("Quokka")
        assert server.search("x" * 5_000) == []
        row = server.query("RETURN duration('PT2H') AS d, point({x: 1, y: 2}) AS p, date('2020-01-02') AS t")[0]
    assert row == {"d": "PT2H", "p": "CartesianPoint(1.0, 2.0)", "t": "2020-01-02"}


def test_docker_starts_the_version_that_is_tested() -> None:
    """One version in docker-compose.yml and in the pom."""
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert re.findall(r"image: neo4j:(\S+)-community", compose) == [neo4j_server.version()]
