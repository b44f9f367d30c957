// Which methods are used in the papers that evaluate on a dataset?
MATCH (d:Dataset {id: $id})<-[:EVALUATES_ON]-(p:Paper)
MATCH (p)-[:INTRODUCES|EXTENDS|USES|COMPARES_WITH]->(m:Method)
RETURN m.id AS id, m.name AS name, count(DISTINCT p.id) AS papers
ORDER BY papers DESC, id LIMIT $limit
