// With whom did an author write, and how many papers?
MATCH (a:Author {id: $id})-[:WROTE]->(p:Paper)
MATCH (p)<-[:WROTE]-(o:Author)
WHERE o.id <> $id
RETURN o.id AS id, o.name AS name, count(DISTINCT p.id) AS papers
ORDER BY papers DESC, id LIMIT $limit
