"""Records out of text that has a tag at the start of a line: what RIS, EndNote, Web of Science and PubMed share.

A tag begins a field, a line without one continues the field before it. A record ends with a tag of its own, where the
next begins, or at the end of the file. Memory is that of the longest record.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from extract.readers.text import MAX_LINE, TOO_LONG, excerpt, fault, lines
from extract.records import Reject

_COUNTER = re.compile(r"\W*(?:record\W*)?\d*\W*(?:of \d+\W*)?", re.I)  # `<1>`, `Record #1 of 25`, a blank line


@dataclass(slots=True)
class Record:
    """The fields of a record in their order, each a tag and its lines, and the line the record starts at."""

    line: int
    fields: list[tuple[str, list[str]]] = field(default_factory=list)
    size: int = 0
    bad: str = ""

    def rows(self, *tags: str) -> list[str]:
        """Every line of every field with one of the tags, in the order of the tags."""
        return [row for tag in tags for name, rows in self.fields if name == tag for row in rows if row]

    def texts(self, *tags: str) -> list[str]:
        """Every field with one of the tags as one line, in the order of the tags."""
        joined = (" ".join(rows).strip() for tag in tags for name, rows in self.fields if name == tag)
        return [text for text in joined if text]

    def text(self, *tags: str) -> str:
        """The first of them, or nothing."""
        return next(iter(self.texts(*tags)), "")

    def items(self, *tags: str) -> list[str]:
        """The rows, those parted by `;` as several."""
        return [text for row in self.rows(*tags) for item in row.split(";") if (text := item.strip())]

    def reject(self, label: str, reason: str) -> Reject:
        """This record as one that was not read."""
        shown = " ".join(f"{tag} {' '.join(rows)}" for tag, rows in self.fields[:8])
        return Reject(source=label, line=self.line, reason=reason, raw=excerpt(shown))

    def take(self, tag: str, text: str) -> None:
        """Add a line: to a new field, or, without a tag, to the last one. What is too long is not held."""
        self.bad = self.bad or fault(text)
        self.size += len(text) + 1
        if self.size > MAX_LINE:
            self.bad = self.bad or f"a record longer than {MAX_LINE // 2**20} MiB"
        elif tag:
            self.fields.append((tag, [text.removesuffix(TOO_LONG).strip()]))
        elif self.fields:
            self.fields[-1][1].append(text.strip())


def records(
    stream: BinaryIO,
    tag: re.Pattern[str],
    *,
    starts: Collection[str],
    ends: Collection[str] = (),
    ignored: Collection[str] = (),
    blank_ends: bool = False,
) -> Iterator[Record]:
    """Each record of a stream. `tag` has the tag and the value as its groups; `ignored` tags belong to the file.

    What an export says before its first record is passed over, as are the numbers it puts between them; other text that
    belongs to no record makes one, `bad` saying so.
    """
    record: Record | None = None
    begun = False
    for number, text in lines(stream):
        name, value = found.groups(default="") if (found := tag.match(text)) else ("", text)
        if record is not None and (name in ends or name in starts or (blank_ends and not text.strip())):
            yield record
            record = None
        begun = begun or bool(name)
        if name in ends or name in ignored or not text.strip():
            continue
        if record is None and not name and (not begun or (len(text) < 80 and _COUNTER.fullmatch(text))):
            continue
        if record is None:
            record = Record(number, bad="" if name else "text that belongs to no record")
        record.take(name, value)
    if record is not None:
        yield record
