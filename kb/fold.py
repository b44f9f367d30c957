"""Placeholder until CANON writes it."""


def fold(text: str, kind: str | None = None) -> str:
    """Casefold."""
    return " ".join(text.casefold().split())
