// The papers that two entities or authors have in common, with what each says of them
MATCH (p:Paper)-[r]-(a:Method|Dataset|Task|Metric|Concept|Author {id: $a})
MATCH (p)-[s]-(b:Method|Dataset|Task|Metric|Concept|Author {id: $b})
RETURN p.id AS id, p.name AS name, round(coalesce(r.weight * s.weight, r.weight, s.weight), 6) AS weight,
       type(r) AS a_edge, r.sentence AS a_sentence, type(s) AS b_edge, s.sentence AS b_sentence
ORDER BY weight DESC, id
