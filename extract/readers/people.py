"""Names of authors as bibliographies write them, and the identifiers that stand beside them. Pure."""

import re
from collections.abc import Sequence

_SUFFIX = re.compile(r"(?:jr|sr|junior|senior|[2-9](?:nd|rd|th)|ii|iii)\.?", re.I)
_ANY_SUFFIX = re.compile(rf"(?:{_SUFFIX.pattern})|iv|v|vi", re.I)  # of two parts, `Smith, V` is an initial
_ORCID = re.compile(r"([^;\n/]{1,200})/\s*((?:\d{4}-){3}\d{3}[\dXx])")


def given_first(name: str) -> str:
    """A name with the family name first as one with the given name first; any other name as it is.

    >>> given_first("Lovelace, Ada"), given_first("von Neumann, John"), given_first("King, Jr., Martin Luther")
    ('Ada Lovelace', 'John von Neumann', 'Martin Luther King Jr.')
    >>> given_first("Ada Lovelace"), given_first("Ada Lovelace, III"), given_first("Consortium,")
    ('Ada Lovelace', 'Ada Lovelace III', 'Consortium')
    """
    return in_order([part.strip() for part in name.split(",")])


def in_order(parts: Sequence[str]) -> str:
    """The same for a name already cut at its commas: family; family, given; family, suffix, given in any order."""
    family, *rest = [part for part in parts if part] or [""]
    shape = _ANY_SUFFIX if len(rest) > 1 else _SUFFIX
    suffixes = [part for part in rest if shape.fullmatch(part)][:1]
    given = [part for part in rest if part not in suffixes]
    return " ".join([*given, family, *suffixes])


def orcids(names: Sequence[str], told: str) -> list[str]:
    """`orcid:..` or nothing for each name, out of `Family, Given/0000-..` in rows or parted by `;`.

    A name is the same with given names or initials: one family name and one first letter, if that is one author.
    """
    found = [""] * len(names)
    keys = [_key(name) for name in names]
    for name, orcid in _ORCID.findall(told):
        key = _key(given_first(name.strip()))
        if keys.count(key) == 1:
            found[keys.index(key)] = f"orcid:{orcid.upper()}"
    return found


def _key(name: str) -> tuple[str, str]:
    words = re.findall(r"[^\W\d_]+", name.casefold())
    return (words[-1], words[0][0]) if words else ("", "")
