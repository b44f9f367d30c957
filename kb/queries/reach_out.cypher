// The nodes that papers point to
MATCH (a:Paper)-[]->(b)
WHERE a.id IN $ids
RETURN b.id AS id, min(a.id) AS near
