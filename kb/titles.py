"""Titles and names of authors as keys: what two ways of writing one title, or one person, have in common. Pure."""

import html
import re
import unicodedata
from functools import lru_cache

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_COMMAND = re.compile(r"\\(?:text|math|emph|em|it|bf|rm|sc|sf|tt|cal|ensuremath|hbox|mbox)[a-z]*|\\[;,:! ]")
_WORDS = re.compile(r"[^\W_]+")
_SIGN = re.compile(r"(?<=[^\W_])#|(?<=[^\W_])\*(?=[\s-]*[^\W_])|\+(?=[+\W]|$)")
_SIGNS = {"+": "plus", "*": "star", "#": "sharp"}  # C++, A* search, C#: a footnote's star stands at the end
_STOP = frozenset({"a", "an", "the", "and"})
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}
_NUMBERED = frozenset({"part", "volume", "vol", "chapter", "paper"})
_SPELLING = re.compile(r"ae|oe|ue|our|ll|z|re$")
_SPELT = {"ae": "a", "oe": "o", "ue": "u", "our": "or", "ll": "l", "z": "s", "re": "er"}
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md"})

_STANDING = frozenset({
    "introduction", "editorial", "preface", "foreword", "guest", "annual", "report", "proceedings", "index", "contents",
    "message", "letter", "news", "obituary", "overview", "guide", "special", "welcome", "program", "list",
})  # fmt: skip

NOTES = frozenset({
    "erratum", "errata", "correction", "corrections", "corrigendum", "corrigenda", "addendum", "retraction",
    "retracted", "withdrawn", "withdrawal", "reply", "replies", "response", "rebuttal", "rejoinder", "comment",
    "comments", "commentary", "discussion", "note", "review", "supplement", "supplementary", "supplemental",
    "appendix", "editorial", "preface", "summary", "abstract", "extended", "poster", "demo", "tutorial", "keynote",
    "workshop", "slides", "thesis", "revisited", "update", "updated", "part", "volume", "vol", "chapter",
    "edition", "not", "non", "without",
})  # fmt: skip
"""Words that make a second publication of a title: where two titles differ by one, they are two papers."""


@lru_cache(maxsize=2**16)
def letters(text: str) -> str:
    """A text in plain small letters: no accents, Greek letters by name."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(_letter(c) for c in folded if not unicodedata.combining(c))


def _letter(char: str) -> str:
    if "\u0370" <= char <= "\u03ff":
        return unicodedata.name(char, char).rpartition(" ")[2].lower()
    return "ss" if char == "ß" else {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "a", "œ": "o"}.get(char, char)


def title_words(title: str) -> tuple[str, ...]:
    """The words of a title as its key counts them: no markup, no articles, one spelling, numbers as digits.

    >>> "".join(title_words("Modelling & Colour, Part II")) == "".join(title_words("modeling and color: part 2"))
    True
    """
    return _title_words(title if len(title) < 1_000 else title[:1_000])


@lru_cache(maxsize=2**14)
def _title_words(title: str) -> tuple[str, ...]:
    if "&" in title:
        title = html.unescape(title)
    if "<" in title:
        title = _TAG.sub("", title)
    if "\\" in title:
        title = _COMMAND.sub("", title)
        title = re.sub(r"\\(?=[^\w\s])|[{}]|\\(?:['\"`^~=.]|[cuvHk](?![a-z]))", "", title)
    text = re.sub(r"[\"'`´’‘^~{}$]", "", letters(title))
    if "+" in text or "*" in text or "#" in text:
        text = _SIGN.sub(lambda m: _SIGNS[m[0]], text)
    words = _WORDS.findall(text)
    if not _STOP.isdisjoint(words):
        kept = [w not in _STOP or (i > 0 and words[i - 1] in _NUMBERED) for i, w in enumerate(words)]
        words = [word for word, keep in zip(words, kept, strict=True) if keep]
    return tuple(_word(word, words[i - 1] if i else "") for i, word in enumerate(words))


def _word(word: str, before: str) -> str:
    if before in _NUMBERED and word in _ROMAN:
        return _ROMAN[word]
    return _SPELLING.sub(lambda m: _SPELT[m[0]], word) if len(word) > 3 else word


def title_key(title: str) -> str:
    """What is left of a title when case, accents, markup, punctuation and spelling are taken away."""
    return "".join(title_words(title)) or title.casefold()


def specific(title: str, words: int = 4) -> bool:
    """Whether a title says so much that few papers share it by chance.

    Two Chinese or Japanese letters count as a word; a standing head ("Introduction to ..") needs more words.
    """
    found = title_words(title)
    words += 2 * (bool(found) and found[0] in _STANDING)
    return len(found) + sum(c > "\u2e80" for word in found for c in word) // 2 >= words


def head(title: str) -> str:
    """What stands before a title's colon or dash; nothing where there is none."""
    found = re.match(r"(.{4,}?)(?:: | [-–—] |\? )", title)
    return found[1] if found else ""


def initials(title: str) -> str:
    """The first letters of the words of a title: a slip inside of a word leaves them as they are."""
    return "".join(word[0] for word in title_words(title))


@lru_cache(maxsize=2**16)
def person(name: str) -> tuple[str, frozenset[str]]:
    """The family name, and all names of more than one letter, of a name in any order.

    >>> person("Müller, Jörg")[0], person("J. Mueller")[0], person("Mueller J")[0]
    ('muler', 'muler', 'muler')
    """
    family, comma, _ = name.partition(",")
    words = _person_words(name)
    own = _person_words(family) if comma else [w for w in words if len(w) > 1 and not w.isupper()] or words
    keys = [_name_key(w) for w in words if len(w) > 1]
    return _name_key(own[-1]) if own else "", frozenset(keys)


def _person_words(name: str) -> list[str]:
    words = [word for word in re.split(r"[\s.,]+", name) if word]
    return [word for word in words if word.lower().strip(".") not in _SUFFIXES] or words


def _name_key(word: str) -> str:
    return "".join(_SPELLING.sub(lambda m: _SPELT[m[0]], w) for w in _WORDS.findall(letters(word)))
