// Which papers evaluate on a dataset?
MATCH (p:Paper)-[r:EVALUATES_ON|INTRODUCES]->(d:Dataset {id: $id})
RETURN p.id AS id, p.name AS name, p.year AS year, type(r) AS role, r.sentence AS sentence
ORDER BY year, id
