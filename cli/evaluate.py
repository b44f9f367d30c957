"""The command that counts how right the extraction and the joining of names are."""


def evaluate() -> None:
    """Stub."""
