"""The values that pass between the stages: papers in, mentions out, rejects beside them."""

from dataclasses import dataclass

KINDS = ("Method", "Dataset", "Task", "Metric", "Concept")
"""What a mention can name; each is also a node label of the graph."""

ROLES = ("introduces", "extends", "compares_with", "uses", "evaluates_on", "addresses", "reports", "mentions")
"""What a paper does with what it names, strongest first."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. `id` is empty when the source gives none; `sources` are `file:line` of each place it was read.

    `date` is a whole ISO date, the first of the month where the day is not known, None where the month is not. `doi`
    and `arxiv` are bare and in small letters; `ids` are the other identifiers and `references` those of the papers
    it cites, both as `extract.identifiers` writes them (`openalex:W123`); a reference known by several has blanks
    between. `author_ids`, where not empty, has one text an author: the author's identifiers with blanks between them,
    or nothing. `format` is the reader's name.
    """

    title: str
    abstract: str
    id: str = ""
    year: int | None = None
    date: str | None = None
    venue: str | None = None
    doi: str | None = None
    arxiv: str | None = None
    url: str | None = None
    ids: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    author_ids: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    format: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a paper names something.

    `start` and `end` count characters of the title or the abstract (`field`), as do `sentence_start` and
    `sentence_end`: `text == field[start:end]`. `name` is what the surface form stands for: its long form where
    the paper defines one, the lexicon's name where the lexicon lists it as an alias, else the text itself.
    `stage` and `cue` say what found it; `score` is the confidence in [0, 1].
    """

    paper: str
    kind: str
    role: str
    text: str
    name: str
    field: str
    start: int
    end: int
    sentence_start: int
    sentence_end: int
    stage: str
    cue: str
    score: float


@dataclass(frozen=True, slots=True)
class Definition:
    """An abbreviation that a paper defines, with the sentence that does."""

    paper: str
    short: str
    long: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that was not read, kept as data: where it stood, why, and the first of its text.

    Line 0 is of a whole file that cannot be read, or not to its end.
    """

    source: str
    line: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Supplement:
    """What a file says of a paper that stands in another file: bulk data sets part papers, abstracts and citations.

    `identifier` names the paper as `extract.identifiers` writes it (`corpusid:123`); `abstract` may be empty, and
    `references` are identifiers of papers that it cites. `source` is the `file:line` where it begins.
    """

    identifier: str
    abstract: str = ""
    references: tuple[str, ...] = ()
    source: str = ""
