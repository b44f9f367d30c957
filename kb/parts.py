"""What a build has extracted so far, kept beside the knowledge base, so that the next command goes on where one ended.

    .NAME.part/MODEL/TIME.mentions.parquet   TIME.definitions.parquet   TIME.papers.parquet

`paper` is here the hash of a paper's text. A part counts when its list of papers is there, which is written last. What
another model extracted is thrown away; all of it is when a build is done.
"""

import shutil
import time
from pathlib import Path

import polars as pl

KINDS = ("mentions", "definitions", "papers")


def part_folder(target: Path) -> Path:
    """Where the parts for a knowledge base lie."""
    target = target.resolve()
    return target.with_name(f".{target.name}.part")


def clear_parts(target: Path) -> None:
    """Forget what was extracted for a knowledge base: it is done."""
    shutil.rmtree(part_folder(target), ignore_errors=True)


class Parts:
    """The parts for one knowledge base and one model: what other runs left, and what this one adds."""

    def __init__(self, target: Path, model: str) -> None:
        whole = part_folder(target)
        self._folder = whole / model
        for other in whole.iterdir() if whole.is_dir() else ():
            if other != self._folder:
                shutil.rmtree(other, ignore_errors=True)

    def load(self) -> list[dict[str, pl.DataFrame]]:
        """The frames of all whole parts, by kind. A damaged part is none, and no paper is in two of them."""
        found: list[dict[str, pl.DataFrame]] = []
        known: set[str] = set()
        for done in sorted(self._folder.glob("*.papers.parquet")):
            try:
                part = {kind: pl.read_parquet(self._file(done.name.split(".")[0], kind)) for kind in KINDS}
            except (OSError, pl.exceptions.PolarsError):
                continue
            own = set(part["papers"]["paper"])
            if twice := sorted(own & known):  # two runs may both have read a paper
                part = {kind: rows.filter(~pl.col("paper").is_in(twice)) for kind, rows in part.items()}
            known |= own
            found.append(part)
        return found

    def save(self, mentions: pl.DataFrame, definitions: pl.DataFrame, papers: pl.Series) -> None:
        """Keep one more part, if it can be: a build needs none of them."""
        name = f"{time.time_ns():020d}"
        frames = {"mentions": mentions, "definitions": definitions, "papers": papers.alias("paper").to_frame()}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for kind in KINDS:
                new = self._file(name, f"new-{kind}")
                frames[kind].write_parquet(new, compression="lz4")
                new.replace(self._file(name, kind))
        except (OSError, pl.exceptions.PolarsError):
            return

    def _file(self, name: str, kind: str) -> Path:
        return self._folder / f"{name}.{kind}.parquet"
