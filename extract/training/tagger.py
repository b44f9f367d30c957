"""Learn the weights of `extract.tagger`, and what it says of each annotated paper without having seen it.

usage: python -m extract.training.tagger ANNOTATED.jsonl... --corpus papers.jsonl.gz --marginals OUT.npz
           [--unseen OTHER.jsonl] [--write]

Word vectors of the corpus (`vectors.py`), then the annotated papers: once all of them, whose weights go to
`extract/data/` with --write, and once without each fold. OUT gets the marginals of each paper by a tagger that has not
seen it, those of OTHER too: what `extract.training.judge --marginals` learns from, which would
trust the tagger too much otherwise. Fixed seeds; seven minutes on two cores.
"""

import argparse
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from extract.layout import Layout, layout_of
from extract.lexicon import DATA
from extract.pipeline import load, make_doc
from extract.records import KINDS, Paper
from extract.tagger import BUCKETS, FILE, FLAGS, NARROW, ROUND, TAGS, UNIT, WIDE, flags, hashed, norm
from extract.training import vectors
from extract.training.judge import FIELDS, annotated, fold_of, paper_key
from extract.training.network import Adam, mask, softmax

FOLDS = 5
EPOCHS, RATE, DROP, SIZE, DECAY = 12, 0.002, 0.35, 8, 0.01
EMBED, HIDDEN, TOP = 48, 96, 64
Batch = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True, slots=True)
class Text:
    """One text as numbers: vector row, buckets and flag of each token, and its tag."""

    words: np.ndarray
    buckets: np.ndarray
    flags: np.ndarray
    tags: np.ndarray


def numbers(layout: Layout, vocabulary: Mapping[str, int], tags: Sequence[int]) -> Text:
    """A text as numbers; row 0 of the vectors is of unknown words."""
    words = np.array([vocabulary.get(norm(t), 0) for t in layout.texts], dtype=np.int32)
    buckets = np.array([hashed(t) for t in layout.texts], dtype=np.int32)
    return Text(words, buckets, np.array(flags(layout), dtype=np.int32), np.array(tags, dtype=np.int32))


def read_papers(rows: Sequence[Mapping[str, Any]], vocabulary: Mapping[str, int]) -> list[Text]:
    """Annotated papers as numbers."""
    nlp = load()
    out = []
    for row in rows:
        layout = layout_of(nlp.get_pipe("kb_sentences")(make_doc(nlp, Paper(row["title"], row["abstract"]))))
        out.append(numbers(layout, vocabulary, spell(layout, row)))
    return out


def spell(layout: Layout, row: Mapping[str, Any]) -> list[int]:
    """The tag of each token: every occurrence of each listed form, longest first, no overlap, whole tokens."""
    forms = {m: kind for kind in reversed(KINDS) for e in row[FIELDS[kind]] for m in (*e["mentions"], e["name"])}
    out = [0] * len(layout.texts)
    at_start = {s: i for i, s in enumerate(layout.starts)}
    at_end = {e: i + 1 for i, e in enumerate(layout.ends)}
    for form in sorted(forms, key=lambda f: (-len(f), f)):
        for match in re.finditer(re.escape(form), layout.text) if form.strip() else ():
            start, end = at_start.get(match.start()), at_end.get(match.end())
            if start is not None and end is not None:
                put(out, start, end, KINDS.index(forms[form]))
    return out


def put(tags: list[int], start: int, end: int, kind: int) -> None:
    """Mark tokens `start:end` as a name of the kind with that number, unless some are marked."""
    if not any(tags[start:end]):
        begin = 1 + 2 * kind
        tags[start:end] = [begin] + [begin + 1] * (end - start - 1)


class Net:
    """The tagger while it learns: float weights, Adam with decay, dropout before each layer."""

    def __init__(self, known: np.ndarray, seed: int = 0, tags: int = len(TAGS)) -> None:
        self.rng = np.random.default_rng(seed)
        self.vectors = known
        width = known.shape[1] + EMBED
        self.w = {
            "embed": (self.rng.standard_normal((BUCKETS, EMBED)) * 0.15).astype(np.float32),
            "flags": np.zeros((FLAGS, HIDDEN), dtype=np.float32),
            "one": self._start(width * (2 * WIDE + 1), HIDDEN),
            "one bias": np.zeros(HIDDEN, dtype=np.float32),
            "two": self._start(HIDDEN * (2 * NARROW + 1), TOP),
            "two bias": np.zeros(TOP, dtype=np.float32),
            "out": self._start(TOP, tags) * np.float32(0.3),
            "out bias": np.zeros(tags, dtype=np.float32),
        }
        self.adam = Adam(self.w, DECAY)

    def _start(self, rows: int, columns: int) -> np.ndarray:
        return np.asarray(self.rng.standard_normal((rows, columns)) * np.sqrt(2 / rows), dtype=np.float32)

    def step(self, batch: Batch, rate: float, drop: float) -> float:
        """One step down the gradient of a batch's mean loss, which it returns."""
        words, buckets, flag, tags, real = batch
        w, grad = self.w, {}
        bags = bag(buckets, BUCKETS)
        x = np.concatenate([self.vectors[words], bags @ w["embed"]], axis=1) * real
        mask_x = mask(self.rng, x.shape, drop * 0.6)
        wide = windows(x * mask_x, WIDE)
        a = (wide @ w["one"] + w["flags"][flag] + w["one bias"]) * real
        mask_a = mask(self.rng, a.shape, drop)
        narrow = windows(np.maximum(a, 0) * mask_a, NARROW)
        b = narrow @ w["two"] + w["two bias"]
        mask_b = mask(self.rng, b.shape, drop)
        top = np.maximum(b, 0) * mask_b
        p = softmax(top @ w["out"] + w["out bias"])
        at = np.arange(len(tags))
        loss = -np.log(p[at, tags] + 1e-9)[real[:, 0] > 0].mean()
        p[at, tags] -= 1
        d = p * real / real.sum()
        grad["out"], grad["out bias"] = top.T @ d, d.sum(0)
        d = (d @ w["out"].T) * mask_b * (b > 0)
        grad["two"], grad["two bias"] = narrow.T @ d, d.sum(0)
        d = unwindow(d @ w["two"].T, NARROW, HIDDEN) * mask_a * (a > 0) * real
        grad["one"], grad["one bias"] = wide.T @ d, d.sum(0)
        grad["flags"] = bag(flag[:, None], FLAGS).T @ d
        d = unwindow(d @ w["one"].T, WIDE, x.shape[1]) * mask_x * real
        grad["embed"] = bags.T @ d[:, self.vectors.shape[1] :]
        self.adam.step(grad, rate)
        return float(loss)

    def predict(self, text: Text) -> np.ndarray:
        """The marginals of one text."""
        w = self.w
        x = np.concatenate([self.vectors[text.words], bag(text.buckets, BUCKETS) @ w["embed"]], axis=1)
        a = windows(x, WIDE) @ w["one"] + w["flags"][text.flags] + w["one bias"]
        b = windows(np.maximum(a, 0), NARROW) @ w["two"] + w["two bias"]
        return softmax(np.maximum(b, 0) @ w["out"] + w["out bias"])


def bag(buckets: np.ndarray, size: int) -> csr_matrix:
    """Rows of column numbers as a sparse matrix of ones: times a table, it sums their rows of it."""
    n, k = buckets.shape
    ones = np.ones(n * k, dtype=np.float32)
    return csr_matrix((ones, buckets.ravel(), np.arange(0, n * k + 1, k)), shape=(n, size))


def windows(x: np.ndarray, side: int) -> np.ndarray:
    """Each row with its neighbours beside it, nothing beyond the ends."""
    pad = np.zeros((side, x.shape[1]), dtype=x.dtype)
    y = np.concatenate([pad, x, pad])
    return np.concatenate([y[i : i + len(x)] for i in range(2 * side + 1)], axis=1)


def unwindow(d: np.ndarray, side: int, size: int) -> np.ndarray:
    """The gradient of `windows`: each row's parts added up."""
    out = np.zeros((len(d) + 2 * side, size), dtype=d.dtype)
    for i in range(2 * side + 1):
        out[i : i + len(d)] += d[:, i * size : (i + 1) * size]
    return out[side : side + len(d)]


def batch_of(chosen: Sequence[Text]) -> Batch:
    """Texts one after the other, a window of nothing between them; last, 1 for tokens and 0 for nothing."""
    gap = WIDE + NARROW

    def joined(parts: Sequence[np.ndarray]) -> np.ndarray:
        empty = np.zeros((gap, *parts[0].shape[1:]), dtype=parts[0].dtype)
        return np.concatenate([p for part in parts for p in (part, empty)])

    real = joined([np.ones((len(t.words), 1), dtype=np.float32) for t in chosen])
    words, buckets = joined([t.words for t in chosen]), joined([t.buckets for t in chosen])
    return words, buckets, joined([t.flags for t in chosen]), joined([t.tags for t in chosen]), real


def train(
    data: Sequence[Text], known: np.ndarray, *, seed: int = 0, tags: int = len(TAGS), epochs: int = EPOCHS
) -> Net:
    """Train on texts; the rate rises for a hundred steps, then falls to almost nothing."""
    net = Net(known, seed, tags)
    order = np.arange(len(data))
    total = epochs * -(-len(data) // SIZE)
    for epoch in range(epochs):
        net.rng.shuffle(order)
        losses = []
        for at in range(0, len(order), SIZE):
            now = RATE * min(1.0, (net.adam.steps + 1) / 100) * (1 - 0.95 * net.adam.steps / total)
            losses.append(net.step(batch_of([data[i] for i in order[at : at + SIZE]]), now, DROP))
        print(f"  epoch {epoch + 1}: loss {np.mean(losses):.3f}", flush=True)
    return net


def scaled(matrix: np.ndarray, axis: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """A matrix as whole numbers of -127..127 and the factor (of all, or of each column) that gives it back."""
    top = np.maximum(np.abs(matrix).max(axis=axis), 1e-6) / 127
    return np.rint(matrix / top).astype(np.int8), np.asarray(top, dtype=np.float64)


def quantise(net: Net, words: Sequence[str]) -> dict[str, np.ndarray]:
    """The network as `extract.tagger.weights` reads it."""
    w, size = net.w, net.vectors.shape[1]
    known, known_factor = scaled(net.vectors)
    embed, embed_factor = scaled(w["embed"])
    wide = w["one"].reshape(2 * WIDE + 1, size + EMBED, HIDDEN).transpose(1, 0, 2).reshape(size + EMBED, -1)
    upper, upper_factor = scaled(wide[:size])
    lower, lower_factor = scaled(wide[size:])
    fine = UNIT * 2 * ROUND
    two, two_factors = scaled(w["two"], 0)
    out, out_factors = scaled(w["out"], 0)
    return {
        "words": np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        "vectors": known,
        "embed": embed,
        "one": np.concatenate([upper, lower]),
        "one factors": np.array([known_factor * upper_factor, embed_factor * lower_factor]) * fine,
        "flags": np.rint((w["flags"] + w["one bias"]) * fine).astype(np.int16),
        "two": two,
        "two factors": two_factors,
        "two bias": w["two bias"].astype(np.float64) * UNIT,
        "out": out,
        "out factors": out_factors / UNIT,
        "out bias": w["out bias"].astype(np.float64),
    }


def save(path: Path, parts: dict[str, Any]) -> None:
    """Arrays by name in one file, the same bytes for the same arrays."""
    np.savez_compressed(path, **parts)


def known_vectors(corpus: Path) -> tuple[list[str], np.ndarray]:
    """The words of a corpus and their vectors, with the row of unknown words before them."""
    words, text = vectors.read(corpus)
    found = vectors.train(text, len(words)) * np.float32(np.sqrt(vectors.SIZE) / 2)
    return words, np.concatenate([np.zeros((1, vectors.SIZE), dtype=np.float32), found])


def main() -> None:
    """Train for all papers and for each fold, and write when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotated", nargs="+")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--marginals", type=Path, required=True)
    parser.add_argument("--unseen")
    parser.add_argument("--workers", type=int, default=2, help="trainings at once; set OMP_NUM_THREADS=1 for more")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    words, known = known_vectors(args.corpus)
    vocabulary = {w: i for i, w in enumerate(words, 1)}
    rows = annotated(args.annotated, args.corpus)
    gold = read_papers(rows, vocabulary)
    fold = [fold_of(row["title"], FOLDS) for row in rows]
    kept = [gold] + [[t for t, f in zip(gold, fold, strict=True) if f != k] for k in range(FOLDS)]
    with ProcessPoolExecutor(args.workers, mp_context=get_context("spawn")) as pool:
        whole, *held_out = pool.map(train, kept, repeat(known))
    if args.write:
        save(DATA / FILE, quantise(whole, words))
    out = {paper_key(r["title"]): held_out[f].predict(t) for r, t, f in zip(rows, gold, fold, strict=True)}
    for row in annotated([args.unseen]) if args.unseen else ():
        out[paper_key(row["title"])] = whole.predict(read_papers([row], vocabulary)[0])
    save(args.marginals, out)


if __name__ == "__main__":
    main()
