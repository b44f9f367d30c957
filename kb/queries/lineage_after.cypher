// What builds on a method? The methods introduced by the papers that extend it
MATCH (m:Method {id: $id})<-[r:EXTENDS]-(p:Paper)
MATCH (p)-[:INTRODUCES]->(o:Method)
WHERE o.id <> $id
RETURN o.id AS id, o.name AS name, p.id AS paper, r.sentence AS sentence
ORDER BY id, paper
