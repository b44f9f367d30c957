"""A record of a table to a paper: which column is which field, and what each field accepts. Pure."""

import datetime
import re
from collections.abc import Mapping
from functools import lru_cache

from extract.errors import SourceError
from extract.readers.text import MAX_TEXT, clean
from extract.records import Paper

FIELDS = ("title", "abstract", "id", "year", "date", "venue", "authors", "doi", "arxiv", "url", "keywords")
"""What a column can be; `title` and `abstract` are required."""

_YEAR = re.compile(r"[0-9]{1,4}(?:\.0*)?")
_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:)?\s*(10\.\d{4,9}/\S+)")
_ARXIV = re.compile(
    r"(?:(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf)/|arxiv:)?\s*"
    r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?"
)


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
    """The paper of one record, `where` saying which column holds each field.

    A DOI or arXiv number that does not look like one (`n/a`) is left out: kept, it would join strangers.
    ValueError, its message the reason, where a value is missing or has the wrong type.
    """
    value = {field: record.get(column) for field, column in where.items()}
    return Paper(
        title=_required("title", value.get("title")),
        abstract=_required("abstract", value.get("abstract")),
        id=_text("id", value.get("id")) or "",
        year=_year(value.get("year")),
        date=_text("date", value.get("date")),
        venue=_text("venue", value.get("venue")),
        doi=_identifier("doi", value.get("doi"), _DOI),
        arxiv=_identifier("arxiv", value.get("arxiv"), _ARXIV),
        url=_text("url", value.get("url")),
        authors=_texts("authors", value.get("authors")),
        keywords=_texts("keywords", value.get("keywords")),
        sources=(source,),
    )


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
        raise ValueError(f"{field} longer than {MAX_TEXT:,} characters: the full text?")
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


def _identifier(field: str, value: object, shape: re.Pattern[str]) -> str | None:
    text = _text(field, value)
    found = shape.fullmatch(text.lower()) if text else None
    return found[1] if found else None


def _texts(field: str, value: object) -> tuple[str, ...]:
    """Strings from a list, from one string parted by `;`, or from objects that have a `name`."""
    if value is None:
        return ()
    items = value.split(";") if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ValueError(f"{field} is not a list of strings")
    names = (item.get("name") if isinstance(item, dict) else item for item in items)
    return tuple(text for name in names if (text := _name(field, name)))


def _name(field: str, value: object) -> str:
    if not isinstance(value, str | None):
        raise ValueError(f"{field} is not a list of strings")
    return clean(value) if value else ""
