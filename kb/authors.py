"""Who wrote what: authors by their identifiers, else by their name among the records of one kind of source.

Identifiers that one author of one paper carries belong together (ORCID with OpenAlex). ORCIDs are given to people, the
others to clusters of names: so identifiers that would join two ORCIDs stay apart. A name without an identifier is one
person within a format (all BibTeX, all arXiv), for no more can be known.
"""

from collections import defaultdict

import polars as pl

from kb.identity import digest, slug
from kb.tables import AUTHORS, frame
from kb.titles import letters

_ORDER = ("orcid", "openalex", "s2author")


def authorship(papers: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The authors of papers, and the WROTE edges to these: an author once a paper, at the first of its positions."""
    rows = _rows(papers)
    people = _people(rows.select("name", "ids", "format").unique().sort("ids", "format", "name"))
    placed = rows.join(people, on=["name", "ids", "format"], how="left")
    wrote = placed.group_by(pl.col("author").alias("source"), pl.col("paper").alias("target")).agg(
        pl.col("position").min()
    )
    edges = wrote.with_columns(type=pl.lit("WROTE"))
    return _authors(placed), edges.sort("source", "target")


def _rows(papers: pl.DataFrame) -> pl.DataFrame:
    """An author of a paper a row: paper, format, name, ids (one text), position from 1."""
    some = papers.filter(pl.col("authors").list.len() > 0)
    ids = pl.when(pl.col("author_ids").list.len() == pl.col("authors").list.len()).then("author_ids")
    none = pl.col("authors").list.eval(pl.lit(""))
    return (
        some.select(
            pl.col("id").alias("paper"),
            "format",
            pl.col("authors").alias("name"),
            ids.otherwise(none).alias("ids"),
            pl.int_ranges(1, pl.col("authors").list.len() + 1).alias("position"),
        )
        .explode("name", "ids", "position")
        .with_columns(pl.col("ids").fill_null(""), pl.col("format").fill_null(""))
    )


def _people(names: pl.DataFrame) -> pl.DataFrame:
    """Distinct (name, ids, format) with the id of the author that each means."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = key = parent[parent[key]]
        return key

    rows = list(names.iter_rows())
    keys = [_keys(*row) for row in rows]
    orcid = {key: key for own in keys for key in own if key.startswith("orcid:")}  # of a set, under its root
    for own in keys:
        for other in own[1:]:
            a, b = root(own[0]), root(other)
            if a != b and not (a in orcid and b in orcid and orcid[a] != orcid[b]):
                parent[max(a, b, key=_rank)] = min(a, b, key=_rank)
                if found := orcid.get(a) or orcid.get(b):
                    orcid[root(a)] = found
    made = [(*row, _id(root(own[0]))) for row, own in zip(rows, keys, strict=True)]
    return pl.DataFrame(made, schema={**names.schema, "author": pl.String()}, orient="row")


def _rank(key: str) -> tuple[int, str]:
    scheme = key.partition(":")[0]
    return (_ORDER.index(scheme) if scheme in _ORDER else len(_ORDER)), key


def _keys(name: str, ids: str, format: str) -> list[str]:
    """What an author of a record is known by, the surest first."""
    if given := sorted(ids.split(), key=_rank):
        return given
    folded = " ".join("".join(c if c.isalnum() else " " for c in letters(name)).split())
    return [f"{format}/{folded or name}"]


def _id(key: str) -> str:
    """The id of an author: `author:0000-0002-1825-0097`, `author:A123`, `author:bibtex:jane-doe`."""
    scheme, colon, value = key.partition(":")
    if colon and scheme in _ORDER:
        return f"author:{value}" if scheme != "s2author" else f"author:{key}"
    format, _, name = key.partition("/")
    readable = slug(name)
    exact = readable == name.replace(" ", "-")
    return f"author:{format or 'table'}:{readable}" + ("" if exact else f"-{digest(name)[:6]}")


def _authors(placed: pl.DataFrame) -> pl.DataFrame:
    """The authors table: the commonest way of writing a name is the name, of equals the longest."""
    ways: dict[str, list[str]] = defaultdict(list)
    known: dict[str, set[str]] = defaultdict(set)
    counted = placed.group_by("author", "name", "ids").agg(pl.len())
    ranked = counted.sort(["len", pl.col("name").str.len_chars(), "name", "ids"], descending=[True, True, False, False])
    for author, name, ids, _ in ranked.iter_rows():
        if name not in ways[author]:
            ways[author].append(name)
        known[author].update(ids.split())
    papers = dict(placed.group_by("author").agg(pl.col("paper").n_unique()).iter_rows())
    rows = [
        {
            "id": author,
            "name": names[0],
            "aliases": names[1:],
            "orcid": next((i.removeprefix("orcid:") for i in sorted(known[author]) if i.startswith("orcid:")), None),
            "ids": sorted(known[author]),
            "papers": papers[author],
        }
        for author, names in ways.items()
    ]
    return frame("authors", pl.DataFrame(rows, schema=AUTHORS))
