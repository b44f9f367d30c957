// Which papers did an author write, and at which place among their authors?
MATCH (a:Author {id: $id})-[r:WROTE]->(p:Paper)
RETURN p.id AS id, p.name AS name, p.year AS year, p.date AS date, r.position AS position
ORDER BY year, id
