"""The whole program on one screen: read -> extract -> canonicalise -> link -> store.

Everything between reading and storing is values in, values out. The new knowledge base is written beside the old
one and swapped in at the end, so a build that fails or is killed leaves the old one as it was.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import polars as pl

import extract as extract_package
from extract.readers import expand, label_of, read_source
from extract.records import Mention, Paper, Reject
from extract.workers import extract_batches
from kb.aliases import AliasFile, load_aliases
from kb.canonical import canonicalise
from kb.errors import UsageError
from kb.folder import FORMAT, read_manifest, read_tables, replace_folder, write_folder
from kb.identity import content_hash, settle
from kb.link import link
from kb.tables import MENTIONS, SCHEMAS, Tables, frame, paper_rows
from kb.version import __version__

Progress = Callable[[str, int, int], None]
_RAW = [c for c in MENTIONS if c != "entity"]


@dataclass(slots=True)
class Clock:
    """Seconds a stage took, and the progress callback."""

    progress: Progress | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    _last: float = field(default_factory=time.perf_counter)

    def tick(self, stage: str, done: int, total: int) -> None:
        """Report `done` of `total` of a stage."""
        if self.progress:
            self.progress(stage, done, total)

    def end(self, stage: str) -> None:
        """Close a stage."""
        now = time.perf_counter()
        self.seconds[stage] = round(now - self._last, 3)
        self._last = now


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
    clock = Clock(progress)
    options = _options(mapping, aliases, min_score)
    records, rejects, inputs = read_all(expand(sources), mapping, clock)
    papers = settle(records)
    clock.end("read")
    mentions, definitions = extract_papers(papers, min_score, workers, clock)
    clock.end("extract")
    return _finish(Path(out), papers, mentions, definitions, rejects, inputs, options, clock)


def add(
    sources: Sequence[str],
    *,
    kb: str | Path = "papers.kb",
    mapping: Mapping[str, str] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Add sources to a knowledge base: only papers that are new or changed are extracted, the rest is recomputed.

    A file that is already in is read again only when its bytes changed; its old records then go first.
    """
    clock = Clock(progress)
    manifest, old = read_manifest(Path(kb)), read_tables(Path(kb))
    known = {row["path"]: row["sha256"] for row in manifest["inputs"]}
    paths = [p for p in expand(sources) if known.get(label_of(p)) != sha256(p)]
    mapping = {**manifest["options"]["map"], **(mapping or {})}
    records, rejects, inputs = read_all(paths, mapping, clock)
    replaced = {row["path"] for row in inputs}
    papers = settle([*_without(paper_rows(old.papers), replaced), *records])
    rejects = [r for r in old.rejects if r.source not in replaced] + rejects
    inputs = [row for row in manifest["inputs"] if row["path"] not in replaced] + inputs
    clock.end("read")
    options = {**manifest["options"], "map": dict(sorted(mapping.items()))}
    return _again(Path(kb), manifest, old, papers, rejects, inputs, options, workers, clock)


def remove(papers: Sequence[str], *, kb: str | Path = "papers.kb", progress: Progress | None = None) -> dict[str, Any]:
    """Take papers out by id; their entities and edges go with them. Unknown ids raise UsageError."""
    clock = Clock(progress)
    manifest, old = read_manifest(Path(kb)), read_tables(Path(kb))
    gone = set(papers)
    if unknown := sorted(gone - set(old.papers["id"])):
        raise UsageError(f"no paper has the id {unknown[0]!r}")
    kept = [p for p in paper_rows(old.papers) if p.id not in gone]
    clock.end("read")
    return _again(Path(kb), manifest, old, kept, list(old.rejects), manifest["inputs"], manifest["options"], 1, clock)


def apply_aliases(
    aliases: str | Path, *, kb: str | Path = "papers.kb", progress: Progress | None = None
) -> dict[str, Any]:
    """Put an alias file in the place of the one a knowledge base was built with; no paper is extracted again."""
    clock = Clock(progress)
    text = load_aliases(aliases).text
    manifest, old = read_manifest(Path(kb)), read_tables(Path(kb))
    options, papers = {**manifest["options"], "aliases": text}, paper_rows(old.papers)
    clock.end("read")
    return _again(Path(kb), manifest, old, papers, list(old.rejects), manifest["inputs"], options, 1, clock)


def _again(
    folder: Path, manifest: dict[str, Any], old: Tables, papers: list[Paper], rejects: list[Reject],
    inputs: list[dict[str, Any]], options: dict[str, Any], workers: int | None, clock: Clock,
) -> dict[str, Any]:  # fmt: skip
    """Finish a changed set of papers, taking over the mentions of those whose text is as it was."""
    same_model = manifest["model"] == model_hash()
    held = dict(old.papers.select("hash", "id").iter_rows()) if same_model else {}
    kept = {held[h]: p.id for p in papers if (h := content_hash(p)) in held}
    fresh = [p for p in papers if content_hash(p) not in held]
    mentions, definitions = extract_papers(fresh, options["min_score"], workers, clock)
    ids = pl.DataFrame({"paper": list(kept), "now": list(kept.values())}, schema={"paper": pl.String, "now": pl.String})
    mentions = pl.concat([_renamed(old.mentions.select(_RAW), ids), mentions])
    definitions = pl.concat([_renamed(old.definitions, ids), definitions])
    clock.end("extract")
    return _finish(folder, papers, mentions, definitions, rejects, inputs, options, clock)


def _renamed(rows: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Rows of the papers that stay, under the ids these have now."""
    return (
        rows.join(ids, on="paper", how="inner")
        .with_columns(pl.col("now").alias("paper"))
        .drop("now")
        .select(rows.columns)
    )


def _finish(
    folder: Path, papers: list[Paper], mentions: pl.DataFrame, definitions: pl.DataFrame, rejects: list[Reject],
    inputs: list[dict[str, Any]], options: dict[str, Any], clock: Clock,
) -> dict[str, Any]:  # fmt: skip
    """Canonicalise, link, write, swap in: everything after extraction."""
    clock.tick("canonicalise", 0, 1)
    aliases = AliasFile.parse(options["aliases"]) if options["aliases"] else None
    canonical = canonicalise(mentions, definitions, papers=len(papers), aliases=aliases)
    paper_frame = papers_frame(papers)
    entities = with_first_year(canonical.entities, canonical.mentions, paper_frame)
    clock.end("canonicalise")
    clock.tick("link", 0, 1)
    edges = link(paper_frame, canonical.mentions, entities)
    clock.end("link")
    tables = Tables(
        paper_frame, frame("mentions", canonical.mentions), frame("entities", entities), edges,
        tuple(sorted(set(rejects), key=lambda r: (r.source, r.line, r.reason, r.raw))),
        frame("definitions", definitions),
    )  # fmt: skip
    manifest = make_manifest(tables, inputs, options)
    clock.tick("store", 0, 1)
    replace_folder(folder, lambda new: write_folder(tables, manifest, new))
    clock.end("store")
    return {**manifest, "timings": clock.seconds}


def read_all(
    paths: Sequence[Path], mapping: Mapping[str, str] | None, clock: Clock
) -> tuple[list[Paper], list[Reject], list[dict[str, Any]]]:
    """Every record and reject of the files, and a manifest row for each file."""
    papers: list[Paper] = []
    rejects: list[Reject] = []
    inputs = []
    for i, path in enumerate(sorted(paths, key=label_of)):
        clock.tick("read", i, len(paths))
        before = len(papers)
        for record in read_source(path, mapping=mapping):
            (papers if isinstance(record, Paper) else rejects).append(record)  # type: ignore[arg-type]
        entries = len(papers) - before
        inputs.append(
            {"path": label_of(path), "sha256": sha256(path), "bytes": path.stat().st_size, "entries": entries}
        )
    clock.tick("read", len(paths), len(paths))
    return papers, rejects, inputs


def extract_papers(
    papers: Sequence[Paper], min_score: float, workers: int | None, clock: Clock
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Mentions (without entities) and definitions of the papers, as frames."""
    names = [f.name for f in fields(Mention)]
    mentions = [pl.DataFrame(schema={c: MENTIONS[c] for c in _RAW})]
    definitions = [frame("definitions", [])]
    done = 0
    clock.tick("extract", 0, len(papers))
    for found, defined in extract_batches(papers, workers=workers):
        if found:
            made = pl.DataFrame(dict(zip(names, found, strict=True)), schema={c: MENTIONS[c] for c in names})
            mentions.append(made.select(_RAW).filter(pl.col("score") >= min_score))
        if defined:
            schema = SCHEMAS["definitions"]
            definitions.append(pl.DataFrame(dict(zip(schema, defined, strict=True)), schema=schema))
        done = min(len(papers), done + 128)
        clock.tick("extract", done, len(papers))
    return pl.concat(mentions), pl.concat(definitions)


def papers_frame(papers: Iterable[Paper]) -> pl.DataFrame:
    """Papers as a table, with the hash of their text."""
    rows = [{**{f.name: getattr(p, f.name) for f in fields(p)}, "hash": content_hash(p)} for p in papers]
    return frame("papers", rows)


def with_first_year(entities: pl.DataFrame, mentions: pl.DataFrame, papers: pl.DataFrame) -> pl.DataFrame:
    """Entities with the year of the earliest paper that names them."""
    years = (
        mentions.select("entity", "paper").unique().join(papers.select(pl.col("id").alias("paper"), "year"), on="paper")
        .group_by("entity").agg(pl.col("year").min().alias("first_year"))
    )  # fmt: skip
    return entities.drop("first_year", strict=False).join(
        years, left_on="id", right_on="entity", how="left", maintain_order="left"
    )


def make_manifest(tables: Tables, inputs: Sequence[Mapping[str, Any]], options: Mapping[str, Any]) -> dict[str, Any]:
    """What was built from what; no times and no paths but the sources', so that equal builds have equal manifests."""
    rows = sorted((dict(row) for row in inputs), key=lambda row: str(row["path"]))
    nodes = {"Paper": len(tables.papers)} | dict(tables.entities["kind"].value_counts().sort("kind").iter_rows())
    edges = dict(tables.edges["type"].value_counts().sort("type").iter_rows())
    made = {
        "format": FORMAT,
        "version": __version__,
        "model": model_hash(),
        "inputs": rows,
        "options": dict(options),
        "counts": {
            "entries": sum(row["entries"] for row in rows),
            "papers": len(tables.papers),
            "mentions": len(tables.mentions),
            "rejects": len(tables.rejects),
            "nodes": nodes,
            "edges": edges,
        },
    }
    return {**made, "build": hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:12]}


def _options(mapping: Mapping[str, str] | None, aliases: str | Path | None, min_score: float) -> dict[str, Any]:
    if not 0 <= min_score <= 1:
        raise UsageError(f"min_score must lie between 0 and 1, not {min_score}")
    text = load_aliases(aliases).text if aliases else ""
    return {"map": dict(sorted((mapping or {}).items())), "aliases": text, "min_score": min_score}


def _without(papers: Iterable[Paper], gone: set[str]) -> Iterable[Paper]:
    """Papers less the sources in `gone`; a paper left without a source goes."""
    from dataclasses import replace

    for paper in papers:
        left = tuple(s for s in paper.sources if s.rpartition(":")[0] not in gone)
        if left:
            yield replace(paper, sources=left)


def sha256(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def model_hash() -> str:
    """The hash of the extractor: its code and its data."""
    root = Path(extract_package.__file__).parent
    parts = sorted(
        p for p in root.rglob("*") if p.suffix in (".py", ".txt", ".json", ".bin") and "training" not in p.parts
    )
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.relative_to(root).as_posix().encode() + b"\0" + part.read_bytes())
    return whole.hexdigest()[:16]
