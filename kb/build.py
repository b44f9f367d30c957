"""The whole program on one screen: read -> settle -> extract -> canonicalise -> link -> measure -> store.

Everything between reading and storing is values in, values out. A knowledge base is a function of the records it was
given, its input files and its options: `build`, `add` and `remove` only change the set of records, so the way there
does not show. The new one is written beside the old one and swapped in at the end; a command that fails or is killed
leaves the old one as it was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from extract.readers import expand, label_of
from kb.aliases import AliasFile, load_aliases
from kb.authors import authorship
from kb.canonical import canonicalise
from kb.citations import stubs as stub_papers
from kb.errors import SourceError, UsageError
from kb.folder import check_target, read_manifest, read_tables, replace_folder, write_folder
from kb.identity import content_hash
from kb.intake import RAW, Clock, Progress, Source, extract_papers, papers_frame, place_of, read_files, renamed
from kb.link import link
from kb.manifest import make_manifest, model_hash
from kb.parts import Parts, clear_parts
from kb.plan import Plan, changed_files, known_labels, plan_of
from kb.settle import Settled, settle
from kb.structure import structure, with_p_values
from kb.tables import Tables, frame, records_frame

Row = dict[str, Any]
Found = tuple[pl.DataFrame, pl.DataFrame]
"""Mentions, not yet of entities, and definitions."""


def build(
    sources: Sequence[str],
    *,
    out: str | Path = "papers.kb",
    mapping: Mapping[str, str] | None = None,
    aliases: str | Path | None = None,
    workers: int | None = None,
    min_score: float = 0.0,
    stubs: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Build a knowledge base from files, directories and globs; returns the manifest with the seconds by stage.

    `mapping` names table columns (`{"column": "field"}`), `aliases` is a file of `same:` / `apart:` lines, mentions
    that score below `min_score` are left out, `stubs` keeps the papers that references name and no source describes.
    Raises SourceError, UsageError or StoreError.
    """
    clock, out = Clock(progress), Path(out)
    if not 0 <= min_score <= 1:
        raise UsageError(f"min_score must lie between 0 and 1, not {min_score}")
    check_target(out)
    options = {"aliases": load_aliases(aliases).text if aliases else "", "min_score": min_score, "stubs": stubs}
    intake = read_files([Source(p, label_of(p), place_of(p, out), mapping or {}) for p in expand(sources)], clock)
    plan = Plan(intake.records, intake.rejects, intake.inputs, options)
    settled = _settled(plan, out, clock)
    return _finish(out, plan, settled, _extracted(out, settled, plan, None, workers, clock), clock)[0]


def add(
    sources: Sequence[str],
    *,
    kb: str | Path = "papers.kb",
    mapping: Mapping[str, str] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Add sources to a knowledge base: only papers that are new or changed are extracted, the rest is recomputed.

    A file that is already in is read again only when its bytes or `mapping` changed; what it no longer holds then
    goes. Ends with the same bytes as one build of all the sources. Returns the manifest with the seconds by stage, and
    how many papers were `added` and `removed`.
    """
    clock, folder = Clock(progress), Path(kb)

    def changed(manifest: Row, old: Tables) -> Plan:
        files = changed_files(expand(sources), folder, manifest["inputs"], mapping)
        return plan_of(manifest, old).plus(read_files(files, clock))

    return _change(folder, changed, workers, clock)


def remove(
    papers: Sequence[str] = (),
    *,
    sources: Sequence[str] = (),
    kb: str | Path = "papers.kb",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Take papers out by id, or all that some sources gave, with their entities and edges; adding brings them back.

    `sources` are labels of input files as the manifest gives them. Returns the manifest with the seconds by stage, and
    how many papers were `added` and `removed`. Unknown ids and labels raise UsageError.
    """
    folder = Path(kb)

    def changed(manifest: Row, old: Tables) -> Plan:
        labels = known_labels(sources, folder, manifest["inputs"])
        return plan_of(manifest, old, gone=set(papers)).without(labels)

    return _change(folder, changed, 1, Clock(progress))


def apply_aliases(
    aliases: str | Path, *, kb: str | Path = "papers.kb", progress: Progress | None = None
) -> dict[str, Any]:
    """Put an alias file in the place of the one a knowledge base was built with; no paper is extracted again."""
    text = load_aliases(aliases).text

    def changed(manifest: Row, old: Tables) -> Plan:
        plan = plan_of(manifest, old)
        return replace(plan, options=plan.options | {"aliases": text})

    return _change(Path(kb), changed, 1, Clock(progress))


def _change(folder: Path, changed: Callable[[Row, Tables], Plan], workers: int | None, clock: Clock) -> Row:
    """A knowledge base made anew from a changed plan; papers whose text is as it was are not extracted again."""
    manifest = read_manifest(folder)
    plan, settled, found, before = _taken_over(folder, manifest, changed, workers, clock)
    made, tables = _finish(folder, plan, settled, found, clock, grown_from=manifest["build"])
    after = set(tables.papers["id"])
    return {**made, "added": len(after - before), "removed": len(before - after)}


def _taken_over(
    folder: Path, manifest: Row, changed: Callable[[Row, Tables], Plan], workers: int | None, clock: Clock
) -> tuple[Plan, Settled, Found, set[str]]:
    """The changed plan, its papers, what they name, and the ids before: all that is needed of the old tables.

    These go with this function, for they are as large as the new ones.
    """
    old = read_tables(folder)
    plan = changed(manifest, old)
    settled = _settled(plan, folder, clock)
    held = old if manifest["model"] == model_hash() else None
    return plan, settled, _extracted(folder, settled, plan, held, workers, clock), set(old.papers["id"])


def _settled(plan: Plan, folder: Path, clock: Clock) -> Settled:
    """The papers of a plan; SourceError where there is none, for nothing is never written over something."""
    settled = settle(plan.records, AliasFile.parse(plan.options["aliases"]).papers)
    if not settled.papers:
        why = f"; the first reject: {plan.rejects[0].reason}" if plan.rejects else ""
        names = ", ".join(row["path"] for row in plan.inputs[:3]) + (", .." if len(plan.inputs) > 3 else "")
        none = f"no paper in {names}{why}" if names else f"no paper would be left: delete the folder {folder} instead"
        raise SourceError(f"{none}; {folder} stays as it is" if folder.exists() else none)
    clock.end("read")
    return settled


def _extracted(
    folder: Path, settled: Settled, plan: Plan, old: Tables | None, workers: int | None, clock: Clock
) -> Found:
    """Mentions and definitions of every paper; of texts that old tables hold they are taken over."""
    texts = old.papers.filter(pl.col("title") != "").select("hash", "id") if old else None
    known = dict(texts.iter_rows()) if texts is not None else {}
    hashes = [content_hash(p) for p in settled.papers]
    fresh = [p for p, h in zip(settled.papers, hashes, strict=True) if h not in known]
    mentions, definitions = extract_papers(
        fresh, min_score=plan.options["min_score"], workers=workers, clock=clock, parts=Parts(folder, model_hash())
    )
    if old:
        kept = [(known[h], p.id) for p, h in zip(settled.papers, hashes, strict=True) if h in known]
        ids = pl.DataFrame(kept, schema={"paper": pl.String, "now": pl.String}, orient="row")
        mentions = pl.concat([renamed(old.mentions.select(RAW), ids), mentions])
        definitions = pl.concat([renamed(old.definitions, ids), definitions])
    clock.end("extract")
    return mentions, definitions


def _finish(
    folder: Path, plan: Plan, settled: Settled, found: Found, clock: Clock, *, grown_from: str | None = None
) -> tuple[Row, Tables]:
    """From papers and what they name to a folder swapped in; the manifest and the tables."""
    tables = _tables(settled, plan, *found, clock)
    manifest = make_manifest(tables, plan.inputs, plan.options)
    replace_folder(folder, lambda new: write_folder(tables, manifest, new), grown_from=grown_from)
    clear_parts(folder)
    clock.end("store")
    return {**manifest, "timings": clock.seconds}, tables


def _tables(settled: Settled, plan: Plan, mentions: pl.DataFrame, definitions: pl.DataFrame, clock: Clock) -> Tables:
    """Canonicalise, link and measure: everything between extraction and storing."""
    aliases = AliasFile.parse(plan.options["aliases"])
    clock.tick("canonicalise")
    papers, definitions = papers_frame(settled.papers), frame("definitions", definitions)
    canonical = canonicalise(mentions, definitions, papers=len(papers), aliases=aliases.entities)
    placed = frame("mentions", canonical.mentions)
    entities = with_first_year(canonical.entities, placed, papers)
    clock.end("canonicalise")
    clock.tick("link")
    if plan.options.get("stubs"):
        papers = frame("papers", pl.concat([papers, stub_papers(papers)]))
    authors, wrote = authorship(papers)
    edges = with_p_values(link(papers, placed, entities), entities)
    clock.end("link")
    clock.tick("structure")
    shape = structure(papers, entities, edges)
    edges = frame("edges", pl.concat([edges, frame("edges", wrote)]))
    clock.end("structure")
    clock.tick("store")
    rejects = tuple(sorted(set(plan.rejects), key=lambda r: (r.source, r.line, r.reason, r.raw)))
    return Tables(papers, placed, entities, edges, rejects, definitions, authors, records_frame(settled.records), shape)


def with_first_year(entities: pl.DataFrame, mentions: pl.DataFrame, papers: pl.DataFrame) -> pl.DataFrame:
    """Entities with the year of the earliest paper that names them."""
    dated = mentions.join(papers.select(pl.col("id").alias("paper"), "year"), on="paper")
    years = dated.group_by(pl.col("entity").alias("id")).agg(pl.col("year").min().alias("first_year"))
    known = entities.drop("first_year", strict=False)
    return frame("entities", known.join(years, on="id", how="left"))
