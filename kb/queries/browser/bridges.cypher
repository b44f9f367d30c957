// Bridges: which papers join others that share nothing?
MATCH (a:Paper)-[:SHARES]-(p:Paper)-[:SHARES]-(b:Paper)
WHERE a.id < b.id AND NOT EXISTS { MATCH (a)-[:SHARES]-(b) }
RETURN p.name AS paper, count(*) AS pairs, p.id AS id
ORDER BY pairs DESC, id LIMIT 50
