"""The whole program on one screen: read -> extract -> canonicalise -> link -> store.

Everything between reading and storing is values in, values out. The new knowledge base is written beside the old
one and swapped in at the end, so a build that fails or is killed leaves the old one as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from extract.readers import expand, label_of
from extract.records import Paper, Reject
from kb.aliases import AliasFile, load_aliases
from kb.canonical import canonicalise
from kb.errors import SourceError, UsageError
from kb.folder import check_target, read_manifest, read_tables, replace_folder, write_folder
from kb.identity import content_hash, settle
from kb.intake import (
    RAW,
    Clock,
    Progress,
    Source,
    entangled,
    extract_papers,
    file_of,
    papers_frame,
    place_of,
    read_files,
    without_sources,
)
from kb.link import link
from kb.manifest import make_manifest, model_hash, sha256
from kb.tables import Tables, frame, paper_rows


@dataclass(frozen=True, slots=True)
class Plan:
    """What a knowledge base is made of: its papers, what was rejected, its input files and its options."""

    papers: list[Paper]
    rejects: list[Reject]
    inputs: list[dict[str, Any]]
    options: dict[str, Any]


def build(
    sources: Sequence[str],
    *,
    out: str | Path = "papers.kb",
    mapping: Mapping[str, str] | None = None,
    aliases: str | Path | None = None,
    workers: int | None = None,
    min_score: float = 0.0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Build a knowledge base from files, directories and globs; returns the manifest with the seconds by stage.

    `mapping` names table columns (`{"column": "field"}`), `aliases` is a file of `same:` / `apart:` lines, mentions
    that score below `min_score` are left out. Raises SourceError, UsageError or StoreError.
    """
    clock, out = Clock(progress), Path(out)
    if not 0 <= min_score <= 1:
        raise UsageError(f"min_score must lie between 0 and 1, not {min_score}")
    check_target(out)
    options = {"aliases": load_aliases(aliases).text if aliases else "", "min_score": min_score}
    intake = read_files([Source(p, label_of(p), place_of(p, out), mapping or {}) for p in expand(sources)], clock)
    plan = Plan(settle(intake.papers), intake.rejects, intake.inputs, options)
    clock.end("read")
    mentions, definitions = extract_papers(plan.papers, min_score=min_score, workers=workers, clock=clock)
    clock.end("extract")
    return _finish(out, plan, mentions, definitions, clock)


def add(
    sources: Sequence[str],
    *,
    kb: str | Path = "papers.kb",
    mapping: Mapping[str, str] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Add sources to a knowledge base: only papers that are new or changed are extracted, the rest is recomputed.

    A file that is already in is read again only when its bytes changed; what it no longer holds then goes. Returns
    the manifest with the seconds by stage, and how many papers were `added` and `removed`.
    """
    clock, folder = Clock(progress), Path(kb)
    manifest, old = read_manifest(folder), read_tables(folder)
    papers = paper_rows(old.papers)
    files = _changed(expand(sources), folder, manifest["inputs"], mapping, papers)
    intake = read_files(files, clock)
    gone = {file.label for file in files}
    plan = Plan(
        settle([*without_sources(papers, gone), *intake.papers]),
        [r for r in old.rejects if r.source not in gone] + intake.rejects,
        [row for row in manifest["inputs"] if row["path"] not in gone] + intake.inputs,
        manifest["options"],
    )
    clock.end("read")
    return _again(folder, manifest, old, plan, workers, clock)


def _changed(
    paths: Sequence[Path],
    folder: Path,
    inputs: Sequence[Mapping[str, Any]],
    mapping: Mapping[str, str] | None,
    papers: Sequence[Paper],
) -> list[Source]:
    """The files to read: those that are new or changed, and known ones whose records were merged with changed ones."""
    known = {row["place"]: row for row in inputs}
    labels = {row["path"] for row in inputs}
    files = {}
    for path in paths:
        place = place_of(path, folder)
        row = known.get(place)
        if row is None:
            label = label_of(path) if label_of(path) not in labels else place
            files[label] = Source(path, label, place, mapping or {})
        elif row["sha256"] != sha256(path):
            files[row["path"]] = Source(path, row["path"], place, mapping or row["map"])
    merged = entangled(papers, labels & files.keys()) - files.keys()
    for row in inputs:
        path = folder.resolve().parent / row["place"]
        if row["path"] in merged and path.is_file():
            files[row["path"]] = Source(path, row["path"], row["place"], row["map"])
    return list(files.values())


def remove(papers: Sequence[str], *, kb: str | Path = "papers.kb", progress: Progress | None = None) -> dict[str, Any]:
    """Take papers out by id, with their entities and edges; adding their file again brings them back.

    Returns the manifest with the seconds by stage, and how many papers were `added` and `removed`. Unknown ids raise
    UsageError.
    """
    clock, folder = Clock(progress), Path(kb)
    manifest, old = read_manifest(folder), read_tables(folder)
    gone = set(papers)
    if unknown := sorted(gone - set(old.papers["id"])):
        raise UsageError(f"no paper has the id {unknown[0]!r}")
    everything = paper_rows(old.papers)
    kept = [p for p in everything if p.id not in gone]
    emptied = {file_of(s) for p in everything if p.id in gone for s in p.sources}
    # no longer what the file holds: adding the file again brings the paper back
    inputs = [row | {"sha256": ""} if row["path"] in emptied else row for row in manifest["inputs"]]
    clock.end("read")
    plan = Plan(kept, list(old.rejects), inputs, manifest["options"])
    return _again(folder, manifest, old, plan, 1, clock)


def apply_aliases(
    aliases: str | Path, *, kb: str | Path = "papers.kb", progress: Progress | None = None
) -> dict[str, Any]:
    """Put an alias file in the place of the one a knowledge base was built with; no paper is extracted again."""
    clock, folder = Clock(progress), Path(kb)
    options = {"aliases": load_aliases(aliases).text}
    manifest, old = read_manifest(folder), read_tables(folder)
    clock.end("read")
    plan = Plan(paper_rows(old.papers), list(old.rejects), manifest["inputs"], manifest["options"] | options)
    return _again(folder, manifest, old, plan, 1, clock)


def _again(
    folder: Path, manifest: dict[str, Any], old: Tables, plan: Plan, workers: int | None, clock: Clock
) -> dict[str, Any]:
    """Finish a changed set of papers, taking over the mentions of those whose text is as it was."""
    same_model = manifest["model"] == model_hash()
    held = dict(old.papers.select("hash", "id").iter_rows()) if same_model else {}
    fresh = [p for p in plan.papers if content_hash(p) not in held]
    kept = [(held[h], p.id) for p in plan.papers if (h := content_hash(p)) in held]
    ids = pl.DataFrame(kept, schema={"paper": pl.String, "now": pl.String}, orient="row")
    mentions, definitions = extract_papers(fresh, min_score=plan.options["min_score"], workers=workers, clock=clock)
    mentions = pl.concat([_renamed(old.mentions.select(RAW), ids), mentions])
    definitions = pl.concat([_renamed(old.definitions, ids), definitions])
    clock.end("extract")
    before, after = set(old.papers["id"]), {p.id for p in plan.papers}
    made = _finish(folder, plan, mentions, definitions, clock, grown_from=manifest["build"])
    return {**made, "added": len(after - before), "removed": len(before - after)}


def _renamed(rows: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Rows of the papers that stay, under the ids these have now; a text that several papers share serves each."""
    found = rows.join(ids, on="paper", how="inner")
    return found.with_columns(pl.col("now").alias("paper")).select(rows.columns)


def _finish(
    folder: Path,
    plan: Plan,
    mentions: pl.DataFrame,
    definitions: pl.DataFrame,
    clock: Clock,
    *,
    grown_from: str | None = None,
) -> dict[str, Any]:
    """Canonicalise, link, write, swap in: everything after extraction. Nothing is never written over something."""
    if not plan.papers:
        why = f"; the first reject: {plan.rejects[0].reason}" if plan.rejects else ""
        raise SourceError(f"no paper is left for {folder}{why}")
    clock.tick("canonicalise")
    papers, definitions = papers_frame(plan.papers), frame("definitions", definitions)
    aliases = AliasFile.parse(plan.options["aliases"]) if plan.options["aliases"] else None
    canonical = canonicalise(mentions, definitions, papers=len(papers), aliases=aliases)
    placed = frame("mentions", canonical.mentions)
    entities = with_first_year(canonical.entities, placed, papers)
    clock.end("canonicalise")
    clock.tick("link")
    edges = link(papers, placed, entities)
    clock.end("link")
    clock.tick("store")
    rejects = tuple(sorted(set(plan.rejects), key=lambda r: (r.source, r.line, r.reason, r.raw)))
    tables = Tables(papers, placed, entities, edges, rejects, definitions)
    manifest = make_manifest(tables, plan.inputs, plan.options)
    replace_folder(folder, lambda new: write_folder(tables, manifest, new), grown_from=grown_from)
    clock.end("store")
    return {**manifest, "timings": clock.seconds}


def with_first_year(entities: pl.DataFrame, mentions: pl.DataFrame, papers: pl.DataFrame) -> pl.DataFrame:
    """Entities with the year of the earliest paper that names them."""
    dated = mentions.join(papers.select(pl.col("id").alias("paper"), "year"), on="paper")
    years = dated.group_by(pl.col("entity").alias("id")).agg(pl.col("year").min().alias("first_year"))
    known = entities.drop("first_year", strict=False)
    return frame("entities", known.join(years, on="id", how="left"))
