// Papers of a dataset: which introduce it or evaluate on it?
// :param dataset => 'ImageNet'
MATCH path = (p:Paper)-[r:INTRODUCES|EVALUATES_ON]->(d:Dataset {name: $dataset})
RETURN path, type(r) AS role, r.sentence AS sentence
ORDER BY r.weight DESC, p.id, d.id LIMIT 60
