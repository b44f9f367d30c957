"""Terms: the words that tell papers apart, and their part in what papers share."""

import math
import random

import polars as pl

from extract.records import Paper
from kb.intake import papers_frame
from kb.link import shares
from kb.quotes import quote, shared_terms, weights
from kb.tables import frame
from kb.terms import KEPT, SHARE, terms

TEXTS = {
    "a": (
        "Grasping with point clouds",
        "We show that point clouds help. Robots, grasping, see https://example.org/help.",
    ),
    "b": ("Point cloud grasping", "We show a result."),
    "c": ("Sorting lists", "We show that lists can be sorted in 2 ways: point, cloud."),
    "d": ("", ""),
}


def made(texts: dict[str, tuple[str, str]] = TEXTS, named: tuple[str, ...] = ()) -> dict[str, dict[str, float]]:
    """The terms of papers with their weights, by id."""
    papers = papers_frame([Paper(title, text, id=id_) for id_, (title, text) in texts.items()])
    told = terms(papers, pl.Series(named, dtype=pl.String))
    return {row["id"]: weights({**row, "weights": row["term_weights"]}) for row in told.iter_rows(named=True)}


def test_terms_are_folded_words_and_neighbours() -> None:
    """Singular, no stop words, numbers and addresses; these and marks part neighbours; a term of one paper is none."""
    found = made()
    assert set(found["a"]) == {"point", "cloud", "point cloud", "grasping", "show"}
    assert set(found["c"]) == {"point", "cloud", "show"}
    assert "d" not in found


def test_words_that_titles_have_weigh_more() -> None:
    """`grasping` and `show` stand once in as many papers; only one of them is ever in a title."""
    found = made(dict.fromkeys("abcd", ("Grasping", "They show it.")))["a"]
    assert found["grasping"] > 1.5 * found["show"]


def test_a_paper_is_a_unit_vector_of_its_heaviest_terms() -> None:
    """At most KEPT; beside entities they take SHARE of its squared length."""
    text = " ".join(f"word{chr(97 + i // 26)}{chr(97 + i % 26)}." for i in range(2 * KEPT))
    found = made({"a": ("One", text), "b": ("Two", text)}, named=("a",))
    assert len(found["a"]) == len(found["b"]) == KEPT
    assert math.isclose(sum(w**2 for w in found["a"].values()), SHARE, abs_tol=0.02)
    assert math.isclose(sum(w**2 for w in found["b"].values()), 1.0, abs_tol=0.02)


def test_the_order_of_papers_changes_nothing() -> None:
    """Equal sets of papers have equal terms."""
    shuffled = list(TEXTS.items())
    random.Random(1).shuffle(shuffled)
    assert made(dict(shuffled)) == made()


def test_papers_without_entities_share_terms() -> None:
    """The link's weight is the sum of what its terms add; a word within a shared pair goes without saying."""
    papers = papers_frame([Paper(title, text, id=id_) for id_, (title, text) in TEXTS.items()])
    told = terms(papers, pl.Series([], dtype=pl.String))
    edges = shares(frame("edges", []), frame("entities", []), told)
    edge = next(row for row in edges.to_dicts() if (row["source"], row["target"]) == ("a", "b"))
    rows = {row["id"]: {**row, "weights": row["term_weights"]} for row in told.to_dicts()}
    both = shared_terms(*({**rows[i], "title": TEXTS[i][0], "abstract": TEXTS[i][1]} for i in "ab"))
    assert math.isclose(edge["weight"], sum(row["weight"] for row in both), abs_tol=1e-6)
    assert edge["shared"] == len(both) and set(edge["via"]) == {"point cloud", "grasping", "show"}


def test_a_term_is_quoted_where_its_words_stand_together() -> None:
    """The first sentence of the abstract, else the title, else nothing."""
    paper = {"title": "Point clouds", "abstract": "A point. A cloud (point cloud). Point clouds."}
    assert quote("point cloud", paper) == "A cloud (point cloud)."
    assert quote("point cloud", {**paper, "abstract": ""}) == "Point clouds"
    assert quote("point cloud", {**paper, "abstract": "", "title": "Cloud point"}) is None
