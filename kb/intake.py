"""From files to papers and from papers to mentions: the two stages of a build that read text."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import polars as pl

from extract.readers import label_of, read_source
from extract.records import Mention, Paper, Reject
from extract.workers import BATCH, extract_batches
from kb.identity import content_hash
from kb.manifest import sha256
from kb.tables import DEFINITIONS, MENTIONS, frame

Progress = Callable[[str, int, int], None]
RAW = [c for c in MENTIONS if c != "entity"]
"""The columns of mentions before canonicalisation."""


@dataclass(slots=True)
class Clock:
    """Seconds that stages took, and the progress callback (stage, done, total)."""

    progress: Progress | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    _last: float = field(default_factory=time.perf_counter)

    def tick(self, stage: str, done: int = 0, total: int = 1) -> None:
        """Report `done` of `total` of a stage."""
        if self.progress:
            self.progress(stage, done, total)

    def end(self, stage: str) -> None:
        """Close a stage."""
        now = time.perf_counter()
        self.seconds[stage] = round(now - self._last, 3)
        self._last = now


@dataclass(frozen=True, slots=True)
class Intake:
    """Records of some files, what was rejected, and a manifest row for each file."""

    papers: list[Paper]
    rejects: list[Reject]
    inputs: list[dict[str, Any]]


def read_files(paths: Sequence[Path], mappings: Mapping[str, Mapping[str, str]], clock: Clock) -> Intake:
    """Read files in the order of their names; `mappings` is label -> column -> field."""
    intake = Intake([], [], [])
    for i, path in enumerate(sorted(paths, key=label_of)):
        clock.tick("read", i, len(paths))
        label, before = label_of(path), len(intake.papers)
        for record in read_source(path, mapping=mappings[label]):
            if isinstance(record, Paper):
                intake.papers.append(record)
            else:
                intake.rejects.append(record)
        row = {"path": label, "sha256": sha256(path), "bytes": path.stat().st_size}
        entries = {"entries": len(intake.papers) - before, "map": dict(sorted(mappings[label].items()))}
        intake.inputs.append(row | entries)
    clock.tick("read", len(paths), len(paths))
    return intake


def extract_papers(
    papers: Sequence[Paper], *, min_score: float, workers: int | None, clock: Clock
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Mentions (without entities) and definitions of the papers, as frames."""
    names = [f.name for f in fields(Mention)]
    mentions = [pl.DataFrame(schema={c: MENTIONS[c] for c in RAW})]
    definitions = [frame("definitions", [])]
    clock.tick("extract", 0, len(papers))
    for i, (found, defined) in enumerate(extract_batches(papers, workers=workers), 1):
        if found:
            columns = dict(zip(names, found, strict=True))
            made = pl.DataFrame(columns, schema={c: MENTIONS[c] for c in names})
            mentions.append(made.select(RAW).filter(pl.col("score") >= min_score))
        if defined:
            definitions.append(pl.DataFrame(dict(zip(DEFINITIONS, defined, strict=True)), schema=DEFINITIONS))
        clock.tick("extract", min(len(papers), i * BATCH), len(papers))
    return pl.concat(mentions), pl.concat(definitions)


def papers_frame(papers: Iterable[Paper]) -> pl.DataFrame:
    """Papers as a table, with the hash of their text."""
    rows = [{**{f.name: getattr(p, f.name) for f in fields(p)}, "hash": content_hash(p)} for p in papers]
    return frame("papers", rows)


def without_sources(papers: Iterable[Paper], gone: set[str]) -> Iterable[Paper]:
    """Papers less the files in `gone`; a paper that is left without a source goes."""
    for paper in papers:
        left = tuple(s for s in paper.sources if s.rpartition(":")[0] not in gone)
        if left:
            yield replace(paper, sources=left)
