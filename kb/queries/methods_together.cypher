// Which methods are named together with a method?
MATCH (m:Method {id: $id})<-[:INTRODUCES|EXTENDS|USES|COMPARES_WITH]-(p:Paper)
MATCH (p)-[:INTRODUCES|EXTENDS|USES|COMPARES_WITH]->(o:Method)
WHERE o.id <> $id
RETURN o.id AS id, o.name AS name, count(DISTINCT p.id) AS papers
ORDER BY papers DESC, id LIMIT $limit
