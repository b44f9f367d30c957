// What a paper's record says
MATCH (p:Paper {id: $id})
RETURN p.id AS id, p.name AS name, p.title AS title, p.abstract AS abstract, p.year AS year, p.date AS date,
       p.venue AS venue, p.doi AS doi, p.arxiv AS arxiv, p.url AS url, p.ids AS ids, p.authors AS authors,
       p.keywords AS keywords, p.sources AS sources, p.terms AS terms,
       p.community AS community, p.community_name AS community_name, p.pagerank AS pagerank
