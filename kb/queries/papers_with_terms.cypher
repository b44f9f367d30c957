// Which papers share a term with a paper, and how many?
MATCH (o:Paper)
UNWIND o.terms AS term
WITH o, term
WHERE term IN $terms AND o.id <> $id
RETURN o.id AS id, count(term) AS shared
ORDER BY shared DESC, id
