"""The whole extractor: offsets, consistency, determinism, and quality on the golden annotation."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from extract.pipeline import extract
from extract.readers import read_source
from extract.records import KINDS, ROLES, Paper
from extract.workers import extract_batch

ROOT = Path(__file__).parents[2]
PAPER = Paper(
    "FooNet: Faster Image Classification with Sparse Attention",
    "Image classification is costly. We propose FooNet, a novel sparse attention network (SAN) for image "
    "classification. FooNet outperforms ResNet-50 on ImageNet and CIFAR-10. FooNet is fast.",
    id="paper:foonet",
)


def by_text(paper: Paper) -> dict[str, tuple[str, str]]:
    """Surface form -> kind and role."""
    return {m.text: (m.kind, m.role) for m in extract(paper).mentions}


def test_a_paper_gives_its_names_with_kind_and_role() -> None:
    """What it introduces, compares with, evaluates on and addresses."""
    got = by_text(PAPER)
    assert got["FooNet"] == ("Method", "introduces")
    assert got["ResNet-50"] == ("Method", "compares_with")
    assert got["ImageNet"] == got["CIFAR-10"] == ("Dataset", "evaluates_on")
    assert got["Image Classification"] == ("Task", "addresses")


@pytest.mark.parametrize("notice", ["Erratum", "Author Correction", "Retracted article", "Part II", "Reply", "Poster"])
def test_the_kind_of_a_notice_is_no_name(notice: str) -> None:
    """It stands before a colon, where a title puts what it introduces."""
    assert notice not in by_text(Paper(f"{notice}: Sparse attention for image classification", PAPER.abstract))


def test_a_name_is_found_in_every_place() -> None:
    """Title, and each sentence of the abstract."""
    assert sum(m.text == "FooNet" for m in extract(PAPER).mentions) == 4


def test_a_definition_is_kept_with_its_sentence() -> None:
    """Abbreviations are what acronyms are joined by over the corpus."""
    (definition,) = extract(PAPER).definitions
    assert (definition.short, definition.long) == ("SAN", "sparse attention network")
    assert definition.sentence.startswith("We propose FooNet")


NAMES = st.sampled_from(
    ["ImageNet", "GPT-4", "$^2$", "(ABC)", "we propose Foo", "the Bar dataset", "\n", "e.g.", "'s", "—"]
)
TEXT = st.lists(NAMES | st.text(max_size=12), max_size=25).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(TEXT, TEXT)
@example(";;:0", "")  # a title with nothing before its colon
def test_every_mention_of_any_text_stands_where_it_says(title: str, abstract: str) -> None:
    """text == field[start:end], inside its sentence, with a known kind, role and a probability."""
    paper = Paper(title, abstract, id="p")
    taken: set[tuple[str, int]] = set()
    for m in extract(paper).mentions:
        field = getattr(paper, m.field)
        assert field[m.start : m.end] == m.text != ""
        assert 0 <= m.sentence_start <= m.start < m.end <= m.sentence_end <= len(field)
        assert m.kind in KINDS
        assert m.role in ROLES
        assert 0 < m.score <= 1
        cells = {(m.field, i) for i in range(m.start, m.end)}
        assert not cells & taken
        taken |= cells


def test_the_seeds_give_the_same_mentions_under_another_hash_seed() -> None:
    """Nothing hangs on the order of a set."""
    code = (
        "from extract.readers import read_source; from extract.workers import extract_batch; from pathlib import Path;"
        "import hashlib; p = list(read_source(Path('seeds/000_00803d0310070706.txt')));"
        "print(hashlib.sha256(repr(extract_batch(p)).encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(runs) == 1


def test_a_batch_comes_back_as_columns() -> None:
    """Workers ship one list a column, in the order of the fields."""
    mentions, definitions = extract_batch([PAPER])
    assert set(mentions[0]) == {"paper:foonet"}
    assert definitions[1] == ["SAN"]


def test_text_without_names_gives_none() -> None:
    """Another script, or nothing at all."""
    assert extract(Paper("深度学习", "我们提出一种新的方法。", id="p")).mentions == ()
    assert extract(Paper("", "", id="p")).mentions == ()


@pytest.mark.parametrize("size", [10_000, 90_000])
def test_a_long_text_is_read_whole(size: int) -> None:
    """A name at the end of a very long abstract is found."""
    abstract = "This is a filler sentence. " * (size // 27) + "We evaluate on ImageNet."
    assert any(m.text == "ImageNet" for m in extract(Paper("Long", abstract, id="p")).mentions)


def test_the_golden_annotation_covers_seed_papers() -> None:
    """Every annotated title is a seed paper."""
    titles = {p.title for f in (ROOT / "seeds").glob("*.txt") for p in read_source(f) if isinstance(p, Paper)}
    lines = (ROOT / "tests/golden/seeds_dev.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["title"] for line in lines} <= titles
