// Which metrics do the papers on a task report?
MATCH (t:Task {id: $id})<-[:ADDRESSES]-(p:Paper)
MATCH (p)-[:REPORTS]->(m:Metric)
RETURN m.id AS id, m.name AS name, count(DISTINCT p.id) AS papers
ORDER BY papers DESC, id LIMIT $limit
