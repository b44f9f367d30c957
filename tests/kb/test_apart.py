"""A stage in a process of its own gives what it gives here."""

from pathlib import Path

import polars as pl

from kb.aliases import AliasFile
from kb.apart import apart
from kb.stages import canonical_frames
from kb.tables import MENTIONS

LONG = "convolutional neural network"
MENTIONED = [
    (f"paper:{i}", "Method", "uses", "CNN", LONG, "abstract", 0, 3, 0, 9, "names", "on X", 0.9) for i in range(3)
]


def found() -> list[pl.DataFrame]:
    """Mentions of three papers, and what CNN stands for in one of them."""
    columns = {c: t for c, t in MENTIONS.items() if c != "entity"}
    spelt = {"paper": ["paper:0"], "short": ["CNN"], "long": [LONG], "sentence": ["A CNN."]}
    return [pl.DataFrame(MENTIONED, schema=columns, orient="row"), pl.DataFrame(spelt)]


def test_names_are_the_same_from_a_process_of_their_own(tmp_path: Path) -> None:
    """What was given is let go, here and on disk."""
    given = found()
    made = apart(canonical_frames, given, 3, AliasFile(), folder=tmp_path)
    assert given == [] and sorted(file.name for file in tmp_path.iterdir()) == ["made-0.parquet", "made-1.parquet"]
    here = canonical_frames(*found(), 3, AliasFile())
    assert [rows.collect().equals(other) for rows, other in zip(made, here, strict=True)] == [True] * 2
