// New since a year: what was introduced?
// :param year => 2024
MATCH path = (p:Paper)-[r:INTRODUCES]->(e:Method|Dataset|Task|Metric|Concept)
WHERE p.year >= $year
RETURN path, r.sentence AS sentence
ORDER BY p.year DESC, r.weight DESC, p.id, e.id LIMIT 60
