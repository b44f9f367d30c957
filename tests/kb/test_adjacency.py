"""The packed numbers beside the index: what they hold, and that answers are the same with and without them."""

import shutil
import sqlite3
from itertools import combinations
from pathlib import Path

import pytest

import kb
from kb import alike, ask, paths
from kb.adjacency import Adjacency
from kb.schema import ENTITY_EDGES
from kb.search import Index
from kb.stores.embedded import EmbeddedStore
from kb.tables import Tables


@pytest.fixture(scope="module")
def adjacency(tiny_kb: Path) -> Adjacency:
    """The packed numbers of `tiny`."""
    return Adjacency(Index(tiny_kb / "search.sqlite"))


@pytest.fixture(scope="module")
def store(tiny_kb: Path) -> EmbeddedStore:
    """The graph of `tiny`."""
    return EmbeddedStore(tiny_kb / "graph.lbug")


def test_both_ends_of_every_edge_are_beside_each_other(adjacency: Adjacency, tiny: Tables) -> None:
    """Ascending, in the order of ids; with the weight in thousandths, 1 for SHARES, 0 for other edges."""
    expected: dict[str, dict[str, int]] = {}
    for type_, source, target, weight in tiny.edges.select("type", "source", "target", "weight").iter_rows():
        told = round(weight * 1000) if type_ in ENTITY_EDGES else int(type_ == "SHARES")
        for one, other in ((source, target), (target, source)):
            own = expected.setdefault(one, {})
            own[other] = max(told, own.get(other, 0))
    ids = sorted(expected)
    numbers = adjacency.numbers(ids)
    assert numbers == sorted(numbers)
    called = adjacency.names(numbers)
    found = {
        called[row.node][0]: {called[n][0]: w for n, w in zip(*row[1:], strict=True)} for row in adjacency.near(numbers)
    }
    assert found == expected
    assert all(list(beside) == sorted(beside) for beside in found.values())


def test_a_label_is_a_block_of_numbers(adjacency: Adjacency, tiny: Tables) -> None:
    """Also one without nodes."""
    assert list(adjacency.block("Paper")) == adjacency.numbers(tiny.papers["id"].sort().to_list())
    assert len(adjacency.block("Author")) == len(tiny.authors)
    assert not adjacency.block("Nothing")


def test_the_heaviest_edges_of_a_hub_are_told_by_their_least(adjacency: Adjacency, tiny: Tables) -> None:
    """Nothing where there are no more than asked for."""
    weights = tiny.edges.filter(target="method:smpl")["weight"].sort(descending=True)
    assert adjacency.least("method:smpl", 2) == weights[1]
    assert adjacency.least("method:smpl", len(weights)) == 0


def test_answers_are_those_of_the_store(adjacency: Adjacency, store: EmbeddedStore, tiny: Tables) -> None:
    """Paths between nodes of all kinds, similar papers, neighbours of hubs."""
    ids = [*tiny.papers["id"], *tiny.entities["id"][::4], *tiny.authors["id"]]
    for a, b in list(combinations(ids, 2))[::5]:
        assert paths.path(store, a, b, adjacency=adjacency) == paths.path(store, a, b)
    for paper in tiny.papers["id"]:
        for limit in (1, 2):
            assert alike.similar(store, paper, limit=limit, adjacency=adjacency) == alike.similar(
                store, paper, limit=limit
            )
    for edge in (None, "USES"):
        packed = ask.neighbours(store, "method:smpl", edge=edge, limit=1, adjacency=adjacency)
        assert packed == ask.neighbours(store, "method:smpl", edge=edge, limit=1)


def test_a_knowledge_base_of_before_is_asked_without(tiny_kb: Path, tmp_path: Path) -> None:
    """Its index has no such tables."""
    folder = Path(shutil.copytree(tiny_kb, tmp_path / "papers.kb"))
    with sqlite3.connect(folder / "search.sqlite") as connection:
        connection.executescript("DROP TABLE links; DROP TABLE terms")
    with kb.open(folder) as old, kb.open(tiny_kb) as new:
        assert old.path("normals", "Chamfer distance") == new.path("normals", "Chamfer distance")
        assert old.similar("ICON") == new.similar("ICON")
