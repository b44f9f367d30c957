"""How common a name is in the literature: in how many papers of a corpus it stood, to the nearest of a few levels.

What stands in hundreds of papers is hardly what the paper at hand introduces; what stands in none is hardly an
established term. The file holds, for names in at least LEVELS[0] papers, 30 bits of a hash and two of the level.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from functools import cache, lru_cache
from hashlib import blake2b

from extract.lexicon import DATA

FILE = DATA / "seen.bin"
LEVELS = (4, 12, 50, 250)
"""Papers, of some 85,000."""


def name_hash(folded: str) -> int:
    """30 bits of a folded name."""
    return int.from_bytes(blake2b(folded.encode(), digest_size=4).digest(), "little") >> 2


def packed(counts: Mapping[int, int]) -> bytes:
    """The file: sorted little-endian words, hash and level of each name that reaches the first level."""
    cells = array("I")
    for name, n in sorted(counts.items()):
        if n >= LEVELS[0]:
            cells.append(name << 2 | sum(n >= level for level in LEVELS[1:]))
    if sys.byteorder == "big":
        cells.byteswap()
    return cells.tobytes()


@cache
def _table() -> "array[int]":
    cells = array("I")
    cells.frombytes(FILE.read_bytes())
    if sys.byteorder == "big":
        cells.byteswap()
    return cells


@lru_cache(maxsize=60_000)
def papers_with(folded: str) -> int:
    """The highest level of LEVELS a folded name reaches; 0 when it is in fewer papers."""
    name = name_hash(folded)
    table = _table()
    at = bisect_left(table, name << 2)
    if at < len(table) and table[at] >> 2 == name:
        return LEVELS[table[at] & 3]
    return 0
