"""Who wrote what: authors by identifiers, else by name within a format."""

from dataclasses import replace

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from extract.readers.fields import compose
from kb.authors import authorship
from kb.intake import papers_frame
from kb.settle import settle

ORCID = "orcid:0000-0002-1825-0097"


def wrote(*rows: dict[str, object], formats: tuple[str, ...] = ()) -> tuple[pl.DataFrame, list[tuple[str, str, int]]]:
    """The authors, and (author, title's first word, position) of each WROTE edge."""
    records = [compose(f"a:{n}", **{"title": f"T{n} of a paper", **row}) for n, row in enumerate(rows, 1)]
    named = formats or ("table",) * len(records)
    papers = papers_frame(settle([replace(r, format=f) for r, f in zip(records, named, strict=True)]).papers)
    authors, edges = authorship(papers)
    titles = dict(papers.select("id", "title").iter_rows())
    listed = [(a, titles[p].split()[0], n) for a, p, n in edges.select("source", "target", "position").iter_rows()]
    return authors, sorted(listed, key=lambda row: (row[1], row[2]))


def test_one_name_within_a_format_is_one_author() -> None:
    """In any case, with or without accents and points; another format's is another, for nothing tells."""
    names = ["Zoé A. Brook", "ZOE A BROOK", "Zoe A. Brook"]
    authors, edges = wrote(*({"authors": [name]} for name in names), formats=("table", "table", "bibtex"))
    assert authors["id"].to_list() == ["author:bibtex:zoe-a-brook", "author:table:zoe-a-brook"]
    assert [edge[0] for edge in edges] == ["author:table:zoe-a-brook"] * 2 + ["author:bibtex:zoe-a-brook"]


def test_identifiers_join_and_names_do_not() -> None:
    """An ORCID with an OpenAlex id on one paper makes both the same person on others; a namesake stays apart."""
    authors, edges = wrote(
        {"authors": ["A. Otter", "Bo Bank"], "author_ids": [f"{ORCID} openalex:A7", ""]},
        {"authors": ["Ann Otter"], "author_ids": ["openalex:A7"]},
        {"authors": ["Ann Otter"], "author_ids": ["openalex:A8"]},
        {"authors": ["Ann Otter"]},
    )
    assert edges == [
        ("author:0000-0002-1825-0097", "T1", 1),
        ("author:table:bo-bank", "T1", 2),
        ("author:0000-0002-1825-0097", "T2", 1),
        ("author:A8", "T3", 1),
        ("author:table:ann-otter", "T4", 1),
    ]
    first = authors.row(by_predicate=pl.col("id") == "author:0000-0002-1825-0097", named=True)
    assert (first["name"], first["aliases"], first["orcid"], first["papers"]) == (
        "Ann Otter", ["A. Otter"], "0000-0002-1825-0097", 2,
    )  # fmt: skip


def test_two_orcids_are_two_people_whatever_joins_them() -> None:
    """An OpenAlex cluster that holds both does not weld them."""
    other = "orcid:0000-0001-5109-3700"
    _, edges = wrote(
        {"authors": ["A. Otter"], "author_ids": [f"{ORCID} openalex:A7"]},
        {"authors": ["A. Otter"], "author_ids": [f"{other} openalex:A7"]},
    )
    assert {edge[0] for edge in edges} == {"author:0000-0002-1825-0097", "author:0000-0001-5109-3700"}


def test_an_author_stands_once_on_a_paper_at_the_first_place() -> None:
    """Named twice by a source."""
    _, edges = wrote({"authors": ["Bo Bank", "Ann Otter", "Bo Bank"]})
    assert edges == [("author:table:bo-bank", "T1", 1), ("author:table:ann-otter", "T1", 2)]


def test_a_name_without_ascii_has_an_id() -> None:
    """And two of them differ."""
    authors, _ = wrote({"authors": ["王伟", "李娜", "Ω"]})
    assert len(set(authors["id"])) == 3
    assert all(id_.isascii() for id_ in authors["id"])


@given(st.lists(st.lists(st.text(max_size=12), max_size=4), min_size=1, max_size=6))
def test_every_author_given_is_an_author_of_the_paper(names: list[list[str]]) -> None:
    """Whatever the names are, none is lost, and ids are unique."""
    authors, edges = wrote(*({"authors": list(row)} for row in names))
    assert authors["id"].n_unique() == len(authors)
    assert {edge[0] for edge in edges} == set(authors["id"])
    assert len({edge[1] for edge in edges}) == sum(
        any(name.strip("\x00 ") and compose("a", title="t", authors=row).authors for name in row) for row in names
    )
