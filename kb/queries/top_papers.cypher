// The described papers that most papers share something with or cite
MATCH (p:Paper)-[r:SHARES|CITES]-(o:Paper)
WHERE p.title IS NOT NULL AND (type(r) = 'SHARES' OR EXISTS { MATCH (o)-[:CITES]->(p) })
WITH p.id AS id, p.name AS name, count(DISTINCT o.id) AS papers
RETURN id, name, papers
ORDER BY papers DESC, id LIMIT $limit
