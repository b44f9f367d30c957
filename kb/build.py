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
from kb.citations import stubs as stub_papers
from kb.errors import UsageError
from kb.folder import check_target, read_manifest, read_tables, replace_folder, write_folder
from kb.intake import RAW, Clock, Found, Progress, Source, place_of, read_files, renamed
from kb.manifest import make_manifest, model_hash
from kb.parts import clear_parts
from kb.plan import Corpus, Plan, changed_files, known_labels, plan_of, settled
from kb.stages import Stages, local, stages
from kb.structure import structure
from kb.tables import Tables, frame
from kb.terms import terms

Row = dict[str, Any]


def build(
    sources: Sequence[str],
    *,
    out: str | Path = "papers.kb",
    mapping: Mapping[str, str] | None = None,
    aliases: str | Path | None = None,
    workers: int | None = None,
    min_score: float = 0.0,
    stubs: bool = False,
    rules_only: bool = False,
    engine: str = "local",
    master: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Build a knowledge base from files, directories and globs; returns the manifest with the seconds by stage.

    `mapping` names table columns (`{"column": "field"}`), `aliases` is a file of `same:` / `apart:` lines, mentions
    that score below `min_score` are left out, `stubs` keeps the papers that references name and no source describes.
    `rules_only` extracts by the lexicon and the rules, without the learned model: faster, and less is found.
    `engine` is "local" or "spark", on the cluster `master` ("local[4]", "spark://host:7077"): the tables are the same.
    Raises SourceError, UsageError or StoreError.
    """
    clock, out = Clock(progress), Path(out)
    if not 0 <= min_score <= 1:
        raise UsageError(f"min_score must lie between 0 and 1, not {min_score}")
    check_target(out)
    text = load_aliases(aliases).text if aliases else ""
    options = {"aliases": text, "min_score": min_score, "stubs": stubs, "rules_only": rules_only}
    files = [Source(p, label_of(p), place_of(p, out), mapping or {}) for p in expand(sources)]
    with stages(engine, out, workers=workers, master=master) as on:
        corpus = _settled(lambda: Plan.of(on.read(files, clock), options), out, clock)
        tables = _tables(corpus, _extracted(corpus, None, on, clock), on, clock)
    return _stored(out, corpus, tables, clock)


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

    return _change(folder, changed, local(folder, workers), clock)


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

    return _change(folder, changed, local(folder, 1), Clock(progress))


def apply_aliases(
    aliases: str | Path, *, kb: str | Path = "papers.kb", progress: Progress | None = None
) -> dict[str, Any]:
    """Put an alias file in the place of the one a knowledge base was built with; no paper is extracted again."""
    text = load_aliases(aliases).text

    def changed(manifest: Row, old: Tables) -> Plan:
        plan = plan_of(manifest, old)
        return replace(plan, options=plan.options | {"aliases": text})

    return _change(Path(kb), changed, local(Path(kb), 1), Clock(progress))


def _change(folder: Path, changed: Callable[[Row, Tables], Plan], on: Stages, clock: Clock) -> Row:
    """A knowledge base made anew from a changed plan; papers whose text is as it was are not extracted again."""
    manifest = read_manifest(folder)
    corpus, found, before = _taken_over(folder, manifest, changed, on, clock)
    tables = _tables(corpus, found, on, clock)
    made = _stored(folder, corpus, tables, clock, grown_from=manifest["build"])
    after = set(tables.papers["id"])
    return {**made, "added": len(after - before), "removed": len(before - after)}


def _taken_over(
    folder: Path, manifest: Row, changed: Callable[[Row, Tables], Plan], on: Stages, clock: Clock
) -> tuple[Corpus, Found, set[str]]:
    """What the changed plan comes to, what it names, and the ids before: all that is needed of the old tables.

    These go with this function, for they are as large as the new ones.
    """
    old = read_tables(folder)
    corpus = _settled(lambda: changed(manifest, old), folder, clock)
    held = old if manifest["model"] == model_hash(rules_only=_by_rules(corpus)) else None
    return corpus, _extracted(corpus, held, on, clock), set(old.papers["id"])


def _settled(read: Callable[[], Plan], folder: Path, clock: Clock) -> Corpus:
    """What is read, settled; nobody but `settled` holds the plan, so that its records go with it."""
    corpus = settled(read(), folder)
    clock.end("read")
    return corpus


def _extracted(corpus: Corpus, old: Tables | None, on: Stages, clock: Clock) -> Found:
    """Mentions and definitions of every paper; of texts that old tables hold they are taken over."""
    fresh, by_rules = corpus.papers, _by_rules(corpus)
    known = pl.DataFrame(schema={"hash": pl.String, "paper": pl.String})
    if old:
        known = old.papers.filter(pl.col("title") != "").select("hash", pl.col("id").alias("paper"))
        known = known.unique("hash", keep="last", maintain_order=True)
        fresh = fresh.join(known, on="hash", how="anti", maintain_order="left")
    found = on.extract(fresh, min_score=corpus.options["min_score"], rules_only=by_rules, clock=clock)
    if old:
        kept = corpus.papers.join(known, on="hash", maintain_order="left").select("paper", pl.col("id").alias("now"))
        held = (old.mentions.select(RAW), old.definitions)
        found = [pl.concat([renamed(rows, kept), new]) for rows, new in zip(held, found, strict=True)]
    clock.end("extract")
    return found


def _by_rules(corpus: Corpus) -> bool:
    """Whether a knowledge base goes without the model; those of before the option do not."""
    return bool(corpus.options.get("rules_only"))


def _stored(folder: Path, corpus: Corpus, tables: Tables, clock: Clock, *, grown_from: str | None = None) -> Row:
    """The tables as a folder, swapped in; the manifest."""
    manifest = make_manifest(tables, corpus.inputs, corpus.options)
    replace_folder(folder, lambda new: write_folder(tables, manifest, new), grown_from=grown_from)
    clear_parts(folder)
    clock.end("store")
    return {**manifest, "timings": clock.seconds}


def _tables(corpus: Corpus, found: Found, on: Stages, clock: Clock) -> Tables:
    """Canonicalise, link and measure: everything between extraction and storing."""
    papers = corpus.papers
    clock.tick("canonicalise")
    mentions, entities, definitions = _canonical(corpus, found, on)
    clock.end("canonicalise")
    clock.tick("link")
    if corpus.options.get("stubs"):
        papers = frame("papers", pl.concat([papers, stub_papers(papers)]))
    authors, wrote = authorship(papers)
    told = terms(papers, mentions["paper"].unique())
    edges = on.link(papers, mentions, entities, told)
    clock.end("link")
    clock.tick("structure")
    shape = structure(papers, entities, edges)
    edges = frame("edges", pl.concat([edges, frame("edges", wrote)]))
    clock.end("structure")
    clock.tick("store")
    rejects = tuple(sorted(set(corpus.rejects), key=lambda r: (r.source, r.line, r.reason, r.raw)))
    return Tables(papers, mentions, entities, edges, rejects, definitions, authors, corpus.records, shape, told)


def _canonical(corpus: Corpus, found: Found, on: Stages) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The mentions with their entities, the entities and the definitions, as tables; `found` is emptied."""
    definitions = frame("definitions", found.pop())
    aliases = AliasFile.parse(corpus.options["aliases"]).entities
    canonical = on.canonicalise(found.pop(), definitions, papers=len(corpus.papers), aliases=aliases)
    placed = frame("mentions", canonical.mentions)
    return placed, with_first_year(canonical.entities, placed, corpus.papers), definitions


def with_first_year(entities: pl.DataFrame, mentions: pl.DataFrame, papers: pl.DataFrame) -> pl.DataFrame:
    """Entities with the year of the earliest paper that names them."""
    dated = mentions.join(papers.select(pl.col("id").alias("paper"), "year"), on="paper")
    years = dated.group_by(pl.col("entity").alias("id")).agg(pl.col("year").min().alias("first_year"))
    known = entities.drop("first_year", strict=False)
    return frame("entities", known.join(years, on="id", how="left"))
