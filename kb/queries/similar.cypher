// The papers nearest to a paper by what both name: every paper, not only the stored links
MATCH (p:Paper {id: $id})-[r]->(e:Method|Dataset|Task|Metric|Concept)<-[s]-(o:Paper)
WHERE o.id <> $id
WITH o.id AS id, o.name AS name, o.year AS year, round(sum(r.weight * s.weight), 6) AS weight, count(e) AS shared
RETURN id, name, year, weight, shared
ORDER BY weight DESC, id LIMIT $limit
