// Sentences on a method: what do papers say of it?
// :param method => 'CLIP'
MATCH (p:Paper)-[r:INTRODUCES|EXTENDS|USES|COMPARES_WITH|MENTIONS]->(m:Method {name: $method})
RETURN p.name AS paper, p.year AS year, type(r) AS role, r.cue AS cue, r.score AS score, r.sentence AS sentence
ORDER BY year DESC, p.id, m.id LIMIT 100
