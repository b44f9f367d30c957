// How many papers name an entity, of each year and date?
MATCH (p:Paper)-[r]->(e:Method|Dataset|Task|Metric|Concept {id: $id})
RETURN p.year AS year, p.date AS date, count(DISTINCT p.id) AS papers
