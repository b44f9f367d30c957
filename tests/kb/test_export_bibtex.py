"""The bibliography, read back by our own reader."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.readers.bibtex import read_bibtex
from extract.readers.latex import latex_text
from extract.records import Paper
from kb.export import export
from kb.export.bibtex import escaped
from kb.tables import Tables, frame
from tests.kb.export_fixture import nasty_tables, paper

TEXTS = [
    "100% of $x_1^2$ in a_b & c#d", "it costs $5 and then $10", r"C:\new\user {open", "}{", "a ~ b ^ c",
    "''q'' ``r`` --- -- ", "ends in \\", r"\emph{not} markup", "@article{x, title = {y}}", '"quoted", comma',
    "über 🦜 Ångström", "$\\alpha$-net", "open $ dollar", "$unbalanced{$ x", "<b>", "a\\\\b", "50$ 60$", "NDCG @ 10",
    r"$\{$ and $\{x\}$",
]  # fmt: skip


def corpus(*papers: dict[str, object]) -> Tables:
    """Tables of papers alone."""
    empty = nasty_tables()
    return Tables(
        papers=frame("papers", list(papers)),
        mentions=empty.mentions.clear(),
        entities=empty.entities.clear(),
        edges=empty.edges.clear(),
    )


def written(tables: Tables, folder: Path) -> str:
    """The bibliography of tables."""
    export(tables, "bibtex", folder / "papers.bib")
    return (folder / "papers.bib").read_text(encoding="utf-8")


def read(text: str) -> list[Paper]:
    """Its papers, in order; a reject fails."""
    found = list(read_bibtex(io.BytesIO(text.encode()), "papers.bib"))
    assert all(isinstance(each, Paper) for each in found), found
    return [each for each in found if isinstance(each, Paper)]


def test_a_paper_comes_back(tmp_path: Path) -> None:
    """Title, authors, date, venue, abstract, keywords, address and identifiers, also those that have no field."""
    whole = paper(
        "paper:2112.09127", "ICON: Implicit $n^2$ humans & GPT-4", abstract="100% of it.", year=2022, date="2022-06-19",
        venue="Proceedings of CVPR", doi="10.1109/cvpr52688.2022.01294", arxiv="2112.09127", url="https://icon.is.tue.mpg.de/a_b",
        authors=["Yuliang Xiu", "van der Berg, Jan", "Smith and Sons", "others", "José Ångström"],
        keywords=["a, b"], ids=["acl:P19-1001", "openalex:W123", "pmid:77", "s2:" + "a" * 40],
    )  # fmt: skip
    [back] = read(written(corpus(whole), tmp_path))
    for name in ("title", "abstract", "year", "date", "venue", "doi", "arxiv", "url"):
        assert getattr(back, name) == whole[name], name
    for name in ("authors", "keywords", "ids"):
        assert list(getattr(back, name)) == whole[name], name


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back_and_its_braces_are_closed(text: str, tmp_path: Path) -> None:
    """As title, author, venue, keyword and abstract, runs of blanks one; BibTeX counts every brace."""
    told = written(corpus(paper("paper:1", text, abstract=text, venue=text, authors=[text], keywords=[text])), tmp_path)
    [back] = read(told)
    plain = " ".join(text.split())
    assert [back.title, back.abstract, back.venue, *back.authors, *back.keywords] == [plain] * 5
    assert told.count("{") == told.count("}")


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("ab1 \\{}$%&#_^~-'`\"@,=.é"), max_size=25))
def test_any_text_is_undone_by_the_reader(text: str) -> None:
    """Whatever special characters stand beside each other."""
    assert " ".join(latex_text(escaped(text)).split()) == " ".join(text.split())


def test_keys_are_unique_and_tell_author_year_and_title(tmp_path: Path) -> None:
    """Two papers that would share one get their ids; one without letters has its id alone; a stub is no entry."""
    papers = [
        paper("paper:1", "The ICON", authors=["Ada O'Brien"], year=2021),
        paper("paper:10.1/x y", "On attention", authors=["J. Müller Jr."], year=2017),
        paper("paper:10.1/z", "Attention again", authors=["Müller"], year=2017),
        paper("paper:cn", "统计学习"),
        paper("paper:stub", ""),
    ]
    keys = re.findall(r"^@\w+\{(.+),$", written(corpus(*papers), tmp_path), re.M)
    assert keys == ["obrien2021icon", "muller2017attention-10.1/x-y", "muller2017attention-10.1/z", "cn"]


def test_the_kind_follows_the_venue(tmp_path: Path) -> None:
    """A conference, a journal, nothing; the month is a macro; capitals within words are kept."""
    papers = [
        paper("paper:1", "The GPT-4 of NeRFs", venue="NeurIPS", year=2021, date="2021-03-01"),
        paper("paper:2", "B", venue="IEEE Transactions on Conferences"),
        paper("paper:3", "C", arxiv="2112.09127"),
    ]
    text = written(corpus(*papers), tmp_path)
    assert re.findall(r"^@(\w+)", text, re.M) == ["inproceedings", "article", "misc"]
    assert "month = mar,\n" in text and "day" not in text and "title = {The {GPT-4} of {NeRFs}}" in text
    assert "eprint = {2112.09127},\n  archiveprefix = {arXiv}" in text


def test_nasty_tables_are_read_without_a_reject(tmp_path: Path) -> None:
    """Control characters and line breaks do not end a field."""
    assert [each.title for each in read(written(nasty_tables(), tmp_path))] == ["ICON: Implicit Clothed humans", "ECON"]
