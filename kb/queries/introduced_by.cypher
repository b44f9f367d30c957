// The papers that introduce an entity
MATCH (p:Paper)-[r:INTRODUCES]->(e:Method|Dataset|Task|Metric|Concept {id: $id})
RETURN p.id AS id, p.name AS name, p.year AS year, r.sentence AS sentence
ORDER BY id
