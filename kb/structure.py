"""The shape of the graph: which community each node belongs to, and how central it is in it.

Measured on two graphs of one kind of node each, the ones that `--graph papers` and `--graph entities` write: papers by
SHARES and CITES, entities by the papers that name both. A SHARES edge counts by its weight times the probability that
it is more than chance (`kb.significance`), so that hubs do not weld the graph.
"""

from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix

from kb import centrality, communities
from kb.projection import co_use
from kb.schema import ENTITY_EDGES
from kb.significance import CUT
from kb.tables import frame

CITED = 0.2
"""What a citation weighs beside a SHARES edge: as much as one of two very close papers."""

DIGITS = 3  # significant ones of a centrality


LINKS = ["type", "source", "target", "weight", "score", "p_value"]
"""The columns of edges that are looked at."""


def structure(ids: pl.Series, entities: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """The structure table: community, PageRank, betweenness and participation of every paper (`ids`) and entity.

    A community is null where there is none; it is that of all papers, or of most, that an entity's edges come from.
    """
    weighed, sure = _paper_links(edges)
    joined = _adjacency(ids, weighed)
    community = communities.leiden(joined)
    own = pl.DataFrame({"id": ids, "community": community})
    named = edges.filter(pl.col("type").is_in(ENTITY_EDGES))
    weights = communities.weights_by_community(named, own)
    of_papers = own.with_columns(**_central(joined, _adjacency(ids, sure)), participation=_spread(joined, community))
    return _told(of_papers, _of_entities(entities, named, weights), communities.names(weights, entities, own))


def _paper_links(edges: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Links between papers, `source, target, weight`: all of them, and those that are more than chance."""
    chance = pl.col("p_value").fill_null(0.0)
    shares = edges.filter(pl.col("type") == "SHARES").select(
        "source", "target", (pl.col("weight") * (1 - chance)).alias("weight"), chance.alias("chance")
    )
    cites = edges.filter(pl.col("type") == "CITES").select(
        "source", "target", (pl.col("score").fill_null(1.0) * CITED).alias("weight"), pl.lit(0.0).alias("chance")
    )
    links = pl.concat([shares, cites]).filter((pl.col("weight") > 0) & (pl.col("source") != pl.col("target")))
    return links.drop("chance"), links.filter(pl.col("chance") <= CUT).drop("chance")


def _of_entities(entities: pl.DataFrame, named: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    ids = entities["id"]
    used = co_use(named, entities).filter(pl.col("pmi") > 0)
    links = _adjacency(ids, used.with_columns(weight=pl.col("papers") * pl.col("pmi")))
    numbers = weights["community"].to_numpy()
    shape = (len(ids), int(numbers.max(initial=0)) + 1)
    spread = coo_matrix((weights["weight"].to_numpy(), (_rows(weights["entity"], ids), numbers)), shape=shape).tocsr()
    own = entities.select("id").join(communities.of_entities(weights), on="id", how="left", maintain_order="left")
    return own.with_columns(**_central(links, links), participation=pl.Series(centrality.participation(spread)))


def _central(weighed: Any, sure: Any) -> dict[str, pl.Series]:
    return {
        "pagerank": pl.Series(centrality.pagerank(weighed)),
        "betweenness": pl.Series(centrality.betweenness(sure)),
    }


def _spread(adjacency: Any, community: np.ndarray) -> pl.Series:
    """The participation of nodes by the communities of their neighbours; neighbours in none do not count."""
    size = len(community)
    inside = coo_matrix((np.ones(size), (np.arange(size), community)), shape=(size, int(community.max(initial=0)) + 1))
    return pl.Series(centrality.participation((adjacency @ inside.tocsr())[:, 1:]))


def _adjacency(ids: pl.Series, links: pl.DataFrame) -> Any:
    """A symmetric matrix over the sorted ids; what several links of a pair weigh is summed."""
    one, other = _rows(links["source"], ids), _rows(links["target"], ids)
    weight = links["weight"].to_numpy()
    half = coo_matrix((weight, (one, other)), shape=(len(ids), len(ids))).tocsr()
    return (half + half.T).tocsr()


def _rows(values: pl.Series, ids: pl.Series) -> np.ndarray:
    """The places of values among the ids."""
    place = pl.DataFrame({"id": ids, "row": np.arange(len(ids))})
    held = values.rename("id").to_frame().join(place, on="id", how="left", maintain_order="left")
    return held["row"].to_numpy()


def _told(papers: pl.DataFrame, entities: pl.DataFrame, names: dict[int, str]) -> pl.DataFrame:
    """Both as the table: rounded, named, communities that are none as null."""
    both = pl.concat([papers, entities], how="vertical_relaxed")
    known = pl.DataFrame({"community": list(names), "community_name": list(names.values())}, schema=_NAMED)
    told = both.with_columns(pl.when(pl.col("community") > 0).then("community").alias("community"))
    told = told.join(known, on="community", how="left")
    rounded = [pl.col(c).round_sig_figs(DIGITS) for c in ("pagerank", "betweenness", "participation")]
    return frame("structure", told.with_columns(rounded))


_NAMED = {"community": pl.Int64, "community_name": pl.String}
