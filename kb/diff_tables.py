"""The changes between the tables of two knowledge bases, as frames of CHANGE. Pure."""

from collections.abc import Iterator

import polars as pl

from kb.matching import Matched
from kb.schema import ENTITY_EDGES, UNDIRECTED
from kb.tables import PAPERS, Tables, captions

CHANGE = {
    "what": pl.String(), "change": pl.String(), "id": pl.String(), "was": pl.List(pl.String()), "name": pl.String(),
    "detail": pl.String(),
}  # fmt: skip

_SHORT = ("year", "date", "venue", "doi", "arxiv")  # columns of which a change shows the values
_PLACE = ("sources", "format")  # where a paper was read, not what it is
_NUMBERS = ("weight", "shared", "via", "field", "start_char", "end_char", "cue", "score", "mentions")  # of an edge
_REASONS = 3  # joins that the detail of a joined paper names
_NONE = pl.lit([], pl.List(pl.String()))


def paper_changes(a: Tables, b: Tables, matched: Matched) -> Iterator[pl.DataFrame]:
    """Papers that came, went, are known by another id, were joined or parted, or changed."""
    old, new = _paper_names(a), _paper_names(b)
    what = pl.lit("Paper")
    yield _rows(_named(matched.came, new), what, "came")
    yield _rows(_named(matched.went, old), what, "went")
    told = _told(matched.same, a.papers, b.papers, [c for c in PAPERS if c not in ("id", "hash")])
    is_new = pl.col("a") != pl.col("id")
    told = told.filter(is_new | (pl.col("columns").list.len() > 0)).join(new, on="id", how="left")
    moved = pl.col("columns").list.eval(~pl.element().is_in(_PLACE)).list.any()
    change = pl.when(is_new).then(pl.lit("renamed")).when(moved).then(pl.lit("changed")).otherwise(pl.lit("moved"))
    yield _rows(told, what, change, was=pl.when(is_new).then(pl.concat_list("a")).otherwise(_NONE))
    yield from _merges(matched, what, old, new, _reasons(b, a), _reasons(a, b))


def entity_changes(a: Tables, b: Tables, matched: Matched) -> Iterator[pl.DataFrame]:
    """Entities that came, went, are known by another id, were joined or parted, or changed name, kind or aliases."""
    old, new = (t.entities.select("id", "name", "kind") for t in (a, b))
    kind = pl.col("kind")
    yield _rows(_named(matched.came, new), kind, "came")
    yield _rows(_named(matched.went, old), kind, "went")
    own, other = (t.entities.with_columns(pl.col("aliases").list.sort()) for t in (a, b))
    told = _told(matched.same, own, other, ["name", "kind", "aliases"], short=("name", "kind"))
    is_new = pl.col("a") != pl.col("id")
    told = told.filter(is_new | (pl.col("columns").list.len() > 0)).join(new, on="id", how="left")
    change = pl.when(is_new).then(pl.lit("renamed")).otherwise(pl.lit("changed"))
    yield _rows(told, kind, change, was=pl.when(is_new).then(pl.concat_list("a")).otherwise(_NONE))
    yield from _merges(matched, kind, old, new)


def author_changes(a: Tables, b: Tables) -> Iterator[pl.DataFrame]:
    """Authors that came, went, or changed name or identifiers."""
    what = pl.lit("Author")
    yield _rows(b.authors.join(a.authors, on="id", how="anti"), what, "came")
    yield _rows(a.authors.join(b.authors, on="id", how="anti"), what, "went")
    both = b.authors.join(a.authors, on="id", how="semi").select(pl.col("id").alias("a"), pl.col("id").alias("b"))
    told = _told(both, a.authors, b.authors, ["name", "orcid", "ids"], short=("name", "orcid"))
    told = told.filter(pl.col("columns").list.len() > 0).join(b.authors.select("id", "name"), on="id")
    yield _rows(told, what, "changed")


def edge_changes(a: Tables, b: Tables, goes: pl.DataFrame, *, weights: bool) -> Iterator[pl.DataFrame]:
    """Edges that came, went, changed (another role, sentence or `via`), or changed in weight or evidence alone.

    `goes` (a, b) are the ids of A that are others in B. Without `weights` the last, which are most, are rows without
    a name, to be counted.
    """
    ends = ["family", "source", "target"]
    old = _edges(_moved(a.edges, goes)).filter(pl.col("source") != pl.col("target"))
    new = _edges(b.edges)
    names = pl.concat([_names(b), _names(a)]).unique("id", keep="first", maintain_order=True)
    said = pl.coalesce("sentence", pl.format("weight {}", "weight"), pl.lit(""))
    yield _edge_rows(new.join(old, on=ends, how="anti"), names, "came", said)
    yield _edge_rows(old.join(new, on=ends, how="anti"), names, "went", said)
    both = new.join(old, on=ends, suffix="_a")
    via = (pl.col("type") == "CITES") & _differs("via")
    listed = pl.any_horizontal(_differs("type"), _differs("sentence"), _differs("position"), via)
    told = [
        pl.when(_differs("type")).then(pl.format("{} -> {}", "type_a", "type")),
        pl.when(_differs("sentence")).then(pl.lit("sentence")),
        pl.when(_differs("position")).then(pl.lit("position")),
        pl.when(via).then(pl.format("{} -> {}", pl.col("via_a").list.join(", "), pl.col("via").list.join(", "))),
    ]
    words = pl.concat_list(told).list.drop_nulls().list.join("; ")
    yield _edge_rows(both.filter(listed), names, "changed", words)
    rest = both.filter(~listed & pl.any_horizontal(map(_differs, _NUMBERS)))
    if weights:
        shift = pl.when(_differs("weight")).then(pl.format("{} -> {}", "weight_a", "weight"))
        yield _edge_rows(rest, names, "reweighted", shift.otherwise(pl.lit("evidence")))
    else:
        yield _rows(rest.select("type", id=pl.lit(""), name=pl.lit("")), pl.col("type"), "reweighted")


def _edges(edges: pl.DataFrame) -> pl.DataFrame:
    """Edges with their `family`: a paper and an entity have one edge, whatever its role."""
    role = pl.col("type").is_in(ENTITY_EDGES)
    ranks = {name: i for i, name in enumerate(ENTITY_EDGES)}
    flipped = pl.col("type").is_in(UNDIRECTED) & (pl.col("source") > pl.col("target"))
    held = edges.with_columns(
        pl.when(flipped).then("target").otherwise("source").alias("source"),
        pl.when(flipped).then("source").otherwise("target").alias("target"),
        pl.when(role).then(pl.lit("role")).otherwise(pl.col("type")).alias("family"),
        pl.col("type").replace_strict(ranks, default=0).alias("rank"),
    )
    # Where entities were joined, a paper had an edge to each: the strongest role stands for them.
    held = held.sort("rank", maintain_order=True)
    return held.unique(["family", "source", "target"], keep="first", maintain_order=True).drop("rank")


def _moved(edges: pl.DataFrame, goes: pl.DataFrame) -> pl.DataFrame:
    """Edges under the ids that their ends go by in B."""
    for end in ("source", "target"):
        edges = edges.join(goes.rename({"a": end, "b": "now"}), on=end, how="left", maintain_order="left")
        edges = edges.with_columns(pl.coalesce("now", end).alias(end)).drop("now")
    return edges


def _edge_rows(edges: pl.DataFrame, names: pl.DataFrame, change: str, detail: pl.Expr) -> pl.DataFrame:
    """A row an edge: its id is those of its ends with a blank between, its name their names."""
    held = edges.with_columns(detail.alias("detail"))
    held = held.join(names.rename({"id": "source", "name": "one"}), on="source", how="left", maintain_order="left")
    held = held.join(names.rename({"id": "target", "name": "other"}), on="target", how="left", maintain_order="left")
    held = held.with_columns(
        pl.format("{} {}", "source", "target").alias("id"),
        pl.format("{} -> {}", pl.coalesce("one", "source"), pl.coalesce("other", "target")).alias("name"),
    )
    return _rows(held, pl.col("type"), change)


def _merges(
    matched: Matched,
    what: pl.Expr,
    old: pl.DataFrame,
    new: pl.DataFrame,
    why: pl.DataFrame | None = None,
    once: pl.DataFrame | None = None,
) -> Iterator[pl.DataFrame]:
    """What was joined (a row each, under its id in B) and what was parted (a row each, under its id in A)."""
    none = pl.DataFrame(schema={"id": pl.String, "why": pl.String})
    joined = matched.joined.rename({"b": "id"}).join(new, on="id", how="left")
    joined = joined.join(none if why is None else why, on="id", how="left")
    detail = pl.format("was {}{}", pl.col("was").list.join(", "), pl.col("why").fill_null(""))
    yield _rows(joined.with_columns(detail.alias("detail")), what, "joined", was=pl.col("was"))
    parted = matched.parted.rename({"a": "id"}).join(old, on="id", how="left")
    parted = parted.join(none if once is None else once, on="id", how="left")
    detail = pl.format("is now {}{}", pl.col("now").list.join(", "), pl.col("why").fill_null(""))
    yield _rows(parted.with_columns(detail.alias("detail")), what, "parted", was=pl.concat_list("id"))


def _reasons(tables: Tables, other: Tables) -> pl.DataFrame:
    """(id, why) of papers: what joined their records here that did not join them in the other base."""
    held = tables.records.filter((pl.col("paper") != "") & (pl.col("by") != ""))
    place = ["by", "to", "sources"]
    new = held.join(other.records.select(place), on=place, how="anti")
    ranked = new.select(pl.col("paper").alias("id"), "by").unique().sort("id", "by")
    some = pl.col("by").head(_REASONS).str.join(", ")
    return ranked.group_by("id", maintain_order=True).agg(pl.format("; joined by {}", some).alias("why"))


def _told(
    pairs: pl.DataFrame, a: pl.DataFrame, b: pl.DataFrame, columns: list[str], short: tuple[str, ...] = _SHORT
) -> pl.DataFrame:
    """Pairs as (a, id) with `columns`, those that differ, and `detail`, in words: of short columns both values."""
    held = pairs.join(a.select("id", *columns), left_on="a", right_on="id", maintain_order="left")
    held = held.rename({c: f"{c}_a" for c in columns})
    held = held.join(b.select("id", *columns), left_on="b", right_on="id", maintain_order="left")
    words = [
        pl.when(_differs(c)).then(
            pl.format(f"{c} {{}} -> {{}}", *(_text(x) for x in (f"{c}_a", c))) if c in short else pl.lit(c)
        )
        for c in columns
    ]
    which = [pl.when(_differs(c)).then(pl.lit(c)) for c in columns]
    return held.select(
        "a",
        pl.col("b").alias("id"),
        pl.concat_list(which).list.drop_nulls().alias("columns"),
        pl.concat_list(words).list.drop_nulls().list.join("; ").alias("detail"),
    )


def _differs(column: str) -> pl.Expr:
    return pl.col(column).ne_missing(pl.col(f"{column}_a"))


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).fill_null("none")


def _paper_names(tables: Tables) -> pl.DataFrame:
    return tables.papers.select("id", captions(tables.papers))


def _names(tables: Tables) -> pl.DataFrame:
    """(id, name) of every node."""
    rest = [table.select("id", "name") for table in (tables.entities, tables.authors)]
    return pl.concat([_paper_names(tables), *rest])


def _named(ids: pl.Series, names: pl.DataFrame) -> pl.DataFrame:
    return names.filter(pl.col("id").is_in(ids.implode()))


def _rows(held: pl.DataFrame, what: pl.Expr, change: str | pl.Expr, *, was: pl.Expr = _NONE) -> pl.DataFrame:
    """Rows of CHANGE out of a frame with id and name, and detail where there is one."""
    detail = pl.col("detail") if "detail" in held.columns else pl.lit("")
    kind = pl.lit(change) if isinstance(change, str) else change
    made = {"what": what, "change": kind, "id": pl.col("id"), "was": was, "name": pl.col("name"), "detail": detail}
    return held.select(each.cast(CHANGE[name]).alias(name) for name, each in made.items())
