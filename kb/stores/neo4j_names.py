"""Names and words on a server: its two full-text indexes in the place of the file beside an embedded graph.

`kb_keys` holds the folded names whole, `kb_text` the words of titles, abstracts, names and aliases. What a user types
reaches Lucene as quoted phrases, or as words of letters and digits alone.
"""

import re
from collections.abc import Sequence

from kb.fold import fold
from kb.schema import HASH, KEYS, LABELS, label_of
from kb.search import ALIAS, Node, author_names, best_first, closest, entity_names, paper_names, search_words, sound
from kb.statements import TEXT
from kb.stores import Row
from kb.stores.neo4j import Neo4jStore

GUESSES = 200
"""Names near to one that nobody has, from which the nearest are taken."""

_SNIPPET = 24  # words
_LONGEST = 100  # letters of a word: Lucene refuses to look for beginnings and slips of much longer ones
_EVERY = "|".join(LABELS)
_COLUMNS = (
    "n.id AS id, n.name AS name, n.title AS title, n.doi AS doi, n.arxiv AS arxiv, n.aliases AS aliases, "
    "n.papers AS papers, n.abstract AS abstract, n.ids AS ids"
)
_BY_ID = f"MATCH (n:{_EVERY}) WHERE n.id IN $ids AND n.{HASH} IS NOT NULL RETURN {_COLUMNS}"
_BY_KEY = (
    "CALL db.index.fulltext.queryNodes($index, $query) YIELD node AS n "
    f"WHERE $key IN n.{KEYS} AND n.{HASH} IS NOT NULL RETURN {_COLUMNS}"
)
_BY_WORDS = (
    "CALL db.index.fulltext.queryNodes($index, $query) YIELD node AS n, score "
    f"WHERE n.{HASH} IS NOT NULL AND ($label IS NULL OR $label IN labels(n)) "
    f"RETURN {_COLUMNS}, score ORDER BY score DESC, id LIMIT $limit"
)


class Neo4jNames:
    """What finds nodes on a server by what people call them."""

    def __init__(self, store: Neo4jStore) -> None:
        self.store = store

    def resolve(self, name: str, labels: Sequence[str] = LABELS) -> list[Node]:
        """The nodes with that id or name, best first; entities before papers, the more used before the less."""
        name = sound(name).strip()
        key = fold(name)
        rows = self.store.run(_BY_ID, {"ids": [name]})
        if not rows and key:
            rows = self.store.run(_BY_KEY, {"index": KEYS, "query": _phrase(key), "key": key})
        if not rows:
            rows = self.store.run(_BY_ID, {"ids": [f"{label.lower()}:{name.casefold()}" for label in LABELS]})
        found = [
            (row["id"], label_of(str(row["id"])), row["name"], row["papers"] or 0, _rank(row, key)) for row in rows
        ]
        return best_first(found, name, labels)  # type: ignore[arg-type]

    def search(self, text: str, *, label: str | None, limit: int) -> list[tuple[Node, str, float]]:
        """Nodes whose texts hold the words, by BM25: all words, else any; the last word may be a beginning."""
        words = search_words(text)
        if not words:
            return []
        whole, begun = [_clause(word) for word in words], [_clause(word, begins=True) for word in words]
        for query in (" AND ".join(whole), " AND ".join([*whole[:-1], begun[-1]]), " OR ".join(begun)):
            params = {"index": TEXT, "query": query, "label": label, "limit": limit}
            if rows := self.store.run(_BY_WORDS, params):
                break
        return [(_node(row), _snippet(row, words), round(float(str(row["score"])), 6)) for row in rows]

    def nearest(self, name: str, *, limit: int = 3) -> list[str]:
        """The names that come closest to one that nobody has: by edits, then those that hold its words."""
        words = [f"name:{part}~ OR aliases:{part}~ OR name:{part}*" for part in _parts(name)]
        keys = [f"{part}~" for part in _parts(fold(name))]  # whole names, which no stemming has changed
        names: set[str] = set()
        for index, guesses in ((TEXT, words), (KEYS, keys)):
            params = {"index": index, "query": " OR ".join(guesses), "label": None, "limit": GUESSES}
            names |= {str(row["name"]) for row in self.store.run(_BY_WORDS, params)} if guesses else set()
        found = closest(name, sorted(names), limit)
        found += [node.name for node, _, _ in self.search(name, label=None, limit=limit)]
        return list(dict.fromkeys(found))[:limit]

    def close(self) -> None:
        """Nothing is open but the store, which others use too."""


def _node(row: Row) -> Node:
    return Node(str(row["id"]), label_of(str(row["id"])), str(row["name"]))


def _rank(row: Row, key: str) -> int:
    """How a node answers to a key: by its name, an alias or the head of its title."""
    label = label_of(str(row["id"]))
    if label == "Paper":
        names = paper_names(row["title"], row["doi"], row["arxiv"], row["ids"])  # type: ignore[arg-type]
    elif label == "Author":
        names = author_names(row["name"], row["aliases"], row["ids"])  # type: ignore[arg-type]
    else:
        names = entity_names(row["name"], row["aliases"])  # type: ignore[arg-type]
    return min((rank for text, rank in names if fold(text) == key), default=ALIAS)


def _phrase(text: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def _clause(word: str, *, begins: bool = False) -> str:
    """A word in any field, four times as much worth in a title or name, as in the index beside an embedded graph."""
    parts = _parts(word) if begins else []
    terms = (
        [f"{parts[-1]}*", parts[-1]] if parts else [_phrase(word)]
    )  # what begins a word is not stemmed: ask for both
    fields = " OR ".join(f"(title:{t} OR name:{t})^4 OR abstract:{t} OR aliases:{t}" for t in terms)
    return f"({fields})" + "".join(f" AND {_clause(part)}" for part in parts[:-1])


def _parts(text: str) -> list[str]:
    """The runs of letters and digits, in lower case: nothing that means something to Lucene."""
    return [part.casefold()[:_LONGEST] for word in search_words(text) for part in re.findall(r"[^\W_]+", word)]


def _snippet(row: Row, words: Sequence[str]) -> str:
    """A stretch of the abstract, or of the aliases, from around the first word that was found."""
    body = row["abstract"] if row["title"] else " · ".join(a for a in _strings(row["aliases"]) if a != row["name"])
    tokens = str(body or "").split()
    begins = tuple(part for word in words for part in _parts(word))
    hit = next((i for i, token in enumerate(tokens) if token.casefold().lstrip("([\"'").startswith(begins)), 0)
    start = max(0, min(hit - _SNIPPET // 2, len(tokens) - _SNIPPET))
    shown = " ".join(tokens[start : start + _SNIPPET])
    return ("…" if start else "") + shown + ("…" if start + _SNIPPET < len(tokens) else "")


def _strings(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
