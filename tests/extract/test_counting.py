"""The count of extracted entities, and cross-validation over a handful of papers."""

from extract.counting import count_paper, new_counts, result
from extract.training.crossval import cross_validate
from extract.training.judge import fold_of

PAPER = {
    "title": "One",
    "introduces": [{"name": "FooNet", "type": "method"}],
    "methods": [{"name": "FooNet", "mentions": ["FooNet", "Foo Network"]}],
    "datasets": [], "tasks": [], "metrics": [], "concepts": [],
}  # fmt: skip


def test_two_forms_of_one_thing_are_one_gold_entity() -> None:
    """Acronym and long form predicted apart are two right predictions, and one thing found."""
    counts = new_counts()
    rows = [{"type": "method", "name": n, "mentions": [n], "introduced": True} for n in ("foo-network", "FooNets", "x")]
    count_paper(counts, PAPER, rows)
    rates = {row["type"]: row for row in result(counts)}
    assert counts["introduced"] == [2, 3, 1, 1]
    assert (rates["method"]["precision"], rates["core"]["recall"]) == (0.6667, 1.0)
    assert rates["task"]["f1"] == 0.0


def test_a_paper_is_judged_by_a_fold_that_has_not_seen_it() -> None:
    """Each annotated paper gets entities of its own, the others none; a paper's fold is its title's."""
    names = ["FooNet", "BarNet", "QuxNet", "ZapNet", "DinNet", "KitNet", "LugNet", "MopNet", "NabNet", "PodNet"]
    rows = [
        {**PAPER, "title": f"{n}: A Model", "abstract": f"We propose {n}. {n} beats all.",
         "introduces": [{"name": n, "type": "method"}], "methods": [{"name": n, "mentions": [n]}]}
        for n in names
    ]  # fmt: skip
    found = cross_validate(rows[:4], rows[4:], 3)
    assert len(found) == 4
    new = [text for mine in found for e in mine if e["introduced"] for text in e["mentions"]]
    assert set(new) <= set(names[:4]) and len(set(new)) >= 2  # ten papers teach little, but that much
    unlabelled = {**rows[0], "introduces": [], "methods": []}
    assert cross_validate([unlabelled, *rows[1:4]], rows[4:], 3)[0] == found[0]  # its own labels do not matter to it
    assert [fold_of(n, 3) for n in names[:4]] == [1, 2, 0, 1]
