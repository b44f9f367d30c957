// Datasets of a task: on which are its papers evaluated?
// :param task => 'image classification'
MATCH path = (t:Task {name: $task})<-[r:ADDRESSES]-(p:Paper)-[s:EVALUATES_ON]->(d:Dataset)
RETURN path, s.sentence AS sentence
ORDER BY r.weight * s.weight DESC, p.id, d.id LIMIT 60
