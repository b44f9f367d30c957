"""A Spark session for one build, and the tables that pass between it and polars.

They pass as Parquet files in a folder which the driver and every executor reach by the same path, not through the
memory of the driver's JVM.
"""

import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from kb.errors import Error, StoreError, UsageError
from kb.parts import part_folder

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

LOCAL = {
    "spark.driver.memory": os.environ.get("SPARK_DRIVER_MEMORY", "2g"),
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
}
"""For a master on this machine; a cluster has settings of its own (SPARK_CONF_DIR)."""

_TYPES = {pl.String(): "string", pl.Int64(): "bigint", pl.Float64(): "double"}
_PYTHON = re.compile(r"(?!pyspark|py4j)[\w.]*(Error|Exception|Interrupt): ")
_GLOB = re.compile(r"([\[\]{}*?\\])")


@dataclass(frozen=True, slots=True)
class Run:
    """One build on Spark: the session, where its tables pass, and where extractions are kept for the next build."""

    spark: "SparkSession"
    folder: Path
    parts: Path


@contextmanager
def running(master: str | None, target: Path) -> Iterator[Run]:
    """A run that builds `target`, in the session that is active or in one of `master`, else of Spark's own settings.

    UsageError where pyspark is missing, StoreError where Spark does not start, Error where it fails.
    """
    parts = part_folder(target)
    folder = parts / f"{time.time_ns():020d}.spark"
    with _told(), _session(master) as spark:
        try:
            yield Run(spark, folder, parts)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):  # they hold what was extracted so far
                parts.rmdir()


@contextmanager
def _session(master: str | None) -> Iterator["SparkSession"]:
    try:
        for name in ("pandas", "pyarrow", "pyspark"):
            import_module(name)
    except ImportError as error:
        raise UsageError("--engine spark needs Spark: pip install 'citation-graph-kb[spark]'") from error
    from pyspark.sql import SparkSession

    if active := SparkSession.getActiveSession():  # of a notebook or of spark-submit, whose it stays
        yield active
        return
    options: dict[str, Any] = {"spark.log.level": "ERROR", "spark.ui.showConsoleProgress": "false"}
    builder = SparkSession.builder.appName("kb build")
    if master:
        builder = builder.master(master)
        if master.startswith("local"):
            options |= LOCAL
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    try:
        spark = builder.config(map=options).getOrCreate()
    except Exception as error:
        place = f" on {master}" if master else ""
        raise StoreError(
            f"Spark does not start{place} ({_reason(error)}): it needs Java 17 or newer and a master that answers"
        ) from error
    try:
        yield spark
    finally:
        spark.stop()


@contextmanager
def _told() -> Iterator[None]:
    """Spark's errors as ours: one line."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.startswith(("pyspark", "py4j")):
            raise Error(f"Spark failed: {_reason(error)}") from error
        raise


def _reason(error: Exception) -> str:
    """What Python said in its worker, else what Java names as the last cause, else the first line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    python = [line for line in lines if _PYTHON.match(line)]
    java = [line.removeprefix("Caused by: ") for line in lines if line.startswith("Caused by: ")]
    return (python[:1] + java[-1:] + lines[:1] + [type(error).__name__])[0][:300]


def share(run: Run, name: str, rows: pl.DataFrame) -> "DataFrame":
    """A frame as a table of Spark."""
    run.folder.mkdir(parents=True, exist_ok=True)
    file = run.folder / f"{name}.parquet"
    rows.write_parquet(file, compression="lz4")
    return load(run, file)


def keep(run: Run, name: str, rows: "DataFrame") -> "DataFrame":
    """A table of Spark computed once and read from its files from now on."""
    rows.write.parquet(f"file://{run.folder / name}", mode="overwrite")
    return load(run, run.folder / name)


def load(run: Run, *paths: Path) -> "DataFrame":
    """Parquet files or folders as one table."""
    return run.spark.read.parquet(*("file://" + _GLOB.sub(r"\\\1", str(path)) for path in paths))


def fetch(run: Run, name: str, rows: "DataFrame") -> pl.DataFrame:
    """A table of Spark as a frame."""
    keep(run, name, rows)
    return fetched(run, name)


def fetched(run: Run, name: str) -> pl.DataFrame:
    """A table that was kept, as a frame."""
    return pl.concat([pl.read_parquet(file, glob=False) for file in sorted((run.folder / name).glob("*.parquet"))])


def ddl(schema: Mapping[str, Any]) -> str:
    """Polars' types in Spark's words."""
    return ", ".join(f"`{name}` {_ddl(dtype)}" for name, dtype in schema.items())


def _ddl(dtype: Any) -> str:
    if isinstance(dtype, pl.List):
        return f"array<{_ddl(dtype.inner)}>"
    if isinstance(dtype, pl.Struct):
        return f"struct<{', '.join(f'`{field.name}`: {_ddl(field.dtype)}' for field in dtype.fields)}>"
    return _TYPES[dtype]


def batches(rows: pl.DataFrame, schema: Mapping[str, Any]) -> Iterator["pa.RecordBatch"]:
    """A frame as Arrow batches in the types that Spark takes, which has no large text and no large lists."""
    import pyarrow as pa

    fields = pa.schema([(name, _arrow(dtype)) for name, dtype in schema.items()])
    yield from rows.select(*schema).to_arrow().cast(fields).combine_chunks().to_batches()


def _arrow(dtype: Any) -> Any:
    import pyarrow as pa

    if isinstance(dtype, pl.List):
        return pa.list_(_arrow(dtype.inner))
    if isinstance(dtype, pl.Struct):
        return pa.struct([(field.name, _arrow(field.dtype)) for field in dtype.fields])
    return {pl.String(): pa.string(), pl.Int64(): pa.int64(), pl.Float64(): pa.float64()}[dtype]
