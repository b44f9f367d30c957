// Datasets of a method: on which are its papers evaluated?
// :param method => 'CLIP'
MATCH path = (m:Method {name: $method})<-[r:INTRODUCES|EXTENDS|USES|COMPARES_WITH]-(p:Paper)
             -[s:EVALUATES_ON]->(d:Dataset)
RETURN path, type(r) AS role, s.sentence AS sentence
ORDER BY s.weight * r.weight DESC, p.id, d.id LIMIT 60
