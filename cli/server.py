"""Which server a command means, and its password: from the environment, or asked for on a terminal; never an option."""

import sys
from typing import Annotated

import typer

from kb.address import Address, address

Uri = Annotated[
    str | None,
    typer.Option(
        "--uri", envvar=["KB_STORE", "NEO4J_URI"], metavar="URI", help="The server; by default bolt://localhost:7687."
    ),
]
User = Annotated[
    str | None, typer.Option("--user", envvar="NEO4J_USERNAME", metavar="NAME", help="Who asks; by default neo4j.")
]
Database = Annotated[
    str | None,
    typer.Option("--database", envvar="NEO4J_DATABASE", metavar="NAME", help="By default the user's home database."),
]


def server_address(uri: str | None, user: str | None, database: str | None) -> Address:
    """The server to ask; on a terminal the password is asked for when the server wants one and none is set."""
    found = address(uri, user=user, database=database)
    if not found.password and sys.stdin.isatty():
        from kb.connection import wants_password

        if wants_password(found):
            given = typer.prompt(f"Password of {found.user} at {found}", hide_input=True, err=True)
            return Address(found.uri, found.user, given, found.database)
    return found
