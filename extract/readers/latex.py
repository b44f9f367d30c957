r"""LaTeX as bibliographies hold it to plain text: accents, symbols and markup go, mathematics stays as it is.

    {\"U}ber {BERT} \& \emph{friends}: $O(n^2)$        Über BERT & friends: $O(n^2)$

What macros stand for is pylatexenc's to know (https://pylatexenc.readthedocs.io). It reads a character at a time, so
it is given one macro with its arguments at a time, and told each only once.
"""

import re
from functools import lru_cache
from typing import Any

from extract.readers.text import MAX_TEXT

_SPECIAL = re.compile(r"[\\{}~$`']|--")
_MATHS = re.compile(
    r"(?<!\\)(?:\$\$(?:[^$\\]|\\.){1,2000}\$\$|\$(?:[^$\\]|\\.){1,2000}\$|\\\(.{1,500}?\\\)|\\\[.{1,500}?\\\])", re.S
)
_FIRST_MARK = 0xF0000  # private characters that stand for mathematics while macros are replaced
_MARKS = re.compile("[\U000f0000-\U000fffff]")
_INNER = r"\{(?:[^{}\\]|\\.){0,300}\}"
_MIDDLE = rf"\{{(?:[^{{}}\\]|\\.|{_INNER}){{0,600}}\}}"
_GROUP = rf"\{{(?:[^{{}}\\]|\\.|{_MIDDLE}){{0,600}}\}}"
_TOKEN = re.compile(
    rf"\\(?:[\"'`^~=.]\s*(?:{_INNER}|\\[ij](?![a-zA-Z])|[^\W\d_])"  # an accent and its letter
    rf"|[uvHcdbkrt](?![a-zA-Z])\s*(?:{_INNER}|\\[ij](?![a-zA-Z])|[^\W\d_])"
    rf"|(?P<name>[a-zA-Z]+)\*?(?P<groups>\s*{_GROUP}(?:{_GROUP})?|\s*)"
    r"|.)|[{}~]|``|''|---?",
    re.S,
)
_PLAIN = {"{": "", "}": "", "~": " ", "``": "“", "''": "”", "--": "–", "---": "—", "\\-": "", "\\/": ""}
_SYMBOLS = {
    "textless": "<", "textgreater": ">", "TeX": "TeX", "LaTeX": "LaTeX", "BibTeX": "BibTeX", "textbar": "|",
    "textquotesingle": "'", "textquotedbl": '"', "slash": "/", "textunderscore": "_", "textpercent": "%",
    "textasciicircum": "^", "textbraceleft": "{", "textbraceright": "}",
}  # fmt: skip
_DROPPED = {"noopsort", "cite", "citep", "citet", "label", "ref", "thanks"}
_FORMATS = (
    "emph", "textit", "textbf", "textsc", "textsf", "textrm", "textsl", "texttt", "textup", "text", "mbox", "uppercase",
    "textsuperscript", "textsubscript", "url", "path", "footnote", "mkbibemph",
)  # fmt: skip
_ARGUMENT = {"href": 1, "textcolor": 1, **dict.fromkeys(_FORMATS, 0)}
"""From which argument on the text stands: for what is common, or where pylatexenc adds marks of its own."""


def latex_text(text: str) -> str:
    """The text without its LaTeX; an unknown macro goes and its argument stays. Blanks stay as they are."""
    if not _SPECIAL.search(text) or len(text) > 2 * MAX_TEXT or _MARKS.search(text):
        return text
    maths: list[str] = []

    def hide(found: re.Match[str]) -> str:
        maths.append(found[0])
        return chr(_FIRST_MARK + len(maths) - 1)

    if "$" in text or "\\(" in text or "\\[" in text:
        text = _MATHS.sub(hide, text)
    text = _TOKEN.sub(_replaced, text)
    return _MARKS.sub(lambda mark: maths[ord(mark[0]) - _FIRST_MARK], text) if maths else text


def unescaped(text: str) -> str:
    r"""An identifier or address without the backslashes and braces LaTeX wants: `a\_b` is `a_b`."""
    if "\\" not in text and "{" not in text:
        return text
    text = text.replace("\\textasciitilde", "~").replace("\\textunderscore", "_")
    return re.sub(r"\\(?:url|href)\s*\{|\\(?=\W|_)|[{}]", "", text).strip()


def _replaced(token: re.Match[str]) -> str:
    plain = _PLAIN.get(token[0])
    return _macro(token[0], token["name"] or "", token["groups"] or "") if plain is None else plain


@lru_cache(maxsize=2**14)
def _macro(span: str, name: str, groups: str) -> str:
    """What one macro with its arguments stands for."""
    arguments: list[str] = re.findall(_GROUP, groups, re.S)
    if name in _DROPPED:
        return ""
    if name in _SYMBOLS:
        return _SYMBOLS[name] + "".join(map(latex_text, arguments))
    if name in _ARGUMENT and arguments:
        return "".join(latex_text(argument[1:-1]) for argument in arguments[_ARGUMENT[name] :])
    known = _converted(span)
    if known.strip() or not arguments:
        return known
    return "".join(latex_text(argument[1:-1]) for argument in arguments)


def _converted(span: str) -> str:
    """What pylatexenc makes of a macro; nothing where it stumbles over it."""
    escaped = re.sub(r"(?<!\\)[%&#_]", r"\\\g<0>", span)  # in a bibliography these are text
    try:
        return str(_pylatexenc().latex_to_text(escaped))
    except Exception:  # it raises what Python raises, and a macro it cannot read is no reason to lose a paper
        return ""


@lru_cache(maxsize=1)
def _pylatexenc() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]  # here: few files need it

    return LatexNodes2Text(math_mode="verbatim", keep_comments=True)
