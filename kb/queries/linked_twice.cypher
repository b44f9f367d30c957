// The papers within two links of a paper
MATCH (p:Paper {id: $id})-[:SHARES]-(m:Paper)
OPTIONAL MATCH (m)-[:SHARES]-(o:Paper)
RETURN DISTINCT m.id AS near, o.id AS id
ORDER BY near, id
