// What two papers have in common, heaviest first, with what each says of it
MATCH (a:Paper {id: $a})-[r]->(e:Method|Dataset|Task|Metric|Concept)
MATCH (b:Paper {id: $b})-[s]->(e)
RETURN e.id AS id, e.name AS name, round(r.weight * s.weight, 6) AS weight,
       type(r) AS a_edge, r.sentence AS a_sentence, type(s) AS b_edge, s.sentence AS b_sentence
ORDER BY weight DESC, id
