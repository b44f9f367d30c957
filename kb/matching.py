"""Which papers and entities of two knowledge bases are the same ones, whatever ids they go by. Pure.

An id that both have is one thing. Else papers are known by what only one paper of each base carries: an identifier, a
text, a line of a file that is the same in both; entities by the places that name them: most of one's must be the
other's. Two of A that lead to one of B were joined, one of A that leads to two of B was parted.
"""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from extract.records import Paper
from kb.citations import known_by
from kb.identity import content_hash
from kb.tables import Tables

_SPOT = ("hash", "field", "start", "end")


@dataclass(frozen=True, slots=True)
class Matched:
    """What became of the ids of A in B; each frame sorted.

    `same` (a, b): one to one; `joined` (b, was): what several of A are now; `parted` (a, now): what is several now;
    `came` and `went`: ids without any partner; `goes` (a, b): where each id of A went that has one successor.
    """

    same: pl.DataFrame
    joined: pl.DataFrame
    parted: pl.DataFrame
    came: pl.Series
    went: pl.Series
    goes: pl.DataFrame


def match_papers(a: Tables, b: Tables, files: Collection[str]) -> Matched:
    """The papers of two bases; `files` are the labels of input files that are the same bytes in both."""
    links = _paper_keys(a, files).rename({"id": "a"}).join(_paper_keys(b, files).rename({"id": "b"}), on="key")
    return _matched(links.select("a", "b"), a.papers["id"], b.papers["id"])


def match_entities(a: Tables, b: Tables) -> Matched:
    """The entities of two bases, by the places in equal texts that name them."""
    one, other = _spots(a).rename({"entity": "a"}), _spots(b).rename({"entity": "b"})
    held = one.join(other, on=_SPOT).group_by("a", "b").len("n")
    goes = pl.col("n") * 2 > pl.col("n").sum().over("a")
    comes = pl.col("n") * 2 > pl.col("n").sum().over("b")
    gone = ~pl.col("a").is_in(b.entities["id"].implode())
    new = ~pl.col("b").is_in(a.entities["id"].implode())
    return _matched(held.filter((goes & gone) | (comes & new)).select("a", "b"), a.entities["id"], b.entities["id"])


def _paper_keys(tables: Tables, files: Collection[str]) -> pl.DataFrame:
    """(key, id) of what one paper alone carries: identifiers, texts, lines of `files`."""
    papers = tables.papers.select("id", "hash", "sources", "abstract")
    records = tables.records.filter((pl.col("paper") != "") & (pl.col("abstract") != ""))
    texts = [content_hash(Paper(*row)) for row in records.select("title", "abstract").iter_rows()]
    read = pl.DataFrame({"key": texts, "id": records["paper"]}, schema={"key": pl.String, "id": pl.String})
    lines = papers.select(pl.col("sources").alias("key"), "id").explode("key").drop_nulls()
    known = pl.Series("file", sorted(files), dtype=pl.String).implode()
    keys = [
        known_by(tables.papers).select(pl.col("identifier").alias("key"), pl.col("paper").alias("id")),
        # A title alone ("Introduction") says nothing of which paper it is.
        papers.filter(pl.col("abstract") != "").select(pl.format("text:{}", "hash").alias("key"), "id"),
        read.with_columns(pl.format("text:{}", "key").alias("key")),
        lines.filter(pl.col("key").str.replace(":[^:]*$", "").is_in(known)).with_columns(
            pl.format("at:{}", "key").alias("key")
        ),
    ]
    return pl.concat(keys).unique().filter(pl.len().over("key") == 1)


def _spots(tables: Tables) -> pl.DataFrame:
    """(hash of the text, field, start, end, entity) of every mention; papers of one text count once."""
    texts = tables.papers.select(pl.col("id").alias("paper"), "hash")
    held = tables.mentions.select("paper", "entity", *_SPOT[1:]).join(texts, on="paper", maintain_order="left")
    return held.select(*_SPOT, "entity").unique(_SPOT, keep="first", maintain_order=True)


def _matched(links: pl.DataFrame, a: pl.Series, b: pl.Series) -> Matched:
    """From (a, b) links to what became of each id; between ids that both bases have, only equality is a link."""
    kept = pl.DataFrame({"a": a}).filter(pl.col("a").is_in(b.implode())).with_columns(pl.col("a").alias("b"))
    both = pl.col("a").is_in(b.implode()) & pl.col("b").is_in(a.implode())
    held = pl.concat([kept, links.filter(~both)]).unique().sort("a", "b")
    outs, ins = pl.len().over("a"), pl.len().over("b")
    return Matched(
        same=held.filter((outs == 1) & (ins == 1)),
        joined=held.filter(ins > 1).group_by("b", maintain_order=True).agg(pl.col("a").alias("was")).sort("b"),
        parted=held.filter(outs > 1).group_by("a", maintain_order=True).agg(pl.col("b").alias("now")),
        came=b.filter(~b.is_in(held["b"].implode())).sort(),
        went=a.filter(~a.is_in(held["a"].implode())).sort(),
        goes=held.filter(outs == 1),
    )
