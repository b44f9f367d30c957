"""What all figures have in common: formats, fonts, colours. matplotlib is imported in functions alone.

The same values give the same bytes: no dates, no random ids, no settings of the user's own.
"""

import warnings
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb import schema
from kb.errors import UsageError
from kb.questions import shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

FORMATS = (".png", ".svg")
DPI = 200
"""Of the figures' pixels: fit for print."""

SMALL, MIDDLE, LARGE = 7.5, 8.5, 12.0
"""Sizes of text, in points."""

INK, GREY, LINE = "0.15", "0.42", "0.88"

_FONTS = (
    "DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Microsoft YaHei", "PingFang SC", "Hiragino Sans",
    "Noto Sans Devanagari", "Arial Unicode MS",
)  # fmt: skip

Colour = tuple[float, float, float]


def plot_format(path: Path) -> str:
    """The format a file's name asks for; UsageError for another one, and where matplotlib is missing."""
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"{path}: a plot is a {' or a '.join(FORMATS)} file")
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise UsageError("a plot needs matplotlib: pip install 'citation-graph-kb[plot]'") from error
    return path.suffix.lower()[1:]


def save(make: Callable[[], "Figure"], path: Path, *, dpi: int = DPI) -> None:
    """Draw a figure into a .png or .svg file; UsageError as `plot_format`, OSError where it cannot lie."""
    kind = plot_format(path)
    import matplotlib

    fixed = {**matplotlib.rcParamsDefault, "svg.hashsalt": "kb", "font.family": _fonts()}
    fixed.pop("backend", None)  # the user's choice of windows; nothing here opens one
    drawn = BytesIO()
    with matplotlib.rc_context(fixed), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # a name in a script the fonts lack: boxes
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        make().savefig(drawn, format=kind, dpi=dpi, metadata=metadata)
    path.write_bytes(drawn.getvalue())


def _fonts() -> list[str]:
    """The font that matplotlib brings, and after it those of the machine that have what it lacks."""
    from matplotlib import font_manager

    there = {font.name for font in font_manager.fontManager.ttflist}
    return [name for name in _FONTS if name in there]


def blank(width: float, height: float, title: str, told: str) -> "Figure":
    """A figure of so many inches with its title and a line below it that says how to read it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DPI)
    left = 0.14 / width
    for text, size, colour, down in ((title, LARGE, INK, 0.12), (told, SMALL, GREY, 0.38)):
        plain(figure.text(left, 1 - down / height, text, size=size, color=colour, va="top"))
    figure.texts[0].set_fontweight("bold")
    return figure


def plain(text: "Text") -> "Text":
    """The text as it is: `$` and `_` mean nothing."""
    text.set_parse_math(False)
    return text


def measured(text: "Text") -> tuple[float, float]:
    """Width and height of a text, in pixels of its figure."""
    box = text.get_window_extent()
    return float(box.width), float(box.height)


def fitted(text: "Text", width: float) -> "Text":
    """The text, cut at its end until it is no wider than so many inches; along its own line where it is upright."""
    whole, axis = text.get_text(), 1 if text.get_rotation() else 0
    limit = width * text.figure.dpi
    kept = len(whole)
    while kept > 1 and measured(text)[axis] > limit:
        kept = min(kept - 1, int(kept * limit / measured(text)[axis]) + 1)
        text.set_text(shortened(whole, kept))
    return text


def colour(rgb: Sequence[int]) -> Colour:
    """Red, green, blue as matplotlib takes them."""
    red, green, blue = (part / 255 for part in rgb)
    return red, green, blue


def community_colour(number: int | None) -> Colour:
    """The colour of a community, as matplotlib takes it."""
    return colour(schema.community_colour(number))


def darker(of: Colour, by: float = 0.62) -> Colour:
    """A colour for text: light ones are hard to read on white."""
    red, green, blue = (part * by for part in of)
    return red, green, blue


def halo() -> list[Any]:
    """White around letters that stand on lines and points."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.2, foreground="white")]


def name(text: str, limit: int = 34) -> str:
    """A name on one line, cut where it is longer."""
    return shortened(text, limit)
