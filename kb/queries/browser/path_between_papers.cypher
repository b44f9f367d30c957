// Path of two papers: how does one lead to the other, in the fewest steps?
// :param paper => 'ICON'
// :param other => 'DARTS'
MATCH path = SHORTEST 1 (a:Paper {name: $paper})-[]-{1,6}(b:Paper {name: $other})
RETURN path
ORDER BY length(path), a.id, b.id LIMIT 10
