"""Edges: roles, weights, shared names, citations by name."""

import math

import polars as pl
import pytest

from extract.records import Paper
from kb.canonical import canonicalise
from kb.citations import cites
from kb.intake import papers_frame
from kb.link import HUB, entity_edges, shares
from kb.tables import MENTIONS, by_type, frame

ROWS = [
    ("a", "Method", "introduces", "FooNet"),
    ("a", "Method", "uses", "FooNet"),
    ("a", "Dataset", "evaluates_on", "BarSet"),
    ("b", "Method", "compares_with", "FooNet"),
    ("b", "Dataset", "evaluates_on", "BarSet"),
    ("b", "Task", "addresses", "parsing"),
    ("c", "Task", "addresses", "parsing"),
    ("c", "Metric", "reports", "accuracy"),
    ("d", "Metric", "reports", "accuracy"),
]
TEXT = "FooNet BarSet parsing accuracy."


def graph(
    rows: list[tuple[str, str, str, str]] = ROWS, years: dict[str, int] | None = None, titled: str = "a"
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Entities and edges of hand-made mentions."""
    made = []
    for i, (paper, kind, role, text) in enumerate(rows):
        start = max(TEXT.find(text), 0)
        made.append(
            (paper, kind, role, text, text, "abstract", start, start + len(text), 0, len(TEXT), "test", f"cue {i}", 0.9)
        )
    schema = {c: t for c, t in MENTIONS.items() if c != "entity"}
    mentions = pl.DataFrame(made, schema=schema, orient="row")
    ids = sorted({row[0] for row in rows})
    papers = papers_frame(
        [Paper("FooNet: fast" if i in titled else "T", TEXT, id=i, year=(years or {}).get(i)) for i in ids]
    )
    canonical = canonicalise(mentions, frame("definitions", []), papers=len(ids))
    made = entity_edges(papers, frame("mentions", canonical.mentions).lazy(), canonical.entities)
    own = pl.concat([frame("edges", []), *made])
    cited = cites(own.lazy(), papers, canonical.entities)
    parts = [own, cited, shares(own, canonical.entities, frame("terms", []))]
    return canonical.entities, by_type([part.lazy() for part in parts]).collect()


def of(edges: pl.DataFrame, kind: str) -> list[dict[str, object]]:
    """The rows of one edge type."""
    return edges.filter(pl.col("type") == kind).to_dicts()


def test_a_paper_and_an_entity_have_one_edge_of_the_strongest_role() -> None:
    """Introduced and used is introduced, with both mentions counted."""
    _, edges = graph()
    (edge,) = [e for e in edges.filter(pl.col("source") == "a").to_dicts() if e["target"] == "method:foonet"]
    assert (edge["type"], edge["mentions"], edge["sentence"]) == ("INTRODUCES", 2, TEXT)
    assert TEXT[edge["start_char"] : edge["end_char"]] == "FooNet"


@pytest.mark.parametrize("some", [1, 3, 1_000])
def test_edges_do_not_depend_on_how_many_are_made_at_a_time(some: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A paper is never parted: its strongest role and its unit vector need all it names."""
    _, whole = graph()
    monkeypatch.setattr("kb.link.WHOLE", some)
    _, edges = graph(ROWS[::-1])
    assert edges.drop("cue").equals(whole.drop("cue"))
    assert len(edges.filter(pl.col("source") == "a")) == 3


def test_the_weights_of_a_paper_are_a_unit_vector() -> None:
    """idf times kind, normalised: the SHARES weight is a sum of products."""
    _, edges = graph()
    for (paper,), own in edges.filter(pl.col("weight").is_not_null() & (pl.col("type") != "SHARES")).group_by("source"):
        assert math.isclose(float((own["weight"] ** 2).sum()), 1.0, abs_tol=5e-3), paper


def test_shares_is_the_cosine_with_the_heaviest_names() -> None:
    """a and b share FooNet and BarSet, kept once, smaller id first."""
    _, edges = graph()
    share = {(e["source"], e["target"]): e for e in of(edges, "SHARES")}
    assert set(share) == {("a", "b"), ("b", "c"), ("c", "d")}
    weight = {(e["source"], e["target"]): e["weight"] for e in edges.to_dicts() if e["type"] != "SHARES"}
    cosine = sum(weight["a", t] * weight["b", t] for t in ("method:foonet", "dataset:barset"))
    assert math.isclose(share["a", "b"]["weight"], cosine, abs_tol=1e-3)
    assert share["a", "b"]["shared"] == 2
    assert sorted(share["a", "b"]["via"]) == ["BarSet", "FooNet"]


def test_shares_get_a_p_value_and_nothing_else_does() -> None:
    """Every SHARES edge has one between 0 and 1, the others none."""
    _, edges = graph()
    shares = pl.col("type") == "SHARES"
    assert edges.filter(shares)["p_value"].is_between(0, 1).all() and len(edges.filter(shares))
    assert edges.filter(~shares)["p_value"].is_null().all()


def test_naming_what_another_paper_introduces_cites_it() -> None:
    """b compares with FooNet, which a introduces; the sentence goes with it."""
    (edge,) = of(graph()[1], "CITES")
    assert (edge["source"], edge["target"], edge["via"], edge["sentence"]) == ("b", "a", ["FooNet"], TEXT)


def test_a_name_that_two_papers_introduce_cites_neither() -> None:
    """A homonym proves nothing; the one that has it in its title goes before one that has not."""
    rows = [*ROWS, ("c", "Method", "introduces", "FooNet")]
    assert of(graph(rows, titled="ac")[1], "CITES") == []
    assert of(graph(rows, titled="")[1], "CITES") == []
    assert [edge["target"] for edge in of(graph(rows)[1], "CITES")] == ["a"]


def test_a_name_that_was_there_before_its_paper_cites_nobody() -> None:
    """What somebody names two years earlier is another thing."""
    assert of(graph(years={"a": 2020, "b": 2022})[1], "CITES") != []
    rows = [*ROWS, ("d", "Method", "uses", "FooNet")]
    assert of(graph(rows, years={"a": 2020, "b": 2022, "d": 2018})[1], "CITES") == []


def test_a_common_term_that_no_title_opens_with_cites_nobody() -> None:
    """`parsing network` is words of the language: the abstract that proposes one did not coin the name."""
    rows = [("a", "Method", "introduces", "parsing network"), ("b", "Method", "uses", "parsing network")]
    assert of(graph(rows)[1], "CITES") == []


def test_a_paper_does_not_cite_a_later_one() -> None:
    """Known years must allow it."""
    assert of(graph(years={"a": 2020, "b": 2019})[1], "CITES") == []
    assert len(of(graph(years={"a": 2019, "b": 2019})[1], "CITES")) == 1


def test_a_hub_nominates_no_pair_but_counts_in_a_nominated_one() -> None:
    """An entity in every paper joins none; two papers that also share a rare one get its weight too."""
    many = [(f"p{i:05}", "Method", "uses", "Hub") for i in range(HUB + 5)]
    rare = [("p00001", "Dataset", "evaluates_on", "BarSet"), ("p00002", "Dataset", "evaluates_on", "BarSet")]
    entities, edges = graph(many + rare)
    (edge,) = of(edges, "SHARES")
    assert (edge["source"], edge["target"], edge["shared"]) == ("p00001", "p00002", 2)
    assert shares(edges.filter(pl.col("target") == "method:hub"), entities).is_empty()


@pytest.mark.parametrize("rows", [[], ROWS[:1]])
def test_few_or_no_mentions_give_few_or_no_edges(rows: list[tuple[str, str, str, str]]) -> None:
    """Nothing to share, nothing raised."""
    _, edges = graph(rows) if rows else graph([("a", "Task", "addresses", "parsing")])
    assert of(edges, "SHARES") == []
