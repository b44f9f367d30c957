"""Writing files whole: the bytes go to a part file beside the target, which takes its place at the end."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole(*targets: Path) -> Iterator[list[BinaryIO]]:
    """One handle for each target; when the block ends well all targets are replaced, else none is touched.

    A target that is no regular file (a pipe, `/dev/stdout`) is written straight: renaming would destroy it.
    """
    finals = [path if _special(path) else path.resolve() for path in targets]  # a pipe's real name cannot be opened
    for path in finals:
        if path.is_dir():
            raise IsADirectoryError(21, "Is a directory", str(path))
    parts = [path if _special(path) else path.with_name(f".{path.name}.{os.getpid()}.part") for path in finals]
    try:
        with ExitStack() as stack:
            yield [stack.enter_context(part.open("wb")) for part in parts]
        for part, path in zip(parts, finals, strict=True):
            if part != path:
                part.replace(path)
    finally:
        for part, path in zip(parts, finals, strict=True):
            if part != path:
                part.unlink(missing_ok=True)


def _special(path: Path) -> bool:
    return path.exists() and not path.is_file()
