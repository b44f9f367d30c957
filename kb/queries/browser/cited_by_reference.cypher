// Citations by reference: which papers stand in most lists?
MATCH (p:Paper)-[r:CITES]->(o:Paper)
WHERE 'reference' IN r.via
WITH o, count(p) AS papers
ORDER BY papers DESC, o.id LIMIT 10
MATCH path = (q:Paper)-[s:CITES]->(o)
WHERE 'reference' IN s.via
RETURN path, s.via AS via, s.sentence AS sentence
ORDER BY papers DESC, o.id, q.id LIMIT 100
