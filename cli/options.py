"""The options that every command takes, written once."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.errors import UsageError

if TYPE_CHECKING:
    from kb.subgraph import Selection

DEFAULT_KB = Path("papers.kb")

Kb = Annotated[Path, typer.Option("--kb", envvar="KB", metavar="DIR", help="The knowledge base.")]
Store = Annotated[
    str | None,
    typer.Option("--store", envvar="KB_STORE", metavar="URI", help="Ask a Neo4j server instead: bolt://host:7687."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="How many rows.")]
Kind = Annotated[
    str | None,
    typer.Option("--kind", metavar="KIND", help="Only paper, method, dataset, task, metric, concept or author."),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="An id, a title, a name or an alias, in any case.")]
Graph = Annotated[
    str, typer.Option("--graph", metavar="GRAPH", help="full, papers, entities, or ego: what lies around NAME.")
]
Around = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME]...", help="Only what lies around these papers, entities or authors."),
]
Hops = Annotated[int | None, typer.Option("--hops", metavar="N", help="How far around NAME, 1 to 4; 1 if not given.")]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", metavar="KIND", help="Only nodes of KIND, and papers; may be repeated."),
]
MinWeight = Annotated[float, typer.Option("--min-weight", metavar="W", help="Only edges that weigh W or more.")]
Top = Annotated[
    int | None, typer.Option("--top", metavar="N", help="Only the N papers, entities and authors with most links.")
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help="Only papers from then on: 2024, 2024-05 or 2024-05-01.")
]
Significance = Annotated[
    float | None,
    typer.Option("--significance", metavar="P", help="Only SHARES edges that chance makes with at most P: 0.05."),
]
Sources = Annotated[
    list[str], typer.Argument(metavar="SOURCE...", help="Files, directories or globs.", show_default=False)
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=FIELD", help="Read a table's COLUMN as FIELD; may be repeated."),
]
Workers = Annotated[
    str, typer.Option("--workers", metavar="N|auto", help="Processes that extract; auto takes what pays.")
]


def selection(
    graph: str,
    names: Sequence[str] | None,
    hops: int | None,
    kinds: Sequence[str] | None,
    min_weight: float,
    top: int | None,
    since: str | None,
    significance: float | None,
) -> "Selection":
    """What was asked for of a part of the graph; nothing where the whole is wanted."""
    if hops is not None and not names:
        raise UsageError("--hops tells how far around a NAME: name a paper or an entity")
    given: Selection = {
        "graph": graph,
        "names": names or (),
        "hops": 1 if hops is None else hops,
        "kinds": kinds or (),
        "min_weight": min_weight,
        "top": top,
        "since": since,
        "significance": significance,
    }
    whole = graph == "full" and not (names or kinds or min_weight) and (top, since, significance) == (None, None, None)
    return {} if whole else given
