// Papers of a method: which name it, and what do they do with it?
// :param method => 'CLIP'
MATCH path = (p:Paper)-[r:INTRODUCES|EXTENDS|USES|COMPARES_WITH|MENTIONS]->(m:Method {name: $method})
RETURN path, type(r) AS role, r.sentence AS sentence
ORDER BY r.weight DESC, p.id, m.id LIMIT 60
