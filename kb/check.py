"""Whether a server can be used, step by step: from the host's name to what is loaded there.

The steps follow one on the other, so the first that fails is the last that is tried. Nothing stays on the server:
what is written is rolled back, and holds no label and no property, whose names a server would keep.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.address import Address
from kb.connection import OLDEST, checked_version, database_names, explain, login
from kb.errors import StoreError
from kb.probe import probe
from kb.statements import WHAT_IS_HELD

if TYPE_CHECKING:
    from neo4j import Driver

__all__ = ["OLDEST", "STEPS", "Finding", "check"]

STEPS = ("address", "bolt", "encryption", "login", "version", "database", "rights", "knowledge base")
"""The names of the findings, in order."""

# The second needs the right to change constraints and does nothing. A server's own role that has it, architect or
# admin, may also make the names of labels, which cannot be tried without leaving one.
_WRITES = ("CREATE ()", "DROP CONSTRAINT kb_check_of_rights IF EXISTS")


@dataclass(frozen=True, slots=True)
class Finding:
    """One step: its name, whether it holds, and one line: what was found, or the cause and the remedy."""

    name: str
    ok: bool
    text: str


def check(address: Address) -> list[Finding]:
    """What holds of a server, up to the first step that fails; for such faults nothing is raised."""
    return list(_findings(address))


def _findings(address: Address) -> Iterator[Finding]:
    from neo4j.exceptions import DriverError, Neo4jError

    fault = probe(address)
    encrypted = "encrypted" if address.encrypted else "not encrypted"
    reached = {"address": address.host, "bolt": f"{address.place} speaks Bolt", "encryption": encrypted}
    for name, text in reached.items():
        if fault and fault.step == name:
            yield Finding(name, False, fault.text)
            return
        yield Finding(name, True, text)
    step = "login"
    try:
        with login(address) as driver:
            for step, ask in _ASKED.items():
                yield Finding(step, True, ask(driver, address))
    except (StoreError, DriverError, Neo4jError) as error:
        yield Finding(step, False, str(explain(error, address)))


def _user(driver: "Driver", address: Address) -> str:
    """Who is logged in; a server refuses this, but not the login, while a password must be changed."""
    rows = driver.execute_query("SHOW CURRENT USER YIELD user RETURN user", database_="system").records
    if rows and rows[0]["user"]:
        return f"user {rows[0]['user']}"
    return "the server asks for no password"


def _database(driver: "Driver", address: Address) -> str:
    with driver.session(database=address.database) as session:
        name = session.run("CALL db.info() YIELD name RETURN name").single(strict=True)["name"]
    return f"{name}, of {', '.join(there)}" if len(there := database_names(driver)) > 1 else str(name)


def _rights(driver: "Driver", address: Address) -> str:
    for statement in _WRITES:
        with driver.session(database=address.database) as session, session.begin_transaction() as transaction:
            transaction.run(statement).consume()
            transaction.rollback()
    return "reads, writes and changes constraints"


def _loaded(driver: "Driver", address: Address) -> str:
    """What the server says of the knowledge base it holds; that it holds none is no fault."""
    with driver.session(database=address.database) as session:
        found = session.run(WHAT_IS_HELD).single()
    if found is None or "build" not in found["about"]:
        return "none is loaded yet: kb load"
    about = found["about"]
    text = f"{about.get('name')}, build {about.get('build')}"
    return text if about.get("complete") else f"{text}, not complete: a load goes on or broke off; kb load completes it"


_ASKED: dict[str, Callable[["Driver", Address], str]] = {
    "login": _user,
    "version": checked_version,
    "database": _database,
    "rights": _rights,
    "knowledge base": _loaded,
}
