"""What a knowledge base is made of, before anything is made: its records, its input files, its options."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from extract.readers import label_of
from extract.records import Paper, Reject
from kb.aliases import AliasFile
from kb.errors import SourceError, UsageError
from kb.identity import as_record, file_of
from kb.intake import Intake, Source, papers_frame, place_of
from kb.manifest import sha256
from kb.settle import settle
from kb.tables import Tables, paper_rows, record_rows, records_frame


@dataclass(frozen=True, slots=True)
class Plan:
    """Records as they were read, what was rejected, a row for each input file, and the options."""

    records: list[Paper]
    rejects: list[Reject]
    inputs: list[dict[str, Any]]
    options: dict[str, Any]

    @classmethod
    def of(cls, intake: Intake, options: dict[str, Any]) -> "Plan":
        """The plan of what was read of some files."""
        return cls(intake.records, intake.rejects, intake.inputs, options)

    def plus(self, intake: Intake) -> "Plan":
        """With what was read of some files, in the place of what they held before.

        SourceError where one that was read whole cannot be any more: what it gave stays.
        """
        held = {row["path"] for row in self.inputs if "error" not in row}
        if lost := [row["error"] for row in intake.inputs if "error" in row and row["path"] in held]:
            raise SourceError(lost[0])
        kept = self.without({row["path"] for row in intake.inputs})
        return replace(
            kept,
            records=kept.records + intake.records,
            rejects=kept.rejects + intake.rejects,
            inputs=kept.inputs + intake.inputs,
        )

    def without(self, labels: Collection[str]) -> "Plan":
        """Without all that some files gave."""
        if not labels:
            return self
        return replace(
            self,
            records=[r for r in self.records if file_of(r.sources[0]) not in labels],
            rejects=[r for r in self.rejects if r.source not in labels],
            inputs=[row for row in self.inputs if row["path"] not in labels],
        )


@dataclass(slots=True)
class Corpus:
    """What the records of a plan come to: papers and records as tables, and all else that the manifest tells.

    Not frozen, for tables leave it when they are written and nobody needs them any more.
    """

    papers: pl.DataFrame
    records: pl.DataFrame
    rejects: list[Reject]
    inputs: list[dict[str, Any]]
    options: dict[str, Any]


def settled(plan: Plan, folder: Path) -> Corpus:
    """The papers of a plan for `folder`; SourceError where there is none, for nothing is never written over something.

    The records as objects end here, those of `plan` too: a million of them take twice the memory of the tables, and all
    that comes after reads these.
    """
    made = settle(plan.records, AliasFile.parse(plan.options["aliases"]).papers)
    plan.records.clear()
    if not made.papers:
        why = f"; the first reject: {plan.rejects[0].reason}" if plan.rejects else ""
        names = ", ".join(row["path"] for row in plan.inputs[:3]) + (", .." if len(plan.inputs) > 3 else "")
        none = f"no paper in {names}{why}" if names else f"no paper would be left: delete the folder {folder} instead"
        raise SourceError(f"{none}; {folder} stays as it is" if folder.exists() else none)
    records = records_frame(made.records)
    return Corpus(papers_frame(_let_go(made.papers)), records, plan.rejects, plan.inputs, plan.options)


def _let_go(papers: list[Paper]) -> Iterator[Paper]:
    papers.reverse()
    while papers:
        yield papers.pop()


def plan_of(manifest: Mapping[str, Any], tables: Tables, *, gone: Collection[str] = ()) -> Plan:
    """The plan that a knowledge base was made from, without the records of the papers in `gone`.

    A file that loses a record so has no hash any more: it is not what was read, and adding it again reads it again.
    UsageError for an id that no paper has.
    """
    ids = pl.Series("gone", sorted(gone), dtype=pl.String)
    if unknown := sorted(set(gone) - set(tables.papers.filter(pl.col("title") != "")["id"])):
        if unknown[0] in tables.papers["id"]:
            raise UsageError(f"{unknown[0]} is only cited: it goes with the papers that cite it")
        raise UsageError(f"no paper has the id {unknown[0]!r}")
    several = tables.records["paper"].unique()
    single = tables.papers.filter(~pl.col("id").is_in(several.implode()))
    out = [frame.filter(pl.col(key).is_in(ids.implode())) for frame, key in ((single, "id"), (tables.records, "paper"))]
    records = [as_record(paper) for paper in paper_rows(single.filter(~pl.col("id").is_in(ids.implode())))]
    records += record_rows(tables.records.filter(~pl.col("paper").is_in(ids.implode())))
    emptied = {file_of(source) for frame in out for source in frame["sources"].explode().drop_nulls()}
    inputs = [row | {"sha256": ""} if row["path"] in emptied else row for row in manifest["inputs"]]
    return Plan(records, list(tables.rejects), inputs, dict(manifest["options"]))


def known_labels(names: Sequence[str], folder: Path, inputs: Sequence[Mapping[str, Any]]) -> set[str]:
    """The labels of input files named by label or by path; UsageError for one that is not in."""
    found = set()
    for name in names:
        place = place_of(Path(name), folder)
        labels = {row["path"] for row in inputs if name == row["path"] or place == row["place"]}
        if not labels:
            known = ", ".join(sorted(row["path"] for row in inputs)[:5])
            raise UsageError(f"no source {name!r} in {folder}; there are: {known}")
        found |= labels
    return found


def changed_files(
    paths: Sequence[Path], folder: Path, inputs: Sequence[Mapping[str, Any]], mapping: Mapping[str, str] | None
) -> list[Source]:
    """The files to read: those that are new, and known ones whose bytes, or the names of whose columns, changed."""
    known = {row["place"]: row for row in inputs}
    labels = {row["path"] for row in inputs}
    moved = {row["path"]: row for row in inputs if not (folder.resolve().parent / row["place"]).exists()}
    files = {}
    for path in paths:
        place = place_of(path, folder)
        row = known.get(place) or moved.get(label_of(path))  # a base that was moved keeps the labels of its files
        if row is None:
            label = label_of(path) if label_of(path) not in labels else place
            files[label] = Source(path, label, place, mapping or {})
        elif not row["sha256"] or row["sha256"] != sha256(path) or (mapping and dict(mapping) != row["map"]):
            files[row["path"]] = Source(path, row["path"], place, mapping or row["map"])
    return list(files.values())
