"""Mentions: what a scorer compares with a gold annotation."""

import json
from pathlib import Path

from kb.export import export
from tests.kb.export_fixture import nasty_tables


def test_one_line_an_entity_of_a_paper(tmp_path: Path) -> None:
    """Distinct surface forms in the order of the text, title first; one introducing mention is enough."""
    export(nasty_tables(), "mentions", tmp_path / "m.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "m.jsonl").read_text(encoding="utf-8").splitlines()]
    title = "ICON: Implicit Clothed humans"
    assert rows == [
        {"title": title, "type": "dataset", "name": "A&B <c>", "mentions": ["A&B"], "introduced": False},
        {
            "title": title,
            "type": "method",
            "name": "ICON",
            "mentions": ["ICON", "the ICON model"],
            "introduced": True,
        },
        {"title": "ECON", "type": "method", "name": "ICON", "mentions": ["icon"], "introduced": False},
    ]
