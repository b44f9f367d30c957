"""Text with tags of Web of Science (also called ISI) and of PubMed (.nbib, MEDLINE).

    FN Clarivate Analytics Web of Science        PMID- 123456
    VR 1.0                                       TI  - On bridges and
    PT J                                               rivers.
    AU Lovelace, A                               FAU - Lovelace, Ada
       Turing, AM                                AUID- ORCID: 0000-0002-1825-0097
    DI 10.1000/bridges                           LID - 10.1000/bridges [doi]
    ER                                           DP  - 2019 Nov

Tags: https://images.webofknowledge.com/images/help/WOS/hs_wos_fieldtags.html and
https://www.nlm.nih.gov/bsd/mms/medlineelements.html. Web of Science gives the DOIs of the papers that one cites.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from extract.identifiers import identifier
from extract.readers.fields import compose
from extract.readers.people import given_first, orcids
from extract.readers.tags import Record, records
from extract.records import Paper, Reject

_ISI = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|\s*)$", re.S)
_NBIB = re.compile(r"([A-Z]{2,4}) {0,2}- ?(.*)$", re.S)
_IS_ISI = re.compile(r"(?:FN \S.*\n(?:VR .*\n)?|VR .*\n)?\s*PT [A-Z]\s*\n(?:[A-Z][A-Z0-9] |   )")
_IS_NBIB = re.compile(r"PMID- ?\d+\s*\n")
_DOI = re.compile(r"\bDOI \[?(10\.\d{4,9}/[^\s,;\]]+)", re.I)
_MARKED = re.compile(r"(\S{1,500}) \[(\w+)\]")


def is_isi(head: str) -> bool:
    """Whether a text begins as an export of Web of Science does."""
    return _IS_ISI.match(head.replace("\r\n", "\n")) is not None


def is_nbib(head: str) -> bool:
    """Whether a text begins with the PMID of a record in PubMed's tags."""
    return _IS_NBIB.match(head) is not None


def read_isi(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """The papers of an export of Web of Science; a record that cannot be read is a reject at its line."""
    for record in records(stream, _ISI, starts={"PT"}, ends={"ER"}, ignored={"FN", "VR", "EF"}):
        yield _checked(record, label, isi=True)


def read_nbib(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """The papers of a file in PubMed's tags; a record that cannot be read is a reject at its line."""
    for record in records(stream, _NBIB, starts={"PMID"}, blank_ends=True):
        yield _checked(record, label, isi=False)


def _checked(record: Record, label: str, *, isi: bool) -> Paper | Reject:
    if record.bad:
        return record.reject(label, record.bad)
    try:
        source = f"{label}:{record.line}"
        return _isi_paper(record, source) if isi else _nbib_paper(record, source)
    except ValueError as error:
        return record.reject(label, str(error))


def _isi_paper(record: Record, source: str) -> Paper:
    names = [given_first(name) for name in record.rows("AF") or record.rows("AU")] + record.texts("CA")
    cited = [found for row in record.texts("CR") for found in _DOI.findall(row)]
    return compose(
        source,
        title=record.text("TI"),
        abstract=record.text("AB"),
        id=record.text("UT"),
        date=f"{record.text('PD')} {record.text('PY')}".strip() or record.text("EA"),
        venue=record.text("SO", "SE", "JI"),
        doi=record.text("DI", "D2"),
        ids=[found for text in record.texts("PM") if (found := identifier("pmid", text))],
        authors=names,
        author_ids=orcids(names, "; ".join(record.texts("OI"))),
        keywords=_parted(record, "DE") + _parted(record, "ID"),
        references=cited,
    )


def _parted(record: Record, tag: str) -> list[str]:
    """Keywords parted by `;` that go over lines."""
    return [word for text in record.texts(tag) for item in text.split(";") if (word := item.strip())]


def _nbib_paper(record: Record, source: str) -> Paper:
    names, told = _people(record)
    marked = [found for text in record.texts("LID", "AID") for found in _MARKED.findall(text)]
    pmids = [identifier("pmid", text) for text in record.texts("PMID")]
    pmcids = [identifier("pmcid", text) for text in record.texts("PMC")]
    title = record.text("TI", "TT", "BTI")
    return compose(
        source,
        title=title,
        abstract=record.text("AB", "OAB"),
        date=record.text("DP", "DEP"),
        venue=next((text for text in record.texts("JT", "TA", "BTI", "CTI") if text != title), None),
        doi=next((value for value, kind in marked if kind.lower() == "doi"), None),
        ids=[value for value in pmids + pmcids if value],
        authors=names,
        author_ids=told,
        keywords=[text.lstrip("*") for text in record.texts("OT") or record.texts("MH")],
    )


def _people(record: Record) -> tuple[list[str], list[str]]:
    """Authors, persons and groups, with the ORCID that stands behind each; full names where there are any."""
    person = "FAU" if record.texts("FAU") else "AU"
    names: list[str] = []
    told: list[str] = []
    for tag, rows in record.fields:
        text = " ".join(rows).strip()
        if tag in (person, "CN") and text:
            names.append(given_first(text) if tag == person else text)
            told.append("")
        elif tag == "AUID" and told:
            orcid = identifier("orcid", re.sub(r"orcid:\s*", "", text, flags=re.I))
            told[-1] = told[-1] or orcid or ""
    return names, told
