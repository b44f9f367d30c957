"""Canonicalisation: which mentions become one entity."""

import math
from collections.abc import Iterable

import polars as pl
import pytest

from kb.acronyms import kin
from kb.aliases import AliasFile
from kb.canonical import Canonical, canonicalise, slug
from kb.tables import ENTITIES, MENTIONS, frame

Row = tuple[str, str, str]


def mentions(rows: Iterable[tuple[str, ...]]) -> pl.DataFrame:
    """Mentions from (paper, kind, text[, name[, role]]) rows."""
    schema = {c: t for c, t in MENTIONS.items() if c != "entity"}
    made = []
    for paper, kind, text, *more in rows:
        name = more[0] if more else text
        role = more[1] if len(more) > 1 else "uses"
        span = {"start": 0, "end": len(text), "sentence_start": 0, "sentence_end": len(text)}
        ids = {"paper": paper, "kind": kind, "role": role, "text": text, "name": name, "field": "title"}
        made.append({**ids, **span, "stage": "names", "cue": "", "score": 1.0})
    return pl.DataFrame(made, schema=schema, orient="row")


def canonical(
    rows: Iterable[tuple[str, ...]], defined: Iterable[Row] = (), papers: int = 10, aliases: str = ""
) -> Canonical:
    """Canonicalise rows, with definitions (paper, short, long)."""
    definitions = frame("definitions", [(p, s, long, f"{long} ({s})") for p, s, long in defined])
    return canonicalise(mentions(rows), definitions, papers=papers, aliases=AliasFile.parse(aliases))


def groups(made: Canonical) -> set[frozenset[str]]:
    """The surface forms of each entity."""
    return {frozenset(aliases) for aliases in made.entities["aliases"].to_list()}


def test_spellings_become_one_entity_and_siblings_do_not() -> None:
    """Folding joins; digits keep apart."""
    made = canonical(
        [("p1", "Dataset", "CIFAR-10"), ("p2", "Dataset", "the CIFAR10 dataset"), ("p3", "Dataset", "CIFAR-100")]
    )
    assert groups(made) == {frozenset({"CIFAR-10", "the CIFAR10 dataset"}), frozenset({"CIFAR-100"})}
    assert made.entities["id"].to_list() == ["dataset:cifar-10", "dataset:cifar-100"]
    assert made.mentions["entity"].to_list() == ["dataset:cifar-10", "dataset:cifar-10", "dataset:cifar-100"]


def test_entities_are_counted() -> None:
    """Papers, mentions and idf = ln(1 + size / papers that name it), in tenths."""
    made = canonical([("p1", "Task", "parsing"), ("p1", "Task", "Parsing"), ("p2", "Task", "parsing")], papers=8)
    row = made.entities.row(0, named=True)
    assert list(row) == list(ENTITIES)
    assert (row["name"], row["aliases"], row["papers"], row["mentions"]) == ("parsing", ["parsing", "Parsing"], 2, 3)
    assert row["idf"] == round(math.log(5), 1)


def test_a_paper_more_or_less_shifts_no_idf() -> None:
    """The corpus counts in powers of two: else one paper less would change every edge, and a load write them all."""
    rows = [("p1", "Task", "parsing"), ("p2", "Task", "tagging")]
    tables = [canonical(rows, papers=papers).entities for papers in (5, 7, 8)]
    assert tables[0].equals(tables[1]) and tables[1].equals(tables[2])
    assert not tables[2].equals(canonical(rows, papers=9).entities)


def test_a_bare_acronym_joins_the_long_form_that_others_define() -> None:
    """The corpus defines NAS; a paper that only says NAS means the same."""
    rows = [("p1", "Task", "neural architecture search"), ("p2", "Task", "NAS"), ("p3", "Task", "the NAS problem")]
    made = canonical(rows, [("p1", "NAS", "neural architecture search")])
    assert len(made.entities) == 1
    assert made.acronyms.row(0, named=True) | {"sentence": ""} == {
        "acronym": "NAS", "long": "neural architecture search", "papers": 1, "joined": True,
        "reason": "1 of 1 defining papers agree", "sentence": "",
    }  # fmt: skip


def test_an_ambiguous_acronym_stays_an_entity_of_its_own() -> None:
    """SSL is two things in this corpus: neither gets the bare uses, and the report says why."""
    rows = [
        ("p1", "Method", "SSL", "self-supervised learning"),
        ("p2", "Method", "SSL", "semi-supervised learning"),
        ("p3", "Method", "SSL"),
    ]
    made = canonical(rows, [("p1", "SSL", "self-supervised learning"), ("p2", "SSL", "semi-supervised learning")])
    assert len(made.entities) == 3
    assert set(made.acronyms["joined"]) == {False}
    assert made.acronyms["reason"][0].startswith(
        "ambiguous: self-supervised learning (1), semi-supervised learning (1)"
    )


def test_a_rare_second_meaning_does_not_block_the_first() -> None:
    """Twelve papers against one: a slip or a nonce word; two letters need more."""
    many = [(f"p{i}", "HMM", "hidden Markov model") for i in range(12)]
    rows = [("q", "Method", "HMM"), ("r", "Method", "hidden Markov models")]
    assert len(canonical(rows, [*many, ("x", "HMM", "hybrid mixture model")]).entities) == 1
    few = [(f"p{i}", "BO", "Bayesian optimization") for i in range(5)]
    rows = [("q", "Method", "BO"), ("r", "Method", "Bayesian optimization")]
    assert len(canonical(rows, [*few, ("x", "BO", "bilevel optimization")]).entities) == 2


def test_an_acronym_does_not_swallow_a_name_that_another_paper_introduces() -> None:
    """SAM is an optimiser in one paper and the model that another introduces."""
    rows = [
        ("p1", "Method", "sharpness-aware minimization"),
        ("p1", "Method", "SAM", "sharpness-aware minimization"),
        ("p2", "Method", "SAM", "SAM", "introduces"),
    ]
    made = canonical(rows, [("p1", "SAM", "sharpness-aware minimization")])
    assert len(made.entities) == 2
    assert "introduced as a name of its own" in made.acronyms["reason"][0]


def test_a_lower_case_word_is_no_acronym() -> None:
    """MAP joins maximum a posteriori; a map is a map."""
    rows = [("p1", "Concept", "maximum a posteriori"), ("p2", "Concept", "MAP"), ("p3", "Concept", "map")]
    made = canonical(rows, [("p1", "MAP", "maximum a posteriori")])
    assert groups(made) == {frozenset({"maximum a posteriori", "MAP"}), frozenset({"map"})}


def test_digits_of_the_long_form_stand_in_the_short_one() -> None:
    """`Qwen2 (Qwen)` does not make every Qwen a Qwen2."""
    made = canonical([("p1", "Method", "wave2 encoder"), ("p2", "Method", "WE")], [("p1", "WE", "wave2 encoder")])
    assert len(made.entities) == 2 and "digits" in made.acronyms["reason"][0]


def test_spellings_of_one_long_form_meet_by_their_acronym() -> None:
    """`neural architectural search (NAS)` is the NAS of the others."""
    rows = [("p1", "Task", "neural architecture search"), ("p2", "Task", "neural architectural search")]
    defined = [("p1", "NAS", "neural architecture search"), ("p2", "NAS", "neural architectural search")]
    assert len(canonical(rows, defined).entities) == 1
    assert len(canonical(rows).entities) == 2


def test_a_name_in_capitals_is_no_plural() -> None:
    """DARTS and DART are two methods, Darts is the first; LLMs is a plural."""
    rows = [(f"p{i}", "Method", name) for i, name in enumerate(("DARTS", "DART", "Darts", "LLMs", "LLM"))]
    assert groups(canonical(rows)) == {frozenset({"DARTS", "Darts"}), frozenset({"DART"}), frozenset({"LLM", "LLMs"})}


def test_words_in_another_order_meet_where_order_says_nothing() -> None:
    """Three words, one head, no preposition, no pair of media."""
    rows = [
        ("p1", "Task", "intrinsic image decomposition"), ("p2", "Task", "image intrinsic decomposition"),
        ("p3", "Task", "sim to real"), ("p4", "Task", "real to sim"),
        ("p5", "Task", "text image generation"), ("p6", "Task", "image text generation"),
    ]  # fmt: skip
    assert len(canonical(rows).entities) == 5


def test_kinds_are_kept_apart_unless_nearly_all_papers_agree() -> None:
    """A slip of the extractor follows the majority; a real split stays."""
    rows = [(f"p{i}", "Task", "semantic segmentation") for i in range(9)] + [("q", "Method", "semantic segmentation")]
    assert canonical(rows).entities["id"].to_list() == ["task:semantic-segmentation"]
    rows = [(f"p{i}", "Task", "clustering") for i in range(3)] + [(f"q{i}", "Method", "clustering") for i in range(3)]
    assert canonical(rows).entities["id"].to_list() == ["method:clustering", "task:clustering"]


def test_the_synonyms_of_the_field_meet() -> None:
    """The alias file that ships with the program is applied before the user's."""
    made = canonical([("p1", "Dataset", "COCO"), ("p2", "Dataset", "Microsoft COCO"), ("p3", "Dataset", "MS-COCO")])
    assert len(made.entities) == 1


def test_a_synonym_yields_to_what_the_corpus_says() -> None:
    """Where the papers say that an acronym means something else, the shipped line is not applied."""
    rows = [("p1", "Concept", "MDP"), ("p2", "Concept", "Markov decision process")]
    assert len(canonical(rows).entities) == 1
    assert len(canonical(rows, [("p3", "MDP", "mean delay penalty")]).entities) == 2


def test_the_user_has_the_last_word() -> None:
    """`same` joins across kinds, `apart` undoes folding and shipped synonyms."""
    rows = [("p1", "Method", "Foo"), ("p2", "Task", "Barbaz"), ("p3", "Dataset", "COCO"), ("p4", "Dataset", "MS COCO")]
    made = canonical(rows, aliases="same: Foo = Barbaz\napart: COCO = MS COCO")
    assert groups(made) == {frozenset({"Foo", "Barbaz"}), frozenset({"COCO"}), frozenset({"MS COCO"})}
    rows = [("p1", "Method", "Sub-Net"), ("p2", "Method", "SubNet")]
    assert len(canonical(rows).entities) == 1
    assert len(canonical(rows, aliases="apart: Sub-Net = SubNet").entities) == 2


def test_a_line_parts_a_short_form_from_its_long_form() -> None:
    """`apart` wins over the corpus, for bare uses and where a paper defines the form; the record keeps its names."""
    rows = [
        ("p1", "Method", "sharpness-aware minimization"),
        ("p1", "Method", "SAM", "sharpness-aware minimization"),
        ("p2", "Method", "SAM"),
    ]
    defined = [("p1", "SAM", "sharpness-aware minimization")]
    assert len(canonical(rows, defined).entities) == 1
    for line in ("SAM = sharpness-aware minimization", "method: Sharpness-Aware Minimization = sam"):
        made = canonical(rows, defined, aliases=f"apart: {line}")
        assert groups(made) == {frozenset({"SAM"}), frozenset({"sharpness-aware minimization"})}
        assert made.mentions["name"].to_list() == [row[-1] for row in rows]
    assert len(canonical(rows, defined, aliases="apart: task: SAM = sharpness-aware minimization").entities) == 1


def test_a_line_knows_a_thing_by_any_of_its_names() -> None:
    """By the surface form where the name is the long form; by what is named so where there is such a thing."""
    rows = [("p1", "Method", "RARTX", "relaxed xarchitecture search"), ("p2", "Method", "DARTX")]
    assert len(canonical(rows, aliases="same: DARTX = RARTX").entities) == 1
    assert len(canonical(rows, aliases="same: method: rartx = DARTX").entities) == 1
    assert len(canonical(rows, aliases="same: relaxed xarchitecture search = DARTX").entities) == 1
    two = [("p1", "Method", "SAX", "some axe"), ("p2", "Method", "SAX", "sorted axis"), ("p3", "Method", "Foo")]
    assert len(canonical(two, aliases="same: SAX = sorted axis").entities) == 3
    assert len(canonical([*two, ("p4", "Method", "SAX")], aliases="same: SAX = Foo").entities) == 3


@pytest.mark.parametrize(
    ("long", "other", "same"),
    [
        ("neural architecture search", "neural archtecture search", True),
        ("reinforcement learning", "deep reinforcement learning", True),
        ("supervised learning", "unsupervised learning", False),
        ("supervised learning", "semi-supervised learning", False),
        ("macro average", "micro average", False),
        ("directed graph", "undirected graph", False),
        ("symmetric network", "asymmetric network", False),
        ("conditional generation", "unconditional generation", False),
    ],
)
def test_a_long_form_is_misspelt_by_a_letter_only(long: str, other: str, same: bool) -> None:
    """What a prefix or the beginning of a word tells apart is another sense."""
    assert kin(long, other) is kin(other, long) is same


def test_names_are_singular_clean_and_long_unless_the_short_form_is_the_known_one() -> None:
    """The caption of an entity."""
    rows = [(f"p{i}", "Method", "diffusion models") for i in range(3)] + [("q", "Method", "diffusion model")]
    assert canonical(rows).entities["name"].to_list() == ["diffusion model"]
    rows = [("p", "Method", "ABX-Net", "alpha beta net", "introduces"), ("p", "Method", "alpha beta net")]
    assert canonical(rows, [("p", "ABX", "alpha beta net")]).entities["name"].to_list() == ["ABX-Net"]
    rows = [("p", "Method", "k-means"), ("q", "Method", "$k$-means"), ("r", "Method", "$k$-means")]
    assert canonical(rows).entities["name"].to_list() == ["k-means"]


def test_ids_are_readable_and_unique() -> None:
    """Marks are spelt out; names that share a slug carry a hash."""
    assert [slug(n) for n in ("A*", "Hits@1", "C++", "GPT-3.5", "Padé")] == [
        "a-star",
        "hits-at-1",
        "c++",
        "gpt-3.5",
        "pade",
    ]
    assert slug("视觉").isascii() and len(slug("x y " * 99)) < 80
    made = canonical([("p1", "Method", "VGG-S"), ("p2", "Method", "VGG S'"), ("p3", "Method", "§ VGG-S")])
    assert made.entities["id"].n_unique() == len(made.entities)


def test_the_order_of_rows_does_not_matter() -> None:
    """Shuffled mentions and definitions give the same entities."""
    rows = [
        (f"p{i % 7}", "Method", name)
        for i, name in enumerate(["GAN", "GANs", "AB-C", "ABC", "A B C", "VAE", "x y z", "y x z"] * 2)
    ]
    defined = [
        ("p1", "GAN", "generative adversarial network"),
        ("p2", "GAN", "generative adversarial net"),
        ("p3", "VAE", "value at exit"),
    ]
    made = canonical(rows, defined)
    assert canonical(rows[::-1], defined[::-1]).entities.equals(made.entities)


def test_no_mentions_give_no_entities() -> None:
    """An empty corpus is fine."""
    made = canonical([])
    assert len(made.entities) == len(made.mentions) == len(made.acronyms) == 0
