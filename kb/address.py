"""Where a Neo4j server is and who asks: from options, else from NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD, NEO4J_DATABASE."""

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
    def host(self) -> str:
        """The host's name or number."""
        return urlsplit(self.uri).hostname or "localhost"

    @property
    def port(self) -> int:
        """The TCP port."""
        return urlsplit(self.uri).port or DEFAULT_PORT

    @property
    def encrypted(self) -> bool:
        """Whether the scheme asks for TLS."""
        return "+s" in urlsplit(self.uri).scheme


def address(
    uri: str | None = None, *, user: str | None = None, password: str | None = None, database: str | None = None
) -> Address:
    """The address that arguments and environment give; raises UsageError for a URI that is none."""
    return Address(
        uri=checked_uri(uri or os.environ.get("NEO4J_URI") or DEFAULT_URI),
        user=user or os.environ.get("NEO4J_USERNAME") or DEFAULT_USER,
        password=password or os.environ.get("NEO4J_PASSWORD") or None,
        database=database or os.environ.get("NEO4J_DATABASE") or None,
    )


def checked_uri(uri: str) -> str:
    """The URI, if it is one of a Neo4j server and holds no user and no password; they would stand in histories."""
    uri = uri.strip()
    try:
        parts = urlsplit(uri)
        port, host = parts.port, parts.hostname
    except ValueError:
        parts, port, host = urlsplit(""), None, None
    if parts.scheme in SCHEMES and "@" in uri:
        raise UsageError("the URI holds a user or password: give --user, and the password in NEO4J_PASSWORD")
    if parts.scheme in ("http", "https"):
        raise UsageError(f"the URI begins with {parts.scheme}://, which is the Browser's: write bolt://host:7687")
    if parts.scheme not in SCHEMES or not host or port == 0 or parts.path not in ("", "/") or parts.fragment:
        raise UsageError(f"no URI of a Neo4j server: write bolt://host:7687 (schemes: {', '.join(SCHEMES)})")
    return uri.rstrip("/")
