"""One document being read, and what stands around a place in it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from extract.chunks import Word
from extract.gazetteer import folded_parts
from extract.layout import Layout
from extract.lexicon import words
from extract.spans import Found

_LISTS = words("ordinary.txt")
_ARTICLES, _LEAD, _STEMS = _LISTS["articles"], _LISTS["lead"], _LISTS["introducing stems"]
_HEADS = frozenset().union(*words("heads.txt").values())
_OURS = frozenset(("our", "proposed", "resulting", "novel", "new"))
_LISTING = frozenset((":", "and", ";", "(i", "(1"))
_BE = frozenset(("is", "are", "was", "were", "be", "been"))
_SELF = frozenset(("we", "i", "paper", "work", "article", "study", "here", "authors"))


@dataclass(slots=True)
class Form:
    """A folded string, its places (token ranges) and its features; `found` are the stages' findings of it."""

    key: str
    places: set[tuple[int, int]] = field(default_factory=set)
    features: set[str] = field(default_factory=set)
    found: list[Found] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """One document being read: its layout, words and sentence starts, what the stages found where, its forms."""

    layout: Layout
    words: list[Word]
    opening: frozenset[int]
    places: frozenset[tuple[int, int]]
    known: tuple[tuple[int, int, str], ...]  # the lexicon's matches: tokens and kind
    begins: list[int] = field(default_factory=list)  # the first token of each word
    forms: dict[str, Form] = field(default_factory=dict)
    lefts: dict[int, tuple[str, tuple[str, ...]]] = field(default_factory=dict)  # what stands left of each word
    rights: dict[int, tuple[list[str], str]] = field(default_factory=dict)  # and right of it

    def at(self, token: int) -> int:
        """The first word that begins at a token or after it."""
        return bisect_left(self.begins, token)

    def opens(self, word: int) -> int:
        """The first word of the sentence a word is in."""
        if word >= len(self.words):
            return len(self.words)
        row = bisect_right(self.layout.sentences, self.words[word].start) - 1
        return self.at(self.layout.sentences[row])

    def form(self, start: int, end: int) -> Form:
        """The form of tokens `start:end`."""
        own = key(self.layout.slice(start, end))
        made = self.forms.get(own)
        if made is None:
            made = self.forms[own] = Form(own)
        return made


def key(text: str) -> str:
    """A name within one paper: its folded words."""
    return " ".join(folded_parts(text)) or text.casefold()


def left_context(page: Page, begin: int) -> list[str]:
    """Left of a chunk, in its sentence: the article, the nearest introducing verb and what stands between."""
    out: list[str] = []
    at, gap, lead = begin - 1, 0, True
    while at >= 0 and gap < 12 and page.words[at + 1].start not in page.opening:
        lower = page.words[at].lower
        if gap == 0 and lower in _ARTICLES:
            out.append(f"article={lower}")
        if lower in ("our", "new", "novel") and gap < 4:
            out.append(f"near {lower}")
        if lower[:6] in _STEMS:
            out.append(f"verb={lower[:6]}{' directly' if lead else ''}")
            out.append(f"verb gap={'0' if lead else min(gap, 9) // 3 + 1}")
            break
        lead = lead and (lower in _LEAD or lower in _ARTICLES)
        at, gap = at - 1, gap + 1
    return out


def around(page: Page, start: int, end: int) -> Iterator[str]:
    """What stands around one place: the two words after, `is proposed` after, an introducing verb far before."""
    first, last = min(page.at(start), len(page.words) - 1), page.at(end)
    if last not in page.rights:
        page.rights[last] = _right(page, last)
    lowers, passive = page.rights[last]
    following = lowers[0] if lowers else ""
    if start < page.layout.title_tokens:
        yield f"title prev={page.words[first - 1].lower if first else ''}"
        yield f"title next={following}"
        return
    if first not in page.lefts:
        page.lefts[first] = _edge(page, first), tuple(_left(page, first))
    edge, said = page.lefts[first]
    yield f"then={' '.join(lowers[:2])}"
    yield f"edge={edge} {following if following and not following[0].isalnum() else ''}"
    yield from said
    if passive:
        yield f"passive={passive}"


def _right(page: Page, last: int) -> tuple[list[str], str]:
    """The next words of the sentence, and the stem of `is proposed` among them."""
    lowers = []
    for word in page.words[last : last + 7]:
        if word.start in page.opening:
            break
        lowers.append(word.lower)
    verb = next((n for n, lower in enumerate(lowers) if lower[:6] in _STEMS), 0)
    return lowers, lowers[verb][:6] if not _BE.isdisjoint(lowers[:verb]) else ""


def _left(page: Page, first: int) -> Iterator[str]:
    """`our` or `new` before in the sentence, and the nearest introducing verb before."""
    all_words = page.words
    if any(word.lower in _OURS for word in all_words[max(first - 8, page.opens(first)) : first]):
        yield "ours before"
    at, how = first - 1, "plain"
    while at >= 0 and all_words[at + 1].start not in page.opening and first - at < 40:
        lower = all_words[at].lower
        if lower in _LISTING:
            how = "listed"
        if lower[:6] in _STEMS:
            yield f"said={lower[:6]} {how}"
            if any(word.lower in _SELF for word in all_words[max(at - 4, 0) : at]):
                yield f"we said {how}"
            return
        at -= 1


def _edge(page: Page, first: int) -> str:
    """The word before a place, by its class: an article, `our`, a head noun (`the method X`), a head and a comma."""
    before = page.words[first - 1].lower if first and page.opens(first) < first else "start"
    if before in _OURS or before in ("a", "an", "the", "(", "and", ",", ":", "start", "with", "of", "by", "via", "is"):
        if before == "," and first > 1 and _is_head(page.words[first - 2].lower):
            return "head,"
        return before
    return "head" if _is_head(before) else "stem" if before[:6] in _STEMS else "other"


def _is_head(lower: str) -> bool:
    return (lower[:-1] if lower.endswith("s") else lower) in _HEADS
