"""What is said of an address where no usable server is: real sockets that refuse, hang up, or speak something else."""

import http.server
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from neo4j.exceptions import DriverError

from kb.address import Address
from kb.check import OLDEST, check
from kb.connection import connect, explain, login
from kb.errors import StoreError

ROOT = Path(__file__).parents[2]
PASSWORD = "tangerine-7-zebra"  # in no message, so that a leak would show
HELLO, RESET, RUN, LOGON = 0x01, 0x0F, 0x10, 0x6A


@contextmanager
def listening(serve: Callable[[socket.socket], object]) -> Iterator[int]:
    """A port whose every connection is handed to `serve` and then closed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    connection = listener.accept()[0]
                except OSError:  # the test is over
                    return
                threading.Thread(target=run, args=(connection,), daemon=True).start()

        def run(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                serve(connection)

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def saying(answer: bytes) -> Callable[[socket.socket], object]:
    """Answers whatever comes with these bytes."""

    def serve(connection: socket.socket) -> None:
        connection.recv(20)
        connection.sendall(answer)

    return serve


def packed(value: dict[str, str]) -> bytes:
    """A map of short texts in PackStream."""
    texts = [text.encode() for pair in value.items() for text in pair]
    return bytes([0xA0 + len(value)]) + b"".join(b"\xd0" + bytes([len(text)]) + text for text in texts)


def bolt(agent: str = "Neo4j/5.26.30", version: bytes = b"\4\5", **failure: str) -> Callable[[socket.socket], object]:
    """Speaks as much of Bolt as a login takes; a query fails with `failure`, code and message; no code: it hangs up."""

    def serve(connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        stream.read(20)
        connection.sendall(b"\0\0" + version)
        while size := int.from_bytes(stream.read(2)):
            kind = stream.read(size)[1]
            stream.read(2)
            if kind == RUN and "code" not in failure:
                return
            body = packed({"server": agent, "connection_id": "bolt-1"}) if kind == HELLO else b"\xa0"
            answer = b"\xb1\x70" + body
            if failure and kind not in (HELLO, RESET, LOGON):
                answer = b"\xb1\x7f" + packed(failure) if kind == RUN else b"\xb0\x7e"
            connection.sendall(len(answer).to_bytes(2) + answer + b"\0\0")

    return serve


@pytest.fixture
def place() -> Iterator[Callable[[Callable[[socket.socket], object]], Address]]:
    """Gives the address, with a password, of a port that serves so until the test ends."""
    with ExitStack() as stack:
        yield lambda serve: Address(f"bolt://127.0.0.1:{stack.enter_context(listening(serve))}", password=PASSWORD)


def reason(address: Address) -> tuple[str, str]:
    """The step at which a check of the address fails, and the line it says; the same line as `connect` raises."""
    *passed, last = check(address)
    assert all(each.ok for each in passed) and not last.ok
    assert "\n" not in last.text and PASSWORD not in last.text
    with pytest.raises(StoreError) as raised:
        connect(address)
    assert str(raised.value) == last.text
    return last.name, last.text


def free_port() -> int:
    """A port where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_an_unknown_host_is_named() -> None:
    """A host without an address fails at the first step."""
    step, text = reason(Address("bolt://no-such-host.invalid:7687"))
    assert step == "address" and "no machine is called 'no-such-host.invalid'" in text


def test_a_host_that_is_no_name_is_named() -> None:
    """A host that no name server can be asked for fails like an unknown one."""
    assert reason(Address("bolt://a..b:7687"))[0] == "address"


def test_a_port_where_nothing_listens() -> None:
    """A refused connection says to start the server."""
    port = free_port()
    step, text = reason(Address(f"neo4j://127.0.0.1:{port}"))
    assert step == "bolt" and text.startswith(f"nothing listens at 127.0.0.1:{port}: start the server")


def test_a_port_that_never_answers(place: Callable[..., Address], monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes the connection and says nothing is given up, with the likely cause."""
    monkeypatch.setattr("kb.probe.WAIT", 0.2)
    monkeypatch.setattr("kb.connection.WAIT", 0.2)
    step, text = reason(place(lambda connection: connection.recv(99) and connection.recv(99)))
    assert step == "bolt" and "does not answer: the server is still starting" in text


@pytest.mark.parametrize("scheme", ["bolt", "neo4j", "bolt+s"])
def test_the_port_of_the_browser(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that speaks HTTP, as 7474 does, is told apart, and the URI with 7687 is given."""
    monkeypatch.setattr("kb.probe.WAIT", 0.5)
    monkeypatch.setattr("kb.connection.WAIT", 0.5)
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        server.RequestHandlerClass.log_message = lambda *_: None
        threading.Thread(target=server.serve_forever, daemon=True).start()
        step, text = reason(Address(f"{scheme}://127.0.0.1:{server.server_port}"))
        server.shutdown()
    assert step == "bolt" and "speaks HTTP" in text and text.endswith(f"{scheme}://127.0.0.1:7687")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "is no Neo4j server"),
        (b"", "does not answer: the server is still starting"),
        (bytes(4), "no version that we do: its Neo4j is too old"),
    ],
    ids=["something else", "hangs up", "older than Bolt 3"],
)
def test_what_answers_is_no_usable_server(answer: bytes, said: str, place: Callable[..., Address]) -> None:
    """Another service, a server that hangs up, and one without a common Bolt version are told apart."""
    step, text = reason(place(saying(answer)))
    assert step == "bolt" and said in text


def test_a_plain_server_of_something_else_over_tls(place: Callable[..., Address]) -> None:
    """Nonsense in answer to a TLS handshake is no Neo4j server either."""
    address = place(saying(b"SSH-2.0-OpenSSH_9.2\r\n"))
    assert "is no Neo4j server" in reason(Address(address.with_scheme("bolt+s")))[1]


@pytest.mark.parametrize(
    "agent", ["Neo4j/4.4.40", "Neo4j/5.22.0", "Neo4j/v5.11.0 compatible graph database server - Memgraph", "Other/9"]
)
def test_an_old_server_is_refused(agent: str, place: Callable[..., Address]) -> None:
    """A server older than OLDEST, or none of Neo4j, is refused by name."""
    with pytest.raises(StoreError, match="is needed") as raised:
        connect(place(bolt(agent)))
    assert agent in str(raised.value)


def test_a_server_of_an_older_bolt_is_refused(place: Callable[..., Address]) -> None:
    """A server whose Bolt lacks what the driver asks of it is too old as well."""
    assert reason(place(bolt("Neo4j/4.4.40", b"\4\4")))[1].endswith(
        "runs an older Neo4j: Neo4j 5.23 or newer is needed"
    )


@pytest.mark.parametrize(
    "agent", ["Neo4j/{}.{}.0".format(*OLDEST), "Neo4j/5.26.30", "Neo4j/2026.08.0", "Neo4j/6.0.0-dev"]
)
def test_a_server_that_is_new_enough_is_taken(agent: str, place: Callable[..., Address]) -> None:
    """OLDEST itself, the long-term release and the versions by year are taken."""
    connect(place(bolt(agent))).close()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("Neo.ClientError.Security.Forbidden", "GRANT ROLE architect"),
        ("Neo.ClientError.Cluster.NotALeader", "write neo4j:// instead"),
        ("Neo.TransientError.General.DatabaseUnavailable", "is not online"),
        ("Neo.DatabaseError.General.Strange", "the server's words (Neo.DatabaseError.General.Strange)"),
    ],
)
def test_a_refusal_is_explained(code: str, said: str, place: Callable[..., Address]) -> None:
    """What the server refuses is explained by its code; of an unknown one the words and the code are given."""
    address = place(bolt(code=code, message="the server's words."))
    with (
        login(address) as driver,
        driver.session() as session,
        pytest.raises(Exception, match=r"words|No write service") as raised,
    ):
        session.run("RETURN 1").consume()
    text = str(explain(raised.value, address))
    assert said in text and address.uri in text and "\n" not in text


def test_a_host_that_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is neither taken nor refused, as behind a firewall, is given up."""
    monkeypatch.setattr("kb.probe.WAIT", 0.3)
    monkeypatch.setattr("kb.connection.WAIT", 0.3)
    with ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):  # the queue of connections that nobody takes is full then
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        step, text = reason(Address(f"bolt://127.0.0.1:{full.getsockname()[1]}"))
    assert step == "bolt" and "a firewall stands between" in text


def test_a_connection_that_breaks_is_explained() -> None:
    """Of a server that goes away it is said whether it still answers."""
    with listening(bolt()) as port:
        address = Address(f"bolt://127.0.0.1:{port}")
        with login(address) as driver, driver.session() as session, pytest.raises(DriverError) as raised:
            session.run("RETURN 1").consume()
        assert "broke, though it answers now" in str(explain(raised.value, address))
    assert "nothing listens at" in str(explain(raised.value, address))


def test_an_error_of_ours_stays() -> None:
    """A StoreError is explained already."""
    error = StoreError("ours")
    assert explain(error, Address()) is error


@pytest.mark.parametrize("options", [[], ["--json"], ["--quiet"]], ids=["table", "json", "quiet"])
def test_the_command_fails_with_one_line(options: list[str]) -> None:
    """`kb check` ends with 3 and one line on stderr, never with the password, also where tracebacks are asked for."""
    done = command("--uri", f"bolt://127.0.0.1:{free_port()}", *options)
    assert done.returncode == 3
    assert done.stderr.startswith("error: nothing listens at") and done.stderr.count("\n") == 1
    assert PASSWORD not in done.stdout + done.stderr
    assert ("--quiet" in options) == (done.stdout == "")


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `kb check` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", "check", *arguments],
        cwd=ROOT, env=os.environ | {"NEO4J_PASSWORD": PASSWORD, "KB_DEBUG": "1"},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
