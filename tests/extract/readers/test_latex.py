"""LaTeX to text, and names to the order they are spoken in."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.readers.latex import latex_text, unescaped
from extract.readers.people import given_first, orcids


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"Plain text", "Plain text"),
        (r"{\"U}ber \'etudes, na{\"\i}ve, {\'\i}, {\c c}a, Erd{\H o}s, \v{S}koda, \r{A}", "Über étude"),
        (r"{\O}rsted \o rsted {\ss} {\L}{\'o}d{\'z} \aa", "Ørsted ørsted ß Łódź å"),
        (r"The {BERT} of {{\textsc{Deep} Nets}}", "The BERT of Deep Nets"),
        (r"\emph{a \textbf{b}} {\it c} \texttt{d_e}", "a b c d_e"),
        (r"\emph{a} {B} \textsc{d}{E} \textcolor{red}{f} \foo {g} {h}", "a B dE f g h"),
        (r"\unknown{kept} and \unknown[x]{also {kept}}{this too}", "kept and "),
        (r"50\% \& \$5 \_ \# \{x\} a~b", "50% & $5 _ # {x} a b"),
        (r"50% & 3 # 4 at $5", "50% & 3 # 4 at $5"),
        (r"{$x^{2}_i$} and \(a_{1}\) and $$\frac{a}{b}$$", r"$x^{2}_i$ and \(a_{1}\) and $$\frac{a}{b}$$"),
        (r"\emph{of $O(\log n)$ time}", r"of $O(\log n)$ time"),
        (r"``quoted'' -- and --- so on", "“quoted” – and — so on"),
        (r"\textless{}i\textgreater{} \LaTeX{} H\textsubscript{2}O", "<i> LaTeX H2O"),
        (r"\ensuremath{\alpha} \href{http://x.y}{z} \url{http://z}", "α z http://z"),
        (r"\noopsort{1973b}A, soft\-hyphen", "A, softhyphen"),
        ("unbalanced {brace and \\emph{open", "unbalanced brace and open"),
        ("ends in \\", "ends in \\"),
    ],
)  # fmt: skip
def test_latex_becomes_text(latex: str, text: str) -> None:
    """Accents, symbols and markup go, mathematics and the arguments of unknown macros stay."""
    assert latex_text(latex).startswith(text)


@given(st.text(st.sampled_from("\\{}$~`'\"^a_%&#-[]( )\n"), max_size=60))
def test_no_latex_breaks_it(latex: str) -> None:
    """Any text gives a text, of letters all that were outside of macros."""
    assert isinstance(latex_text(latex), str)
    assert isinstance(unescaped(latex), str)


@pytest.mark.parametrize("piece", ["{", "\\a{", "\\emph{a", "$", "\\(", "{\\", "\\'", "\\a{}", "{}", "\\a "])
def test_repetition_does_not_slow_it_down(piece: str) -> None:
    """A hundred thousand characters of one kind take seconds at most."""
    start = time.process_time()
    latex_text(piece * (100_000 // len(piece)))
    assert time.process_time() - start < 5


def test_an_address_loses_its_escapes_only() -> None:
    """Dashes and tildes stay: they are part of it."""
    assert unescaped(r"10.1007/978--3\_1") == "10.1007/978--3_1"
    assert unescaped(r"\url{http://x.org/{\textasciitilde}me\%20}") == "http://x.org/~me%20"


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("Lovelace, Ada", "Ada Lovelace"),
        ("von Neumann, John", "John von Neumann"),
        ("King, Jr., Martin Luther", "Martin Luther King Jr."),
        ("King, Martin Luther, Jr.", "Martin Luther King Jr."),
        ("Gates, IV, Bill", "Bill Gates IV"),
        ("Smith, V", "V Smith"),
        ("Ada Lovelace", "Ada Lovelace"),
        ("Ada Lovelace, Jr", "Ada Lovelace Jr"),
        ("Consortium,", "Consortium"),
        (", ", ""),
    ],
)
def test_given_names_come_first(name: str, spoken: str) -> None:
    """A suffix stays last; a name without a comma stays as it is."""
    assert given_first(name) == spoken


def test_an_orcid_goes_to_the_one_author_it_fits() -> None:
    """By family name and first letter; not where two authors fit."""
    told = "Lovelace, A./0000-0002-1825-0097; Doe, Jane/0000-0001-5109-370x; Else/0000-0001-2345-6789"
    assert orcids(["Ada Lovelace", "Jane Doe", "John Doe"], told) == ["orcid:0000-0002-1825-0097", "", ""]
    assert orcids([], told) == []
