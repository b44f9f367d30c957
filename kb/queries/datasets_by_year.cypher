// Which datasets were used most in each year?
MATCH (p:Paper)-[:EVALUATES_ON]->(d:Dataset)
WHERE p.year IS NOT NULL
RETURN p.year AS year, d.id AS id, d.name AS name, count(p) AS papers
ORDER BY year DESC, papers DESC, id LIMIT $limit
