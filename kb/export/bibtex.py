r"""BibTeX: the papers as a bibliography, for LaTeX, Zotero and JabRef; `kb build` reads it back.

    @inproceedings{vaswani2017attention,
      author = {Ashish Vaswani and Noam Shazeer},
      title = {Attention Is All You Need: {BLEU} up \& \$ down},

https://www.ctan.org/pkg/bibtex. Stubs, which have no title, are left out.

* A key is family name, year and first word of the title; where two papers would share it each gets its id behind it.
* Text is UTF-8 with LaTeX's special characters escaped, mathematics in dollars as it is, runs of blanks one blank. A
  word of a title that holds a capital within it stands in braces, so that no style makes it small.
* `identifiers`, which styles pass over, holds the identifiers that have no field of their own.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kb.errors import UsageError
from kb.export import rows
from kb.export.files import whole
from kb.export.maths import pieces
from kb.export.records import records
from kb.tables import Tables

_OWN = ("pmid", "pmcid")
"""Schemes that are fields of their own."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ESCAPED = {
    "\\": "{\\textbackslash}", "{": "{\\textbraceleft}", "}": "{\\textbraceright}", "~": "{\\textasciitilde}",
    "^": "{\\textasciicircum}", **{mark: f"\\{mark}" for mark in "&%#_$"},
}  # fmt: skip
_SPECIAL = re.compile(r"[\\{}~^&%#_$]|(?<=-)(?=-)|(?<=')(?=')|(?<=`)(?=`)")
"""What LaTeX would not show as it is, and the places inside of what it would join: `--`, `''` and two backquotes."""

_CAPITAL = re.compile(r"\w[\w.-]*[A-Z]|[A-Z][\w.-]*\d")
_NAME_BRACED = re.compile(r"[,={}\\]|(?:^|\s)and(?:\s|$)|^others$", re.I)
_CONFERENCE = re.compile(
    r"\b(?:proc\.?|proceedings|conf\.?|conference|workshop|symposium|advances in neural|meeting|"
    r"(?:neur|n)ips|icml|iclr|cvpr|iccv|eccv|wacv|bmvc|3dv|aaai|ijcai|ecai|[en]?aacl|(?:na|e)?acl|emnlp|coling|conll|"
    r"colm|icra|iros|corl|rss|aistats|uai|colt|acml|kdd|sigir|siggraph|www|interspeech|icassp|miccai|automl)\b",
    re.I,
)
_SUFFIXES = {"jr", "sr", "ii", "iii"}
_STOPPED = {"a", "an", "the", "on", "of", "for", "in", "to", "towards", "toward", "with", "and", "is", "are", "via"}


def generate_bibtex(tables: Tables) -> Iterator[str]:
    """The entries, a piece each."""
    papers = rows.papers(tables).filter(tables.papers["title"] != "")
    shared = Counter(_key(row) for row in records(papers))
    for row in records(papers):
        key = _key(row)
        yield _entry(f"{key}-{_slug(row['id'])}".strip("-") if shared[key] > 1 or not key else key, row)


def write_bibtex(tables: Tables, out: Path) -> None:
    """Write the bibliography to the file `out`; `extract.readers.bibtex` reads it back.

    Raises UsageError for a part of the graph that holds no papers.
    """
    if (tables.papers["title"] == "").all():
        raise UsageError("bibtex is of papers, and this part of the graph holds none: take the full graph or papers")
    with whole(out) as [file]:
        for piece in generate_bibtex(tables):
            file.write(piece.encode())


def escaped(text: str) -> str:
    r"""Text as LaTeX wants it, mathematics untouched.

    >>> print(escaped("100% of $x^2$ in a_b"))
    100\% of $x^2$ in a\_b
    """
    return "".join(piece if maths else _SPECIAL.sub(_mark, piece) for maths, piece in pieces(_plain(text)))


def _mark(found: re.Match[str]) -> str:
    return _ESCAPED.get(found[0], "{}")


def _plain(text: str) -> str:
    """Text on one line without control characters: BibTeX knows no other."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text).split())


def _title(text: str) -> str:
    """A title whose words keep their capitals."""
    return "".join(part if maths else re.sub(r"\S+", _kept, part) for maths, part in pieces(_plain(text)))


def _kept(word: re.Match[str]) -> str:
    told = _SPECIAL.sub(_mark, word[0])
    return f"{{{told}}}" if _CAPITAL.search(word[0]) else told


def _entry(key: str, row: dict[str, Any]) -> str:
    kind, venue = _kind(row.get("venue"))
    fields = {
        "author": " and ".join(map(_author, row.get("authors", []))),
        "title": _title(row["title"]),
        venue: escaped(row.get("venue", "")),
        **_date(row),
        **_identified(row),
        "keywords": _keywords(row.get("keywords", [])),
        "abstract": escaped(row.get("abstract", "")),
    }
    told = [
        f"  {name} = {value},\n" if name == "month" else f"  {name} = {{{value}}},\n"
        for name, value in fields.items()
        if value
    ]
    return f"@{kind}{{{key},\n{''.join(told)}}}\n\n"


def _kind(venue: str | None) -> tuple[str, str]:
    """The type of the entry, and the field that its venue goes into."""
    if not venue:
        return "misc", "howpublished"
    if _CONFERENCE.search(venue) and not re.match(r"(?:journal|transactions|.*\btransactions on)\b", venue, re.I):
        return "inproceedings", "booktitle"
    return "article", "journal"


def _date(row: dict[str, Any]) -> dict[str, str]:
    """The year, and the month as the macro that styles know."""
    year, day = row.get("year"), row.get("date")
    if day is None or year not in (None, day.year):
        return {"year": str(year) if year and 0 < year < 10_000 else ""}
    told = {"year": f"{day.year:04}", "month": _MONTHS[day.month - 1]}
    return told | ({"day": str(day.day)} if day.day > 1 else {})  # the first stands for a day that is not known


def _identified(row: dict[str, Any]) -> dict[str, str]:
    """Identifiers and the address; no braces, which would end the field."""
    ids: list[str] = row.get("ids", [])
    own = {scheme: next((i.partition(":")[2] for i in ids if i.startswith(f"{scheme}:")), "") for scheme in _OWN}
    left = [each for each in ids if each not in {f"{scheme}:{value}" for scheme, value in own.items()}]
    arxiv = row.get("arxiv", "")
    found = {
        "doi": row.get("doi", ""), "eprint": arxiv, "archiveprefix": "arXiv" if arxiv else "", **own,
        "identifiers": " ".join(left), "url": row.get("url", ""),
    }  # fmt: skip
    return {name: _plain(value).replace("{", "%7B").replace("}", "%7D") for name, value in found.items()}


def _keywords(words: list[str]) -> str:
    told = "; ".join(escaped(word.replace(";", ",")) for word in words)
    return f"{told};" if len(words) == 1 and "," in told else told


def _author(name: str) -> str:
    """A name; one that LaTeX would take apart in another way stands in braces."""
    told = escaped(name)
    return f"{{{told}}}" if _NAME_BRACED.search(_plain(name)) else told


def _key(row: dict[str, Any]) -> str:
    """Family name, year and the first word of the title in small ASCII letters; without authors two words."""
    names = [word for word in _letters(next(iter(row.get("authors", [])), "")) if word not in _SUFFIXES]
    words = [word for word in _letters(row["title"]) if word not in _STOPPED]
    return "".join([*names[-1:], str(row.get("year") or ""), *words[: 1 if names else 2]])


def _letters(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", plain.replace("'", ""))


def _slug(id_: str) -> str:
    """An id as the end of a key: BibTeX takes no braces, quotes, commas or blanks there."""
    return re.sub(r"[^A-Za-z0-9.:/+-]+", "-", id_.partition(":")[2]).strip("-")
