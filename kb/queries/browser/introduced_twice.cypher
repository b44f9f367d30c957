// New twice: which names does more than one paper introduce?
MATCH (q:Paper)-[:INTRODUCES]->(e:Method|Dataset|Task|Metric|Concept)
WITH e, count(q) AS papers
WHERE papers > 1
MATCH path = (p:Paper)-[r:INTRODUCES]->(e)
RETURN path, r.sentence AS sentence
ORDER BY papers DESC, e.id, p.id LIMIT 60
