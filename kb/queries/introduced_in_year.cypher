// What was introduced in a year?
MATCH (p:Paper {year: $year})-[r:INTRODUCES]->(e:Method|Dataset|Task|Metric|Concept)
RETURN e.id AS id, e.name AS name, p.id AS paper, r.sentence AS sentence
ORDER BY id, paper LIMIT $limit
