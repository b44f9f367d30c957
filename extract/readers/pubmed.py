"""PubMed's XML: a set of articles and book chapters, as efetch and the yearly baseline give it.

    <PubmedArticleSet><PubmedArticle>
      <MedlineCitation><PMID>..</PMID><Article><Journal>..</Journal><ArticleTitle>..</ArticleTitle>..</Article>..
      <PubmedData><ArticleIdList>..</ArticleIdList><ReferenceList>..</ReferenceList></PubmedData></PubmedArticle>

https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html describes the elements. The sections of a structured
abstract are joined, each behind its label. The date is the earlier one of print and electronic publication.
"""

from collections.abc import Iterator
from typing import BinaryIO

from extract.dates import read_date
from extract.readers.fields import compose
from extract.readers.xml_stream import Element, child_text, elements, shown, text_of
from extract.records import Paper, Reject

_RECORDS = ("PubmedArticle", "PubmedBookArticle", "MedlineCitation")
_ROOTS = (*_RECORDS, "PubmedArticleSet", "PubmedBookArticleSet", "MedlineCitationSet")
_SCHEMES = {"pubmed": "pmid", "pmc": "pmcid", "doi": "doi"}
_NO_TITLE = ("[not available].", "[not available]")


def is_pubmed(root: str) -> bool:
    """Whether a root element is one of PubMed's; it has no namespace."""
    return root in _ROOTS


def read_pubmed(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """The articles and chapters of a set, or of several behind each other. Lists of deleted ones are passed over."""
    for line, record in elements(stream, label, _RECORDS):
        try:
            yield _paper(record, f"{label}:{line}")
        except ValueError as reason:
            yield Reject(label, line, str(reason), shown(record))


def _paper(record: Element, source: str) -> Paper:
    if record.tag == "PubmedBookArticle":
        return _chapter(record, source)
    citation = record if record.tag == "MedlineCitation" else record.find("MedlineCitation")
    article = citation.find("Article") if citation is not None else None
    if citation is None or article is None:
        raise ValueError("no Article")
    issue = article.find("Journal/JournalIssue/PubDate")
    data = record.find("PubmedData")
    names, orcids = _authors(article.find("AuthorList"))
    return compose(
        source,
        title=_title(article),
        abstract=_abstract(article),
        date=_first([issue, *article.iterfind("ArticleDate")]),
        venue=child_text(article, "Journal/Title")
        or child_text(article, "Journal/ISOAbbreviation")
        or child_text(citation, "MedlineJournalInfo/MedlineTA"),
        ids=[f"pmid:{child_text(citation, 'PMID')}", *_ids(data), *_electronic(article)],
        authors=names,
        author_ids=orcids,
        keywords=_keywords(citation),
        references=[*_references(data), *_cited(citation)],
    )


def _chapter(record: Element, source: str) -> Paper:
    """A chapter, or a whole book where it has no title of its own."""
    document = record.find("BookDocument")
    book = document.find("Book") if document is not None else None
    if document is None:
        raise ValueError("no BookDocument")
    title, whole = _title(document), child_text(book, "BookTitle")
    lists = [*document.iterfind("AuthorList"), *document.iterfind("Book/AuthorList")]
    names, orcids = _authors(next((given for given in lists if given.get("Type") != "editors"), None))
    data = record.find("PubmedBookData")
    own = [document.find("ContributionDate"), document.find("ArticleDate")]
    return compose(
        source,
        title=title or whole,
        abstract=_abstract(document),
        date=_first(own) or _first([document.find("Book/PubDate")]),  # a book grows for decades
        venue=whole if title else None,
        ids=[f"pmid:{child_text(document, 'PMID')}", *_ids(document), *_ids(data)],
        authors=names,
        author_ids=orcids,
        keywords=_keywords(document),
        references=[*_references(document), *_references(data)],
    )


def _title(article: Element) -> str:
    title = child_text(article, "ArticleTitle")
    if not title or title.lower() in _NO_TITLE:
        return child_text(article, "VernacularTitle")
    return title


def _abstract(article: Element) -> str:
    sections = []
    for part in article.iterfind("Abstract/AbstractText"):
        label, text = part.get("Label", ""), text_of(part)
        sections.append(f"{label}: {text}" if text and label and label != "UNLABELLED" else text)
    return " ".join(text for text in sections if text)


def _authors(given: Element | None) -> tuple[list[str], list[str]]:
    """Names, and ORCIDs parallel to them."""
    names, orcids = [], []
    for author in given.iterfind("Author") if given is not None else ():
        parts = [child_text(author, "ForeName") or child_text(author, "Initials")]
        parts += [child_text(author, "LastName"), child_text(author, "Suffix")]
        names.append(" ".join(part for part in parts if part) or child_text(author, "CollectiveName"))
        orcids.append(" ".join(f"orcid:{_orcid(part)}" for part in author.iterfind("Identifier[@Source='ORCID']")))
    return names, orcids


def _orcid(element: Element) -> str:
    """With hyphens: older records write the sixteen digits as one."""
    text = text_of(element).rstrip("/").rpartition("/")[2].strip()
    return "-".join(text[at : at + 4] for at in range(0, 16, 4)) if len(text) == 16 else text


def _ids(data: Element | None) -> list[str]:
    """The record's own identifiers: those of its references are in lists further down."""
    return _listed(data.find("ArticleIdList") if data is not None else None)


def _listed(given: Element | None) -> list[str]:
    parts = given.iterfind("ArticleId") if given is not None else ()
    return [f"{scheme}:{text_of(part)}" for part in parts if (scheme := _SCHEMES.get(part.get("IdType", "")))]


def _electronic(article: Element) -> list[str]:
    places = article.iterfind("ELocationID[@EIdType='doi']")
    return [f"doi:{text_of(place)}" for place in places if place.get("ValidYN") != "N"]


def _references(data: Element | None) -> list[str]:
    """All identifiers of each reference: which one a cited paper is known by depends on where that was read."""
    lists = data.iterfind("ReferenceList//ArticleIdList") if data is not None else ()
    return [" ".join(_listed(given)) for given in lists]


def _cited(citation: Element) -> list[str]:
    """Where references stood before there were lists of them."""
    cited = citation.iterfind("CommentsCorrectionsList/CommentsCorrections[@RefType='Cites']/PMID")
    return [f"pmid:{text_of(part)}" for part in cited]


def _keywords(citation: Element) -> list[str]:
    headings = citation.iterfind("MeshHeadingList/MeshHeading/DescriptorName")
    return [text_of(part) for part in (*headings, *citation.iterfind("KeywordList/Keyword"))]


def _first(dates: list[Element | None]) -> str:
    """The earliest date as text; where years are equal one that has a month."""
    texts = [_date(date) for date in dates if date is not None]
    known = [(year, day or f"{year}-99", text) for text in texts for year, day in [read_date(text)] if year]
    return min(known)[2] if known else ""


def _date(date: Element) -> str:
    """`2019-11-5`, `5 Nov 2019`, or as it stands: `2019 Nov-Dec`."""
    year, month, day = (child_text(date, part) for part in ("Year", "Month", "Day"))
    if not year:
        return child_text(date, "MedlineDate")
    if month.isdigit():
        return "-".join(part for part in (year, month, day) if part)
    return f"{day} {month} {year}"
