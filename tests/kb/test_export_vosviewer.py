"""VOSviewer's files, checked by the rules that VOSviewer Online refuses a file by."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kb.export import export
from kb.tables import Tables, frame
from tests.kb.export_fixture import edge, entity, nasty_tables, paper, used_with

Item = dict[str, Any]
Link = tuple[int, int, float]


def read(folder: Path) -> tuple[list[dict[str, str]], list[list[str]], dict[str, Any]]:
    """The map, the network and the JSON file."""
    with (folder / "map.txt").open(encoding="utf-8", newline="") as stream:
        items = list(csv.DictReader(stream, delimiter="\t", strict=True))
    with (folder / "network.txt").open(encoding="utf-8", newline="") as stream:
        links = list(csv.reader(stream, delimiter="\t", strict=True))
    return items, links, json.loads((folder / "network.json").read_bytes())


def corpus() -> Tables:
    """Three papers of three methods: a and b in all three, c in two, d in one."""
    held = {"1": "abcd", "2": "abc", "3": "ab"}
    return Tables(
        papers=frame("papers", [paper(f"paper:{key}", f"P{key}, x; y", year=2019 + int(key)) for key in held]),
        mentions=frame("mentions", []),
        entities=frame(
            "entities",
            [
                entity(f"method:{c}", "Method", f'{c}, "q"\t<i>', papers=sum(c in own for own in held.values()))
                for c in "abcd"
            ],
        ),
        edges=frame(
            "edges",
            [edge("USES", f"paper:{key}", f"method:{c}") for key, own in held.items() for c in own]
            + [edge("SHARES", "paper:1", "paper:2", weight=0.5), edge("CITES", "paper:2", "paper:1", weight=None)],
        ),
        structure=frame("structure", [{"id": "method:a", "community": 2, "community_name": "a & b"}]),
    )


def test_a_link_counts_the_papers_that_name_both(tmp_path: Path) -> None:
    """Of entities that two papers name; scores are years, the cluster is the community, with its name."""
    export(corpus(), "vosviewer", tmp_path)
    items, links, document = read(tmp_path)
    assert links == [["1", "2", "3"], ["1", "3", "2"], ["2", "3", "2"]]
    assert [(i["id"], i["weight<Documents>"], i["score<Avg. pub. year>"]) for i in items] == [
        ("1", "3", "2021.0"), ("2", "3", "2021.0"), ("3", "2", "2020.5"),
    ]  # fmt: skip
    assert [i["cluster"] for i in items] == ["2", "", ""]
    assert document["network"]["clusters"] == [{"cluster": 2, "label": "a & b"}]


def test_labels_with_commas_stand_in_quotes(tmp_path: Path) -> None:
    """As the manual wants them; quotes inside are single ones, tabs blanks, and descriptions are HTML."""
    export(corpus(), "vosviewer", tmp_path)
    assert (tmp_path / "map.txt").read_text().splitlines()[1].startswith("1\t\"a, 'q' <i>\"\tMethod\t2\t3\t")
    export(replace(corpus(), entities=frame("entities", [])), "vosviewer", tmp_path)
    assert read(tmp_path)[0][0]["description"] == "P1, x; y"


@pytest.mark.parametrize("tables", [corpus(), nasty_tables(), used_with()])
def test_the_json_file_says_the_same_as_the_others(tables: Tables, tmp_path: Path) -> None:
    """Ids are whole numbers from 1, each once; every weight is there and 0 or more; links lead to items."""
    export(tables, "vosviewer", tmp_path)
    items, links, document = read(tmp_path)
    network = document["network"]
    assert [str(item["id"]) for item in network["items"]] == [i["id"] for i in items]
    assert [i["id"] for i in items] == [str(number) for number in range(1, len(items) + 1)]
    assert all(value >= 0 for item in network["items"] for value in item["weights"].values())
    assert all(item["label"] for item in network["items"])
    told = [[str(link["source_id"]), str(link["target_id"]), str(link["strength"])] for link in network["links"]]
    assert told == links and {end for link in links for end in link[:2]} <= {i["id"] for i in items}


def test_papers_are_the_items_where_there_are_no_entities(tmp_path: Path) -> None:
    """Linked by what they share, weighed by how often the others cite them."""
    export(replace(corpus(), entities=frame("entities", [])), "vosviewer", tmp_path)
    items, links, _ = read(tmp_path)
    assert links == [["1", "2", "0.5"]]
    assert [(i["weight<Citations>"], i["score<Pub. year>"]) for i in items] == [
        ("1", "2020"),
        ("0", "2021"),
        ("0", "2022"),
    ]


def test_edges_between_entities_are_taken_as_they_are(tmp_path: Path) -> None:
    """What a selection joined stays joined, by the number of papers."""
    export(used_with(), "vosviewer", tmp_path)
    assert read(tmp_path)[1] == [["1", "2", "3"]]
