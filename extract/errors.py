"""The root of the error tree, and the errors of reading; `kb.errors` draws the whole tree."""


class Error(Exception):
    """Something the user can mend: the message names the thing, the place and the remedy, on one line."""

    exit_code = 1


class SourceError(Error):
    """A source that cannot be read: an unknown format, a wrong encoding, a page that changed."""


class UnreachableError(SourceError):
    """A source that is not there, or may not be opened."""

    exit_code = 3
