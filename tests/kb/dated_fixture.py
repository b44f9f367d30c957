"""A small knowledge base of papers with years and dates, for questions of time."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from extract.records import Paper
from kb.folder import FORMAT, write_folder
from kb.intake import papers_frame
from kb.tables import EDGES, Tables, frame

Dated = tuple[str, int | str | None]
"""A paper: its key, and its year, its date or nothing."""

Link = tuple[str, str, str]
"""An edge: its type, the paper's key, the entity's id."""


def paper(key: str, when: int | str | None) -> Paper:
    """The paper of a key; a date has its year."""
    date = when if isinstance(when, str) else None
    year = int(when[:4]) if isinstance(when, str) else when
    return Paper(f"Title of {key}", f"Text of {key}.", id=f"paper:{key}", year=year, date=date, sources=("p.jsonl:1",))


def write_dated(folder: Path, papers: Iterable[Dated], links: Sequence[Link]) -> Path:
    """A knowledge base in `folder`, which is made; the sentence of an edge is `KEY says ID.`."""
    held = [paper(key, when) for key, when in papers]
    years = {one.id: one.year for one in held}
    named: dict[str, set[str]] = {}
    for _, key, entity in links:
        named.setdefault(entity, set()).add(f"paper:{key}")
    entities = [
        {
            "id": id_, "kind": id_.partition(":")[0].capitalize(), "name": id_.partition(":")[2], "papers": len(own),
            "aliases": [id_.partition(":")[2], f"the {id_.partition(':')[2]}"], "mentions": len(own), "idf": 1.0,
            "first_year": min((year for one in own if (year := years[one]) is not None), default=None),
        }
        for id_, own in named.items()
    ]  # fmt: skip
    edges = [
        {
            **dict.fromkeys(EDGES), "type": type_, "source": f"paper:{key}", "target": entity, "weight": 0.5,
            "sentence": f"{key} says {entity}.", "field": "abstract", "start_char": 0, "end_char": 1, "score": 0.9,
            "mentions": 1,
        }
        for type_, key, entity in links
    ]  # fmt: skip
    tables = Tables(papers_frame(held), frame("mentions", []), frame("entities", entities), frame("edges", edges))
    counts = {"entries": len(held), "papers": len(held), "mentions": 0, "rejects": 0, "nodes": {}, "edges": {}}
    manifest = {"format": FORMAT, "version": "0.0.0", "build": "0123456789ab", "model": "hand", "options": {}}
    folder.mkdir()
    write_folder(tables, {**manifest, "inputs": [], "counts": counts}, folder)
    return folder
