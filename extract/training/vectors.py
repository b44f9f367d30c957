"""Word vectors from unlabelled abstracts: positive PMI of each word with its neighbours by position, then an SVD.

Counting and one factorisation, so the same corpus gives the same vectors; a quarter of the time word2vec needs and no
further package. A word is a token, lower case, with its digits made 0 (`extract.tagger.norm`).
"""

import gzip
import json
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, hstack

from extract.pipeline import load, make_doc
from extract.records import Paper
from extract.tagger import norm

WORDS, CONTEXTS, SIZE = 20_000, 4_000, 64
OFFSETS = (-2, -1, 1, 2)
_GAP = 4  # words of nothing between two papers, more than a window


def read(path: Path, limit: int | None = None) -> tuple[list[str], np.ndarray]:
    """The words of a corpus (`.jsonl.gz` with title and abstract), commonest first, and its text as their numbers."""
    nlp = load()
    counts: Counter[str] = Counter()
    texts: list[list[str]] = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            if limit is not None and number >= limit:
                break
            row = json.loads(line)
            doc = make_doc(nlp, Paper(row.get("title") or "", row.get("abstract") or ""))
            text = [norm(t.text) for t in doc]
            counts.update(text)
            texts.append(text)
    words = [w for w, _ in sorted(counts.items(), key=lambda c: (-c[1], c[0]))[:WORDS] if w.strip()]
    number_of = {w: i for i, w in enumerate(words)}
    out = []
    for text in texts:
        out += [number_of.get(w, -1) for w in text] + [-1] * _GAP
    return words, np.array(out, dtype=np.int32)


def train(text: np.ndarray, words: int) -> np.ndarray:
    """Vectors (words x SIZE) of a text of word numbers, -1 for none; each scaled to unit length."""
    parts = [_pmi(_counts(text, offset, words)) for offset in OFFSETS]
    return _svd(hstack(parts).tocsr())


def _counts(text: np.ndarray, offset: int, words: int) -> csr_matrix:
    a, b = (text[-offset:], text[:offset]) if offset < 0 else (text[:-offset], text[offset:])
    total = csr_matrix((words, CONTEXTS), dtype=np.float32)
    for at in range(0, len(a), 2_000_000):
        x, y = a[at : at + 2_000_000], b[at : at + 2_000_000]
        held = (x >= 0) & (y >= 0) & (y < CONTEXTS)
        ones = np.ones(int(held.sum()), dtype=np.float32)
        total = total + coo_matrix((ones, (x[held], y[held])), shape=total.shape).tocsr()
    return total


def _pmi(counts: csr_matrix) -> csr_matrix:
    """Positive PMI; contexts' counts smoothed by a power, else rare contexts weigh most."""
    cells = counts.tocoo()
    row = np.asarray(counts.sum(axis=1)).ravel() + 1.0
    column = (np.asarray(counts.sum(axis=0)).ravel() + 1.0) ** 0.75
    value = np.log(cells.data * column.sum() / (row[cells.row] * column[cells.col]))
    kept = value > 0
    return coo_matrix((value[kept], (cells.row[kept], cells.col[kept])), shape=counts.shape).tocsr()


def _svd(x: csr_matrix) -> np.ndarray:
    """The SIZE strongest directions (subspace iteration from a fixed start), singular values at half power."""
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(x @ rng.standard_normal((x.shape[1], SIZE + 16)))[0]
    for _ in range(4):
        basis = np.linalg.qr(x @ (x.T @ basis))[0]
    u, s, _ = np.linalg.svd((x.T @ basis).T, full_matrices=False)
    out = (basis @ u[:, :SIZE]) * np.sqrt(s[:SIZE])
    return np.asarray(out / (np.linalg.norm(out, axis=1, keepdims=True) + 1e-9), dtype=np.float32)
