// The papers that most papers share something with or build on
MATCH (p:Paper)-[r:SHARES|CITES]-(o:Paper)
WHERE type(r) = 'SHARES' OR EXISTS { MATCH (o)-[:CITES]->(p) }
WITH p.id AS id, p.name AS name, count(DISTINCT o.id) AS papers
RETURN id, name, papers
ORDER BY papers DESC, id LIMIT $limit
