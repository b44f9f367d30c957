"""HTML and JATS markup to plain text, as titles and abstracts carry it.

What sources hold is no document but pieces of one: `H<sub>2</sub>O`, `<jats:p>..</jats:p>`, escaped once more
(`&lt;i&gt;`), beside a bare `p < 0.05`. So only tags of known names count as tags, and all else that begins with `<` is
text. Names: https://html.spec.whatwg.org/multipage/indices.html, https://jats.nlm.nih.gov/archiving/tag-library/1.3/,
https://www.w3.org/TR/MathML3/; formulas in JATS: https://jats4r.niso.org/math/.
"""

import html
import re
from functools import lru_cache

_INLINE = frozenset((
    "a", "abbr", "alternatives", "annotation", "annotation-xml", "b", "bdi", "bdo", "big", "bold", "cite", "code",
    "del", "dfn", "em", "email", "ext-link", "fixed-case", "font", "formula", "graphic", "i", "img", "inf",
    "inline-formula", "inline-graphic", "ins", "italic", "kbd", "mark", "math", "monospace", "named-content", "nobr",
    "overline", "roman", "samp", "sans-serif", "sc", "scp", "script", "small", "span", "strike", "strong", "style",
    "styled-content", "sub", "sup", "tex", "tex-math", "tt", "u", "underline", "uri", "url", "var", "wbr", "xref",
    "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mroot", "mrow", "mspace", "msqrt",
    "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "semantics",
))  # fmt: skip
_BLOCK = frozenset((
    "abstract", "article", "blockquote", "body", "br", "break", "caption", "dd", "disp-formula", "div", "dl", "dt",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "label", "li", "list", "list-item", "ol", "p", "pre",
    "sec", "section", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul",
))  # fmt: skip
_SKIPPED = frozenset(("script", "style"))
_SPARE = frozenset(("annotation", "annotation-xml", "tex-math"))
"""A formula once more in another notation: read only where its group holds nothing else."""
_GROUPS = frozenset(("math", "alternatives"))
_PREFIXES = ("jats", "mml")

# Possessive, and never over a `<`: a text of n characters is scanned in n steps, whatever it holds.
_TAG = re.compile(r"""<(/?)([A-Za-z][\w:.-]*+)((?:\s(?:[^<>"']|"[^"<]*"|'[^'<]*')*+|\s[^<>]*+|/)?)>""")
_APART = re.compile(r"<(?:\w+:)?(?:alternatives|annotation|math|script|style|tex-math)\b", re.I)
_OTHER = re.compile(r"<(?:\?[^<>]*+\?|!DOCTYPE[^<>]*+)>", re.I)
_ALTTEXT = re.compile(r"""\salttext\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.I)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_HEADING = re.compile(
    r"(?:\s|<(?:\w+:)?(?:abstract|sec|section|div)\b[^<>]*>)*"
    r"(?:<((?:\w+:)?(?:title|h[1-6]))\b[^<>]*>|<(?:\w+:)?p\b[^<>]*>\s*<((?:\w+:)?(?:bold|b|strong))\b[^<>]*>)"
    r"\s*abstract\s*[.:]?\s*</(?:\1|\2)>",
    re.I,
)
_DOCUMENT = re.compile(r"\\begin\{document\}(.*)\\end\{document\}", re.S)


def plain_text(text: str) -> str:
    """The text without its tags, entities resolved, runs of blanks one blank. Never raises; linear in the length.

    Tags of blocks (`</p>`, `<br>`) become a blank, others nothing. A formula counts once: its text, else its TeX. A
    leading heading "Abstract" is dropped. Markup that was escaped once is markup too.

    >>> plain_text("<jats:title>Abstract</jats:title><jats:p>H<jats:sub>2</jats:sub>O at p &lt; 0.05</jats:p>")
    'H2O at p < 0.05'
    >>> plain_text("a<b &amp;lt; c")
    'a<b &lt; c'
    """
    if "<" in text:
        text = _untagged(text)
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
        text = _untagged(text)
    for _ in range(3):  # a tag in a tag: `<su<b>b>` leaves one behind
        if not any(map(_known, _TAG.finditer(text))):
            break
        text = _untagged(text)
    else:
        text = text.replace("<", " ")
    return " ".join(text.split())


def _untagged(text: str) -> str:
    """The text less its tags, comments and headings; its blanks as they fell."""
    if "<" not in text:
        return text
    text = _OTHER.sub("", _uncommented(text))
    if heading := _HEADING.match(text):
        text = text[heading.end() :]
    if not _APART.search(text):
        return _TAG.sub(_dropped, text)
    tags = [found for found in _TAG.finditer(text) if _known(found)]
    closed = {_name(tag): tag.start() for tag in tags if tag[1]}
    out = _Output()
    at = 0
    for tag in tags:
        out.write(text[at : tag.start()])
        out.tag(_name(tag), tag, may_open=closed.get(_name(tag), -1) > tag.start())
        at = tag.end()
    out.write(text[at:])
    return out.text()


def _uncommented(text: str) -> str:
    if "<![CDATA[" in text:
        text = text.replace("<![CDATA[", "").replace("]]>", "")
    first, *parts = text.split("<!--")
    return first + "".join(part.partition("-->")[2] if "-->" in part else f"<!--{part}" for part in parts)


def _known(tag: re.Match[str]) -> bool:
    """Whether the name is one of ours, and what follows it attributes: `a <b or c> d` has none."""
    return _local(tag[2])[1] and ("=" in tag[3] or not tag[3].strip("/ \t\r\n"))


def _name(tag: re.Match[str]) -> str:
    return _local(tag[2])[0]


@lru_cache(maxsize=1_024)
def _local(name: str) -> tuple[str, bool]:
    """A name without its prefix in small letters, and whether it is one of ours."""
    prefix, colon, local = name.lower().rpartition(":")
    return local, local in _INLINE or local in _BLOCK or bool(colon and prefix in _PREFIXES)


def _dropped(tag: re.Match[str]) -> str:
    """What is left of a tag that opens nothing to be kept apart."""
    if not _known(tag):
        return tag[0]
    return " " if _name(tag) in _BLOCK else ""


class _Output:
    """The text so far, with the groups that are open in it: each with the ink before it and what stands in for it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._inked = 0  # how much of it is more than blanks
        self._groups: list[tuple[str, int, str]] = []
        self._held: tuple[str, list[str]] | None = None  # the element whose text is kept apart

    def write(self, text: str) -> None:
        """Text between tags."""
        if self._held is not None:
            self._held[1].append(text)
        else:
            self._parts.append(text)
            self._inked += bool(text.strip())

    def tag(self, name: str, tag: re.Match[str], *, may_open: bool) -> None:
        """A tag; one that is never closed opens nothing."""
        opens = not tag[1] and not tag[3].endswith("/") and may_open
        if self._held is not None:
            if tag[1] and name == self._held[0]:
                self._release()
        elif opens and name in _SKIPPED | _SPARE:
            self._held = name, []
        elif opens and name in _GROUPS:
            found = _ALTTEXT.search(tag[3])
            self._groups.append((name, self._inked, found[1] or found[2] or "" if found else ""))
        elif tag[1] and self._groups and name == self._groups[-1][0]:
            self._close_group()
        elif name in _BLOCK:
            self._parts.append(" ")

    def _release(self) -> None:
        """End of what was kept apart: it stands in for its group, or is all there is of the formula."""
        assert self._held is not None
        (name, parts), self._held = self._held, None
        if name not in _SPARE:
            return
        text = _tex("".join(parts))
        if self._groups:
            group, start, spare = self._groups.pop()
            self._groups.append((group, start, spare or text))
        else:
            self.write(text)

    def _close_group(self) -> None:
        _, start, spare = self._groups.pop()
        if self._inked == start:
            self.write(spare)

    def text(self) -> str:
        """All of it."""
        if self._held is not None:
            self._parts += self._held[1]
        return "".join(self._parts)


def _tex(text: str) -> str:
    """A formula of TeX without the document some publishers wrap it in, and without its dollars."""
    found = _DOCUMENT.search(text) if "\\begin{document}" in text else None
    return (found[1] if found else text).strip().strip("$").strip()
