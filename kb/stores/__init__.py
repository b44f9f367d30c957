"""Where the graph lies: one seam of two methods, and what both engines say of a query."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from threading import Thread
from typing import Protocol, TypeVar

Row = dict[str, object]
T = TypeVar("T")

NO_VALUE = "a parameter is no value of Cypher: give text, a number of 64 bits, true, false, null, or a list of one kind"
TOO_MUCH = "the query needs more memory than there is: return less of each node, or add a LIMIT"


class GraphStore(Protocol):
    """A graph that answers Cypher."""

    def run(self, cypher: str, params: Mapping[str, object] | None = None, *, limit: int | None = None) -> list[Row]:
        """The rows of a reading query, the first `limit` of them; raises UsageError or StoreError."""
        ...

    def close(self) -> None:
        """Give back files and connections; a second call does nothing."""
        ...


def first_line(text: str) -> str:
    """The first line of a foreign message."""
    line = (text.strip().splitlines() or ["no reason given"])[0].rstrip(" :")
    return line.removesuffix("Supported inputs are").rstrip()


def interruptible(work: Callable[[], T], *, stop: Callable[[], object] | None = None) -> T:
    """What `work` returns; Ctrl-C ends it, which Python alone cannot do while a driver has the thread.

    `stop` makes the engine give up, and is waited for; without it the work is left to itself.
    """
    future: Future[T] = Future()

    def settle() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    thread = Thread(target=settle, daemon=True)
    thread.start()
    try:
        thread.join()
    except KeyboardInterrupt:
        if stop:
            stop()
            thread.join()
        raise
    return future.result()
