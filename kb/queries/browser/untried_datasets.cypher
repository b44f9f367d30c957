// Datasets untried: which of a task has no paper used with a method?
// :param task => 'image classification'
// :param method => 'CLIP'
MATCH path = (t:Task {name: $task})<-[r:ADDRESSES]-(p:Paper)-[s:EVALUATES_ON]->(d:Dataset)
WHERE NOT EXISTS {
  MATCH (d)<-[:EVALUATES_ON]-(:Paper)-[:INTRODUCES|EXTENDS|USES|COMPARES_WITH]->(:Method {name: $method})
}
RETURN path, s.sentence AS sentence
ORDER BY r.weight * s.weight DESC, p.id, d.id LIMIT 60
