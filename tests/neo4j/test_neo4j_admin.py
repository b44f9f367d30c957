"""Both folders for neo4j-admin, imported by the real tool: the database holds what `kb.graph` says."""

import math
import subprocess
from collections.abc import Callable
from pathlib import Path

import neo4j
import neo4j_server
import pytest
from held import unavailable

import kb
from kb import graph
from kb.export.neo4j_admin import write_neo4j_admin, write_neo4j_admin_parquet
from kb.folder import FORMAT, read_manifest, write_folder
from kb.schema import ABOUT
from kb.tables import Tables, frame
from tests.kb.export_fixture import author, edge, entity, paper, wrote

NASTY = [
    'a "quoted" word', '"', '""', '","', "'single'", "back\\slash", 'ends in \\"', "ends in \\", "line\nfeed",
    "carriage\rreturn", "\r\n", "tab\there", "a;b", "a|b", "a,b", "=1+1", "-", "null", "12", "1e5", "true",
    "unit\x1fseparator", "\x1f", "\ue000 private", "nul\x00inside", "\x01\x02\x7f\x85", "\u2028", "\ufeffmark",
    "\ufffe\uffff", "🦜 𝒳 é", "  blanks  ", ":ID", "{x}", "$x", "%s",
]  # fmt: skip
LONG = "An abstract of 100,000 characters. 🦜 " * 2_700
NUMBERS = [0.1 + 0.2, 1e-7, 5e-324, 1.7976931348623157e308, -0.0, math.inf, -math.inf, math.nan, None]
Rows = list[tuple[object, dict[str, object]]]


def tables() -> Tables:
    """Nasty text as title, author, abstract, alias, sentence and in lists; empty and absent values; extreme numbers."""
    texts = dict(enumerate(NASTY))
    papers = [
        paper(f"paper:{i}", text, abstract=text, venue=text, authors=[text, text[::-1]], year=2**62 + i)
        for i, text in texts.items()
    ]
    papers += [
        paper("paper:long", "Long", abstract=LONG, keywords=[LONG, "b"], date="2024-02-29", ids=["openalex:W1"]),
        paper("paper:10.1/stub", "", abstract="", doi="10.1/stub", date="0999-12-31"),
        paper("paper:empty", "Empty", abstract="", venue="", authors=[], keywords=None, sources=["", ""]),
        paper('paper:"a,b"', "An id", keywords=["", "one"], sources=["a.txt:1"], year=-(2**63)),
    ]
    entities = [entity(f"method:{i}", "Method", text, aliases=[*NASTY]) for i, text in texts.items()]
    entities += [entity(f"task:{i}", "Task", "number", idf=number, aliases=None) for i, number in enumerate(NUMBERS)]
    edges = [edge("USES", f"paper:{i}", f"method:{i}", sentence=text, cue=text) for i, text in texts.items()]
    edges += [edge("INTRODUCES", "paper:0", "method:1"), edge("INTRODUCES", "paper:0", "task:1", sentence="")]
    edges += [edge("ADDRESSES", "paper:0", f"task:{i}", weight=number) for i, number in enumerate(NUMBERS)]
    edges += [
        edge("CITES", 'paper:"a,b"', "paper:empty", via=NASTY, cue=None),
        edge("CITES", 'paper:"a,b"', "paper:long", via=[""], sentence=LONG),
    ]
    edges += [edge("SHARES", "paper:0", f"paper:{i}", shared=1, via=[text, "b"]) for i, text in texts.items() if i]
    edges += [wrote(f"author:{i}", f"paper:{i}", i + 1) for i in texts]
    authors = [author(f"author:{i}", text, aliases=NASTY, ids=[text], orcid=text) for i, text in texts.items()]
    return Tables(
        papers=frame("papers", papers),
        mentions=frame("mentions", []),
        entities=frame("entities", entities),
        edges=frame("edges", edges),
        authors=frame("authors", authors),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a knowledge base."""
    folder = tmp_path_factory.mktemp("nasty") / "nasty.kb"
    folder.mkdir()
    manifest = {"format": FORMAT, "version": "0.0.0", "build": "0123456789ab", "counts": {"nodes": {"Paper": 1}}}
    write_folder(tables(), manifest, folder)
    return folder


def imported(home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the importer in a folder of ours, as its README.txt says."""
    neo4j_server.prepare(home, bolt=7687, http=7474, auth=False)
    monkeypatch.chdir(folder)
    try:
        neo4j_server.admin(home, "database", "import", "full", "@args.txt")
    except neo4j_server.UnavailableError as error:
        unavailable(error)
    except subprocess.CalledProcessError as error:
        pytest.fail(f"the import failed: {error.stderr[-2000:]}", pytrace=False)


def expected(part: graph.Part) -> Rows:
    """The key and the properties of each row, without those that have no value."""
    rows = []
    for row in part.frame.iter_rows(named=True):
        key = (row.pop("source"), row.pop("target")) if part.ends else row["id"]
        rows.append((key, properties(row)))
    return sorted(rows, key=repr)


def properties(row: dict[str, object]) -> dict[str, object]:
    """The properties a row becomes: no nulls, no empty text, no empty lists. NaN is written as a word, to be equal."""
    lists = {name: [text for text in value if text] for name, value in row.items() if isinstance(value, list)}
    kept = {name: value for name, value in {**row, **lists}.items() if value is not None and value not in ("", [])}
    return {name: "NaN" if value != value else value for name, value in kept.items()}


def held(session: neo4j.Session, part: graph.Part) -> Rows:
    """What the database holds of a part."""
    if part.ends:
        source, target = part.ends
        query = f"MATCH (a:{source})-[x:{part.name}]->(b:{target}) RETURN [a.id, b.id], properties(x)"
    else:
        query = f"MATCH (x:{part.name}) RETURN x.id, properties(x)"
    rows = [record.values() for record in session.run(query)]  # type: ignore[arg-type]
    keyed = [
        (tuple(key) if part.ends else key, {n: "NaN" if v != v else v for n, v in own.items()}) for key, own in rows
    ]
    return sorted(keyed, key=repr)


@pytest.mark.parametrize("write", [write_neo4j_admin, write_neo4j_admin_parquet])
def test_an_import_holds_every_value_and_a_load_finds_nothing_to_change(
    write: Callable[..., None],
    folder: Path,
    start_server: Callable[..., neo4j_server.Server],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Quotes, line breaks, control characters, delimiters, long text, no text and extreme numbers come back."""
    about = graph.about(read_manifest(folder), folder)
    write(tables(), tmp_path / "out", about=about)
    imported(tmp_path / "home", tmp_path / "out", monkeypatch)
    server = start_server(tmp_path / "home")
    parts = [*graph.nodes(tables()), *graph.edges(tables())]
    with neo4j.GraphDatabase.driver(server.uri) as driver, driver.session() as session:
        for part in parts:
            assert held(session, part) == expected(part), part.name
        assert session.run(f"MATCH (x:{ABOUT}) RETURN properties(x)").single(strict=True).values() == [about]
        counts = session.run("MATCH (x) WITH count(x) AS n MATCH ()-[e]->() RETURN n, count(e)").single(strict=True)
        for statement in (tmp_path / "out" / "schema.cypher").read_text(encoding="utf-8").splitlines():
            session.run(statement.rstrip(";")).consume()  # type: ignore[arg-type]
        assert session.run("SHOW CONSTRAINTS").data()
    edges = sum(part.frame.height for part in parts if part.ends)
    assert counts.values() == [1 + sum(part.frame.height for part in parts) - edges, edges]
    done = kb.load(folder, kb.Address(server.uri))
    for kind in ("nodes", "edges"):
        assert (done[kind]["created"], done[kind]["updated"], done[kind]["deleted"]) == (0, 0, 0), done["parts"]
    server.kill()  # its home is not needed again
