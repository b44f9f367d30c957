// How many papers name a method, year by year?
MATCH (p:Paper)-[:INTRODUCES|EXTENDS|USES|COMPARES_WITH|MENTIONS]->(m:Method {id: $id})
WHERE p.year IS NOT NULL
RETURN p.year AS year, count(p) AS papers
ORDER BY year
