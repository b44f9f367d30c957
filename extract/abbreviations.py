"""Abbreviations and their long forms.

Schwartz & Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text" (PSB 2003):
a short form in brackets after its long form, matched from its last character back to its first, which must
begin a word. Read the other way round as well: `ICON ("Implicit Clothed humans Obtained from Normals")`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BRACKET = re.compile(r"[(\[]([^()\[\]]{2,120})[)\]]")
_SHORT = re.compile(r"[A-Za-z0-9$\\][\w.\-+/^$\\]{0,11}(?: [\w.\-+]{1,6})?$")
_BEFORE = re.compile(r"([A-Za-z0-9][\w.\-+]{1,14})[\s\"'“”‘’*_`]*$")
_WORD = re.compile(r"\S+")
_LEADING = re.compile(r"^(?:the|a|an|our|novel|new|proposed|called|named|of|for|and|with|via|by|as|is)\s+", re.I)
_TITLED = re.compile(r"([^\s:]{2,14}):\s+(?:(?:an?|the)\s+)?(?=\S)", re.I)
_CLOSE = re.compile(
    r"\s(?:for|via|in|from|using|towards?|on|with|against|by|through|under|at|to|as|into|over|across|without|based)\s"
    r"|[,;?!]|\s[-–—]\s|$",
    re.I,
)
_REACH = 160  # characters that a long form may take
_QUOTES = "\"'“”‘’`*_,;: "


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and its long form, with their character offsets in the text."""

    short: str
    long: str
    short_start: int
    short_end: int
    long_start: int
    long_end: int


def find_pairs(text: str) -> Iterator[Abbreviation]:
    """Every definition in `text`, in reading order; the text is one title or abstract."""
    for bracket in _BRACKET.finditer(text):
        pair = _long_then_short(text, bracket) or _short_then_long(text, bracket)
        if pair:
            yield pair


def in_title(title: str) -> Abbreviation | None:
    """`HNeRV: A Hybrid Neural Representation for Videos`: a title that goes on to spell the name before its colon.

    The long form ends before a preposition or a mark: before the first after which all letters have begun a word, or
    else before the first after which they are all there.
    """
    head = _TITLED.match(title)
    if not head or not _is_short(head[1]):
        return None
    found = []
    for close in _CLOSE.finditer(title[: head.end() + _REACH], head.end()):
        if not close[0] and close.start() < len(title):
            break  # no end, only as far as we look
        long = title[head.end() : close.start()]
        at = best_long_form(head[1], long) if " " in long else None
        if at is not None and len(_WORD.findall(long[:at])) <= 1:
            found.append((not _spelled(head[1], long[at:]), head.end() + at, close.start()))
    if not found:
        return None
    _, start, end = min(found)
    return _pair(title, head[1], 0, start, end)


def _spelled(short: str, long: str) -> bool:
    """Whether the letters of `short` begin words of `long` or stand there as capitals, in this order."""
    marks = iter(c.casefold() for c in "".join(re.findall(r"(?<![^\W_])\w|[A-Z0-9]", long)))
    return all(c.casefold() in marks for c in short if c.isalnum())


def _long_then_short(text: str, bracket: re.Match[str]) -> Abbreviation | None:
    inner = re.split(r"[,;:]| i\.e\.| or ", bracket[1], maxsplit=1)[0]
    short = inner.strip(_QUOTES)
    if not _is_short(short):
        return None
    start = bracket.start(1) + bracket[1].index(short)
    window = _window(text, bracket.start(), short)
    at = best_long_form(short, text[window : bracket.start()].rstrip(_QUOTES))
    if at is None:
        return None
    return _pair(text, short, start, window + at, bracket.start())


def _short_then_long(text: str, bracket: re.Match[str]) -> Abbreviation | None:
    before = _BEFORE.search(text, max(0, bracket.start() - 24), bracket.start())
    inner = bracket[1].strip(_QUOTES)
    if not before or " " not in inner or not _is_short(before[1]):
        return None
    at = best_long_form(before[1], inner)
    if at is None or len(_WORD.findall(inner[:at])) > 1:
        return None
    long_start = bracket.start(1) + bracket[1].index(inner) + at
    return _pair(text, before[1], before.start(1), long_start, long_start + len(inner) - at)


def _pair(text: str, short: str, short_start: int, long_start: int, long_end: int) -> Abbreviation | None:
    long = text[long_start:long_end]
    while lead := _LEADING.match(long):
        long_start += lead.end()
        long = text[long_start:long_end]
    stripped = long.strip(_QUOTES)
    if not stripped or short.casefold() in stripped.casefold().split():
        return None
    if stripped.count("(") != stripped.count(")"):
        return None
    long_start += long.index(stripped)
    return Abbreviation(short, stripped, short_start, short_start + len(short), long_start, long_start + len(stripped))


def _is_short(short: str) -> bool:
    """Two to twelve characters with a capital (or a digit and a letter): not `(left)`, `(2019)` or `(e.g.)`."""
    if not _SHORT.match(short) or len(short) < 2 or not any(c.isalpha() for c in short):
        return False
    return any(c.isupper() for c in short)


def _window(text: str, end: int, short: str) -> int:
    """Where the long form may begin: at most min(|short| + 5, 2 |short|) words before the bracket, same sentence."""
    size = len(re.sub(r"[^A-Za-z0-9]", "", short))
    limit = min(size + 5, size * 2)
    begin = max(text.rfind(". ", 0, end) + 2 if ". " in text[:end] else 0, end - _REACH, 0)
    words = list(_WORD.finditer(text, begin, end))
    return words[-limit].start() if len(words) > limit else (words[0].start() if words else end)


def best_long_form(short: str, candidate: str) -> int | None:
    """Where in `candidate` the long form of `short` begins, or None.

    First the last words whose initials spell the short form, then Schwartz & Hearst, figure 1, which alone would
    cut `proximal policy optimization (PPO)` to its last two words. A plural `s` (`LLMs`) needs no letter.
    """
    letters = [c.casefold() for c in re.sub(r"(?<=[A-Z0-9])s$", "", short) if c.isalnum()]
    if not letters:
        return None
    begin = _by_initials(letters, candidate)
    if begin is None:
        begin = _by_letters(letters, candidate)
    if begin is None or len(candidate) - begin <= len(short):
        return None
    return begin if _plausible(letters, candidate[begin:]) else None


def _by_initials(letters: list[str], candidate: str) -> int | None:
    words = list(re.finditer(r"[^\W_]+", candidate))[-len(letters) :]
    if len(letters) < 2 or [w[0][0].casefold() for w in words] != letters:
        return None
    begin = words[0].start()
    return begin if begin == 0 or candidate[begin - 1] == " " else None


def _by_letters(letters: list[str], candidate: str) -> int | None:
    folded = candidate.casefold()
    if len(folded) != len(candidate):
        return None
    at = len(candidate)
    for i in range(len(letters) - 1, -1, -1):
        at -= 1
        while at >= 0 and (folded[at] != letters[i] or (i == 0 and at > 0 and folded[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
    return candidate.rfind(" ", 0, at) + 1


def _plausible(letters: list[str], long: str) -> bool:
    """Most letters of a short form begin a word or stand as a capital: keeps `based on (BN)` out."""
    words = [w for w in re.split(r"[\s\-/]+", long) if w]
    initials = {w[0].casefold() for w in words} | {c.casefold() for c in long if c.isupper()}
    hits = sum(c in initials for c in letters if not c.isdigit())
    need = sum(not c.isdigit() for c in letters)
    return long[-1] not in ".?!" and (hits >= need - 1 if need > 2 else hits >= 1) and len(words) <= len(letters) + 4
