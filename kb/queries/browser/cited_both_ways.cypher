// Citations counted: how many papers cite another by reference, and how many by name?
MATCH (p:Paper)-[r:CITES]->(o:Paper)
RETURN o.name AS paper, count(p) AS papers,
       sum(CASE WHEN 'reference' IN r.via THEN 1 ELSE 0 END) AS by_reference,
       sum(CASE WHEN r.sentence IS NOT NULL THEN 1 ELSE 0 END) AS by_name, o.id AS id
ORDER BY papers DESC, id LIMIT 50
