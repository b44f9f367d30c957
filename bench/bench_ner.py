"""The extractor beside spaCy's stock NER, trained in the same run on the same annotated papers.

usage: python bench/bench_ner.py ANNOTATED.jsonl... --corpus PAPERS.jsonl.gz [--steps 3000] [--runs 3] [--model DIR]

The peer is what `spacy init config --pipeline ner --optimize efficiency` gives (blank English, width 96, depth 4). It
learns from ANNOTATED, a twentieth of which chooses its best step; both are counted on `tests/golden/seeds_dev.jsonl`
as `kb evaluate` counts. The shipped weights have learned from those papers, so their figures are not put beside the
peer's here: those of cross-validation stand in `docs/model.md`. Speed: the same abstracts, one process, one core.
With --model the peer is kept in DIR, and taken from there in a later run. Prints a table and writes it to
`bench/results_ner.md`.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import spacy
from common import ROOT, machine, median_seconds, seeds
from spacy.cli.init_config import init_config
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training.initialize import init_nlp
from spacy.training.loop import train

from extract.layout import SEPARATOR, layout_of
from extract.pipeline import load, make_doc
from extract.records import KINDS, Paper
from extract.training.crossval import table
from extract.training.judge import annotated
from extract.training.tagger import spell
from extract.workers import extract_batches

GOLD = ROOT / "tests" / "golden" / "seeds_dev.jsonl"
Rows = Sequence[dict[str, Any]]


def labelled(rows: Rows) -> DocBin:
    """Papers as spaCy learns them: every occurrence of each annotated form is an entity."""
    nlp = load()
    docs = []
    for row in rows:
        made = nlp.get_pipe("kb_sentences")(make_doc(nlp, Paper(row["title"], row["abstract"])))
        tags = spell(layout_of(made), row)
        doc = Doc(nlp.vocab, words=[t.text for t in made], spaces=[bool(t.whitespace_) for t in made])
        starts = [i for i, tag in enumerate(tags) if tag % 2]
        ends = [next((j for j in range(i + 1, len(tags)) if tags[j] != tags[i] + 1), len(tags)) for i in starts]
        doc.ents = [Span(doc, i, j, KINDS[(tags[i] - 1) // 2]) for i, j in zip(starts, ends, strict=True)]
        docs.append(doc)
    return DocBin(docs=docs)


def stock_ner(rows: Rows, steps: int) -> Language:
    """What `spacy train` makes of it, at the step that is best on every twentieth paper."""
    config = init_config(lang="en", pipeline=["ner"], optimize="efficiency")
    config["training"]["max_steps"] = steps
    config["training"]["patience"] = steps
    config["training"]["eval_frequency"] = min(500, max(1, steps // 4))
    with tempfile.TemporaryDirectory() as folder:
        parts = {"dev": rows[::20], "train": [row for i, row in enumerate(rows) if i % 20]}
        for name, held in parts.items():
            config["paths"][name] = str(Path(folder, f"{name}.spacy"))
            labelled(held).to_disk(config["paths"][name])
        log = io.StringIO()
        train(init_nlp(config), Path(folder), stdout=log, stderr=log)
        return spacy.load(Path(folder, "model-best"))


def entities(doc: Doc) -> list[dict[str, Any]]:
    """The entities of one paper, one a kind and string."""
    found = {(ent.label_.lower(), ent.text) for ent in doc.ents if ent.text.strip()}
    return [{"type": kind, "name": text, "mentions": [text]} for kind, text in sorted(found)]


def rate(work: Callable[[], object], papers: int, runs: int) -> float:
    """Median papers a second after a warm-up, on one core where the system lets a process be bound to one."""
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if cores:
        os.sched_setaffinity(0, {min(cores)})
    seconds = median_seconds(work, runs)
    if cores:
        os.sched_setaffinity(0, cores)
    return papers / seconds


def workers_rate(papers: Sequence[Paper], workers: int) -> float:
    """Papers a second with some worker processes, starting them included."""
    start = time.perf_counter()
    for _ in extract_batches(papers, workers=workers):
        pass
    return len(papers) / (time.perf_counter() - start)


def memory() -> int:
    """Peak MB of a process that extracts the seeds; Linux only, where a child's rusage would count its parent."""
    code = """
import sys
sys.path.insert(0, "bench")
from extract.workers import extract_batches
from common import seeds
list(extract_batches(seeds(), workers=1))
print(next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
    return int(subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True).stdout)


def main() -> None:
    """Train, count, time, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotated", nargs="+")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=3_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--model", type=Path)
    args = parser.parse_args()
    if args.model and args.model.exists():
        nlp = spacy.load(args.model)
    else:
        nlp = stock_ner(annotated(args.annotated, args.corpus), args.steps)
        if args.model:
            nlp.to_disk(args.model)
    gold = annotated([str(GOLD)])
    texts = [row["title"] + SEPARATOR + row["abstract"] for row in gold]
    scores = {row["type"]: row["f1"] for row in table(gold, [entities(doc) for doc in nlp.pipe(texts)])}
    papers = seeds()
    whole = [p.title + SEPARATOR + p.abstract for p in papers]
    peer = rate(lambda: list(nlp.pipe(whole, batch_size=64)), len(whole), args.runs)
    ours = rate(lambda: list(extract_batches(papers, workers=1)), len(papers), args.runs)
    many = papers * 30
    one, two = workers_rate(many, 1), workers_rate(many, 2)
    lines = [
        f"Measured on {machine()}; medians of {args.runs}.",
        "",
        "| what | figure |",
        "|---|---|",
        f"| stock NER, {args.steps} steps, F1 on seeds_dev | " + json.dumps(scores).replace('"', "") + " |",
        f"| stock NER, abstracts/s, batch 64 | {peer:.0f} |",
        f"| this extractor, abstracts/s, one core | {ours:.0f} ({ours / peer:.1f} x) |",
        f"| two workers against one, {len(many)} abstracts | {two:.0f} against {one:.0f} ({two / one:.2f} x) |",
        f"| peak memory of an extracting process | {memory()} MB |",
    ]
    print("\n".join(lines))
    (ROOT / "bench" / "results_ner.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
