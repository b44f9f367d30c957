"""Terms: the words of titles and abstracts, and pairs of neighbours among them, that tell what a paper is about.

A term weighs idf x sqrt(aptness) x (1 + ln tf), and a paper keeps its heaviest. Aptness is how much more often than
other terms one stands in the title where it stands in a paper at all: a title says what its paper is about, so
`segmentation` is apt and `existing` is not, in any field and without a list. Weights are coarse, so that one paper more
does not shift every edge. The idf is Spärck Jones's (A statistical interpretation of term specificity, 1972).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from kb.quotes import term_form
from kb.tables import frame
from kb.threads import in_threads

KEPT = 48  # terms of a paper
SHARE = 0.7  # of a paper's squared length that its terms take, where entities take the rest
RARE = 2  # papers below which a term joins nothing
TITLED = 0.09  # of the papers that hold a term have it in their title, over all terms
PRIOR = 20  # papers that a term's own count must outvote
DIGITS = 3  # of a term's part in a paper
CHUNK = 20_000  # papers whose words are held at a time
TOKEN = r"[\p{L}\p{N}]+|[^\s\p{L}\p{N}'’-]"
"""A word, or a mark that ends a phrase."""
ADDRESS = r"(?:https?://|www\.)\S+"

_BREAK = -1
_OFTEN = 255  # how often a term counts at most
_CODE, _TERM, _TENTHS = 23, 32, 16
"""Bits of a word's code, of a term's number and of a weight in tenths: packed integers sort ten times as fast as rows.

The key of a word is its code; of two, the first's + 1 goes before.
"""
_WORDS = 1 << _CODE


@dataclass(frozen=True, slots=True)
class Counts:
    """One item for each term of each paper, by paper and key: the key, how often, whether titled.

    `terms` is how many items each paper has. Ten octets an item: of a million papers all lie in memory together.
    """

    terms: np.ndarray
    key: np.ndarray
    count: np.ndarray
    title: np.ndarray


def terms(papers: pl.DataFrame, named: pl.Series) -> pl.DataFrame:
    """The terms table: for each paper that has any its KEPT heaviest, heaviest first, with what each weighs.

    The weights of a paper are a unit vector, scaled by sqrt(SHARE) for the `named`, which have entities beside them.
    """
    codes: dict[str, int] = {}
    rows = papers.select("id", "title", "abstract", share=pl.col("id").is_in(named.implode()))
    parts = [(part, _counted(len(part), *_tokens(part, codes))) for part in rows.iter_slices(CHUNK)]
    known = _known([counts for _, counts in parts], list(codes), len(papers))
    told = list(in_threads(lambda part: _told(*part, known), parts))
    return frame("terms", pl.concat(told) if told else [])


def _tokens(papers: pl.DataFrame, codes: dict[str, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The words of papers in order: row of the paper, code, whether in the title; new words are added to `codes`."""
    title, abstract = (pl.col(c).fill_null("").str.replace_all(ADDRESS, ".") for c in ("title", "abstract"))
    split = papers.select(
        title.str.extract_all(TOKEN).list.len().alias("titled"),
        (title + " . " + abstract).str.extract_all(TOKEN).alias("token"),
    )
    counts = split["token"].list.len().to_numpy()
    number, tokens = distinct(split["token"].explode())
    coded = np.array([_code(word, codes) for word in tokens])
    place = np.arange(len(number)) - np.repeat(np.cumsum(counts) - counts, counts)
    row = np.repeat(np.arange(len(papers)), counts)
    return row, coded[number], place < np.repeat(split["titled"].to_numpy(), counts)


def distinct(values: pl.Series) -> tuple[np.ndarray, pl.Series]:
    """Each value as its place among the distinct ones, and these, sorted: by hashing, ten times as fast as by rank."""
    if values.is_empty():
        return np.empty(0, np.int32), values
    number = values.cast(pl.Categorical()).to_physical().to_numpy()
    somewhere = np.full(int(number.max()) + 1, -1)
    somewhere[number] = np.arange(len(number))
    used = np.flatnonzero(somewhere >= 0)
    forms = values.gather(somewhere[used])
    order = forms.arg_sort().to_numpy()
    place = np.empty(len(somewhere), np.int32)
    place[used[order]] = np.arange(len(used), dtype=np.int32)
    return place[number], forms.gather(order)


def _code(token: str, codes: dict[str, int]) -> int:
    form = term_form(token)
    return codes.setdefault(form, len(codes)) if form else _BREAK


def _counted(papers: int, row: np.ndarray, code: np.ndarray, title: np.ndarray) -> Counts:
    """Words and pairs of neighbours."""
    word = code >= 0
    beside = np.flatnonzero(word[1:] & word[:-1] & (row[1:] == row[:-1])) + 1
    key = np.concatenate([code[word], (code[beside - 1] + 1 << _CODE) + code[beside]])
    paper, titled = (np.concatenate([each[word], each[beside]]) for each in (row, title))
    packed = np.sort((paper << 2 * _CODE | key) << 1 | ~titled)  # a paper's term in its title goes first
    first = np.flatnonzero(np.diff(packed >> 1, prepend=-1))
    found = packed[first]
    count = np.minimum(np.diff(first, append=len(packed)), _OFTEN).astype(np.uint8)
    terms = np.bincount(found >> 2 * _CODE + 1, minlength=papers)
    return Counts(terms, found >> 1 & (1 << 2 * _CODE) - 1, count, found & 1 == 0)


def _known(parts: list[Counts], forms: list[str], size: int) -> pl.DataFrame:
    """The terms that RARE papers or more hold, by name: key, name, number and what each weighs where it stands once."""
    held = _NONE
    waiting = [held]
    for part in parts:
        own = pl.DataFrame({"key": part.key, "title": part.title}).group_by("key")
        waiting.append(own.agg(pl.len().alias("papers"), pl.col("title").sum()))
        if sum(map(len, waiting)) > 2 * len(held) or part is parts[-1]:  # never all parts at once
            held = pl.concat(waiting).group_by("key").agg(pl.col("papers", "title").sum())
            waiting = [held]
    idf = (1 + (1 << (size - 1).bit_length()) / pl.col("papers")).log()
    aptness = (pl.col("title") + PRIOR * TITLED) / (pl.col("papers") + PRIOR) / TITLED
    words = pl.DataFrame({"word": forms}, schema={"word": pl.String}).with_row_index("code")
    key, code = pl.col("key"), pl.col("code").cast(pl.Int64)
    return (
        held.filter(pl.col("papers") >= RARE)
        .select("key", worth=(idf * aptness.sqrt()).round(1), one=key // _WORDS - 1, other=key % _WORDS)
        .join(words.select(code.alias("other"), "word"), on="other", how="left")
        .join(words.select(code.alias("one"), lead="word"), on="one", how="left")
        .select("key", "worth", pl.concat_str("lead", "word", separator=" ", ignore_nulls=True).alias("name"))
        .sort("name")
        .with_row_index("term")
        .sort("key")
    )


_NONE = pl.DataFrame(schema={"key": pl.Int64, "papers": pl.UInt32, "title": pl.UInt32})


def _told(papers: pl.DataFrame, counts: Counts, known: pl.DataFrame) -> pl.DataFrame:
    """The rows of the terms table for the papers of a part."""
    if known.is_empty():
        return frame("terms", [])
    keys = known["key"].to_numpy()
    at = np.minimum(np.searchsorted(keys, counts.key), len(keys) - 1)
    hit = keys[at] == counts.key
    at = at[hit]
    tenths = np.round(known["worth"].to_numpy()[at] * (1 + np.log(counts.count[hit])) * 10).astype(np.int64)
    lightness = (1 << _TENTHS) - 1 - tenths
    paper = np.repeat(np.arange(len(papers)), counts.terms)[hit]
    packed = np.sort((paper << _TENTHS | lightness) << _TERM | known["term"].to_numpy()[at])
    row = packed >> _TENTHS + _TERM
    packed = packed[np.arange(len(row)) - np.searchsorted(row, row) < KEPT]
    weight = (1 << _TENTHS) - 1 - (packed >> _TERM & (1 << _TENTHS) - 1)
    names = known.sort("term")["name"]
    kept = pl.DataFrame(
        {
            "row": packed >> _TENTHS + _TERM,
            "name": names.gather(packed & (1 << _TERM) - 1),
            "weight": weight.astype(np.float64),
        }
    )
    return _scaled(papers, kept)


def _scaled(papers: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    length = (pl.col("weight") ** 2).sum().over("row").sqrt()
    made = (
        kept.filter(pl.col("weight") > 0)
        .with_columns(weight=pl.col("weight") / length)
        .group_by("row", maintain_order=True)
        .agg(pl.col("name").alias("terms"), pl.col("weight").alias("term_weights"))
    )
    own = papers.select("id", "share").with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    share = pl.when("share").then(SHARE**0.5).otherwise(1.0)
    told = made.join(own, on="row", how="left", maintain_order="left")
    return told.select("id", "terms", (pl.col("term_weights") * share).list.eval(pl.element().round(DIGITS)))
