"""The guide of the Browser kit: slides that the classic Browser shows with `:play`, and the web server it asks for.

The page is an `article.guide` of slides; a click on a `pre.runnable` block puts its text into the editor.
"""

import json
import re
from collections.abc import Iterator, Sequence
from html import escape

import polars as pl

from kb.export import rows
from kb.queries import browser as questions
from kb.schema import EDGES, LABELS
from kb.tables import Tables

GROUPS = {
    "method": "A method",
    "dataset": "A dataset",
    "task": "A task",
    "paper": "A paper",
    "author": "An author",
    "year": "A year",
    "words": "Words",
    "": "The whole graph",
}
"""The guide's slides of questions: first parameter -> heading."""

SERVE = '''\
"""Serves this folder to the Browser's :play, on this machine alone: python serve.py [PORT]. Ctrl-C ends it."""

import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class Handler(SimpleHTTPRequestHandler):
    """Files that a page of another origin may read: the Browser is one, and asks first."""

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "*")
        super().end_headers()

    def do_OPTIONS(self):
        self.send_response(204)
        self.end_headers()


port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
print(f":play http://localhost:{port}/guide.html", flush=True)
ThreadingHTTPServer(("localhost", port), Handler).serve_forever()
'''
"""Python's own `http.server` does not let other origins in."""


def examples(tables: Tables) -> dict[str, str | int]:
    """Values for the parameters from this graph, where it has any: what most papers name, and its closest papers."""
    found: dict[str, str | int] = {}
    for kind in ("Method", "Dataset", "Task"):
        roles = tables.edges.group_by(pl.col("target").alias("id")).agg(pl.col("type").n_unique().alias("roles"))
        held = rows.entities(tables, kind).join(roles, on="id").filter(pl.col("name") != "")
        # A method that papers introduce, extend and use shows more than one that all use.
        for name in held.sort("roles", "papers", "id", descending=[True, True, False])["name"].head(1):
            found[kind.lower()] = name
    for name in rows.authors(tables).sort("papers", "id", descending=[True, False])["name"].head(1):
        found["author"] = name
    captions = dict(rows.papers(tables).select("id", "name").iter_rows())
    links = tables.edges.filter(pl.col("type") == "SHARES").sort("weight", descending=True, maintain_order=True)
    pairs = [(captions[a], captions[b]) for a, b in links.select("source", "target").head(1000).iter_rows()]
    for a, b in [pair for pair in pairs if "…" not in "".join(pair)][:1] or pairs[:1]:  # a name cut short reads badly
        found |= {"paper": a, "other": b}
    if (year := tables.papers["year"].max()) is not None:
        found["year"] = int(str(year))
    # Words alone: marks and capitals such as OR mean something to the full-text index.
    if words := re.sub(r"[\W_]+", " ", str(found.get("task") or found.get("method") or "")).strip().lower():
        found["words"] = words
    return found


def guide(tables: Tables) -> str:
    """The guide's page: what there is, example values, and each question that these values fill."""
    values = examples(tables)
    slides = [_contents(tables), *([_values(values)] if values else []), *_questions(values)]
    body = "".join(f"<slide>\n{slide}</slide>\n" for slide in slides)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Citation graph</title></head>\n<body>\n'
        f'<article class="guide">\n<carousel class="deck">\n{body}</carousel>\n</article>\n</body>\n</html>\n'
    )


def _contents(tables: Tables) -> str:
    nodes = {label: frame.height for label, frame in rows.nodes(tables).items()}
    edges = {type_: frame.height for type_, frame in rows.edges(tables).items()}
    labels = [(label, f"{nodes.get(label, 0):,}") for label in LABELS]
    types = [
        (type_, source, ", ".join(targets), f"{edges.get(type_, 0):,}") for type_, (source, targets, _) in EDGES.items()
    ]
    return (
        "<h3>What the graph holds</h3>\n"
        + _table(("label", "nodes"), labels)
        + _table(("relationship", "from", "to", "number"), types)
        + "<p>Each edge from a paper to what it names has the sentence that proves it: click the edge.</p>\n"
    )


def _table(head: tuple[str, ...], body: Sequence[tuple[str, ...]]) -> str:
    lines = ["".join(f'<th align="left">{escape(cell)}</th>' for cell in head)]
    lines += ["".join(f'<td style="padding-right: 2em">{escape(cell)}</td>' for cell in row) for row in body]
    return "<table>\n" + "".join(f"<tr>{line}</tr>\n" for line in lines) + "</table>\n"


def _values(values: dict[str, str | int]) -> str:
    """The slide that sets parameters. A string of JSON is one of Cypher too: both escape the same with a backslash."""
    setting = ", ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in values.items())
    said = "A click puts a command into the editor; run it there. Change the values to your own."
    return f"<h3>Values to ask with</h3>\n<p>{said}</p>\n" + _runnable(f":params {{{setting}}}")


def _questions(values: dict[str, str | int]) -> Iterator[str]:
    for first, heading in GROUPS.items():
        own = [name for name in questions.names() if (questions.parameters(name) or [""])[0] == first]
        shown = [name for name in own if set(questions.parameters(name)) <= set(values)]
        if shown:
            asked = (f"<h4>{escape(questions.title(name))}</h4>\n{_runnable(questions.cypher(name))}" for name in shown)
            yield f"<h3>{heading}</h3>\n" + "".join(asked)


def _runnable(command: str) -> str:
    return f'<pre class="runnable">{escape(command)}</pre>\n'
