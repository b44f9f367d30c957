// The papers and authors that point to many nodes: one pass over all edges
UNWIND $ids AS target
MATCH (b:Paper|Method|Dataset|Task|Metric|Concept {id: target})<-[]-(a:Paper|Author)
RETURN a.id AS id, min(b.id) AS near
