"""Files: finding them, opening them, and telling their format."""

import bz2
import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import zstandard

from extract.errors import SourceError
from extract.readers import READERS, expand, read_source
from extract.readers.sniff import HEAD, sniff
from extract.records import Paper, Reject

PAPER = {"title": "A Title", "abstract": "An abstract."}
JSONL = (json.dumps(PAPER) + "\n").encode()
PAGE = ("A Title\n" + "The abstract of a paper, at some length. " * 10 + "\n").encode() * 2
zstd = zstandard.ZstdCompressor().compress


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test works in a folder of its own, and names files relative to it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, data: bytes = JSONL) -> Path:
    """Write a file, with its folders."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def titles(path: Path) -> list[str]:
    """The titles of a file in which every record is a paper."""
    return [record.title for record in read_source(path) if isinstance(record, Paper)]


def failure(path: Path) -> str:
    """The message of the error that reading a file ends in: always one line."""
    with pytest.raises(SourceError) as caught:
        list(read_source(path))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_readers_are_those_documented() -> None:
    """One for each format."""
    assert {"huggingface", "jsonl", "json", "csv", "parquet"} < set(READERS)


@pytest.mark.parametrize("compress", [gzip.compress, zstd, bz2.compress])
@pytest.mark.parametrize("name", ["papers.jsonl", "papers.jsonl.gz", "papers"])
def test_compression_is_told_by_content(compress: Callable[[bytes], bytes], name: str) -> None:
    """Whatever the name says."""
    assert titles(write(name, compress(JSONL * 3))) == ["A Title"] * 3


@pytest.mark.parametrize("compress", [gzip.compress, zstd, bz2.compress])
def test_archives_of_several_parts_are_read_whole(compress: Callable[[bytes], bytes]) -> None:
    """As `cat a.gz b.gz` makes them."""
    assert titles(write("papers.jsonl.gz", compress(JSONL * 2) + compress(JSONL))) == ["A Title"] * 3


@pytest.mark.parametrize("compress", [gzip.compress, zstd, bz2.compress])
@pytest.mark.parametrize("cut", [0.4, 0.999])
def test_a_cut_archive_is_an_error(compress: Callable[[bytes], bytes], cut: float) -> None:
    """Also where it is cut far behind the part that is sniffed."""
    body = b"".join(json.dumps(PAPER | {"id": os.urandom(20).hex()}).encode() + b"\n" for _ in range(5_000))
    data = compress(body)
    message = failure(write("papers.jsonl.gz", data[: int(len(data) * cut)]))
    assert message.startswith("papers.jsonl.gz is damaged (")


@pytest.mark.parametrize("compress", [gzip.compress, zstd, bz2.compress])
def test_a_damaged_archive_is_an_error(compress: Callable[[bytes], bytes]) -> None:
    """Bytes overwritten in its middle."""
    data = bytearray(compress(b"".join(os.urandom(20).hex().encode() + b"\n" for _ in range(5_000))))
    data[len(data) // 2 : len(data) // 2 + 64] = b"\xff" * 64
    assert "fetch or compress it again" in failure(write("papers.jsonl", bytes(data)))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a", JSONL * 2),
        ("a.txt", JSONL * 2),
        ("a.json", JSONL * 2),
        ("a.json", json.dumps([PAPER, PAPER]).encode()),
        ("a.jsonl", json.dumps([PAPER, PAPER]).encode()),
        ("a", json.dumps({"papers": [PAPER, PAPER]}).encode()),
        ("a", json.dumps({"papers": [PAPER, PAPER]}, indent=2).encode()),
        ("a.csv", b"title,abstract\nA Title,b\nA Title,b\n"),
        ("a.txt", b"title;abstract\nA Title;b\nA Title;b\n"),
        ("a", b"\xef\xbb\xbfabstract\ttitle\nb\tA Title\nb\tA Title\n"),
        ("a.txt", PAGE),
        ("a", PAGE),
        ("a.md", b"Daily Papers\n" + PAGE),
    ],
)
def test_the_format_is_told_by_content_then_suffix(name: str, data: bytes) -> None:
    """Two papers, whatever the name."""
    assert titles(write(name, data)) == ["A Title"] * 2


def test_parquet_is_told_by_content() -> None:
    """With a mapping, as every table."""
    pl.DataFrame({"name": ["A Title"], "abstract": ["b"]}).write_parquet("a.bin")
    (paper,) = read_source(Path("a.bin"), mapping={"name": "title"})
    assert paper == Paper("A Title", "b", sources=("a.bin:1",), format="table")


def test_a_mapping_also_tells_a_csv() -> None:
    """Its header has no title by name."""
    path = write("data", b"name;summary\nA Title;b\n")
    (paper,) = read_source(path, mapping={"name": "title", "summary": "abstract"})
    assert paper == Paper("A Title", "b", sources=("data:2",), format="table")


def test_a_broken_first_line_does_not_hide_json_lines() -> None:
    """It is a reject, and the rest is read."""
    records = list(read_source(write("a.jsonl", b'{"title": \n' + JSONL)))
    assert [type(record) for record in records] == [Reject, Paper]


@pytest.mark.parametrize("data", [b"", b"\n \r\n", b"\xef\xbb\xbf", gzip.compress(b""), zstd(b"\n")])
def test_an_empty_file_is_an_error(data: bytes) -> None:
    """Compressed or not."""
    assert failure(write("a.jsonl", data)) == "a.jsonl is empty"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (bytes(range(256)) * 100, "a.txt is binary data, not text"),
        (b"%PDF-1.7\n", "a.txt is PDF, not text"),
        (b"PK\x03\x04....", "a.txt is a ZIP archive or office document, not text"),
        ("title,abstract\n".encode("utf-16"), "a.txt is UTF-16: convert it, iconv -f UTF-16 -t UTF-8 a.txt"),
        ("title,abstract\n".encode("utf-16-le"), "a.txt is binary data, not text"),
        (b"Just a few words.\n", "a.txt gave no paper: the page's format may have changed"),
    ],
)
def test_what_is_no_source_is_an_error(data: bytes, message: str) -> None:
    """It says what the file is, and what is read."""
    assert failure(write("a.txt", data)).startswith(message)


def test_an_unknown_format_lists_those_read() -> None:
    """A README named explicitly is tried, and refused."""
    message = failure(write("README.md", b"# Papers\n" + b"Some words of prose about these files. " * 20))
    assert message.startswith(
        "README.md is in no format that is read: tables (JSON Lines, JSON, CSV, TSV, Parquet), BibTeX"
    )
    assert failure(write("page.svg", b"<svg>\n" + b"<p>words</p>" * 50)).startswith("page.svg is in no format")


def test_a_file_that_is_not_there_is_an_error() -> None:
    """Removed between the listing and the reading, say."""
    assert (
        failure(Path("gone.txt")) == "cannot read gone.txt: No such file or directory; check its path and permissions"
    )


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root, and Windows, may read everything")
def test_an_unreadable_file_is_an_error() -> None:
    """With the remedy."""
    path = write("a.jsonl")
    path.chmod(0)
    assert "Permission denied; check its path and permissions" in failure(path)


def test_a_pipe_is_an_error() -> None:
    """A source is read twice: to tell its format, and to read it."""
    os.mkfifo("pipe")
    assert failure(Path("pipe")) == "pipe is not a regular file: save its content to a file first"


def test_a_folder_gives_its_sources() -> None:
    """Those below it too, in the order of their names; no README, hidden file, unknown suffix or knowledge base."""
    for name in ("d/b.txt", "d/a.jsonl.zst", "d/sub/c.CSV", "d/e.tsv.bz2", "d/f.parquet"):
        write(name)
    for name in ("d/README.txt", "d/.hidden.txt", "d/.git/x.txt", "d/x.py", "d/papers.kb/manifest.json"):
        write(name)
    write("d/papers.kb/papers.parquet")
    found = [path.as_posix() for path in expand(["d"])]
    assert found == ["d/a.jsonl.zst", "d/b.txt", "d/e.tsv.bz2", "d/f.parquet", "d/sub/c.CSV"]


def test_sources_are_distinct_and_sorted() -> None:
    """However a file is named; its label is the path given, without needless parts."""
    write("d/a.txt"), write("d/b.txt")
    found = expand(["d/b.txt", "./d/a.txt", "d", "d/*.txt", str(Path("d/b.txt"))])
    assert found == [Path("d/a.txt"), Path("d/b.txt")]
    write("d/a.txt", JSONL)
    (paper,) = read_source(expand(["./d//a.txt"])[0])
    assert isinstance(paper, Paper)
    assert paper.sources == ("d/a.txt:1",)


def test_globs() -> None:
    """A glob leaves README and unknown suffixes out, unless it matches nothing else; `**` goes down."""
    for name in ("d/a.txt", "d/README.md", "d/x.dat", "d/sub/b.txt", "d/odd[1].txt"):
        write(name)
    assert expand(["d/*"]) == [Path("d/a.txt"), Path("d/odd[1].txt")]
    assert expand(["d/**/b.*"]) == [Path("d/sub/b.txt")]
    assert expand(["d/x.*"]) == [Path("d/x.dat")]
    assert expand(["d/odd[1].txt"]) == [Path("d/odd[1].txt")]
    assert expand(["d/su?"]) == [Path("d/sub/b.txt")]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("gone.txt", "no such file or folder: gone.txt; check the path"),
        ("a\0b", "no such file or folder: a b; check the path"),
        ("x" * 5000, "no such file or folder: x"),
        ("*.none", r"nothing matches \*\.none; check the pattern"),
        ("empty", r"empty holds no source: looked for \.txt \.jsonl"),
        ("", "an empty source"),
    ],
)
def test_a_source_that_stands_for_nothing_is_an_error(source: str, message: str) -> None:
    """One line with the remedy."""
    Path("empty").mkdir()
    with pytest.raises(SourceError, match=message):
        expand([source])


def test_no_sources_are_an_error() -> None:
    """Rather than an empty knowledge base."""
    with pytest.raises(SourceError, match="no sources given"):
        expand([])


SAMPLES = sorted((Path(__file__).parent / "samples").iterdir())
FORMATS = {
    "lens": "export", "scopus": "export", "wos": "export", "zotero": "export", "openalex_page": "openalex",
    "semantic_scholar_abstracts": "semantic_scholar", "semantic_scholar_batch": "semantic_scholar",
    "semantic_scholar_citations": "semantic_scholar", "semantic_scholar_papers": "semantic_scholar",
    "semantic_scholar_references": "semantic_scholar", "semantic_scholar_search": "semantic_scholar",
}  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
@pytest.mark.parametrize("named", [True, False])
def test_every_format_is_told_by_its_content(sample: Path, named: bool) -> None:
    """With its own suffix and with none, after a byte order mark and blank lines."""
    data = sample.read_bytes()
    suffix = sample.suffix if named else ""
    wanted = "nbib" if sample.suffix == ".nbib" else FORMATS.get(sample.stem, sample.stem)
    assert sniff(data[:HEAD], sample.name, suffix, mapping={}) == wanted
    assert sniff((b"\xef\xbb\xbf\n\n" + data)[:HEAD], sample.name, suffix, mapping={}) == wanted


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ({"status": "ok", "message-type": "work-list", "message": {"items": [{"title": ["A"]}]}}, "crossref"),
        ({"status": "ok", "message-type": "work-list", "message": {"total-results": 0, "items": []}}, "crossref"),
        ({"meta": {"count": 1, "per_page": 25}, "results": [{"title": "A", "doi": None}]}, "openalex"),
        ({"meta": {"count": 0, "per_page": 25}, "results": []}, "openalex"),
        ({"total": 0, "offset": 0}, "semantic_scholar"),
        ({"papers": [{"title": "A", "abstract": "b"}]}, "json"),
    ],
)
def test_a_page_is_told_by_what_stands_around_its_records(page: dict[str, object], kind: str) -> None:
    """Also where few fields were asked for, and where there are no records."""
    for indent in (None, 2):
        assert sniff(json.dumps(page, indent=indent).encode(), "p.json", ".json", mapping={}) == kind


@pytest.mark.parametrize(
    "text", ["[" * 5_000, '{"a":' * 5_000, '[{"p":1,"q":2,"a":' * 700, '{"title":"a","x":' + "[" * 9_000]
)
def test_deep_nesting_is_an_error_of_one_line(text: str) -> None:
    """Wherever it stands."""
    assert "nested too deeply" in failure(write("deep.json", text.encode()))


@pytest.mark.parametrize("name", ["a.bib", "a.json", "a.jsonl", "a.xml", "a"])
def test_a_page_of_html_is_none_of_its_suffix(name: str) -> None:
    """Servers answer with one where they refuse."""
    assert "is an HTML page" in failure(write(name, b"<!DOCTYPE html>\n<html><body>Sign in</body></html>"))
