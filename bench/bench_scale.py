"""How time and memory of a build grow with the papers, stage by stage.

usage: python bench/bench_scale.py [CORPUS] [--sizes 1000 10000 100000] [--work FOLDER] [--learned] [--resample KB]

Each size is built in a process of its own, by rules only unless --learned. Up to the size of CORPUS (the seeds where
none is given) the papers are drawn from it; beyond, they are made of its sentences, eight an abstract, under titles of
two halves. With --resample all are made of the sentences of a built knowledge base and come with the mentions that
stood in them, as if a build that was ended had extracted them: all stages but extraction run.

CPU seconds of all processes stand beside those of the clock, so a machine with other work on it says something too;
memory is the sum of PSS (proc(5), smaps_rollup) of the process and its workers, at five looks a second: Linux only.
What is measured is kept in FOLDER, one file a size, and not measured again (with --json only where --work names one);
table and pictures are made of all.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from common import ROOT, Report, finish, machine, parser, seeds

from extract.readers import read_source
from extract.records import Paper
from kb.identity import content_hash
from kb.intake import RAW
from kb.manifest import model_hash
from kb.parts import Parts

STAGES = ("read", "extract", "canonicalise", "terms", "link", "structure", "store")
SENTENCES = 8
EVERY = 0.2  # seconds between two looks at the processes
PART = 10_000  # papers that are made at a time
TICKS = 100  # of the CPU clock in a second (USER_HZ)
BUILD = """
import sys, kb
told = set()
def tick(stage, done, total):
    if stage not in told:
        told.add(stage)
        print(stage, flush=True)
if __name__ == "__main__":
    kb.build([sys.argv[1]], out=sys.argv[2], rules_only=sys.argv[3] == "rules", progress=tick)
"""
Sample = tuple[float, str, float, float, float]
"""Seconds, stage, CPU seconds so far, GB of all processes, GB of the largest."""


def tree(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below = task.read_text().split()
        except OSError:  # ended meanwhile
            continue
        for child in below:
            yield from tree(int(child))


def cpu_seconds(pid: int) -> float:
    """What a process has used, and its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def pss(pid: int) -> float:
    """GB of memory, pages that several processes share divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 2**20 for line in lines if line.startswith("Pss:")), 0.0)


def watched(command: Sequence[str]) -> list[Sample]:
    """Run a command that prints its stages, and look at its processes meanwhile."""
    samples: list[Sample] = []
    with tempfile.NamedTemporaryFile("w+") as told, tempfile.TemporaryFile("w+") as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=told, stderr=errors)
        while process.poll() is None:
            pids = list(tree(process.pid))
            sizes = [pss(pid) for pid in pids]
            stage = (Path(told.name).read_text().split() or ["start"])[-1]
            used = sum(map(cpu_seconds, pids))
            samples.append((time.perf_counter() - begun, stage, used, sum(sizes), max(sizes)))
            time.sleep(EVERY)
        errors.seek(0)
        if process.returncode:
            raise SystemExit(errors.read())
    return samples


def by_stage(samples: Sequence[Sample]) -> dict[str, dict[str, float]]:
    """For each stage: seconds, CPU seconds, peak GB of all processes and of the largest."""
    found: dict[str, dict[str, float]] = {}
    before = samples[0]
    for stage in dict.fromkeys(s[1] for s in samples):
        own = [s for s in samples if s[1] == stage]
        last = own[-1]
        found[stage] = {
            "seconds": last[0] - before[0],
            "cpu": last[2] - before[2],
            "all": max(s[3] for s in own),
            "largest": max(s[4] for s in own),
        }
        before = last
    return found


def drawn(corpus: Sequence[Paper], size: int) -> Iterator[Paper]:
    """Papers of the corpus; beyond its size, made of its sentences."""
    chance = random.Random(size)
    yield from chance.sample(corpus, min(size, len(corpus)))
    said = [sentence for paper in corpus for sentence in paper.abstract.split(". ")] if size > len(corpus) else []
    for _ in range(size - len(corpus)):
        yield Paper(halves(chance.choice(corpus).title, chance.choice(corpus).title), ". ".join(chance.sample(said, 8)))


def halves(one: str, other: str) -> str:
    """A title of the first half of one and the second of another."""
    left, right = one.split(), other.split()
    return " ".join(left[: (len(left) + 1) // 2] + right[len(right) // 2 :])


def write_papers(papers: Iterator[Paper], path: Path) -> None:
    """A JSON Lines file of papers with ids of their own."""
    with path.open("w", encoding="utf-8") as out:
        for i, paper in enumerate(papers):
            row = {"id": f"made:{i:07d}", "title": paper.title, "abstract": paper.abstract}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def resampled(base: Path, size: int, folder: Path, parts: Parts) -> Iterator[Paper]:
    """Papers of the sentences of a knowledge base; what stood in the sentences goes to `parts`."""
    papers = pl.read_parquet(base / "papers.parquet", columns=["id", "title", "abstract"]).rename({"id": "paper"})
    mentions = pl.read_parquet(base / "mentions.parquet").filter(pl.col("field") == "abstract").select(RAW)
    places = mentions.select("paper", "sentence_start", "sentence_end").unique(maintain_order=True).sort(pl.all())
    told = places.join(papers, on="paper").with_row_index("row")
    long = pl.col("sentence_end") - pl.col("sentence_start")
    told = told.with_columns(pl.col("abstract").str.slice("sentence_start", long).alias("sentence"))
    said = mentions.join(told.select("row", "paper", "sentence_start", "sentence_end"), on=places.columns)
    spelt = pl.read_parquet(base / "definitions.parquet").join(
        told.select("row", "paper", "sentence"), on=["paper", "sentence"]
    )
    chance = np.random.default_rng(size)
    titles, texts = papers["title"].to_list(), told["sentence"].to_list()
    for begun in range(0, size, PART):
        count = min(PART, size - begun)
        rows = chance.integers(0, len(texts), (count, SENTENCES))
        pairs = chance.integers(0, len(titles), (count, 2)).tolist()
        made = [
            Paper(halves(titles[a], titles[b]), " ".join(texts[i] for i in own))
            for (a, b), own in zip(pairs, rows.tolist(), strict=True)
        ]
        _keep(made, rows, texts, said, spelt, parts)
        yield from made


def _keep(
    made: Sequence[Paper], rows: np.ndarray, texts: Sequence[str], said: pl.DataFrame, spelt: pl.DataFrame, parts: Parts
) -> None:
    """The mentions of made papers, moved to where their sentences stand now."""
    lengths = np.array([[len(texts[i]) + 1 for i in own] for own in rows.tolist()])
    hashes = pl.Series("paper", list(map(content_hash, made)))
    places = pl.DataFrame(
        {
            "row": rows.ravel().astype(np.uint32),
            "at": (lengths.cumsum(axis=1) - lengths).ravel(),
            "paper": np.repeat(np.arange(len(made)), SENTENCES),
        }
    ).with_columns(hashes.gather(pl.Series(np.repeat(np.arange(len(made)), SENTENCES))).alias("paper"))
    shift = pl.col("at") - pl.col("sentence_start")
    moved = [(pl.col(c) + shift).alias(c) for c in ("start", "end", "sentence_start", "sentence_end")]
    mentions = said.drop("paper").join(places, on="row").with_columns(moved)
    definitions = spelt.drop("paper").join(places, on="row").unique(["paper", "short"], maintain_order=True)
    parts.save(mentions.select(RAW), definitions.select("paper", "short", "long", "sentence"), hashes)


def measure(size: int, args: argparse.Namespace, corpus: Sequence[Paper]) -> dict[str, Any]:
    """One build of `size` papers."""
    with tempfile.TemporaryDirectory(dir=args.work) as name:
        source, target = Path(name) / "papers.jsonl", Path(name) / "made.kb"
        if args.resample:
            parts = Parts(target, model_hash(rules_only=not args.learned))
            write_papers(resampled(args.resample, size, Path(name), parts), source)
        else:
            write_papers(drawn(corpus, size), source)
        kind = "learned" if args.learned else "rules"
        stages = by_stage(watched([sys.executable, "-c", BUILD, str(source), str(target), kind]))
        counts = json.loads((target / "manifest.json").read_bytes())["counts"]
    return {"papers": size, "extracted": "resampled" if args.resample else kind, "stages": stages, "counts": counts}


def table(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The lines of the results."""
    yield f"Measured on {machine()}, shared with other work. Each cell: CPU s (s), peak GB of all processes."
    for kind in dict.fromkeys(each["extracted"] for each in found):
        own = [each for each in found if each["extracted"] == kind]
        yield from ("", f"Extraction: {kind}", "", f"| papers | {' | '.join(STAGES)} | all | papers/CPU s |")
        yield "|---" * (len(STAGES) + 3) + "|"
        for each in own:
            stages = each["stages"]
            cells = [_cell(stages[stage]) if stage in stages else "" for stage in STAGES]
            cpu = sum(s["cpu"] for s in stages.values())
            whole = {
                "cpu": cpu,
                "seconds": sum(s["seconds"] for s in stages.values()),
                "all": max(s["all"] for s in stages.values()),
            }
            yield f"| {each['papers']:,} | {' | '.join(cells)} | {_cell(whole)} | {each['papers'] / cpu:.0f} |"
        if len(own) > 1:
            yield from ("", f"CPU seconds grow with the papers to the power of {exponent(own):.2f} (least squares).")


def _cell(stage: dict[str, float]) -> str:
    return f"{stage['cpu']:.1f} ({stage['seconds']:.0f}), {stage['all']:.2f}"


def exponent(found: Sequence[dict[str, Any]]) -> float:
    """The slope of CPU seconds over papers in logarithms, of the sizes from 10,000 where there are two."""
    large = [each for each in found if each["papers"] >= 10_000]
    used = large if len(large) > 1 else found
    cpu = [sum(s["cpu"] for s in each["stages"].values()) for each in used]
    return float(np.polyfit(np.log([each["papers"] for each in used]), np.log(cpu), 1)[0])


def figures(found: Sequence[dict[str, Any]]) -> Report:
    """What `bench/run.py` reads: CPU seconds by stage, and memory, over the papers; the whole of the largest build."""
    report = Report()
    for each in found:
        kind, size, stages = each["extracted"], each["papers"], each["stages"]
        for stage in (stage for stage in STAGES if stage in stages):
            report.point(f"build, {kind}", stage, size, stages[stage]["cpu"])
        report.point(f"build, {kind}", "all", size, sum(s["cpu"] for s in stages.values()))
        report.point("memory of a build", kind, size, max(s["all"] for s in stages.values()))
    return report


def draw(found: Sequence[dict[str, Any]], path: Path) -> None:
    """CPU seconds by stage and peak memory over the papers, both axes in logarithms."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.fonttype"] = "none"  # text as text: a tenth of the size
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for stage in STAGES:
        own = [(each["papers"], each["stages"][stage]) for each in found if stage in each["stages"]]
        left.loglog([n for n, _ in own], [s["cpu"] for _, s in own], "o-", label=stage)
        right.loglog([n for n, _ in own], [s["all"] for _, s in own], "o-", label=stage)
    left.set(xlabel="papers", ylabel="CPU seconds")
    right.set(xlabel="papers", ylabel="GB of all processes, peak")
    left.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Measure what is not measured yet, then write the table and the picture."""
    options = parser(__doc__)
    options.add_argument("corpus", type=Path, nargs="?")
    options.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    options.add_argument("--work", type=Path)
    options.add_argument("--learned", action="store_true")
    options.add_argument("--resample", type=Path, metavar="KB")
    args = options.parse_args()
    with tempfile.TemporaryDirectory() as fresh:
        kept = Path(tempfile.gettempdir()) / "kb-scale"
        args.work = args.work or (Path(fresh) if args.json else kept)
        bench(args)


def bench(args: argparse.Namespace) -> None:
    """All sizes, those that are measured taken from their files."""
    args.work.mkdir(parents=True, exist_ok=True)
    kind = "resampled" if args.resample else "learned" if args.learned else "rules"
    corpus: list[Paper] = []
    for size in args.sizes:
        kept = args.work / f"{kind}_{size:07d}.json"
        if not kept.exists():
            if not corpus and not args.resample:
                read = read_source(args.corpus) if args.corpus else seeds()
                corpus = [record for record in read if isinstance(record, Paper)]
            kept.write_text(json.dumps(measure(size, args, corpus)))
    found = [json.loads(kept.read_text()) for kept in sorted(args.work.glob("*_*.json"))]
    finish(args, figures(found), list(table(found)), "results_scale")
    for kind in {each["extracted"] for each in found} if not args.json else ():
        draw([each for each in found if each["extracted"] == kind], ROOT / "bench" / f"results_scale_{kind}.svg")


if __name__ == "__main__":
    main()
