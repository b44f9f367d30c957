// Which papers name a method, and what do they do with it?
MATCH (p:Paper)-[r:INTRODUCES|EXTENDS|USES|COMPARES_WITH|MENTIONS]->(m:Method {id: $id})
RETURN p.id AS id, p.name AS name, p.year AS year, type(r) AS role, r.sentence AS sentence
ORDER BY year, id
