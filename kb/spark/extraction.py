"""Reading and extraction on Spark: a file a task, then batches of papers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from extract.errors import SourceError
from extract.records import Mention, Paper, Reject
from extract.workers import BATCH, extract_batch
from kb.intake import Clock, Intake, Source, from_columns, input_row, read_file, unread
from kb.manifest import model_hash
from kb.spark.session import Run, batches, ddl, fetch, load, share
from kb.tables import DEFINITIONS, MENTIONS, PAPERS

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

CHUNK = 5_000  # records that a reading task holds
TASK = 1_000  # papers that an extracting task takes
SLICE = 5_000  # papers a core that are extracted and kept at a time: what a build that is killed repeats at most

_PAPER = {f.name: pl.String() if f.name == "date" else PAPERS[f.name] for f in fields(Paper)}
_REJECT = {"source": pl.String(), "line": pl.Int64(), "reason": pl.String(), "raw": pl.String()}
_INPUT = {"path": pl.String(), "sha256": pl.String(), "bytes": pl.Int64(), "entries": pl.Int64(), "error": pl.String()}
_READ = {"record": pl.Struct(_PAPER), "reject": pl.Struct(_REJECT), "input": pl.Struct(_INPUT)}

_MENTION = {f.name: MENTIONS[f.name] for f in fields(Mention)}
_FOUND = {
    "hash": pl.String(),
    "mentions": pl.List(pl.Struct({c: t for c, t in _MENTION.items() if c != "paper"})),
    "definitions": pl.List(pl.Struct({c: t for c, t in DEFINITIONS.items() if c != "paper"})),
}
"""One row a text, so that one pass gives both."""


def read_on(run: Run, sources: Sequence[Source], clock: Clock) -> Intake:
    """As `kb.intake.read_files`, a file a task; the files must lie where every executor finds them."""
    clock.tick("read", 0, len(sources))
    ordered = [replace(s, path=s.path.absolute()) for s in sorted(sources, key=lambda s: s.label)]
    tasks = run.spark.range(0, len(ordered), 1, len(ordered))
    rows = fetch(run, "read", tasks.mapInArrow(partial(_read, ordered), ddl(_READ)))
    held = {name: rows[name].drop_nulls().struct.unnest() for name in ("record", "reject", "input")}
    told = {row["path"]: _told(row) for row in held["input"].iter_rows(named=True)}
    if told and all("error" in row for row in told.values()):
        raise SourceError(told[ordered[0].label]["error"])
    clock.tick("read", len(sources), len(sources))
    return Intake(
        [_paper(row) for row in held["record"].iter_rows(named=True)],
        [Reject(*row) for row in held["reject"].iter_rows()],
        [{"place": s.place, "map": dict(sorted(s.mapping.items()))} | told[s.label] for s in ordered],
    )


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _paper(row: dict[str, Any]) -> Paper:
    return Paper(**(row | {name: tuple(value) for name, value in row.items() if isinstance(value, list)}))


def _read(sources: Sequence[Source], tasks: Iterator["pa.RecordBatch"]) -> Iterator["pa.RecordBatch"]:
    for task in tasks:
        for number in task.column("id").to_pylist():
            for made in _file_rows(sources[number]):
                yield from batches(made.select(_column(made, name, dtype) for name, dtype in _READ.items()), _READ)


def _column(made: pl.DataFrame, name: str, dtype: Any) -> pl.Expr:
    return pl.col(name) if name in made.columns else pl.lit(None, dtype).alias(name)


def _file_rows(source: Source) -> Iterator[pl.DataFrame]:
    """What a file holds, in frames of one column each: records, rejects, last the file itself."""
    held: list[Paper] = []
    rejects: list[Reject] = []
    entries, broken = 0, None
    try:
        for record in read_file(source):
            if isinstance(record, Reject):
                rejects.append(record)
                continue
            held.append(record)
            if len(held) == CHUNK:
                entries += len(held)
                yield _structs("record", held, _PAPER)
                held = []
    except SourceError as error:
        rejects.append(broken := unread(source, error))
    yield _structs("record", held, _PAPER)
    yield _structs("reject", rejects, _REJECT)
    row = {"error": None} | input_row(source, entries + len(held), broken)
    yield pl.DataFrame({"input": [row]}, schema={"input": _READ["input"]})


def _structs(name: str, rows: Sequence[Any], schema: Mapping[str, Any]) -> pl.DataFrame:
    columns = {c: [getattr(row, c) for row in rows] for c in schema}
    return pl.DataFrame(columns, schema=schema).select(pl.struct(pl.all()).alias(name))


def extract_on(run: Run, papers: pl.DataFrame, *, min_score: float, rules_only: bool, clock: Clock) -> list[Any]:
    """As `kb.intake.extract_papers`, but the mentions are a table of Spark; equal texts are read once."""
    texts = papers.select("hash", "title", "abstract").unique("hash", keep="first", maintain_order=True)
    found = _found(run, texts, rules_only, clock)
    ids = share(run, "ids", papers.select("hash", pl.col("id").alias("paper")))
    definitions = _exploded(found.join(ids, "hash"), "definitions", DEFINITIONS)
    mentions = _exploded(found.join(ids, "hash"), "mentions", _MENTION)
    return [mentions.where(mentions["score"] >= min_score), fetch(run, "definitions", definitions)]


def _found(run: Run, texts: pl.DataFrame, rules_only: bool, clock: Clock) -> "DataFrame":
    """What every text names, by its hash; what earlier runs have kept is taken from there."""
    parts = run.parts / model_hash(rules_only=rules_only)
    kept = sorted(path.parent for path in parts.glob("*.extracted/_SUCCESS"))
    hashes = _known(kept)
    fresh = texts.filter(~pl.col("hash").is_in(hashes.implode()))
    cores = run.spark.sparkContext.defaultParallelism
    for i, part in enumerate(fresh.iter_slices(SLICE * cores)):
        clock.tick("extract", len(texts) - len(fresh) + i * SLICE * cores, len(texts))
        tasks = share(run, f"texts-{i}", part).repartition(max(2 * cores, len(part) // TASK))
        made = tasks.mapInArrow(partial(_extract, rules_only), ddl(_FOUND))
        kept.append(parts / run.folder.name.replace(".spark", f"-{i:06d}.extracted"))
        made.write.parquet(f"file://{kept[-1]}")
    clock.tick("extract", len(texts), len(texts))
    found = load(run, *kept)
    return found.dropDuplicates(["hash"]) if hashes.is_duplicated().any() else found  # of two builds at once


def _known(kept: Sequence[Path]) -> pl.Series:
    """The hashes of the texts that some folders hold."""
    files = [file for folder in kept for file in sorted(folder.glob("*.parquet"))]
    held = [pl.read_parquet(file, columns=["hash"], glob=False)["hash"] for file in files]
    return pl.concat([pl.Series("hash", [], pl.String), *held])


def _extract(rules_only: bool, texts: Iterator["pa.RecordBatch"]) -> Iterator["pa.RecordBatch"]:
    """A worker's part: `extract_batch` over Arrow batches; each process loads the model once."""
    for batch in texts:
        for start in range(0, batch.num_rows, BATCH):
            rows = batch.slice(start, BATCH).to_pylist()
            papers = [Paper(row["title"], row["abstract"], id=row["hash"]) for row in rows]
            mentions, definitions = extract_batch(papers, rules_only=rules_only)
            made = pl.DataFrame({"hash": [row["hash"] for row in rows]})
            for name, found, schema in (("mentions", mentions, _MENTION), ("definitions", definitions, DEFINITIONS)):
                flat = from_columns(found, schema).rename({"paper": "hash"})
                nested = flat.group_by("hash").agg(pl.struct(pl.exclude("hash")).alias(name))
                made = made.join(nested, on="hash", how="left")
            yield from batches(made, _FOUND)


def _exploded(found: "DataFrame", name: str, schema: Mapping[str, Any]) -> "DataFrame":
    from pyspark.sql.functions import col, explode

    return found.select("paper", explode(name).alias("row")).select(
        "paper", *(col("row")[column].alias(column) for column in schema if column != "paper")
    )
