// What papers are about: their terms, heaviest first, with the part of each in the paper's vector
UNWIND $ids AS id
MATCH (p:Paper {id: id})
RETURN p.id AS id, p.name AS name, p.year AS year, p.terms AS terms, p.term_weights AS weights
ORDER BY id
