// With which sentences do papers introduce entities?
MATCH (p:Paper)-[r:INTRODUCES]->(e:Method|Dataset|Task|Metric|Concept)
WHERE p.id IN $papers AND e.id IN $ids
RETURN e.id AS id, e.name AS name, e.papers AS papers, p.id AS paper, p.name AS paper_name, p.year AS year,
       p.date AS date, r.sentence AS sentence
ORDER BY id, paper
