"""Properties: no input breaks a reader, and what is written comes back."""

import io
import json
import tempfile
from pathlib import Path

import polars as pl
import pytest
from fuzz import EXAMPLES, mutated, survives
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.errors import Error
from extract.readers import READERS, read_source
from extract.readers.text import TOO_LONG, clean, lines
from extract.records import Paper, Reject

FRAGMENTS = st.sampled_from(
    [b"{", b"}", b"[", b"]", b'"title"', b'"abstract"', b":", b",", b"\n", b"\r\n", b'"', b"\\", b"title,abstract\n",
     b"null", b"1e999", b"NaN", b"\x00", b"\xff", b"\xef\xbb\xbf", b"PAR1", b"x" * 300, b"Subscribe", b"\\ud800"]
)  # fmt: skip
BYTES = st.binary(max_size=400) | st.lists(FRAGMENTS, max_size=40).map(b"".join)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@pytest.mark.parametrize("kind", READERS)
@given(data=BYTES)
@settings(max_examples=150, deadline=None)
def test_a_reader_gives_papers_rejects_or_our_error(kind: str, data: bytes) -> None:
    """For any bytes; what it gives can be stored as UTF-8 and has no control character."""
    try:
        for record in READERS[kind](io.BytesIO(data), "any"):
            assert isinstance(record, Paper | Reject)
            shown = record.title + record.abstract if isinstance(record, Paper) else record.reason + record.raw
            assert shown.encode() and "\n" not in shown and "\0" not in shown
    except Error as error:
        assert "\n" not in str(error)


@given(data=BYTES, magic=st.sampled_from([b"", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh9", b"PAR1", b'[{"a":']))
@settings(max_examples=150, deadline=None)
def test_a_file_of_any_bytes_is_read_or_refused(data: bytes, magic: bytes) -> None:
    """Also one that begins as an archive does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "any.jsonl")
        path.write_bytes(magic + data)
        try:
            assert all(isinstance(record, Paper | Reject) for record in read_source(path))
        except Error as error:
            assert "\n" not in str(error)


@given(st.lists(st.tuples(TEXT, TEXT, st.none() | st.integers(1, 9999)), min_size=1, max_size=10))
@settings(max_examples=100, deadline=None)
def test_json_lines_round_trip(rows: list[tuple[str, str, int | None]]) -> None:
    """Every title and abstract comes back as `clean` leaves it, or its line is a reject for being blank."""
    text = "\n".join(json.dumps({"title": t, "abstract": a, "year": y}, ensure_ascii=False) for t, a, y in rows)
    records = list(READERS["jsonl"](io.BytesIO(text.encode()), "f"))
    assert len(records) == len(rows)
    for line, (record, (title, abstract, year)) in enumerate(zip(records, rows, strict=True), start=1):
        if clean(title) and clean(abstract):
            assert record == Paper(clean(title), clean(abstract), year=year, sources=(f"f:{line}",))
        else:
            assert isinstance(record, Reject)


@given(TEXT)
def test_clean_text_is_stable(text: str) -> None:
    """Cleaning twice is cleaning once, and printable text is only stripped."""
    assert clean(clean(text)) == clean(text)
    assert clean(text) == text.strip() or not text.isprintable()


def test_a_line_too_long_is_passed_over_without_holding_it() -> None:
    """The lines after it keep their numbers; a line just at the limit is read."""
    found = list(lines(io.BytesIO(b"a" * 10 + b"\n" + b"b" * 11 + b"\n" + b"c" * 50), limit=10))
    assert [(number, text[:1], text[-1:]) for number, text in found] == [
        (1, "a", "a"),
        (2, "b", TOO_LONG),
        (3, "c", TOO_LONG),
    ]


@pytest.mark.parametrize("kind", ["huggingface", "jsonl", "json", "csv", "parquet"])
def test_damaged_pages_and_tables_are_survived(kind: str) -> None:
    """Cut, doubled, overwritten: 2,000 of each; the other formats have a file of tests each."""

    @EXAMPLES
    @given(st.binary(max_size=80) | mutated(sample(kind)))
    def read(data: bytes) -> None:
        survives(READERS[kind], data)

    read()


def sample(kind: str) -> bytes:
    """Three papers in a format."""
    rows = [
        {"title": f"Title {i}: of a Paper", "abstract": f"We propose {i}. " * 20, "year": 2000 + i} for i in range(3)
    ]
    if kind == "huggingface":
        return "".join(f"{row['title']}\n{row['abstract']}\n\n" for row in rows).encode()
    if kind == "csv":
        return (
            b"title,abstract,year\n" + "".join(f'"{r["title"]}","{r["abstract"]}",{r["year"]}\n' for r in rows).encode()
        )
    if kind == "parquet":
        file = io.BytesIO()
        pl.DataFrame(rows).write_parquet(file)
        return file.getvalue()
    return (json.dumps(rows, indent=1) if kind == "json" else "".join(json.dumps(r) + "\n" for r in rows)).encode()
