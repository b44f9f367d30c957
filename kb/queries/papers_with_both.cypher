// Papers that name two entities, with what each says of them
MATCH (p:Paper)-[r]->(a:Method|Dataset|Task|Metric|Concept {id: $a})
MATCH (p)-[s]->(b:Method|Dataset|Task|Metric|Concept {id: $b})
RETURN p.id AS id, p.name AS name, round(r.weight * s.weight, 6) AS weight,
       type(r) AS a_edge, r.sentence AS a_sentence, type(s) AS b_edge, s.sentence AS b_sentence
ORDER BY weight DESC, id
