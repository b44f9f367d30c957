"""Learn `extract.judge.Network`: a bag of features, one hidden layer, a class.

Adam with dropout on features and hidden units; the mean of networks from several random starts, which together are
one network with more hidden units. Fixed seeds and one order of sums: same examples, same weights.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix

HIDDEN, SEEDS = 32, (0, 1, 2)
EPOCHS, RATE, BATCH = 5, 0.003, 512
DROP_FEATURES, DROP_UNITS = 0.2, 0.3
DECAY = 1e-4

Arrays = dict[str, np.ndarray]


class Adam:
    """Kingma and Ba 2015, with weight decay beside the gradient; changes the arrays in place."""

    def __init__(self, weights: Arrays, decay: float) -> None:
        self.weights, self.decay = weights, decay
        self.mean = {name: np.zeros_like(w) for name, w in weights.items()}
        self.square = {name: np.zeros_like(w) for name, w in weights.items()}
        self.steps = 0

    def step(self, gradient: Mapping[str, np.ndarray], rate: float) -> None:
        """One step down."""
        self.steps += 1
        fix_mean, fix_square = 1 - 0.9**self.steps, 1 - 0.999**self.steps
        for name, w in self.weights.items():
            m, s = self.mean[name], self.square[name]
            m += 0.1 * (gradient[name] - m)
            s += 0.001 * (gradient[name] ** 2 - s)
            w -= rate * ((m / fix_mean) / (np.sqrt(s / fix_square) + 1e-7) + self.decay * w)


def mask(rng: np.random.Generator, shape: tuple[int, ...], drop: float) -> np.ndarray:
    """Dropout: 0 with probability `drop`, else what keeps the sum."""
    return (rng.random(shape, dtype=np.float32) >= drop).astype(np.float32) / np.float32(1 - drop)


def softmax(z: np.ndarray) -> np.ndarray:
    """Scores as probabilities, row by row."""
    z = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(z / z.sum(axis=1, keepdims=True))


def fit(x: csr_matrix, y: np.ndarray, classes: int, epochs: int = EPOCHS) -> Arrays:
    """The float weights: `features` (features x units), `hidden bias`, `out` (units x classes), `bias`."""
    parts = [_fit_one(x.astype(np.float32), y, classes, epochs, seed) for seed in SEEDS]
    return {
        "features": np.concatenate([p["features"] for p in parts], axis=1),
        "hidden bias": np.concatenate([p["hidden bias"] for p in parts]),
        "out": np.concatenate([p["out"] for p in parts]) / len(parts),
        "bias": np.mean([p["bias"] for p in parts], axis=0),
    }


def _fit_one(x: csr_matrix, y: np.ndarray, classes: int, epochs: int, seed: int) -> Arrays:
    rng = np.random.default_rng(seed)
    w: Arrays = {
        "features": (rng.standard_normal((x.shape[1], HIDDEN)) * 0.05).astype(np.float32),
        "hidden bias": np.zeros(HIDDEN, dtype=np.float32),
        "out": (rng.standard_normal((HIDDEN, classes)) * 0.1).astype(np.float32),
        "bias": np.zeros(classes, dtype=np.float32),
    }
    adam = Adam(w, DECAY)
    target = np.eye(classes, dtype=np.float32)[y]
    per_epoch = max(1, len(y) // BATCH)
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(len(y)), per_epoch):
            rate = RATE * (1 - 0.95 * adam.steps / (epochs * per_epoch))
            adam.step(_gradient(w, x[rows], target[rows], rng), rate)
    return w


def _gradient(w: Arrays, x: csr_matrix, target: np.ndarray, rng: np.random.Generator) -> Arrays:
    """Of the mean loss of some examples, with dropout."""
    x = x.copy()
    x.data = x.data * mask(rng, x.data.shape, DROP_FEATURES)
    units = x @ w["features"] + w["hidden bias"]
    alive = (units > 0) * mask(rng, units.shape, DROP_UNITS)
    kept = units * alive
    d = (softmax(kept @ w["out"] + w["bias"]) - target) / np.float32(len(target))
    back = (d @ w["out"].T) * alive
    return {"features": x.T @ back, "hidden bias": back.sum(axis=0), "out": kept.T @ d, "bias": d.sum(axis=0)}


def probabilities(x: csr_matrix, w: Mapping[str, np.ndarray]) -> np.ndarray:
    """The probability of each class (column) for each example (row), in floats."""
    units = np.maximum(x.astype(np.float32) @ w["features"] + w["hidden bias"], 0)
    return softmax(units @ w["out"] + w["bias"])


def quantised(names: Sequence[str], w: Mapping[str, np.ndarray]) -> Arrays:
    """The network in whole numbers, as `extract.judge.network` reads it; one more row of features, of nothing."""
    unit = np.maximum(np.abs(w["features"]).max(axis=0), 1e-6) / 127
    features = np.rint(w["features"] / unit).astype(np.int8)
    out = w["out"].astype(np.float64) * unit[:, None]
    factors = np.maximum(np.abs(out).max(axis=0), 1e-9) / 32_000
    return {
        "names": np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        "features": np.concatenate([features, np.zeros((1, features.shape[1]), dtype=np.int8)]),
        "hidden bias": np.rint(w["hidden bias"] / unit).astype(np.int16),
        "out": np.rint(out / factors).astype(np.int16),
        "factors": factors,
        "bias": w["bias"].astype(np.float64),
    }
