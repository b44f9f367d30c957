// Methods named most: by how many papers, and what for?
MATCH (p:Paper)-[r:INTRODUCES|EXTENDS|USES|COMPARES_WITH]->(m:Method)
RETURN m.name AS method, count(p) AS papers,
       sum(CASE WHEN type(r) = 'INTRODUCES' THEN 1 ELSE 0 END) AS introduce,
       sum(CASE WHEN type(r) = 'EXTENDS' THEN 1 ELSE 0 END) AS extend,
       sum(CASE WHEN type(r) = 'USES' THEN 1 ELSE 0 END) AS use,
       sum(CASE WHEN type(r) = 'COMPARES_WITH' THEN 1 ELSE 0 END) AS compare, m.id AS id
ORDER BY papers DESC, id LIMIT 50
