"""Who cites whom: by the references that sources give, and by names that only the cited paper introduces.

A CITES edge says how it is known in `via`: "reference", or the names; both where both hold. An edge by name carries the
sentence, an edge by reference alone has none.
"""

import re
from collections.abc import Iterable

import polars as pl

from kb.identity import LONGEST_ID
from kb.tables import PAPERS, frame
from kb.titles import head, title_words

REFERENCE = "reference"
EARLIER = 2  # years: who names a thing so long before its paper names another thing; one in four may be a homonym
SURE = 0.8  # of the score of an introduction that the title does not bear out
RARE = 2.5  # idf of what says that two papers have something in common
_COINED = re.compile(r"[^\W_][A-Z]|\d")
_SAYS = re.compile(r"propos|introduc|present|named|call|term|dub|releas|title")
_DATA = ("dataset", "datasets", "benchmark", "corpus", "database", "challenge", "toolkit", "library", "package")
_ENDS = (*_DATA, "network", "networks", "model", "models")
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
    """(source, identifier, target) of every reference; `target` is null where no paper here is known by it.

    A reference may have several identifiers: `identifier` is then the first of them.
    """
    given = papers.select(pl.col("id").alias("source"), pl.col("references").alias("reference"))
    cited = given.explode("reference").drop_nulls().unique()
    ways = cited.with_columns(pl.col("reference").str.split(" ").alias("identifier")).explode("identifier")
    found = ways.join(known_by(papers).rename({"paper": "target"}), on="identifier", how="left")
    return (
        found.group_by("source", "reference").agg(pl.col("target").min(), pl.col("identifier").min()).drop("reference")
    )


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
    made = made.filter(pl.col("id").str.len_chars() <= LONGEST_ID, ~pl.col("id").is_in(papers["id"].implode()))
    empty = {c: pl.lit("") for c in ("title", "abstract", "hash", "format")}
    lists = {c: pl.lit([], t) for c, t in PAPERS.items() if t == pl.List(pl.String()) and c != "ids"}
    rest = {c: pl.lit(None, t) for c, t in PAPERS.items() if c not in {*made.columns, *empty, *lists}}
    return frame("papers", made.with_columns(**empty, **lists, **rest).with_columns(pl.col("ids").fill_null([])))


def by_reference(papers: pl.DataFrame) -> pl.DataFrame:
    """(source, target) of the references between papers of the table, each pair once."""
    inside = references(papers).filter(pl.col("target").is_not_null() & (pl.col("source") != pl.col("target")))
    return inside.select("source", "target").unique()


def by_name(edges: pl.LazyFrame, papers: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """(source, target, via, evidence) where an abstract names a method or dataset that one other paper made.

    Made: its title alone opens with the name, or its abstract alone introduces a name that is no words of a language,
    and says it twice. No paper names it EARLIER years before; and a short acronym joins only papers that
    have something else in common, for there are more meanings than acronyms.
    """
    named = entities.filter(pl.col("kind").is_in(["Method", "Dataset"]), pl.col("papers") > 1)
    years = papers.select(pl.col("id").alias("source"), "year")
    held = edges.join(named.lazy().select(pl.col("id").alias("target"), "name"), on="target").collect()
    held = held.join(years, on="source", how="left")
    owners = _owners(held, named, papers)
    found = held.filter(pl.col("type") != "INTRODUCES").join(owners, on="target").filter(
        (pl.col("source") != pl.col("owner"))
        & (pl.col("owner_year").is_null() | pl.col("year").is_null() | (pl.col("owner_year") <= pl.col("year")))
    )  # fmt: skip
    found = _by_proper_name(_related(found, edges, entities), papers)
    return (
        found.sort(["source", "owner", "score", "weight", "target"], descending=[False, False, True, True, False])
        .group_by(["source", "owner"], maintain_order=True)
        .agg(pl.col("name").alias("via"), pl.col(_EVIDENCE).first())
        .rename({"owner": "target"})
    )


def _owners(held: pl.DataFrame, named: pl.DataFrame, papers: pl.DataFrame) -> pl.DataFrame:
    """(target, owner, owner_year): the entities that one paper made: by its title, else as the only one to say so."""
    claims = held.filter(pl.col("type") == "INTRODUCES")
    used = held.filter(pl.col("type") != "INTRODUCES").select("target", pl.col("year").alias("used"))
    titles = papers.select(pl.col("id").alias("source"), "title")
    rows = claims.join(used.select("target").unique(), on="target").join(titles, on="source").join(
        named.select(pl.col("id").alias("target"), "aliases"), on="target"
    ).sort("target", "source")  # fmt: skip
    opens = [
        _opens(title, [name, *aliases]) for title, name, aliases in rows.select("title", "name", "aliases").iter_rows()
    ]
    coined = [_coined(*row) for row in rows.select("name", "cue", "score", "mentions").iter_rows()]
    rows = rows.with_columns(opens=pl.Series(opens, dtype=pl.Boolean), coined=pl.Series(coined, dtype=pl.Boolean))
    by_title = pl.col("opens") & (pl.col("opens").sum().over("target") == 1)
    alone = pl.col("coined") & (pl.len().over("target") == 1)
    made = rows.filter(by_title | alone).select(
        "target", pl.col("source").alias("owner"), pl.col("year").alias("owner_year")
    )
    before = (pl.col("used") <= pl.col("owner_year") - EARLIER).fill_null(False)
    told = made.join(used, on="target").group_by("target").agg(before.sum().alias("before"), pl.len().alias("all"))
    known = told.filter((pl.col("before") > 1) | (4 * pl.col("before") > pl.col("all")))
    return made.join(known, on="target", how="anti")


def _coined(name: str, cue: str | None, score: float, mentions: int) -> bool:
    """Whether a paper surely introduces a name that is no words of a language."""
    return bool(_COINED.search(name) and _SAYS.search(cue or "") and score >= SURE and mentions > 1)


def _opens(title: str, names: Iterable[str]) -> bool:
    """Whether a title is one of the names or puts it before a colon or dash, perhaps with a word like `network` behind.

    `The NAME dataset for ..` opens with it too.
    """
    words = title_words(title)
    parts = [part for part in (words, title_words(head(title))) if part]
    for name in {title_words(name) for name in names if name}:
        size = len(name)
        if name in parts or any(part[:-1] == name and part[-1] in _ENDS for part in parts):
            return True
        if size and words[:size] == name and words[size : size + 1] and words[size] in _DATA:
            return True
    return False


def _by_proper_name(found: pl.DataFrame, papers: pl.DataFrame) -> pl.DataFrame:
    """Candidates less those written like words of the language: several words in small letters mean what they say.

    Unless the acronym follows (`graph attention network (GAT)`); a single word in small letters is a name if it is so
    written where it comes from (mixup).
    """
    texts = papers.select(pl.col("id").alias("source"), "title", "abstract")
    told = found.join(texts, on="source", how="left", maintain_order="left")
    whole = pl.when(pl.col("field") == "title").then("title").otherwise("abstract")
    text = whole.str.slice(pl.col("start_char"), pl.col("end_char") - pl.col("start_char"))
    behind = whole.str.slice(pl.col("end_char"), 3)
    small = ~text.str.contains(r"[\p{Lu}\d]")
    plain = text.str.contains(r"[\s-]") | pl.col("name").str.contains(r"\p{Lu}")
    return told.filter(~(small & plain) | behind.str.contains(r"^ \(\p{Lu}")).drop("title", "abstract")


def _related(found: pl.DataFrame, edges: pl.LazyFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """Candidates less those by a short acronym whose papers name nothing else in common that is rare."""
    short = pl.col("name").str.contains(r"^\p{Lu}[\p{Lu}\d-]{0,5}$")
    rare = entities.lazy().filter(pl.col("idf") >= RARE).select(pl.col("id").alias("other"))
    mine = edges.select("source", pl.col("target").alias("other")).join(rare, on="other", how="semi").collect()
    theirs = mine.rename({"source": "owner"})
    pairs = found.filter(short).select("source", "owner", "target").join(mine, on="source").join(
        theirs, on=["owner", "other"]
    )  # fmt: skip
    common = pairs.filter(pl.col("other") != pl.col("target")).select("source", "owner", "target").unique()
    known = found.filter(short).join(common, on=["source", "owner", "target"], how="semi")
    return pl.concat([found.filter(~short), known])


def cites(edges: pl.LazyFrame, papers: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """CITES edges, each pair of papers once, sorted."""
    referred = by_reference(papers).with_columns(pl.lit([REFERENCE]).alias("given"))
    both = by_name(edges, papers, entities).join(referred, on=["source", "target"], how="full", coalesce=True)
    empty = pl.lit([], pl.List(pl.String()))
    via = pl.concat_list(pl.col("given").fill_null(empty), pl.col("via").fill_null(empty))
    return frame("edges", both.with_columns(pl.lit("CITES").alias("type"), via.alias("via")))
