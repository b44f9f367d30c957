// The nodes that papers point to
UNWIND $ids AS source
MATCH (a:Paper {id: source})-[]->(b)
RETURN b.id AS id, min(a.id) AS near
