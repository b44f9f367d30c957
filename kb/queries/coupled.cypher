// Which papers cite what a paper cites? Bibliographic coupling (Kessler, 1963), by how many
MATCH (p:Paper {id: $id})-[:CITES]->(c:Paper)
MATCH (c)<-[:CITES]-(o:Paper)
WHERE o.id <> $id
RETURN o.id AS id, o.name AS name, o.year AS year, count(DISTINCT c.id) AS shared
ORDER BY shared DESC, id LIMIT $limit
