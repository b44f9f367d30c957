// Lineage, on: what builds on a method, up to four steps away?
// :param method => 'CLIP'
MATCH path = (m:Method {name: $method}) (()<-[:EXTENDS]-()-[:INTRODUCES]->()){1,4} (o:Method)
RETURN path
ORDER BY length(path), o.id LIMIT 60
