// Lineage, back: what does a method build on, up to four steps away?
// :param method => 'CLIP'
MATCH path = (m:Method {name: $method}) (()<-[:INTRODUCES]-()-[:EXTENDS]->()){1,4} (o:Method)
RETURN path
ORDER BY length(path), o.id LIMIT 60
