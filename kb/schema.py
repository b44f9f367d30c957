"""The one description of the graph: node labels, relationship types and their typed columns.

Everything that writes the graph (the embedded database, Neo4j, GraphML, CSV) reads it from here. Types are the
Cypher names `STRING`, `INT64`, `DOUBLE`, `DATE`, `STRING[]` and `DOUBLE[]`.
"""

from extract.records import KINDS

LABELS = ("Paper", *KINDS, "Author")
ENTITIES = KINDS

STRUCTURE_COLUMNS = {
    "community": "INT64",  # from 1, the greatest first
    "community_name": "STRING",  # the entities that tell it from the rest
    "pagerank": "DOUBLE",  # times the number of nodes: 1 is the mean
    "betweenness": "DOUBLE",
    "participation": "DOUBLE",  # 0: all links lie in one community; towards 1: spread over many
}
PAPER_COLUMNS = {
    "id": "STRING",
    "name": "STRING",  # short caption, the first property Neo4j Browser and Gephi look for
    "title": "STRING",
    "abstract": "STRING",
    "year": "INT64",
    "date": "DATE",  # the first of the month where the day is not known
    "venue": "STRING",
    "doi": "STRING",
    "arxiv": "STRING",
    "url": "STRING",
    "ids": "STRING[]",  # every other identifier, each with its scheme: openalex:W123
    "authors": "STRING[]",
    "keywords": "STRING[]",
    "sources": "STRING[]",
    "terms": "STRING[]",  # words and pairs of words that tell what it is about, heaviest first
    "term_weights": "DOUBLE[]",  # the part of each in the paper's unit vector
    **STRUCTURE_COLUMNS,
}
ENTITY_COLUMNS = {
    "id": "STRING",
    "name": "STRING",
    "aliases": "STRING[]",  # every surface form, most frequent first
    "papers": "INT64",  # how many papers name it
    "mentions": "INT64",
    "idf": "DOUBLE",
    "first_year": "INT64",
    **STRUCTURE_COLUMNS,
}
AUTHOR_COLUMNS = {
    "id": "STRING",
    "name": "STRING",
    "aliases": "STRING[]",  # other ways the name is written, most frequent first
    "orcid": "STRING",
    "ids": "STRING[]",
    "papers": "INT64",
}
NODES = {"Paper": PAPER_COLUMNS, **dict.fromkeys(KINDS, ENTITY_COLUMNS), "Author": AUTHOR_COLUMNS}

# start_char and end_char, as spaCy calls them: `end` is a reserved word of the embedded engine's Cypher.
EVIDENCE = {
    "weight": "DOUBLE",  # this entity's part of the paper's unit vector; the SHARES weight is the sum of products
    "sentence": "STRING",
    "field": "STRING",
    "start_char": "INT64",
    "end_char": "INT64",
    "cue": "STRING",
    "score": "DOUBLE",
    "mentions": "INT64",
}

ROLE_EDGES = {
    "introduces": "INTRODUCES",
    "extends": "EXTENDS",
    "compares_with": "COMPARES_WITH",
    "uses": "USES",
    "evaluates_on": "EVALUATES_ON",
    "addresses": "ADDRESSES",
    "reports": "REPORTS",
    "mentions": "MENTIONS",
}
"""A mention's role and the relationship it becomes, strongest first."""

EDGES: dict[str, tuple[str, tuple[str, ...], dict[str, str]]] = {
    "INTRODUCES": ("Paper", KINDS, EVIDENCE),
    "EXTENDS": ("Paper", ("Method",), EVIDENCE),
    "COMPARES_WITH": ("Paper", ("Method",), EVIDENCE),
    "USES": ("Paper", ("Method",), EVIDENCE),
    "EVALUATES_ON": ("Paper", ("Dataset",), EVIDENCE),
    "ADDRESSES": ("Paper", ("Task",), EVIDENCE),
    "REPORTS": ("Paper", ("Metric",), EVIDENCE),
    "MENTIONS": ("Paper", KINDS, EVIDENCE),
    "CITES": ("Paper", ("Paper",), {"via": "STRING[]", "sentence": "STRING", "score": "DOUBLE"}),
    "SHARES": ("Paper", ("Paper",), {"weight": "DOUBLE", "shared": "INT64", "via": "STRING[]", "p_value": "DOUBLE"}),
    "WROTE": ("Author", ("Paper",), {"position": "INT64"}),  # from 1
}
"""Relationship type -> (source label, target labels, columns). SHARES is undirected, kept once, smaller id first."""

CO_USE = "USED_WITH"
PROJECTED = {CO_USE: {"weight": "DOUBLE", "papers": "INT64", "pmi": "DOUBLE"}}
"""Relationship type -> columns, of edges that no store holds: `kb.projection` makes them for exports and pictures."""

ENTITY_EDGES = tuple(ROLE_EDGES.values())
UNDIRECTED = ("SHARES", CO_USE)

# The palette of Okabe and Ito (2008), told apart by colour-blind eyes.
COLOURS = {
    "Paper": (153, 153, 153),
    "Method": (0, 114, 178),
    "Dataset": (230, 159, 0),
    "Task": (0, 158, 115),
    "Metric": (213, 94, 0),
    "Concept": (204, 121, 167),
    "Author": (86, 180, 233),
}
"""Label -> red, green, blue."""

# Chosen so that any two of them, and each and the grey, lie 10 CIEDE2000 or more apart for normal eyes and for those
# with protanopia, deuteranopia or tritanopia (as Machado, Oliveira and Fernandes, 2009, simulate it); the first differ
# most.
COMMUNITY_COLOURS = (
    (32, 96, 224), (224, 0, 0), (255, 178, 253), (32, 224, 160), (160, 96, 128), (160, 192, 32),
    (164, 1, 34), (0, 141, 249), (204, 121, 167), (64, 128, 96), (160, 160, 96), (192, 0, 160),
)  # fmt: skip
"""Red, green and blue of the twelve largest communities; the others are OTHER_COLOUR."""

OTHER_COLOUR = (187, 187, 187)


def community_colour(number: int | None) -> tuple[int, int, int]:
    """The colour of a community, numbered from 1 by size; that of the others for small ones, 0 and None."""
    return COMMUNITY_COLOURS[number - 1] if number and number <= len(COMMUNITY_COLOURS) else OTHER_COLOUR


HASH, KEYS, PLACE = "kb_hash", "kb_keys", "kb_place"
"""Properties on a server alone: what marks a node or relationship as ours, the names a node answers to, and a hash of
where it stands in the graph (STRUCTURE_COLUMNS), which changes with every paper that comes.
"""

ABOUT = "KnowledgeBase"
"""The label of the one node on a server that says which build it holds; its id is ABOUT too."""


def label_of(node_id: str) -> str:
    """The node label an id belongs to: `paper:...` is a Paper, `method:...` a Method."""
    return node_id.split(":", 1)[0].capitalize()
