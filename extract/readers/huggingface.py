"""Lists of papers copied from Hugging Face's paper pages as text.

    new                                            furniture of the page, at the top or between the papers
    Get trending papers in your email inbox!
    SubscribeNeural Metamorphosis                  sometimes glued to the first title
    This paper introduces a new learning ...       the abstract, on one line
    Pointer Networks
    ...

Lines alternate, with blank lines between them or without. A line of LONG characters or more is an abstract
and a shorter one a title; among 87,060 papers of conferences no title is longer and no abstract shorter. A
shorter abstract is known by its place, after a title, and by being a sentence. Wrapped abstracts are joined
where blank lines show what belongs together. A date such as `Mar 11` is the page's and is not kept.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import BinaryIO

from extract.errors import SourceError
from extract.readers.text import MAX_TEXT, TOO_LONG, clean, excerpt, fault, lines
from extract.records import Paper, Reject

LONG = 250
"""Characters from which a line is an abstract."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FURNITURE = re.compile(
    r"new|subscribe|(?:daily|trending|weekly|monthly) papers|daily|weekly|monthly|papers"
    r"|view all.*|upvote|share"
    r"|get trending papers in your email inbox.*|by ?ak(?: and the research community)?|previous|next"
    r"|(?:submitted|published|posted) (?:by|on|to)\b.*"
    r"|[·•]?\s*\d+ (?:authors?|comments?|upvotes?|days? ago|hours? ago)"
    r"|\d[\d.,]*k?|[\W_]+"
    rf"|(?:{'|'.join(_MONTHS)})[a-z]*\.? \d{{1,2}}(?:,? \d{{4}})?",
    re.IGNORECASE,
)
_GLUED = re.compile(r"^Subscribe(?=[^\sa-z:.,!?-])")
_SENTENCE_END = re.compile(r"[.!?][\"')\]}”’]*$")
_MOST_WRAPPED = 100  # lines of one wrapped abstract; also what bounds the memory


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, or several joined, `number` to `last`; `role` is blank, furniture, short or long."""

    number: int
    text: str
    role: str
    last: int
    fault: str = ""


Entry = tuple[Line | None, Line | None]
"""A title and its abstract; one of them may be missing."""


def read_huggingface(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """The papers of one page; SourceError at its end where it gave none, or one but looks like a list."""
    roles: Counter[str] = Counter()
    found = rejected = 0
    for title, abstract in _entries(_unwrap(_classify(stream, roles))):
        record = _record(title, abstract, label)
        found += isinstance(record, Paper)
        rejected += isinstance(record, Reject)
        yield record
    if found == 0 or (found == 1 and (roles["furniture"] or rejected > 1)):
        amount = "no paper" if found == 0 else "one paper only"
        raise SourceError(
            f"{label} gave {amount}: the page's format may have changed; "
            "give titles and abstracts as lines in turn, or as a table (JSON Lines, CSV)"
        )


def looks_like_page(head: str, *, strict: bool) -> bool:
    """Whether a text begins as such a page: with furniture or, if not strict, a title and an abstract."""
    texts = [text for line in head.splitlines()[:40] if (text := line.strip())]
    if any("trending papers" in text.lower() or text.lower() == "daily papers" for text in texts):
        return True
    return not strict and any(len(one) < LONG <= len(two) for one, two in pairwise(texts))


def _record(title: Line | None, abstract: Line | None, label: str) -> Paper | Reject:
    """The paper of an entry, or why there is none."""
    line = title or abstract
    assert line is not None
    reason = next((part.fault for part in (title, abstract) if part and part.fault), "")
    if title and abstract and not reason:
        return Paper(title=title.text, abstract=abstract.text, sources=(f"{label}:{line.number}",))
    missing = "title without an abstract" if title else "abstract without a title"
    bad = abstract if abstract and abstract.fault and not line.fault else line
    return Reject(label, bad.number, reason or missing, excerpt(line.text))


def _classify(stream: BinaryIO, roles: Counter[str]) -> Iterator[Line]:
    """Each line with its role, furniture left out; `roles` counts what was seen."""
    named = False  # the line before was `Submitted by`, and this one is the name
    for number, raw in lines(stream):
        text = clean(raw.removesuffix(TOO_LONG))
        if not roles["long"]:
            text = _GLUED.sub("", text)
        role = "long" if raw.endswith(TOO_LONG) else _role(text)
        if named and role == "short" and " " not in text:
            role = "furniture"
        named = text.lower() == "submitted by" or (named and role == "blank")
        roles[role] += 1
        if role != "furniture":
            yield Line(number, text[: MAX_TEXT + 1], role, number, _fault(raw, text))


def _role(text: str) -> str:
    if not text:
        return "blank"
    if len(text) >= LONG:
        return "long"
    return "furniture" if _FURNITURE.fullmatch(text) else "short"


def _fault(raw: str, text: str) -> str:
    return fault(raw) or (f"longer than {MAX_TEXT:,} characters" if len(text) > MAX_TEXT else "")


def _unwrap(page: Iterator[Line]) -> Iterator[Line]:
    """Join the lines of wrapped abstracts, and leave the blank lines out.

    Lines belong together where blank lines stand around them and none of them is itself long.
    """
    run: list[Line] = []
    waiting = False  # a title stands before the run
    for line in page:
        if line.role == "short":
            run.append(line)
            if len(run) < _MOST_WRAPPED:
                continue
        ready = _joined(run, waiting=waiting) if line.role == "blank" else run
        yield from ready
        waiting = ready[-1].role == "short" if ready else waiting
        run = []
        if line.role == "long":
            yield line
            waiting = False
    yield from _joined(run, waiting=waiting)


def _joined(run: list[Line], *, waiting: bool) -> list[Line]:
    """A run of short lines: an abstract if a title waits for it, else perhaps a title and its abstract."""
    start = 0 if waiting else 1
    body = run[start:]
    text = " ".join(line.text for line in body)
    if len(body) < 2 or not _is_sentence(text) or (not waiting and _is_sentence(body[0].text)):
        return run  # titles, or titles and abstracts of one line each
    broken = next((line.fault for line in body if line.fault), "")
    return [*run[:start], replace(body[0], text=text, role="long", last=body[-1].last, fault=broken)]


def _is_sentence(text: str) -> bool:
    return bool(_SENTENCE_END.search(text)) and len(text.split()) >= 12


def _entries(page: Iterator[Line]) -> Iterator[Entry]:
    """Pair titles with abstracts, and report what finds no partner."""
    title: Line | None = None
    abstract: Line | None = None
    for line in page:
        if title and abstract:
            if _continues(title, abstract, line):
                abstract = _extended(abstract, line)
                continue
            yield title, abstract
            title = abstract = None
        if title and (line.role == "long" or (line.text.endswith(".") and _is_sentence(line.text))):
            abstract = line
        elif line.role == "long":
            yield None, line
        else:
            if title:
                yield title, None
            title = line
    if title:
        yield title, abstract


def _continues(title: Line, abstract: Line, line: Line) -> bool:
    """Whether a line goes on with the abstract: it follows at once, and a blank line parted the title off."""
    together = abstract.number > title.last + 1 and line.number == abstract.last + 1
    return together and (line.role == "long" or bool(_SENTENCE_END.search(line.text)))


def _extended(abstract: Line, line: Line) -> Line:
    """The abstract with one more line. Beyond MAX_TEXT nothing is added: it is a reject already."""
    text = abstract.text if len(abstract.text) > MAX_TEXT else f"{abstract.text} {line.text}"
    broken = abstract.fault or line.fault or _fault("", text)
    return replace(abstract, text=text, last=line.last, fault=broken)
