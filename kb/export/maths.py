"""Where a title or an abstract holds LaTeX mathematics, for formats that must not escape it."""

import re
from collections.abc import Iterator

# As pandoc has it (manual, "Math"): no blank inside of the dollars, no digit behind them, so that "$5 and $10" is none.
_MATHS = re.compile(
    r"(?<![\\$])\$(?![\s$])(?:[^$\\]|\\.){1,2000}?(?<![\s\\])\$(?![\d$])|\\\((?:[^\\]|\\[^()]){1,500}\\\)"
)
_COMMENT = re.compile(r"(?<!\\)[%#]")


def pieces(text: str) -> Iterator[tuple[bool, str]]:
    """The text cut into pieces, each with whether it is mathematics with its dollars.

    >>> list(pieces("from $5 to $10 in $O(n^2)$"))
    [(False, 'from $5 to $10 in '), (True, '$O(n^2)$')]
    """
    at = 0
    for found in _MATHS.finditer(text):
        if _sound(found[0]):
            if found.start() > at:
                yield False, text[at : found.start()]
            yield True, found[0]
            at = found.end()
    if at < len(text):
        yield False, text[at:]


def _sound(maths: str) -> bool:
    """Whether braces are closed and nothing begins a comment: else the rest of a document would be lost.

    LaTeX passes over a brace behind a backslash, BibTeX does not.
    """
    counted = (re.findall(r"[{}]", maths), re.findall(r"\\.|[{}]", maths))
    return all(map(_closed, counted)) and not _COMMENT.search(maths)


def _closed(marks: list[str]) -> bool:
    depth = 0
    for mark in marks:
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if depth < 0:
            return False
    return depth == 0
