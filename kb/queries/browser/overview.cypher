// Overview: what does the graph hold?
MATCH (n:Paper|Method|Dataset|Task|Metric|Concept|Author)
RETURN labels(n) AS labels, count(*) AS nodes, min(n.id) AS id
ORDER BY nodes DESC, id LIMIT 20
