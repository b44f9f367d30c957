"""Extraction over many papers, in this process or in several.

Workers get batches of papers and send back columns, not objects: shipping spaCy Docs costs more than the work.
Batches come back in the order in which they went out, whatever the number of workers.
"""

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import astuple
from functools import cache
from itertools import islice
from multiprocessing import get_context, parent_process

from threadpoolctl import ThreadpoolController

from extract.errors import Error
from extract.pause import no_gc
from extract.pipeline import extract, load
from extract.records import Paper

BATCH = 128
SMALL = 1_500  # papers below which starting processes costs more than they win
Columns = list[list[object]]


def extract_batch(papers: Sequence[Paper]) -> tuple[Columns, Columns]:
    """Mentions and definitions of a batch, each as one list a column, in field order."""
    nlp = load()
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


def extract_batches(papers: Sequence[Paper], *, workers: int | None = None) -> Iterator[tuple[Columns, Columns]]:
    """Extract all papers in batches of BATCH; `workers` None takes one process for few papers, else every core."""
    batches = _batched(papers)
    count = workers or (1 if len(papers) < SMALL else os.cpu_count() or 1)
    if count == 1:
        yield from map(extract_batch, batches)
        return
    # spawn: a fork of a process that holds polars' threads may lock up
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
        try:
            yield from pool.map(extract_batch, batches)
        except BrokenProcessPool as error:
            raise Error(
                "a worker process ended: out of memory, or a script that builds without "
                'if __name__ == "__main__": (or build with workers=1)'
            ) from error


def _end_with_parent() -> None:
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
