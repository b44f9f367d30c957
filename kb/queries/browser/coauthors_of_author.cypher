// Authors beside an author: who wrote with them, and which papers?
// :param author => 'Jane Doe'
MATCH path = (a:Author {name: $author})-[:WROTE]->(p:Paper)<-[:WROTE]-(o:Author)
RETURN path
ORDER BY p.year DESC, p.id, o.id LIMIT 60
