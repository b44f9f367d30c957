// Why two papers are linked: what do both name, and what does each say of it?
// :param paper => 'ICON'
// :param other => 'ECON'
MATCH path = (a:Paper {name: $paper})-[r]->(e:Method|Dataset|Task|Metric|Concept)<-[s]-(b:Paper {name: $other})
RETURN path, r.weight * s.weight AS weight, r.sentence AS sentence, s.sentence AS other_sentence
ORDER BY weight DESC, e.id LIMIT 40
