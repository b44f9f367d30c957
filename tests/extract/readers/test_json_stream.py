"""JSON as it comes: layouts, line numbers, pieces, faults."""

import io
import json
import time
from typing import Any

import pytest
from fuzz import EXAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.errors import SourceError
from extract.readers import json_document
from extract.readers.json_document import json_documents
from extract.readers.json_stream import json_lines, json_records, layout
from extract.readers.text import MAX_LINE

LISTS = ("results", "items")


def rows(text: str | bytes, label: str = "t", lists: tuple[str, ...] = LISTS) -> list[tuple[int, Any]]:
    """Line and record, or the reason, of all there is in a text."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return [(line, record) for line, record, _ in json_records(io.BytesIO(data), label, lists=lists)]


def until_error(text: str | bytes, lists: tuple[str, ...] = LISTS) -> tuple[list[tuple[int, Any]], str]:
    """The same up to a SourceError, and its message."""
    data = text if isinstance(text, bytes) else text.encode()
    found = []
    try:
        for line, record, _ in json_records(io.BytesIO(data), "t", lists=lists):
            found.append((line, record))
    except SourceError as error:
        return found, str(error)
    return found, ""


_BAD = "t, line 2: invalid JSON: Expecting "
_TOO_LONG = "t, line 1: invalid JSON: a record longer than 16 MiB"

A, B = {"a": 1}, {"b": [2, {"c": "x"}]}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('{"a": 1}\n{"b": [2, {"c": "x"}]}\n', (1, 2)),
        ('\n{"a": 1}\n\n \n{"b": [2, {"c": "x"}]}', (2, 5)),
        ('{"a": 1}\r\n{"b": [2, {"c": "x"}]}\r\n', (1, 2)),
        ('[{"a": 1}, {"b": [2, {"c": "x"}]}]', (1, 1)),
        ('[\n{"a":\n1},\n\n{"b": [2, {"c": "x"}]}\n]\n', (2, 5)),
        ('{\n"a": 1}\n{"b": [2,\n{"c": "x"}]}', (1, 3)),
        ('{"meta": {"n": 2}, "results": [{"a": 1}, {"b": [2, {"c": "x"}]}], "group_by": []}', (1, 1)),
        ('{"meta": {"n": 2},\n"results": [\n{"a": 1},\n{"b": [2, {"c": "x"}]}],\n"next": null}', (3, 4)),
        ('{"message": {"n": 2, "items": [{"a": 1},\n{"b": [2, {"c": "x"}]}]}, "status": "ok"}', (1, 2)),
        ('{"meta": 1, "results": [{"a": 1}]}\n{"meta": 2, "results": [{"b": [2, {"c": "x"}]}]}\n', (1, 2)),
        ('{"meta": 1, "results": []}\n{"results": [\n{"a": 1},{"b": [2, {"c": "x"}]}]}', (3, 3)),
        ('[{"a": 1}]\n[{"b": [2, {"c": "x"}]}]', (1, 2)),
        ('\ufeff{"a": 1}\n{"b": [2, {"c": "x"}]}', (1, 2)),
        ('\ufeff[{"a": 1},\n{"b": [2, {"c": "x"}]}]', (1, 2)),
    ],
)
def test_every_layout_gives_the_same_records(text: str, lines: tuple[int, int]) -> None:
    """With the lines on which they begin."""
    assert rows(text) == [(lines[0], A), (lines[1], B)]


@pytest.mark.parametrize(
    ("head", "suffix", "kind"),
    [
        (b'{"a": 1}\n{"a": 2}', "", "lines"),
        (b'{"a": 1}', ".json", "lines"),
        (b'{"a" 1}\n{"a": 2}', "", "lines"),
        (b'{"a": "cut\n{"a": 2}', "", "lines"),
        (b'{"a": [\n{"b": 2}]}', ".jsonl", "lines"),
        (b'{"a": "' + b"x" * 70_000, "", "lines"),
        (b'{"a": "' + b"x" * 70_000, ".json", "document"),
        (b'{"a":\n1}', "", "document"),
        (b'{"x": [{"a": 1},\n{"a": 2}]}', "", "document"),
        (b"[", "", "document"),
        (b'{"results": [{"a"', ".jsonl", "document"),
        (b"", "", "document"),
    ],
)
def test_the_layout_is_told_by_the_first_bytes(head: bytes, suffix: str, kind: str) -> None:
    """A suffix settles what the bytes leave open; a page is a document whatever its suffix."""
    assert layout(head, suffix=suffix, lists=LISTS) == kind


def test_a_list_of_that_name_deep_in_a_record_makes_no_page() -> None:
    """Nor a member of that name which is no list, nor such a text."""
    for record in ({"x": [{"results": [A]}]}, {"results": 3}, {"a": 'say "results": [1]'}, {"a": {"b": {"items": []}}}):
        text = json.dumps(record)
        assert rows(text) == rows(f"[{text}]") == [(1, record)]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(st.dictionaries(st.text(max_size=5).map("k".__add__), VALUES, max_size=3), max_size=4)


@settings(EXAMPLES, max_examples=500)
@given(RECORDS, st.integers(1, 9), st.sampled_from([None, 1]), st.booleans())
def test_a_record_may_lie_over_any_number_of_pieces(
    records: list[dict[str, Any]], piece: int, indent: int | None, ascii: bool
) -> None:
    """What is read a few bytes at a time is what was written, with its lines."""
    array = json.dumps(records, indent=indent, ensure_ascii=ascii)
    before = json_document.PIECE
    json_document.PIECE = piece
    try:
        data = array.encode("utf-8", "surrogatepass")
        found = list(json_documents(io.BytesIO(data), "t"))
    except SourceError as error:
        assert "not UTF-8" in str(error) and not ascii  # a lone surrogate, written raw
        return
    finally:
        json_document.PIECE = before
    assert [record for _, record, _ in found] == records
    for line, _, raw in found:
        assert raw.partition("\n")[0] in array.split("\n")[line - 1]


@settings(EXAMPLES, max_examples=500)
@given(st.text(alphabet='{}[]",:\\ue0d8x1-.\n\t é', max_size=40))
def test_the_fast_parser_reads_what_the_lenient_one_reads(text: str) -> None:
    """And no more: a line is the same record, or the same reject."""
    line = '{"k": ' + text.replace("\n", " ") + "}"
    try:
        expected = json.JSONDecoder(strict=False).decode(line)
    except ValueError:
        expected = "invalid JSON"
    found = [record for _, record, _ in json_lines(io.BytesIO(line.encode()))]
    assert [r if isinstance(r, dict) else r.partition(":")[0] for r in found] == [expected]


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ('{"a": NaN, "b": [Infinity, -Infinity]}', "[nan, inf, -inf]"),
        ('{"a": 1, "a": 2}', "2"),
        ('{"a": "x\ty\x01"}', "'x\\ty\\x01'"),
        ('{"a": "\\ud800 \\udc00"}', "'\\ud800 \\udc00'"),
        ('{"a": "\\ud83d\\ude00"}', "'😀'"),
        ('{"a": 123456789012345678901234567890}', "123456789012345678901234567890"),
        ('{"a": 1e999}', "inf"),
        ('{"a": -0}', "0"),
    ],
)
def test_what_exporters_write_is_read(text: str, record: str) -> None:
    """In both layouts alike: NaN, the last of equal keys, raw controls, lone surrogates, long numbers."""
    for layout_of_it in (text, f"[{text}]"):
        ((_, found),) = rows(layout_of_it)
        value = [found["a"], *found["b"]] if "b" in found else found["a"]
        assert repr(value) == record


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'{"a" 1}', "invalid JSON: Expecting ':' delimiter"),
        (b'{"a": "cut', "invalid JSON: Unterminated string starting at"),
        (b"[1]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'{"a": ' + b"[" * 100_000, "invalid JSON: nested too deeply"),
        (b'{"a": ' + b"1" * 5_000 + b"}", "invalid JSON: a number too large"),
        (b'{"a": "\xe9"}', "not UTF-8: save the file as UTF-8"),
        (b'{"a": "' + b"x" * MAX_LINE + b'"}', "a line longer than 16 MiB"),
    ],
    ids=["colon", "cut", "array", "null", "deep", "number", "latin-1", "long"],
)
def test_a_bad_line_is_one_reject(bad: bytes, reason: str) -> None:
    """The lines around it are read."""
    assert rows(b'{"a": 1}\n' + bad + b'\n{"a": 1}') == [(1, A), (2, reason), (3, A)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'[{"a": 1},\n{"a" 1}]', "t, line 2: invalid JSON: Expecting ':' delimiter"),
        (b'[{"a": 1},\n{"b":\n\n tru}]', "t, line 4: invalid JSON: Expecting value"),
        (b'[{"a": 1}\n{"a": 1}]', "t, line 2: invalid JSON: Expecting ',' delimiter"),
        (b'[{"a": 1},\n]', "t, line 2: invalid JSON: Illegal trailing comma"),
        (b'[{"a": 1}\n', "t, line 2: invalid JSON: Expecting ',' delimiter"),
        (b'[{"a": 1},\n{"b": "cut', "t, line 2: invalid JSON: Unterminated string starting at"),
        (b'{"results": [{"a": 1}],\n3: 4}', f"{_BAD}property name enclosed in double quotes"),
        (b'{"results": [{"a": 1}],\n"b" 4}', "t, line 2: invalid JSON: Expecting ':' delimiter"),
        (b'[{"a": 1},\n{"b":\n"\xe9"}]', "t, line 3: not UTF-8; save the file as UTF-8"),
        (b'[{"a": 1}]\n3', "t, line 2: invalid JSON: Extra data"),
        (b'[{"a": 1}, ' + b"[" * 100_000, "t, line 1: invalid JSON: nested too deeply"),
        (b'[{"a": 1}, {"b": "' + b"x" * (MAX_LINE + 1) + b'"}]', _TOO_LONG),
    ],
    ids=[
        "colon",
        "word",
        "comma",
        "trailing",
        "cut-list",
        "cut-text",
        "key",
        "page",
        "latin-1",
        "extra",
        "deep",
        "long",
    ],
)
def test_a_broken_document_ends_in_an_error_behind_its_good_records(text: bytes, message: str) -> None:
    """The error names the line of the fault."""
    assert until_error(text) == ([(1, A)], message)


def test_what_is_no_object_in_a_list_is_a_reject() -> None:
    """A number too large for a number too, which spoils its record alone."""
    long = "1" * 5_000
    assert rows(f'[{{"a": 1}}, 3, null, "x", [1],\n{{"a": {long}}}, {{"a": 1}}]') == [
        (1, A), *[(1, "not a JSON object")] * 4, (2, "invalid JSON: a number too large"), (2, A),
    ]  # fmt: skip


def test_what_is_no_json_is_an_error() -> None:
    """And nothing at all gives nothing."""
    assert until_error("title,abstract") == ([], "t is not a JSON array or object")
    assert until_error("") == until_error(" \n\n") == ([], "")


def test_pages_in_pages_end() -> None:
    """Only the first two levels of an object can be a page, so that no depth is too deep for it."""
    text = '{"results": [], "x": ' * 5_000
    assert until_error(text)[1] == "t, line 1: invalid JSON: nested too deeply"
    deep = '{"results": [{"a": 1}], "x": {"results": [{"a": 1}], "x": {"results": [{"a": 1}]}}}'
    assert rows(deep) == [(1, A), (1, A)]


def test_without_names_the_one_list_of_objects_holds_the_records() -> None:
    """Unless the object is a paper; two such lists leave it open, so the object is the record."""

    def found(value: object) -> list[Any]:
        data = io.BytesIO(json.dumps(value).encode())
        return [record for _, record, _ in json_documents(data, "t", lists=None)]

    assert found({"n": [1], "x": [A, B], "y": {}}) == [A, B]
    paper = {"authors": [A], "Title": "t", "abstract": "a"}
    assert found(paper) == [paper]
    assert found({"x": [A], "y": [B]}) == [{"x": [A], "y": [B]}]
    assert found({"x": []}) == [{"x": []}]


@pytest.mark.parametrize("filler", ['"x"', '"\\""', '"{é"'])
def test_time_is_linear_in_the_length_of_a_record(filler: str) -> None:
    """A record of 10 MB is read in seconds, whole, cut short, alone and in a page."""
    record = '{"a": [' + ",".join([filler] * (10_000_000 // (len(filler) + 1))) + "]}"
    start = time.process_time()
    assert len(rows(f"[{record}]")) == 1
    assert len(rows(f'{{"meta": 1, "results": [{record}]}}')) == 1
    assert until_error(f"[{record[:-5]}")[1].startswith("t, line 1: invalid JSON")
    assert until_error('{"results": [1], "a": "' + '\\"' * 5_000_000)[0] == [(1, "not a JSON object")]
    assert time.process_time() - start < 20


def test_memory_is_that_of_a_record() -> None:
    """An endless page is read as it goes."""

    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            self.taken += size
            return b'{"meta": 1, "results": [' if self.taken == size else b'{"a": 1}, ' * (size // 10)

    stream = Endless()
    records = json_records(stream, "t", lists=LISTS)  # type: ignore[arg-type]
    assert [next(records)[1] for _ in range(100_000)] == [A] * 100_000
    assert stream.taken < 3_000_000


@EXAMPLES
@given(st.binary(max_size=60), st.sampled_from([b"", b"[", b"{", b'{"results": [', b'{"a": 1}\n', b'[{"a": 1}, ']))
def test_no_bytes_raise_anything_but_source_errors(junk: bytes, start: bytes) -> None:
    """Of one line; and every reason is for a record."""
    found, error = until_error(start + junk)
    assert "\n" not in error
    assert all(line >= 1 and isinstance(record, dict | str) for line, record in found)
