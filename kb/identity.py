"""What a record or a paper is called by: identifiers, hashes, readable ids. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import replace

from extract.identifiers import any_identifier
from extract.records import Paper

SLUG = 72  # characters of a title in an id
LONGEST_ID = 200  # characters

GIVEN = "id:"
"""The scheme of an id that a source gave a record itself."""


def slug(text: str, limit: int = SLUG) -> str:
    """Readable ASCII for an id; a title that leaves too little, or is cut, carries a hash of itself."""
    ascii_text = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    out = re.sub(r"[^a-z0-9+]+", "-", ascii_text).strip("-")
    if len(out) > limit:
        out = out[:limit].rsplit("-", 1)[0] + "-" + digest(text.casefold())
    elif sum(c.isalnum() for c in text) > 2 * len(out) or not out:
        out = (out + "-" if out else "") + digest(text.casefold())
    return out


def digest(text: str) -> str:
    """Eight hexadecimal digits that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def content_hash(paper: Paper) -> str:
    """What extraction depends on: equal title and abstract, equal hash."""
    return hashlib.sha256(f"{paper.title}\0{paper.abstract}".encode()).hexdigest()[:32]


def identifiers(record: Paper) -> Iterator[str]:
    """Every identifier of a record or paper, as `scheme:value`."""
    if record.doi:
        yield f"doi:{record.doi}"
    if record.arxiv:
        yield f"arxiv:{record.arxiv}"
    yield from record.ids
    if record.id and not record.id.startswith("paper:"):
        yield any_identifier(record.id) or GIVEN + record.id.strip()


def without(record: Paper, void: Collection[str]) -> Paper:
    """A record less identifiers that name no paper."""
    return replace(
        record,
        doi=None if f"doi:{record.doi}" in void else record.doi,
        arxiv=None if f"arxiv:{record.arxiv}" in void else record.arxiv,
        ids=tuple(i for i in record.ids if i not in void),
    )


def as_record(paper: Paper) -> Paper:
    """The one record that a paper was made of, as it was read."""
    given = next((i for i in paper.ids if i.startswith(GIVEN)), "")
    return replace(paper, id=given.removeprefix(GIVEN), ids=tuple(i for i in paper.ids if i != given))


def file_of(source: str) -> str:
    """The label in a record's `label:line`."""
    return source.rpartition(":")[0]
