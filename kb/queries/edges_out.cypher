// The edges that leave papers and authors, heaviest first, each with the sentence that proves it
MATCH (a:Paper|Author)-[r]->(b)
WHERE a.id IN $ids AND type(r) IN $edges AND b.id STARTS WITH $prefix
      AND coalesce(r.weight, r.score, 0.0) >= $least
RETURN a.id AS near, b.id AS id, b.name AS name, type(r) AS edge, coalesce(r.weight, r.score, 0.0) AS weight,
       r.sentence AS sentence, r.cue AS cue, r.score AS score, r.shared AS shared, r.via AS via, b.year AS year,
       r.position AS position
ORDER BY weight DESC, id, near, edge LIMIT $limit
