"""The Cypher script on a real server: it ends with what `kb load` would put there."""

from pathlib import Path

import pytest
from held import driver_of
from test_neo4j_admin import expected, held, tables

import kb
from kb import graph
from kb.address import Address
from kb.folder import FORMAT, read_manifest, write_folder
from kb.schema import ABOUT


@pytest.fixture
def nasty(tmp_path: Path) -> Path:
    """The nasty tables as a knowledge base."""
    folder = tmp_path / "nasty.kb"
    folder.mkdir()
    manifest = {"format": FORMAT, "version": "0.0.0", "build": "0123456789ab", "counts": {"nodes": {"Paper": 1}}}
    write_folder(tables(), manifest, folder)
    return folder


def test_a_script_makes_every_value_and_a_load_finds_nothing_to_change(
    nasty: Path, empty_server: Address, tmp_path: Path
) -> None:
    """Quotes, backslashes, control characters, long text, dates and extreme numbers; line by line, by any client."""
    with kb.open(nasty) as base:
        base.export("cypher", tmp_path / "x.cypher")
    with driver_of(empty_server) as driver, driver.session() as session:
        for line in (tmp_path / "x.cypher").read_bytes().decode().split("\n")[:-1]:
            session.run(line.removesuffix(";")).consume()  # type: ignore[arg-type]
        for part in (*graph.nodes(tables()), *graph.edges(tables())):
            assert held(session, part) == expected(part), part.name
        told = session.run(f"MATCH (x:{ABOUT}) RETURN properties(x)").single(strict=True).value()
    assert told == graph.about(read_manifest(nasty), nasty)
    done = kb.load(nasty, empty_server)
    for kind in ("nodes", "edges"):
        assert (done[kind]["created"], done[kind]["updated"], done[kind]["deleted"]) == (0, 0, 0), done["parts"]
