"""Who cites whom: by the references that sources give, and by names that only the cited paper introduces.

A CITES edge says how it is known in `via`: "reference", or the names; both where both hold. An edge by name carries the
sentence, an edge by reference alone has none.
"""

import polars as pl

from kb.tables import PAPERS, frame

REFERENCE = "reference"
INTRODUCERS = 1  # a name that more papers introduce is a homonym and cites nobody
_EVIDENCE = ("sentence", "field", "start_char", "end_char", "cue", "score")


def known_by(papers: pl.DataFrame) -> pl.DataFrame:
    """(identifier, paper) of every identifier that one paper alone carries."""
    own = [
        papers.select(pl.format("doi:{}", "doi").alias("identifier"), pl.col("id").alias("paper")),
        papers.select(pl.format("arxiv:{}", "arxiv").alias("identifier"), pl.col("id").alias("paper")),
        papers.select(pl.col("ids").alias("identifier"), pl.col("id").alias("paper")).explode("identifier"),
    ]
    held = pl.concat(own).drop_nulls().unique()
    return held.filter(pl.len().over("identifier") == 1)


def references(papers: pl.DataFrame) -> pl.DataFrame:
    """(source, identifier, target) of every reference; `target` is null where no paper here has the identifier."""
    given = papers.select(pl.col("id").alias("source"), pl.col("references").alias("identifier"))
    cited = given.explode("identifier").drop_nulls().unique()
    return cited.join(known_by(papers).rename({"paper": "target"}), on="identifier", how="left")


def stubs(papers: pl.DataFrame) -> pl.DataFrame:
    """Papers without title for the references that lead outside: rows of the papers table, sorted by id."""
    outside = references(papers).filter(pl.col("target").is_null())["identifier"].unique().sort()
    bare = outside.str.replace(r"^(doi|arxiv|acl|openalex|s2|dblp):", "")
    ids = ("paper:" + bare).alias("id")
    scheme = outside.str.extract(r"^([a-z0-9]+):")
    made = pl.DataFrame({"id": ids, "identifier": outside, "scheme": scheme}).with_columns(
        pl.when(pl.col("scheme") == "doi").then(pl.col("identifier").str.slice(4)).alias("doi"),
        pl.when(pl.col("scheme") == "arxiv").then(pl.col("identifier").str.slice(6)).alias("arxiv"),
        pl.when(~pl.col("scheme").is_in(["doi", "arxiv"])).then(pl.concat_list("identifier")).alias("ids"),
    )
    made = made.filter(pl.col("id").str.len_chars() <= 200, ~pl.col("id").is_in(papers["id"].implode()))
    empty = {c: pl.lit("") for c in ("title", "abstract", "hash", "format")}
    lists = {c: pl.lit([], t) for c, t in PAPERS.items() if t == pl.List(pl.String()) and c != "ids"}
    rest = {c: pl.lit(None, t) for c, t in PAPERS.items() if c not in {*made.columns, *empty, *lists}}
    return frame("papers", made.with_columns(**empty, **lists, **rest).with_columns(pl.col("ids").fill_null([])))


def by_reference(papers: pl.DataFrame) -> pl.DataFrame:
    """(source, target) of the references between papers of the table, each pair once."""
    inside = references(papers).filter(pl.col("target").is_not_null() & (pl.col("source") != pl.col("target")))
    return inside.select("source", "target").unique()


def by_name(edges: pl.DataFrame, papers: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """(source, target, via, evidence) where an abstract names a method or dataset that one other paper introduces.

    Only by a proper name, one with a capital or a digit or of three words: a common term proves no acquaintance.
    """
    proper = pl.col("name").str.contains(r"[\p{Lu}\d]|\S+ \S+ \S+")
    named = entities.filter(proper & pl.col("kind").is_in(["Method", "Dataset"])).select(
        pl.col("id").alias("target"), "name"
    )
    years = papers.select(pl.col("id").alias("source"), "year")
    held = edges.join(named, on="target").join(years, on="source", how="left")
    owners = held.filter(pl.col("type") == "INTRODUCES")
    owners = owners.filter(pl.len().over("target") <= INTRODUCERS)
    owners = owners.select("target", pl.col("source").alias("owner"), pl.col("year").alias("owner_year"))
    found = held.filter(pl.col("type") != "INTRODUCES").join(owners, on="target").filter(
        (pl.col("source") != pl.col("owner"))
        & (pl.col("owner_year").is_null() | pl.col("year").is_null() | (pl.col("owner_year") <= pl.col("year")))
    )  # fmt: skip
    return (
        found.sort(["source", "owner", "score", "weight", "target"], descending=[False, False, True, True, False])
        .group_by(["source", "owner"], maintain_order=True)
        .agg(pl.col("name").alias("via"), pl.col(_EVIDENCE).first())
        .rename({"owner": "target"})
    )


def cites(edges: pl.DataFrame, papers: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """CITES edges, each pair of papers once, sorted."""
    referred = by_reference(papers).with_columns(pl.lit([REFERENCE]).alias("given"))
    both = by_name(edges, papers, entities).join(referred, on=["source", "target"], how="full", coalesce=True)
    empty = pl.lit([], pl.List(pl.String()))
    via = pl.concat_list(pl.col("given").fill_null(empty), pl.col("via").fill_null(empty))
    return frame("edges", both.with_columns(pl.lit("CITES").alias("type"), via.alias("via")))
