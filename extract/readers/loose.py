"""Values of JSON as they should be: what has another type counts as not given. For readers of records of others."""

from typing import Any

from extract.readers.markup import plain_text

_NOTHING: dict[str, Any] = {}  # never written to


def as_dict(value: object) -> dict[str, Any]:
    """An object, or an empty one; not to be changed."""
    return value if isinstance(value, dict) else _NOTHING


def as_list(value: object) -> list[Any]:
    """An array, or an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: object) -> str:
    """A string, or an empty one."""
    return value if isinstance(value, str) else ""


def unmarked(value: object) -> object:
    """A string without markup; anything else as it is, for `compose` to refuse."""
    return plain_text(value) if isinstance(value, str) and ("<" in value or "&" in value) else value
