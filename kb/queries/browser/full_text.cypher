// Full text: which papers and names hold some words?
// :param words => 'signed distance'
CALL db.index.fulltext.queryNodes('kb_text', $words) YIELD node, score
RETURN node, node.name AS name, score
ORDER BY score DESC, node.id LIMIT 25
