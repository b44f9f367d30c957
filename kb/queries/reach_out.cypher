// The nodes that papers and authors point to
MATCH (a:Paper|Author)-[]->(b)
WHERE a.id IN $ids
RETURN b.id AS id, min(a.id) AS near
