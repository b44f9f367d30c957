// What does a method build on? The methods that the papers introducing it extend
MATCH (m:Method {id: $id})<-[:INTRODUCES]-(p:Paper)
MATCH (p)-[r:EXTENDS]->(o:Method)
WHERE o.id <> $id
RETURN o.id AS id, o.name AS name, p.id AS paper, r.sentence AS sentence
ORDER BY id, paper
