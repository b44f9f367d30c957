// Whom does a paper cite, by reference or by name?
MATCH (p:Paper {id: $id})-[r:CITES]->(o:Paper)
RETURN o.id AS id, o.name AS name, o.year AS year, r.via AS via, r.sentence AS sentence
ORDER BY year, id
