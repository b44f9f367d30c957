// Which communities name entities, and in how many papers?
MATCH (o:Paper)-[r]->(n:Method|Dataset|Task|Metric|Concept)
WHERE n.id IN $ids AND o.community IS NOT NULL
WITH n.id AS id, o.community AS community, o.community_name AS name, count(o) AS papers
RETURN id, community, name, papers
ORDER BY id, papers DESC, community
