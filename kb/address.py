"""Where a Neo4j server is and who asks: from options, else from the variables that Neo4j's own tools read.

NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD, NEO4J_DATABASE.
"""

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from kb.errors import UsageError

DEFAULT_URI = "bolt://localhost:7687"
DEFAULT_USER = "neo4j"
DEFAULT_PORT = 7687
SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


@dataclass(frozen=True, slots=True)
class Address:
    """A server, a user, and the database to use; None is the user's home database.

    Without a password no authentication is tried. It is not part of the repr.
    """

    uri: str = DEFAULT_URI
    user: str = DEFAULT_USER
    password: str | None = field(default=None, repr=False)
    database: str | None = None

    def __str__(self) -> str:
        return self.uri

    @property
    def scheme(self) -> str:
        """One of SCHEMES."""
        return self.uri.split(":", 1)[0].lower()

    @property
    def host(self) -> str:
        """The host's name or number."""
        return urlsplit(self.uri).hostname or "localhost"

    @property
    def port(self) -> int:
        """The TCP port."""
        return urlsplit(self.uri).port or DEFAULT_PORT

    @property
    def place(self) -> str:
        """Host and port, `[::1]:7687` for a number with colons."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def encrypted(self) -> bool:
        """Whether the scheme asks for TLS."""
        return "+s" in self.scheme

    def with_scheme(self, scheme: str) -> str:
        """The URI with another scheme."""
        return f"{scheme}:{self.uri.split(':', 1)[1]}"


def address(
    uri: str | None = None, *, user: str | None = None, password: str | None = None, database: str | None = None
) -> Address:
    """The address that arguments and environment give; raises UsageError for a URI that is none."""
    chosen = _given(database, "NEO4J_DATABASE")
    if chosen and chosen.casefold() == "system":
        raise UsageError("the database system is the server's own: name another, by default neo4j")
    return Address(
        uri=checked_uri(_given(uri, "NEO4J_URI") or DEFAULT_URI),
        user=_given(user, "NEO4J_USERNAME") or DEFAULT_USER,
        password=_given(password, "NEO4J_PASSWORD"),
        database=chosen,
    )


def _given(value: str | None, variable: str) -> str | None:
    """The value, else the variable's; None for an empty one."""
    value = value or os.environ.get(variable) or None
    if value and any("\ud800" <= char <= "\udfff" for char in value):  # bytes that are no text reach us so
        raise UsageError(f"{variable} is not UTF-8 text")
    return value


def checked_uri(uri: str) -> str:
    """The URI, if it is one of a Neo4j server and holds no user and no password; they would stand in histories."""
    uri = uri.strip()
    if any(c.isspace() or not c.isprintable() for c in uri):
        raise UsageError("the URI holds a blank or a control character: write bolt://host:7687")
    try:
        parts = urlsplit(uri)
        port, host = parts.port, parts.hostname
    except ValueError:
        parts, port, host = urlsplit(""), None, None
    if parts.scheme in SCHEMES and "@" in uri:
        raise UsageError("the URI holds a user or password: give --user, and the password in NEO4J_PASSWORD")
    if parts.scheme in ("http", "https"):
        raise UsageError(f"the URI begins with {parts.scheme}://, which is the Browser's: write bolt://host:7687")
    if parts.query and parts.scheme.startswith("bolt"):
        raise UsageError("the URI ends in ?...: only a neo4j:// URI has such a routing context")
    if parts.scheme not in SCHEMES or not host or port == 0 or parts.path not in ("", "/") or parts.fragment:
        raise UsageError(f"no URI of a Neo4j server: write bolt://host:7687 (schemes: {', '.join(SCHEMES)})")
    return uri.rstrip("/")
