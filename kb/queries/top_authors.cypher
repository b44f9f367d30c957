// The authors of most papers
MATCH (a:Author)
RETURN a.id AS id, a.name AS name, a.papers AS papers
ORDER BY papers DESC, id LIMIT $limit
