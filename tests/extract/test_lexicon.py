"""The lexicon's files: one entry a line, sorted, every form once, plain text."""

import re
from collections import Counter

import pytest

from extract.gazetteer import fold_word, parts
from extract.lexicon import DATA, FILES, NOTHING, TERMS, entries, lines, term_entries, terms
from extract.training.mine_lexicon import count, fold

MARKUP = re.compile(r"[\\{}$<>\"\t]|https?:")
AMBIGUOUS = ("SSL", "LDA", "SAM", "BN", "DP", "PE")
TOO_GENERIC = ("deep learning", "machine learning", "neural network", "deep neural network", "model", "framework")


def folded(form: str) -> str:
    """A form as the gazetteer matches it."""
    return " ".join(fold_word(w) for w in parts(form))


@pytest.mark.parametrize("file", FILES.values())
def test_lines_are_sorted(file: str) -> None:
    """Entries stand in alphabetical order, so that a change is one line of a diff."""
    found = list(lines(file))
    assert found == sorted(found, key=lambda line: (line.casefold(), line))


@pytest.mark.parametrize("file", FILES.values())
def test_lines_are_plain_text(file: str) -> None:
    """No markup, no doubled blanks, no empty forms; a comment line opens the file."""
    assert (DATA / file).read_text(encoding="utf-8").startswith("# ")
    for line in lines(file):
        assert not MARKUP.search(line), line
        assert line == " ".join(line.split()), line
        assert all(folded(form) for form in line.split(" | ")), line


def test_every_form_stands_once() -> None:
    """No form is repeated: not within an entry, not across entries, not across kinds."""
    counts = Counter(folded(form) for e in entries() for form in (e.name, *e.aliases))
    assert [form for form, n in counts.items() if n > 1] == []


def test_ambiguous_acronyms_are_left_out() -> None:
    """An acronym of several established long forms is no entry and no alias."""
    forms = {form for e in entries() for form in (e.name, *e.aliases)}
    assert not forms & set(AMBIGUOUS)


def test_generic_words_are_left_out() -> None:
    """What the annotation guide calls too generic is no entry."""
    forms = {folded(form) for e in entries() for form in (e.name, *e.aliases)}
    assert not forms & set(TOO_GENERIC)


@pytest.mark.parametrize(
    ("kind", "least"), [("Method", 1500), ("Dataset", 900), ("Task", 800), ("Metric", 200), ("Concept", 1000)]
)
def test_every_kind_is_covered(kind: str, least: int) -> None:
    """The lexicon holds the common names of each kind."""
    assert sum(e.kind == kind for e in entries()) >= least


@pytest.mark.parametrize(
    ("form", "name", "kind"),
    [
        ("VAE", "variational autoencoder", "Method"),
        ("CIFAR10", "CIFAR-10", "Dataset"),
        ("NER", "named entity recognition", "Task"),
        ("mIoU", "mean intersection over union", "Metric"),
        ("NTK", "neural tangent kernel", "Concept"),
    ],
)
def test_a_short_form_leads_to_its_name(form: str, name: str, kind: str) -> None:
    """An alias belongs to the entry of its long form."""
    owner = next(e for e in entries() if form in (e.name, *e.aliases))
    assert (owner.name, owner.kind) == (name, kind)


def paper(abstract: str, **named: list[str]) -> dict[str, object]:
    """An annotated paper that names the given surfaces."""
    empty: dict[str, list[object]] = {k: [] for k in ("methods", "datasets", "tasks", "metrics", "concepts")}
    lists = {k: [{"name": m, "mentions": [m]} for m in surfaces] for k, surfaces in named.items()}
    return {"title": "A title", "abstract": abstract, **empty, **lists}


def test_mining_counts_papers_that_name_a_form_and_papers_that_only_hold_it() -> None:
    """A form inside a longer annotated mention is not counted against its precision."""
    rows = [
        paper("We use random walks.", methods=["random walks"]),
        paper("A random walk of the robot.", tasks=["exploration"]),
        paper("We propose lazy random walk sampling.", methods=["lazy random walk sampling"]),
    ]
    found = count(rows)[fold("random walk")]
    assert (found.kind, found.named["Method"], found.held) == ("Method", 1, 2)


def test_terms_are_sorted_plain_and_no_entry_twice() -> None:
    """Each section of the terms is sorted, no term stands twice or in the lexicon, and none carries markup."""
    counts = Counter(folded(form) for e in entries() for form in (e.name, *e.aliases))
    for section, held in terms().items():
        assert section == NOTHING or section.removesuffix("?") in FILES
        assert list(held) == sorted(held, key=lambda term: (term.casefold(), term))
        assert not any(MARKUP.search(term) for term in held)
        counts.update(map(folded, held))
    assert [form for form, n in counts.items() if n > 1] == []
    assert (DATA / TERMS).read_text(encoding="utf-8").startswith("# ")


def test_doubtful_terms_are_told_from_sure_ones() -> None:
    """`Task?` gives doubtful tasks; what is nothing is no entry."""
    cues = {e.cue for e in term_entries()}
    assert cues == {"term", "doubtful"} and {e.kind for e in term_entries()} == set(FILES)
    assert len(term_entries()) == sum(map(len, terms().values())) - len(terms()[NOTHING])
