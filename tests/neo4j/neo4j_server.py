"""A real Neo4j server without Docker: jars from Maven, fetched once, started with plain Java on free loopback ports.

    python tests/neo4j/neo4j_server.py fetch          the jars, into a cache outside the tree
    python tests/neo4j/neo4j_server.py start [DIR]    a server that stays, with authentication if NEO4J_PASSWORD is set
    python tests/neo4j/neo4j_server.py stop [DIR]

The flags are those of the server's own documentation (operations manual, server.jvm.additional), less the ones that
only slow a start. Only the standard library is used, so that any Python runs it.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
import maven
from maven import UnavailableError, java

POM = Path(__file__).with_name("pom.xml")
HOME = Path(__file__).parents[2] / ".neo4j"
USER = "neo4j"
START_SECONDS, STOP_SECONDS = 120, 30

JAVA_OPTIONS = (
    "-Xms256m", "-XX:+UseG1GC", "-XX:-OmitStackTraceInFastThrow", "-Djava.awt.headless=true",
    "--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED",
    "-Dio.netty.tryReflectionSetAccessible=true", "-Dlog4j2.disable.jmx=true",
    "-Dlog4j.layout.jsonTemplate.maxStringLength=32768", "-Dfile.encoding=UTF-8",
)  # fmt: skip


def version() -> str:
    """The version that the pom names."""
    return maven.version(POM, "neo4j")


def fetch() -> Path:
    """The folder of the server's jars, fetched by Maven where it is not there yet."""
    return maven.fetch(POM, "neo4j")


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody listens on, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


@dataclass(frozen=True)
class Server:
    """A server's home folder, ports and process; `stop` ends it, `kill` does so at once."""

    home: Path
    bolt: int
    http: int
    pid: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def uri(self) -> str:
        """Where drivers connect."""
        return f"bolt://127.0.0.1:{self.bolt}"

    @property
    def browser(self) -> str:
        """Where the Neo4j Browser is served."""
        return f"http://127.0.0.1:{self.http}/browser/"

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        if self.process:
            return self.process.poll() is None
        try:
            os.kill(self.pid, 0)
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """End it: asked first, killed when it does not go."""
        self._signal(signal.SIGTERM)
        if not self._gone(STOP_SECONDS):
            self.kill()

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        self._signal(signal.SIGKILL)
        self._gone(STOP_SECONDS)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def _gone(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self.running and time.monotonic() < end:
            time.sleep(0.05)
        return not self.running


def prepare(home: Path, *, bolt: int, http: int, auth: bool, settings: Mapping[str, str] | None = None) -> None:
    """Write a server's home: folders and `conf/neo4j.conf`."""
    for folder in ("conf", "web", "plugins", "import"):  # without web/ the Browser is not served
        (home / folder).mkdir(parents=True, exist_ok=True)
    chosen = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{bolt}",
        "server.bolt.advertised_address": f"127.0.0.1:{bolt}",
        "server.http.listen_address": f"127.0.0.1:{http}",
        "server.http.advertised_address": f"127.0.0.1:{http}",
        "server.https.enabled": "false",
        "server.memory.pagecache.size": "256m",
        "server.directories.import": "import",
        "dbms.security.auth_enabled": str(auth).lower(),
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
        "browser.remote_content_hostname_whitelist": "localhost,127.0.0.1",
        **(settings or {}),
    }
    text = "".join(f"{key}={value}\n" for key, value in chosen.items())
    (home / "conf" / "neo4j.conf").write_text(text, encoding="utf-8")


def admin_classes() -> str:
    """The class path of `neo4j-admin`.

    parquet-floor comes first: it holds the few classes of Hadoop that reading Parquet needs. Those of hadoop-common,
    which Neo4j takes without its dependencies, fail; which of the two `*` finds first is chance.
    """
    jars = fetch()
    return os.pathsep.join(map(str, [*jars.glob("parquet-floor-*.jar"), jars / "*"]))


def admin(home: Path, *arguments: str, cwd: Path | None = None, heap: str = "1g") -> "subprocess.CompletedProcess[str]":
    """Run the server's own `neo4j-admin` on a home that is not running; raises CalledProcessError."""
    order = [java(), *JAVA_OPTIONS, f"-Xmx{heap}", "-cp", admin_classes(), "org.neo4j.cli.AdminTool", *arguments]
    environment = {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
    return subprocess.run(order, cwd=cwd, env=environment, capture_output=True, text=True, check=True)


def start(
    home: Path, *, password: str | None = None, heap: str = "1g", settings: Mapping[str, str] | None = None
) -> Server:
    """Start a server in `home`, an empty folder or one that held a server before, and wait until it answers.

    With a password it asks for one; the password counts only in a fresh home.
    """
    jars, (bolt, http) = fetch(), free_ports(2)
    prepare(home, bolt=bolt, http=http, auth=password is not None, settings=settings)
    if password is not None and not (home / "data" / "databases").exists():
        admin(home, "dbms", "set-initial-password", password)
    order = [
        java(), *JAVA_OPTIONS, f"-Xmx{heap}", "-cp", f"{jars}/*", "org.neo4j.server.CommunityEntryPoint",
        f"--home-dir={home}", f"--config-dir={home / 'conf'}", "--console-mode",
    ]  # fmt: skip
    log = home / "server.log"
    with log.open("wb") as out:  # a session of its own: Ctrl-C in a terminal is for the tests, which stop it in turn
        process = subprocess.Popen(order, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    server = Server(home, bolt, http, process.pid, process)
    end = time.monotonic() + START_SECONDS
    while b"Started." not in log.read_bytes():
        if not server.running or time.monotonic() > end:
            server.kill()
            last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            raise UnavailableError(f"the server did not start, see {log}: {' '.join(last)}")
        time.sleep(0.1)
    return server


def _state(home: Path) -> Server | None:
    try:
        held = json.loads((home / "state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    server = Server(home, **held)
    return server if server.running else None


def main(arguments: list[str]) -> int:
    """The command line."""
    verb, home = [*arguments, "", ""][:2]
    folder = Path(home).resolve() if home else HOME
    try:
        if verb == "fetch":
            print(fetch())
        elif verb == "start":
            folder.mkdir(parents=True, exist_ok=True)
            server = _state(folder) or start(folder, password=os.environ.get("NEO4J_PASSWORD") or None)
            held = {"bolt": server.bolt, "http": server.http, "pid": server.pid}
            (folder / "state.json").write_text(json.dumps(held), encoding="utf-8")
            print(f"Neo4j {version()} runs; its Browser: {server.browser}\nexport NEO4J_URI={server.uri}")
        elif verb == "stop":
            if found := _state(folder):
                found.stop()
            print("Neo4j is stopped" if found else "no Neo4j was running")
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except UnavailableError as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
