"""A hand-built graph of two papers and nasty values, for the tests of every export."""

import polars as pl

from kb.tables import Tables, frame

NASTY = 'a ]]> & <b> "q" \'p\' \x00\x0b\x1f\ufffe\uffff 🦜 INFORMATION\r\n\ttab, "comma" | bar'
CLEAN = 'a ]]> & <b> "q" \'p\'  🦜 INFORMATION\r\n\ttab, "comma" | bar'
"""NASTY without the characters XML cannot hold."""

_PAPER = {"year": None, "date": None, "venue": None, "doi": None, "arxiv": None, "url": None, "hash": "h"}
_ENTITY = {"papers": 1, "mentions": 1, "idf": 0.5, "first_year": None}
_EDGE = {
    "weight": 0.5, "shared": None, "via": None, "sentence": "We use it.", "field": "abstract",
    "start_char": 0, "end_char": 4, "cue": "use", "score": 0.9, "mentions": 1, "position": None,
}  # fmt: skip
_AUTHOR = {"aliases": [], "orcid": None, "ids": [], "papers": 1}
_MENTION = {
    "name": "x", "start": 0, "end": 4, "sentence_start": 0, "sentence_end": 9, "stage": "cue", "cue": "use",
    "score": 0.9,
}  # fmt: skip


def paper(id: str, title: str, **values: object) -> dict[str, object]:
    """A row of the papers table, without what is not given."""
    lists: dict[str, object] = {"ids": [], "authors": [], "keywords": [], "references": [], "sources": []}
    return _PAPER | lists | {"id": id, "title": title, "abstract": "Nothing."} | values


def entity(id: str, kind: str, name: str, **values: object) -> dict[str, object]:
    """A row of the entities table."""
    return _ENTITY | {"id": id, "kind": kind, "name": name, "aliases": [name]} | values


def edge(type: str, source: str, target: str, **values: object) -> dict[str, object]:
    """A row of the edges table."""
    return _EDGE | {"type": type, "source": source, "target": target} | values


def author(id: str, name: str, **values: object) -> dict[str, object]:
    """A row of the authors table."""
    return _AUTHOR | {"id": id, "name": name} | values


def wrote(author: str, paper: str, position: int) -> dict[str, object]:
    """A row of the edges table that says who wrote what."""
    return {**dict.fromkeys(_EDGE), "type": "WROTE", "source": author, "target": paper, "position": position}


def mention(paper: str, entity: str, text: str, **values: object) -> dict[str, object]:
    """A row of the mentions table."""
    row = {
        "paper": paper,
        "entity": entity,
        "kind": "Method",
        "role": "uses",
        "text": text,
        "field": "abstract",
    }
    return _MENTION | row | values


def nasty_tables() -> Tables:
    """Two papers that share a method and an author, with missing, empty, infinite, zero and ill-formed values."""
    papers = [
        paper(
            "paper:1",
            "ICON: Implicit Clothed humans",
            abstract=NASTY,
            year=2021,
            authors=["A, B", "C; D"],
            date="2021-03-01",
        ),
        paper("paper:2", "ECON", abstract="", venue=NASTY, sources=["x.txt:1"]),
    ]
    entities = [
        entity("method:icon", "Method", "ICON", papers=2, aliases=["ICON", NASTY, "🦜"]),
        entity("dataset:a&b", "Dataset", "A&B <c>", idf=float("nan")),
        entity("concept:all", "Concept", "", idf=float("inf"), first_year=2021),
    ]
    edges = [
        edge("INTRODUCES", "paper:1", "method:icon", sentence=NASTY),
        edge("USES", "paper:2", "method:icon"),
        edge("EVALUATES_ON", "paper:1", "dataset:a&b", weight=None, score=None),
        edge("MENTIONS", "paper:1", "concept:all", weight=0.0),
        edge("MENTIONS", "paper:2", "concept:all", weight=float("inf"), score=float("nan")),
        edge("CITES", "paper:2", "paper:1", weight=None, via=["ICON", "a, b"], cue=None, mentions=None),
        wrote("author:a", "paper:1", 1),
        wrote("author:b", "paper:1", 2),
        wrote("author:a", "paper:2", 1),
        edge("SHARES", "paper:1", "paper:2", weight=0.25, shared=1, via=["ICON"], sentence=None, score=None),
    ]
    authors = [
        author("author:a", "A, B", papers=2, aliases=[NASTY], orcid="0000-0001-2345-6789", ids=["openalex:A1"]),
        author("author:b", "C; D"),
    ]
    mentions = [
        mention("paper:1", "method:icon", "ICON", role="introduces", field="title"),
        mention("paper:1", "method:icon", "the ICON model", start=9, end=23),
        mention("paper:1", "method:icon", "ICON", start=30, end=34),
        mention("paper:1", "dataset:a&b", "A&B", kind="Dataset", role="evaluates_on"),
        mention("paper:2", "method:icon", "icon"),
    ]
    return Tables(
        papers=frame("papers", papers),
        mentions=frame("mentions", mentions),
        entities=frame("entities", entities),
        edges=frame("edges", edges),
        authors=frame("authors", authors),
    )


def used_with() -> Tables:
    """Two entities joined because papers use both, as `--graph entities` selects: no papers, columns of their own."""
    nasty = nasty_tables()
    edge = {"type": "USED_WITH", "source": "dataset:a&b", "target": "method:icon", "weight": 2.5, "papers": 3}
    entities = nasty.entities.filter(pl.col("id").is_in([edge["source"], edge["target"]]))
    return Tables(
        papers=nasty.papers.clear(), mentions=nasty.mentions.clear(), entities=entities, edges=pl.DataFrame([edge])
    )
