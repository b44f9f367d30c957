// What papers name, heaviest first
MATCH (p:Paper)-[r]->(e:Method|Dataset|Task|Metric|Concept)
WHERE p.id IN $ids
RETURN p.id AS near, e.id AS id, e.name AS name, r.weight AS weight
ORDER BY near, weight DESC, id
