"""The engines a build can run on. Each gives the same five stages; the rest of a build is the same on all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from kb.aliases import AliasFile
from kb.apart import apart
from kb.canonical import canonicalise
from kb.errors import UsageError
from kb.folder import room_for
from kb.intake import Clock, Found, Intake, Source, extract_papers, read_files
from kb.link import entity_edges, shares
from kb.manifest import model_hash
from kb.parts import Parts
from kb.tables import frame

ENGINES = ("local", "spark")
LARGE = 20_000  # papers from which a process of its own pays: it takes a second to start


Named = tuple[pl.LazyFrame, pl.DataFrame]
"""The table of mentions, to be read some at a time, and that of entities."""


@dataclass(frozen=True, slots=True)
class Stages:
    """What an engine does: files to records, papers to (mentions, definitions), these to entities, both kinds of edges.

    The mentions that `extract` gives are the engine's own; `canonicalise` takes them and gives tables.
    """

    read: Callable[[Sequence[Source], Clock], Intake]
    extract: Callable[..., list[Any]]
    canonicalise: Callable[..., Named]
    entity_edges: Callable[[pl.DataFrame, pl.LazyFrame, pl.DataFrame], Iterator[pl.DataFrame]]
    shares: Callable[[pl.DataFrame, pl.DataFrame, pl.DataFrame], pl.DataFrame]


def local(folder: Path, work: Path, workers: int | None) -> Stages:
    """The stages in this process, extraction in `workers` others, for the knowledge base in `folder`.

    Names of LARGE corpora are canonicalised in a process of their own, unless there is to be only one; what goes there
    and back lies in `work` meanwhile.
    """

    def extract(papers: pl.DataFrame, *, min_score: float, rules_only: bool, clock: Clock) -> Found:
        parts = Parts(folder, model_hash(rules_only=rules_only))
        least, how = min_score, rules_only
        return extract_papers(papers, min_score=least, rules_only=how, workers=workers, clock=clock, parts=parts)

    def named(mentions: pl.DataFrame, definitions: pl.DataFrame, *, papers: int, aliases: AliasFile) -> Named:
        given = [mentions, definitions]
        del mentions  # `apart` lets go of them
        if papers < LARGE or workers == 1:
            made = [rows.lazy() for rows in canonical_frames(given.pop(0), given.pop(), papers, aliases)]
        else:
            with room_for(folder):
                made = apart(canonical_frames, given, papers, aliases, folder=work / "canonical")
        return made[0], made[1].collect()

    return Stages(read_files, extract, named, entity_edges, shares)


def canonical_frames(
    mentions: pl.DataFrame, definitions: pl.DataFrame, papers: int, aliases: AliasFile
) -> list[pl.DataFrame]:
    """`canonicalise`, as `apart` can call it, with the mentions as the table."""
    made = canonicalise(mentions, definitions, papers=papers, aliases=aliases)
    return [frame("mentions", made.mentions), made.entities]


@contextmanager
def stages(engine: str, folder: Path, work: Path, *, workers: int | None, master: str | None) -> Iterator[Stages]:
    """The stages of an engine, which runs as long as the block, for the knowledge base in `folder`."""
    if engine not in ENGINES:
        raise UsageError(f"no engine {engine!r}: there are {', '.join(ENGINES)}")
    if engine == "local":
        if master is not None:
            raise UsageError("a master is Spark's: add --engine spark")
        yield local(folder, work, workers)
        return
    if workers is not None:
        raise UsageError("--workers is the local engine's: Spark's master says how many, as --master local[4] does")
    from kb.spark.extraction import extract_on, read_on
    from kb.spark.links import entity_edges_on, shares_on
    from kb.spark.names import canonicalise_on
    from kb.spark.session import running

    with running(master, folder) as run:
        yield Stages(
            partial(read_on, run),
            partial(extract_on, run),
            partial(canonicalise_on, run),
            partial(entity_edges_on, run),
            partial(shares_on, run),
        )
