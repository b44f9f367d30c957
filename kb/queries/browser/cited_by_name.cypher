// Citations by name: which papers build on which?
MATCH path = (p:Paper)-[r:CITES]->(o:Paper)
RETURN path, r.via AS via, r.sentence AS sentence
ORDER BY r.score DESC, p.id, o.id LIMIT 100
