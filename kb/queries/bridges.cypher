// Which papers bridge others? Pairs of neighbours that share nothing with each other
MATCH (a:Paper)-[:SHARES]-(p:Paper)
MATCH (p)-[:SHARES]-(b:Paper)
WHERE a.id < b.id AND NOT EXISTS { MATCH (a)-[:SHARES]-(b) }
RETURN p.id AS id, p.name AS name, count(*) AS pairs
ORDER BY pairs DESC, id LIMIT $limit
