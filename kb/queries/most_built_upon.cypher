// Which papers do most papers cite, by reference or by name?
MATCH (p:Paper)-[:CITES]->(o:Paper)
RETURN o.id AS id, o.name AS name, o.year AS year, count(p) AS papers
ORDER BY papers DESC, id LIMIT $limit
