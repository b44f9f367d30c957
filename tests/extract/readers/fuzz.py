"""What readers are fuzzed with: damaged copies of a good sample, and the check of what comes out."""

import io
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from extract.errors import SourceError
from extract.readers import Reader
from extract.records import Paper, Reject

EXAMPLES = settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))


def mutated(sample: bytes) -> st.SearchStrategy[bytes]:
    """A sample with up to four pieces cut out, doubled, overwritten or swapped for junk."""
    places = st.integers(0, len(sample))
    junk = st.sampled_from([b"", b"\x00", b"\xff\xfe", b'"', b"{", b"}", b"[", b"<", b"&", b"\n", b"null", b"1e999"])
    edits = st.lists(st.tuples(places, places, st.one_of(junk, st.binary(max_size=8)), st.booleans()), max_size=4)
    return edits.map(lambda given: _edited(sample, given))


def _edited(sample: bytes, edits: list[tuple[int, int, bytes, bool]]) -> bytes:
    for one, other, junk, double in edits:
        start, end = min(one, other), min(max(one, other), min(one, other) + 200)
        piece = sample[start:end] * 2 if double else b""
        sample = sample[:start] + piece + junk + sample[end:]
    return sample


def survives(read: Reader | Callable[..., object], data: bytes) -> None:
    """Reading gives papers with titles and rejects with places, or ends in a SourceError of one line."""
    try:
        for record in read(io.BytesIO(data), "f"):  # type: ignore[attr-defined,unused-ignore]
            assert isinstance(record, Paper | Reject)
            if isinstance(record, Paper):
                assert record.title
                assert record.sources
            else:
                assert record.line >= 1
                assert record.reason
    except SourceError as error:
        assert "\n" not in str(error)
