// Citations by name: which papers name what another introduces?
MATCH path = (p:Paper)-[r:CITES]->(o:Paper)
WHERE r.sentence IS NOT NULL
RETURN path, r.via AS via, r.sentence AS sentence
ORDER BY r.score DESC, p.id, o.id LIMIT 100
