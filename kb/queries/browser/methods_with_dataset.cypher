// Methods on a dataset: which do its papers use?
// :param dataset => 'ImageNet'
MATCH path = (d:Dataset {name: $dataset})<-[s:EVALUATES_ON]-(p:Paper)
             -[r:INTRODUCES|EXTENDS|USES|COMPARES_WITH]->(m:Method)
RETURN path, type(r) AS role, r.sentence AS sentence
ORDER BY s.weight * r.weight DESC, p.id, m.id LIMIT 60
