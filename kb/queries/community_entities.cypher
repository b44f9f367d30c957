// Which entities do the papers of a community name, heaviest first?
MATCH (p:Paper)-[r]->(e:Method|Dataset|Task|Metric|Concept)
WHERE p.community = $community
WITH e.id AS id, e.name AS name, e.papers AS all_papers, count(p) AS papers, round(sum(r.weight), 4) AS weight
RETURN id, name, papers, all_papers, weight
ORDER BY weight DESC, id LIMIT $limit
