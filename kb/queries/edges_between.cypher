// The edges from a paper or an author to another node
MATCH (a:Paper|Author {id: $a})-[r]->(b:Paper|Method|Dataset|Task|Metric|Concept {id: $b})
RETURN type(r) AS edge, r.weight AS weight, r.sentence AS sentence, r.cue AS cue, r.score AS score, r.via AS via,
       r.position AS position
ORDER BY edge
