"""Names to nodes, full text, and what is misspelt."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.errors import StoreError
from kb.search import Index, write_index
from kb.tables import Tables


@pytest.fixture(scope="module")
def index(tiny_kb: Path) -> Iterator[Index]:
    """The index of `tiny`."""
    opened = Index(tiny_kb / "search.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("paper:icon", ["paper:icon"]),
        ("Icon", ["method:icon", "paper:icon"]),
        ("ICON: Implicit Clothed humans Obtained from Normals", ["paper:icon"]),
        ("implicit clothed humans obtained from normals", ["method:icon"]),
        ("10.1000/icon.1", ["paper:icon"]),
        ("2112.09127", ["paper:icon"]),
        ("pamir", ["paper:pamir"]),
        ("mip", ["paper:mip"]),
        ("CAPE Dataset", ["dataset:cape"]),
        (" novel view synthesis ", ["task:novel-view-synthesis"]),
        ("10.1000/body", ["paper:10.1000/body"]),
        ("ada lind", ["author:0000-0001-2345-6789"]),
        ("A. Lind", ["author:0000-0001-2345-6789"]),
        ("0000-0001-2345-6789", ["author:0000-0001-2345-6789"]),
        ("openalex:a11", ["author:0000-0001-2345-6789"]),
        ("cleo marsh", ["author:table:cleo-marsh"]),
        ("Marsh, Cleo", ["author:table:cleo-marsh"]),
        ("openalex:w7", ["paper:icon"]),
        ("", []),
        ("nobody", []),
    ],
)
def test_a_name_finds_its_nodes(index: Index, name: str, ids: list[str]) -> None:
    """Ids, titles and their heads, DOIs, arXiv ids, names, aliases and ORCIDs, in any case; entities first."""
    assert [node.id for node in index.resolve(name)] == ids


def test_labels_restrict_what_a_name_means(index: Index) -> None:
    """The same name as a paper alone."""
    assert [node.id for node in index.resolve("icon", ["Paper"])] == ["paper:icon"]


def test_search_finds_words_in_texts_and_names(index: Index) -> None:
    """All words count, stems and accents do not; the snippet is of the abstract."""
    found = index.search("Cafe Zurich", label=None, limit=5)
    assert [(node.id, snippet) for node, snippet, _ in found] == [("paper:alone", "It names nothing. Café Zürich 🦜.")]
    ids = [node.id for node, *_ in index.search("improving normal", label="Paper", limit=5)]
    assert ids == ["paper:econ"]


def test_search_takes_a_beginning_and_then_any_word(index: Index) -> None:
    """The last word may be cut short; where no text has all words, some do."""
    assert index.search("chamf", label="Metric", limit=1)[0][0].id == "metric:chamfer-distance"
    assert index.search("cape xyzzy", label="Dataset", limit=1)[0][0].id == "dataset:cape"


@pytest.mark.parametrize(
    "text",
    [
        '"quoted',
        "a* OR NEAR(b, 2)",
        "name:icon",
        "-",
        "^",
        "()",
        "'; DROP TABLE nodes",
        "\0",
        "",
        "AND",
        "ICON\0",
        "\udcff",
    ],
)
def test_what_a_user_types_is_never_syntax(index: Index, text: str) -> None:
    """Operators of FTS5 and of SQL are words like others."""
    assert isinstance(index.search(text, label=None, limit=3), list)
    assert isinstance(index.nearest(text), list)
    assert isinstance(index.resolve(text), list)


@pytest.mark.parametrize(
    ("name", "near"), [("ICOM", "ICON"), ("Nerff", "NeRF"), ("chamfer distnace", "Chamfer distance")]
)
def test_a_misspelt_name_has_near_ones(index: Index, name: str, near: str) -> None:
    """The closest comes first."""
    assert index.nearest(name)[0] == near


def test_equal_tables_give_equal_bytes(tiny: Tables, tmp_path: Path) -> None:
    """The index does not depend on when it is written."""
    for name in "ab":
        write_index(tiny, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_missing_or_damaged_index_is_a_store_error(tmp_path: Path) -> None:
    """One line with the file and the remedy."""
    file = tmp_path / "search.sqlite"
    with pytest.raises(StoreError, match="damaged or missing"):
        Index(file).resolve("x")
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="damaged or missing"):
        Index(file).resolve("x")
