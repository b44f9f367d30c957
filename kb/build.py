"""The whole program on one screen: read -> settle -> extract -> canonicalise -> link -> measure -> store.

Each table is written when it is made, and goes from memory when nothing later needs it. A knowledge base is a function
of the records it was given, its input files and its options: `build`, `add` and `remove` only change the set of
records, so the way there does not show. The new one is written beside the old one and swapped in at the end; a command
that fails or is killed leaves the old one as it was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from extract.readers import expand, label_of
from kb.aliases import AliasFile, load_aliases
from kb.authors import authorship
from kb.citations import cites
from kb.citations import stubs as stub_papers
from kb.errors import UsageError
from kb.folder import (
    check_target,
    finish_folder,
    read_manifest,
    read_tables,
    replace_folder,
    room_for,
    work_folder,
)
from kb.heap import trim
from kb.intake import RAW, Clock, Found, Progress, Source, place_of, read_files, renamed
from kb.link import beside_terms
from kb.manifest import make_manifest, model_hash
from kb.parts import clear_parts
from kb.plan import Corpus, Plan, changed_files, known_labels, plan_of, settled
from kb.stages import Stages, local, stages
from kb.structure import LINKS, structure
from kb.tables import SCHEMAS, Tables, Written, by_type, frame, shaped, table_file, write_table
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
    with work_folder(out) as work:
        with stages(engine, out, work, workers=workers, master=master) as on:
            corpus = _settled(lambda: Plan.of(on.read(files, clock), options), out, clock)
            _make(corpus, _extracted(corpus, None, on, clock), on, clock, work)
        return _stored(out, work, corpus, clock)


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
    with work_folder(folder) as work:
        on = local(folder, work, workers)
        corpus, found, before = _taken_over(folder, manifest, changed, on, clock)
        _make(corpus, found, on, clock, work)
        after = set(Written(work).scan("papers").select("id").collect()["id"])
        made = _stored(folder, work, corpus, clock, grown_from=manifest["build"])
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
    trim()
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


def _stored(folder: Path, work: Path, corpus: Corpus, clock: Clock, *, grown_from: str | None = None) -> Row:
    """The tables in `work` as a knowledge base, swapped in; the manifest."""
    clock.tick("store")
    rejects = sorted(set(corpus.rejects), key=lambda r: (r.source, r.line, r.reason, r.raw))
    manifest = make_manifest(Written(work, rejects), corpus.inputs, corpus.options)

    def write(new: Path) -> None:
        for name in SCHEMAS:
            table_file(work, name).rename(table_file(new, name))
        finish_folder(new, manifest, rejects)

    replace_folder(folder, write, grown_from=grown_from)
    clear_parts(folder)
    clock.end("store")
    return {**manifest, "timings": clock.seconds}


def _make(corpus: Corpus, found: Found, on: Stages, clock: Clock, work: Path) -> None:
    """Canonicalise, link and measure: everything between extraction and storing. The tables go to `work`."""
    clock.tick("canonicalise")
    mentions, entities = _named(corpus, found, on, work)
    clock.end("canonicalise")
    clock.tick("terms")
    _described(corpus, mentions, work)
    clock.end("terms")
    clock.tick("link")
    _linked(corpus, mentions, entities, on, work)
    clock.end("link")
    clock.tick("structure")
    ids, links = (Written(work).scan(name).select(columns) for name, columns in (("papers", ["id"]), ("edges", LINKS)))
    _put(work, "structure", structure(ids.collect()["id"], entities, links.collect()))
    clock.end("structure")


def _put(work: Path, name: str, rows: pl.DataFrame | pl.LazyFrame) -> None:
    with room_for(work.parent):
        write_table(name, rows, work)


def _named(corpus: Corpus, found: Found, on: Stages, work: Path) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """Mentions with their entities, and entities; `found` is emptied."""
    definitions = frame("definitions", found.pop())
    _put(work, "definitions", definitions)
    aliases = AliasFile.parse(corpus.options["aliases"]).entities
    mentions, entities = on.canonicalise(found.pop(), definitions, papers=len(corpus.papers), aliases=aliases)
    dated = with_first_year(entities, mentions, corpus.papers)
    _put(work, "mentions", mentions)
    _put(work, "entities", dated)
    return mentions, dated


def _described(corpus: Corpus, mentions: pl.LazyFrame, work: Path) -> None:
    """What papers are beside the entities they name: their records, authors and terms."""
    if corpus.options.get("stubs"):
        corpus.papers = frame("papers", pl.concat([corpus.papers, stub_papers(corpus.papers)]))
    _put(work, "papers", corpus.papers)
    _put(work, "records", corpus.records)
    corpus.records = corpus.records.clear()
    authors, wrote = authorship(corpus.papers)
    _put(work, "authors", authors)
    _put(work, "wrote", shaped("edges", wrote))
    _put(work, "terms", terms(corpus.papers, mentions.select("paper").unique().collect()["paper"]))


def _linked(corpus: Corpus, mentions: pl.LazyFrame, entities: pl.DataFrame, on: Stages, work: Path) -> None:
    """All edges; the texts of papers go, for nobody needs them after."""
    made = Written(work)
    told = made.terms
    _put(work, "own-", frame("edges", []))  # there may be none
    for i, some in enumerate(on.entity_edges(corpus.papers, mentions, entities)):
        for (type_,), rows in beside_terms(some, told).partition_by("type", as_dict=True).items():
            _put(work, f"own-{type_}-{i:06}", rows)
    own = made.scan("own-*")
    cited = cites(own, corpus.papers, entities)
    corpus.papers = corpus.papers.clear()
    near = on.shares(own.select("source", "target", "weight").collect(), entities, told)
    _put(work, "edges", by_type([own, made.scan("wrote"), cited.lazy(), near.lazy()]))


def with_first_year(entities: pl.DataFrame, mentions: pl.LazyFrame, papers: pl.DataFrame) -> pl.DataFrame:
    """Entities with the year of the earliest paper that names them."""
    dated = papers.lazy().select(pl.col("id").alias("paper"), "year").drop_nulls()
    held = mentions.select("paper", pl.col("entity").alias("id")).join(dated, on="paper")
    years = held.group_by("id").agg(pl.col("year").min().alias("first_year")).collect()
    known = entities.drop("first_year", strict=False)
    return frame("entities", known.join(years, on="id", how="left"))
