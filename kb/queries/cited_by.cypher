// Which papers cite a paper, by reference or by name?
MATCH (p:Paper)-[r:CITES]->(o:Paper {id: $id})
RETURN p.id AS id, p.name AS name, p.year AS year, r.via AS via, r.sentence AS sentence
ORDER BY year, id
