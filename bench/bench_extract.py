"""Extraction beside keyword extractors and spaCy's stock NER: abstracts a CPU second, and F1 on the gold.

usage: python bench/bench_extract.py [--gold ANNOTATED.jsonl] [--folds 3] [--steps 600] [--runs 3]

Counted on `tests/golden/seeds_dev.jsonl`, or on ANNOTATED, as `kb evaluate` counts, labels ignored because keyword
extractors give none: `core` is methods, datasets, tasks and metrics, `all` has the concepts too. YAKE and PyTextRank
are counted at the cut that suits them best on these very papers. What learns is judged on papers that it has not seen:
spaCy's NER (`spacy init config --pipeline ner --optimize efficiency`) and the judge of ours learn from the other folds;
the tagger and the lexicon of ours have learned from other papers, which no peer has. Speed: one process, one core.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import spacy
from bench_ner import entities as named
from bench_ner import stock_ner
from common import ROOT, Report, finish, parser, table, timed
from spacy.language import Language

from extract.counting import CORE, TYPES
from extract.layout import SEPARATOR
from extract.records import Paper
from extract.training import crossval
from extract.training.judge import annotated, fold_of
from extract.workers import extract_batches

CUTS = (3, 5, 8, 10, 15, 20)
MODEL = "en_core_web_sm"
NO_MODEL = f"spaCy's {MODEL} is not installed: `python -m spacy download {MODEL}`"
NO_CSO = (
    "not run: it fetches its ontology and word vectors from its project's site, and wants numpy 1 and rapidfuzz 2; its "
    "authors say about 1 paper a second (release notes of version 2.1)"
)
NOTE = (
    "F1 of names: labels ignored. What learns is judged on papers that it has not seen (cross-validation over the "
    "annotated papers); our tagger and lexicon have also learned from other papers, which no peer has. Keyword "
    "extractors are counted at the number of phrases a paper that suits them best on these papers."
)
Rows = Sequence[dict[str, Any]]
Names = Sequence[Sequence[Sequence[str]]]
"""For each paper the names that were found, each in its forms, the best first."""
Finder = Callable[[str], list[str]]


def f1(rows: Rows, found: Names, kinds: Sequence[str]) -> float:
    """F1 of names against the annotated entities of some kinds, whatever their labels."""
    gold = [
        {**row, **{f"{t}s": [] for t in TYPES}, "methods": [e for kind in kinds for e in row[f"{kind}s"]]}
        for row in rows
    ]
    mine = [[{"type": "method", "name": forms[0], "mentions": forms} for forms in own] for own in found]
    scores = {row["type"]: row["f1"] for row in crossval.table(gold, mine)}
    return float(scores["method"])


def best_cut(rows: Rows, found: Names, kinds: Sequence[str]) -> float:
    """The F1 at the number of names a paper that suits the peer best."""
    return max(f1(rows, [own[:cut] for own in found], kinds) for cut in CUTS)


def ours(rows: Rows, folds: int) -> dict[str, float]:
    """F1 of ours, each paper judged by weights that have not seen it."""
    return by_kinds(rows, crossval.cross_validate(rows, [], folds))


def by_kinds(rows: Rows, found: Sequence[Rows]) -> dict[str, float]:
    """F1 of labelled entities: what has no label of the core does not count there."""

    def forms(kinds: Sequence[str]) -> Names:
        return [[(e["name"], *e["mentions"]) for e in own if e["type"] in kinds] for own in found]

    return {"core": f1(rows, forms(CORE), CORE), "all": f1(rows, forms(TYPES), TYPES)}


def learned_ner(rows: Rows, folds: int, steps: int) -> tuple[Language, dict[str, float]]:
    """spaCy's NER of the last fold, and its F1 over all folds."""
    parts = [fold_of(row["title"], folds) for row in rows]
    found: list[list[dict[str, Any]]] = [[] for _ in rows]
    for fold in range(folds):
        nlp = stock_ner([row for row, part in zip(rows, parts, strict=True) if part != fold], steps)
        for i, row in enumerate(rows):
            if parts[i] == fold:
                found[i] = named(nlp(text_of(row)))
    return nlp, by_kinds(rows, found)


def text_of(row: dict[str, Any]) -> str:
    """Title and abstract."""
    return f"{row['title']}{SEPARATOR}{row['abstract']}"


def yake_finder() -> Finder:
    """YAKE as it comes: English, up to three words."""
    import yake

    extractor = yake.KeywordExtractor(lan="en", n=3, top=max(CUTS))
    return lambda text: [name for name, _ in extractor.extract_keywords(text)]


def ranked_finder() -> Finder:
    """PyTextRank on spaCy's small English model."""
    import pytextrank  # noqa: F401

    nlp = spacy.load(MODEL)
    nlp.add_pipe("textrank")
    return lambda text: [phrase.text for phrase in nlp(text)._.phrases]


def chunk_finder() -> Finder:
    """The noun chunks of spaCy's small English model, without articles."""
    nlp = spacy.load(MODEL)
    return lambda text: [
        "".join(t.text_with_ws for t in chunk if t.pos_ != "DET").strip() for chunk in nlp(text).noun_chunks
    ]


PEERS: dict[str, tuple[Callable[[], Finder], bool]] = {
    "YAKE": (yake_finder, True),
    "PyTextRank": (ranked_finder, True),
    "spaCy noun chunks": (chunk_finder, False),
}
"""How each begins, and whether it ranks what it finds."""


def bound() -> None:
    """One core, where the system lets a process be bound to one."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def rates(work: Callable[[], object], papers: int, runs: int) -> list[float]:
    """Papers a CPU second of each run, after a warm-up."""
    work()
    return [papers / timed(work)[1] for _ in range(runs)]


def keyword_peers(rows: Rows, runs: int, report: Report) -> dict[str, tuple[list[float], dict[str, float]]]:
    """Of each keyword extractor that is there: papers a CPU second of each run, and F1."""
    found: dict[str, tuple[list[float], dict[str, float]]] = {}
    for peer, (begin, ranks) in PEERS.items():
        try:
            finder = begin()
        except ImportError as error:
            report.left_out[peer] = f"not installed ({error.name})"
            continue
        except OSError:  # what spaCy raises where a model is not there
            report.left_out[peer] = NO_MODEL
            continue
        names = [[(name,) for name in dict.fromkeys(finder(text_of(row)))] for row in rows]
        count = best_cut if ranks else f1
        speed = rates(lambda f=finder: [f(text_of(row)) for row in rows], len(rows), runs)  # type: ignore[misc]
        found[peer] = speed, {"core": count(rows, names, CORE), "all": count(rows, names, TYPES)}
    return found


def main() -> None:
    """Count and time all, print and write the table."""
    options = parser(__doc__)
    options.add_argument("--gold", type=Path, default=ROOT / "tests" / "golden" / "seeds_dev.jsonl")
    options.add_argument("--folds", type=int, default=3)
    options.add_argument("--steps", type=int, default=600)
    options.add_argument("--runs", type=int, default=3)
    args = options.parse_args()
    rows, report = annotated([str(args.gold)]), Report(left_out={"CSO Classifier": NO_CSO}, notes=[NOTE])
    bound()
    papers = [Paper(row["title"], row["abstract"]) for row in rows]
    speed = rates(lambda: list(extract_batches(papers, workers=1)), len(rows), args.runs)
    mine = ours(rows, args.folds)
    peers = keyword_peers(rows, args.runs, report)
    nlp, scores = learned_ner(rows, args.folds, args.steps)
    texts = [text_of(row) for row in rows]
    ner = rates(lambda: list(nlp.pipe(texts, batch_size=64)), len(rows), args.runs)
    peers[f"spaCy stock NER, {args.steps} steps"] = ner, scores
    for peer, (theirs, found) in peers.items():
        for one, other in zip(speed, theirs, strict=True):
            report.add("extract", "abstracts/CPU s", one, peer, other, less=False)
        for kinds, figure in found.items():
            report.add(f"names found in {len(rows)} papers, {kinds}", "F1", mine[kinds], peer, figure, less=False)
    finish(args, report, list(table(report.figures)), "results_extract")


if __name__ == "__main__":
    main()
