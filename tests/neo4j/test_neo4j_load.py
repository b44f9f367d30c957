"""Loading a real server: what is there afterwards is the tables, and nothing else of it was touched."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from held import driver_of, expected, held
from typer.testing import CliRunner

import kb
from cli.main import app
from kb.address import Address
from kb.errors import UsageError
from kb.folder import FORMAT, read_tables, write_folder
from kb.load import load
from kb.schema import PLACE, STRUCTURE_COLUMNS
from kb.tables import Tables, frame
from tests.kb.export_fixture import edge, entity, paper

LOAD = (sys.executable, "-c", "from cli.main import main; main()", "load")
NOTHING = {"created": 0, "updated": 0, "deleted": 0}


def changes(made: dict[str, dict[str, int]]) -> tuple[dict[str, int], dict[str, int]]:
    """What a load says it created, updated and deleted, of nodes and of edges."""
    return tuple({key: made[what][key] for key in NOTHING} for what in ("nodes", "edges"))  # type: ignore[return-value]


def unplaced(properties: dict[str, object]) -> dict[str, object]:
    """The properties of a node but for where it stands in the graph."""
    return {name: value for name, value in properties.items() if name not in (*STRUCTURE_COLUMNS, PLACE)}


def moved(before: Path, after: Path) -> int:
    """How many nodes differ by nothing else."""
    old, new = expected(before), expected(after)
    return sum(old[key] != new[key] and unplaced(old[key]) == unplaced(new[key]) for key in old.keys() & new.keys())


def difference(before: Path, after: Path) -> tuple[dict[str, int], dict[str, int]]:
    """What has to be created, updated and deleted to get from one knowledge base to another."""
    old, new = expected(before), expected(after)
    counts = (dict(NOTHING), dict(NOTHING))
    for key in old.keys() | new.keys():
        own = counts[len(key) - 2]  # type: ignore[arg-type]
        own["created"] += key not in old
        own["deleted"] += key not in new
        own["updated"] += key in old and key in new and unplaced(old[key]) != unplaced(new[key])
    return counts


def papers_of(base: Path, path: Path, count: int) -> list[dict[str, object]]:
    """Some papers of a knowledge base, also written as JSON Lines."""
    columns = ["id", "title", "abstract", "year"]
    rows = list(read_tables(base).papers.select(columns).head(count).iter_rows(named=True))
    write_papers(rows, path)
    return rows


def write_papers(rows: list[dict[str, object]], path: Path) -> None:
    """Papers as JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_the_second_load_changes_nothing(empty_server: Address, seeds_kb: Path) -> None:
    """The seeds, twice: all created, then zeros; read back, the server holds the tables, value for value."""
    first, second = load(seeds_kb, empty_server), load(seeds_kb, empty_server)
    counts = read_tables(seeds_kb)
    assert first["nodes"]["created"] == len(counts.papers) + len(counts.entities) + len(counts.authors)
    assert first["edges"]["created"] == len(counts.edges)
    assert changes(second) == (NOTHING, NOTHING)
    assert held(empty_server) == expected(seeds_kb)


def test_the_command_says_what_it_did(empty_server: Address, tiny_kb: Path) -> None:
    """A table and a line of totals; the second time zeros; with --json the report."""
    line = ["load", "--uri", empty_server.uri, "--kb", str(tiny_kb)]
    runs = [CliRunner().invoke(app, line) for _ in range(2)]
    assert [run.exit_code for run in runs] == [0, 0]
    assert (
        f"{len(expected(tiny_kb))} created, 0 updated, 0 deleted\n" in runs[0].stdout
        and "INTRODUCES\t" in runs[0].stdout
    )
    assert runs[1].stdout == "0 created, 0 updated, 0 deleted\n"
    report = json.loads(CliRunner().invoke(app, [*line, "--json"]).stdout)
    assert report["parts"]["SHARES"] == {**NOTHING, "unchanged": 4}


def test_exactly_what_changed_is_written(empty_server: Address, seeds_kb: Path, tmp_path: Path) -> None:
    """An abstract edited, a paper taken out, two names joined: the load writes the difference of the tables."""
    source, before, after = tmp_path / "papers.jsonl", tmp_path / "before.kb", tmp_path / "after.kb"
    rows = papers_of(seeds_kb, source, 150)
    kb.build([str(source)], out=before)
    load(before, empty_server)
    marked = mark(empty_server)

    names = read_tables(before).entities.filter(kind="Method").sort("papers", "id", descending=True)["name"].to_list()
    rows[3]["abstract"] = f"{rows[3]['abstract']} We evaluate on the Zanzibar-7 dataset."
    write_papers([row for i, row in enumerate(rows) if i != 40], source)
    aliases = tmp_path / "names.txt"
    aliases.write_text(f"same: {names[0]} = {names[1]}\n", encoding="utf-8")
    kb.build([str(source)], out=after, aliases=aliases)

    planned = load(after, empty_server, dry_run=True)
    assert held_marks(empty_server) == marked  # a dry run writes nothing
    made = load(after, empty_server)
    assert changes(made) == changes(planned) == difference(before, after)
    assert made["moved"] == planned["moved"] == moved(before, after) > 0
    assert held(empty_server) == expected(after)
    assert len(marked - held_marks(empty_server)) == made["nodes"]["deleted"] + made["edges"]["deleted"]
    assert made["edges"]["unchanged"] > 0.5 * len(read_tables(after).edges)
    assert changes(load(after, empty_server)) == (NOTHING, NOTHING)


def test_a_load_after_add_and_remove_sends_the_difference(
    empty_server: Address, seeds_kb: Path, tmp_path: Path
) -> None:
    """Ten papers come by `add`, three go by `remove`: that and what hangs on them is written, the rest stays."""
    first, more, base = tmp_path / "papers.jsonl", tmp_path / "more.jsonl", tmp_path / "papers.kb"
    rows = papers_of(seeds_kb, first, 150)
    write_papers(rows[:140], first)
    write_papers(rows[140:], more)
    kb.build([str(first)], out=base)
    load(base, empty_server)

    shutil.copytree(base, tmp_path / "before.kb")
    kb.add([str(more)], kb=base)
    kb.remove(read_tables(base).papers["id"].to_list()[:3], kb=base)
    made = load(base, empty_server)
    assert changes(made) == difference(tmp_path / "before.kb", base)
    assert made["moved"] == moved(tmp_path / "before.kb", base) > 0
    assert made["nodes"]["unchanged"] > made["nodes"]["created"] + made["nodes"]["updated"] + made["nodes"]["deleted"]
    assert held(empty_server) == expected(base)
    assert changes(load(base, empty_server)) == (NOTHING, NOTHING)


RECORDS = [
    {
        "title": "ICON: Implicit humans", "abstract": "We introduce ICON, a model of clothed humans.",
        "doi": "10.1000/icon", "date": "2021-12-16", "authors": ["Ada Lind", "Cléo Marsh"],
        "author_ids": ["orcid:0000-0002-1825-0097", ""], "references": ["doi:10.1000/body"],
    },
    {
        "title": "ECON: Explicit humans", "abstract": "We propose ECON. ECON improves on ICON.", "arxiv": "2212.07422",
        "date": "2022-12", "authors": "A. Lind; Ben Okafor", "author_ids": ["orcid:0000-0002-1825-0097", "openalex:A5"],
        "references": ["doi:10.1000/icon", "doi:10.1000/body"],
    },
]  # fmt: skip
"""Two records with authors, dates and references, one of which leads outside."""


def test_authors_references_and_dates_are_loaded(empty_server: Address, tmp_path: Path) -> None:
    """Dates as dates, authors once, references to a stub; again nothing; then exactly what changed of them."""
    source, base = tmp_path / "papers.jsonl", tmp_path / "papers.kb"
    write_papers(RECORDS, source)
    kb.build([str(source)], out=base, stubs=True)
    load(base, empty_server)
    assert held(empty_server) == expected(base)
    assert changes(load(base, empty_server)) == (NOTHING, NOTHING)
    with driver_of(empty_server) as driver:
        asked = (
            "MATCH (p:Paper) WHERE p.date >= date('2021-12-16') RETURN p.date AS date, p.date IS :: DATE AS typed "
            "ORDER BY date"
        )
        rows = [row.values() for row in driver.execute_query(asked).records]
        assert rows == [[date(2021, 12, 16), True], [date(2022, 12, 1), True]]
        rows = driver.execute_query("MATCH (p:Paper) WHERE p.title IS NULL RETURN p.id, p.name").records
        assert [row.values() for row in rows] == [["paper:10.1000/body", "10.1000/body"]]
    with kb.open(base) as disk, kb.connect(empty_server) as server:
        for name in ("Ada Lind", "a. lind", "0000-0002-1825-0097", "openalex:A5", "10.1000/body", "2212.07422"):
            assert disk.resolve(name) == server.resolve(name) != []
            assert disk.show(name) == server.show(name)
        assert server.query("MATCH (p:Paper) WHERE p.year = 2021 RETURN p.date AS day") == [{"day": "2021-12-16"}]
    write_papers([{**RECORDS[0], "date": "2021-12-17", "authors": ["Ada Lind", "Dan Moor"]}, RECORDS[1]], source)
    after = tmp_path / "after.kb"
    kb.build([str(source)], out=after, stubs=True)
    assert changes(load(after, empty_server)) == difference(base, after)
    assert held(empty_server) == expected(after)


def mark(address: Address) -> set[str]:
    """The server's own ids of all nodes and relationships."""
    return held_marks(address)


def held_marks(address: Address) -> set[str]:
    """The server's own ids, which stay for as long as a node or relationship does."""
    with driver_of(address) as driver:
        rows = driver.execute_query(
            "MATCH (n) RETURN elementId(n) AS id UNION ALL MATCH ()-[r]->() RETURN elementId(r) AS id"
        ).records
    return {row["id"] for row in rows}


def test_what_is_not_ours_stays(empty_server: Address, tiny: Tables, tiny_kb: Path, tmp_path: Path) -> None:
    """Other labels, other relationships, other properties, nodes that others hang on; also when all of ours goes."""
    load(tiny_kb, empty_server)
    with driver_of(empty_server) as driver:
        driver.execute_query(
            "MATCH (p:Paper {id: 'paper:icon'}) SET p.rating = 5, p:Favourite "
            "CREATE (:Reader {name: 'me'})-[:READ]->(p) CREATE (:Paper {id: 'mine', name: 'My own'}) "
            "WITH p MATCH (q:Paper {id: 'paper:nerf'}) CREATE (q)-[:DISCUSSED_IN]->(:Note {text: 'x'})"
        )
        assert changes(load(tiny_kb, empty_server)) == (NOTHING, NOTHING)
        empty = tmp_path / "empty.kb"
        empty_base(tiny, empty)
        with pytest.raises(UsageError, match=r"holds no papers: .*--force"):
            load(empty, empty_server)
        made = load(empty, empty_server, force=True)
        assert made["kept"] == 2 and changes(made)[0]["deleted"] == 20
        left = driver.execute_query("MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN labels(n), n.name, type(r)").records
    assert sorted(map(str, (sorted(row[0]) + list(row.values()[1:]) for row in left if row[1] != "empty.kb"))) == [
        "['Favourite', 'Paper', 'ICON', None]",
        "['Note', None, None]",
        "['Paper', 'My own', None]",
        "['Paper', 'NeRF', 'DISCUSSED_IN']",
        "['Reader', 'me', 'READ']",
    ]
    assert changes(load(empty, empty_server, force=True)) == (NOTHING, NOTHING)


def empty_base(tables: Tables, folder: Path) -> None:
    """A knowledge base without papers."""
    none = Tables(*(getattr(tables, name).clear() for name in ("papers", "mentions", "entities", "edges")))
    counts = {"entries": 0, "papers": 0, "mentions": 0, "rejects": 0, "nodes": {}, "edges": {}}
    folder.mkdir()
    write_folder(none, {"format": FORMAT, "version": "0", "build": "empty", "counts": counts}, folder)


def test_names_are_only_data(empty_server: Address, tmp_path: Path) -> None:
    """Quotes, backticks, Cypher, NUL, emoji, line ends, long text: as id, name and sentence they load and come back."""
    nasty = [
        "'; MATCH (n) DETACH DELETE n //",
        '"}) DELETE n',
        "`x` `",
        "a\0b",
        "🦜 Zürich \u202e",
        "\r\n\t|;\x1f\\",
        "$rows",
    ]
    papers = [paper(f"paper:{i}", f"{text} {i}", abstract=text * 2_000) for i, text in enumerate(nasty)]
    entities = [entity(f"method:{text}", "Method", text or "x", aliases=[text, f"{text}!"]) for text in nasty]
    edges = [edge("USES", f"paper:{i}", f"method:{text}", sentence=text, cue=text) for i, text in enumerate(nasty)]
    edges.append(edge("SHARES", "paper:0", "paper:1", via=nasty, shared=1))
    tables = Tables(frame("papers", papers), frame("mentions", []), frame("entities", entities), frame("edges", edges))
    counts = {"entries": 7, "papers": 7, "mentions": 0, "rejects": 0, "nodes": {}, "edges": {}}
    folder = tmp_path / "nasty.kb"
    folder.mkdir()
    write_folder(tables, {"format": FORMAT, "version": "0", "build": "nasty", "counts": counts}, folder)
    load(folder, empty_server)
    assert held(empty_server) == expected(folder)
    assert changes(load(folder, empty_server)) == (NOTHING, NOTHING)
    with kb.open(folder) as disk, kb.connect(empty_server) as server:
        for text in nasty:
            server.search(text)
            if "\0" not in text:  # an argument holds none
                assert server.resolve(text) == disk.resolve(text)


def test_a_killed_loader_is_finished_by_the_next(
    empty_server: Address, wiped: Callable[[Address], None], seeds_kb: Path
) -> None:
    """kill -9 at five moments spread over a load: the next load ends with the tables, each time."""
    wanted, partial = expected(seeds_kb), 0
    for moment in (0.1, 0.25, 0.4, 0.6, 0.85):
        wiped(empty_server)
        loader = subprocess.Popen([*LOAD, "--uri", empty_server.uri, "--kb", str(seeds_kb), "--quiet"])
        wait_for(empty_server, round(moment * len(wanted)), loader)
        loader.kill()
        loader.wait()
        partial += 0 < len(held(empty_server)) < len(wanted)
        load(seeds_kb, empty_server)
        assert held(empty_server) == wanted
    assert partial >= 3  # a batch may end between the look and the kill


def wait_for(address: Address, rows: int, loader: "subprocess.Popen[bytes]") -> None:
    """Wait until a server holds that many nodes and relationships."""
    with driver_of(address) as driver:
        while loader.poll() is None:
            query = "MATCH (n) RETURN count(n) AS n UNION ALL MATCH ()-[r]->() RETURN count(r) AS n"
            if sum(row["n"] for row in driver.execute_query(query).records) >= rows:
                return
            time.sleep(0.01)
