// Topics of an author: what do their papers introduce, use and address?
// :param author => 'Jane Doe'
MATCH path = (a:Author {name: $author})-[:WROTE]->(p:Paper)
             -[r:INTRODUCES|EXTENDS|USES|ADDRESSES|EVALUATES_ON]->(e:Method|Dataset|Task|Metric|Concept)
RETURN path, r.sentence AS sentence
ORDER BY r.weight DESC, p.id, e.id LIMIT 60
