// New of late: what do the newest papers introduce?
MATCH (p:Paper)-[r:INTRODUCES]->(e:Method|Dataset|Task|Metric|Concept)
WHERE p.year IS NOT NULL
RETURN p.year AS year, p.date AS date, p.name AS paper, e.name AS introduces, r.sentence AS sentence
ORDER BY year DESC, coalesce(date, date('0001-01-01')) DESC, p.id, e.id LIMIT 50
