"""Plain views of a Doc, made once: where tokens begin and end, their texts, where sentences begin.

Walking a spaCy Doc makes a Python object a token; the stages walk it a dozen times, so they walk these lists.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import accumulate

from spacy.tokens import Doc

SEPARATOR = "\n\n"


@dataclass(slots=True)
class Layout:
    """The layout of one paper's Doc: `title`, a blank line, `abstract`."""

    text: str
    title: str
    abstract_at: int  # character offset of the abstract
    texts: list[str]
    starts: list[int]
    ends: list[int]
    title_tokens: int  # how many tokens the title has
    sentences: list[int] = field(default_factory=lambda: [0])  # token index of each sentence's first token
    sentence_chars: list[int] = field(default_factory=lambda: [0])  # and its character offset

    @property
    def abstract(self) -> str:
        """The abstract."""
        return self.text[self.abstract_at :]

    def slice(self, start: int, end: int) -> str:
        """The text of tokens `start:end`."""
        return self.text[self.starts[start] : self.ends[end - 1]]

    def joined(self, token: int) -> bool:
        """Whether a token stands right after the one before, without a blank."""
        return token > 0 and self.starts[token] == self.ends[token - 1]

    def tokens(self, start: int, end: int) -> tuple[int, int]:
        """The token range that covers characters `start:end`."""
        return bisect_right(self.starts, start) - 1, bisect_left(self.starts, end)

    def sentence(self, char: int) -> tuple[int, int]:
        """The character range of the sentence that holds a character, without trailing blanks."""
        row = bisect_right(self.sentence_chars, char) - 1
        start = self.sentence_chars[row]
        stop = self.sentence_chars[row + 1] if row + 1 < len(self.sentence_chars) else len(self.text)
        return start, start + len(self.text[start:stop].rstrip())


def layout_of(doc: Doc) -> Layout:
    """The layout of a document, made on first use; a Doc without a title is all abstract."""
    made = doc.user_data.get("layout")
    if made is None:
        strings = doc.vocab.strings
        texts = [strings[word] for word in doc.to_array("ORTH").tolist()]  # half the time of walking its tokens
        ends = list(accumulate(map(len, texts)))
        blanks = accumulate(doc.to_array("SPACY").tolist(), initial=0)
        ends = [end + before for end, before in zip(ends, blanks, strict=False)]
        starts = [end - len(text) for end, text in zip(ends, texts, strict=True)]
        title = doc.user_data.get("title")
        abstract_at = 0 if title is None else len(title) + len(SEPARATOR)
        made = Layout(doc.text, title or "", abstract_at, texts, starts, ends, bisect_left(starts, len(title or "")))
        doc.user_data["layout"] = made
    return made
