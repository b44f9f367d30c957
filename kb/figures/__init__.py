"""Figures for print: each a function from tables to plain data, and one from that data to a matplotlib figure."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.errors import UsageError
from kb.figures.canvas import plot_format, save
from kb.questions import label, positive, shortened
from kb.schema import ENTITIES

if TYPE_CHECKING:
    from kb.tables import Tables

Row = dict[str, Any]

FIGURES: dict[str, tuple[str, ...]] = {
    "communities": (),
    "timeline": ("kind",),
    "matrix": ("kind",),
    "ego": ("id", "kind"),
}
"""The figures, each in the module of its name, and what each can be asked for beside `top`."""


def plot(
    tables: "Tables",
    figure: str,
    path: Path,
    *,
    id: str | None = None,
    kind: str | None = None,
    top: int | None = None,
) -> Row:
    """Draw a figure of FIGURES into a .png or .svg file and answer what was drawn.

    `id` is the node of an ego; `kind` the label of the entities of a timeline, of a matrix' columns or around an ego;
    `top` how many are shown. UsageError for what a figure does not take, NotFoundError where there is nothing to draw.
    """
    plot_format(path)  # before the work, not after it
    made = import_module(f"kb.figures.{known(figure)}")
    given = {"id": id, "kind": kind and entity_kind(kind)}
    wanted: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    for name in wanted.keys() - FIGURES[figure]:
        raise UsageError(f"{figure} takes no {'name' if name == 'id' else name}: leave it out")
    if figure == "ego" and id is None:
        raise UsageError("ego is of one node: name it")
    if top is not None:
        wanted["top"] = positive("top", top)
    answer: Row = getattr(made, figure)(tables, **wanted)
    save(lambda: made.figure(answer), path)
    return answer


def known(figure: str) -> str:
    """The name of a figure."""
    if figure not in FIGURES:
        raise UsageError(f'no figure "{shortened(figure)}"; there are: {", ".join(FIGURES)}')
    return figure


def entity_kind(kind: str) -> str:
    """The label of entities given in any case."""
    found = label(kind)
    if found not in ENTITIES:
        raise UsageError(f"figures count no {found.lower()}s: kind must be one of {', '.join(ENTITIES)}")
    return found
