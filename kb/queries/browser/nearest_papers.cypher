// Papers near a paper: which name the same rare things?
// :param paper => 'ICON'
MATCH path = (p:Paper {name: $paper})-[r:SHARES]-(o:Paper)
RETURN path, r.weight AS weight, r.via AS via
ORDER BY weight DESC, o.id LIMIT 25
