"""Every error a user can meet.

    Error                     exit 1
    ├── SourceError           exit 1   a source cannot be read (extract.errors)
    │   └── UnreachableError  exit 3   a source that is not there, or may not be opened (extract.errors)
    ├── NotFoundError         exit 1   no paper or entity has that name; carries the nearest names
    ├── UsageError            exit 2   a wrong option, a query that writes or does not parse
    └── StoreError            exit 3   a knowledge base or server that cannot be reached, opened or written
        └── VersionError      exit 3   a knowledge base made by a newer version

Foreign exceptions are turned into one of these where they arise; the command line prints the message alone.
"""

from collections.abc import Sequence

from extract.errors import Error, SourceError, UnreachableError

__all__ = ["Error", "NotFoundError", "SourceError", "StoreError", "UnreachableError", "UsageError", "VersionError"]


class NotFoundError(Error):
    """No paper or entity has that name; `nearest` lists the names that come closest."""

    def __init__(self, message: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.nearest = tuple(nearest)


class UsageError(Error):
    """The call itself is wrong."""

    exit_code = 2


class StoreError(Error):
    """A file or server that cannot be reached, opened or written."""

    exit_code = 3


class VersionError(StoreError):
    """A knowledge base written by a newer version of this program."""
