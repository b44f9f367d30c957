// Bridged by a paper: which of its neighbours share nothing with each other?
// :param paper => 'ICON'
MATCH path = (a:Paper)-[r:SHARES]-(p:Paper {name: $paper})-[s:SHARES]-(b:Paper)
WHERE a.id < b.id AND NOT EXISTS { MATCH (a)-[:SHARES]-(b) }
RETURN path
ORDER BY r.weight * s.weight DESC, a.id, b.id LIMIT 40
