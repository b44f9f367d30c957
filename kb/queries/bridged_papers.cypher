// Which communities do papers touch, by the papers they share something with, cite or are cited by?
MATCH (n:Paper)-[r:SHARES|CITES]-(o:Paper)
WHERE n.id IN $ids AND o.community IS NOT NULL
WITH n.id AS id, o.community AS community, o.community_name AS name, count(DISTINCT o.id) AS papers
RETURN id, community, name, papers
ORDER BY id, papers DESC, community
