"""Abbreviations: Schwartz & Hearst, both ways round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.abbreviations import find_pairs, in_title


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("We use signed distance functions (SDFs) here.", "SDFs", "signed distance functions"),
        ("We propose PRIME (Process Reinforcement through IMplicit rEwards).", "PRIME", None),
        ("the closest surface-point (CSP) representation", "CSP", "closest surface-point"),
        ("In this work, reinforcement learning from human feedback (RLHF; see below)", "RLHF", None),
        ("Our Molecular Out-Of-distribution Diffusion(MOOD) model", "MOOD", "Molecular Out-Of-distribution Diffusion"),
        ("eigenvalue-corrected Kronecker-factored approximate curvature (EK-FAC)", "EK-FAC", None),
    ],
)
def test_a_definition_is_found_with_its_offsets(text: str, short: str, long: str | None) -> None:
    """The short form, and the long form back to the word that begins it."""
    (pair,) = find_pairs(text)
    assert pair.short == short
    assert text[pair.short_start : pair.short_end] == pair.short
    assert text[pair.long_start : pair.long_end] == pair.long
    if long:
        assert pair.long == long


@pytest.mark.parametrize(
    "text",
    [
        "as shown before (left) and after (right)",
        "presented in Paris (2019) by the authors",
        "a small improvement (e.g. of speed)",
        "we evaluate on three datasets (ImageNet)",
        "nothing before (ABC",
    ],
)
def test_a_bracket_that_abbreviates_nothing_is_left_alone(text: str) -> None:
    """Asides, years and lists are no definitions."""
    assert list(find_pairs(text)) == []


@given(st.text(max_size=300))
def test_any_text_gives_pairs_that_stand_in_it(text: str) -> None:
    """Whatever the text, offsets point at what they say, and nothing is raised."""
    for pair in find_pairs(text):
        assert text[pair.short_start : pair.short_end] == pair.short
        assert text[pair.long_start : pair.long_end] == pair.long


@pytest.mark.parametrize(
    ("title", "long"),
    [
        ("HNeRV: A Hybrid Neural Representation for Videos", "Hybrid Neural Representation for Videos"),
        ("ICON: Implicit Clothed humans Obtained from Normals", "Implicit Clothed humans Obtained from Normals"),
        ("NAISR: A 3D Neural Additive Model for Interpretable Shape Representation",
         "Neural Additive Model for Interpretable Shape Representation"),
        ("CAMP: Cross-Modal Adaptive Message Passing for Text-Image Retrieval", "Cross-Modal Adaptive Message Passing"),
        ("CLEAR: Conv-Like Linearization Revs Pre-Trained Diffusion Transformers Up", None),
        ("X-Dancer: Expressive Music to Human Dance Video Generation", None),
        ("Vision: a new look", None),
        ("NAS: N", None),
        (": A B C", None),
    ],
)  # fmt: skip
def test_a_title_spells_the_name_it_begins_with(title: str, long: str | None) -> None:
    """The name before the colon stands for the words after it, up to a preposition that they can do without."""
    found = in_title(title)
    assert (found.long if found else None) == long
    if found:
        assert title[found.long_start : found.long_end] == found.long and found.short_start == 0
