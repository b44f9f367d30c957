"""BibTeX and BibLaTeX, also as Mendeley, Zotero, JabRef, DBLP, Scopus and Web of Science write them.

    @string{jmlr = "Journal of Machine Learning Research"}
    @article{key, title = {A {BERT} Study}, author = "Lovelace, Ada and others", journal = jmlr, year = 2020}

Fields count in any case. A child inherits from the entry its `crossref` or `xdata` names, before it or behind it:
until that comes the child is held, so that it may be given later than its place. Proceedings are what papers stand
in and no papers. Entries: https://www.ctan.org/pkg/bibtex, https://ctan.org/pkg/biblatex (section 2).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO

from extract.identifiers import any_identifier, identifier
from extract.readers.bibtex_blocks import Block
from extract.readers.bibtex_entries import Entry, entries
from extract.readers.fields import compose
from extract.readers.latex import latex_text, unescaped
from extract.readers.people import given_first, in_order, orcids
from extract.readers.text import excerpt
from extract.records import Paper, Reject

_PARENTS = {
    "proceedings", "mvproceedings", "book", "mvbook", "collection", "mvcollection", "reference", "mvreference",
    "periodical", "xdata",
}  # fmt: skip
_NO_PAPERS = {"proceedings", "mvproceedings", "periodical", "xdata", "set", "control", "bibnote"}
_INHERITED = ("booktitle", "journal", "journaltitle", "year", "date", "month")
_ARXIV = re.compile(r"(?:arxiv[:.\s/]+(?:abs/)?|\babs/)([a-z-]+(?:\.[a-z]{2})?/\d{7}|\d{4}\.\d{4,5})", re.I)
_EXTENDED = re.compile(r"\s*(family|given|prefix|suffix)(?:-i)?\s*=(.*)", re.S)
_HEAD = re.compile(
    r"^[ \t]*@\s*[A-Za-z]\w*\s*[{(]\s*[^\s=,{}()\"#%']*\s*[,=]|^[ \t]*@(?:comment|preamble)\s*[{(]", re.M | re.I
)


def is_bibtex(head: str) -> bool:
    """Whether the first of a text has a block of BibTeX, and nothing before it that another format begins with."""
    return not head.startswith(("{", "[", "<", "%0 ")) and _HEAD.search(head) is not None


def read_bibtex(stream: BinaryIO, label: str) -> Iterator[Paper | Reject]:
    """The papers of a bibliography; an entry that cannot be read is a reject at its line."""
    parents: dict[str, Entry] = {}
    waiting: dict[str, list[Entry]] = {}
    for found in entries(stream):
        if isinstance(found, Block):
            yield Reject(source=label, line=found.line, reason=found.reason, raw=excerpt(found.text))
            continue
        ready = [found]
        if found.kind in _PARENTS:
            parents.setdefault(found.key.casefold(), _slim(found))
            ready += waiting.pop(found.key.casefold(), [])
        for entry in ready:
            missing = next((key for key in entry.parents if key not in parents), None)
            if missing is not None and missing != entry.key.casefold():
                waiting.setdefault(missing, []).append(entry)
            elif entry.kind not in _NO_PAPERS:
                yield _record(_inherit(entry, parents), label)
    left = [entry for held in waiting.values() for entry in held if entry.kind not in _NO_PAPERS]
    for entry in sorted(left, key=lambda entry: entry.line):
        yield _record(_inherit(entry, parents), label)


def _slim(entry: Entry) -> Entry:
    """A parent with what is inherited and no more: all of an xdata, of others the venue and the date."""
    fields = dict(entry.fields)
    if entry.kind != "xdata":
        title = fields.get("title", "")
        fields = {name: fields[name] for name in (*_INHERITED, "crossref", "xdata") if name in fields}
        fields.setdefault("booktitle" if entry.kind != "periodical" else "journal", title)
    return replace(entry, fields=fields, raw="")


def _inherit(entry: Entry, parents: Mapping[str, Entry]) -> Entry:
    """An entry with what it lacks from its parents and theirs; a date is inherited whole or not at all."""
    fields, seen, queue = dict(entry.fields), {entry.key.casefold()}, entry.parents
    while queue:
        key = queue.pop(0)
        if key in seen or key not in parents:
            continue
        seen.add(key)
        given = dict(parents[key].fields)
        if "year" in fields or "date" in fields:
            given = {name: value for name, value in given.items() if name not in ("year", "date", "month", "day")}
        fields = given | fields
        queue += parents[key].parents
    return replace(entry, fields=fields)


def _record(entry: Entry, label: str) -> Paper | Reject:
    fields = entry.fields
    names = _names(fields.get("author", ""))
    told = orcids(names, unescaped(fields.get("orcid-numbers", "")))
    number, unique = fields.get("eprint", ""), _text(fields, "unique-id")
    try:
        return compose(
            f"{label}:{entry.line}",
            title=_title(fields),
            abstract=_text(fields, "abstract"),
            id=unique if unique.startswith("WOS:") else None,
            date=_date(fields),
            venue=_venue(fields),
            doi=unescaped(fields.get("doi", "")),
            arxiv=_arxiv(fields, unescaped(number)),
            ids=_ids(entry),
            url=_url(fields),
            authors=names,
            author_ids=told,
            keywords=_keywords(fields),
            references=re.findall(r"10\.\d{4,9}/[^\s,;\]}]+", unescaped(fields.get("cited-references", ""))),
        )
    except ValueError as error:
        return Reject(source=label, line=entry.line, reason=str(error), raw=excerpt(entry.raw))


def _text(fields: Mapping[str, str], *names: str) -> str:
    """The first of some fields that is not blank, as plain text on one line."""
    return next((text for name in names if (text := " ".join(latex_text(fields.get(name, "")).split()))), "")


def _title(fields: Mapping[str, str]) -> str:
    title, subtitle = _text(fields, "title"), _text(fields, "subtitle")
    if title and subtitle:
        return f"{title}{' ' if title[-1] in ':?!.' else ': '}{subtitle}"
    return title


def _venue(fields: Mapping[str, str]) -> str:
    names = ("journal", "journaltitle", "booktitle")
    macro = next((fields[name] for name in names if fields.get(name)), "")  # astronomers' `\apj` is a journal's name
    return _text(fields, *names) or macro.strip("\\{} \n\t")


def _date(fields: Mapping[str, str]) -> str:
    if fields.get("date"):
        return unescaped(fields["date"]).split("/")[0]
    year, month, day = (_text(fields, name) for name in ("year", "month", "day"))
    if month.isdigit() and year.isdigit():
        return f"{year}-{month}-{day}" if day.isdigit() else f"{year}-{month}"
    return " ".join(part for part in (day, month, year) if part)


def _arxiv(fields: Mapping[str, str], eprint: str) -> str | None:
    """The arXiv id: a field of its own, or the journal that Google Scholar and DBLP make of it."""
    archive = (fields.get("eprinttype") or fields.get("archiveprefix") or "arxiv").lower()
    own = fields.get("arxivid") or (eprint if archive == "arxiv" else "")
    if own:
        return identifier("arxiv", own)
    told = " ".join(fields.get(name, "") for name in ("journal", "journaltitle", "volume", "number", "howpublished"))
    found = _ARXIV.search(unescaped(told))
    return identifier("arxiv", found[1]) if found else None


def _ids(entry: Entry) -> list[str]:
    fields = entry.fields
    named = {"pmid": fields.get("pmid"), "pmcid": fields.get("pmcid") or fields.get("pmc")}
    archive = (fields.get("eprinttype") or fields.get("archiveprefix") or "").lower()
    if archive in ("pubmed", "pmid"):
        named["pmid"] = named["pmid"] or fields.get("eprint")
    found = [identifier(scheme, unescaped(value)) for scheme, value in named.items() if value]
    links = [unescaped(fields.get(name, "")).removesuffix(".bib") for name in ("url", "ee", "biburl")]
    found += [any_identifier(link) for link in links if link.startswith("http")]
    found += map(any_identifier, unescaped(fields.get("identifiers", "")).split())  # as `kb export bibtex` has them
    if entry.key.startswith("DBLP:"):  # of all citation keys the one that names one paper everywhere
        found.append(any_identifier(entry.key))
    return [value for value in found if value]


def _url(fields: Mapping[str, str]) -> str | None:
    found = re.search(r"https?://\S+", unescaped(fields.get("url") or fields.get("howpublished") or ""))
    return found[0] if found else None


def _keywords(fields: Mapping[str, str]) -> list[str]:
    told = _text(fields, "keywords", "keyword", "author_keywords")
    return told.split(";" if ";" in told else ",")


def _names(told: str) -> list[str]:
    """Authors of an `and` list, given name first; braces hold together what is one name."""
    if not told.strip():
        return []
    from bibtexparser.middlewares.names import split_multiple_persons_names

    names = [_name(name) for name in split_multiple_persons_names(told) if name.strip().lower() != "others"]
    return [name for name in names if name]


def _name(name: str) -> str:
    if "{" not in name and "\\" not in name and "=" not in name:
        return " ".join(given_first(name).split())
    parts = _cut(name)
    told = [_EXTENDED.fullmatch(part) for part in parts]
    if all(told):
        extended = {found[1]: found[2] for found in told if found}
        family = f"{extended.get('prefix', '')} {extended.get('family', '')}"
        parts = [family, extended.get("suffix", ""), extended.get("given", "")]
    return " ".join(in_order([latex_text(part).strip() for part in parts]).split())


def _cut(name: str) -> list[str]:
    """A name cut at the commas that no brace protects."""
    depth, parts = 0, [""]
    for piece in re.findall(r"\\.|[{},]|[^\\{},]+|\\", name, re.S):
        depth += {"{": 1, "}": -1}.get(piece, 0)
        if piece == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += piece
    return parts
