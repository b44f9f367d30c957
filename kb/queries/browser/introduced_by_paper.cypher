// New in a paper: what does it introduce?
// :param paper => 'ICON'
MATCH path = (p:Paper {name: $paper})-[r:INTRODUCES]->(e:Method|Dataset|Task|Metric|Concept)
RETURN path, r.sentence AS sentence
ORDER BY r.weight DESC, e.id LIMIT 40
