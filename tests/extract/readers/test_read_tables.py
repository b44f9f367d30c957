"""Tables: JSON Lines, JSON, CSV and Parquet."""

import datetime
import gzip
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from extract.errors import SourceError
from extract.readers.table import read_csv, read_json, read_jsonl, read_parquet
from extract.records import Paper, Reject

PAPER = {"title": "A Title", "abstract": "An abstract."}
Read = Callable[..., Iterator[Paper | Reject]]


def jsonl(*records: object, mapping: dict[str, str] | None = None) -> list[Paper | Reject]:
    """What JSON Lines of these records give."""
    text = "\n".join(json.dumps(record) for record in records)
    return list(read_jsonl(io.BytesIO(text.encode()), "t", mapping=mapping))


def parse(read: Read, text: str | bytes, mapping: dict[str, str] | None = None) -> list[Paper | Reject]:
    """What a text gives."""
    data = text.encode() if isinstance(text, str) else text
    return list(read(io.BytesIO(data), "t", mapping=mapping))


def parquet(frame: pl.DataFrame, mapping: dict[str, str] | None = None) -> list[Paper | Reject]:
    """What a frame written as Parquet gives."""
    data = io.BytesIO()
    frame.write_parquet(data)
    return parse(read_parquet, data.getvalue(), mapping)


def outcome(records: list[Paper | Reject]) -> list[str | tuple[int, str]]:
    """Titles of papers; line and reason of rejects."""
    return [r.title if isinstance(r, Paper) else (r.line, r.reason) for r in records]


FULL = {
    **PAPER, "id": "x1", "year": 2021, "date": "2021-03-04", "venue": "ICLR", "authors": ["A. One", "B. Two"],
    "doi": "10.1000/xyz", "arxiv": "2103.00001", "url": "https://example.org", "keywords": ["graphs"],
}  # fmt: skip


def test_every_field_is_read() -> None:
    """Each named column reaches its field; the source is the line."""
    assert jsonl(FULL) == [
        Paper(
            title="A Title", abstract="An abstract.", id="x1", year=2021, date="2021-03-04", venue="ICLR",
            authors=("A. One", "B. Two"), doi="10.1000/xyz", arxiv="2103.00001", url="https://example.org",
            keywords=("graphs",), sources=("t:1",),
        )
    ]  # fmt: skip


def test_the_four_formats_give_the_same_paper() -> None:
    """Lists are `;`-separated in CSV."""
    (paper,) = jsonl(FULL)
    assert parse(read_json, json.dumps([FULL])) == [paper]
    assert parquet(pl.DataFrame([FULL])) == [paper]
    row = ",".join("; ".join(v) if isinstance(v, list) else str(v) for v in FULL.values())
    assert isinstance(paper, Paper)
    (from_csv,) = parse(read_csv, f"{','.join(FULL)}\n{row}\n")
    assert isinstance(from_csv, Paper)
    assert (from_csv.authors, from_csv.doi, from_csv.year) == (paper.authors, paper.doi, paper.year)
    assert from_csv.sources == ("t:2",)


def test_columns_count_in_any_case_and_unknown_ones_are_ignored() -> None:
    """` TITLE ` is a title."""
    assert outcome(jsonl({" TITLE ": "T", "Abstract": "A.", "pdf": {"x": 1}})) == ["T"]


def test_a_mapping_names_columns() -> None:
    """It wins over a column that bears the field's name, and its own case does not count."""
    record = {"Name": "The Name", "title": "not this", "summary": "S.", "published": 2020}
    (paper,) = jsonl(record, mapping={"name": "title", "summary": "abstract", "published": "year"})
    assert paper == Paper(title="The Name", abstract="S.", year=2020, sources=("t:1",))


def test_a_mapping_to_an_unknown_field_is_an_error() -> None:
    """The message lists the fields."""
    with pytest.raises(SourceError, match='unknown field in a=tilte: "tilte" is not one of title, abstract'):
        jsonl(PAPER, mapping={"a": "tilte"})


@pytest.mark.parametrize("read", [read_csv, read_jsonl, read_json, read_parquet])
def test_missing_columns_are_an_error_that_lists_what_is_there(read: Read) -> None:
    """Not one reject a row: the remedy is a mapping."""
    frame = pl.DataFrame({"name": ["a"], "summary": ["b"]})
    data = io.BytesIO()
    if read is read_parquet:
        frame.write_parquet(data)
    elif read is read_csv:
        frame.write_csv(data)
    else:
        data.write(b'{"name": "a", "summary": "b"}' if read is read_jsonl else b'[{"name": "a", "summary": "b"}]')
    with pytest.raises(SourceError, match=r"t has no column title or abstract; its columns are: name, summary\."):
        parse(read, data.getvalue())
    with pytest.raises(SourceError, match="no column year"):
        parse(read, data.getvalue(), {"name": "title", "summary": "abstract", "jahr": "year"})


def test_wrong_columns_are_found_early() -> None:
    """A long file is refused after a hundred records."""
    endless = io.BytesIO(b'{"name": "a"}\n' * 10_000)
    with pytest.raises(SourceError, match="has no column title"):
        list(read_jsonl(endless, "t"))
    assert endless.tell() < 100_000


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": 3}, "title is not a string"),
        ({"title": ["A"]}, "title is not a string"),
        ({"title": " \n"}, "no title"),
        ({"title": None}, "no title"),
        ({"abstract": ""}, "no abstract"),
        ({"abstract": {"a": 1}}, "abstract is not a string"),
        ({"abstract": "x" * 100_001}, "abstract longer than 100,000 characters: the full text?"),
        ({"year": "soon"}, "year is not a year"),
        ({"year": True}, "year is not a year"),
        ({"year": 10**30}, "year is not a year"),
        ({"year": 2021.5}, "year is not a whole number"),
        ({"year": float("inf")}, "year is not a year"),
        ({"id": 1.5}, "id is not a string"),
        ({"venue": ["ICLR"]}, "venue is not a string"),
        ({"doi": 10.5}, "doi is not a string"),
        ({"authors": 3}, "authors is not a list of strings"),
        ({"keywords": [1, 2]}, "keywords is not a list of strings"),
    ],
)
def test_a_wrong_value_rejects_its_row_alone(change: dict[str, object], reason: str) -> None:
    """The reject names line and reason; the rows around it are read."""
    assert outcome(jsonl(PAPER, PAPER | change, PAPER)) == ["A Title", (2, reason), "A Title"]


@pytest.mark.parametrize(
    ("year", "read"), [(2021, 2021), (2021.0, 2021), ("2021", 2021), (" 2021.0 ", 2021), ("", None), (None, None)]
)
def test_years(year: object, read: int | None) -> None:
    """As number or text, and NaN as nothing, which is how pandas writes a missing one."""
    (paper,) = jsonl(PAPER | {"year": year})
    assert isinstance(paper, Paper)
    assert paper.year == read
    assert outcome(jsonl(PAPER | {"year": float("nan")})) == ["A Title"]


@pytest.mark.parametrize(
    ("field", "raw", "read"),
    [
        ("doi", "https://doi.org/10.1000/ABC", "10.1000/abc"),
        ("doi", "http://dx.doi.org/10.1000/abc", "10.1000/abc"),
        ("doi", "doi:10.1000/abc", "10.1000/abc"),
        ("doi", "n/a", None),
        ("arxiv", "arXiv:2103.00001v3", "2103.00001"),
        ("arxiv", "https://arxiv.org/pdf/2103.00001v2.pdf", "2103.00001"),
        ("arxiv", "hep-th/9901001", "hep-th/9901001"),
        ("arxiv", "math.GT/0309136v1", "math/0309136"),
        ("arxiv", "none", None),
        ("id", 17, "17"),
        ("date", 2021, None),
        ("date", "20 May 2021", "2021-05-20"),
        ("venue", "  ", None),
        ("authors", "Smith, J.; Doe, A.;", ("Smith, J.", "Doe, A.")),
        ("authors", [{"name": "J. Smith"}, None, {"name": ""}], ("J. Smith",)),
        ("keywords", "graph neural networks", ("graph neural networks",)),
    ],
)
def test_values_are_normalised(field: str, raw: object, read: object) -> None:
    """Identifiers lose prefix and version, and what is no identifier is left out."""
    (paper,) = jsonl(PAPER | {field: raw})
    assert getattr(paper, field) == read


def test_text_is_kept_but_for_controls_and_lone_surrogates() -> None:
    """Control characters become one space, surrogates U+FFFD; offsets count what is stored."""
    (paper,) = jsonl({"title": " A\x00\x07B \n C\u0085", "abstract": "x  y\ud800 Pad\\'e $^2$ \u00a0é"})
    assert isinstance(paper, Paper)
    assert paper.title == "A B C"
    assert paper.abstract == "x  y\ufffd Pad\\'e $^2$ \u00a0é"


def test_long_titles_and_other_scripts_are_read() -> None:
    """A title of 10,000 characters; an abstract in another script."""
    assert outcome(jsonl(PAPER | {"title": "x" * 10_000})) == ["x" * 10_000]
    assert outcome(jsonl({"title": "神经网络", "abstract": "الشبكات العصبية"})) == ["神经网络"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{broken", "invalid JSON: Expecting property name enclosed in double quotes"),
        (b"[1]", "not a JSON object"),
        (b"[" * 100_000, "invalid JSON: nested too deeply"),
        (b'{"title": ' + b"1" * 5000 + b"}", "invalid JSON: a number too large"),
        (b'{"title": "\xe9", "abstract": "x"}', "not UTF-8: save the file as UTF-8"),
        (b'{"title": "' + b"x" * 50_000_000, "a line longer than 16 MiB"),
    ],
    ids=["broken", "array", "deep", "number", "latin-1", "50 MB"],
)
def test_a_bad_line_is_a_reject_and_the_file_goes_on(line: bytes, reason: str) -> None:
    """With its line number, and a short piece of its text."""
    good = json.dumps(PAPER).encode()
    records = parse(read_jsonl, b"\n".join([good, b"", line, good]))
    assert outcome(records) == ["A Title", (3, reason), "A Title"]
    if "longer" in reason:
        assert isinstance(records[1], Reject) and records[1].raw == '{"title": "' + "x" * 69
    assert all(len(record.raw) <= 200 for record in records if isinstance(record, Reject))


def test_raw_control_characters_in_json_are_read() -> None:
    """A tab that an exporter did not escape is no reason to lose a paper."""
    assert outcome(parse(read_jsonl, '{"title": "A\tB\x01", "abstract": "x"}')) == ["A B"]


def test_json_knows_the_line_of_each_record() -> None:
    """In an array and in an object that holds one array of objects."""
    array = f"[\n{json.dumps(PAPER)},\n7,\n\n{json.dumps(PAPER)}\n]"
    assert [r.sources for r in parse(read_json, array) if isinstance(r, Paper)] == [("t:2",), ("t:5",)]
    assert outcome(parse(read_json, array)) == ["A Title", (3, "not a JSON object"), "A Title"]
    holder = f'{{"count": 2, "tags": ["a"],\n"papers": {array}, "next": null}}'
    assert [r.sources for r in parse(read_json, holder) if isinstance(r, Paper)] == [("t:3",), ("t:6",)]


def test_a_json_list_may_have_a_title_of_its_own() -> None:
    """An object is a paper only if it has an abstract too."""
    assert outcome(parse(read_json, json.dumps({"title": "My list", "papers": [PAPER]}))) == ["A Title"]


def test_json_of_a_single_paper_is_a_paper() -> None:
    """Its list of authors is not taken for a list of papers."""
    assert outcome(parse(read_json, json.dumps(PAPER | {"authors": [{"name": "A"}]}, indent=1))) == ["A Title"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"title": "a",\n}]', "t, line [12]: invalid JSON"),  # Python 3.13 names the line of the comma
        ("[1] 2", "t, line 1: invalid JSON: Extra data"),
        ("[{}\n{}]", "t, line 2: invalid JSON: Expecting ','"),
        ('{"a" 1}', "t, line 1: invalid JSON: Expecting ':'"),
        ("3", "t is not a JSON array or object"),
        ("[]", "t holds no records"),
        (b'[{"title":\n "\xe9"}]', "t, line 2: not UTF-8"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_broken_json_is_an_error_with_its_line(text: str | bytes, message: str) -> None:
    """A JSON file is one value, so what is broken breaks it all."""
    with pytest.raises(SourceError, match=message):
        parse(read_json, text)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_csv_delimiters(mark: str) -> None:
    """Told by the header; the others may stand in the text."""
    text = f'year{mark}title{mark}abstract\r\n2020{mark}"A, B; C"{mark}"One\r\nTwo ""three"""\r\n2021{mark}D{mark}E\r\n'
    assert parse(read_csv, text) == [
        Paper(title="A, B; C", abstract='One Two "three"', year=2020, sources=("t:2",)),
        Paper(title="D", abstract="E", year=2021, sources=("t:4",)),
    ]


def test_csv_rows_of_the_wrong_length() -> None:
    """Missing cells are empty; cells too many mean that the row is broken, unless they are empty."""
    text = "title,abstract,venue\na,b\nc,d,e,\nf,g,h,i\n\nj\n"
    assert outcome(parse(read_csv, text)) == ["a", "c", (4, "4 cells in a row, 3 in the header"), (6, "no abstract")]


def test_csv_faults_reject_their_row() -> None:
    """Bytes that are not UTF-8, a line too long, and a quote left open, which is found at a field's limit."""
    data = b"title,abstract\na,b\n\xe9,c\n" + b'"\xff' + b"x" * 17_000_000 + b',y\nd,e\nf,"g\n' + b"h,i\n" * 50_000
    records = parse(read_csv, data)
    assert outcome(records)[:4] == [
        "a",
        (3, "not UTF-8: save the file as UTF-8"),
        (4, "a line longer than 16 MiB"),
        "d",
    ]
    assert isinstance(records[2], Reject) and records[2].raw == "x" * 79  # and its quote opens nothing
    assert isinstance(records[4], Reject)
    assert records[4].line == 6
    assert records[4].reason == "invalid CSV: field larger than field limit (131072); is a quote left open?"
    assert outcome(records)[-1] == "h"


def test_a_csv_header_without_rows_is_an_error() -> None:
    """As is a header that cannot be read."""
    with pytest.raises(SourceError, match="t holds no records"):
        parse(read_csv, "title,abstract\n")
    with pytest.raises(SourceError, match="t, line 1: not UTF-8"):
        parse(read_csv, b"title,abstract,\xe9\na,b,c\n")


def test_parquet_types_are_read() -> None:
    """Dates, lists, structs and missing values; the line is the row."""
    frame = pl.DataFrame(
        {
            "title": ["a", None, "b"],
            "abstract": ["x", "y", "z"],
            "year": [2020.0, 2021.0, float("nan")],
            "date": [datetime.date(2020, 1, 2), None, None],
            "authors": [[{"name": "A"}], [], None],
        }
    )
    records = parquet(frame)
    assert outcome(records) == ["a", (2, "no title"), "b"]
    assert records[0] == Paper("a", "x", year=2020, date="2020-01-02", authors=("A",), sources=("t:1",))


def test_parquet_is_read_past_one_batch() -> None:
    """In order, and each row once."""
    frame = pl.DataFrame({"title": [f"t{i}" for i in range(12_345)], "abstract": ["x"] * 12_345})
    assert outcome(parquet(frame)) == frame["title"].to_list()


def test_parquet_is_read_from_a_file_of_any_name_and_from_an_archive(tmp_path: Path) -> None:
    """`*` and `[` in a name stand for themselves; decompressed data is spooled, since Parquet is read from its end."""
    path = tmp_path / "a[1]*=x.parquet"
    pl.DataFrame([PAPER]).write_parquet(path)
    (tmp_path / "a1b=x.parquet").write_bytes(b"another")
    with path.open("rb") as file:
        assert outcome(list(read_parquet(file, "t"))) == ["A Title"]
    with gzip.open(io.BytesIO(gzip.compress(path.read_bytes()))) as archive:
        assert outcome(list(read_parquet(archive, "t"))) == ["A Title"]  # type: ignore[arg-type]


def test_json_is_read_as_it_comes() -> None:
    """The first records are there before the last are; a fault ends the file behind what is good."""
    data = io.BytesIO(b'{"count": 3, "papers": [' + json.dumps(PAPER).encode() + b", " * 2 + b" " * 9_000_000)
    papers = read_json(data, "t")
    assert isinstance(next(papers), Paper)
    assert data.tell() < 2_000_000
    with pytest.raises(SourceError, match="t, line 1: invalid JSON: Expecting value"):
        next(papers)


def test_broken_parquet_is_an_error() -> None:
    """On one line."""
    with pytest.raises(SourceError, match=r"^t is not a Parquet file that can be read: .*$"):
        parse(read_parquet, b"PAR1" + b"\0" * 100 + b"PAR1")
