"""Notes for Obsidian, Logseq or any program of Markdown files: a note a paper, an entity and an author.

    Paper/ICON.md    Method/SMPL.md    Dataset/CAPE.md    Author/Ada Lind.md

https://help.obsidian.md. A note begins with its properties in YAML, each value written as JSON, which YAML 1.2 reads.
Links are `[[Method/SMPL|SMPL]]`; behind a link of a paper to an entity stands the sentence that proves it, so that the
backlinks of an entity show what papers say of it. Text is escaped so that nothing in it becomes markup, tag or link,
but for mathematics in dollars, which Obsidian sets. Links in properties would need no escape: there are none.

Names of files are safe on every system; two that differ in nothing but case get numbers. `.obsidian/graph.json`, with
the colours of the kinds, is written where there is no `.obsidian`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from kb import schema
from kb.export import rows
from kb.export.maths import pieces
from kb.export.notes import notes_folder, unique_names
from kb.export.records import json_text, records
from kb.tables import Tables

HEADINGS = {
    "INTRODUCES": ("Introduces", "Introduced by"),
    "EXTENDS": ("Extends", "Extended by"),
    "COMPARES_WITH": ("Compares with", "Compared with by"),
    "USES": ("Uses", "Used by"),
    "EVALUATES_ON": ("Evaluates on", "Evaluated on by"),
    "ADDRESSES": ("Addresses", "Addressed by"),
    "REPORTS": ("Reports", "Reported by"),
    "MENTIONS": ("Mentions", "Mentioned by"),
    "CITES": ("Cites", "Cited by"),
    "SHARES": ("Close papers", "Close papers"),
    "WROTE": ("Wrote", "Written by"),
    "USED_WITH": ("Used with", "Used with"),
}
"""Edge type -> the heading in the note that it leads from, and in the one that it leads to."""

_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~=^%&$]")
_LIST = re.compile(r"([-+]|\d+[.)])(?=\s)")  # what would begin a list at the start of a line
_UNPRINTED = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
Links = dict[str, dict[str, list[str]]]
"""Id -> heading -> lines."""


def write_obsidian(tables: Tables, out: Path) -> None:
    """Write the notes into the folder `out`, which is new, empty, or holds an earlier export.

    Raises UsageError for a folder with other files.
    """
    names = _names(tables)
    links = _links(tables, names)
    with notes_folder(out) as put:
        for label, frame in rows.nodes(tables).items():
            for row in records(frame):
                id_ = row["id"]
                put(f"{names[id_][0]}.md", note(label, row, links.pop(id_, {})))
    if not (out / ".obsidian").exists():
        (out / ".obsidian").mkdir()
        (out / ".obsidian" / "graph.json").write_text(_colours() + "\n", encoding="utf-8")


def note(label: str, row: dict[str, Any], links: dict[str, list[str]]) -> str:
    """The text of a note."""
    title = row.get("title") or row.get("name") or row["id"]
    told = {name: value for name, value in row.items() if name not in ("abstract", "title")}
    others = [name for name in row.get("aliases", [row.get("title")]) if name and name != row.get("name")]
    told |= {"aliases": others, "tags": [label.lower()]}
    properties = "".join(f"{name}: {yaml(value)}\n" for name, value in told.items())
    parts = [f"---\n{properties}---\n", f"# {markdown(title)}\n"]
    if abstract := markdown(row.get("abstract", "")):
        parts.append(f"{abstract}\n")
    parts += [f"## {heading}\n\n" + "".join(lines) for heading, lines in links.items()]
    return "\n".join(parts)


def yaml(value: object) -> str:
    r"""A value as JSON that YAML reads as the same: in YAML more characters want an escape.

    >>> print(yaml(["a: b", 'say "x"', 1]))
    ["a: b","say \"x\"",1]
    """
    return _UNPRINTED.sub(lambda found: f"\\u{ord(found[0]):04X}", json_text(value))


def markdown(text: str) -> str:
    r"""Text on one line that Markdown shows as it is; mathematics stays.

    >>> print(markdown("#1: a_b of $x_1$"))
    \#1: a\_b of $x_1$
    """
    plain = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text).split())
    told = "".join(piece if maths else _MARKUP.sub(r"\\\g<0>", piece) for maths, piece in pieces(plain))
    return _LIST.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", told, count=1) if _LIST.match(told) else told


def _names(tables: Tables) -> dict[str, tuple[str, str]]:
    """Id -> the path of its note without its ending, and its caption."""
    found = {}
    for label, frame in rows.nodes(tables).items():
        captions = {id_: name or id_ for id_, name in frame.select("id", "name").iter_rows()}
        titles = dict(frame.select("id", "title").iter_rows()) if label == "Paper" else captions
        for id_, file in unique_names({id_: titles[id_] or caption for id_, caption in captions.items()}).items():
            found[id_] = (f"{label}/{file}", captions[id_])
    return found


def _links(tables: Tables, names: dict[str, tuple[str, str]]) -> Links:
    """The lines of every note under their headings, in the order of HEADINGS and of the tables."""
    found: Links = {}
    there_are = tables.edges["type"].unique()
    for type_ in sorted(there_are, key=lambda type_: ([*HEADINGS, type_].index(type_), type_)):
        there, back = HEADINGS.get(type_, (type_.replace("_", " ").capitalize(),) * 2)
        for row in records(tables.edges.filter(pl.col("type") == type_)):
            source, target = row["source"], row["target"]
            if source in names and target in names:
                said = _said(row)
                found.setdefault(source, {}).setdefault(there, []).append(_line(names[target], said))
                told = said if type_ in schema.UNDIRECTED else ""
                found.setdefault(target, {}).setdefault(back, []).append(_line(names[source], told))
    return found


def _line(name: tuple[str, str], said: str) -> str:
    path, caption = name
    shown = re.sub(r"[\[\]|]", " ", caption)
    return f"- [[{path}|{' '.join(shown.split()) or path}]]{said}\n"


def _said(row: dict[str, Any]) -> str:
    """What stands behind a link: the sentence, else by what two papers are joined."""
    if sentence := markdown(row.get("sentence", "")):
        return f" — “{sentence}”"
    return f" — {markdown(', '.join(row['via']))}" if "via" in row else ""


def _colours() -> str:
    """The settings of the graph view that colour each folder as its kind."""
    colours = {label: red << 16 | green << 8 | blue for label, (red, green, blue) in schema.COLOURS.items()}
    groups: Iterator[dict[str, object]] = (
        {"query": f"path:{label}/", "color": {"a": 1, "rgb": colour}} for label, colour in colours.items()
    )
    return json_text({"colorGroups": [*groups]})
