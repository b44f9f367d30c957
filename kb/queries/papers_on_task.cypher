// Which papers address a task?
MATCH (p:Paper)-[r:ADDRESSES|INTRODUCES]->(t:Task {id: $id})
RETURN p.id AS id, p.name AS name, p.year AS year, r.sentence AS sentence
ORDER BY year, id
