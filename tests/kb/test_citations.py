"""Who cites whom: by references, by names, and the papers that are only cited."""

import json
from pathlib import Path

import polars as pl

import kb
from extract.readers.fields import compose
from kb.base import KnowledgeBase
from kb.citations import by_reference, known_by, stubs
from kb.intake import papers_frame
from kb.settle import settle

FOO = {"title": "FooNet: Fast Parsing", "abstract": "We propose FooNet, a network for dependency parsing."}
BAR = {"title": "A Study of Parsers", "abstract": "We compare with FooNet for dependency parsing on Penn Treebank."}


def papers(*rows: dict[str, object]) -> pl.DataFrame:
    """Records as the settled papers table."""
    return papers_frame(settle([compose(f"a:{n}", **row) for n, row in enumerate(rows, 1)]).papers)


def build(folder: Path, *rows: dict[str, object], stubs: bool = False) -> KnowledgeBase:
    """A knowledge base of records, opened."""
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    kb.build([str(folder / "a.jsonl")], out=folder / "papers.kb", workers=1, stubs=stubs)
    return kb.open(folder / "papers.kb")


def test_a_reference_finds_its_paper_by_any_identifier() -> None:
    """DOI, arXiv id with a version, OpenAlex id: one edge a pair, none to the paper itself."""
    known = FOO | {"doi": "10.5555/FOO", "arxiv": "2101.00001", "ids": ["openalex:W1"]}
    ways = ["https://doi.org/10.5555/foo", "arXiv:2101.00001v3", "openalex:W1"]
    table = papers(known | {"references": ["doi:10.5555/foo"]}, BAR | {"references": ways})
    assert by_reference(table).rows() == [("paper:a-study-of-parsers", "paper:2101.00001")]


def test_a_reference_known_by_several_identifiers_counts_once() -> None:
    """It finds its paper by any of them, and is one stub where there is none."""
    table = papers(FOO | {"ids": ["pmid:7"]}, BAR | {"references": ["doi:10.5555/x pmid:7", "pmid:8 doi:10.5555/y"]})
    assert by_reference(table).rows() == [("paper:a-study-of-parsers", "paper:pmid:7")]
    assert stubs(table)["id"].to_list() == ["paper:10.5555/y"]


def test_an_identifier_of_two_papers_is_cited_by_nobody() -> None:
    """It cannot be told which one is meant."""
    table = papers(
        FOO | {"ids": ["openalex:W1"], "authors": ["Ann Otter"]},
        BAR | {"ids": ["openalex:W1"], "authors": ["Bo Bank"]},
        {"title": "A third paper of all", "abstract": "It cites.", "references": ["openalex:W1"]},
    )
    assert known_by(table).filter(identifier="openalex:W1").is_empty()
    assert by_reference(table).is_empty()


def test_references_that_lead_outside_are_stubs() -> None:
    """Each identifier a title-less paper that keeps it; what is inside is none."""
    table = papers(
        FOO | {"doi": "10.5555/foo"},
        BAR | {"references": ["doi:10.5555/foo", "doi:10.1111/x1", "pmid:7", "arxiv:2101.00002"]},
    )
    made = stubs(table)
    assert made.select("id", "title", "doi", "arxiv", "ids").rows() == [
        ("paper:10.1111/x1", "", "10.1111/x1", None, []),
        ("paper:2101.00002", "", None, "2101.00002", []),
        ("paper:pmid:7", "", None, None, ["pmid:7"]),
    ]


def test_both_kinds_of_citation_are_told_apart(tmp_path: Path) -> None:
    """`via` says reference, the name, or both; an edge by name has its sentence."""
    base = build(
        tmp_path,
        FOO | {"doi": "10.5555/foo", "year": 2020},
        BAR | {"references": ["doi:10.5555/foo", "doi:10.5555/baz"], "year": 2021},
        {"title": "Trees for Parsing", "abstract": "Dependency parsing is old.", "doi": "10.5555/baz", "year": 2019},
        {"title": "More on Parsers", "abstract": "We extend FooNet to speech.", "year": 2022},
    )
    with base:
        rows = base.query(
            "MATCH (a:Paper)-[c:CITES]->(b:Paper) "
            "RETURN a.title AS citing, b.doi AS cited, c.via AS via, c.sentence AS said ORDER BY citing, cited"
        )
    assert [tuple(row.values()) for row in rows] == [
        ("A Study of Parsers", "10.5555/baz", ["reference"], None),
        ("A Study of Parsers", "10.5555/foo", ["reference", "FooNet"], BAR["abstract"]),
        ("More on Parsers", "10.5555/foo", ["FooNet"], "We extend FooNet to speech."),
    ]


def test_stubs_are_kept_where_asked_and_go_when_their_paper_comes(tmp_path: Path) -> None:
    """They count apart, are found by their identifier, and a base built with them keeps the option when added to."""
    with build(tmp_path, BAR | {"references": ["doi:10.5555/foo"]}, stubs=True) as base:
        assert (base.manifest["counts"]["papers"], base.manifest["counts"]["stubs"]) == (1, 1)
        assert base.resolve("10.5555/FOO")[0]["name"] == "10.5555/foo"
        assert base.query("MATCH (p:Paper {id: 'paper:10.5555/foo'}) RETURN p.title AS t") == [{"t": None}]
    (tmp_path / "b.jsonl").write_text(
        json.dumps(FOO | {"doi": "10.5555/foo", "references": ["doi:10.5555/new"]}) + "\n"
    )
    made = kb.add([str(tmp_path / "b.jsonl")], kb=tmp_path / "papers.kb", workers=1)
    assert (made["counts"]["papers"], made["counts"]["stubs"]) == (2, 1)
    with kb.open(tmp_path / "papers.kb") as base:
        assert base.resolve("10.5555/foo")[0]["name"] == "FooNet"


def test_what_a_title_introduces_is_used_by_those_who_only_define_it(tmp_path: Path) -> None:
    """`drives a Foo Bar Network (FBN) synthesizer` defines the acronym; the paper called `FBN: ..` introduces it."""
    base = build(
        tmp_path,
        {
            "title": "FBN: Foo Bar Networks",
            "abstract": "In this paper, we introduce the Foo Bar Network (FBN), a network.",
        },
        {
            "title": "A Singing System",
            "abstract": "We propose SingSong. Its pitch drives a Foo Bar Network (FBN) of ours.",
        },
    )
    with base:
        rows = base.query("MATCH (p:Paper)-[r:INTRODUCES]->(m:Method {name: 'FBN'}) RETURN p.title AS title")
    assert [row["title"] for row in rows] == ["FBN: Foo Bar Networks"]


def test_a_list_of_references_waits_for_its_paper(tmp_path: Path) -> None:
    """Semantic Scholar's citations come without the papers: they count as pending, and join by the corpus id."""
    rows = [{"citingcorpusid": 11, "citedcorpusid": 12}, {"citingcorpusid": 99, "citedcorpusid": 12}]
    (tmp_path / "citations.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    named = [
        {"corpusid": n, "title": t, "authors": [], "externalids": {}}
        for n, t in ((11, BAR["title"]), (12, FOO["title"]))
    ]
    (tmp_path / "papers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in named))
    text = {"corpusid": 12, "abstract": FOO["abstract"]}
    (tmp_path / "abstracts.jsonl").write_text(json.dumps(text) + "\n")
    kb.build([str(tmp_path / "papers.jsonl")], out=tmp_path / "p.kb", workers=1)
    made = kb.add(
        [str(tmp_path / "citations.jsonl"), str(tmp_path / "abstracts.jsonl")], kb=tmp_path / "p.kb", workers=1
    )
    assert made["counts"]["pending"] == 1
    with kb.open(tmp_path / "p.kb") as base:
        found = base.query("MATCH (a:Paper)-[c:CITES]->(b:Paper) RETURN a.title AS a, b.abstract AS b, c.via AS via")
    assert found == [{"a": BAR["title"], "b": FOO["abstract"], "via": ["reference"]}]
