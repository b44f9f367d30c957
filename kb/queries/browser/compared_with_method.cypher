// Rivals of a method: who compares with it, and with which methods of their own?
// :param method => 'CLIP'
MATCH path = (p:Paper)-[r:COMPARES_WITH]->(m:Method {name: $method})
OPTIONAL MATCH own = (p)-[:INTRODUCES]->(o:Method)
RETURN path, own, r.sentence AS sentence
ORDER BY r.weight DESC, p.id, o.id LIMIT 60
