// Which papers and entities join communities? By betweenness, of those whose links lie in several
MATCH (n:Paper|Method|Dataset|Task|Metric|Concept)
WHERE n.participation > 0 AND n.betweenness > 0 AND n.id STARTS WITH $prefix
RETURN n.id AS id, n.name AS name, n.community AS community, n.betweenness AS betweenness,
       n.participation AS participation, n.pagerank AS pagerank
ORDER BY betweenness DESC, id LIMIT $limit
