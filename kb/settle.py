"""Which records are one paper, and the id each paper goes by.

    the user's lines -> shared identifiers -> one title -> titles that differ a little

Records are joined in that order, never by likeness of titles alone (`kb.sameness` weighs authors, years and abstracts).
An identifier that clearly different papers share (`n/a`, a volume's DOI) names none of them. Each step looks only into
groups of records that have a key in common, so the work grows with the records. The outcome does not depend on their
order: they are sorted first.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from extract.identifiers import any_identifier
from extract.records import Paper
from kb.aliases import Rule
from kb.identity import GIVEN, LONGEST_ID, digest, identifiers, slug
from kb.merge import merge
from kb.record_joins import RecordJoins
from kb.sameness import same_by_likeness, same_by_title
from kb.titles import head, initials, person, title_key

ABSTRACT = 80  # characters from which the beginning of an abstract is a key

_ID_ORDER = ("arxiv", "acl", "doi", "pmid", "pmcid", "openalex", "corpusid", "s2", "mag", "dblp")
"""Which identifier becomes a paper's id where its source gives none of its own: the most readable first."""

_NO_LETTERS = re.compile(r"[\W_]+")
_BARE = ("arxiv", "acl", "doi", "openalex", "s2", "dblp")


@dataclass(frozen=True, slots=True)
class Joined:
    """A record of a paper that has several, or of none yet; `by` and `to` say what joined it to which other one."""

    paper: str
    record: Paper
    by: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """The papers, sorted by id, and the records that are not simply papers: those of merged ones, and the pending.

    A pending record has no title (an abstract or a list of references by itself) and waits for a paper of its id.
    """

    papers: list[Paper]
    records: list[Joined]


def settle(records: Iterable[Paper], rules: Sequence[Rule] = ()) -> Settled:
    """One paper for all records of it, each with its final id `paper:...`; `rules` are the user's lines for papers."""
    joins = RecordJoins(sorted(records, key=_order), rules)
    joins.join_by_rules()
    joins.join_identical()
    joins.join_by_ids()
    titles, near = joins.groups(_title_keys, layers=2)
    joins.join_by(titles, same_by_title, "title")
    joins.join_by(near, same_by_likeness, "likeness")
    return _settled(joins)


def _order(record: Paper) -> tuple[object, ...]:
    return record.sources, record.title, record.abstract, record.id, record.doi or "", record.arxiv or "", record.ids


def _title_keys(record: Paper) -> Iterator[tuple[int, str]]:
    """The key of a title; and what records share whose titles differ a little: its head, the abstract, or the first
    author with the initials of the words.
    """
    if not record.title:
        return
    whole = title_key(record.title)
    yield 0, whole
    yield 1, whole
    if start := head(record.title):
        yield 1, title_key(start)
    if len(record.abstract) >= ABSTRACT:
        yield 1, "a:" + _NO_LETTERS.sub("", record.abstract[:200].casefold())[:100]
    if record.authors:
        yield 1, f"n:{person(record.authors[0])[0]} {initials(record.title)}"


def _settled(joins: RecordJoins) -> Settled:
    """Papers out of sets, and the records that are to be kept beside them."""
    papers: list[Paper] = []
    ids: list[str] = []
    sets: list[list[int]] = []
    pending: list[int] = []
    for root in range(len(joins.records)):
        if joins.root(root) != root:
            continue
        held = joins.members(root)
        if any(joins.records[i].title for i in held):
            paper, own = _paper([joins.records[i] for i in held], joins.void)
            papers.append(paper)
            ids.append(own)
            sets.append(held)
        else:
            pending += held
    final = [replace(paper, id=own) for paper, own in zip(papers, _named(papers, ids), strict=True)]
    records = [Joined("", joins.records[i]) for i in pending]
    for paper, held in zip(final, sets, strict=True):
        if len(held) > 1:
            records += [_joined(joins, i, paper.id) for i in held]
    return Settled(sorted(final, key=lambda p: p.id), records)


def _joined(joins: RecordJoins, i: int, paper: str) -> Joined:
    reason, to = joins.why.get(i, ("", i))
    record, other = joins.records[i], joins.records[to]
    return Joined(paper, record, reason, other.sources[0] if reason and other.sources else "")


def _paper(records: list[Paper], void: set[str]) -> tuple[Paper, str]:
    """The paper of a set of records, and the identifier it goes by, empty where it has none."""
    merged = merge(records) if len(records) > 1 else records[0]
    own = sorted({given for record in records if (given := record.id.strip())})
    if own:
        merged = replace(merged, ids=tuple(sorted({*merged.ids, *(GIVEN + id_ for id_ in own)})))
    named = next((id_ for id_ in own if not void or (any_identifier(id_) or GIVEN + id_) not in void), "")
    if named:
        return merged, _bounded("paper:" + re.sub(r"\s+", "_", named.removeprefix("paper:")))
    known = [i for i in identifiers(merged) if i not in void and not i.startswith(GIVEN)]
    best = min(known, key=lambda i: (_ID_ORDER.index(i.partition(":")[0]), i), default="")
    scheme, _, value = best.partition(":")
    return merged, _bounded("paper:" + (value if scheme in _BARE else best)) if best else ""


def _named(papers: list[Paper], ids: list[str]) -> list[str]:
    """The ids of papers, in their order: those without an identifier go by their title.

    Those that would have one id carry a hash: of the abstract, of all they say, last of where they stand.
    """
    bases = [own or "paper:" + slug(p.title) for p, own in zip(papers, ids, strict=True)]
    made = bases
    for told in (_abstract, _content, _place):
        held = Counter(made)
        made = [
            own if held[own] == 1 else f"{base}-{digest(told(p))}"
            for own, base, p in zip(made, bases, papers, strict=True)
        ]
    return made


def _abstract(paper: Paper) -> str:
    return paper.abstract


def _content(paper: Paper) -> str:
    return repr(replace(paper, sources=(), id=""))


def _place(paper: Paper) -> str:
    return repr(paper)


def _bounded(own: str) -> str:
    """An id that an index of any store takes; one that is cut carries a hash of the whole."""
    return own if len(own) <= LONGEST_ID else f"{own[: LONGEST_ID - 9]}-{digest(own)}"
