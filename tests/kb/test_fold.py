"""Folding: what meets under one key and what must not."""

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.fold import bare, display, fold, words

SAME = [
    ("mini-batch", "minibatch", "mini batch", "Mini-Batches"),
    ("GPT-3.5", "GPT3.5", "GPT 3.5"),
    ("ScanNet v2", "ScanNetV2", "ScanNet-v2"),
    ("SQuAD v1.1", "SQuAD 1.1"),
    ("Nash equilibria", "Nash equilibrium"),
    ("Gröbner bases", "Grobner basis", 'Gr\\"obner basis', "Groebner basis"),
    ("local minima", "local minimum"),
    ("inductive biases", "inductive bias"),
    ("knowledge bases", "knowledge base"),
    ("hypotheses", "hypothesis"),
    ("support vector machines", "Support Vector Machine"),
    ("LLMs", "LLM"),
    ("GPUs", "GPU"),
    ("batch normalisation", "batch normalization"),
    ("topic modelling", "topic modeling"),
    ("k-nearest neighbours", "$k$-nearest neighbors"),
    ("behavioural cloning", "behavioral cloning"),
    ("dialogue state tracking", "dialog state tracking"),
    ("image classiﬁcation", "image classification"),
    ("NLVR$^2$", "NLVR2", "NLVR²"),
    ("Polyak-\\L{}ojasiewicz", "Polyak-Łojasiewicz", "Polyak-Lojasiewicz"),
    ("$\\epsilon$-greedy", "ε-greedy", "epsilon-greedy"),
    ("TD(λ)", "TD($\\lambda$)"),
    ("$\\ell_1$ norm", "L1 norm", "l1-norm"),
    ("DeepLabv3+", "DeepLabv3$+$"),
    ("the CelebA dataset", "CelebA", "CelebA data set"),
    ("Adam optimizer", "Adam"),
    ("LSTM networks", "LSTM"),
    ("the MAML algorithm", "MAML"),
    ("Marching Cubes algorithm", "marching cubes"),
    ("Earth Mover's Distance", "Earth Mover’s Distance", "earth movers distance"),
    ("out-of-distribution (OOD) detection", "out-of-distribution detection"),
    ("sim2real", "sim-to-real"),
    ("three-dimensional reconstruction", "3D reconstruction"),
    ("the problem of image captioning", "image captioning"),
]
TASKS = [
    ("detection of pedestrians", "pedestrian detection"),
    ("synthesis of novel views", "novel view synthesis"),
    ("estimation of the causal effects", "causal effect estimation"),
    ("action recognition in videos", "video action recognition"),
]
DISTINCT = [
    ("CIFAR-10.1", "CIFAR-101"), ("CIFAR-10", "CIFAR-100"), ("GPT-4", "GPT-4o"), ("SAM", "SAM 2"), ("LoRA", "QLoRA"),
    ("PRM", "PRM*"), ("k-means", "k-means++"), ("HumanEval", "HumanEval+"), ("Hits@1", "Hits@10"), ("VGG", "VGG-S"),
    ("DeiT", "DeiT-S"), ("Llama-3-8B", "Llama 38B"), ("diffusion model", "diffusion"), ("genetic algorithm", "genetic"),
    ("neural network", "Neural"), ("Diffusion Model", "Diffusion"), ("CLIPScore", "CLIP"), ("CLIP score", "CLIP"),
    ("ReLU network", "ReLU"), ("AI system", "AI"), ("3D model", "3D"), ("multi-task", "multi"),
    ("bias", "biases of us"),
    ("robotic", "robotics"),
    ("LAS", "LA"), ("ADMISS", "ADMIS"), ("MIMIC-III", "MIMIC-IV"), ("fold", "field"),
    ("GPT-based model", "GPT"),
    ("sim-to-real", "real-to-sim"), ("L1 norm", "L2 norm"), ("C++", "C"),
    ("AI2-THOR", "AI-to-THOR"),
]  # fmt: skip


@pytest.mark.parametrize("names", SAME, ids=lambda names: names[0])
def test_spellings_of_one_name_meet(names: tuple[str, ...]) -> None:
    """Unicode forms, case, hyphens, plurals, spelling, LaTeX residue, articles and head nouns tell nothing apart."""
    assert len({fold(name) for name in names}) == 1


@pytest.mark.parametrize(("one", "other"), TASKS)
def test_tasks_meet_in_either_order(one: str, other: str) -> None:
    """`X of Ys` is `Y X` for tasks alone."""
    assert fold(one, "Task") == fold(other, "Task")
    assert fold(one, "Concept") != fold(other, "Concept")


@pytest.mark.parametrize(("one", "other"), DISTINCT)
def test_siblings_stay_apart(one: str, other: str) -> None:
    """Versions, sizes, marks, variant letters and head nouns that are part of the term are kept."""
    assert fold(one) != fold(other)


def test_a_title_case_name_folds_as_the_small_one() -> None:
    """Head nouns are cut by the word, not by the capitals of a title."""
    for name in (
        "genetic algorithm",
        "diffusion model",
        "neural network",
        "policy gradient method",
        "attention mechanism",
    ):
        assert fold(name) == fold(name.title()) == fold(name.upper())


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=40), st.sampled_from([None, "Task", "Method"]))
def test_folding_is_idempotent_and_never_empty(text: str, kind: str | None) -> None:
    """fold(fold(x)) == fold(x) for any Unicode text, and only the empty text folds to nothing."""
    folded = fold(text, kind)
    assert fold(folded, kind) == folded
    assert bool(folded) == bool(text)


PIECES = [*"as2-.'+$^{}()ßİ λ", "the ", "ise", "bases", "us", "3.5", "\\'e", " of ", " model", "ss"]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_folding_is_idempotent_on_awkward_pieces(text: str) -> None:
    """Endings that meet when words are joined do not fold again."""
    assert fold(fold(text)) == fold(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_unicode_form_does_not_matter(text: str) -> None:
    """NFC and NFD of one text have one key."""
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


def test_words_bare_and_display() -> None:
    """The words of a key, a name without article and head, and a name without LaTeX residue."""
    assert words("the Adam Optimizers") == ["adam"]
    assert bare("the LSTM network") == "LSTM"
    assert display("Pad\\'e $k$-means") == "Pade k-means"


def test_folding_loads_nothing_heavy() -> None:
    """A query folds names: no polars, spaCy or rapidfuzz behind it."""
    code = "import sys, kb.fold; print([m for m in ('polars', 'spacy', 'rapidfuzz', 'numpy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
