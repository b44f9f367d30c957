"""The same question, the same answer: every shipped query and every question, on the embedded store and on a server."""

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import neo4j
import pytest
from typer.testing import CliRunner

import kb
from cli.main import app
from kb.address import Address
from kb.base import KnowledgeBase, ServerBase
from kb.errors import NotFoundError, UsageError
from kb.queries import load, names
from kb.stores import GraphStore
from kb.stores.embedded import EmbeddedStore
from kb.stores.neo4j import Neo4jStore
from tests.cli.test_ask_commands import QUESTIONS
from tests.kb.test_queries import GOLDEN, UNORDERED

ASKED = [line for line, _ in QUESTIONS if line[0] != "rejects"]  # what was not read is in no graph
NAMED = (
    "ICON", "icon", "SMPL", "method:smpl", "NERF", "neural radiance fields", "10.1000/ICON.1", "2112.09127", "PaMIR",
    "paper:alone", "CAPE dataset", 'A "quoted" paper; DROP TABLE Paper', "mip-nerf: a multiscale representation",
    "ada lind", "A. Lind", "0000-0001-2345-6789", "orcid:0000-0001-2345-6789", "openalex:A11", "cleo marsh",
    "Lind, Ada", "W7", "10.1000/body",
)  # fmt: skip


@pytest.fixture(scope="module")
def loaded(server_address: Address, wiped: Callable[[Address], None], tiny_kb: Path) -> Address:
    """A server that holds `tiny`."""
    wiped(server_address)
    kb.load(tiny_kb, server_address)
    return server_address


@pytest.fixture(scope="module")
def stores(loaded: Address, tiny_kb: Path) -> Iterator[dict[str, GraphStore]]:
    """Both engines with the same graph."""
    both: dict[str, GraphStore] = {
        "embedded": EmbeddedStore(tiny_kb / "graph.lbug"),
        "neo4j": Neo4jStore(loaded),
    }
    yield both
    for store in both.values():
        store.close()


def in_order(rows: list[dict[str, object]], name: str) -> list[dict[str, object]]:
    """The rows, sorted where the query promises no order."""
    return sorted(rows, key=str) if name in UNORDERED else rows


@pytest.mark.parametrize("engine", ["embedded", "neo4j"])
@pytest.mark.parametrize("name", names())
def test_a_query_gives_its_golden_result_on_each_engine(stores: dict[str, GraphStore], name: str, engine: str) -> None:
    """The golden first column, and whole rows equal to the other engine's, value for value."""
    params, expected = GOLDEN[name]
    found = in_order(stores[engine].run(load(name), params), name)
    assert sorted(str(next(iter(row.values()))) for row in found) == sorted(map(str, expected))
    other = "neo4j" if engine == "embedded" else "embedded"
    assert found == in_order(stores[other].run(load(name), params), name)


@pytest.mark.parametrize("line", ASKED, ids=[line[0] for line in ASKED])
def test_a_command_answers_from_a_server_as_from_disk(line: list[str], loaded: Address, tiny_kb: Path) -> None:
    """With --store, the same JSON; only where it was asked differs, and how full text is scored."""
    answers = []
    for place in (["--kb", str(tiny_kb)], ["--store", loaded.uri]):
        done = CliRunner().invoke(app, [*line, "--json", *place])
        assert (done.exit_code, done.stderr) == (0, "")
        answers.append(json.loads(done.stdout))
    assert comparable(answers[0]) == comparable(answers[1])


def comparable(answer: Any) -> Any:
    """An answer without its place, and hits of a search without score and snippet, which are each index's own."""
    if isinstance(answer, dict):
        return {key: value for key, value in answer.items() if key != "path"}
    return [{k: v for k, v in row.items() if k not in ("score", "snippet")} for row in answer]


@pytest.mark.parametrize("name", NAMED)
def test_a_name_means_the_same_on_both(name: str, loaded: Address, tiny_kb: Path) -> None:
    """By id, title, head, DOI, arXiv id, alias, in any case; quotes and semicolons are only text."""
    with kb.open(tiny_kb) as disk, kb.connect(loaded) as server:
        assert disk.resolve(name) == server.resolve(name) != []


def test_an_unknown_name_has_the_same_nearest(loaded: Address, tiny_kb: Path) -> None:
    """A slip of the finger is answered with the same guess."""
    for wrong in ("ICOM", "Mip-NeRV", "chamfer distanze"):
        messages = []
        for base in (kb.open(tiny_kb), kb.connect(loaded)):
            with base, pytest.raises(NotFoundError) as raised:
                base.show(wrong)
            messages.append(raised.value.nearest[0])
        assert messages[0] == messages[1]


def test_graph_values_come_alike(stores: dict[str, GraphStore], loaded: Address, tiny_kb: Path) -> None:
    """Nodes, relationships and paths as plain values, without what a server keeps for itself."""
    query = "MATCH p = (a:Paper {id: $id})-[r:INTRODUCES]->(m:Method) RETURN a, r, m, p, labels(m) AS l, type(r) AS t"
    with kb.open(tiny_kb) as disk, kb.connect(loaded) as server:
        answers = [base.query(query, params={"id": "paper:icon"}) for base in (disk, server)]
    assert answers[0] == answers[1]
    assert list(answers[1][0]["a"])[:3] == ["label", "id", "name"]


def test_a_server_is_only_read(loaded: Address) -> None:
    """By the words of the query, and by the server itself for what no word gives away."""
    with kb.connect(loaded) as server:
        with pytest.raises(UsageError, match="only read"):
            server.query("MATCH (n) DETACH DELETE n")
        with pytest.raises(UsageError, match="only read"):
            server._store.run("CREATE (n:Paper) RETURN n")
        with pytest.raises(UsageError, match="does not parse"):
            server.query("MATCH (n RETURN n")
        with pytest.raises(UsageError, match="no value of Cypher"):
            server.query("RETURN $x AS x", params={"x": 2**70})
        assert server.query("MATCH (a:Paper) RETURN [x IN a.sources | x] AS s LIMIT 1")  # what the embedded one lacks


def test_a_query_is_planned_without_warnings(loaded: Address) -> None:
    """EXPLAIN of each query on the real server says nothing: no deprecation, no unknown label or property."""
    with neo4j.GraphDatabase.driver(loaded.uri, notifications_min_severity="INFORMATION") as driver:
        for name in names():
            summary = driver.execute_query(f"EXPLAIN {load(name)}", GOLDEN[name][0]).summary
            told = [status for status in summary.gql_status_objects if status.is_notification]
            assert told == [], (name, [status.status_description for status in told])


# The seeds take the place of `tiny` on the server: what follows comes last.


@pytest.fixture(scope="module")
def seeds(
    server_address: Address, wiped: Callable[[Address], None], seeds_kb: Path
) -> Iterator[tuple[KnowledgeBase, ServerBase]]:
    """The seeds on disk and on the server."""
    wiped(server_address)
    kb.load(seeds_kb, server_address)
    with kb.open(seeds_kb) as disk, kb.connect(server_address) as server:
        yield disk, server


def test_the_seeds_answer_alike(seeds: tuple[KnowledgeBase, ServerBase]) -> None:
    """Counts, rankings, cards, walks, paths and reasons around papers and entities of every kind."""
    disk, server = seeds
    assert comparable(disk.stats()) == comparable(server.stats())
    for kind in ("paper", "method", "dataset", "task", "metric", "concept"):
        top = disk.top(kind, limit=12)
        assert top == server.top(kind, limit=12)
        for row in (top[0], top[5], top[-1]):
            assert disk.show(row["id"], limit=9) == server.show(row["id"], limit=9)
            assert disk.neighbours(row["id"], hops=2) == server.neighbours(row["id"], hops=2)
            if kind != "paper":  # a paper's name here is a caption, cut short
                assert disk.resolve(row["name"]) == server.resolve(row["name"])
    papers = [row["id"] for row in disk.top("paper", limit=5)]
    for a, b in itertools.combinations(papers, 2):
        assert disk.why(a, b) == server.why(a, b)
        assert disk.path(a, b) == server.path(a, b)
        assert disk.similar(a) == server.similar(a)


@pytest.mark.parametrize("text", ["implicit surface", "gaussian splatting", "transformer", "benchmark robot"])
def test_a_search_finds_the_same_papers(seeds: tuple[KnowledgeBase, ServerBase], text: str) -> None:
    """All of them, when all are asked for; the order is each index's own."""
    disk, server = (({row["id"] for row in base.search(text, kind="paper", limit=400)}) for base in seeds)
    assert disk == server != set()
