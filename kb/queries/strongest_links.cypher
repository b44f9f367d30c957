// Which two papers are closest?
MATCH (a:Paper)-[r:SHARES]->(b:Paper)
RETURN a.id AS a, a.name AS a_name, b.id AS b, b.name AS b_name, r.weight AS weight, r.via AS via
ORDER BY weight DESC, a.id, b.id LIMIT $limit
