"""From files to papers and from papers to mentions: the two stages of a build that read text."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl

from extract.errors import SourceError
from extract.readers import label_of, read_source
from extract.records import Mention, Paper, Reject, Supplement
from extract.workers import BATCH, Batch, extract_batches
from kb.identity import content_hash
from kb.manifest import sha256
from kb.parts import Parts
from kb.tables import DEFINITIONS, MENTIONS, PAPERS, frame, shaped

Progress = Callable[[str, int, int], None]
SLICE = 10_000  # papers that become a table at a time
PART = 4
"""Batches that are kept together: what a killed build repeats at most."""
PARTS = 100  # of these that are joined with their papers at a time

Found = list[pl.DataFrame]
"""Mentions, not yet of entities, and definitions. A list, for who takes them over empties it: held twice, they would
be the largest thing in memory."""

_FOUND = {f.name: MENTIONS[f.name] for f in fields(Mention)}
_IDS = {"paper": pl.String(), "now": pl.String()}
_READ = {c: pl.String() if t == pl.Date() else t for c, t in PAPERS.items()}
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

    records: list[Paper]
    rejects: list[Reject]
    inputs: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Source:
    """One input file: where it is, what it is called in the knowledge base, where that is from there, its columns.

    `label` is the path as the user wrote it; `place` is the real one, relative to the folder the knowledge base
    stands in: two files of one label are told apart by it, and one file known by two labels is known as one.
    """

    path: Path
    label: str
    place: str
    mapping: Mapping[str, str]


def place_of(path: Path, folder: Path) -> str:
    """The real path of a file, relative to where the knowledge base stands, with forward slashes."""
    real, home = path.resolve(), folder.resolve().parent
    try:
        return Path(os.path.relpath(real, home)).as_posix()
    except ValueError:  # another drive
        return real.as_posix()


def read_files(sources: Sequence[Source], clock: Clock) -> Intake:
    """Read files in the order of their labels.

    A file that breaks off gives what stands before the break, and a reject. SourceError where all do.
    """
    intake, broken = Intake([], [], []), list[SourceError]()
    for i, source in enumerate(sorted(sources, key=lambda s: s.label)):
        clock.tick("read", i, len(sources))
        before, reject = len(intake.records), None
        try:
            for record in read_file(source):
                if isinstance(record, Reject):
                    intake.rejects.append(record)
                else:
                    intake.records.append(record)
        except SourceError as error:
            broken.append(error)
            intake.rejects.append(reject := unread(source, error))
        told = {"place": source.place, "map": dict(sorted(source.mapping.items()))}
        intake.inputs.append(input_row(source, len(intake.records) - before, reject) | told)
    if broken and len(broken) == len(sources):
        raise broken[0]
    clock.tick("read", len(sources), len(sources))
    return intake


def read_file(source: Source) -> Iterator[Paper | Reject]:
    """The records of a file and what was rejected, under the file's label."""
    typed = label_of(source.path)
    for record in read_source(source.path, mapping=source.mapping):
        if isinstance(record, Reject):
            yield replace(record, source=source.label)
            continue
        paper = record if isinstance(record, Paper) else _untitled(record)
        yield replace(paper, sources=tuple(source.label + s.removeprefix(typed) for s in paper.sources))


def unread(source: Source, error: SourceError) -> Reject:
    """What is told of a file that cannot be read, or not to its end."""
    return Reject(source.label, 0, str(error).replace(label_of(source.path), source.label), "")


def input_row(source: Source, entries: int, reject: Reject | None = None) -> dict[str, Any]:
    """What the manifest says of the bytes of a file that gave `entries` records.

    One that was not read to its end has no hash, so that it is read again when it is added, and an `error`.
    """
    if reject:
        return {"path": source.label, "sha256": "", "bytes": 0, "entries": entries, "error": reject.reason}
    size = source.path.stat().st_size
    return {"path": source.label, "sha256": sha256(source.path), "bytes": size, "entries": entries}


def _untitled(part: Supplement) -> Paper:
    """What a supplement says as a record without a title, which joins the paper of its identifier."""
    return Paper("", part.abstract, ids=(part.identifier,), references=part.references, sources=(part.source,))


def extract_papers(
    papers: pl.DataFrame,
    *,
    min_score: float = 0.0,
    rules_only: bool = False,
    workers: int | None,
    clock: Clock,
    parts: Parts,
) -> Found:
    """Mentions (without entities) and definitions of papers (a frame); what `parts` hold is taken from there."""
    ids = papers.select(pl.col("hash").alias("paper"), pl.col("id").alias("now"))
    frames = parts.load()
    done = pl.concat([pl.Series("paper", [], dtype=pl.String), *(part["papers"]["paper"] for part in frames)])
    fresh = papers.select("hash", "title", "abstract").filter(~pl.col("hash").is_in(done.implode()))
    fresh = fresh.unique("hash", keep="first", maintain_order=True)
    clock.tick("extract", len(papers) - len(fresh), len(papers))
    texts = (Paper(title, abstract, id=key) for key, title, abstract in fresh.iter_rows())
    batches = extract_batches(texts, workers=workers, rules_only=rules_only)
    made = _extracted(fresh["hash"], batches, clock, len(papers), parts)
    return _gathered(chain(_let_go(frames), made), ids, min_score)


def _let_go(frames: list[dict[str, pl.DataFrame]]) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    while frames:
        part = frames.pop(0)
        yield part["mentions"], part["definitions"]


def _gathered(found: Iterator[tuple[pl.DataFrame, pl.DataFrame]], ids: pl.DataFrame, min_score: float) -> Found:
    """Mentions that score enough, and definitions, under the ids of papers: PARTS at a time, for a join copies them."""
    blocks = [[frame("mentions", []).select(RAW), frame("definitions", [])]]
    while held := list(islice(found, PARTS)):
        mentions, definitions = (pl.concat(rows) for rows in zip(*held, strict=True))
        sure = mentions.filter(pl.col("score") >= min_score) if min_score else mentions
        blocks.append([renamed(sure, ids), renamed(definitions, ids)])
    return [pl.concat(rows) for rows in zip(*blocks, strict=True)]


def _extracted(
    fresh: pl.Series, batches: Iterable[Batch], clock: Clock, total: int, parts: Parts
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Mentions and definitions of papers by the hash of their text, which is their id here, PART batches at a time."""
    begun = total - len(fresh)
    held = []
    for i, batch in enumerate(batches, 1):
        held.append(batch)
        done = min(len(fresh), i * BATCH)
        if len(held) == PART or done == len(fresh):
            mentions = pl.concat([from_columns(found, _FOUND) for found, _ in held]).select(RAW)
            definitions = pl.concat([from_columns(defined, DEFINITIONS) for _, defined in held])
            if len(fresh) > PART * BATCH:
                first = (i - len(held)) * BATCH
                parts.save(mentions, definitions, fresh[first:done])
            held = []
            yield mentions, definitions
        clock.tick("extract", begun + done, total)


def from_columns(found: list[list[object]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Columns in field order as a frame; none at all where nothing was found."""
    return pl.DataFrame(dict(zip(schema, found or [[] for _ in schema], strict=True)), schema=schema)


def renamed(rows: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Rows under the ids that `ids` (paper, now) gives their papers, else dropped; several papers may share one's."""
    found = rows.join(ids, on="paper", how="inner", maintain_order="left_right")
    return found.with_columns(pl.col("now").alias("paper")).select(rows.columns)


def papers_frame(papers: Iterable[Paper]) -> pl.DataFrame:
    """Papers as a table, with the hash of their text; a slice at a time, for columns of objects are large."""
    left = iter(papers)
    slices = [shaped("papers", _paper_rows(held)) for held in iter(lambda: list(islice(left, SLICE)), [])]
    return frame("papers", pl.concat(slices) if slices else [])


def _paper_rows(held: Sequence[Paper]) -> pl.DataFrame:
    columns: dict[str, Any] = {f.name: [getattr(p, f.name) for p in held] for f in fields(Paper)}
    return pl.DataFrame({**columns, "hash": list(map(content_hash, held))}, schema=_READ)
