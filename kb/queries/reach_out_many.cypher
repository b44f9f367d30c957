// The nodes that many papers point to: one pass over all edges
UNWIND $ids AS source
MATCH (a:Paper {id: source})-[]->(b)
RETURN b.id AS id, min(a.id) AS near
