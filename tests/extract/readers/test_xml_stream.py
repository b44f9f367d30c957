"""Elements out of XML that may be broken, huge, hostile, or several documents behind each other."""

import io
import re
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from extract.errors import SourceError
from extract.readers.acl import read_acl
from extract.readers.arxiv import read_arxiv_atom, read_arxiv_oai
from extract.readers.pubmed import read_pubmed
from extract.readers.xml_stream import elements, root_name, text_of

READERS = [read_arxiv_atom, read_arxiv_oai, read_acl, read_pubmed]
RECORD = {
    read_arxiv_atom: "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>http://arxiv.org/abs/2112.09127</id>"
    "<title>T {}</title></entry></feed>",
    read_arxiv_oai: "<OAI-PMH><record><metadata><arXiv><title>T {}</title></arXiv></metadata></record></OAI-PMH>",
    read_acl: "<collection id='2020.acl'><volume id='main'><paper id='1'><title>T {}</title></paper></volume>"
    "</collection>",
    read_pubmed: "<PubmedArticleSet><PubmedArticle><MedlineCitation><Article><ArticleTitle>T {}</ArticleTitle>"
    "</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>",
}
LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha"}">' for i in range(12))
HOSTILE = {
    "billion laughs": (f"[{LAUGHS}]", "&l11;"),
    "quadratic": (f'[<!ENTITY q "{"x" * 50_000}">]', "&q;" * 50_000),
    "parameter": ('[<!ENTITY % a "aaaa"><!ENTITY % b "%a;%a;%a;"> %b;]', ""),
    "file": ('[<!ENTITY x SYSTEM "{secret}">]', "&x;"),
    "file by parameter": ('[<!ENTITY % x SYSTEM "{secret}"> %x;]', "&secret;"),
    "page": ('[<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]', "&x;"),
}


def read(data: bytes | str, *names: str) -> list[tuple[int, str]]:
    """Line and text of what is read, then the error if there is one."""
    found: list[tuple[int, str]] = []
    try:
        for line, element in elements(io.BytesIO(data.encode() if isinstance(data, str) else data), "f.xml", names):
            found.append((line, text_of(element)))
    except SourceError as error:
        found.append((0, str(error)))
    return found


def test_elements_come_with_the_line_they_start_at() -> None:
    """By local name or with the namespace; one inside another is a part of it."""
    text = '<a xmlns="u">\n<b>1\n</b><c>\n<b\n x="1">2<b>3</b></b></c></a>'
    assert read(text, "b") == [(2, "1"), (4, "23")]
    assert read(text, "{u}b") == [(2, "1"), (4, "23")]
    assert read(text, "{v}b") == []


def test_lines_are_right_where_the_parser_counts_no_further() -> None:
    """Behind line 65,535, and in the middle of lines."""
    text = "<a>\n" + "<c/>\n" * 70_000 + "<b\n>1</b><b>2</b>\n<b>3</b></a>"
    assert read(text, "b") == [(70_002, "1"), (70_003, "2"), (70_004, "3")]


@pytest.mark.parametrize(
    "between", ["", "\n", "\n<!-- x\n<a/> -->\n<?p?>\n", '<?xml version="1.0"?>', "\n<!DOCTYPE a>"]
)
def test_documents_may_follow_each_other(between: str) -> None:
    """As pages of an API saved into one file do."""
    last = 2 + between.count("\n")
    assert read(f"<a>\n<b>1</b></a>{between}<a><b>2</b></a>\n", "b") == [(2, "1"), (last, "2")]


@pytest.mark.parametrize("back", range(0, 130, 2))
def test_it_does_not_matter_where_a_block_ends(back: int) -> None:
    """In a tag, a declaration or a character; with no line ends to go by."""
    first, more = "<b>é</b></a>", "<a><b>\n2</b><b><c/>3</b>\n\n<b/></a><d><b>4</b></d>"
    text = f'<?xml version="1.0"?><a><!--{"x" * (2**16 - 29 - back)}-->{first}<?xml version="1.0"?>{more}'
    assert read(text, "b") == [(1, "é"), (1, "2"), (2, "3"), (4, ""), (4, "4")]
    hostile = f"<!--{'x' * (2**16 - 26 - back)}--><!DOCTYPE a [<!ENTITY x 'y'>]><a><b>&x;</b></a>"
    assert "declares entities" in read(hostile, "b")[0][1]


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "UTF-8", "UTF-16", "Shift_JIS"])
def test_the_declared_encoding_is_read(encoding: str) -> None:
    """Whatever the XML declaration names."""
    word = "日本" if encoding == "Shift_JIS" else "é"
    assert read(f'<?xml version="1.0" encoding="{encoding}"?>\n<a><b>{word}</b></a>'.encode(encoding), "b") == [
        (2, word)
    ]


def test_a_doctype_is_passed_over_and_its_entities_are_the_usual_ones() -> None:
    """Nothing is fetched: the characters that HTML names are known, `&amp;lt;` stays the text `&lt;`."""
    doctype = '<!DOCTYPE a PUBLIC "-//X//" "http://127.0.0.1:9/a.dtd">'
    text = f"{doctype}\n<a><b>J&uuml;r<i>&eacute;</i>&nope; &amp;lt; x</b></a>"
    assert read(text, "b") == [(2, "Jüré&nope; &lt; x")]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("<a>\n<b>1</b>\n<b>2</c></a>", 3, "Opening and ending tag mismatch"),
        ("<a>\n<b>1</b>\n<b>2\n", 4, "Premature end"),
        ("<a>\n<b>1</b>\n<b>&nbsp;</b></a>", 3, "Entity 'nbsp' not defined"),
        ("<a>\n<b>1</b>\n\n<b x='1' x='2'/></a>", 4, "Attribute x redefined"),
        ("<a>\n<b>1</b></a>\nthe end", 3, "Start tag expected"),
        ("<a>\n<b>1</b>\n<b>\x01</b></a>", 3, "invalid Char"),
        ("<a>\n<b>1</b>\n" + "<c>" * 3_000, 3, "Excessive depth"),
    ],
)  # fmt: skip
def test_what_is_broken_is_told_with_its_line(text: str, line: int, reason: str) -> None:
    """After the elements before it, on one line."""
    first, (_, message) = read(text, "b")
    assert first == (2, "1")
    assert message.startswith(f"f.xml, line {line}: broken XML: ")
    assert reason in message
    assert "\n" not in message


@pytest.mark.parametrize("text", ["", " \n", "<!-- x -->"])
def test_nothing_is_no_document(text: str) -> None:
    """An empty file is an error, not an empty list."""
    assert read(text, "b") == [(0, "f.xml holds no XML element: fetch it again")]


def test_bytes_of_another_encoding_are_told() -> None:
    """Latin-1 where UTF-8 is declared."""
    assert "line 2: broken XML: " in read(b"<a><b>1</b>\n<b>\xe9</b></a>", "b")[1][1]


def test_huge_texts_and_elements_are_refused() -> None:
    """A text of more than 10 MB, an element of more than 16 MiB."""
    assert "too long" in read(b"<a><b>" + b"x" * 11_000_000 + b"</b></a>", "b")[0][1]
    assert "longer than 16 MiB" in read(b"<a><b>" + (b"<c>" + b"x" * 9_993 + b"</c>") * 1_800 + b"</b></a>", "b")[0][1]


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("reader", READERS)
def test_declared_entities_are_refused(reader: Callable, kind: str, encoding: str, tmp_path: Path) -> None:  # type: ignore[type-arg]
    """By every reader, whatever they would grow to or draw in: no record comes, and nothing of the file."""
    secret = tmp_path / "secret.txt"
    secret.write_text("<!ENTITY secret 'hunter2'>" if "parameter" in kind else "hunter2")
    subset, use = HOSTILE[kind]
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<!DOCTYPE x {subset.replace("{secret}", secret.as_uri())}>\n'
    records = []
    with pytest.raises(SourceError) as caught:
        for record in reader(io.BytesIO((text + RECORD[reader].replace("{}", use)).encode(encoding)), "f.xml"):
            records.append(record)  # noqa: PERF402 (what came before the error counts)
    assert records == []
    assert "hunter2" not in str(caught.value)
    assert re.fullmatch(r"f.xml, line \d+: [^\n]+", str(caught.value))
    assert "declares entities" in str(caught.value)


@pytest.mark.parametrize("reader", READERS)
def test_a_doctype_without_entities_is_no_harm(reader: Callable) -> None:  # type: ignore[type-arg]
    """Also one with a file to load, which is not."""
    text = '<!DOCTYPE x PUBLIC "-//X//" "http://127.0.0.1:9/x.dtd">\n' + RECORD[reader]
    assert [record.title for record in reader(io.BytesIO(text.encode()), "f.xml")] == ["T {}"]


def test_no_dtd_is_loaded(tmp_path: Path) -> None:
    """Not even one beside the file, which could declare anything."""
    (tmp_path / "x.dtd").write_text("<!ENTITY secret 'hunter2'><!ATTLIST b x CDATA 'hunter2'>")
    text = f'<!DOCTYPE a SYSTEM "{(tmp_path / "x.dtd").as_uri()}">\n<a><b>&secret;</b></a>'
    assert [dict(element.attrib) for _, element in elements(io.BytesIO(text.encode()), "f", ("b",))] == [{}]
    assert read(text, "b") == [(2, "&secret;")]


class Endless(io.RawIOBase):
    """So many megabytes of records, never all there."""

    def __init__(self, record: bytes, megabytes: int) -> None:
        block = record * (2**20 // len(record))
        self._blocks: Iterator[bytes] = iter([b"<a>\n", *[block] * megabytes, b"</a>"])
        self._left = b""

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes."""
        self._left = self._left or next(self._blocks, b"")
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def peak_kib() -> int:
    """The most memory that this process has held."""
    return next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells memory by Linux's /proc")
@pytest.mark.parametrize("name", ["b", "nothing"])
def test_memory_does_not_grow_with_the_file(name: str) -> None:
    """50 MB of records, wanted or not, are read in a few MB: of Python's and of the parser's own."""
    record = b"<b>\n<t>" + b"word " * 2_000 + b"</t>\n<c x='1'/></b>\n"
    count = sum(1 for _ in elements(cast(BinaryIO, io.BufferedReader(Endless(record, 2))), "f", (name,)))
    before = peak_kib()
    tracemalloc.start()
    for _ in elements(cast(BinaryIO, io.BufferedReader(Endless(record, 50))), "f", (name,)):
        count += 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == (52 * (2**20 // len(record)) if name == "b" else 0)
    assert peak < 4 * 2**20
    assert peak_kib() - before < 8 * 2**10


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom">', "{http://www.w3.org/2005/Atom}feed"),
        ("\ufeff <!-- <no> --><?p <no>?><o:a x='>' xmlns:o = 'u' xmlns='v'/>", "{u}a"),
        ('<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD>" "https://x>">\n<PubmedArticleSet>', "PubmedArticleSet"),
        ("<!DOCTYPE a [<!ENTITY x ']>'> <!-- ]> \" --> ]><a>&x;", "a"),
        ("<a xmlns='&x;'>", "{&x;}a"),
        ('<a long="' + "x" * 70_000, "a"),
        ("", ""), ("text", ""), ("<", ""), ("< a>", ""), ("<!-- <a>", ""), ("{}", ""), ("<?xml", ""),
    ],
)  # fmt: skip
def test_the_root_is_told_without_parsing(head: str, name: str) -> None:
    """What stands before it is skipped, and nothing is expanded."""
    assert root_name(head) == name


@pytest.mark.parametrize(
    "piece", ["<!--", "<!DOCTYPE", "<!DOCTYPE [<!--", '"', "<?", " ", "<!DOCTYPE [", "<a b='", "<a "]
)
def test_the_root_is_told_in_no_time(piece: str) -> None:
    """64 KiB of openings that nothing closes take no longer than a text does."""
    assert root_name(piece * (2**16 // len(piece))) in ("", "a")
    assert root_name("<!DOCTYPE [" + piece * (2**16 // len(piece))) == ""
