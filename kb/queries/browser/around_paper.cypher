// Around a paper: what does it name, and which papers touch it?
// :param paper => 'ICON'
MATCH path = (p:Paper {name: $paper})-[r]-(o)
RETURN path, type(r) AS edge, r.sentence AS sentence
ORDER BY coalesce(r.weight, r.score, 0.0) DESC, o.id LIMIT 100
