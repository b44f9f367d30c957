"""Identifiers of papers and authors in the many ways they are written, brought to one: `scheme:value`.

    doi:10.1000/182        in any case, as URL, with `doi:` before it (https://www.doi.org/doi-handbook/)
    arxiv:2112.09127       old or new, without its version (https://info.arxiv.org/help/arxiv_identifier.html)
    acl:P19-1001           of the ACL Anthology (https://aclanthology.org/info/ids/)
    pmid:1234  pmcid:PMC1  of PubMed     openalex:W123     s2:<40 hex digits>  corpusid:123  of Semantic Scholar
    mag:123    dblp:conf/acl/X19         orcid:0000-0002-1825-0097 and openalex:A123, s2author:123 of authors

A DOI that arXiv gave is the arXiv id. What does not look like an identifier (`n/a`) is none.
"""

import re
from urllib.parse import unquote

_ARXIV = r"(\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?"
_SHAPES = {
    "doi": re.compile(r"(?:https?://)?(?:dx\.|www\.)?(?:doi\.org/|doi:)?\s*(?:doi:\s*)?(10\.\d{4,9}/\S+)", re.I),
    "arxiv": re.compile(
        rf"(?:(?:https?://)?(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf|html)/|oai:arxiv\.org:|arxiv:)?\s*{_ARXIV}(?:\.pdf)?(?:\s*\[.*\])?",
        re.I,
    ),
    "acl": re.compile(
        r"(?:(?:https?://)?(?:www\.)?(?:aclanthology\.org|aclweb\.org/anthology)/|acl:)?([a-z]\d{2}-\d{4}|\d{4}\.[\w.-]+-[\w]+\.\d+)/?(?:\.pdf)?",
        re.I,
    ),
    "pmid": re.compile(r"(?:https?://(?:pubmed\.ncbi\.nlm\.nih\.gov|www\.ncbi\.nlm\.nih\.gov/pubmed)/|pmid:?)?\s*([1-9]\d{0,8})/?", re.I),
    "pmcid": re.compile(r"(?:https?://\S*(?:ncbi\.nlm\.nih\.gov|europepmc\.org)/\S+/(?=pmc)|https?://\S*ncbi\.nlm\.nih\.gov/pmc/articles/|pmcid:)?\s*(?:pmc)?([1-9]\d*)/?", re.I),
    "openalex": re.compile(r"(?:https?://(?:api\.)?openalex\.org/(?:works/|authors/)?|openalex:)?([wa][1-9]\d*)", re.I),
    "s2": re.compile(r"(?:https?://(?:www\.)?semanticscholar\.org/paper/(?:\S+/)?|s2:)?([0-9a-f]{40})", re.I),
    "corpusid": re.compile(r"(?:https?://api\.semanticscholar\.org/)?(?:corpusid:)?\s*([1-9]\d*)", re.I),
    "mag": re.compile(r"(?:mag:)?([1-9]\d*)", re.I),
    "dblp": re.compile(r"(?:https?://dblp\.(?:org|uni-trier\.de)/rec/|dblp:)?((?:conf|journals|books|phd|series|reference|homepages)/\S+?)(?:\.html)?", re.I),
    "orcid": re.compile(r"(?:https?://(?:www\.)?orcid\.org/|orcid:)?\s*(\d{4}-\d{4}-\d{4}-\d{3}[\dx])/?", re.I),
    "s2author": re.compile(r"(?:https?://(?:www\.)?semanticscholar\.org/author/(?:[^/\s]+/)?|s2author:)?([1-9]\d*)", re.I),
}  # fmt: skip
_UPPER = ("openalex", "orcid")
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)")
_ACL_DOI = re.compile(r"10\.(?:18653/v1|3115/v1)/(.+)")
_PLAIN = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_OPENED = {")": "(", "]": "[", "}": "{"}
_NUMBERS = frozenset(("corpusid", "mag", "s2author"))  # any whole number
_CANONICAL = re.compile(
    r"(?:openalex:[WA]|corpusid:|mag:|s2author:)[1-9][0-9]{0,20}|s2:[0-9a-f]{40}|pmid:[1-9][0-9]{0,8}"
    r"|doi:10\.(?!48550/)[0-9]{4,9}/[a-z0-9._/-]{0,200}[a-z0-9]|dblp:(?:conf|journals)/[A-Za-z0-9/-]{1,200}"
    r"|arxiv:[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}|orcid:[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]"
)
"""Identifiers as this module writes them, of the kinds that records have by the dozen: known at one glance."""
_BARE = ("doi", "arxiv", "acl", "openalex", "s2", "orcid")
"""What can be told without being named: a number alone could be anything."""


def identifier(scheme: str, value: object) -> str | None:
    """`scheme:value` of an identifier in any of its ways of writing; None for what is none.

    >>> identifier("doi", "https://doi.org/10.48550/arXiv.2112.09127v2")
    'arxiv:2112.09127'
    >>> identifier("pmid", 123), identifier("doi", "n/a")
    ('pmid:123', None)
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) >= 2_000:
        return None
    if scheme in _NUMBERS and value.isdecimal() and value.isascii() and value[0] != "0":
        return f"{scheme}:{value}"
    found = _SHAPES[scheme].fullmatch(value.strip())
    if found is None:
        return None
    if scheme == "doi":
        return _doi(found[1])
    return f"{scheme}:{_canonical(scheme, found[1])}"


def any_identifier(text: str) -> str | None:
    """The identifier that a text is: with its scheme before it, as a URL, or bare where its shape tells.

    >>> any_identifier("DOI:10.1000/182"), any_identifier("pmid:12"), any_identifier("12")
    ('doi:10.1000/182', 'pmid:12', None)
    """
    if _CANONICAL.fullmatch(text):
        return text
    text = text.strip()
    scheme, colon, rest = text.partition(":")
    if colon and scheme.lower() in _SHAPES and not rest.startswith("//"):
        return identifier(scheme.lower(), rest)
    schemes = _SHAPES if text.lower().startswith("http") else _BARE
    return next((found for scheme in schemes if (found := identifier(scheme, text))), None)


def also(identifier: str) -> str | None:
    """A second identifier that an identifier contains: the ACL Anthology's DOIs hold its ids."""
    found = _ACL_DOI.fullmatch(identifier.removeprefix("doi:"))
    return _acl(found[1]) if found else None


def _acl(value: str) -> str | None:
    found = _SHAPES["acl"].fullmatch(value)
    return f"acl:{_canonical('acl', found[1])}" if found else None


def _doi(value: str) -> str | None:
    """A DOI in small letters, without what a sentence or a URL leaves at its end."""
    if "%" in value and _PLAIN.fullmatch(plain := unquote(value).strip()):
        value = plain
    value = value.lower().rstrip(".,;\"'")
    while (opened := _OPENED.get(value[-1:])) and value.count(value[-1]) > value.count(opened):
        value = value[:-1].rstrip(".,;")
    if found := _ARXIV_DOI.fullmatch(value):
        return identifier("arxiv", found[1])
    return f"doi:{value}" if not value.endswith("/") else None


def _canonical(scheme: str, value: str) -> str:
    if scheme in _UPPER:
        return value.upper()
    if scheme == "acl":
        return value.upper() if value[0].isalpha() else value.lower()
    if scheme == "pmcid":
        return f"PMC{value}"
    if scheme == "arxiv":
        return re.sub(r"\.[a-z]{2}/", "/", value.lower())  # math.GT/0309136 is math/0309136
    return value if scheme == "dblp" else value.lower()
