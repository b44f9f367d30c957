// Authors on a task: who wrote the papers that address it?
// :param task => 'image classification'
MATCH path = (t:Task {name: $task})<-[r:ADDRESSES|INTRODUCES]-(p:Paper)<-[w:WROTE]-(a:Author)
RETURN path, w.position AS position, r.sentence AS sentence
ORDER BY a.papers DESC, a.id, p.id LIMIT 60
