"""Canonicalisation on Spark: mentions are counted and joined there, what the names mean is decided by the driver."""

from typing import TYPE_CHECKING

import polars as pl

from kb.aliases import AliasFile
from kb.canonical import (
    counted,
    counts_of,
    entities_of,
    entity_of_names,
    joined_names,
    keys_of,
    settle_kinds,
)
from kb.joins import named_apart
from kb.spark.session import Run, fetch, share
from kb.tables import MENTIONS, frame

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

PLACED = "mentions"
"""The table of a run that holds the mentions with their entities."""


def canonicalise_on(
    run: Run, mentions: "DataFrame", definitions: pl.DataFrame, *, papers: int, aliases: AliasFile | None = None
) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """As `kb.canonical.canonicalise`, of mentions that are a table of Spark; they stay there as PLACED too."""
    aliases = aliases or AliasFile()
    called = _called(run, mentions, aliases)
    forms = _forms(run, called)
    names, _ = joined_names(forms, definitions, aliases)
    placed = keys_of(names)
    placed = settle_kinds(placed, _votes(run, called, placed), names)
    entities = entities_of(forms, placed)
    found = share(run, "entity-of-names", entity_of_names(placed, entities).rename({"name": "called"}))
    filled = fetch(run, PLACED, called.join(found, ["kind", "called"], "left").select(*MENTIONS))
    return frame("mentions", filled).lazy(), counted(entities, counts_of(filled), papers)


def _called(run: Run, mentions: "DataFrame", aliases: AliasFile) -> "DataFrame":
    """Mentions with the name that the user's `apart` lines leave them, as `called`."""
    from pyspark.sql.functions import coalesce, col

    same = mentions.withColumn("called", col("name"))
    if all(rule.same for rule in aliases.rules):
        return same
    said = share(run, "said", named_apart(_forms(run, same), aliases.rules))
    return mentions.join(said, ["kind", "name", "text"], "left").withColumn("called", coalesce("said", "name"))


def _forms(run: Run, mentions: "DataFrame") -> pl.DataFrame:
    """As `kb.canonical` counts forms; by paper first, since to count distinct papers costs Spark more."""
    from pyspark.sql.functions import col, count, sum

    new = (col("role") == "introduces").cast("int")
    by_paper = mentions.groupBy("kind", "called", "text", "paper").agg(count("*").alias("n"), sum(new).alias("new"))
    forms = by_paper.groupBy("kind", "called", "text").agg(
        sum("n").alias("mentions"), count("*").alias("papers"), sum((col("new") > 0).cast("int")).alias("introduced")
    )
    return fetch(run, "forms", forms).rename({"called": "name"}).sort("kind", "name", "text")


def _votes(run: Run, mentions: "DataFrame", placed: pl.DataFrame) -> pl.DataFrame:
    keys = share(run, "keys", placed.rename({"name": "called"}))
    named = mentions.select("kind", "called", "paper").distinct().join(keys, ["kind", "called"])
    votes = named.select("key", "kind", "paper").distinct().groupBy("key", "kind").count()
    return fetch(run, "votes", votes).rename({"count": "papers"})
