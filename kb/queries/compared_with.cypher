// Which introduced methods are compared with a method?
MATCH (m:Method {id: $id})<-[r:COMPARES_WITH]-(p:Paper)
MATCH (p)-[:INTRODUCES]->(o:Method)
RETURN o.id AS id, o.name AS name, p.id AS paper, r.sentence AS sentence
ORDER BY id, paper
