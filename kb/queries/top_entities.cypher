// The entities that most papers name, of the kind whose ids begin with the prefix
MATCH (e:Method|Dataset|Task|Metric|Concept)
WHERE e.id STARTS WITH $prefix
RETURN e.id AS id, e.name AS name, e.papers AS papers, e.mentions AS mentions
ORDER BY papers DESC, mentions DESC, id LIMIT $limit
