// Which papers are most central in a community?
MATCH (p:Paper)
WHERE p.community = $community
RETURN p.id AS id, p.name AS name, p.year AS year, p.pagerank AS pagerank, p.participation AS participation
ORDER BY pagerank DESC, id LIMIT $limit
