"""Several records of one paper to one: what each field takes from which record. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from extract.records import Paper
from kb.sameness import PREPRINT_VENUES, PREPRINTS


def preference(paper: Paper) -> tuple[object, ...]:
    """Sorts the record first that says most: the longest abstract."""
    return -len(paper.abstract), paper.abstract, not paper.title, paper.title, paper.sources


def merge(records: Sequence[Paper]) -> Paper:
    """One paper out of several records: the longest abstract, the earliest date, every identifier and source.

    The title is that of the longest abstract among those that have one; authors come from the record that says most of
    who they are; venue and DOI of the published version go before those of a preprint.
    """
    ordered = sorted(records, key=preference)
    best = next((p for p in ordered if p.title), ordered[0])
    people = max(ordered, key=lambda p: (sum(map(bool, p.author_ids)), len(p.authors)))
    dates = sorted(p.date for p in ordered if p.date)
    years = [p.year for p in ordered if p.year is not None]
    venues = [p.venue for p in ordered if p.venue]
    dois = sorted({p.doi for p in ordered if p.doi}, key=lambda d: (bool(PREPRINTS.match(d)), d))
    numbers = sorted({p.arxiv for p in ordered if p.arxiv})
    others = [f"doi:{d}" for d in dois[1:]] + [f"arxiv:{n}" for n in numbers[1:]]
    return replace(
        best,
        abstract=ordered[0].abstract,
        date=dates[0] if dates else None,
        year=min(years) if years else None,
        venue=next((v for v in venues if not PREPRINT_VENUES.search(v)), venues[0] if venues else None),
        doi=dois[0] if dois else None,
        arxiv=numbers[0] if numbers else None,
        url=next((p.url for p in ordered if p.url), None),
        ids=tuple(sorted({*(i for p in ordered for i in p.ids), *others})),
        authors=people.authors,
        author_ids=people.author_ids,
        keywords=tuple(dict.fromkeys(k for p in ordered for k in p.keywords)),
        references=tuple(sorted({r for p in ordered for r in p.references})),
        sources=tuple(sorted({s for p in ordered for s in p.sources}, key=_source_order)),
        format=people.format,
    )


def _source_order(source: str) -> tuple[str, int]:
    file, _, line = source.rpartition(":")
    return (file, int(line)) if line.isdigit() else (source, 0)
