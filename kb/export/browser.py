"""The Neo4j Browser kit: a folder with questions, favourites, a style and a guide for a graph that a server holds.

`queries/*.cypher` are the files of `kb/queries/browser`, `favourites.zip` the same for the classic Browser, which takes
a folder of a dropped zip for a folder of favourites. `style.grass` is GraSS: `selector { property: value; }`, whose
parser splits at every colon and semicolon, so that no comment may stand in it. `guide.html` is for `:play`, and
`serve.py` serves it.
"""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from kb.export.files import whole
from kb.export.guide import SERVE, guide
from kb.queries import browser as questions
from kb.schema import COLOURS, EDGES, LABELS
from kb.tables import Tables

FOLDER = "citation graph"
"""In the zip; the Browser shows it as the favourites' folder."""

_SIZES = {"Paper": "80px", "Author": "50px"}  # a title is longer than a name
_SHAFTS = {"INTRODUCES": "3px", "EXTENDS": "2px", "COMPARES_WITH": "2px", "CITES": "2px"}
_EDGE_COLOURS = {"INTRODUCES": "#2A2C34", "CITES": "#2A2C34", "SHARES": "#C5CAD3"}
_PLAIN = "#8A909C"

README = """\
# Neo4j Browser kit

For the graph that `kb load` put on a Neo4j server. Names are written as the nodes show them.

The classic Browser (5.24 and before):

- Drop `style.grass` on the window: captions, colours and sizes. `:style reset` takes them away.
- Drop `favourites.zip` on the window: all questions below, under the star.
- Set the parameters that a question names, each with its own command: `:param method => 'CLIP'`. Then run it.
- Turn *Connect result nodes* off in the settings to draw what a question answers and no edge more.
- Run `python serve.py` in this folder, then `:play http://localhost:8000/guide.html` in the Browser. A guide on another
  host needs that host in the Neo4j setting `browser.remote_content_hostname_whitelist`.

The new Browser (with Neo4j 5.26.22, 2026.02 and later, and Aura) has neither `:style` nor `:play`: paste a file of
`queries/`, set its parameters with its `:param` lines, and choose captions and colours in the panel beside the graph.

| file | question | parameters |
|---|---|---|
"""


def write_browser(tables: Tables, out: Path) -> None:
    """Write the kit into the folder `out`, made where missing; other files there stay."""
    kit = {
        "README.md": _readme(),
        "style.grass": style(),
        "guide.html": guide(tables),
        "serve.py": SERVE,
        **{f"queries/{name}.cypher": questions.load(name) for name in questions.names()},
    }
    contents = {name: value.encode() for name, value in kit.items()} | {"favourites.zip": _favourites()}
    (out / "queries").mkdir(parents=True, exist_ok=True)
    with whole(*(out / name for name in contents)) as files:
        for file, content in zip(files, contents.values(), strict=True):
            file.write(content)


def style() -> str:
    """The GraSS of every label and relationship type."""
    return "".join([*map(_node_style, LABELS), *map(_edge_style, EDGES)])


def _node_style(label: str) -> str:
    colour = _hex(COLOURS[label])
    border = _hex([part * 3 // 4 for part in COLOURS[label]])
    return (
        f"node.{label} {{\n  diameter: {_SIZES.get(label, '65px')};\n  color: {colour};\n"
        f"  border-color: {border};\n  border-width: 2px;\n"
        f'  text-color-internal: {readable(colour)};\n  font-size: 10px;\n  caption: "{{name}}";\n}}\n'
    )


def _edge_style(type_: str) -> str:
    colour = _EDGE_COLOURS.get(type_, _PLAIN)
    return (
        f"relationship.{type_} {{\n  color: {colour};\n"
        f"  shaft-width: {_SHAFTS.get(type_, '1px')};\n  font-size: 8px;\n  padding: 3px;\n"
        f'  text-color-external: #000000;\n  text-color-internal: {readable(colour)};\n  caption: "<type>";\n}}\n'
    )


def _hex(colour: Iterable[int]) -> str:
    return "#" + "".join(f"{part:02X}" for part in colour)


def readable(colour: str) -> str:
    """Black or white on `#RRGGBB`, whichever stands out more: the relative luminance of WCAG 2.1, section 1.4.3."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#FFFFFF"


def _favourites() -> bytes:
    """The zip, stored and of a fixed date: the same bytes whatever the machine."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in questions.names():
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}.cypher", (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, questions.load(name))
    return buffer.getvalue()


def _readme() -> str:
    lines = [
        f"| `queries/{name}.cypher` | {questions.title(name)} | "
        f"{', '.join(f'`{p}`' for p in questions.parameters(name))} |\n"
        for name in questions.names()
    ]
    return README + "".join(lines)
