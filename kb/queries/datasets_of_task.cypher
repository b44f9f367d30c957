// Which datasets is a task evaluated on?
MATCH (t:Task {id: $id})<-[:ADDRESSES]-(p:Paper)
MATCH (p)-[:EVALUATES_ON]->(d:Dataset)
RETURN d.id AS id, d.name AS name, count(DISTINCT p.id) AS papers
ORDER BY papers DESC, id LIMIT $limit
