// Methods beside a method: which are named together with it?
// :param method => 'CLIP'
MATCH path = (m:Method {name: $method})<-[r:INTRODUCES|EXTENDS|USES|COMPARES_WITH]-(p:Paper)
             -[s:INTRODUCES|EXTENDS|USES|COMPARES_WITH]->(o:Method)
RETURN path, r.sentence AS sentence, s.sentence AS other_sentence
ORDER BY r.weight * s.weight DESC, p.id, o.id LIMIT 60
