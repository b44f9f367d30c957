"""`kb check` against real servers: open, with a password, read-only, encrypted."""

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import neo4j
import pytest
from neo4j_server import Server

from kb.address import Address
from kb.check import STEPS, check
from kb.connection import connect
from kb.errors import StoreError
from kb.schema import ABOUT

Start = Callable[..., Server]

ROOT = Path(__file__).parents[2]
PASSWORD, WRONG = "tangerine-7-zebra", "quince-4-walrus"  # in no message, so that a leak would show
COMMAND = (sys.executable, "-c", "from cli.main import main; main()", "check")


def reason(address: Address) -> tuple[str, str]:
    """The step at which a check fails, and what it says."""
    *passed, last = check(address)
    assert all(each.ok for each in passed) and not last.ok
    assert "\n" not in last.text
    return last.name, last.text


def done_by(address: Address, *statements: str, database: str | None = None) -> list[list[object]]:
    """The values of statements' rows, run as the address's user."""
    auth = (address.user, address.password) if address.password else None
    with neo4j.GraphDatabase.driver(address.uri, auth=auth) as driver, driver.session(database=database) as session:
        return [record.values() for statement in statements for record in session.run(statement)]


@pytest.fixture(scope="module")
def locked(start_server: Start) -> Address:
    """A server that asks for a password, with users besides neo4j."""
    address = Address(start_server(password=PASSWORD, heap="512m").uri, password=PASSWORD)
    for name, rest in (("new", "CHANGE REQUIRED"), ("guessed", "CHANGE NOT REQUIRED")):
        done_by(address, f"CREATE USER {name} SET PASSWORD '{PASSWORD}' {rest}", database="system")
    return address


def test_a_usable_server_passes_and_keeps_no_trace(empty_server: Address) -> None:
    """Every step holds, in the order of STEPS; no node, constraint, index or name of one stays behind."""
    traces = (
        "MATCH (n) RETURN count(n)",
        "CALL db.labels()",
        "CALL db.propertyKeys()",
        "SHOW CONSTRAINTS YIELD name",
        "SHOW INDEXES YIELD name",
    )
    before = done_by(empty_server, *traces)
    findings = check(empty_server)
    assert [each.name for each in findings if each.ok] == list(STEPS)
    assert findings[-1].text == "none is loaded yet: kb load"
    assert done_by(empty_server, *traces) == before


@pytest.mark.parametrize(
    ("complete", "said"), [("true", "papers.kb, build 0123"), ("false", "papers.kb, build 0123, not complete")]
)
def test_the_loaded_knowledge_base_is_named(complete: str, said: str, empty_server: Address) -> None:
    """The last step names the build that is loaded, and says when a load broke off."""
    done_by(
        empty_server, f"CREATE (:{ABOUT} {{id: '{ABOUT}', name: 'papers.kb', build: '0123', complete: {complete}}})"
    )
    found = check(empty_server)[-1]
    assert found.ok and found.text.startswith(said) and ("broke off" in found.text) == (complete == "false")


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_an_unknown_database_lists_those_there_are(scheme: str, empty_server: Address) -> None:
    """A wrong database name fails with the names that are right."""
    step, text = reason(Address(empty_server.with_scheme(scheme), password=empty_server.password, database="nope"))
    assert step == "database" and "has no database 'nope'" in text and text.endswith("one of: neo4j")


def test_the_right_password_passes(locked: Address) -> None:
    """With user and password the check says who is logged in."""
    assert [each.text for each in check(locked) if each.name == "login"] == ["user neo4j"]


def test_a_missing_password_is_asked_for(locked: Address) -> None:
    """Without a password the variable is named."""
    assert "wants a password: set NEO4J_PASSWORD" in reason(Address(locked.uri))[1]


def test_a_wrong_password_names_its_likely_causes(locked: Address) -> None:
    """A refused login names URI, user, variable, and the data volume that keeps an older password."""
    step, text = reason(Address(locked.uri, "nobody", WRONG))
    assert step == "login"
    for part in (locked.uri, "'nobody'", "NEO4J_PASSWORD", "older data volume", "NEO4J_AUTH changes nothing"):
        assert part in text
    assert WRONG not in text


def test_too_many_wrong_passwords(locked: Address) -> None:
    """A user who is locked out for a while is told to wait."""
    said = [reason(Address(locked.uri, "guessed", WRONG))[1] for _ in range(5)]
    assert "too many wrong passwords for user 'guessed': wait 5 seconds" in said[-1]


def test_a_password_that_must_be_changed(locked: Address) -> None:
    """A first password that the server wants changed fails at the login, with the statement that changes it."""
    step, text = reason(Address(locked.uri, "new", PASSWORD))
    assert step == "login" and "ALTER CURRENT USER SET PASSWORD" in text


def test_a_read_only_server_lacks_the_rights(start_server: Start, tmp_path: Path) -> None:
    """A database that takes no writes fails at the rights, and the settings that make it so are named."""
    start_server(home=tmp_path, heap="512m").stop()  # a read-only server cannot make its database
    server = start_server(home=tmp_path, heap="512m", settings={"server.databases.default_to_read_only": "true"})
    step, text = reason(Address(server.uri))
    server.stop()
    assert step == "rights" and "is read-only" in text and "server.databases.default_to_read_only" in text


@pytest.fixture(scope="module")
def encrypted(start_server: Start, tmp_path_factory: pytest.TempPathFactory) -> Address:
    """A server that requires TLS, with a certificate that it signed itself."""
    if shutil.which("openssl") is None:
        assert os.environ.get("KB_REQUIRE_NEO4J") != "1", "openssl is required here: it makes the certificate"
        pytest.skip("no openssl: it makes the certificate")
    home = tmp_path_factory.mktemp("encrypted")
    folder = home / "certificates" / "bolt"
    folder.mkdir(parents=True)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", folder / "private.key", "-out", folder / "public.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    policy = {"enabled": "true", "base_directory": "certificates/bolt", "client_auth": "NONE"}
    settings = {f"dbms.ssl.policy.bolt.{key}": value for key, value in policy.items()}
    return Address(start_server(home=home, heap="512m", settings={**settings, "server.bolt.tls_level": "REQUIRED"}).uri)


def test_a_self_signed_certificate_is_taken_by_ssc(encrypted: Address) -> None:
    """bolt+ssc:// connects; bolt+s:// says that the certificate is not trusted and names the other."""
    uri = encrypted.with_scheme("bolt+ssc")
    assert all(each.ok for each in check(Address(uri)))
    step, text = reason(Address(encrypted.with_scheme("bolt+s")))
    assert step == "encryption" and "self-signed certificate" in text and f"write {uri} " in text


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_an_encrypted_server_without_tls(scheme: str, encrypted: Address) -> None:
    """A server that requires TLS, asked without it, names the scheme to write."""
    address = Address(encrypted.with_scheme(scheme))
    step, text = reason(address)
    assert step == "encryption" and f"is encrypted: write {address.with_scheme(scheme + '+s')}" in text
    with pytest.raises(StoreError, match="is encrypted"):
        connect(address)


@pytest.mark.parametrize("scheme", ["bolt+s", "bolt+ssc", "neo4j+s"])
def test_a_plain_server_with_tls(scheme: str, server_address: Address) -> None:
    """A server without encryption, asked for it, names the scheme without."""
    address = Address(server_address.with_scheme(scheme))
    step, text = reason(address)
    assert step == "encryption" and text.endswith(
        f"is not encrypted: write {address.with_scheme(scheme.split('+')[0])}"
    )


@pytest.mark.parametrize("options", [[], ["--json"], ["--quiet"]], ids=["table", "json", "quiet"])
@pytest.mark.parametrize(
    ("user", "given", "database"),
    [("neo4j", PASSWORD, None), ("nobody", WRONG, None), ("new", PASSWORD, None), ("neo4j", PASSWORD, "nope")],
    ids=["usable", "wrong", "must be changed", "no such database"],
)
def test_the_password_is_printed_nowhere(
    user: str, given: str, database: str | None, options: list[str], locked: Address
) -> None:
    """Whatever the check ends with, the password is in no output, also where tracebacks are asked for."""
    more = ["--database", database] if database else []
    done = subprocess.run(
        [*COMMAND, "--uri", locked.uri, "--user", user, *more, *options],
        cwd=ROOT, env=os.environ | {"NEO4J_PASSWORD": given, "KB_DEBUG": "1"},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    failed = user != "neo4j" or bool(database)
    assert done.returncode == (3 if failed else 0), done.stderr
    assert done.stderr.count("\n") == failed
    assert given not in done.stdout + done.stderr
    if "--json" in options:
        assert [each["ok"] for each in json.loads(done.stdout)][-1] is not failed


def test_on_a_terminal_the_password_is_asked_for(locked: Address) -> None:
    """Without NEO4J_PASSWORD a terminal is asked, and what is typed is not shown."""
    environment = {key: value for key, value in os.environ.items() if key != "NEO4J_PASSWORD"}
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "--uri", locked.uri], cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = read_until(ours, b"Password of neo4j")
        time.sleep(0.2)  # the prompt turns the echo off before it is printed, but not in the same step
        os.write(ours, f"{PASSWORD}\n".encode())
        shown += read_until(ours, b"knowledge base")
        assert process.wait(20) == 0, shown
    os.close(ours)
    assert PASSWORD.encode() not in shown


def read_until(terminal: int, end: bytes, seconds: float = 30) -> bytes:
    """What a terminal shows, up to some bytes or its end."""
    shown, deadline = b"", time.monotonic() + seconds
    while end not in shown and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                shown += os.read(terminal, 4096)
            except OSError:  # the other side is closed
                break
    return shown
