"""Addresses from arguments and from the environment."""

import pytest

from kb.address import Address, address
from kb.errors import UsageError

PASSWORD = "tangerine-7-zebra"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the variables is set."""
    for name in ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE"):
        monkeypatch.delenv(name, raising=False)


def test_without_anything_it_is_the_server_beside() -> None:
    """By default the local server is asked, as neo4j, without a password, in the home database."""
    assert address() == Address("bolt://localhost:7687", "neo4j", None, None)


def test_arguments_go_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part comes from its argument, else from its variable; an empty variable is none."""
    monkeypatch.setenv("NEO4J_URI", "neo4j://far:7000")
    monkeypatch.setenv("NEO4J_USERNAME", "ann")
    monkeypatch.setenv("NEO4J_PASSWORD", PASSWORD)
    monkeypatch.setenv("NEO4J_DATABASE", "")
    assert address(user="bob") == Address("neo4j://far:7000", "bob", PASSWORD, None)
    assert address("bolt://near", password="x", database="d") == Address("bolt://near", "ann", "x", "d")


def test_the_password_is_in_no_repr() -> None:
    """An address can be printed and formatted: the password is not in it."""
    found = Address("bolt://h", password=PASSWORD)
    assert PASSWORD not in f"{found!r} {found} {[found]}"


@pytest.mark.parametrize(
    ("uri", "place", "encrypted"),
    [
        ("bolt://h", "h:7687", False),
        ("neo4j+s://h.example:7000/", "h.example:7000", True),
        ("bolt+ssc://[::1]:9", "[::1]:9", True),
        ("NEO4J://h?region=eu", "h:7687", False),
        (" bolt://h ", "h:7687", False),
    ],
)
def test_the_parts_of_a_uri(uri: str, place: str, encrypted: bool) -> None:
    """Host, port and encryption are read off the URI; the port is 7687 where none is given."""
    found = address(uri)
    assert (found.place, found.encrypted) == (place, encrypted)


def test_another_scheme() -> None:
    """The URI with another scheme keeps everything else."""
    assert address("bolt+s://[::1]:9").with_scheme("bolt+ssc") == "bolt+ssc://[::1]:9"


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("localhost:7687", "no URI of a Neo4j server"),
        ("localhost", "no URI of a Neo4j server"),
        ("http://localhost:7474", "which is the Browser's: write bolt://host:7687"),
        ("https://localhost:7473", "which is the Browser's"),
        ("bolt://", "no URI of a Neo4j server"),
        ("bolt://h:99999", "no URI of a Neo4j server"),
        ("bolt://h:0", "no URI of a Neo4j server"),
        ("bolt://h:x", "no URI of a Neo4j server"),
        ("bolt://[::1", "no URI of a Neo4j server"),
        ("bolt://h/neo4j", "no URI of a Neo4j server"),
        ("bolt://h?region=eu", "only a neo4j:// URI has such a routing context"),
        (f"bolt://neo4j:{PASSWORD}@h:7687", "give --user, and the password in NEO4J_PASSWORD"),
        (f"neo4j:{PASSWORD}@h", "give --user, and the password in NEO4J_PASSWORD"),
        (f"http://neo4j:{PASSWORD}@h:7474", "which is the Browser's"),
    ],
)
def test_a_uri_that_is_none_is_refused(uri: str, said: str) -> None:
    """A URI that no driver can use is refused with the remedy, and never repeated: it may hold a password."""
    with pytest.raises(UsageError, match=said) as raised:
        address(uri)
    assert PASSWORD not in str(raised.value)


def test_bytes_that_are_no_text_are_refused() -> None:
    """A password in another encoding than UTF-8 is refused by the name of its variable."""
    with pytest.raises(UsageError, match="NEO4J_PASSWORD is not UTF-8 text"):
        address(password="caf\udce9")
