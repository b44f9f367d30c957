"""Markup to plain text."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.readers.markup import plain_text

TEX = r"\documentclass[12pt]{minimal} \begin{document}$$\alpha$$\end{document}"
MATHML = '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mi>α</mml:mi></mml:math>'


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("H<sub>2</sub>O and <i>E. coli</i>", "H2O and E. coli"),
        ("H<inf>2</inf>O<SUP>+</SUP>", "H2O+"),
        ("<p>One.</p><p>Two.<br/>Three.</p>", "One. Two. Three."),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ('<a href="https://example.org/?a=1&amp;b=x>y">link</a>', "link"),
        ("<a href='x>link</a>", "link"),
        ("p < 0.05 and a<b", "p < 0.05 and a<b"),
        ("a <b and c> d", "a <b and c> d"),
        ("p &lt; 0.05, R&amp;D, &amp;lt;", "p < 0.05, R&D, &lt;"),
        ("AT&T &copy;&#x41;&nbsp;&unknown; &#0;", "AT&T ©A &unknown; \N{REPLACEMENT CHARACTER}"),
        ("&lt;i&gt;In vitro&lt;/i&gt; tests", "In vitro tests"),
        ("the <unk> and <mask> tokens", "the <unk> and <mask> tokens"),
        ("a<!-- hidden <b> -->b<script>x()</script>c", "abc"),
        ("<![CDATA[x < y]]>", "x < y"),
        ("  a\n\t b ", "a b"),
        ("", ""),
    ],
)
def test_markup_goes_and_text_stays(markup: str, text: str) -> None:
    """Tags go, blocks part words, entities are resolved once, and a bare `<` is a character."""
    assert plain_text(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<jats:title>Abstract</jats:title><jats:p>We prove it.</jats:p>", "We prove it."),
        ("<jats:sec>\n  <jats:title>ABSTRACT:</jats:title>\n <jats:p>We.</jats:p></jats:sec>", "We."),
        ("<jats:p><jats:bold>Abstract</jats:bold> We.</jats:p>", "We."),
        ("<jats:sec><jats:title>Aim</jats:title><jats:p>We.</jats:p></jats:sec>", "Aim We."),
        ("Abstract Interpretation of <i>Abstract</i> Machines", "Abstract Interpretation of Abstract Machines"),
    ],
)
def test_a_leading_heading_abstract_is_dropped(markup: str, text: str) -> None:
    """Only a heading is: the word stays where it is part of the text."""
    assert plain_text(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (f"an <jats:alternatives><jats:tex-math>{TEX}</jats:tex-math>{MATHML}</jats:alternatives> step", "an α step"),
        (f"an <jats:alternatives><jats:tex-math>{TEX}</jats:tex-math></jats:alternatives> step", r"an \alpha step"),
        ("<jats:tex-math>$x$</jats:tex-math> is", "x is"),
        ('<math alttext="x"><semantics><mi>x</mi><annotation>x</annotation></semantics></math>!', "x!"),
        ('<math alttext="x^2"></math>!', "x^2!"),
        ("<math><semantics><annotation>x^2</annotation></semantics></math>!", "x^2!"),
        ("<annotation>never closed", "never closed"),
    ],
)
def test_a_formula_is_read_once(markup: str, text: str) -> None:
    """Its own text counts, else its alternative text or its TeX."""
    assert plain_text(markup) == text


PIECES = [
    "<b>", "</b>", "<su", "b>", "<", ">", "&lt;", "&gt;", "&", ";", "<math>", "</math>", "<p ", "a='", '"', "<!--",
    "-->", "<jats:title>", "</jats:title>", "Abstract", "<tex-math>", "</tex-math>", "/>", "<![CDATA[",
]  # fmt: skip
TAGGED = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=30).map("".join)


@settings(max_examples=2_000, deadline=None)
@given(TAGGED)
def test_anything_becomes_text_without_tags(markup: str) -> None:
    """No known tag is left, no run of blanks, and nothing is raised."""
    text = plain_text(markup)
    assert not re.search(r"</?(?:b|sub|p|math|tex-math|jats:title)\s*/?>", text)
    assert text == " ".join(text.split())


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<b",
        "<b ",
        "<b a='",
        "<!--",
        "<![CDATA[",
        "&",
        "<math>",
        "<math>a",
        "<sec>",
        "<sec ",
        "<tex-math>",
        "a:",
        " ",
    ],
)
def test_hostile_markup_takes_linear_time(piece: str) -> None:
    """A hundred thousand openings, with nothing or all of them closed, are read in a moment."""
    start = time.perf_counter()
    plain_text(piece * 50_000)
    plain_text(piece * 25_000 + "</math>" * 25_000)
    plain_text("<b" + piece * 50_000)
    assert time.perf_counter() - start < 5
