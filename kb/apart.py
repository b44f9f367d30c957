"""A stage in a process of its own, which gives its memory back whole when it ends.

Python keeps a heap that was once large: of what canonicalisation takes for 87,000 papers, 0.8 GB, most would stay with
the build to its end. Tables go there and back as files, for a pipe would hold them twice.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from extract.workers import NO_MAIN, end_with_parent
from kb.errors import Error

Frames = list[pl.DataFrame]


def apart(
    work: Callable[..., Sequence[pl.DataFrame]], frames: Frames, *args: object, folder: Path
) -> list[pl.LazyFrame]:
    """What `work(*frames, *args)` returns, from another process; `frames` is emptied.

    What goes there and what comes back lies in `folder`, where the result is read. `work` is a function of a module.
    """
    count = _put(frames, folder, _given)
    frames.clear()
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=end_with_parent) as pool:
            made = pool.submit(_there, work, count, args, folder).result()
    except BrokenProcessPool as error:
        raise Error(f"the process that canonicalises ended: {NO_MAIN}") from error
    for i in range(count):
        _given(folder, i).unlink()
    return [pl.scan_parquet(_made(folder, i)) for i in range(made)]


def _put(frames: Sequence[pl.DataFrame], folder: Path, file: Callable[[Path, int], Path]) -> int:
    """Write frames; returns how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    for i, frame in enumerate(frames):
        frame.write_parquet(file(folder, i), compression="lz4")
    return len(frames)


def _there(work: Callable[..., Sequence[pl.DataFrame]], count: int, args: Sequence[object], folder: Path) -> int:
    return _put(work(*(pl.read_parquet(_given(folder, i)) for i in range(count)), *args), folder, _made)


def _given(folder: Path, i: int) -> Path:
    return folder / f"given-{i}.parquet"


def _made(folder: Path, i: int) -> Path:
    return folder / f"made-{i}.parquet"
