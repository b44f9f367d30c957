"""Which records were joined, by what, and how two are parted again."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import kb
from extract.records import Paper
from kb.aliases import AliasFile, preview
from kb.intake import papers_frame
from kb.merges import DOUBT, merges
from kb.settle import settle
from kb.tables import Tables, frame, paper_rows, records_frame

ANN = ("Ann Bee",)
RAIN = "We propose a network that removes rain from single images by attention over streaks of many sizes."
JOINED = [
    Paper("Deep Rain Removal by Attention", RAIN, doi="10.1000/a1", authors=ANN, year=2020, sources=("a:1",)),
    Paper("Deep Rain Removal by Attention", RAIN, arxiv="2001.00001", authors=ANN, year=2020, sources=("b:1",)),
    Paper("Snow Maps from Radar", "We map snow.", ids=("openalex:W5",), sources=("a:2",)),
    Paper("Snow Maps from Radar.", "We map snow!", ids=("openalex:W5",), sources=("b:2",)),
    Paper("Fog Maps", "We map fog.", doi="10.1000/f", sources=("a:3",)),
    Paper("Fog Maps", "We map the fog.", doi="10.1000/f", sources=("b:3",)),
    Paper("Hail Maps", "We map hail.", arxiv="2001.00009", sources=("a:4",)),
    Paper("Hail Maps", "We map the hail.", arxiv="2001.00009", doi="10.1000/h", sources=("b:4",)),
    Paper("Ice Maps", "We map ice.", sources=("a:5",)),
    Paper("Ice Maps", "We map ice.", sources=("b:5",)),
    Paper("Sun Maps", "We map the sun.", sources=("a:6",)),
    Paper("On Solar Cartography", "Of maps.", sources=("b:6",)),
    Paper("", "An abstract of some other paper.", ids=("corpusid:77",), sources=("c:1",)),
]
LINES = "same: paper: Sun Maps = On Solar Cartography"


def of_papers(papers: list[Paper], lines: str = "") -> Tables:
    """Tables of papers alone, settled as a build does."""
    settled = settle(papers, AliasFile.parse(lines).papers)
    mentions, entities, edges = (frame(name, []) for name in ("mentions", "entities", "edges"))
    return Tables(papers_frame(settled.papers), mentions, entities, edges, records=records_frame(settled.records))


def test_the_most_doubtful_joins_come_first() -> None:
    """Title, weak identifier, DOI, strong identifier, the user's line, one record read twice; what waits is counted."""
    found = merges(of_papers(JOINED, LINES))
    assert [(row["how"], row["by"], row["source"], row["to"]) for row in found["joined"]] == [
        ("title", "title", "b:1", "a:1"),
        ("weak identifier", "openalex:W5", "b:2", "a:2"),
        ("doi", "doi:10.1000/f", "b:3", "a:3"),
        ("identifier", "arxiv:2001.00009", "b:4", "a:4"),
        ("alias file", "line 1 of the alias file", "b:6", "a:6"),
        ("the same record", "the same record", "b:5", "a:5"),
    ]
    others = [how for how in DOUBT if how not in ("likeness", "no title")]
    assert found["counts"] == dict.fromkeys(others, 1) and found["waiting"] == 1
    assert merges(of_papers(JOINED, LINES), limit=2) == {**found, "joined": found["joined"][:2]}
    row = found["joined"][4]
    assert (row["title"], row["to_title"]) == ("On Solar Cartography", "Sun Maps")


def test_likeness_stands_before_titles() -> None:
    """Titles that differ by a letter are the first to be looked at."""
    likely = [JOINED[0], replace(JOINED[1], title="Deep Rain Removals by Attention")]
    (row,) = merges(of_papers(likely))["joined"]
    assert row["how"] == row["by"] == DOUBT[0] == "likeness"


def as_dict(paper: Paper) -> dict[str, object]:
    """A paper's fields by name."""
    return {name: getattr(paper, name) for name in Paper.__slots__}


def test_a_record_without_title_is_no_doubt() -> None:
    """An abstract of a bulk file joins its paper by its number: that is what the number is for."""
    part = replace(JOINED[12], ids=("openalex:W5",))
    (row,) = merges(of_papers([JOINED[2], part]))["joined"]
    assert (row["how"], row["by"], row["title"], row["to"]) == ("no title", "openalex:W5", "", "a:2")


def test_the_line_of_a_row_names_what_only_one_record_has() -> None:
    """Identifiers before titles; none where records answer to the same names, or where a line joined them."""
    lines = {row["source"]: row["line"] for row in merges(of_papers(JOINED, LINES))["joined"]}
    assert lines["b:1"] == "apart: paper: doi:10.1000/a1 = arxiv:2001.00001"
    assert [lines[f"b:{i}"] for i in (2, 3, 4, 5, 6)] == [""] * 5
    told = replace(JOINED[5], title="Fog Maps of the Northern Sea", abstract=RAIN)
    (row,) = merges(of_papers([replace(JOINED[4], abstract=RAIN), told]))["joined"]
    assert row["line"] == "apart: paper: Fog Maps = Fog Maps of the Northern Sea"
    assert AliasFile.parse(row["line"]).papers


@pytest.mark.parametrize(
    "line",
    [
        "apart: paper: doi:10.1000/a1 = arxiv:2001.00001",
        "apart: paper: https://doi.org/10.1000/A1 = 2001.00001v2",
        "apart: paper: 10.1000/a1 = paper:2001.00001",
    ],
)
def test_an_apart_line_parts_records_and_the_preview_says_so(line: str) -> None:
    """By identifiers in any of their ways of writing."""
    held = of_papers(JOINED[:2])
    (row,) = preview(held, AliasFile.parse(line))
    assert (row["line"], row["change"], row["papers"]) == (1, "splits paper:2001.00001", 1)
    assert row["split"] == ["paper:2001.00001"] and row["merged"] == []
    assert [p.id for p in paper_rows(of_papers(JOINED[:2], line).papers)] == ["paper:10.1000/a1", "paper:2001.00001"]


def test_a_same_line_joins_by_titles_and_the_preview_says_so() -> None:
    """Each with the ids that become one; a line that goes takes its join along."""
    apart = of_papers(JOINED[10:12])
    (row,) = preview(apart, AliasFile.parse(LINES))
    assert row["change"] == "merges paper:on-solar-cartography, paper:sun-maps" and row["papers"] == 2
    joined = of_papers(JOINED[10:12], LINES)
    (paper,) = joined.papers["id"]
    (gone,) = preview(joined, AliasFile(), applied=AliasFile.parse(LINES))
    assert (gone["line"], gone["rule"], gone["change"]) == (None, f"dropped: {LINES}", f"splits {paper}")
    assert preview(joined, AliasFile.parse(LINES), applied=AliasFile.parse(LINES))[0]["change"] == "changes nothing"


def test_a_preview_says_why_a_paper_line_changes_nothing() -> None:
    """A paper that is not there, one record with both names, papers that are apart already."""
    held = of_papers([JOINED[4], JOINED[8], JOINED[10]])
    lines = [
        "apart: paper: 10.1000/f = 2101.99999",
        "apart: paper: 10.1000/f = Fog Maps",
        "apart: paper: Ice Maps = Sun Maps",
    ]
    found = preview(held, AliasFile.parse("\n".join(lines)))
    assert [row["change"] for row in found] == [
        "no 2101.99999 here",
        "one record has both names: it cannot be parted",
        "changes nothing",
    ]


def test_lines_of_papers_and_of_entities_stand_side_by_side() -> None:
    """In the order of the file; a paper's line is nothing to entities."""
    rows = preview(of_papers(JOINED[:2]), AliasFile.parse("same: Foo = Bar\napart: paper: 10.1000/a1 = 2001.00001\n"))
    assert [row["change"] for row in rows] == ["no Foo here; no Bar here", "splits paper:2001.00001"]


def test_a_name_on_several_lines_holds_on_each() -> None:
    """A paper joined to one and parted from another, by the same identifier."""
    lines = "apart: paper: 10.1000/a1 = 2001.00001\nsame: paper: 10.1000/a1 = Fog Maps"
    made = of_papers(JOINED[:2] + JOINED[4:5], lines)
    assert [p.sources for p in paper_rows(made.papers)] == [("a:1", "a:3"), ("b:1",)]


def test_a_line_of_the_report_parts_two_papers_of_a_base(tmp_path: Path) -> None:
    """From `merges` to the alias file to the base, and back by an empty file."""
    rows = [{name: as_dict(p)[name] for name in ("title", "abstract", "doi", "arxiv", "authors")} for p in JOINED[:2]]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    kb.build([str(tmp_path / "p.jsonl")], out=tmp_path / "papers.kb", workers=1)
    with kb.open(tmp_path / "papers.kb") as base:
        (row,) = base.merges()["joined"]
    (tmp_path / "mine.txt").write_text(row["line"], encoding="utf-8")
    made = kb.apply_aliases(tmp_path / "mine.txt", kb=tmp_path / "papers.kb")
    assert (made["counts"]["papers"], made["added"], made["removed"]) == (2, 1, 0)
    with kb.open(tmp_path / "papers.kb") as base:
        assert base.merges() == {"joined": [], "counts": {}, "waiting": 0}
    (tmp_path / "mine.txt").write_text("# nothing\n", encoding="utf-8")
    assert kb.apply_aliases(tmp_path / "mine.txt", kb=tmp_path / "papers.kb")["counts"]["papers"] == 1
