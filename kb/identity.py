"""Which records are one paper, and the id each paper goes by.

A record with an id of its own (id, arXiv id or DOI) is that paper; one without goes by its folded title, and so do
the records of an id that clearly different papers share. The same title over clearly different abstracts is two
papers, told apart by a hash of the abstract. The outcome does not depend on the order of the records.
"""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from extract.records import Paper

SLUG = 72  # characters of a title in an id
LONGEST_ID = 200  # characters


def slug(text: str, limit: int = SLUG) -> str:
    """Readable ASCII for an id; a title that leaves too little, or is cut, carries a hash of itself."""
    ascii_text = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    out = re.sub(r"[^a-z0-9+]+", "-", ascii_text).strip("-")
    if len(out) > limit:
        out = out[:limit].rsplit("-", 1)[0] + "-" + digest(text.casefold())
    elif sum(c.isalnum() for c in text) > 2 * len(out) or not out:
        out = (out + "-" if out else "") + digest(text.casefold())
    return out


def digest(text: str) -> str:
    """Eight hexadecimal digits that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def content_hash(paper: Paper) -> str:
    """What extraction depends on: equal title and abstract, equal hash."""
    return hashlib.sha256(f"{paper.title}\0{paper.abstract}".encode()).hexdigest()[:32]


def title_key(title: str) -> str:
    """A title without case, accents and punctuation."""
    folded = unicodedata.normalize("NFKD", title.casefold())
    return "".join(c for c in folded if c.isalnum()) or title.casefold()


def settle(records: Iterable[Paper]) -> list[Paper]:
    """One paper for all records of it, each with its final id `paper:...`, sorted by id."""
    by_id: dict[str, list[Paper]] = defaultdict(list)
    by_title: dict[str, list[Paper]] = defaultdict(list)
    for record in records:
        if own := _own_id(record):
            by_id[own].append(record)
        else:
            by_title[title_key(record.title)].append(record)
    known: dict[str, list[Paper]] = defaultdict(list)
    for own, members in by_id.items():
        if _one_paper(members):
            paper = merge(members, own)
            known[title_key(paper.title)].append(paper)
        else:  # `None`, `0`, a volume's id: it names no paper, so their titles do
            for record in members:
                by_title[title_key(record.title)].append(record)
    for key in by_title.keys() & known.keys():
        known[key], by_title[key] = _taken_in(known[key], by_title[key])
    papers = [paper for group in known.values() for paper in group]
    for members in by_title.values():
        papers += _by_title(members)
    return _distinct(papers)


def _distinct(papers: list[Paper]) -> list[Paper]:
    """Papers sorted by id; those whose ids clash (titles that differ in what a slug cannot show) carry a hash."""
    held: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        held[paper.id].append(paper)
    out = []
    for own, members in held.items():
        hashed = [replace(p, id=f"{own}-{digest(p.title + chr(0) + p.abstract)}") for p in members]
        out += members if len(members) == 1 else hashed
    return sorted(out, key=lambda p: p.id)


def _taken_in(known: list[Paper], others: list[Paper]) -> tuple[list[Paper], list[Paper]]:
    """Records without an id that are the one paper of their title which has an id, merged into it; and the rest."""
    if len(known) != 1:
        return known, others
    same = [record for record in others if alike(record.abstract, known[0].abstract)]
    return [merge([known[0], *same], known[0].id)], [record for record in others if record not in same]


def _one_paper(members: list[Paper]) -> bool:
    """Whether records of one id may be one paper: each like the first in its title or its abstract."""
    first = min(members, key=_preference)
    return all(title_key(m.title) == title_key(first.title) or alike(m.abstract, first.abstract) for m in members)


def _own_id(record: Paper) -> str:
    if record.id.startswith("paper:"):
        return "" if _from_title(record) else _bounded(record.id)
    own = record.id or record.arxiv or record.doi or ""
    return _bounded("paper:" + re.sub(r"\s+", "_", own.strip())) if own.strip() else ""


def _bounded(own: str) -> str:
    """An id that an index of any store takes; one that is cut carries a hash of the whole."""
    return own if len(own) <= LONGEST_ID else f"{own[: LONGEST_ID - 9]}-{digest(own)}"


def _from_title(paper: Paper) -> bool:
    """Whether a settled id was made from the title: such a paper is compared by title again."""
    base = "paper:" + slug(paper.title)
    whole = digest(paper.title + chr(0) + paper.abstract)
    return paper.id in (base, f"{base}-{digest(paper.abstract)}", f"{base}-{whole}")


def _by_title(members: list[Paper]) -> list[Paper]:
    """Papers of one title: one for each cluster of like abstracts."""
    clusters: list[list[Paper]] = []
    for record in sorted(members, key=lambda p: (-len(p.abstract), p.abstract, p.title, p.sources)):
        home = next((c for c in clusters if alike(c[0].abstract, record.abstract)), None)
        if home is None:
            clusters.append([record])
        else:
            home.append(record)
    bases = [min(c, key=_preference) for c in clusters]
    ids = ["paper:" + slug(base.title) for base in bases]
    if len(clusters) > 1:
        ids = [f"{i}-{digest(b.abstract)}" for i, b in zip(ids, bases, strict=True)]
    return [merge(c, i) for c, i in zip(clusters, ids, strict=True)]


def alike(one: str, other: str) -> bool:
    """Whether two abstracts are versions of one: at least half of their distinct words in common."""
    if one == other:
        return True
    a, b = set(one.casefold().split()), set(other.casefold().split())
    return not a or not b or len(a & b) >= 0.5 * len(a | b)


def _preference(paper: Paper) -> tuple[int, str, str, tuple[str, ...]]:
    return (-len(paper.abstract), paper.abstract, paper.title, paper.sources)


def merge(members: list[Paper], paper_id: str) -> Paper:
    """One paper out of several records: the longest abstract, the earliest date, every source."""
    ordered = sorted(members, key=_preference)
    best = ordered[0]

    def first(name: str) -> object:
        return next((v for p in ordered if (v := getattr(p, name)) not in (None, "", ())), getattr(best, name))

    fields = ("venue", "doi", "arxiv", "url", "authors", "keywords", "references")
    dates = sorted(p.date for p in ordered if p.date)
    years = [p.year for p in ordered if p.year is not None]
    return replace(
        best,
        id=paper_id,
        date=dates[0] if dates else None,
        year=min(years) if years else None,
        sources=tuple(sorted({s for p in ordered for s in p.sources}, key=_source_order)),
        **{name: first(name) for name in fields},  # type: ignore[arg-type]
    )


def _source_order(source: str) -> tuple[str, int]:
    file, _, line = source.rpartition(":")
    return (file, int(line)) if line.isdigit() else (source, 0)
