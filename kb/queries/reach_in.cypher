// The papers and authors that point to nodes
MATCH (b:Paper|Method|Dataset|Task|Metric|Concept)<-[]-(a:Paper|Author)
WHERE b.id IN $ids
RETURN a.id AS id, min(b.id) AS near
