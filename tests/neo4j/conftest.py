"""The server that the tests here share: NEO4J_TEST_URI, else one started from Maven artefacts, else a skip.

KB_REQUIRE_NEO4J=1 turns the skip into a failure; continuous integration sets it.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import neo4j
import neo4j_server
import pytest
from held import unavailable

from kb.address import Address


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., neo4j_server.Server]]:
    """Starts servers of the options of `neo4j_server.start`, each in a home of its own or in `home=`; ends them all."""
    started: list[neo4j_server.Server] = []

    def start(home: Path | None = None, **options: object) -> neo4j_server.Server:
        try:
            started.append(neo4j_server.start(home or tmp_path_factory.mktemp("neo4j"), **options))
        except neo4j_server.UnavailableError as error:
            unavailable(error)
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def server_address(request: pytest.FixtureRequest) -> Address:
    """The address of a server that asks for no password, or of the one that NEO4J_TEST_URI names."""
    if uri := os.environ.get("NEO4J_TEST_URI"):
        return Address(uri, password=os.environ.get("NEO4J_TEST_PASSWORD"))
    return Address(request.getfixturevalue("start_server")().uri)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests ran against a real server; a skip would else be easy to overlook."""
    ran = [report for report in terminalreporter.stats.get("passed", []) if report.nodeid.startswith("tests/neo4j/")]
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if r.nodeid.startswith("tests/neo4j/")]
    if ran or skipped:
        where = os.environ.get("NEO4J_TEST_URI") or f"Neo4j {neo4j_server.version()}"
        terminalreporter.write_line(f"tests of Neo4j, on {where}: {len(ran)} passed, {len(skipped)} skipped")


@pytest.fixture(scope="session")
def wiped() -> Callable[[Address], None]:
    """Empties a server."""
    return wipe


@pytest.fixture
def empty_server(server_address: Address) -> Address:
    """The same, with nothing in it."""
    wipe(server_address)
    return server_address


def wipe(address: Address) -> None:
    """Take every node, constraint and index away."""
    auth = (address.user, address.password) if address.password else None
    with neo4j.GraphDatabase.driver(address.uri, auth=auth) as driver, driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
        for row in session.run("SHOW CONSTRAINTS YIELD name").data():
            session.run(f"DROP CONSTRAINT `{row['name']}`").consume()
        for row in session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'").data():
            session.run(f"DROP INDEX `{row['name']}`").consume()
