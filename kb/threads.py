"""Work on parts of a table in several threads: numpy, scipy and polars leave the interpreter to others meanwhile."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import polars as pl

Part = TypeVar("Part")
Made = TypeVar("Made")


def in_threads(work: Callable[[Part], Made], parts: Iterable[Part]) -> Iterator[Made]:
    """What `work` makes of each part, in the order of the parts; as many at a time as polars has threads."""
    with ThreadPoolExecutor(threads()) as pool:
        yield from pool.map(work, parts)


def threads() -> int:
    """How many threads there are: POLARS_MAX_THREADS, else one a core."""
    return pl.thread_pool_size()
