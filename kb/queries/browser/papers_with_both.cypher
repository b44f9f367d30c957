// Papers of a pair: which name a method and evaluate on a dataset?
// :param method => 'CLIP'
// :param dataset => 'ImageNet'
MATCH path = (m:Method {name: $method})<-[r:INTRODUCES|EXTENDS|USES|COMPARES_WITH]-(p:Paper)
             -[s:EVALUATES_ON]->(d:Dataset {name: $dataset})
RETURN path, r.sentence AS sentence, s.sentence AS other_sentence
ORDER BY r.weight * s.weight DESC, p.id, m.id, d.id LIMIT 60
