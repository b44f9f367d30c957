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
    """Nothing is left of the files between, nor of the frames that were given."""
    given = found()
    made = apart(canonical_frames, given, 3, AliasFile(), folder=tmp_path / "between")
    assert given == [] and not (tmp_path / "between").exists()
    here = canonical_frames(*found(), 3, AliasFile())
    assert [frame.equals(other) for frame, other in zip(made, here, strict=True)] == [True] * 3


def test_without_a_place_for_its_files_the_work_is_done_here(tmp_path: Path) -> None:
    """A file stands where the folder should."""
    (tmp_path / "between").write_text("in the way")
    made = apart(canonical_frames, found(), 3, AliasFile(), folder=tmp_path / "between")
    assert made[1]["name"].to_list() == ["CNN"]
