"""Extraction over many papers, in this process or in several.

Workers get batches of papers and send back columns, not objects: shipping spaCy Docs costs more than the work.
Batches come back in the order in which they went out, whatever the number of workers, and only AHEAD of them are under
way for each worker: what is read, sent and not yet taken stays small however many papers there are.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import astuple
from functools import cache, partial
from itertools import chain, islice
from multiprocessing import get_context, parent_process

from threadpoolctl import ThreadpoolController

from extract.errors import Error
from extract.pause import no_gc
from extract.pipeline import extract, load
from extract.records import Paper

BATCH = 128
NO_MAIN = 'out of memory, or a script that builds without if __name__ == "__main__": (or build with workers=1)'
SMALL = 1_500  # papers below which starting processes costs more than they win
AHEAD = 2  # batches under way for each worker: one at work, one waiting; more would be lost when a build is killed
Columns = list[list[object]]
Batch = tuple[Columns, Columns]
"""Mentions and definitions of a batch of papers, each as one list a column, in field order."""

Work = Callable[[list[Paper]], Batch]


def extract_batch(papers: Sequence[Paper], *, rules_only: bool = False) -> Batch:
    """What a batch of papers gives."""
    nlp = load(rules_only=rules_only)
    with _blas().limit(limits=1, user_api="blas"), no_gc():
        found = [extract(paper, nlp) for paper in papers]
    return (
        _columns([astuple(m) for f in found for m in f.mentions]),
        _columns([astuple(d) for f in found for d in f.definitions]),
    )


@cache
def _blas() -> ThreadpoolController:
    """The thread pools of numpy's BLAS: on the tagger's small matrices threads only wait for one another."""
    return ThreadpoolController()


def extract_batches(
    papers: Iterable[Paper], *, workers: int | None = None, rules_only: bool = False
) -> Iterator[Batch]:
    """Extract all papers in batches of BATCH; `workers` None takes one process for few papers, else every core.

    `papers` is read as the batches go out, so it may be a generator. `rules_only` goes without the learned model.
    """
    work = partial(extract_batch, rules_only=rules_only)
    left = iter(papers)
    first = list(islice(left, SMALL))
    batches = _batched(chain(first, left))
    count = workers or (1 if len(first) < SMALL else cores())
    if count == 1:
        yield from map(work, batches)
        return
    # spawn: a fork of a process that holds polars' threads may lock up
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=end_with_parent) as pool:
        try:
            yield from in_order(pool, work, batches, ahead=AHEAD * count)
        except BrokenProcessPool as error:
            raise Error(f"a worker process ended: {NO_MAIN}") from error


def in_order(pool: Executor, work: Work, batches: Iterator[list[Paper]], *, ahead: int) -> Iterator[Batch]:
    """What the batches give, in their order; the next goes out when the oldest of `ahead` has come back."""
    under_way: deque[Future[Batch]] = deque()
    try:
        under_way += [pool.submit(work, batch) for batch in islice(batches, ahead)]
        while under_way:
            done = under_way.popleft().result()
            under_way += [pool.submit(work, batch) for batch in islice(batches, 1)]
            yield done
    finally:
        for future in under_way:
            future.cancel()


def cores() -> int:
    """The cores this process may use, which in a container or under `taskset` are not all there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def end_with_parent() -> None:
    """Let a worker go when its parent is killed: it would wait for work for ever."""
    threading.Thread(target=_exit_after_parent, daemon=True).start()


def _exit_after_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _columns(rows: list[tuple[object, ...]]) -> Columns:
    return [list(column) for column in zip(*rows, strict=True)]


def _batched(papers: Iterable[Paper]) -> Iterator[list[Paper]]:
    left = iter(papers)
    while batch := list(islice(left, BATCH)):
        yield batch
