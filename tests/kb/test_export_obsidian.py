"""Notes, as a program for Markdown finds them: names, properties, links."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kb.errors import UsageError
from kb.export import export
from kb.export.notes import MARK, file_name, unique_names
from kb.export.obsidian import markdown, yaml
from kb.tables import Tables
from tests.kb.export_fixture import NASTY, nasty_tables, used_with


def notes(tables: Tables, out: Path) -> dict[str, str]:
    """Path without its ending -> text of every note."""
    export(tables, "obsidian", out)
    found = {path.relative_to(out).as_posix(): path.read_bytes().decode() for path in out.rglob("*.md")}
    return {name.removesuffix(".md"): text for name, text in found.items()}


def properties(text: str) -> dict[str, Any]:
    """The front matter: lines of `name: JSON`, the part of YAML that we write."""
    head = text.split("---\n")[1]
    return {name: json.loads(value) for name, value in (line.split(": ", 1) for line in head.splitlines())}


def test_every_node_has_a_note_and_every_link_leads_to_one(tmp_path: Path) -> None:
    """One a paper, an entity, an author; links stand in both notes, under the heading of their relation."""
    found = notes(nasty_tables(), tmp_path / "vault")
    assert sorted(found) == [
        "Author/A, B", "Author/C; D", "Concept/concept - all", "Dataset/A&B c", "Method/ICON", "Paper/ECON",
        "Paper/ICON - Implicit Clothed humans",
    ]  # fmt: skip
    links = {link for text in found.values() for link in re.findall(r"\[\[(.+?)\|", text)}
    assert links == set(found)
    assert "## Used by\n\n- [[Paper/ECON|ECON]]\n" in found["Method/ICON"]
    assert "## Uses\n\n- [[Method/ICON|ICON]] — “We use it.”\n" in found["Paper/ECON"]


def test_properties_are_those_of_the_schema(tmp_path: Path) -> None:
    """Each with its value; other names as aliases, the kind as tag; what has no value is left out."""
    found = notes(nasty_tables(), tmp_path / "vault")
    told = properties(found["Paper/ICON - Implicit Clothed humans"])
    assert (told["id"], told["year"], told["date"], told["tags"]) == ("paper:1", 2021, "2021-03-01", ["paper"])
    assert told["aliases"] == ["ICON: Implicit Clothed humans"] and "venue" not in told and "abstract" not in told
    assert properties(found["Method/ICON"])["aliases"] == [NASTY, "🦜"]


def test_yaml_has_no_character_that_yaml_forbids() -> None:
    """Line separators and the like would end a line or the file."""
    text = "a\x85b\u2028c\ufeffd\x7f: #\n"
    assert json.loads(yaml(text)) == text and yaml(text) == r'"a\u0085b\u2028c\uFEFFd\u007F: #\n"'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[[x]] #tag ==y== %%z%% <b>", r"\[\[x\]\] \#tag \=\=y\=\= \%\%z\%\% \<b\>"),
        ("$x_1$ costs $5", r"$x_1$ costs \$5"),
        ("1. first\n- second", r"1\. first - second"),
        ("- a", r"\- a"),
    ],
)
def test_text_is_no_markup(text: str, shown: str) -> None:
    """Links, tags, highlights, comments, HTML and lists are escaped; mathematics is not."""
    assert markdown(text) == shown


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('a/b\\c: "d" <e> |f? *#^[g]', "a-b-c - d e - f g"),
        ("NUL", "NUL_"),
        ("com1.x", "com1.x_"),
        (" . ", "untitled"),
        ("ends. ", "ends"),
        ("e\u0301", "é"),
        ("x" * 300, "x" * 100),
        ("界" * 100, "界" * 66),
    ],
)
def test_names_are_allowed_on_every_system(text: str, name: str) -> None:
    """No reserved character or device, no blank or point at the end, composed letters, 200 bytes at most."""
    assert file_name(text) == name


def test_names_that_differ_in_case_alone_get_numbers() -> None:
    """In the order of ids; a name that is taken already is passed over."""
    assert unique_names({"m:c": "sam", "m:a": "SAM", "m:b": "Sam 2", "m:d": "SAM"}) == {
        "m:a": "SAM", "m:b": "Sam 2", "m:c": "sam 3", "m:d": "SAM 4",
    }  # fmt: skip


def test_a_later_export_takes_its_own_notes_away_and_no_others(tmp_path: Path) -> None:
    """The user's notes and settings stay; folders that are empty go."""
    vault = tmp_path / "vault"
    notes(nasty_tables(), vault)
    (vault / "Method" / "mine.md").write_text("mine")
    (vault / ".obsidian" / "graph.json").write_text("{}")
    assert sorted(notes(used_with(), vault)) == ["Dataset/A&B c", "Method/ICON", "Method/mine"]
    assert not (vault / "Paper").exists() and (vault / ".obsidian" / "graph.json").read_text() == "{}"
    assert "## Used with\n\n- [[Dataset/A&B c|A&B <c>]]" in (vault / "Method" / "ICON.md").read_text()


@pytest.mark.parametrize("mark", [None, "no JSON", '{"a": 1}', "[1]"])
def test_a_folder_that_is_not_ours_is_refused(mark: str | None, tmp_path: Path) -> None:
    """Nothing in it changes, and the error names it; so is one whose list of our files is damaged."""
    (tmp_path / "diary.md").write_text("dear diary")
    if mark is not None:
        (tmp_path / MARK).write_text(mark)
    with pytest.raises(UsageError, match="name a new folder, or an empty one"):
        export(nasty_tables(), "obsidian", tmp_path)
    assert (tmp_path / "diary.md").read_text() == "dear diary" and not (tmp_path / "Paper").exists()


def test_a_list_of_files_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    """Only notes in folders of ours are taken away."""
    (tmp_path / "outside.md").write_text("x")
    notes(nasty_tables(), tmp_path / "vault")
    (tmp_path / "vault" / MARK).write_text('["../outside.md", "Paper/../../outside.md", "/etc/x.md"]')
    notes(used_with(), tmp_path / "vault")
    assert (tmp_path / "outside.md").exists()
