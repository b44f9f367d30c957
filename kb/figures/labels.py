"""Labels that do not collide: each at the best free place near its point, or not at all.

Greedy over candidate places, most important first (Christensen, Marks and Shieber, An empirical study of algorithms for
point-feature label placement, ACM Transactions on Graphics, 1995), by the sizes of the rendered texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kb.figures.canvas import GREY, INK, Colour, halo, measured, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

GAP = 1.5
"""Points between two labels."""

_RINGS = (0.0, 5.0, 11.0, 18.0, 27.0, 38.0)  # points from the node's rim
_DIRECTIONS = 12


@dataclass(frozen=True, slots=True)
class Label:
    """A text for a point of the axes; `clear` is how many points of length it keeps off it, 0 to stand upon it."""

    x: float
    y: float
    text: str
    size: float
    colour: Colour | str = INK
    weight: str = "normal"
    clear: float = 0.0


def place(axes: "Axes", labels: Sequence[Label], points: np.ndarray | None = None) -> "list[Text | None]":
    """Write labels where none lies on another or leaves the axes, and few of `points` (data, n x 2) are covered.

    The first ones choose first. None stands for a label that found no place. The limits of the axes must be set.
    """
    scale = axes.figure.dpi / 72
    covered = axes.transData.transform(points) if points is not None and len(points) else np.empty((0, 2))
    taken: list[np.ndarray] = []
    made: list[Text | None] = []
    for label in labels:
        text = _written(axes, label)
        box = _best(label, text, axes, taken, covered, scale)
        if box is None:
            text.remove()
            made.append(None)
            continue
        taken.append(box)
        middle = (box[:2] + box[2:]) / 2
        text.set_position(tuple(axes.transData.inverted().transform(middle)))
        _lead(axes, label, box, scale)
        made.append(text)
    return made


def _written(axes: "Axes", label: Label) -> "Text":
    text = axes.text(
        label.x, label.y, label.text, size=label.size, color=label.colour, weight=label.weight, ha="center",
        va="center", zorder=9, path_effects=halo(), linespacing=1.05,
    )  # fmt: skip
    return plain(text)


def _best(
    label: Label, text: "Text", axes: "Axes", taken: Sequence[np.ndarray], covered: np.ndarray, scale: float
) -> np.ndarray | None:
    """The box (left, bottom, right, top, in pixels) of the candidate that covers and strays least."""
    half = np.array(measured(text)) / 2 + GAP * scale / 2
    at = axes.transData.transform((label.x, label.y))
    low, high = (np.array(corner) for corner in (axes.bbox.min, axes.bbox.max))
    held = np.array(taken).reshape(-1, 4)
    best, least = None, np.inf
    for stray, centre in _candidates(at, half, label.clear * scale, scale):
        box = np.concatenate([centre - half, centre + half])
        if (box[:2] < low).any() or (box[2:] > high).any():
            continue
        if ((box[:2] < held[:, 2:]) & (box[2:] > held[:, :2])).all(1).any():
            continue
        hidden = int(((covered > box[:2]) & (covered < box[2:])).all(1).sum())
        if hidden + stray < least:
            best, least = box, hidden + stray
    return best


def _candidates(at: np.ndarray, half: np.ndarray, clear: float, scale: float) -> list[tuple[float, np.ndarray]]:
    """What straying costs, and a centre: upon the point, else around it with the nearer edge at each ring."""
    found = [(0.0, at)] if not clear else []
    for ring in _RINGS:
        for turn in range(_DIRECTIONS):
            angle = 2 * np.pi * turn / _DIRECTIONS
            way = np.array([np.cos(angle), np.sin(angle)])
            found.append((ring / 6 + (0.1 if turn else 0.0) + 1, at + way * (half + clear + ring * scale)))
    return found


def _lead(axes: "Axes", label: Label, box: np.ndarray, scale: float) -> None:
    """A thin line from a label to its point, where it stands off."""
    at = axes.transData.transform((label.x, label.y))
    near = np.clip(at, box[:2], box[2:])
    if np.hypot(*(at - near)) > (label.clear + 8) * scale:
        ends = axes.transData.inverted().transform([at, near])
        axes.plot(ends[:, 0], ends[:, 1], color=GREY, linewidth=0.5, zorder=8)
