"""How common names are."""

import pytest

from extract import seen


def test_the_file_gives_back_the_level_of_each_name() -> None:
    """Below the first level a name is left out; the level is the highest it reaches, also above all."""
    counts = {seen.name_hash(f"name {n}"): n for n in (1, 3, 4, 11, 12, 60, 10_000)}
    cells = sorted(int.from_bytes(part, "little") for part in _words(seen.packed(counts)))
    levels = {cell >> 2: seen.LEVELS[cell & 3] for cell in cells}
    assert levels == {
        seen.name_hash(f"name {n}"): level for n, level in ((4, 4), (11, 4), (12, 12), (60, 50), (10_000, 250))
    }


@pytest.mark.parametrize(("name", "level"), [("neural network", 250), ("a name that nobody ever wrote", 0)])
def test_the_shipped_file_knows_common_names(name: str, level: int) -> None:
    """A term of the field is common; the file holds hashes alone and stays small."""
    assert seen.papers_with(name) == level
    assert seen.FILE.stat().st_size < 1_000_000


def _words(data: bytes) -> list[bytes]:
    return [data[i : i + 4] for i in range(0, len(data), 4)]
