// Datasets by year: which were used most?
MATCH (p:Paper)-[:EVALUATES_ON]->(d:Dataset)
RETURN p.year AS year, d.name AS dataset, count(p) AS papers, d.id AS id
ORDER BY year DESC, papers DESC, id LIMIT 100
