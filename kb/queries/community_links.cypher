// With which other communities does a community share most?
MATCH (p:Paper)-[r:SHARES]-(o:Paper)
WHERE p.community = $community AND o.community <> $community
WITH o.community AS community, o.community_name AS name, count(r) AS links, round(sum(r.weight), 4) AS weight
RETURN community, name, links, weight
ORDER BY weight DESC, community LIMIT $limit
