"""The ACL Anthology's XML: a collection of volumes, each with a `meta` and its papers.

    <collection id="2020.acl"><volume id="main"><meta><booktitle>..</booktitle><year>2020</year>..</meta>
      <frontmatter>..</frontmatter>
      <paper id="1"><title>..</title><author><first>..</first><last>..</last></author><abstract>..</abstract>..</paper>

https://github.com/acl-org/acl-anthology (data/xml); how ids are made: https://aclanthology.org/info/ids/. Files from
before 2019 have a volume as root, the year and the proceedings in each paper, and four digits as its id.
"""

from collections.abc import Iterator
from typing import BinaryIO

from extract.readers.fields import compose
from extract.readers.xml_stream import Element, child_text, elements, local_name, shown, text_of
from extract.records import Paper, Reject

_SITE = "https://aclanthology.org/"


def is_acl(root: str) -> bool:
    """Whether a root element is one of the Anthology's; it has no namespace."""
    return root in ("collection", "volume")


def read_acl(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """The papers of a collection, or of several behind each other; front matter is no paper."""
    of_volume: dict[str, str] = {}
    volume = None
    for line, element in elements(stream, label, ("meta", "paper")):
        if element.getparent() is not volume:
            volume, of_volume = element.getparent(), {}
        if local_name(element) == "meta":
            of_volume = {local_name(part): text_of(part) for part in element.iterchildren("*")}
            continue
        if _is_front_matter(element):
            continue
        try:
            yield _paper(element, of_volume, f"{label}:{line}")
        except ValueError as reason:
            yield Reject(label, line, str(reason), shown(element))


def _paper(paper: Element, of_volume: dict[str, str], source: str) -> Paper:
    def told(*names: str) -> str:
        return next((text for name in names if (text := child_text(paper, name) or of_volume.get(name, ""))), "")

    authors = paper.findall("author")
    number = acl_id(paper)
    url = child_text(paper, "url") or number
    return compose(
        source,
        title=_text(paper.find("title")),
        abstract=_text(paper.find("abstract")),
        year=told("year"),
        date=f"{told('month')} {told('year')}",
        venue=told("journal-title", "journal", "booktitle"),
        doi=child_text(paper, "doi"),
        url=url if not url or "://" in url else _SITE + url,
        ids=[f"acl:{number}"],
        authors=[_name(author) for author in authors],
        author_ids=[f"orcid:{author.get('orcid')}" if author.get("orcid") else "" for author in authors],
    )


def _name(author: Element) -> str:
    """Of the name itself, not of its variants in other scripts, which are elements inside."""
    return f"{child_text(author, 'first')} {child_text(author, 'last')}".strip()


def _text(element: Element | None) -> str:
    """The text of a title or abstract, formulas between `$` as arXiv has them."""
    for formula in element.iter("tex-math") if element is not None else ():
        formula.text, rest = f"${formula.text or ''}", list(formula)
        if rest:
            rest[-1].tail = f"{rest[-1].tail or ''}$"
        else:
            formula.text += "$"
    return text_of(element)


def _ancestry(paper: Element) -> tuple[str, str, str]:
    """The ids of collection, volume and paper; no collection in old files."""
    volume = paper.getparent()
    collection = volume.getparent() if volume is not None else None
    return tuple(part.get("id", "") if part is not None else "" for part in (collection, volume, paper))  # type: ignore[return-value]


def _is_front_matter(paper: Element) -> bool:
    """In old files the first paper of a volume, its number 0, is its front matter."""
    collection, volume, number = _ancestry(paper)
    return not collection and number.endswith("00" if volume.startswith("W") else "000")


def acl_id(paper: Element) -> str:
    """`P19-1001` of paper 1 in volume 1 of collection P19, `2020.acl-main.1` in a collection named by its year."""
    collection, volume, number = _ancestry(paper)
    if not (number.isascii() and number.isdigit()):
        return ""
    if not collection:
        return f"{volume}-{int(number):04d}"
    if not collection[0].isalpha():
        return f"{collection}-{volume}.{int(number)}"
    if not (volume.isascii() and volume.isdigit()):
        return ""
    # workshops have more volumes than nine and fewer papers in each
    wide = collection[0] == "W" or collection == "C69" or (collection == "D19" and int(volume) >= 5)
    return (
        f"{collection}-{int(volume):02d}{int(number):02d}" if wide else f"{collection}-{int(volume)}{int(number):03d}"
    )
