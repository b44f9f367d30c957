// Methods for a task: which do its papers introduce or use?
// :param task => 'image classification'
MATCH path = (t:Task {name: $task})<-[r:ADDRESSES]-(p:Paper)-[s:INTRODUCES|EXTENDS|USES]->(m:Method)
RETURN path, s.sentence AS sentence
ORDER BY r.weight * s.weight DESC, p.id, m.id LIMIT 60
