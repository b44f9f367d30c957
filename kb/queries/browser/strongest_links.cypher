// Links, strongest first: which papers are closest to each other?
MATCH path = (a:Paper)-[r:SHARES]->(b:Paper)
RETURN path, r.weight AS weight, r.via AS via
ORDER BY weight DESC, a.id, b.id LIMIT 30
