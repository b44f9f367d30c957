// The edges from papers and authors into other nodes, heaviest first, each with the sentence that proves it
MATCH (b:Paper|Method|Dataset|Task|Metric|Concept)<-[r]-(a:Paper|Author)
WHERE b.id IN $ids AND type(r) IN $edges AND a.id STARTS WITH $prefix
      AND coalesce(r.weight, r.score, 0.0) >= $least
RETURN b.id AS near, a.id AS id, a.name AS name, type(r) AS edge, coalesce(r.weight, r.score, 0.0) AS weight,
       r.sentence AS sentence, r.cue AS cue, r.score AS score, r.shared AS shared, r.via AS via, a.year AS year,
       r.position AS position
ORDER BY weight DESC, id, near, edge LIMIT $limit
