// Which papers of a year name entities, and what do they say of them?
MATCH (p:Paper)-[r]->(e:Method|Dataset|Task|Metric|Concept)
WHERE e.id IN $ids AND p.year = $year
RETURN e.id AS near, p.id AS id, p.name AS name, p.year AS year, p.date AS date, type(r) AS edge,
       r.sentence AS sentence
ORDER BY near, id, edge
