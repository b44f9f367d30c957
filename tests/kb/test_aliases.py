"""Alias files: read, previewed and proposed."""

from pathlib import Path

import pytest

from kb.aliases import AliasFile, default_aliases, load_aliases, merges, preview, propose
from kb.canonical import canonicalise
from kb.errors import SourceError, UsageError
from kb.fold import fold
from kb.tables import Tables, frame
from tests.kb.test_canonical import canonical, mentions

ROWS = [
    ("p1", "Dataset", "Human3.6M"), ("p2", "Dataset", "HXM36"), ("p1", "Method", "recommender zystem"),
    ("p2", "Method", "recommendation zystem"), ("p3", "Method", "BERT"), ("p3", "Method", "BART"),
    ("p4", "Method", "GPT-4"),
    ("p4", "Method", "GPT-4o"), ("p5", "Task", "image captioning"), ("p5", "Task", "video captioning"),
    ("p6", "Method", "Wide Open Field Search"), ("p7", "Method", "WOFS"), ("p8", "Dataset", "CIFAR-10"),
    ("p9", "Dataset", "CIFAR-100"), ("p9", "Method", "Adam"), ("p8", "Method", "Adam optimizer"),
]  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> Tables:
    """Tables of a small corpus."""
    made = canonicalise(mentions(ROWS), frame("definitions", []), papers=9)
    papers = frame("papers", [{"id": f"p{i}", "title": f"t{i}"} for i in range(1, 10)])
    return Tables(papers, frame("mentions", made.mentions), made.entities, frame("edges", []))


def test_lines_are_read() -> None:
    """same and apart, several names, an optional kind, comments and blank lines."""
    rules = AliasFile.parse("# note\n\nsame: A = B = C\napart: method: SAM = SAM 2\n").rules
    assert [(r.line, r.same, r.kind, r.names) for r in rules] == [
        (3, True, None, ("A", "B", "C")),
        (4, False, "Method", ("SAM", "SAM 2")),
    ]
    assert [r.text for r in rules] == ["same: A = B = C", "apart: method: SAM = SAM 2"]


@pytest.mark.parametrize("line", ["same A = B", "same: A", "some: A = B", "same: A = ", "apart: = B", "x"])
def test_a_wrong_line_is_named(line: str) -> None:
    """The error says which line, and how to write it."""
    with pytest.raises(UsageError, match=r'names.txt, line 2: .* write "same: A = B"'):
        AliasFile.parse(f"# fine\n{line}", "names.txt")


def test_a_file_must_not_contradict_itself() -> None:
    """Names that lines join, even in several steps, cannot be kept apart by another."""
    with pytest.raises(UsageError, match=r"line 3: .*contradicts"):
        AliasFile.parse("same: A = B\nsame: B = C\napart: A = c")
    AliasFile.parse("same: method: A = B\napart: task: A = B")


def test_an_unreadable_file_is_a_source_error(tmp_path: Path) -> None:
    """Missing, or not UTF-8."""
    with pytest.raises(SourceError, match="cannot be read"):
        load_aliases(tmp_path / "none.txt")
    (tmp_path / "bad.txt").write_bytes(b"same: \xff = B")
    with pytest.raises(SourceError, match="not UTF-8"):
        load_aliases(tmp_path / "bad.txt")


@pytest.mark.parametrize("kind", ["Method", "Dataset", "Task", "Metric", "Concept"])
def test_no_name_stands_in_two_shipped_lines(kind: str) -> None:
    """Two lines with a name in common would join what neither says."""
    seen: dict[str, str] = {}
    for rule in default_aliases().rules:
        assert rule.same
        for key in {fold(name, kind) for name in rule.names if rule.kind in (None, kind)}:
            assert seen.setdefault(key, rule.text) == rule.text


def test_shipped_lines_say_what_folding_does_not() -> None:
    """Every name of a line has a key of its own."""
    for rule in default_aliases().rules:
        assert len({fold(name) for name in rule.names}) == len(rule.names), rule.text


def test_merges_lists_names_that_differ_by_more_than_spelling() -> None:
    """An entity with synonyms is listed, one with a plural is not."""
    rows = [("p1", "Dataset", "COCO"), ("p2", "Dataset", "MS COCO"), ("p1", "Method", "GAN"), ("p2", "Method", "GANs")]
    made = canonicalise(mentions(rows), frame("definitions", []), papers=2)
    empty = Tables(frame("papers", []), frame("mentions", made.mentions), made.entities, frame("edges", []))
    assert [(row["name"], row["aliases"]) for row in merges(empty)] in (
        [("COCO", ["MS COCO"])],
        [("MS COCO", ["COCO"])],
    )


def test_preview_tells_what_each_line_would_do(tables: Tables) -> None:
    """Merges, splits, and lines without effect."""
    text = "same: BERT = BART\napart: Adam = Adam optimizer\nsame: Nobody = Nothing\nsame: Adam = the Adam algorithm"
    rows = preview(tables, AliasFile.parse(text.rsplit("\n", 1)[0]))
    assert [row["change"] for row in rows] == [
        "merges method:bart, method:bert",
        "splits method:adam",
        "no Nobody here; no Nothing here",
    ]
    assert [row["papers"] for row in rows] == [1, 2, 0]
    assert preview(tables, AliasFile.parse(text.rsplit("\n", 1)[1]))[0]["change"] == "changes nothing"


def test_proposals_hold_likely_pairs_and_no_siblings(tables: Tables) -> None:
    """Word beginnings and initials are proposed; versions, sizes and modalities never."""
    rows = propose(tables, limit=None)
    found = {frozenset((row["a"], row["b"])) for row in rows}
    assert frozenset(("recommender zystem", "recommendation zystem")) in found
    assert frozenset(("Wide Open Field Search", "WOFS")) in found
    for a, b in (
        ("BERT", "BART"),
        ("GPT-4", "GPT-4o"),
        ("image captioning", "video captioning"),
        ("CIFAR-10", "CIFAR-100"),
    ):
        assert frozenset((a, b)) not in found
    assert all(AliasFile.parse(row["line"]).rules for row in rows)
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert propose(tables, limit=1) == rows[:1]


def made_with(rows: list[tuple[str, ...]], aliases: str, defined: list[tuple[str, str, str]] | None = None) -> Tables:
    """Tables of rows under an alias file."""
    made = canonical(rows, defined or (), aliases=aliases)
    definitions = frame("definitions", [(p, s, long, "") for p, s, long in defined or ()])
    empty = (frame("papers", []), frame("edges", []))
    return Tables(empty[0], frame("mentions", made.mentions), made.entities, empty[1], definitions=definitions)


def test_preview_compares_with_the_knowledge_base_as_it_is() -> None:
    """An old line that the new file lacks is undone, a kept one changes nothing, `apart` undoes what was joined."""
    rows = [("p1", "Method", "Foo"), ("p2", "Method", "Barbaz"), ("p3", "Method", "Quux")]
    old = AliasFile.parse("same: Foo = Barbaz")
    held = made_with(rows, old.text)
    (joined,) = set(held.entities["id"]) - {"method:quux"}
    gone = preview(held, AliasFile(), applied=old)
    assert [(r["line"], r["rule"], r["change"], r["papers"]) for r in gone] == [
        (None, "dropped: same: Foo = Barbaz", f"splits {joined}", 2)
    ]
    assert [r["change"] for r in preview(held, old, applied=old)] == ["changes nothing"]
    parted = preview(held, AliasFile.parse("apart: Foo = Barbaz"), applied=old)
    assert [r["change"] for r in parted] == [f"splits {joined}"] * 2


def test_preview_says_why_a_line_changes_nothing() -> None:
    """A name that is not there, and kinds that differ."""
    held = made_with([("p1", "Dataset", "CAPE"), ("p2", "Method", "NeRF"), ("p3", "Method", "Zork")], "")
    text = "same: Zork = Zork2\nsame: method: CAPE = NeRF\napart: task: CAPE = NeRF\napart: NeRF = CAPE"
    lines, last = text.rsplit("\n", 1)
    found = [*preview(held, AliasFile.parse(lines)), *preview(held, AliasFile.parse(last))]
    assert [r["change"] for r in found] == [
        "no Zork2 here",
        "CAPE is a Dataset, NeRF a Method",
        "CAPE is a Dataset, NeRF a Method",
        "NeRF is a Method, CAPE a Dataset",
    ]


def test_preview_knows_a_thing_by_its_short_form() -> None:
    """What the papers define elsewhere is joined by the surface form that people know."""
    rows = [("p1", "Method", "ICXN", "implicit clothed xumans"), ("p2", "Method", "ECXN")]
    held = made_with(rows, "", [("p1", "ICXN", "implicit clothed xumans")])
    (row,) = preview(held, AliasFile.parse("same: ICXN = ECXN"))
    assert row["change"].startswith("merges") and row["papers"] == 2


def test_a_pair_that_the_user_keeps_apart_is_not_proposed(tables: Tables) -> None:
    """The line holds by any name, in either order, and only for its kind."""
    pair = {"recommender zystem", "recommendation zystem"}

    def proposed(text: str) -> bool:
        found = propose(tables, limit=None, applied=AliasFile.parse(text))
        return any({row["a"], row["b"]} == pair for row in found)

    line = "recommendation zystems = recommender zystem"
    assert proposed("") and proposed(f"apart: task: {line}") and proposed("apart: BERT = BART")
    assert not proposed(f"apart: {line}") and not proposed(f"apart: method: {line}")
