// Which communities of papers are there?
MATCH (p:Paper)
WHERE p.community IS NOT NULL
WITH p.community AS community, p.community_name AS name, count(p) AS papers,
     min(p.year) AS first_year, max(p.year) AS last_year
RETURN community, name, papers, first_year, last_year
ORDER BY community LIMIT $limit
