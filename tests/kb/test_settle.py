"""Which records are one paper, and the ids papers get."""

from dataclasses import replace
from itertools import permutations

from extract.readers.fields import compose
from extract.records import Paper
from kb.aliases import AliasFile
from kb.identity import slug
from kb.settle import settle

ICON = Paper("ICON: Implicit Clothed humans", "We propose ICON for avatars.", sources=("a.txt:3",))


def test_an_identical_paper_is_one_that_remembers_every_source_in_order() -> None:
    """Seen three times, kept once; lines sort as numbers."""
    (paper,) = settle([replace(ICON, sources=(s,)) for s in ("b.txt:9", "a.txt:10", "a.txt:9")]).papers
    assert paper.sources == ("a.txt:9", "a.txt:10", "b.txt:9")
    assert paper.id == "paper:icon-implicit-clothed-humans"


def test_the_outcome_does_not_depend_on_the_order_of_records() -> None:
    """Versions of one abstract and a namesake, in every order."""
    longer = replace(ICON, abstract=ICON.abstract + " More.", year=2022, sources=("b.txt:1",))
    other = replace(ICON, abstract="Desktop pictures through the ages, a history.", sources=("c.txt:1",))
    outcomes = {tuple(settle(order).papers) for order in permutations([ICON, longer, other])}
    assert len(outcomes) == 1
    one, two = outcomes.pop()
    assert {one.abstract, two.abstract} == {longer.abstract, other.abstract}
    assert one.id != two.id


def test_an_own_id_wins_over_the_title() -> None:
    """Two ids, one title: two papers; one id, two titles: one paper."""
    assert len(settle([replace(ICON, id="1"), replace(ICON, id="2")]).papers) == 2
    (paper,) = settle([replace(ICON, id="1"), replace(ICON, id="1", title="ICON", year=2021)]).papers
    assert (paper.id, paper.year) == ("paper:1", 2021)


def test_an_id_that_different_papers_share_is_none() -> None:
    """`cvpr2016:None` in every row of a table must not melt a conference into one paper."""
    other = Paper("Deep Residual Learning", "Deeper neural networks are harder to train.", id="cvpr2016:None")
    papers = settle([replace(ICON, id="cvpr2016:None"), other]).papers
    assert [p.id for p in papers] == ["paper:deep-residual-learning", "paper:icon-implicit-clothed-humans"]


def test_a_title_that_leaves_no_ascii_still_has_a_readable_unique_id() -> None:
    """A hash stands in for what a slug cannot show."""
    assert slug("深度学习") != slug("强化学习")
    assert len(slug("word " * 100)) < 90
    assert slug("Pad\\'e Activation") == "pad-e-activation"


def test_no_paper_is_lost_where_slugs_clash() -> None:
    """Titles that differ in Greek letters alone, over one placeholder."""
    titles = [f"{letter}-divergence methods" for letter in "αβγδ"]
    papers = settle([Paper(t, "No abstract available.") for t in titles]).papers
    assert sorted(p.title for p in papers) == titles
    assert len({p.id for p in papers}) == 4


def test_a_record_without_an_id_joins_the_paper_that_has_one() -> None:
    """The same page and a table with arXiv ids: one paper, both sources."""
    (paper,) = settle([ICON, replace(ICON, arxiv="2112.09127", sources=("b.csv:2",))]).papers
    assert (paper.id, paper.sources) == ("paper:2112.09127", ("a.txt:3", "b.csv:2"))


GRAPHS = Paper("Growing graphs of scientific papers", "We grow graphs of papers and count what cites what in them.")


def test_an_identifier_that_is_nobodys_does_not_part_what_others_join() -> None:
    """A volume's DOI on a stranger: the two records of one PubMed id are still compared as one paper."""
    one = replace(GRAPHS, doi="10.1000/vol", ids=("pmid:7",), sources=("a:1",))
    two = replace(GRAPHS, arxiv="2101.00001", ids=("pmid:7",), sources=("b:1",))
    other = replace(GRAPHS, arxiv="2202.00002", sources=("c:1",))
    stranger = Paper(
        "Cooking rice with lasers", "Rice is cooked by light in space.", doi="10.1000/vol", sources=("d:1",)
    )
    for records in ([one, two, other], [one, two, other, stranger]):
        papers = settle(records).papers
        assert ("a:1", "b:1") in [paper.sources for paper in papers]
        assert ("c:1",) in [paper.sources for paper in papers]


def test_more_common_identifiers_do_not_make_records_less_the_same() -> None:
    """A translated title over one PubMed id, and a DOI beside it."""
    english = Paper("How networks of references expand", "", authors=("Ann Otter",), ids=("pmid:7",), sources=("a:1",))
    spanish = replace(english, title="Crecimiento de los grafos de citas", sources=("b:1",))
    assert len(settle([english, spanish]).papers) == 1
    assert len(settle([replace(r, doi="10.1000/z") for r in (english, spanish)]).papers) == 1


def test_an_own_id_that_is_an_identifier_is_that_identifier() -> None:
    """A table whose ids are DOIs joins with sources that give the DOI, and is found by references."""
    table = compose("a:1", title="Growing graphs", abstract="We grow.", id="https://doi.org/10.1000/A")
    assert (table.id, table.doi) == ("", "10.1000/a")
    assert [paper.id for paper in settle([table]).papers] == ["paper:10.1000/a"]
    assert compose("a:1", title="t", id="W12").id == "W12"


def test_lines_of_the_user_join_and_part_papers() -> None:
    """By identifier or title, against what the records themselves say."""
    one, two = replace(GRAPHS, doi="10.1000/a", sources=("a:1",)), replace(GRAPHS, sources=("b:1",))
    other = Paper("Something else entirely", "It is another text.", arxiv="2101.00001", sources=("c:1",))
    joined = AliasFile.parse("same: paper: 10.1000/A = arXiv:2101.00001").papers
    assert [paper.sources for paper in settle([one, other], joined).papers] == [("a:1", "c:1")]
    same = [one, replace(two, title="Growing Graphs of Scientific Papers!", id="x1")]
    assert len(settle(same).papers) == 1
    parted = AliasFile.parse("apart: paper: doi:10.1000/a = x1").papers
    assert len(settle(same, parted).papers) == 2
