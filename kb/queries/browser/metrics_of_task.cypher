// Metrics of a task: which do its papers report?
// :param task => 'image classification'
MATCH (t:Task {name: $task})<-[:ADDRESSES]-(p:Paper)-[:REPORTS]->(m:Metric)
RETURN m.name AS metric, count(DISTINCT p) AS papers, m.id AS id
ORDER BY papers DESC, id LIMIT 50
