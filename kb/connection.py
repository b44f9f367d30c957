"""A connection to a Neo4j server, and one line that says why there is none.

`connect` for whoever needs a driver; `explain` for what a driver raises later. A password is never part of a message.
"""

import logging
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from kb.address import Address
from kb.errors import StoreError
from kb.probe import probe

if TYPE_CHECKING:
    from neo4j import Driver

OLDEST = (5, 23)
"""The oldest Neo4j that runs Cypher without what newer ones call deprecated: the first with `CALL (row) { ... }`."""

WAIT = 10.0
"""Seconds for the TCP connection; twice that until the server has answered."""

# Without a handler Python prints what the driver logs on stderr, beside our one line.
_SILENT = logging.NullHandler()
_LONGEST = 300

_ANSWERS = {
    "Security.AuthenticationRateLimit": "{uri} has had too many wrong passwords for user '{user}': wait 5 seconds "
    "(dbms.security.auth_lock_time), then set NEO4J_PASSWORD to the right one",
    "Security.CredentialsExpired": "{uri} wants a new password for user '{user}' first: run ALTER CURRENT USER SET "
    "PASSWORD FROM 'old' TO 'new' on the database system, in the Browser or cypher-shell",
    "Security.Forbidden": "{uri}: user '{user}' may not do this on {database}: {said}; an administrator can GRANT "
    "ROLE architect TO the user",
    "General.WriteOnReadOnlyAccessDatabase": "{uri}: {database} is read-only: see server.databases.read_only and "
    "server.databases.default_to_read_only in its neo4j.conf",
    "Schema.IndexAlreadyExists": "{uri} has an index of yours where a constraint has to be: drop it ({said})",
    "Schema.IndexWithNameAlreadyExists": "{uri} has an index of yours with a name of ours: drop or rename it ({said})",
    "Schema.ConstraintCreationFailed": "{uri} holds several nodes of yours with one label and id: {said}",
    "General.DatabaseUnavailable": "{uri}: {database} is not online: wait while it starts, else see why in "
    "logs/debug.log of the server",
}
"""The end of a server's error code -> what to say."""


def connect(address: Address) -> "Driver":
    """A driver that has logged in to a server that is new enough; raises StoreError with cause and remedy."""
    driver = login(address)
    try:
        checked_version(driver, address)
    except StoreError:
        driver.close()
        raise
    return driver


def login(address: Address) -> "Driver":
    """A driver that has logged in, to a server of any version; raises StoreError."""
    import neo4j

    logging.getLogger("neo4j").addHandler(_SILENT)
    auth = (address.user, address.password) if address.password else None
    try:
        driver = neo4j.GraphDatabase.driver(
            address.uri,
            auth=auth,
            connection_timeout=WAIT,
            connection_acquisition_timeout=2 * WAIT,
            telemetry_disabled=True,
            notifications_min_severity="OFF",  # else the server computes and sends them for every query
        )
    except neo4j.exceptions.DriverError as error:
        raise explain(error, address) from error
    try:
        driver.verify_connectivity()
    except Exception as error:
        driver.close()
        raise explain(error, address) from error
    return driver


def checked_version(driver: "Driver", address: Address) -> str:
    """What the server calls itself, such as `Neo4j/5.26.30`; raises StoreError if it is older than OLDEST."""
    agent = driver.get_server_info().agent
    found = re.match(r"Neo4j/v?(\d+)\.(\d+)", agent)
    if not found or (int(found[1]), int(found[2])) < OLDEST:
        raise _too_old(address, agent)
    return agent


def _too_old(address: Address, agent: str) -> StoreError:
    return StoreError(f"{address} runs {agent}: Neo4j {OLDEST[0]}.{OLDEST[1]} or newer is needed")


def explain(error: Exception, address: Address) -> StoreError:
    """The one-line error for what the driver raised: by the server's code, else by what answers at the address.

    Errors of a query (`Neo.ClientError.Statement...`) keep the server's words; turn them into a UsageError before.
    """
    from neo4j.exceptions import ServiceUnavailable, SessionExpired, UnsupportedServerProduct, WriteServiceUnavailable

    if isinstance(error, StoreError):
        return error
    if code := str(getattr(error, "code", None) or ""):
        return StoreError(_refusal(code, _short(getattr(error, "message", None) or error), address))
    said = _short(error)
    if isinstance(error, WriteServiceUnavailable):  # what the driver makes of Cluster.NotALeader
        return StoreError(f"{address} is a member of a cluster that takes no writes: write neo4j:// instead of bolt://")
    if fault := probe(address):
        return StoreError(fault.text)
    if "Notification filtering is not supported" in said:  # Bolt before 5.2, of Neo4j 5.7, cannot leave them off
        return _too_old(address, "an older Neo4j")
    if isinstance(error, UnsupportedServerProduct):
        return StoreError(f"{address} is no server that the driver knows: {said}: Neo4j is needed, or a newer driver")
    if not isinstance(error, ServiceUnavailable | SessionExpired | OSError):
        return StoreError(f"{address}: {said}")
    if address.scheme.startswith("neo4j"):
        bolt = address.with_scheme(address.scheme.replace("neo4j", "bolt"))
        return StoreError(
            f"{address} answers, but what it names as its address does not: write {bolt}, or mend "
            "server.bolt.advertised_address in its neo4j.conf"
        )
    return StoreError(f"the connection to {address} broke, though it answers now: {said}; try again")


def database_names(driver: "Driver") -> list[str]:
    """The names of the databases that the user may see, but for `system`."""
    rows = driver.execute_query("SHOW DATABASES YIELD name", database_="system").records
    return sorted({row["name"] for row in rows} - {"system"})


def wants_password(address: Address) -> bool:
    """Whether the server is there and refuses the address for want of a password."""
    import neo4j

    if address.password:
        return False
    try:
        login(address).close()
    except StoreError as error:
        return isinstance(error.__cause__, neo4j.exceptions.AuthError)
    return False


def _refusal(code: str, said: str, address: Address) -> str:
    end = code.split(".", 2)[-1]
    database = f"database '{address.database}'" if address.database else "the database"
    if end == "Security.Unauthorized":
        return _unauthorized(address)
    if end == "Database.DatabaseNotFound":
        there = "another one"
        with suppress(Exception), login(address) as driver:  # a broken connection here must not hide the first error
            there = f"one of: {', '.join(database_names(driver))}"
        return f"{address} has no {database}: give --database, or NEO4J_DATABASE, {there}"
    text = _ANSWERS.get(end, "{uri}: {said} ({code})")
    return text.format(uri=address, user=address.user, database=database, said=said, code=code)


def _unauthorized(address: Address) -> str:
    if not address.password:
        return f"{address} wants a password: set NEO4J_PASSWORD (user '{address.user}', else --user or NEO4J_USERNAME)"
    return (
        f"{address} refuses user '{address.user}' with this password: correct NEO4J_PASSWORD or --user; a server with "
        "an older data volume keeps the password of its first start, and NEO4J_AUTH changes nothing then"
    )


def _short(said: object) -> str:
    """A message on one line, without its full stop."""
    return " ".join(str(said).split())[:_LONGEST].rstrip(". ")
