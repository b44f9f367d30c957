"""What stands behind the links of a projection: a link of two papers is the entities they share, and the reverse."""

from dataclasses import replace

import polars as pl

from kb.schema import ENTITIES, ENTITY_EDGES
from kb.tables import Tables


def behind(part: Tables, base: Tables, graph: str) -> tuple[Tables, list[str]]:
    """The graph of "papers" or of "entities" with its evidence, and the labels that came with it."""
    named = base.edges.filter(pl.col("type").is_in(ENTITY_EDGES))
    if graph == "papers":
        edges = named.filter(pl.col("source").is_in(part.papers["id"].implode()))
        return _joined(part, base, edges), list(ENTITIES)
    edges = named.filter(pl.col("target").is_in(part.entities["id"].implode()))
    return _joined(part, base, edges), ["Paper"]


def _joined(part: Tables, base: Tables, edges: pl.DataFrame) -> Tables:
    """The part with the edges from papers to entities and the ends of these."""
    papers = pl.concat([part.papers["id"], edges["source"]]).unique().implode()
    entities = pl.concat([part.entities["id"], edges["target"]]).unique().implode()
    ids = pl.concat([papers, entities]).explode().implode()
    return replace(
        part,
        papers=base.papers.filter(pl.col("id").is_in(papers)),
        entities=base.entities.filter(pl.col("id").is_in(entities)),
        mentions=base.mentions.filter(pl.col("paper").is_in(papers), pl.col("entity").is_in(entities)),
        structure=base.structure.filter(pl.col("id").is_in(ids)),
        edges=pl.concat([part.edges, edges], how="diagonal_relaxed").sort("type", "source", "target"),
    )
