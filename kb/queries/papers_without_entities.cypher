// In which papers was nothing found?
MATCH (p:Paper)
WHERE p.title IS NOT NULL AND NOT EXISTS {
  MATCH (p)-[:INTRODUCES|EXTENDS|USES|COMPARES_WITH|EVALUATES_ON|ADDRESSES|REPORTS|MENTIONS]->(e)
}
RETURN p.id AS id, p.name AS name
ORDER BY id LIMIT $limit
