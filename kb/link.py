"""Links: what a paper does with each entity, which papers share rare names and terms, which build on which.

A paper is a unit vector over its entities, each weighing idf x kind, and its terms (`kb.terms`); SHARES is the cosine
of two papers. What more than HUB papers hold nominates no pair (it would nominate millions) but counts in the score of
every nominated one. Nothing depends on the order of rows or on threads: ties break by id.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix
from sparse_dot_topn import sp_matmul_topn

from extract.records import ROLES
from extract.roles import DEFAULT
from kb.schema import ROLE_EDGES
from kb.significance import masses, p_values
from kb.spelling import word_form
from kb.tables import frame, shaped, slices
from kb.terms import SHARE, distinct
from kb.threads import in_threads, threads

KIND_WEIGHT = {"Method": 1.0, "Dataset": 1.0, "Task": 1.0, "Metric": 0.4, "Concept": 0.7}
TOP = 10  # links nominated by each paper
HUB = 1_000  # papers above which a name or term nominates no pair
MIN_WEIGHT = 0.05  # a cosine below this is chance
WHOLE = 500_000  # mentions whose edges are made at a time
SLICE = 20_000  # edges whose sentences are cut at a time
PAIRS = 10_000  # compared at a time: what they share then fits the processor's cache
VIA = 5  # shared names and terms kept on an edge
HEAVIEST = 20  # that these are chosen from
DIGITS = 3  # of an entity's part in a paper
SHARE_DIGITS = 2 * DIGITS  # of a cosine: a sum of products, so nothing is left to round and engines cannot differ

_NO_EVIDENCE = ("sentence", "field", "start_char", "end_char", "cue", "score", "mentions")


def entity_edges(papers: pl.DataFrame, mentions: pl.LazyFrame, entities: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """One edge for each (paper, entity), sorted: the strongest role, with its best mention as the evidence.

    `mentions` are sorted by paper, and read some at a time: so come the edges.
    """
    own, lost = traits(entities), lost_claims(mentions, papers).with_columns(lost=pl.lit(True))
    texts = papers.select(pl.col("id").alias("paper"), "title", "abstract")
    for some in _whole_papers(mentions):
        held = some.join(own, on="entity", how="inner", maintain_order="left")
        best = strongest(held.join(lost, on=["paper", "entity"], how="left", maintain_order="left"))
        near = texts.join(best.select("paper").unique(), on="paper", how="semi")
        yield shaped("edges", pl.concat([edge_rows(part, near) for part in best.iter_slices(SLICE)]))


def _whole_papers(mentions: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Mentions some WHOLE at a time, and no paper parted."""
    left = pl.DataFrame()
    for some in slices(mentions, WHOLE):
        held = pl.concat([left, some])
        end = int(held["paper"].search_sorted(str(held["paper"].last())))  # the last paper may go on
        if end:
            yield held[:end]
        left = held[end:]
    if len(left):
        yield left


def traits(entities: pl.DataFrame) -> pl.DataFrame:
    """What an edge takes of its `entity`: `entity_kind`, and `part`, what it weighs before a paper's whole is known."""
    kind = pl.col("kind").replace_strict(KIND_WEIGHT, return_dtype=pl.Float64)
    return entities.select(
        pl.col("id").alias("entity"), pl.col("kind").alias("entity_kind"), (pl.col("idf") * kind).alias("part")
    )


def strongest(mentions: pl.DataFrame) -> pl.DataFrame:
    """The best mention of each (paper, entity); of whole papers, whose vectors `part` then makes one long.

    `mentions` have the columns of `traits`, and `lost` where `lost_claims` holds their paper and entity.
    """
    return (
        _with_roles(mentions)
        .sort(
            ["paper", "entity", "rank", "score", "in_title", "start"],
            descending=[False, False, False, True, False, False],
        )
        .group_by(["paper", "entity"], maintain_order=True)
        .agg(pl.all().first(), pl.len().alias("mentions"))
        .with_columns((pl.col("part") / (pl.col("part") ** 2).sum().over("paper").sqrt()).round(DIGITS))
    )


def edge_rows(best: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Edges with their sentences cut from the papers; a slice at a time, as each row holds a whole abstract."""
    text = pl.when(pl.col("field") == "title").then(pl.col("title")).otherwise(pl.col("abstract"))
    sentence = text.str.slice(pl.col("sentence_start"), pl.col("sentence_end") - pl.col("sentence_start"))
    return best.join(texts, on="paper", how="left", maintain_order="left").select(
        pl.col("role").replace_strict(ROLE_EDGES).alias("type"),
        pl.col("paper").alias("source"),
        pl.col("entity").alias("target"),
        pl.col("part").alias("weight"),
        pl.lit(None, pl.Int64).alias("shared"),
        pl.lit(None, pl.List(pl.String)).alias("via"),
        sentence.alias("sentence"),
        "field",
        pl.col("start").alias("start_char"),
        pl.col("end").alias("end_char"),
        "cue",
        "score",
        "mentions",
    )


def _with_roles(mentions: pl.DataFrame) -> pl.DataFrame:
    """Mentions with a role their entity's kind allows: canonicalisation may have settled on another kind."""
    default = pl.col("entity_kind").replace_strict(DEFAULT)
    introduced = (pl.col("role") == "introduces") & ~pl.col("lost").fill_null(False)
    allowed = introduced | (
        (pl.col("entity_kind") == "Method") & pl.col("role").is_in(["extends", "compares_with", "uses", "mentions"])
    )
    ranks = {role: i for i, role in enumerate(ROLES)}
    return mentions.with_columns(
        pl.when(allowed).then(pl.col("role")).otherwise(default).alias("role"),
        (pl.col("field") == "title").alias("in_title"),
    ).with_columns(pl.col("role").replace_strict(ranks).alias("rank"))


def lost_claims(mentions: pl.LazyFrame, papers: pl.DataFrame) -> pl.DataFrame:
    """(paper, entity) whose `introduces` stands against the one paper that introduces the entity by its title.

    An abstract that spells out an acronym reads like one that introduces it; a title that opens with the name is sure.
    Only of the same long form, for equal acronyms are often two things; a paper known to be older keeps its claim.
    """
    spelt = pl.col("name").str.to_lowercase().str.replace_all(r"[^\p{L}\d]+", " ")
    long = mentions.filter((pl.col("role") == "introduces") & pl.col("name").str.contains(r"\S\s+\S"))
    in_title = (pl.col("field") == "title").alias("in_title")
    claims = long.select("entity", "paper", in_title, spelt.alias("spelt")).collect()
    titled = claims.filter(pl.col("in_title")).select("entity", pl.col("paper").alias("owner")).unique()
    titled = titled.filter(pl.len().over("entity") == 1)
    years = papers.select(pl.col("id").alias("paper"), "year")
    told = claims.join(titled, on="entity")
    owned = told.filter(pl.col("paper") == pl.col("owner")).select("entity", "spelt").unique()
    later = pl.col("year").is_null() | pl.col("owner_year").is_null() | (pl.col("year") >= pl.col("owner_year"))
    return (
        told.filter(pl.col("paper") != pl.col("owner"))
        .join(owned, on=["entity", "spelt"], how="semi")
        .join(years, on="paper", how="left")
        .join(years.rename({"paper": "owner", "year": "owner_year"}), on="owner", how="left")
        .filter(later)
        .select("paper", "entity")
        .unique()
    )


def beside_terms(edges: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """Edges to entities of papers that also have terms: these take SHARE of the squared length of the vector."""
    told = pl.col("source").is_in(terms["id"].implode())
    return edges.with_columns(
        pl.when(told).then((pl.col("weight") * (1 - SHARE) ** 0.5).round(DIGITS)).otherwise("weight")
    )


def shares(edges: pl.DataFrame, entities: pl.DataFrame, terms: pl.DataFrame | None = None) -> pl.DataFrame:
    """SHARES edges: for each paper its TOP nearest by cosine, each pair once, with the heaviest shared names."""
    papers, matrix, names = features(edges, entities, frame("terms", []) if terms is None else terms)
    if len(papers) < 2:
        return frame("edges", [])
    left, right = _nominated(matrix)
    inside = parts_of(names, len(entities), np.bincount(matrix.indices, minlength=len(names)) > 1)

    def told(start: int) -> pl.DataFrame:
        one, other = left[start : start + PAIRS], right[start : start + PAIRS]
        scores, shared = scored(matrix[one], matrix[other])
        pair = scores["pair"].to_numpy()
        return scores.with_columns(low=one[pair], high=other[pair], via=via(shared, names, inside))

    found = list(in_threads(told, range(0, len(left), PAIRS)))
    return share_edges(pl.concat(found), papers, matrix) if found else frame("edges", [])


def share_edges(scores: pl.DataFrame, papers: pl.Series, matrix: Any) -> pl.DataFrame:
    """SHARES edges of rows with low, high (places among the papers), weight, shared and via, with their p-values."""
    low, high = scores["low"].to_numpy(), scores["high"].to_numpy()
    told = scores.select(
        pl.lit("SHARES").alias("type"),
        papers.gather(scores["low"]).alias("source"),
        papers.gather(scores["high"]).alias("target"),
        "weight",
        "shared",
        pl.col("via").cast(pl.List(pl.String)),  # no row, no type
        pl.Series("p_value", p_values(matrix, masses(matrix), low, high, scores["weight"].to_numpy())),
    )
    return frame("edges", told)


def features(
    edges: pl.DataFrame, entities: pl.DataFrame, terms: pl.DataFrame
) -> tuple[pl.Series, csr_matrix, pl.Series]:
    """What papers hold: the papers, sorted; their vectors as the rows of a matrix; the names of its columns.

    The columns are those of the entities, then the terms by name; the rows of a paper make a vector of length 1.
    """
    papers = pl.concat([edges["source"], terms["id"]]).unique().sort()
    named = _places(edges["source"], papers), _places(edges["target"], entities["id"])
    column, words = distinct(terms["terms"].explode(empty_as_null=False))
    row = np.repeat(_places(terms["id"], papers), terms["terms"].list.len())
    places = np.concatenate([named[0], row]), np.concatenate([named[1], column + np.int32(len(entities))])
    weights = np.concatenate([edges["weight"], terms["term_weights"].explode(empty_as_null=False)])
    names = pl.concat([entities["name"], words.rename("name")])
    return papers, csr_matrix((weights, places), shape=(len(papers), len(names))), names


def _places(values: pl.Series, among: pl.Series) -> np.ndarray:
    """The places of values in a series that holds each of them once."""
    return values.cast(pl.Enum(among)).to_physical().to_numpy().astype(np.int32)


def _nominated(matrix: csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (smaller row first) in which one paper is among the other's nearest by its rarer names and terms."""
    degree = np.bincount(matrix.indices, minlength=matrix.shape[1])
    low, high = nearest(matrix[:, np.flatnonzero((degree <= HUB) & (degree > 1))].tocsr(), np.arange(matrix.shape[0]))
    pairs = np.unique(low * matrix.shape[0] + high)
    return pairs // matrix.shape[0], pairs % matrix.shape[0]


def nearest(rare: Any, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each of some rows of a matrix with its TOP nearest rows of the whole: the smaller row, the larger one."""
    top, least = TOP + 1, 1e-9
    near = sp_matmul_topn(rare[rows], rare.T.tocsr(), top, threshold=least, sort=True, n_threads=threads()).tocoo()
    one, other = rows[near.row].astype(np.int64), near.col.astype(np.int64)
    off = one != other
    return np.minimum(one, other)[off], np.maximum(one, other)[off]


def scored(one: Any, other: Any) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cosines of the rows of two matrices that are no chance, and the columns they share, HEAVIEST of them.

    (pair, weight, shared), by `pair`, the row in both; and (row, column), by the row of the first frame, the heaviest
    first, ties by column.
    """
    products = one.multiply(other).tocsr()
    weight = np.round(np.asarray(products.sum(axis=1)).ravel(), SHARE_DIGITS)
    pair = np.flatnonzero(weight >= MIN_WEIGHT)
    products = products[pair]
    counts = np.diff(products.indptr).astype(np.int64)
    row = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((products.indices, -np.round(products.data, 9), row))
    kept = order[np.arange(len(row)) - np.repeat(products.indptr[:-1], counts) < HEAVIEST]
    scores = pl.DataFrame({"pair": pair, "weight": weight[pair], "shared": counts})
    columns = products.indices[kept].astype(np.int64)
    return scores, pl.DataFrame({"row": row[kept], "column": columns}, schema=_SHARED)


_SHARED = {"row": pl.Int64, "column": pl.Int64}


def via(shared: pl.DataFrame, names: pl.Series, inside: pl.DataFrame) -> pl.Series:
    """For each row of `shared` (row, column, the heaviest first) the VIA names and terms that are told of it.

    A term goes without saying where another of the row holds its words (`inside`).
    """
    hidden = shared.join(inside, left_on="column", right_on="whole").select("row", column="part")
    told = shared.join(hidden, on=["row", "column"], how="anti", maintain_order="left")
    spelt = told.select("row", names.gather(told["column"]).alias("via"))
    return spelt.group_by("row", maintain_order=True).agg(pl.col("via").head(VIA))["via"]


def parts_of(names: pl.Series, entities: int, held: np.ndarray) -> pl.DataFrame:
    """The columns (whole) that hold the words of terms (part), of those `held` by several papers.

    The first `entities` columns are names, the others terms.
    """
    columns = pl.Series("whole", np.flatnonzero(held))
    spelt = pl.DataFrame({"whole": columns, "token": names.gather(columns).str.extract_all(_WORD)})
    tokens = spelt.explode("token").drop_nulls()
    forms = tokens["token"].unique()
    folded = pl.DataFrame({"token": forms, "word": [word_form(token) for token in forms]}, schema=_SPELT)
    words = tokens.join(folded, on="token", how="left", maintain_order="left").select("whole", "word")
    before = pl.when(pl.col("whole") == pl.col("whole").shift(1)).then(pl.col("word").shift(1))
    beside = pl.concat_str(before, "word", separator=" ")
    parts = pl.concat([words, words.select("whole", word=beside).drop_nulls()]).unique()
    terms = pl.DataFrame({"word": names.gather(columns), "part": columns}).filter(pl.col("part") >= entities)
    return parts.join(terms, on="word").filter(pl.col("whole") != pl.col("part")).select("whole", "part")


_WORD = r"[\p{L}\p{N}]+"
_SPELT = {"token": pl.String, "word": pl.String}
