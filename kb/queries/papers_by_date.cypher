// How many papers are there of each year and date?
MATCH (p:Paper)
RETURN p.year AS year, p.date AS date, count(p) AS papers
