"""What differs between two knowledge bases."""

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import kb
from extract.records import Paper
from kb.diff import COLUMNS, write_diff
from kb.errors import StoreError, UsageError
from kb.folder import write_folder
from kb.intake import papers_frame
from kb.manifest import make_manifest
from kb.settle import settle
from kb.tables import EDGES, Tables, frame, records_frame

PARTS = [
    Paper("Deep Rain Removal", "We remove rain.", doi="10.1000/a1", sources=("a.bib:1",)),
    Paper("Deep Rain Removal by Attention", "We remove rain with attention.", arxiv="2001.00001", sources=("b.csv:2",)),
    Paper("Snow Maps", "We map snow.", doi="10.1000/s", sources=("a.bib:9",)),
]


def stored(tables: Tables, folder: Path, inputs: list[dict[str, Any]] | None = None, **options: Any) -> Path:
    """A knowledge base of some tables."""
    folder.mkdir()
    write_folder(tables, make_manifest(tables, inputs or [], {"aliases": "", "min_score": 0.0, **options}), folder)
    return folder


def changes(one: Tables, other: Tables, folder: Path, **more: Any) -> list[tuple[Any, ...]]:
    """(what, change, id, was, detail) of all that differs."""
    found = kb.diff(stored(one, folder / "a.kb"), stored(other, folder / "b.kb"), **more)
    return [tuple(row[c] for c in ("what", "change", "id", "was", "detail")) for row in found["changes"]]


def of_papers(papers: list[Paper], lines: str = "") -> Tables:
    """Tables of papers alone, settled as a build does."""
    from kb.aliases import AliasFile

    settled = settle(papers, AliasFile.parse(lines).papers)
    none = [frame(name, []) for name in ("mentions", "entities", "edges")]
    return Tables(papers_frame(settled.papers), *none, records=records_frame(settled.records))


def renamed(tables: Tables, names: Mapping[str, str]) -> Tables:
    """Tables with other ids of papers and entities."""
    new = {
        "papers": tables.papers.with_columns(pl.col("id").replace(names)),
        "entities": tables.entities.with_columns(pl.col("id").replace(names)),
        "mentions": tables.mentions.with_columns(pl.col("paper", "entity").replace(names)),
        "edges": tables.edges.with_columns(pl.col("source", "target").replace(names)),
    }
    return replace(tables, **{name: frame(name, table) for name, table in new.items()})


def test_a_base_and_its_copy_are_the_same(tiny: Tables, tmp_path: Path) -> None:
    """No change, no row of the summary."""
    found = kb.diff(stored(tiny, tmp_path / "a.kb"), stored(tiny, tmp_path / "b.kb"))
    assert (found["same"], found["summary"], found["changes"]) == (True, [], [])
    assert found["a"]["papers"] == 6 and found["a"]["path"] == str(tmp_path / "a.kb")


def test_what_came_and_what_went_mirror_each_other(tiny: Tables, tmp_path: Path) -> None:
    """A paper without its edges; from B to A everything that came has gone."""
    less = replace(
        tiny,
        papers=tiny.papers.filter(pl.col("id") != "paper:mip"),
        mentions=tiny.mentions.filter(pl.col("paper") != "paper:mip"),
        entities=tiny.entities.filter(pl.col("id") != "method:mip-nerf"),
        edges=tiny.edges.filter((pl.col("source") != "paper:mip") & (pl.col("target") != "paper:mip")),
    )
    a, b = stored(tiny, tmp_path / "a.kb"), stored(less, tmp_path / "b.kb")
    went, came = kb.diff(a, b), kb.diff(b, a)
    rows = [(row["what"], row["change"], row["id"], row["name"], row["detail"]) for row in went["changes"]]
    assert rows[:2] == [
        ("Paper", "went", "paper:mip", "Mip-NeRF", ""), ("Method", "went", "method:mip-nerf", "Mip-NeRF", ""),
    ]  # fmt: skip
    assert ("SHARES", "went", "paper:mip paper:nerf", "Mip-NeRF -> NeRF", "weight 0.9") in rows
    back = [{**row, "change": "went"} for row in came["changes"]]
    assert back == went["changes"] and all(row["change"] == "came" for row in came["changes"])
    assert {row["what"]: row["went"] for row in went["summary"]} == {
        row["what"]: row["came"] for row in came["summary"]
    }


def test_a_paper_under_another_id_is_renamed(tmp_path: Path) -> None:
    """By its text, by an identifier, by a line of a file that is the same in both; what else changed is told."""
    papers = [
        Paper("Snow Maps", "We map snow.", sources=("a.txt:1",)),
        Paper("Ice Maps", "Ice.", doi="10.1000/i", sources=("a.txt:3",)),
        Paper("Fog Maps", "", sources=("a.txt:5",)),
    ]
    now = [
        replace(papers[0], arxiv="2001.00001"),
        replace(papers[1], arxiv="2001.00002", abstract="Much more ice.", year=2020),
        replace(papers[2], arxiv="2001.00003"),
    ]
    same = [{"path": "a.txt", "sha256": "0f", "entries": 3, "map": {}}]
    found = kb.diff(stored(of_papers(papers), tmp_path / "a.kb", same), stored(of_papers(now), tmp_path / "b.kb", same))
    rows = [(row["change"], row["id"], row["was"], row["detail"]) for row in found["changes"]]
    assert rows == [
        ("renamed", "paper:2001.00001", ["paper:snow-maps"], "arxiv none -> 2001.00001"),
        ("renamed", "paper:2001.00002", ["paper:10.1000/i"], "abstract; year none -> 2020; arxiv none -> 2001.00002"),
        ("renamed", "paper:2001.00003", ["paper:fog-maps"], "arxiv none -> 2001.00003"),
    ]


def test_a_line_of_a_file_that_changed_names_no_paper(tmp_path: Path) -> None:
    """Where a file was written anew, its fifth line is another paper."""
    one, other = (of_papers([Paper(title, "", sources=("a.txt:5",))]) for title in ("Fog Maps", "Hail Maps"))
    assert [row[:3] for row in changes(one, other, tmp_path)] == [
        ("Paper", "came", "paper:hail-maps"), ("Paper", "went", "paper:fog-maps"),
    ]  # fmt: skip


def test_a_changed_paper_names_its_columns(tmp_path: Path) -> None:
    """Short values with both; a paper that only stands elsewhere has moved."""
    now = [replace(PARTS[0], title="Deep Rain Removal!", venue="CVPR"), PARTS[1], replace(PARTS[2], sources=("c:1",))]
    assert changes(of_papers(PARTS), of_papers(now), tmp_path) == [
        ("Paper", "changed", "paper:10.1000/a1", [], "title; venue none -> CVPR"),
        ("Paper", "moved", "paper:10.1000/s", [], "sources"),
    ]


def test_records_joined_and_parted_are_one_row_with_the_reason(tmp_path: Path) -> None:
    """Two papers became one by a line of the user; seen from the other side it was parted."""
    apart, joined = of_papers(PARTS), of_papers(PARTS, "same: paper: 10.1000/a1 = 2001.00001")
    both = ["paper:10.1000/a1", "paper:2001.00001"]
    assert changes(apart, joined, tmp_path) == [
        ("Paper", "joined", both[1], both, f"was {', '.join(both)}; joined by line 1 of the alias file")
    ]
    (tmp_path / "back").mkdir()
    assert changes(joined, apart, tmp_path / "back") == [
        ("Paper", "parted", both[1], [both[1]], f"is now {', '.join(both)}; joined by line 1 of the alias file")
    ]


def test_what_is_renamed_takes_its_edges_along(tiny: Tables, tmp_path: Path) -> None:
    """Neither edge nor pair comes or goes; SHARES keeps its smaller id first."""
    names = {"paper:econ": "paper:zecon", "method:smpl": "method:smpl-model"}
    assert changes(tiny, renamed(tiny, names), tmp_path) == [
        ("Paper", "renamed", "paper:zecon", ["paper:econ"], ""),
        ("Method", "renamed", "method:smpl-model", ["method:smpl"], ""),
    ]


def test_entities_joined_take_their_edges_along(tiny: Tables, tmp_path: Path) -> None:
    """Seen from the other side one was parted: by the mentions, whatever the ids."""
    joined = renamed(tiny, {"method:icon": "method:econ"})
    own = joined.entities.filter(pl.col("name") != "ICON")
    weaker = (pl.col("source") == "paper:econ") & (pl.col("type") == "EXTENDS")
    joined = replace(joined, entities=own, edges=joined.edges.filter(~weaker))
    ids = ["method:econ", "method:icon"]
    assert changes(tiny, joined, tmp_path) == [("Method", "joined", "method:econ", ids, "was method:econ, method:icon")]
    (tmp_path / "back").mkdir()
    assert changes(joined, tiny, tmp_path / "back")[0] == (
        "Method", "parted", "method:econ", ["method:econ"], "is now method:econ, method:icon",
    )  # fmt: skip


def test_a_role_that_changed_is_a_change_and_a_weight_is_counted(tiny: Tables, tmp_path: Path) -> None:
    """USES to EXTENDS is one row under the new type; weights are listed when asked for."""
    role = (pl.col("type") == "USES") & (pl.col("source") == "paper:icon")
    edges = tiny.edges.with_columns(
        pl.when(role).then(pl.lit("EXTENDS")).otherwise("type").alias("type"),
        pl.when(pl.col("type") == "SHARES").then(pl.col("weight") + 0.5).otherwise("weight").alias("weight"),
    )
    a, b = stored(tiny, tmp_path / "a.kb"), stored(replace(tiny, edges=frame("edges", edges)), tmp_path / "b.kb")
    found = kb.diff(a, b)
    (row,) = found["changes"]
    assert (row["what"], row["change"], row["id"]) == ("EXTENDS", "changed", "paper:icon method:smpl")
    assert (row["name"], row["detail"]) == ("ICON -> SMPL", "USES -> EXTENDS")
    assert [(r["what"], r["changed"], r["reweighted"]) for r in found["summary"]] == [
        ("EXTENDS", 1, 0),
        ("SHARES", 0, 4),
    ]
    listed = kb.diff(a, b, weights=True)["changes"]
    assert ("SHARES", "paper:mip paper:nerf", "0.9 -> 1.4") in [(r["what"], r["id"], r["detail"]) for r in listed]
    assert len(listed) == 5 and len(kb.diff(a, b, weights=True, limit=2)["changes"]) == 3


def test_changed_names_and_aliases_of_entities_are_told(tiny: Tables, tmp_path: Path) -> None:
    """The order of aliases, which follows their frequency, is no change."""
    own = tiny.entities.with_columns(
        pl.col("aliases").list.reverse(),
        pl.when(pl.col("id") == "method:smpl").then(pl.lit("SMPL body")).otherwise("name").alias("name"),
    )
    rows = changes(tiny, replace(tiny, entities=own), tmp_path)
    assert rows == [("Method", "changed", "method:smpl", [], "name SMPL -> SMPL body")]


def test_authors_and_what_they_wrote_are_compared(tmp_path: Path) -> None:
    """One came, one has another name, one stands at another place."""

    def tables(people: list[tuple[str, str]]) -> Tables:
        authors = [{"id": id_, "name": name, "aliases": [], "ids": [], "papers": 1} for id_, name in people]
        edges = [
            {**dict.fromkeys(EDGES), "type": "WROTE", "source": id_, "target": "paper:10.1000/s", "position": i}
            for i, (id_, _) in enumerate(people, 1)
        ]
        return replace(of_papers(PARTS[2:]), authors=frame("authors", authors), edges=frame("edges", edges))

    one, other = (
        [("author:a", "A. Bee"), ("author:c", "C. Dee")],
        [("author:a", "Ann Bee"), ("author:x", "X"), ("author:c", "C. Dee")],
    )
    assert changes(tables(one), tables(other), tmp_path) == [
        ("Author", "came", "author:x", [], ""),
        ("Author", "changed", "author:a", [], "name A. Bee -> Ann Bee"),
        ("WROTE", "came", "author:x paper:10.1000/s", [], ""),
        ("WROTE", "changed", "author:c paper:10.1000/s", [], "position"),
    ]


def test_what_the_bases_were_made_of_comes_first(tiny: Tables, tmp_path: Path) -> None:
    """Options with their values, alias files by their lines, inputs by what they hold; the graphs are the same."""
    file = {"path": "a.txt", "sha256": "1", "entries": 3, "map": {}}
    a = stored(tiny, tmp_path / "a.kb", [file, {**file, "path": "old.txt"}], aliases="same: A = B\nsame: C = D\n")
    new = [{**file, "sha256": "2", "entries": 5}, {**file, "path": "new.txt"}]
    found = kb.diff(a, stored(tiny, tmp_path / "b.kb", new, aliases="same: C = D\nsame: E = F\n", min_score=0.5))
    assert [(r["what"], r["change"], r["id"], r["detail"]) for r in found["changes"]] == [
        ("option", "changed", "aliases", "+ same: E = F; - same: A = B"),
        ("option", "changed", "min_score", "0.0 -> 0.5"),
        ("input", "changed", "a.txt", "3 -> 5 entries"),
        ("input", "came", "new.txt", "3 entries"),
        ("input", "went", "old.txt", "3 entries"),
    ]
    assert not found["same"] and found["summary"] == []


def test_a_diff_is_written_in_three_forms(tmp_path: Path) -> None:
    """One document, a change a line, a change a row: all hold the same changes."""
    a, b = stored(of_papers(PARTS), tmp_path / "a.kb"), stored(of_papers(PARTS[:1]), tmp_path / "b.kb")
    found = kb.diff(a, b)
    files = [tmp_path / f"d.{suffix}" for suffix in ("json", "jsonl", "CSV")]
    for file in files:
        write_diff(found, file)
    assert json.loads(files[0].read_text("utf-8")) == found
    assert [json.loads(line) for line in files[1].read_text("utf-8").splitlines()] == found["changes"]
    with files[2].open(encoding="utf-8", newline="") as stream:
        read = list(csv.DictReader(stream))
    assert tuple(read[0]) == COLUMNS and [row["id"] for row in read] == ["paper:10.1000/s", "paper:2001.00001"]


def test_a_diff_is_not_written_where_it_does_harm(tmp_path: Path) -> None:
    """Another suffix, or a place in one of the two bases."""
    a = stored(of_papers(PARTS), tmp_path / "a.kb")
    with pytest.raises(UsageError, match=r"\.json, \.jsonl or \.csv"):
        write_diff(kb.diff(a, a), tmp_path / "d.txt")
    with pytest.raises(UsageError, match="place outside"):
        write_diff(kb.diff(a, a), a / "d.csv")
    with pytest.raises(StoreError, match="no knowledge base"):
        kb.diff(a, tmp_path / "none.kb")
