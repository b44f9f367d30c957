// On which datasets are the papers that name a method evaluated?
MATCH (m:Method {id: $id})<-[:INTRODUCES|EXTENDS|USES|COMPARES_WITH]-(p:Paper)
MATCH (p)-[:EVALUATES_ON]->(d:Dataset)
RETURN d.id AS id, d.name AS name, count(DISTINCT p.id) AS papers
ORDER BY papers DESC, id LIMIT $limit
