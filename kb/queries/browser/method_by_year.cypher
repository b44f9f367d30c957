// Years of a method: how many papers name it in each?
// :param method => 'CLIP'
MATCH (p:Paper)-[:INTRODUCES|EXTENDS|USES|COMPARES_WITH|MENTIONS]->(m:Method {name: $method})
RETURN p.year AS year, count(p) AS papers, m.id AS id
ORDER BY year, id LIMIT 100
