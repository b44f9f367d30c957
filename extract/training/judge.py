"""Learn the weights of `extract.judge` from annotated papers.

usage: python -m extract.training.judge ANNOTATED.jsonl... --marginals TAGGER.npz [--folds 5] [--write]

ANNOTATED holds one paper a line: title, abstract, introduces, methods, datasets, tasks, metrics, concepts (the form
of `tests/golden/seeds_dev.jsonl`; an abstract that is missing is looked up by title in `seeds/`). Prints the scores
of held-out folds at the thresholds it chose, and with --write the weights of a fit to all papers go to
`extract/data/`. TAGGER holds the tagger's marginals of each paper, by a tagger that has not seen it
(`extract.training.tagger --marginals`). Same files, same bytes: fixed seeds and orders.
"""

import argparse
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from extract.forms import collect
from extract.fusion import Pairs
from extract.judge import (
    CLASSES,
    INTRODUCED_FILE,
    KIND_FILE,
    STRING_FILE,
    as_network,
    introduced_features,
    kind_features,
    may_be_new,
    scored,
)
from extract.layout import layout_of
from extract.lexicon import DATA, entries
from extract.page import Form, key
from extract.pipeline import load, local_pairs, make_doc
from extract.readers import read_source
from extract.records import KINDS, Paper
from extract.spans import read
from extract.training import network
from extract.training.network import Arrays, softmax

FIELDS = {
    "Method": "methods",
    "Dataset": "datasets",
    "Task": "tasks",
    "Metric": "metrics",
    "Concept": "concepts",
}
MIN_COUNT = 3  # papers a feature must be seen in
PENALTY, STRING_PENALTY = 6.0, 3.0  # of the squared weights of the log-linear models
_OF_STRINGS = (
    "bias",
    "words=",
    "first=",
    "last=",
    "last2=",
    "end=",
    "has=",
    "is=",
    "suffix=",
    "seen=",
    "terms=nothing",
)
BETA = {"Concept": 1.5}  # recall counts for more: the annotation lists at most eight a paper, whatever more there is
LEAST = 0.1  # of being any kind, for being introduced
SEEDS = Path(__file__).parents[2] / "seeds"


@dataclass(slots=True)
class Reading:
    """One paper before it is judged: its forms, its abbreviations, the text of every place."""

    forms: dict[str, Form]
    pairs: Pairs
    texts: dict[tuple[int, int], str]


@dataclass(slots=True)
class Example:
    """One form of one paper: its features and what the annotation says of it."""

    paper: int
    key: str
    features: set[str]
    label: int
    introduced: bool


def annotated(paths: Sequence[str], corpus: Path | None = None) -> list[dict[str, Any]]:
    """The annotated papers, one each; text that is missing is looked up: in the seeds by title, in `corpus` by id."""
    rows = [json.loads(line) for path in paths for line in _text(Path(path)).split("\n") if line.strip()]
    texts: dict[str, tuple[str, str]] = {}
    if any("title" not in row for row in rows):
        if corpus is None:
            raise SystemExit("annotation by id: give the file that holds the papers with --corpus")
        wanted = {row["id"] for row in rows if "title" not in row}
        with gzip.open(corpus, "rt", encoding="utf-8") as file:
            held = (paper for line in file if (paper := json.loads(line))["id"] in wanted)
            texts |= {paper["id"]: (paper["title"], paper["abstract"]) for paper in held}
        if lacking := sorted(wanted - set(texts)):
            raise SystemExit(f"{corpus}: holds no paper {lacking[0]}, nor {len(lacking) - 1} others that are annotated")
    if any("title" in row and "abstract" not in row for row in rows):
        for seeds in sorted(SEEDS.glob("*.txt")):
            texts |= {p.title: (p.title, p.abstract) for p in read_source(seeds) if isinstance(p, Paper)}
    out: dict[str, dict[str, Any]] = {}
    for row in rows:
        if "abstract" not in row:
            title, abstract = texts[row["title"] if "title" in row else row["id"]]
            row = {**row, "title": title, "abstract": abstract}
        out.setdefault(paper_key(row["title"]), row)
    return list(out.values())


def _text(path: Path) -> str:
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")


def fold_of(title: str, folds: int) -> int:
    """The fold of a paper: it follows from the title, so that a paper more moves no other."""
    return int(hashlib.sha256(title.encode()).hexdigest(), 16) % folds


def gold_kinds(row: dict[str, Any]) -> tuple[dict[str, str], set[str]]:
    """Form key -> kind, and the keys of what the paper introduces."""
    kinds: dict[str, str] = {}
    forms: dict[tuple[str, str], set[str]] = {}
    for kind in reversed(KINDS):
        for entity in row[FIELDS[kind]]:
            keys = {key(m) for m in entity["mentions"]} | {key(entity["name"])}
            kinds.update(dict.fromkeys(keys, kind))
            forms[entity["name"], kind.lower()] = keys
    new = {k for e in row["introduces"] for k in forms.get((e["name"], e["type"]), {key(e["name"])})}
    return kinds, new


def paper_key(title: str) -> str:
    """The name of a paper in a file of marginals."""
    return hashlib.sha256(title.encode()).hexdigest()[:16]


def marginals_of(path: str | None, rows: Sequence[dict[str, Any]]) -> list[np.ndarray | None]:
    """The tagger's marginals of each paper; None where the file has none: a paper the shipped tagger has not seen."""
    if path is None:
        return [None] * len(rows)
    with np.load(path) as held:
        known = set(held.files)
        return [held[k] if (k := paper_key(row["title"])) in known else None for row in rows]


def readings(rows: Sequence[dict[str, Any]], marginals: Sequence[np.ndarray | None]) -> list[Reading]:
    """What the stages before the judge make of each paper."""
    nlp = load()
    out = []
    for row, tags in zip(rows, marginals, strict=True):
        doc = make_doc(nlp, Paper(row["title"], row["abstract"]))
        if tags is not None:
            doc.user_data["tags"] = tags
        for _, stage in nlp.pipeline:
            doc = stage(doc)
        forms = collect(doc, read(doc), every=True)
        layout = layout_of(doc)
        texts = {place: layout.slice(*place) for form in forms.values() for place in form.places}
        out.append(Reading(forms, local_pairs(doc), texts))
    return out


def examples(rows: Sequence[dict[str, Any]], read_papers: Sequence[Reading]) -> list[Example]:
    """Every form of every paper with its label; a lexicon entry known from one other paper only is hidden."""
    gold = [gold_kinds(row) for row in rows]
    support = Counter(k for kinds, _ in gold for k in kinds)
    aliases = {e.name: [key(f) for f in (e.name, *e.aliases)] for e in entries()}
    out = []
    for i, reading in enumerate(read_papers):
        kinds, new = gold[i]
        for own, form in reading.forms.items():
            names = {f.name for f in form.found if f.stage == "gazetteer"}
            others = sum(support[k] - (k in kinds) for n in names for k in aliases.get(n, ()))
            features = {f for f in form.features if not (names and others == 1 and f.startswith("gazetteer"))}
            label = CLASSES.index(kinds[own]) if own in kinds else 0
            out.append(Example(i, own, features, label, own in new))
    return out


def index(feature_sets: Sequence[set[str]]) -> list[str]:
    """The features worth a weight, in order."""
    counts = Counter(f for features in feature_sets for f in features)
    return sorted(f for f, n in counts.items() if n >= MIN_COUNT and f.isprintable())


def matrix(feature_sets: Sequence[set[str]], names: Sequence[str]) -> csr_matrix:
    """Binary examples x features."""
    column = {f: i for i, f in enumerate(names)}
    rows = [sorted(column[f] for f in features if f in column) for features in feature_sets]
    ends = np.cumsum([0, *map(len, rows)])
    cells = np.fromiter((c for row in rows for c in row), dtype=np.int32, count=int(ends[-1]))
    return csr_matrix((np.ones(len(cells)), cells, ends), shape=(len(rows), len(names)))


def fit_linear(x: csr_matrix, y: np.ndarray, classes: int, penalty: float) -> np.ndarray:
    """Weights (features x classes) of a multinomial logistic regression with an L2 penalty."""
    target = np.eye(classes)[y]
    xt = x.T.tocsr()

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        w = flat.reshape(x.shape[1], classes)
        z = x @ w
        z -= z.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(z).sum(axis=1, keepdims=True))
        value = -(target * (z - log_sum)).sum() + 0.5 * penalty * (w * w).sum()
        return float(value), (xt @ (np.exp(z - log_sum) - target) + penalty * w).ravel()

    start = np.zeros(x.shape[1] * classes)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150})
    return np.asarray(found.x).reshape(-1, classes)


Model = tuple[list[str], np.ndarray]
"""Features and their weights, a row each."""


def fit_kinds(data: Sequence[Example], train: np.ndarray) -> Arrays:
    """The first model in whole numbers, learnt from the examples `train`."""
    sets = [kind_features(data[i].features) for i in train.tolist()]
    names = index(sets)
    y = np.array([data[i].label for i in train.tolist()])
    return network.quantised(names, network.fit(matrix(sets, names), y, len(CLASSES)))


def kinds_of(data: Sequence[Example], test: np.ndarray, held: Arrays) -> np.ndarray:
    """The probability of each class for the examples `test`."""
    net = as_network(held)
    out = np.zeros((len(test), len(CLASSES)))
    for at in range(0, len(test), 4096):
        rows = test[at : at + 4096]
        out[at : at + 4096] = scored(net, [data[i].features for i in rows.tolist()])
    return out


def fit_introduced(data: Sequence[Example], second: Sequence[set[str]], kinds: np.ndarray, train: np.ndarray) -> Model:
    """The second model, learnt from those of the examples `train` that it will be asked about."""
    train = train[1 - kinds[train, 0] >= LEAST]
    sets = [second[i] for i in train.tolist()]
    names = index(sets)
    y = np.array([data[i].introduced for i in train.tolist()], dtype=int)
    return names, fit_linear(matrix(sets, names), y, 2, PENALTY)


def introduced_of(second: Sequence[set[str]], test: np.ndarray, model: Model) -> np.ndarray:
    """The probability of being introduced for the examples `test`."""
    sets = [second[i] for i in test.tolist()]
    hinted = np.array([may_be_new(s) for s in sets], dtype=float)
    return np.asarray(softmax(matrix(sets, model[0]) @ model[1])[:, 1] * hinted)


def fit_strings(data: Sequence[Example]) -> Model:
    """What a string alone says of its being a name: which forms are not worth a look."""
    sets = [{f for f in e.features if f.startswith(_OF_STRINGS)} for e in data]
    names = index(sets)
    return names, fit_linear(matrix(sets, names), np.array([int(e.label > 0) for e in data]), 2, STRING_PENALTY)


def held_out(data: Sequence[Example], part: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Class probabilities and introduced probabilities, each example judged by a model that has not seen its `part`."""
    kinds = np.zeros((len(data), len(CLASSES)))
    for k in np.unique(part).tolist():
        kinds[part == k] = kinds_of(data, np.flatnonzero(part == k), fit_kinds(data, np.flatnonzero(part != k)))
    new = np.zeros(len(data))
    second = second_features(data, kinds)
    for k in np.unique(part).tolist():
        model = fit_introduced(data, second, kinds, np.flatnonzero(part != k))
        new[part == k] = introduced_of(second, np.flatnonzero(part == k), model)
    return kinds, new


def second_features(data: Sequence[Example], kinds: np.ndarray) -> list[set[str]]:
    """The features of the introduced model, with the kind the first model would choose."""
    best = kinds[:, 1:].argmax(axis=1) + 1
    return [introduced_features(e.features, CLASSES[b], row) for e, b, row in zip(data, best, kinds, strict=True)]


def choose(truth: np.ndarray, score: np.ndarray, missed: int, beta: float = 1.0) -> tuple[float, float]:
    """The threshold with the best F-beta, and that; `missed` are true ones that are no example at all."""
    if not len(score):
        return 0.5, 0.0
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(truth[order])
    f = (1 + beta**2) * hits / (np.arange(1, len(order) + 1) + beta**2 * (truth.sum() + missed))
    at = int(f.argmax())
    return round(float(score[order[at]]), 3), float(f[at])


def thresholds(data: Sequence[Example], kinds: np.ndarray, new: np.ndarray, of: np.ndarray) -> dict[str, float]:
    """The operating point of each kind and of `introduced`, on held-out judgements of the examples `of`."""
    kinds, new = kinds[of], new[of]
    best = kinds[:, 1:].argmax(axis=1) + 1
    label = np.array([data[i].label for i in of.tolist()])
    out = {}
    for c, kind in enumerate(CLASSES[1:], 1):
        own = best == c
        missed = int((label[~own] == c).sum())
        out[kind], _ = choose((label == c)[own], kinds[own, c], missed, BETA.get(kind, 1.0))
    asked = 1 - kinds[:, 0] >= LEAST
    introduced = np.array([data[i].introduced for i in of.tolist()])
    out["introduced"], _ = choose(introduced[asked], new[asked], int(introduced[~asked].sum()))
    out["introduced entity"] = LEAST
    return out


def write(file: str, names: Sequence[str], w: np.ndarray, least: float = 0.04) -> None:
    """Weights as text, those of next to no effect left out."""
    rows = [(n, row) for n, row in zip(names, w, strict=True) if np.abs(row).max() >= least]
    head = "# Made by extract/training/judge.py from our annotation; log-linear weights, no texts.\n"
    body = "".join(f"{n}\t{' '.join(str(round(v * 100)) for v in row)}\n" for n, row in rows)
    (DATA / file).write_text(head + body, encoding="utf-8")
    print(f"{file}: {len(rows)} features")


def main() -> None:
    """Train, report, and write when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotated", nargs="+")
    parser.add_argument("--marginals", help="of the tagger, made by extract.training.tagger")
    parser.add_argument("--corpus", type=Path, help="papers that annotation goes by id for")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    rows = annotated(args.annotated, args.corpus)
    data = examples(rows, readings(rows, marginals_of(args.marginals, rows)))
    print(f"{len(data)} forms, {sum(e.label > 0 for e in data)} annotated")
    kinds, new = held_out(data, np.array([e.paper % args.folds for e in data]))
    chosen = thresholds(data, kinds, new, np.arange(len(data)))
    print("\n".join(f"{kind:18} threshold {least:.3f}" for kind, least in chosen.items()))
    if args.write:
        write_all(data, kinds, chosen)


def write_all(data: Sequence[Example], kinds: np.ndarray, chosen: dict[str, float]) -> None:
    """Fit to all papers and write weights and thresholds."""
    everything = np.arange(len(data))
    np.savez_compressed(DATA / KIND_FILE, **fit_kinds(data, everything))  # type: ignore[arg-type]
    names, w = fit_strings(data)
    write(STRING_FILE, names, w[:, 1:] - w[:, :1])
    names, w = fit_introduced(data, second_features(data, kinds), kinds, everything)
    write(INTRODUCED_FILE, names, (w[:, 1:] - w[:, :1]))
    lines = "".join(f"{k}\t{round(v * 1000)}\n" for k, v in chosen.items())
    (DATA / "thresholds.txt").write_text("# Made by extract/training/judge.py.\n" + lines, encoding="utf-8")


if __name__ == "__main__":
    main()
