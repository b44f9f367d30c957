// Which entities that no paper names before a year do papers introduce?
MATCH (p:Paper)-[:INTRODUCES]->(e:Method|Dataset|Task|Metric|Concept)
WHERE p.year >= $year AND e.first_year >= $year AND e.id STARTS WITH $prefix
RETURN e.id AS id, e.first_year AS first_year, p.id AS paper, p.year AS year, p.date AS date
ORDER BY id, paper
