"""One form for each English word: singular, and in American spelling.

Rules over single words, with the exceptions listed. A form that is no word (`bia` for `bias`) does no harm as
long as every spelling of the word gets it; what counts is that two different words never meet.
"""

import re
from functools import cache, lru_cache
from pathlib import Path


@cache
def _sections() -> dict[str, list[str]]:
    """The lines of `data/words.txt` by section."""
    sections: dict[str, list[str]] = {}
    for line in (Path(__file__).parent / "data" / "words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            current.append(line)
    return sections


def word_set(section: str) -> frozenset[str]:
    """The words of a section."""
    return frozenset(word for line in _sections()[section] for word in line.split())


def pairs(section: str) -> dict[str, str]:
    """`minimum: minima` lines as {"minima": "minimum"}; several words may stand after the colon."""
    lines = (line.split(":") for line in _sections()[section])
    return {word: to for to, words in lines for word in words.split()}


IRREGULAR = pairs("plurals")
"""Plurals that no rule covers, each with its singular."""

UNCHANGED = word_set("unchanged")
"""Words that end in `s` and are no plural."""

COUNTED = word_set("counted ics")
VARIANTS = pairs("variants")

_OUR = re.compile(
    r"(behavi|neighb|col|fav|flav|hum|rum|arm|harb|vap|tum|od|hon|endeav|sav|rig|glam|splend)our|(?<=lab)our"
)
_LL = re.compile(
    r"(model|label|level|travel|channel|signal|tunnel|total|cancel|marshal|fuel|unravel|dial|equal|spiral|kernel"
    r"|counsel|initial|quarrel|swivel|jewel)l(ing|ed|er)$"
)
_RE = re.compile(r"(cent|met|fib|theat|lit|calib|lust|somb|spect)re(d?)$")
_ISE = re.compile(r"(?<=[a-z]{3})is(e|ed|er|ing|ation|able|ational)$")
_YSE = re.compile(r"(?<=[a-z]{2})ys(e|ed|er|ing)$")
_LOGUE = re.compile(r"(?<=[a-z]{2})logue$")
_AE = re.compile(r"(?<=[a-z])aemi(a|c)$|^p(ae)di|^h(ae)mo|^orthop(ae)d")
_TWO = re.compile(r"^([^\W\d_]{3,})2([^\W\d_]{3,})$")
_BRITISH = re.compile(
    r"our|ae|ll(?:ing|ed|er)$|red?$|[iy]s(?:e|ed|er|ing|ation|able|ational)$|logue$"
)  # what one of the above may change
_ACRONYM_PLURAL = re.compile(r"(?<=[A-Z0-9][A-Z0-9])s$|(?<=[A-Z][a-z][A-Z])s$")


def singular(word: str) -> str:
    """The singular of a lower-case word; a word that is none comes back as it is."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) < 4 or word[-1] != "s" or word in UNCHANGED or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ics") and len(word) > 5 and word not in COUNTED:
        return word  # robotics is no plural of robotic
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith("yses"):
        return word[:-2] + "is"
    if word.endswith(("theses", "ptoses", "croses", "biases")):
        return word[:-2] + ("" if word.endswith("biases") else "is")
    if word.endswith(("sses", "shes", "ches", "xes")) or re.search(r"[^aou]uses$", word):
        return word[:-2]
    return word[:-1]


def american(word: str) -> str:
    """The American spelling of a lower-case word in the singular."""
    if word in VARIANTS:
        return VARIANTS[word]
    if len(word) < 5 or not word.isascii() or not _BRITISH.search(word):
        return word
    word = _OUR.sub(lambda m: (m[1] or "") + "or", word)
    word = _LL.sub(r"\1\2", word)
    word = _RE.sub(lambda m: m[1] + "er" + ("ed" if m[2] else ""), word)
    word = _ISE.sub(r"iz\1", word)
    word = _YSE.sub(r"yz\1", word)
    word = _LOGUE.sub("log", word)
    return _AE.sub(lambda m: m[0].replace("ae", "e"), word)


@lru_cache(maxsize=300_000)
def word_form(word: str) -> str:
    """The one form of a word: case, plural, spelling, and `sim2real` as `simtoreal`.

    Capitals tell a plural `s` from the last letter of an acronym: `KGs` is `kg`, `LAS` is `las`.
    """
    return _form(word)


def is_form(word: str) -> bool:
    """Whether a word is its own form. Not remembered: what is asked here are joined words, most of them once."""
    return _form(word) == word


def _form(word: str) -> str:
    low = (_ACRONYM_PLURAL.sub("", word) if word.endswith("s") else word).casefold()
    form = american(singular(low))
    return _TWO.sub(r"\1to\2", form) if "2" in form else form
