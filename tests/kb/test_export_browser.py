"""The Browser kit: complete by construction, escaped, the same bytes, and its questions fit to ship."""

import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from export_fixture import edge, entity, paper

from kb.base import open as open_kb
from kb.errors import StoreError
from kb.export import export
from kb.export.browser import FOLDER, readable, style
from kb.export.guide import GROUPS, examples, guide
from kb.queries import browser as questions
from kb.schema import COLOURS, EDGES, LABELS
from kb.tables import Tables, frame

SERVER_ONLY = {"full_text", "lineage_after", "lineage_before", "path_between_papers"}
"""What the embedded engine cannot: the full-text index, quantified paths, SHORTEST."""

PARAMS = {
    "method": "ICON", "dataset": "CAPE", "task": "novel view synthesis", "paper": "ICON", "other": "ECON",
    "author": "Ada Lind", "year": 2021, "words": "normals",
}  # fmt: skip
HOSTILE = 'it\'s </pre><script>"q" \\ & `x` // $y; \n{} 🦜\\'


def rules(grass: str) -> dict[str, dict[str, str]]:
    """The style as the Browser's own parser reads it: blocks, then split at `;`, then at `:`, quotes taken off."""
    found = {}
    for selector, body in re.findall(r"([^{}]+)\{((?:[^{}]|\{\w+\})*)\}", grass):
        pairs = [part.split(":") for part in body.split(";") if part.strip()]
        assert all(len(pair) == 2 for pair in pairs), body
        found[selector.strip()] = {key.strip(): value.strip().strip('"') for key, value in pairs}
    return found


class Blocks(HTMLParser):
    """What stands in a page: its tags, and the text of each `pre`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.commands: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "pre":
            assert attrs == [("class", "runnable")]
            self.commands.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "pre":
            self.commands[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")


def hostile_tables() -> Tables:
    """A graph whose method and task have a name made to break out of where it is put."""
    return Tables(
        papers=frame("papers", [paper("paper:1", "One"), paper("paper:2", "Two")]),
        mentions=frame("mentions", []),
        entities=frame("entities", [entity("method:x", "Method", HOSTILE), entity("task:x", "Task", HOSTILE)]),
        edges=frame("edges", [edge("USES", "paper:1", "method:x"), edge("ADDRESSES", "paper:2", "task:x")]),
    )


@pytest.fixture
def kit(tiny: Tables, tmp_path: Path) -> Path:
    """The kit of the small graph."""
    export(tiny, "browser", tmp_path / "kit")
    return tmp_path / "kit"


def contents(folder: Path) -> dict[str, bytes]:
    """Name -> bytes of every file of a folder."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_style_has_every_label_and_relationship_type() -> None:
    """Captions are names and types, colours those of the GraphML; nothing else is styled."""
    found = rules(style())
    assert list(found) == [f"node.{label}" for label in LABELS] + [f"relationship.{type_}" for type_ in EDGES]
    for label in LABELS:
        own = found[f"node.{label}"]
        assert own["caption"] == "{name}"
        assert tuple(bytes.fromhex(own["color"][1:])) == COLOURS[label]
    assert {found[f"relationship.{type_}"]["caption"] for type_ in EDGES} == {"<type>"}


def test_captions_can_be_read_on_their_colours() -> None:
    """At least 4.5 to 1, as WCAG asks of small text; black and white themselves show which way round it is."""
    assert (readable("#FFFFFF"), readable("#000000")) == ("#000000", "#FFFFFF")
    for own in rules(style()).values():
        bright, dark = sorted((luminance(own["color"]), luminance(own["text-color-internal"])), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, own


def luminance(colour: str) -> float:
    """The relative luminance of `#RRGGBB`, by the approximation of a gamma of 2.2."""
    red, green, blue = ((value / 255) ** 2.2 for value in bytes.fromhex(colour[1:]))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_kit_holds_every_question_as_a_file_and_as_a_favourite(kit: Path) -> None:
    """The zip has one folder, and the same bytes in it."""
    files = {file.name: file.read_bytes() for file in (kit / "queries").iterdir()}
    with zipfile.ZipFile(kit / "favourites.zip") as archive:
        assert archive.testzip() is None
        zipped = {name: archive.read(name) for name in archive.namelist()}
    assert set(files) == {f"{name}.cypher" for name in questions.names()}
    assert zipped == {f"{FOLDER}/{name}": content for name, content in files.items()}
    assert len(files) >= 16


def test_equal_tables_give_equal_bytes(tiny: Tables, kit: Path, tmp_path: Path) -> None:
    """A second kit is the first; writing over a kit leaves it as it is, with what else lies there."""
    export(tiny, "browser", tmp_path / "again")
    assert contents(tmp_path / "again") == contents(kit)
    (kit / "queries" / "mine.cypher").write_text("RETURN 1")
    export(tiny, "browser", kit)
    assert contents(kit) == contents(tmp_path / "again") | {"queries/mine.cypher": b"RETURN 1"}


def test_a_kit_that_cannot_be_written_whole_leaves_the_old_one(kit: Path) -> None:
    """A folder stands where a file must go."""
    (kit / "guide.html").unlink()
    (kit / "guide.html").mkdir()
    (kit / "style.grass").write_text("old")
    with pytest.raises(StoreError, match="directory"):
        export(hostile_tables(), "browser", kit)
    assert (kit / "style.grass").read_text() == "old"
    assert not list(kit.glob(".*"))


def test_the_readme_lists_every_question(kit: Path) -> None:
    """File, title, parameters, each in a cell of its own."""
    lines = [line for line in (kit / "README.md").read_text().splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells == [
        [f"`queries/{name}.cypher`", questions.title(name), ", ".join(f"`{p}`" for p in questions.parameters(name))]
        for name in questions.names()
    ]


def test_the_guide_counts_the_graph_and_has_every_question(tiny: Tables) -> None:
    """Each question once, since the small graph gives a value for each parameter."""
    page = guide(tiny)
    found = Blocks(page)
    assert set(examples(tiny)) == set(PARAMS)
    assert sorted(found.commands[1:]) == sorted(map(questions.cypher, questions.names()))
    assert re.search(r"<td[^>]*>Paper</td><td[^>]*>7</td>", page)
    assert "EVALUATES_ON Paper Dataset 3" in re.sub(r"(<[^>]*>)+", " ", page)
    firsts = {(questions.parameters(name) or [""])[0] for name in questions.names()}
    assert firsts == set(GROUPS)


def test_the_guide_leaves_out_what_it_has_no_values_for(tiny: Tables) -> None:
    """Papers without years: no example year, and no question that asks with one."""
    undated = Tables(
        tiny.papers.with_columns(pl.lit(None, pl.Int64).alias("year")), tiny.mentions, tiny.entities, tiny.edges
    )
    assert "year" not in examples(undated)
    assert "$year" not in guide(undated)
    empty = Tables(*(frame(name, []) for name in ("papers", "mentions", "entities", "edges")))
    assert examples(empty) == {}
    assert [command for command in Blocks(guide(empty)).commands if "$" in command or command.startswith(":")] == []


def test_examples_are_what_the_graph_shares_most(tiny: Tables) -> None:
    """The method of most roles, then papers; the pair of the heaviest link; a name of one caption, not an id."""
    assert examples(tiny) == {
        "method": "SMPL", "dataset": "CAPE", "task": "novel view synthesis", "paper": "Mip-NeRF", "other": "NeRF",
        "author": "Ada Lind", "year": 2022, "words": "novel view synthesis",
    }  # fmt: skip


def test_a_hostile_name_stays_text_in_the_guide() -> None:
    """It opens no tag, ends no block and no string; the words for the full-text index are words."""
    tables = hostile_tables()
    found = Blocks(guide(tables))
    assert "script" not in found.tags and found.tags.count("pre") == found.tags.count("/pre")
    quoted = r'"it\'s </pre><script>\"q\" \\ & `x` // $y; \n{} 🦜\\"'.replace(r"\'", "'")
    assert found.commands[0].startswith(f":params {{method: {quoted}, task: {quoted}, ")
    assert examples(tables)["words"] == "it s pre script q x y"


def test_titles_can_be_told_apart_in_the_browsers_sidebar() -> None:
    """It shows some twenty characters of each."""
    heads = [questions.title(name)[:20] for name in questions.names()]
    assert len(set(heads)) == len(heads)


@pytest.mark.parametrize("name", questions.names())
def test_a_question_is_fit_to_ship(name: str) -> None:
    """A title, a `:param` line for exactly the parameters it uses, a LIMIT, an order that ends in ids."""
    lines, body = questions.load(name).splitlines(), questions.cypher(name)
    assert re.fullmatch(r"// [A-Z][^|`]*\?", lines[0])
    heads = [line for line in lines[1:] if line.startswith("//")]
    assert all(re.fullmatch(r"// :param [a-z]+ => ('[^'\\]+'|\d+)", line) for line in heads)
    assert lines[1 : 1 + len(heads)] == heads, "comments stand at the head"
    assert sorted(questions.parameters(name)) == sorted(set(re.findall(r"\$(\w+)", body)))
    assert set(questions.parameters(name)) <= set(PARAMS)
    assert re.search(r"\b(?:\w+\.)?id LIMIT \d+$", body), "the order ends in an id"
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("name", sorted(set(questions.names()) - SERVER_ONLY))
def test_a_question_also_runs_on_the_embedded_engine(tiny_kb: Path, name: str) -> None:
    """As with `kb query --file`; what it answers is checked on a server."""
    with open_kb(tiny_kb) as base:
        rows = base.query(questions.load(name), params={p: PARAMS[p] for p in questions.parameters(name)})
    assert isinstance(rows, list)
