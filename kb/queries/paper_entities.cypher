// What papers name, heaviest first
UNWIND $ids AS paper
MATCH (p:Paper {id: paper})-[r]->(e:Method|Dataset|Task|Metric|Concept)
RETURN p.id AS near, e.id AS id, e.name AS name, r.weight AS weight
ORDER BY near, weight DESC, id
