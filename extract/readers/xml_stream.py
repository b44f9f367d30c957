"""Elements out of XML as sources ship it, one at a time: a document, or several one behind the other.

Nothing outside the stream is ever read: no DTD is loaded, no network asked, and a document that declares entities of
its own is refused, since that is how one line grows to gigabytes and how a file of the machine gets into a title
(https://owasp.org/www-community/vulnerabilities/XML_External_Entity_(XXE)_Processing). Memory is that of the longest
record. What comes behind a fault of the markup cannot be read, so the fault is a SourceError.
"""

import html
import re
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO

from lxml import etree

from extract.errors import SourceError
from extract.readers.text import MAX_LINE, clean, excerpt

Element = Any
"""An element of lxml, which ships no type hints."""

_BLOCK = 2**16  # bytes read at a time
_LAST_LINE = 65_535  # the parser counts the lines of an element no further
_NOISE = re.compile(r"(?:, (?:try|use) XML_PARSE_HUGE.*|, line \d+, column \d+.*| line \d+(?= and ))")
_HEAD = re.compile(
    r"\ufeff?(?:\s++|<\?.*?\?>|<!--.*?-->"
    r"|<!DOCTYPE(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*+(?:\[(?:<!--.*?-->|(?!<!--)[^\]\"']|\"[^\"]*\"|'[^']*')*+\]\s*+)?+>)*+"
    r"<(?P<name>[^\s/<>!?\"'=]+)(?P<attributes>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)",
    re.S,
)
_SPACES = re.compile(r"\sxmlns(?::(?P<prefix>[^\s=]+))?\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')")


def elements(stream: BinaryIO, label: str, names: Collection[str]) -> Iterator[tuple[int, Element]]:
    """Line and element of each whole element that is named, by its local name or as `{namespace}name`.

    An element is emptied once the next one is asked for. One inside another named one is a part of it, not a record.
    SourceError where the XML is broken or declares entities, after the elements before that place.
    """
    document = _Document(label, names, 1)
    for line, piece in _pieces(stream, names):
        if document.ended:
            if document.takes(piece):
                continue
            rest = piece.lstrip()
            line += piece.count(b"\n", 0, len(piece) - len(rest))
            document, piece = _Document(label, names, line), rest  # what cannot follow begins the next one
        yield from document.read(piece, line)
    document.close()


def root_name(head: str) -> str:
    """The name of the first element of a text, as `{namespace}name`; empty where there is none.

    >>> root_name('<?xml version="1.0"?><!-- x --><feed xmlns="http://www.w3.org/2005/Atom"><entry/>')
    '{http://www.w3.org/2005/Atom}feed'
    """
    found = _HEAD.match(head)
    if found is None:
        return ""
    spaces = {space["prefix"]: space["double"] or space["single"] for space in _SPACES.finditer(found["attributes"])}
    prefix, colon, local = found["name"].rpartition(":")
    space = spaces.get(prefix if colon else None)
    return f"{{{space}}}{local}" if space else local


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: Element | None) -> str:
    """All text in an element, its markup left out, on one line with single blanks; none for no element."""
    if element is None:
        return ""
    for entity in list(element.iter(etree.Entity)):
        _resolve(entity)
    return " ".join("".join(element.itertext()).split())


def _resolve(entity: Element) -> None:
    """Put the character that HTML knows by a name (&uuml;) in the place of an entity that only a DTD declares."""
    text = html.unescape(entity.text or "") + (entity.tail or "")
    before, parent = entity.getprevious(), entity.getparent()
    if before is not None:
        before.tail = (before.tail or "") + text
    elif parent is not None:
        parent.text = (parent.text or "") + text
    if parent is not None:
        entity.tail = None
        parent.remove(entity)


def child_text(element: Element | None, path: str) -> str:
    """The text of the first element at a path below another; none where there is none."""
    return text_of(element.find(path)) if element is not None else ""


def shown(element: Element) -> str:
    """The first of an element's text, for a reject."""
    return excerpt(" ".join(" ".join(element.itertext()).split()))


def _pieces(stream: BinaryIO, names: Collection[str]) -> Iterator[tuple[int, bytes]]:
    """Pieces of a stream, each with the number of its first line; wanted elements and documents begin one.

    So the line of a piece is that of the element, also where the parser has stopped counting.
    """
    line, marks = 1, None
    for block in _blocks(stream):
        marks = marks or _marks(names, root_name(block.decode("latin-1")))
        start = 0
        for found in marks.finditer(block):
            cut = found.end() if found["end"] else found.start()
            if cut > start:
                yield line, block[start:cut]
                line, start = line + block.count(b"\n", start, cut), cut
        if start < len(block):
            yield line, block[start:]
            line += block.count(b"\n", start)


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Parts of a stream, each up to a `<`, so that none ends in the middle of the name of a tag."""
    data = b""
    while more := stream.read(_BLOCK):
        data += more
        if len(data) >= _BLOCK:
            cut = data.rfind(b"<")
            cut = cut if cut > 0 else len(data)
            yield data[:cut]
            data = data[cut:]
    yield data


def _marks(names: Collection[str], root: str) -> re.Pattern[bytes]:
    """What a document or a wanted element begins with, and what the root ends with: all at a `<`, found fast."""
    local = [re.escape(name.rpartition("}")[2]) for name in (root, *names) if name]
    end = rf"|(?P<end>/(?:[\w.-]+:)?{local[0]}\s*>)"
    return re.compile(rf"<(?:(?:\?xml|!DOCTYPE|(?:[\w.-]+:)?(?:{'|'.join(local)}))[\s/>]{end})".encode())


class _Nothing(etree.Resolver):  # type: ignore[misc]
    """What is found for any address, should the parser ever ask."""

    def resolve(self, url: str, public_id: str, context: object) -> object:
        """An empty document."""
        return self.resolve_empty(context)


class _Document:
    """One document that is parsed as it is fed. What is not wanted, or was given out, is dropped from its tree."""

    def __init__(self, label: str, names: Collection[str], line: int) -> None:
        self.ended = False
        self._label, self._names, self._first = label, names, line
        self._line = self._start = line
        self._at_tag = False
        self._root: Element | None = None
        self._record: Element | None = None
        self._size = self._fault_line = 0
        self._parser = etree.XMLPullParser(
            events=("start", "end"),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )  # not collect_ids=False: it makes libxml2 load the DTD
        self._parser.resolvers.add(_Nothing())

    def takes(self, piece: bytes) -> bool:
        """Whether a piece can follow the root element: blanks, comments, processing instructions."""
        return not self._fed(piece)

    def read(self, piece: bytes, line: int) -> Iterator[tuple[int, Element]]:
        """The wanted elements that end in a piece, which stands at a line."""
        self._line, self._at_tag = line, piece.startswith(b"<")
        if self._root is None and b"<!ENTITY" in piece.replace(b"\0", b""):  # also in UTF-16, before it is parsed
            raise self._entities()
        fault = self._fed(piece)
        for event, element in self._parser.read_events():
            if self._record is not None and element is not self._record:
                continue
            if event == "start":
                self._open(element)
                continue
            if self._record is not None:
                yield self._start, element
                self._record = None
            self._drop(element)
        self._size += len(piece)
        if fault:
            raise self._broken(fault)
        if self._record is not None and self._size > MAX_LINE:
            raise self._broken(f"an element longer than {MAX_LINE // 2**20} MiB")

    def close(self) -> None:
        """SourceError where the document is not whole."""
        if self.ended:
            return
        if self._root is None:
            raise SourceError(f"{self._label} holds no XML element: fetch it again")
        try:
            self._parser.close()
        except etree.XMLSyntaxError as error:
            self._fault_line = error.lineno or 0
            raise self._broken(error.msg or "") from None
        raise self._broken("cut off")

    def _fed(self, piece: bytes) -> str:
        """Feed a piece; what is wrong with it, or nothing."""
        try:
            self._parser.feed(piece)
        except etree.XMLSyntaxError as error:
            self._fault_line = error.lineno or 0
            return error.msg or "broken"
        # some faults (an entity that nothing declares) stop the parser without an exception
        log = self._parser.feed_error_log.filter_from_errors()
        self._fault_line = log[0].line if len(log) else 0
        return log[0].message if len(log) else ""

    def _open(self, element: Element) -> None:
        if self._root is None:
            self._root = element
            dtd = element.getroottree().docinfo.internalDTD
            if dtd is not None and any(True for _ in dtd.iterentities()):
                raise self._entities()
        if element.tag in self._names or local_name(element) in self._names:
            line = element.sourceline or 0  # where the tag ends; a piece begins with it unless this is UTF-16
            self._start = line + self._first - 1 if not self._at_tag and 0 < line < _LAST_LINE else self._line
            self._record, self._size = element, 0

    def _drop(self, element: Element) -> None:
        """Empty an element that has ended and remove what stands before it."""
        element.clear()
        parent = element.getparent()
        if parent is None:
            self.ended = True
            return
        while element.getprevious() is not None:
            del parent[0]

    def _entities(self) -> SourceError:
        return SourceError(
            f"{self._label}, line {self._line}: the XML declares entities: remove the <!ENTITY ...> lines, "
            "which could draw in other files or grow without end"
        )

    def _broken(self, reason: str) -> SourceError:
        reason = _NOISE.sub("", clean(reason))
        line = self._fault_line + self._first - 1 if self._fault_line else self._line
        return SourceError(f"{self._label}, line {line}: broken XML: {reason[:200]}: fetch or mend the file")
