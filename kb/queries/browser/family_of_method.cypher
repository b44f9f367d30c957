// Family of a method: what else do its papers introduce and extend?
// :param method => 'CLIP'
MATCH path = (m:Method {name: $method})<-[r:INTRODUCES|EXTENDS]-(p:Paper)
OPTIONAL MATCH more = (p)-[:INTRODUCES|EXTENDS]->(o:Method|Dataset|Task|Metric|Concept)
WHERE o.id <> m.id
RETURN path, more, r.sentence AS sentence
ORDER BY r.weight DESC, p.id, o.id LIMIT 60
