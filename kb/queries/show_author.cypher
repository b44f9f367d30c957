// What is known of an author
MATCH (a:Author {id: $id})
RETURN a.id AS id, a.name AS name, a.aliases AS aliases, a.orcid AS orcid, a.ids AS ids, a.papers AS papers
