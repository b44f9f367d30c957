// Which datasets of a task have not been used with a method?
MATCH (t:Task {id: $task})<-[:ADDRESSES]-(p:Paper)
MATCH (p)-[:EVALUATES_ON]->(d:Dataset)
WHERE NOT EXISTS {
  MATCH (d)<-[:EVALUATES_ON]-(q:Paper)-[:INTRODUCES|EXTENDS|USES|COMPARES_WITH]->(m:Method {id: $method})
}
RETURN d.id AS id, d.name AS name, count(DISTINCT p.id) AS papers
ORDER BY papers DESC, id LIMIT $limit
