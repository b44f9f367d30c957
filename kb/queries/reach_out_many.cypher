// The nodes that many papers and authors point to: one pass over all edges
UNWIND $ids AS source
MATCH (a:Paper|Author {id: source})-[]->(b)
RETURN b.id AS id, min(a.id) AS near
