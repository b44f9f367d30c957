"""The public yardstick: this project's architecture on SciERC, beside spaCy's NER and spancat trained in the same run.

usage: python bench/bench_scierc.py SCIERC --corpus PAPERS.jsonl.gz [--seeds 3] [--peers 3] [--steps 3000]

SCIERC holds train.jsonl, dev.jsonl and test.jsonl, a text a line: `text` and `entities` ([start, end, label], end
exclusive). What is learned from labels is learned from train, what is chosen is chosen on dev, test is only scored. The
word vectors are learned from CORPUS without the papers that are in dev or test. No weights are kept.

As in the project: a token tagger over hashed features and word vectors proposes names beside the rules, the lexicon and
the chunks; a judge (`extract.training.network`), which learns from taggers that have not seen the text, decides;
weighted interval scheduling places. Unlike it, the judge here judges places, not forms: SciERC annotates places, and
the same word is `Generic` in one and nothing in another. Prints a table and writes it to `bench/results_scierc.md`.
"""

import argparse
import gzip
import io
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from common import ROOT, machine
from spacy.cli.init_config import init_config
from spacy.language import Language
from spacy.tokens import Doc, DocBin, SpanGroup
from spacy.training.initialize import init_nlp
from spacy.training.loop import train as spacy_train

from extract.forms import collect
from extract.fusion import Verdict, placed
from extract.layout import Layout, layout_of
from extract.page import Form
from extract.pipeline import load
from extract.spans import Found, add, read
from extract.tagger import evidence, proposed
from extract.training import network, tagger
from extract.training.judge import index, matrix

LABELS = ("Method", "Task", "Metric", "Material", "OtherScientificTerm", "Generic")
TAGS = 1 + 2 * len(LABELS)
EPOCHS = (10, 15, 20, 30)  # of the tagger, one of which dev chooses
PASSES = (5, 10, 20)  # epochs of the judge, one of which dev chooses
LEAST = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)  # thresholds of the judge, one of which dev chooses
LIKELY, LONGEST = 0.02, 12  # spans as probable, and at most so many tokens long, are candidates of the judge
RUN, SHARED = 8, 10  # a paper with so many runs of so many words in common with dev and test is not in the vectors
PUBLISHED = (("SciIE (Luan et al. 2018), published", "64.2"), ("SciBERT (Beltagy et al. 2019), published", "67.6"))

Span = tuple[int, int, str]
"""Characters `start:end` and their label."""
Row = tuple[str, set[Span]]
"""A text and its annotated spans."""
Splits = Mapping[str, Sequence[Row]]
Score = tuple[float, float]
"""F1 with labels and with labels ignored, in percent."""
Finder = Callable[[Sequence[str]], list[set[Span]]]
"""What finds the spans of each of some texts."""


def read_split(folder: Path, name: str) -> list[Row]:
    """The texts of one split with their spans."""
    rows = map(json.loads, (folder / f"{name}.jsonl").read_text("utf-8").splitlines())
    return [(row["text"], {(start, end, label) for start, end, label in row["entities"]}) for row in rows]


def f1(rows: Sequence[Row], predicted: Sequence[set[Span]]) -> Score:
    """Micro F1 over exact boundaries."""

    def score(size: int) -> float:
        gold = {(i, *span[:size]) for i, (_, spans) in enumerate(rows) for span in spans}
        mine = {(i, *span[:size]) for i, spans in enumerate(predicted) for span in spans}
        return 200 * len(gold & mine) / max(len(gold) + len(mine), 1)

    return score(3), score(2)


# The peers


def spacy_doc(nlp: Language, row: Row) -> Doc:
    """A text as spaCy learns it: all spans in `spans["sc"]`; in `ents`, of those that overlap the longest."""
    doc = nlp.make_doc(row[0])
    spans = [span for part in sorted(row[1]) if (span := doc.char_span(*part))]
    doc.spans["sc"] = SpanGroup(doc, spans=spans)
    doc.ents = tuple(spacy.util.filter_spans(spans))
    return doc


def peer(stage: str, splits: Splits, seed: int, steps: int) -> Finder:
    """What `spacy init config` and `spacy train` make, of the step that is best on dev."""
    config = init_config(lang="en", pipeline=[stage], optimize="efficiency")  # blank English, width 96, depth 4
    config["system"]["seed"] = seed
    config["training"]["max_steps"] = steps
    if stage == "spancat":
        config["components"]["spancat"]["suggester"]["sizes"] = list(range(1, 9))
    with tempfile.TemporaryDirectory() as folder:
        for name in ("train", "dev"):
            path = Path(folder, f"{name}.spacy")
            DocBin(docs=[spacy_doc(spacy.blank("en"), row) for row in splits[name]]).to_disk(path)
            config["paths"][name] = str(path)
        log = io.StringIO()
        spacy_train(init_nlp(config), Path(folder), stdout=log, stderr=log)
        nlp = spacy.load(Path(folder, "model-best"))
    return lambda texts: [
        {(s.start_char, s.end_char, s.label_) for s in (*doc.ents, *doc.spans.get("sc", ()))} for doc in nlp.pipe(texts)
    ]


# The tagger


def leave_out(corpus: Path, texts: Sequence[str], out: Path) -> int:
    """Copy a corpus without the papers whose abstracts stand among the texts, and count those."""

    def runs(text: str) -> set[str]:
        words = text.casefold().split()
        return {" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}

    held = set().union(*map(runs, texts))
    count = 0
    with gzip.open(corpus, "rt", encoding="utf-8") as lines, gzip.open(out, "wt", 1, encoding="utf-8") as kept:
        for line in lines:
            if len(held & runs(json.loads(line).get("abstract") or "")) < SHARED:
                kept.write(line)
            else:
                count += 1
    return count


def staged(text: str) -> Doc:
    """A text after the stages before the tagger; it has no title."""
    nlp = load()
    doc = nlp.make_doc(text)
    for name, stage in nlp.pipeline:
        if name != "kb_tagger":
            doc = stage(doc)
    return doc


def spelled(layout: Layout, spans: set[Span]) -> list[int]:
    """The tag of each token; of spans that overlap the longest counts."""
    out = [0] * len(layout.texts)
    for start, end, label in sorted(spans, key=lambda s: (s[0] - s[1], s)):
        first, last = layout.tokens(start, end)
        tagger.put(out, first, last, LABELS.index(label))
    return out


class Tagger:
    """Taggers by their data and epochs, over the same vectors and from the same seed."""

    def __init__(self, words: Sequence[str], vectors: np.ndarray, seed: int) -> None:
        self.rows = {word: i for i, word in enumerate(words, 1)}
        self.vectors, self.seed = vectors, seed

    def text(self, layout: Layout, spans: set[Span]) -> tagger.Text:
        """A text as the tagger reads and learns it."""
        return tagger.numbers(layout, self.rows, spelled(layout, spans))

    def train(self, rows: Sequence[Row], epochs: int) -> tagger.Net:
        """A tagger that has learnt from some texts."""
        data = [self.text(layout_of(staged(text)), spans) for text, spans in rows]
        with redirect_stdout(io.StringIO()):
            return tagger.train(data, self.vectors, seed=self.seed, tags=TAGS, epochs=epochs)

    def finder(self, net: tagger.Net) -> Finder:
        """The likeliest tags of a tagger alone; of the stages it needs the sentences only."""
        marked = load().get_pipe("kb_sentences")

        def find(text: str) -> set[Span]:
            layout = layout_of(marked(load().make_doc(text)))
            found = proposed(layout, net.predict(self.text(layout, set())), LABELS, lenient=1.0)
            return {(layout.starts[a], layout.ends[b - 1], label) for a, b, label in found}

        return lambda texts: [find(text) for text in texts]

    def crossed(self, rows: Sequence[Row], epochs: int) -> list[tagger.Net]:
        """For each text a tagger that has not learnt from it."""
        parts = [[row for i, row in enumerate(rows) if i % tagger.FOLDS != k] for k in range(tagger.FOLDS)]
        nets = [self.train(part, epochs) for part in parts]
        return [nets[i % tagger.FOLDS] for i in range(len(rows))]


# The judge


def likely(marginals: np.ndarray) -> Iterator[tuple[int, int]]:
    """The token ranges that the tagger thinks a name of one kind with a probability of at least LIKELY."""
    begin, inside = marginals[:, 1::2], np.vstack([marginals[:, 2::2], np.zeros((1, len(LABELS)))])
    for start, kind in np.argwhere(begin >= LIKELY).tolist():
        p, end = float(begin[start, kind]), start + 1
        while p >= LIKELY and end <= min(start + LONGEST, len(begin)):
            if p * (1 - inside[end, kind]) >= LIKELY:
                yield start, end
            p *= float(inside[end, kind])
            end += 1


def judged(text: str, by: Tagger, net: tagger.Net | None) -> tuple[Layout, list[tuple[int, int]], list[set[str]]]:
    """The candidates of a text, each with its features: those of its form and those of the place."""
    doc = staged(text)
    layout = layout_of(doc)
    if net:
        marginals = doc.user_data["tags"] = net.predict(by.text(layout, set()))
        for start, end, label in proposed(layout, marginals, LABELS):
            add(doc, Found(start, end, label, "", "tagger", "", "tagger", 0.5))
        held = {(f.start, f.end) for f in read(doc)}
        for start, end in sorted(set(likely(marginals)) - held):
            if not any(map(str.isspace, layout.texts[start:end])):
                add(doc, Found(start, end, "", "", "tagger", "", "likely", 0.5))
    forms = collect(doc, read(doc), LABELS)
    places = sorted(((p, form) for form in forms.values() for p in form.places), key=lambda held: held[0])
    here = evidence(marginals, [[place] for place, _ in places], LABELS) if net else [set()] * len(places)
    return (
        layout,
        [place for place, _ in places],
        [
            form.features | {"bias"} | {f"here {f}" for f in own} | around(layout, *place)
            for (place, form), own in zip(places, here, strict=True)
        ],
    )


def around(layout: Layout, start: int, end: int) -> set[str]:
    """The tokens beside the edges of a place, outside and inside."""
    lower = ["", "", *(text.casefold() for text in layout.texts[max(start - 2, 0) : end + 2]), "", ""]
    at = 2 + min(start, 2)
    before2, before, first = lower[at - 2 : at + 1]
    last, after, after2 = lower[at + end - start - 1 : at + end - start + 2]
    return {
        f"here prev={before}", f"here prev2={before2} {before}", f"here next={after}", f"here next2={after} {after2}",
        f"here around={before} {after}", f"here starts={first}", f"here edges={first} {last}",
        f"here prev last={before} {last}",
    }  # fmt: skip


class Judge:
    """A network over the candidates of texts, with a tagger or without."""

    def __init__(self, rows: Sequence[Row], by: Tagger, nets: Sequence[tagger.Net | None], epochs: int) -> None:
        features, labels = [], []
        for (text, spans), net in zip(rows, nets, strict=True):
            kinds = {(start, end): LABELS.index(label) + 1 for start, end, label in sorted(spans)}
            layout, places, own = judged(text, by, net)
            features += own
            labels += [kinds.get((layout.starts[a], layout.ends[b - 1]), 0) for a, b in places]
        self.by, self.names = by, index(features)
        self.weights = network.fit(matrix(features, self.names), np.array(labels), len(LABELS) + 1, epochs)

    def finder(self, net: tagger.Net | None, least: float) -> Finder:
        """The places that are something with a probability of at least `least`, none overlapping another."""

        def find(texts: Sequence[str]) -> list[set[Span]]:
            candidates = [judged(text, self.by, net) for text in texts]
            scores = network.probabilities(matrix([f for *_, own in candidates for f in own], self.names), self.weights)
            ends = np.cumsum([len(places) for _, places, _ in candidates])
            parts = np.split(scores, ends[:-1])
            return [
                chosen(layout, zip(places, p, strict=True))
                for (layout, places, _), p in zip(candidates, parts, strict=True)
            ]

        def chosen(layout: Layout, scored: Iterable[tuple[tuple[int, int], np.ndarray]]) -> set[Span]:
            forms, verdicts = {}, {}
            for place, p in scored:
                if 1 - p[0] >= least:
                    label = int(p[1:].argmax())
                    forms[str(place)] = Form(str(place), {place})
                    verdicts[str(place)] = Verdict(LABELS[label], float(p[label + 1]), False, "judge", "", "")
            return {(layout.starts[f.start], layout.ends[f.end - 1], f.kind) for f in placed(forms, verdicts, {})}

        return find


# The table


def best(rows: Sequence[Row], finders: Mapping[Any, Finder]) -> Any:
    """The name of the finder with the best F1, labels counted."""
    texts = [text for text, _ in rows]
    return max(finders, key=lambda name: f1(rows, finders[name](texts))[0])


def ours(splits: Splits, by: Tagger) -> Iterator[tuple[str, Finder]]:
    """The tagger alone, the judge alone, both; each as it does best on dev."""
    rows, dev = splits["train"], splits["dev"]
    nets = {epochs: by.train(rows, epochs) for epochs in EPOCHS}
    epochs = best(dev, {e: by.finder(net) for e, net in nets.items()})
    yield "token tagger alone", by.finder(nets[epochs])
    for name, own, seen in (
        ("judge alone", None, [None] * len(rows)),
        ("both", nets[epochs], by.crossed(rows, epochs)),
    ):
        judges = {e: Judge(rows, by, seen, e) for e in PASSES}
        passes, least = best(dev, {(e, t): judge.finder(own, t) for e, judge in judges.items() for t in LEAST})
        print(f"  {name}: tagger {epochs} epochs, judge {passes}, threshold {least}", flush=True)
        yield name, judges[passes].finder(own, least)


def measure(rows: Sequence[Row], find: Finder) -> tuple[float, float, float]:
    """F1 with labels, F1 with labels ignored, texts a second."""
    texts = [text for text, _ in rows]
    find(texts[:5])
    start = time.perf_counter()
    found = find(texts)
    return *f1(rows, found), len(texts) / (time.perf_counter() - start)


def line(name: str, runs: Sequence[tuple[float, float, float]]) -> str:
    """A row of the table: medians, and the least and the most of the F1 with labels."""
    typed, plain, speed = (statistics.median(column) for column in zip(*runs, strict=True))
    span = f"{min(run[0] for run in runs):.1f}-{max(run[0] for run in runs):.1f}"
    return f"| {name} | {len(runs)} | {typed:.1f} | {span} | {plain:.1f} | {speed:.0f} |"


def main() -> None:
    """Train and score everything, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scierc", type=Path)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--peers", type=int, default=3, help="seeds of the peers, which take most of the time")
    parser.add_argument("--steps", type=int, default=3_000, help="of the peers, at most; the best step on dev counts")
    args = parser.parse_args()
    splits = {name: read_split(args.scierc, name) for name in ("train", "dev", "test")}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "corpus.jsonl.gz")
        count = leave_out(args.corpus, [text for name in ("dev", "test") for text, _ in splits[name]], path)
        words, vectors = tagger.known_vectors(path)
    runs: dict[str, list[tuple[float, float, float]]] = {}
    for seed in range(args.seeds):
        stages = ("ner", "spancat") if seed < args.peers else ()
        peers = ((f"spaCy {stage}", peer(stage, splits, seed, args.steps)) for stage in stages)
        for name, find in chain(ours(splits, Tagger(words, vectors, seed)), peers):
            runs.setdefault(name, []).append(measure(splits["test"], find))
            print(line(name, runs[name][-1:]), flush=True)
        (ROOT / "bench" / "results_scierc.md").write_text(table(runs, args.steps, count), encoding="utf-8")


def table(runs: Mapping[str, Sequence[tuple[float, float, float]]], steps: int, count: int) -> str:
    """What was measured so far."""
    lines = (
        "SciERC test: span F1 over exact boundaries, six labels; medians over seeds, of the peers after at most",
        f"{steps:,} steps. One core of {machine()}. The word vectors are of a corpus without the {count} papers",
        "that are in dev or test.",
        "",
        "| system | seeds | F1 | least-most | F1, labels ignored | abstracts/s |",
        "|---|---|---|---|---|---|",
        *(line(name, each) for name, each in runs.items()),
        *(f"| {name} | | {score} | | | |" for name, score in PUBLISHED),
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
