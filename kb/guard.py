"""What may be asked: Cypher that reads the graph, and nothing else.

The embedded database is opened read-only, yet `COPY (..) TO 'file'` writes a file and `LOAD FROM 'file'` reads one; a
server would write if told to. So a query is split into tokens (strings, comments and quoted names do not count) and
must begin as a reading query, hold no writing clause and call no procedure but a few that describe the graph.

The tokens also serve to say in one line what the embedded engine lacks of Neo4j's Cypher, where its own message would
not, and to name the columns as Neo4j does: by the text of what is returned.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from kb.errors import UsageError

STARTS = {"MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN", "CALL"}
PREFIXES = {"EXPLAIN", "PROFILE"}
WRITES = {"CREATE", "MERGE", "SET", "DELETE", "DETACH", "REMOVE", "DROP", "ALTER", "FOREACH", "INSERT"}
FILES = {"COPY", "LOAD", "INSTALL", "UNINSTALL", "ATTACH", "EXPORT", "IMPORT", "USE"}
PROCEDURES = {
    "show_tables", "table_info", "show_connection", "show_functions", "show_macros", "db_version", "catalog_version",
    "db.labels", "db.relationshiptypes", "db.propertykeys", "db.schema.nodetypeproperties",
    "db.schema.reltypeproperties", "dbms.components", "db.index.fulltext.querynodes",
}  # fmt: skip
"""Procedures that only describe the graph; any other may read a file, change a setting or write."""

OPENING, CLOSING = ("(", "[", "{"), (")", "]", "}")
MAX_DEPTH = 100
"""Of brackets: the engine's parser takes seconds for 300 and does not come back from thousands."""

MAX_TOKENS = 5_000
"""Of a query: the engine's parser descends for each NOT, and between 10,000 and 11,000 of them end the process."""

# `e` is what opens and does not end. A line comment ends at any line break, also at those the engine does not
# take for one: then more is looked at, never less.
_TOKEN = re.compile(
    r"""
      (?P<blank>\s+ | //[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]* | /\*.*?\*/)
    | (?P<string>'(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*")
    | (?P<quoted>`(?:[^`]|``)*`)
    | (?P<param>\$(?:\w+|`[^`]*`))
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<word>[^\W\d]\w*)
    | (?P<e>['"`] | /\*)
    | (?P<mark>\.\.|<>|<=|>=|=~|->|<-|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u+[0-9a-fA-F]{4}")
_UNENDED = {"'": "a string", '"': "a string", "`": "a quoted name", "/*": "a comment"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query: `kind` is string, quoted, param, number, word or mark; `start` and `end` count characters."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        """A word in capitals; nothing for what is no word."""
        return self.text.upper() if self.kind == "word" else ""


@dataclass(frozen=True, slots=True)
class Query:
    """A query that may run: its text for the engine, and its columns' names, empty where they cannot be told."""

    text: str
    columns: tuple[str, ...]


def checked(cypher: str, params: Mapping[str, object], *, embedded: bool = True) -> Query:
    """The query, ready for the engine; raises UsageError in one line for one that may not or cannot run."""
    if not embedded and (escape := _ESCAPE.search(cypher)):
        # A server puts the character in its place before it splits the query: a quote would end a string we see whole.
        raise UsageError(f"the query holds {escape[0]}: write the character itself, or give it as a parameter")
    cypher = cypher.encode("utf-8", "replace").decode()  # bytes that are no text come as lone surrogates
    found = list(islice(tokens_of(cypher), MAX_TOKENS + 1))
    if len(found) > MAX_TOKENS:
        raise UsageError(f"the query has more than {MAX_TOKENS:,} words and signs: give long lists as a parameter")
    tokens = one_statement(found, cypher)
    refuse_writes(tokens, cypher)
    if embedded:
        refuse_missing(tokens, cypher)
    else:
        refuse_runs(tokens, cypher)
    wanted = dict.fromkeys(t.text[1:].strip("`") for t in tokens if t.kind == "param")
    if lacking := [name for name in wanted if name not in params]:
        raise UsageError(f"the query asks for the parameter ${lacking[0]}: give it a value")
    if extra := [name for name in params if name not in wanted]:
        raise UsageError(f"the query has no parameter ${extra[0]}")
    if not embedded:
        return Query(cypher, ())
    return Query(_for_the_engine(tokens, cypher), tuple(columns_of(tokens, cypher)))


def tokens_of(cypher: str) -> Iterator[Token]:
    """The tokens of a query, less blanks and comments."""
    for match in _TOKEN.finditer(cypher):
        kind, text = str(match.lastgroup), match[0]
        if kind == "e":
            raise UsageError(f"the query does not parse: {_UNENDED[text]} has no end{_place(cypher, match.start())}")
        if kind == "mark" and text == "\\":
            raise UsageError(f"the query does not parse: a backslash{_place(cypher, match.start())}")
        if kind != "blank":
            yield Token(kind, text, match.start(), match.end())


def one_statement(tokens: Sequence[Token], cypher: str) -> list[Token]:
    """The tokens without semicolons at the end; raises UsageError for none, or for more than one statement."""
    kept = list(tokens)
    while kept and kept[-1].text == ";":
        kept.pop()
    if not kept:
        raise UsageError("the query is empty")
    depth = 0
    for token in kept:
        depth += (token.text in OPENING) - (token.text in CLOSING)
        if token.text == ";":
            raise UsageError(f"one query at a time: there is more after the semicolon{_place(cypher, token.start)}")
        if depth > MAX_DEPTH:
            raise UsageError(f"the query's brackets are nested deeper than {MAX_DEPTH}{_place(cypher, token.start)}")
    return kept


def refuse_writes(tokens: Sequence[Token], cypher: str) -> None:
    """Raise UsageError unless the query only reads the graph."""
    body = list(tokens)
    while body and body[0].upper in PREFIXES:
        body.pop(0)
    first = body[0].upper if body else ""
    if first not in STARTS and first not in WRITES | FILES:
        shown = body[0].text if body else tokens[0].text
        raise UsageError(
            f"a query begins with MATCH, OPTIONAL MATCH, UNWIND, WITH, RETURN or CALL, not with {_short(shown)}"
        )
    for i, token in enumerate(body):
        if token.upper in WRITES | FILES and not _is_name(body, i):
            what = "writes" if token.upper in WRITES else "reaches beyond the graph"
            raise UsageError(
                f"the query {what}: {token.upper}{_place(cypher, token.start)}; a knowledge base is only read"
            )
        if token.upper == "CALL" and not _is_name(body, i):
            _refuse_call(body[i + 1 :])


def refuse_runs(tokens: Sequence[Token], cypher: str) -> None:
    """Raise UsageError for a long run of one sign, as `NOT NOT ..`: a server descends for each and does not answer."""
    run = 1
    for before, token in pairwise(tokens):
        run = run + 1 if token.text.upper() == before.text.upper() else 1
        if run > MAX_DEPTH:
            raise UsageError(
                f"the query repeats {_short(token.text)} more than {MAX_DEPTH} times{_place(cypher, token.start)}"
            )


def _is_name(tokens: Sequence[Token], i: int) -> bool:
    """Whether a word is a property, a label, a key of a map or an alias, and so no clause."""
    before = tokens[i - 1] if i else None
    after = tokens[i + 1].text if i + 1 < len(tokens) else ""
    if before is None:
        return False
    if before.text == ".":  # a number, a range or nothing before the dot: then it is no property
        return i > 1 and (tokens[i - 2].kind in ("word", "quoted", "param") or tokens[i - 2].text in CLOSING)
    if before.upper == "AS":
        return True
    in_pattern = before.text in (":", "|") and after in (")", "]", "|", "{", "*", ":", "&", ",", "}", "")
    key = after == ":" and before.text in ("{", ",")
    return in_pattern or key


def _refuse_call(rest: Sequence[Token]) -> None:
    name = ""
    for token in rest:
        if token.kind not in ("word", "quoted") and token.text != ".":
            break
        name += token.text.strip("`")
    following = rest[0].text if rest else ""
    if following in ("{", "("):
        return  # a subquery: what stands in it is looked at like the rest
    if name.casefold() not in PROCEDURES:
        raise UsageError(f"CALL {_short(name or following)} is not allowed: {_CALLS}")


_CALLS = "only procedures that describe the graph are, such as show_tables() and table_info('Paper')"

# --- What the embedded engine lacks, and what Neo4j means by it -------------------------------------------------

ELSEWHERE = "or run it on a server, --store bolt://host:7687"

_FUNCTIONS = {
    "SHORTESTPATH": ("shortestPath()", "write MATCH p = (a)-[* SHORTEST 1..6]-(b), use kb path A B"),
    "ALLSHORTESTPATHS": ("allShortestPaths()", "write MATCH p = (a)-[* ALL SHORTEST 1..6]-(b)"),
    "STARTNODE": ("startNode()", "name the node in the pattern, (a)-[r]->(b)"),
    "ENDNODE": ("endNode()", "name the node in the pattern, (a)-[r]->(b)"),
    "ELEMENTID": ("elementId()", "take the property n.id"),
    "REDUCE": ("reduce()", "write UNWIND and sum()"),
    "HEAD": ("head()", "write CASE WHEN size(l) > 0 THEN l[1] END"),
    "LAST": ("last()", "write CASE WHEN size(l) > 0 THEN l[-1] END"),
    "TOINTEGER": ("toInteger()", "write CAST(x, 'INT64')"),
    "TOFLOAT": ("toFloat()", "write CAST(x, 'DOUBLE')"),
    "TOSTRING": ("toString()", "write CAST(x, 'STRING')"),
    # The engine has these two, and they mean something else there: no answer is better than a wrong one.
    "LOG": ("log() to the base e", "write ln(x) or log10(x)"),
    "SUBSTRING": ("substring() that counts from 0", "write left() and right()"),
}


def refuse_missing(tokens: Sequence[Token], cypher: str) -> None:
    """Raise UsageError that names the construct, the portable form and the way out, for what the engine lacks."""
    for i, token in enumerate(tokens):
        if found := _missing(tokens[i : i + 6], tokens[i - 1] if i else None):
            construct, instead = found
            raise UsageError(
                f"the embedded database has no {construct}{_place(cypher, token.start)}: {instead}, {ELSEWHERE}"
            )


def _missing(ahead: Sequence[Token], before: Token | None) -> tuple[str, str] | None:
    """The construct that begins here, and what to write instead."""
    texts = [t.text for t in ahead] + [""] * 6
    words = [t.upper for t in ahead] + [""] * 6
    if words[0] in _FUNCTIONS and texts[1] == "(" and not (before and before.text == "."):
        return _FUNCTIONS[words[0]]
    if words[0] == "CALL" and texts[1] in ("{", "("):
        return "CALL subqueries", "write the subquery's MATCH and WITH in line"
    if texts[0] == "[" and words[1] and words[2] == "IN":
        return "list comprehensions", "write UNWIND list AS x WITH x WHERE .. and collect()"
    if words[0] and texts[1] == "{" and texts[2] == ".":
        return "map projections", "write {id: n.id, name: n.name}"
    if words[0] in ("COUNT", "EXISTS") and texts[1] == "{" and texts[2] == "(":
        return f"{words[0]} {{ }} around a bare pattern", f"write {words[0]} {{ MATCH (a)--(b) }}"
    if texts[0] == ":" and words[1] and texts[2] == ":" and words[3] and before and _opens(before):
        return "nodes of two labels (every node has one)", "write (n:A|B) for either"
    return None


def _opens(before: Token) -> bool:
    return before.text == "(" or before.kind in ("word", "quoted")


def _for_the_engine(tokens: Sequence[Token], cypher: str) -> str:
    """The statement's text, with labels() under the name of the macro that gives a list, as in Neo4j."""
    made, at = [], tokens[0].start
    for i, token in enumerate(tokens[:-1]):
        if token.upper == "LABELS" and tokens[i + 1].text == "(" and not (i and tokens[i - 1].text == "."):
            made += [cypher[at : token.start], "labels_of"]
            at = token.end
    return "".join([*made, cypher[at : tokens[-1].end]])


# --- Columns ----------------------------------------------------------------------------------------------------


def columns_of(tokens: Sequence[Token], cypher: str) -> list[str]:
    """What the last RETURN names its columns: the alias, else the text; empty where a `*` leaves it open."""
    returns = [i for i, t in enumerate(tokens) if t.upper == "RETURN" and not _is_name(tokens, i)]
    if not returns or tokens[0].upper in PREFIXES:
        return []
    items = _items(tokens[returns[0 if _is_union(tokens) else -1] + 1 :])
    if any(not item or item[0].text == "*" for item in items):
        return []
    names = [_column(item, cypher) for item in items]
    return names if len(set(names)) == len(names) else []


def _is_union(tokens: Sequence[Token]) -> bool:
    return any(t.upper == "UNION" for t in tokens)


def _items(tokens: Sequence[Token]) -> list[list[Token]]:
    """What stands between the commas of a RETURN, outside of brackets."""
    items: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text in OPENING) - (token.text in CLOSING)
        if depth < 0 or (depth == 0 and token.upper in ("ORDER", "SKIP", "LIMIT", "UNION")):
            break
        if depth == 0 and token.text == ",":
            items.append([])
        elif not (token.upper == "DISTINCT" and items == [[]]):
            items[-1].append(token)
    return items


def _column(item: Sequence[Token], cypher: str) -> str:
    if len(item) > 2 and item[-2].upper == "AS":
        return item[-1].text.strip("`")
    return cypher[item[0].start : item[-1].end]


def _place(cypher: str, at: int) -> str:
    line = cypher.count("\n", 0, at) + 1
    return f" at line {line}, column {at - cypher.rfind(chr(10), 0, at)}"


def _short(text: str, limit: int = 30) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
