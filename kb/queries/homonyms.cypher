// Which names are introduced by more than one paper?
MATCH (p:Paper)-[:INTRODUCES]->(e:Method|Dataset|Task|Metric|Concept)
WITH e.id AS id, e.name AS name, count(p) AS papers
WHERE papers > 1
RETURN id, name, papers
ORDER BY papers DESC, id LIMIT $limit
