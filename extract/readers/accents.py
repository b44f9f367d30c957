"""Accented letters that TeX writes with commands, as Unicode: `Erd\\H{o}s`, `M\\"uller`, `\\O stergaard`.

Only letters: formulas, which readers keep as they are, begin and end with `$` and are not touched. The commands are
those of the LaTeX companion's tables of text accents (https://www.ctan.org/pkg/encguide).
"""

import re
import unicodedata

_MARKS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
    "i": "ı", "j": "ȷ",
}  # fmt: skip
_CORE = (
    r"(?<!/)\\(?:([`'^~=.\"])\s*|([uvHcrdk])(?:\s+|(?=[{\\])))"  # /\~name is a web page
    r"(?:\{\s*(\\[ij]|[A-Za-z])\s*\}|(\\[ij])(?![A-Za-z])\s?|([A-Za-z]))"
)
_ACCENTS = (re.compile(rf"\{{{_CORE}\}}"), re.compile(_CORE))
_NAMES = "|".join(sorted(_LETTERS, key=len, reverse=True))
_LETTER = re.compile(rf"\{{\\({_NAMES})\s*\}}|\\({_NAMES})(?![A-Za-z])(?:\{{\}}|\s)?")


def accented(text: str) -> str:
    r"""The text with letters in the place of the commands for them, outside of formulas.

    >>> accented("Erd\\H{o}s and {\\'E}. \\O stergaard on $\\v{x}$")
    'Erdős and É. Østergaard on $\\v{x}$'
    """
    if "\\" not in text:
        return text
    parts = text.split("$")
    parts[::2] = (_letters(part) for part in parts[::2])
    return "$".join(parts)


def _letters(text: str) -> str:
    for accent in _ACCENTS:
        text = accent.sub(_accent, text)
    return _LETTER.sub(lambda found: _LETTERS[found[1] or found[2]], text)


def _accent(found: re.Match[str]) -> str:
    letter = (found[3] or found[4] or found[5]).removeprefix("\\")  # an accent takes the dot of an i away anyway
    return unicodedata.normalize("NFC", letter + _MARKS[found[1] or found[2]])
