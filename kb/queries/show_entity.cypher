// What is known of a method, dataset, task, metric or concept
MATCH (e:Method|Dataset|Task|Metric|Concept {id: $id})
RETURN e.id AS id, e.name AS name, e.aliases AS aliases, e.papers AS papers, e.mentions AS mentions,
       e.idf AS idf, e.first_year AS first_year,
       e.community AS community, e.community_name AS community_name, e.pagerank AS pagerank
