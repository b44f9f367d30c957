"""A record of a source to a paper: what each field accepts, and which column of a table is which field. Pure."""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from extract.dates import read_date
from extract.errors import SourceError
from extract.identifiers import also, any_identifier, identifier
from extract.readers.text import MAX_TEXT, clean
from extract.records import Paper

FIELDS = (
    "title", "abstract", "id", "year", "date", "venue", "authors", "doi", "arxiv", "url", "keywords", "ids",
    "references", "author_ids",
)  # fmt: skip
"""What a column can be; `title` and `abstract` are required."""

TOO_LONG_TEXT = f"{{}} longer than {MAX_TEXT:,} characters: the full text?"

_YEAR = re.compile(r"[0-9]{1,4}(?:\.0*)?")


def check_mapping(mapping: Mapping[str, str]) -> None:
    """SourceError where a column is mapped to something that is not a field."""
    for column, field in mapping.items():
        if field not in FIELDS:
            raise SourceError(f'unknown field in {column}={field}: "{field}" is not one of {", ".join(FIELDS)}')


def columns(keys: tuple[str, ...], mapping: Mapping[str, str]) -> dict[str, str]:
    """Field -> column: the mapped columns, then those named as a field in any case; the first wins."""
    return _columns(keys, tuple(mapping.items()))


@lru_cache(maxsize=256)
def _columns(keys: tuple[str, ...], mapping: tuple[tuple[str, str], ...]) -> dict[str, str]:
    names = {key.strip().casefold(): key for key in reversed(keys)}
    mapped = {}
    for column, field in mapping:
        key = column if column in keys else names.get(column.strip().casefold())
        if key is not None:
            mapped[field] = key
    named = {field: names[field] for field in FIELDS if field in names and names[field] not in mapped.values()}
    return named | mapped


def paper_of(record: Mapping[str, object], where: Mapping[str, str], source: str) -> Paper:
    """The paper of one record of a table, `where` saying which column holds each field.

    ValueError, its message the reason, where a value is missing or has the wrong type.
    """
    value = {field: record.get(column) for field, column in where.items()}
    paper = compose(source, **{"title": None, **value})
    if not paper.abstract:
        raise ValueError("no abstract")
    return paper


def compose(
    source: str,
    *,
    title: object,
    abstract: object = None,
    id: object = None,
    year: object = None,
    date: object = None,
    venue: object = None,
    doi: object = None,
    arxiv: object = None,
    ids: object = None,
    url: object = None,
    authors: object = None,
    author_ids: object = None,
    keywords: object = None,
    references: object = None,
) -> Paper:
    """A paper out of values as a source holds them: the one way from any reader to a Paper.

    A text is cleaned; a list may be one string parted by `;`. Identifiers may be written in any way; those of `ids`
    and `references` need their scheme or a shape that tells it; several of one reference stand with blanks between.
    What does not look like an identifier or a date (`n/a`) is left out: kept, it would join strangers. A second DOI or
    arXiv id stays in `ids`. The date gives the year where there is none. A paper may lack an abstract, not a title.
    ValueError, its message the reason, where the title is missing or a value has the wrong type.
    """
    names = _texts("authors", authors, keep_empty=bool(author_ids))
    known, day = read_date(_text("date", date) or "")
    given = _identifiers("ids", ids)
    own, named = _own(_text("id", id) or "")
    given += [named] if named else []
    number, arxiv_id = _identifier("doi", doi), _identifier("arxiv", arxiv)
    if number and number.startswith("arxiv:"):
        number, arxiv_id = None, arxiv_id or number
    given += [second] if number and (second := also(number)) else []
    number = number or next((i for i in given if i.startswith("doi:")), None)
    arxiv_id = arxiv_id or next((i for i in given if i.startswith("arxiv:")), None)
    whole = _year(year)
    return Paper(
        title=_required("title", title),
        abstract=abstract_text(abstract),
        id=own,
        year=known if whole is None else whole,
        date=day if day and whole in (None, known) else None,
        venue=_text("venue", venue),
        doi=number.partition(":")[2] if number else None,
        arxiv=arxiv_id.partition(":")[2] if arxiv_id else None,
        url=_text("url", url),
        ids=tuple(sorted({*given} - {number, arxiv_id})),
        authors=tuple(name for name in names if name),
        author_ids=_author_ids(names, author_ids),
        keywords=tuple(dict.fromkeys(_texts("keywords", keywords))),
        references=tuple(dict.fromkeys(_references(references))),
        sources=(source,),
    )


def abstract_text(value: object) -> str:
    """An abstract as it is stored; ValueError where it has the wrong type or is too long to be one."""
    return "" if value is None else clean(_string("abstract", value))


def _author_ids(names: Sequence[str], value: object) -> tuple[str, ...]:
    """One text an author that has a name; nothing where no author has an identifier."""
    given = _texts("author_ids", value, keep_empty=True)
    told = [_author_id(text) for text in given]
    told += [""] * (len(names) - len(told))
    kept = tuple(ids for name, ids in zip(names, told, strict=False) if name)
    return kept if any(kept) else ()


def _author_id(text: str) -> str:
    parts = text.split()
    if len(parts) < 2:
        return any_identifier(text) or ""
    return " ".join(sorted({found for part in parts if (found := any_identifier(part))}))


def _required(field: str, value: object) -> str:
    text = "" if value is None else clean(_string(field, value))
    if not text:
        raise ValueError(f"no {field}")
    return text


def _text(field: str, value: object) -> str | None:
    """A string; whole numbers and dates are written out, since tables type what looks like one."""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    if isinstance(value, datetime.date):
        value = value.isoformat()
    elif isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return (clean(_string(field, value)) or None) if value is not None else None


def _string(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{field} is not a string")
    if len(value) > MAX_TEXT:
        raise ValueError(TOO_LONG_TEXT.format(field))
    return value


def _year(value: object) -> int | None:
    """A whole number below 10,000, as a number, as `2021` or as `2021.0`."""
    text = value.strip() if isinstance(value, str) else value
    if text is None or text == "" or text != text:  # pandas writes a missing year as NaN
        return None
    number = float(text) if isinstance(text, str) and _YEAR.fullmatch(text) else text
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < 10_000:
        raise ValueError("year is not a year")
    if number != int(number):
        raise ValueError("year is not a whole number")
    return int(number)


def _identifier(field: str, value: object) -> str | None:
    text = _text(field, value)
    return identifier(field, text) if text else None


def _identifiers(field: str, value: object) -> list[str]:
    return [found for text in _texts(field, value) if (found := any_identifier(text))]


def _own(text: str) -> tuple[str, str | None]:
    """An id that a source gives: the identifier if it is one, else the source's own."""
    found = any_identifier(text) if text else None
    told = found and (found.startswith(("doi:", "arxiv:", "s2:")) or ":" in text or found == f"acl:{text}")
    return ("", found) if told and not str(found).startswith("orcid:") else (text, None)


def _references(value: object) -> Iterator[str]:
    """An identifier of each cited paper, or several with blanks between."""
    for text in _texts("references", value):
        if found := any_identifier(text):
            yield found
        elif " " in text and all(known := [any_identifier(part) for part in text.split()]):
            yield " ".join(sorted({*map(str, known)}))


def _texts(field: str, value: object, *, keep_empty: bool = False) -> list[str]:
    """Strings from a list, from one string parted by `;`, or from objects that have a `name`."""
    if value is None:
        return []
    items = value.split(";") if isinstance(value, str) else value
    if not isinstance(items, list | tuple):
        raise ValueError(f"{field} is not a list of strings")
    if {*map(type, items)} == {str}:  # nearly always, and a record has dozens
        texts = [clean(item) for item in items]
        return texts if keep_empty else [text for text in texts if text]
    names = (item.get("name") if isinstance(item, dict) else item for item in items)
    return [text for name in names if (text := _name(field, name)) or keep_empty]


def _name(field: str, value: object) -> str:
    if not isinstance(value, str | None):
        raise ValueError(f"{field} is not a list of strings")
    return clean(value) if value else ""
