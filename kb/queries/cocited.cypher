// Which papers are cited together with a paper? Co-citation (Small, 1973), by how many papers
MATCH (p:Paper {id: $id})<-[:CITES]-(c:Paper)
MATCH (c)-[:CITES]->(o:Paper)
WHERE o.id <> $id
RETURN o.id AS id, o.name AS name, o.year AS year, count(DISTINCT c.id) AS shared
ORDER BY shared DESC, id LIMIT $limit
