// Which two papers are closest?
MATCH (p:Paper)-[r:SHARES]->(q:Paper)
RETURN p.id AS a, p.name AS a_name, q.id AS b, q.name AS b_name, r.weight AS weight, r.via AS via
ORDER BY weight DESC, a, b LIMIT $limit
