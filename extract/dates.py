"""Dates as sources write them, to a year and an ISO date."""

import datetime
import re
from functools import lru_cache

_ISO = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})(?:\2(\d{1,2})(?:[T ].*|/.*)?|/*)?)?", re.S)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|2[01]\d\d)(?!\d)")
_MONTH = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.I)
_DAY = re.compile(r"(?<![\d:])(\d{1,2})(?:st|nd|rd|th)?(?![\d:])")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@lru_cache(maxsize=4_096)  # records share their dates
def read_date(text: str) -> tuple[int | None, str | None]:
    """The year and the ISO date of a text; the first of the month where no day is given, no date without a month.

    >>> read_date("2021-05-20T10:00:00Z"), read_date("May 2021"), read_date("2021"), read_date("soon")
    ((2021, '2021-05-20'), (2021, '2021-05-01'), (2021, None), (None, None))
    >>> read_date("Mon, 2 Apr 2007 19:18:42 GMT"), read_date("2019 Nov-Dec"), read_date("2021/02/30")
    ((2007, '2007-04-02'), (2019, '2019-11-01'), (2021, '2021-02-01'))
    """
    text = text.strip()[:100]
    if found := _COMPACT.fullmatch(text):
        return make_date(int(found[1]), int(found[2]), int(found[3]))
    if found := _ISO.fullmatch(text):
        return make_date(int(found[1]), int(found[3] or 0), int(found[4] or 0))
    year, month = _YEAR.search(text), _MONTH.search(text)
    if year is None:
        return None, None
    rest = text[: year.start()] + " " + text[year.end() :]
    day = _DAY.search(rest) if month else None
    return make_date(int(year[1]), _MONTHS.index(month[1].lower()) + 1 if month else 0, int(day[1]) if day else 0)


def make_date(year: int, month: int = 0, day: int = 0) -> tuple[int | None, str | None]:
    """The same of numbers; 0 for what is not known, and what no calendar has is not known."""
    if not 1 <= year <= 9999:
        return None, None
    if not 1 <= month <= 12:
        return year, None
    try:
        return year, datetime.date(year, month, day or 1).isoformat()
    except ValueError:
        return year, datetime.date(year, month, 1).isoformat()
