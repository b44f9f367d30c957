"""Each stage by itself, over a Doc from the blank tokeniser."""

import pytest
import spacy

from extract import gazetteer, introductions, names
from extract.forms import collect
from extract.gazetteer import build_trie
from extract.layout import layout_of
from extract.lexicon import Entry
from extract.pipeline import load, make_doc, sentences
from extract.records import Paper
from extract.roles import own_from, role_of
from extract.spans import read
from extract.training.judge import readings

LEXICON = (
    Entry("Task", "image classification", ()),
    Entry("Method", "Adam", ()),
    Entry("Dataset", "CIFAR-10", ()),
    Entry("Method", "vision-language model", ("VLM",)),
)


def found(text: str) -> list[tuple[str, str, str]]:
    """Surface, kind and name of every lexicon match."""
    doc = spacy.blank("en")(text)
    hits = gazetteer.find(doc, build_trie(LEXICON))
    return [(doc[h.start : h.end].text, h.kind, h.name) for h in hits]


def introduced(sentence: str) -> set[tuple[str, str]]:
    """Name and kind of everything a sentence introduces."""
    return {(sentence[i.start : i.end], i.kind) for i in introductions.in_sentence(sentence)}


def test_the_lexicon_matches_plural_hyphen_and_case_variants() -> None:
    """One entry covers the ways its name is written."""
    assert found("Vision language models and VLMs for Image Classification on CIFAR10.") == [
        ("Vision language models", "Method", "vision-language model"),
        ("VLMs", "Method", "vision-language model"),
        ("Image Classification", "Task", "image classification"),
        ("CIFAR10", "Dataset", "CIFAR-10"),
    ]


def test_an_ordinary_word_matches_only_with_its_capital() -> None:
    """`Adam` is the optimiser, `adam` is not."""
    assert found("trained with Adam, not adam") == [("Adam", "Method", "Adam")]


def test_a_match_does_not_cross_a_comma() -> None:
    """`image, classification` names no task."""
    assert found("an image, classification of which") == []


@pytest.mark.parametrize(
    ("sentence", "name", "kind"),
    [
        ("In this paper, we propose a new framework called ObjectSDF++ to overcome limits.", "ObjectSDF++", "Method"),
        ("We propose a new differentiable probabilistic model over DAGs (DP-DAG).", "DP-DAG", "Method"),
        ("This paper introduces AI-ArtBench, a dataset featuring paintings.", "AI-ArtBench", "Dataset"),
        ("We present a new self-supervised approach, SelfPose3d, for estimating poses.", "SelfPose3d", "Method"),
        ("We propose a representation calibration method RCAL.", "RCAL", "Method"),
        ("We study models which we call second-order regression models.", "second-order regression models", "Method"),
        ("To this end we introduce the Wasserstein dependency measure.", "Wasserstein dependency measure", "Metric"),
        ("The key idea is to introduce a soft selection layer, we show.", "soft selection layer", "Method"),
    ],
)
def test_an_introduced_name_is_found_with_its_kind(sentence: str, name: str, kind: str) -> None:
    """The ways in which papers name what is theirs."""
    assert (name, kind) in introduced(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "However, existing methods are slow and need a GPU.",
        "This so-called method is common.",
        "We propose a novel framework.",
    ],
)
def test_a_sentence_that_names_nothing_introduces_nothing(sentence: str) -> None:
    """No name, no introduction."""
    assert introduced(sentence) == set()


def test_a_title_gives_the_name_before_its_colon() -> None:
    """`ICON: ...` introduces ICON; a question does not."""
    assert [t.kind for t in introductions.in_title("ICON: Implicit Clothed humans", "")] == ["Method"]
    assert [t.kind for t in introductions.in_title("FooBar: A New Benchmark for Parsing", "")] == ["Dataset"]
    assert list(introductions.in_title("Is attention all you need?: A study", "")) == []


def test_a_cue_tells_the_kind_of_a_name() -> None:
    """Names after `on`, before `dataset`, after `outperforms`."""
    hits = {}
    sentence = "It outperforms FooNet on the BarSet and QuxBench datasets."
    for hit in names.by_cue(sentence):
        hits.setdefault(sentence[hit.start : hit.end], hit.kind)
    assert hits["FooNet"] == "Method"
    assert hits["BarSet"] == hits["QuxBench"] == "Dataset"


def test_a_sentence_ends_before_a_capital_also_without_a_blank() -> None:
    """`refinement.Our` are two sentences, `e.g. this` is one."""
    doc = sentences(spacy.blank("en")("We use refinement.Our method, e.g. this one, works. It does."))
    assert [s.text for s in doc.sents] == ["We use refinement.", "Our method, e.g. this one, works.", "It does."]


@pytest.mark.parametrize(
    ("before", "after", "role"),
    [
        ("Our method outperforms ", ".", "compares_with"),
        ("This is an extension of ", " to video.", "extends"),
        ("We train it using ", ".", "uses"),
        ("", " is common.", "uses"),
        (
            "It achieves 100% while existing baselines such as Transformer, Tree Transformer, ",
            ", and RNN fail.",
            "compares_with",
        ),
        ("We generate audio without the need for large ", ".", "compares_with"),
        ("We overcome the limitations of ", ".", "extends"),
        ("Starting from ", ", it improves.", "extends"),
        ("We develop a new ", " method.", "extends"),
        ("We propose a framework for parsing with ", ".", "uses"),
    ],
)
def test_the_role_of_a_method_is_read_from_the_words_around(before: str, after: str, role: str) -> None:
    """Compared, extended or used."""
    assert role_of("Method", before, after)[0] == role


def test_a_method_of_the_background_is_mentioned() -> None:
    """Before the first sentence about the paper itself a name is mentioned; in an abstract without one it is not."""
    texts = [(0, "LSTMs are popular."), (19, "In this paper, we use GRUs."), (46, "It works.")]
    assert own_from(texts) == 19 and own_from(texts[:1]) == 0
    assert role_of("Method", "Recent work uses ", ".", "background")[0] == "mentions"
    assert role_of("Method", "Robust Priors for ", "", "title")[0] == "extends"


def test_other_kinds_have_one_role_each() -> None:
    """A dataset is evaluated on, whatever stands before it."""
    assert role_of("Dataset", "outperforms ", "")[0] == "evaluates_on"


def test_a_proper_name_is_found_wherever_it_stands() -> None:
    """`RCAL works with` hides no place of RCAL, and capitals inside a long run of words make a candidate."""
    text = "We propose a method RCAL. RCAL works well. We add a Cosine Power Annealing step size schedule."
    nlp = load()
    doc = make_doc(nlp, Paper("A Title", text))
    for _, stage in nlp.pipeline:
        doc = stage(doc)
    forms = collect(doc, read(doc))
    assert len(forms["rcal"].places) == 2
    assert "cosine power annealing" in forms
    assert "edge=head ." in forms["rcal"].features


def test_the_judge_is_asked_what_it_was_taught() -> None:
    """A form has the same features in training as at run time, which leaves out some hopeless ones and no others."""
    row = {
        "title": "FooNet: A Fast Object Orderer for Point Clouds",
        "abstract": "Point clouds are hard to order (PCO). We propose FooNet, a graph neural network, and a loss "
        "for it. On datasets such as Shelf and Campus it beats PointNet++ by 3 % in mean average precision.",
    }
    nlp = load()
    doc = make_doc(nlp, Paper(row["title"], row["abstract"]))
    for _, stage in nlp.pipeline:
        doc = stage(doc)
    taught = readings([row], [None])[0].forms
    asked = collect(doc, read(doc))
    assert 0 < len(asked) < len(taught)
    for own, form in asked.items():
        assert form.features == taught[own].features and "bias" in form.features
    assert not any(form.found for own, form in taught.items() if own not in asked)


def test_malformed_places_are_no_forms() -> None:
    """What lost its blanks or a bracket is no name, whatever stage found it."""
    nlp = load()
    doc = make_doc(nlp, Paper("A Title", f"We propose {'Z' * 5000}, a method, and Avatars~(DELTA, which DELTA is."))
    for _, stage in nlp.pipeline:
        doc = stage(doc)
    layout = layout_of(doc)
    texts = {layout.slice(*place) for form in collect(doc, read(doc)).values() for place in form.places}
    assert max(map(len, texts)) < 200 and not any("(" in text for text in texts)
