"""The mentions of papers as numbers for the page, whose JavaScript counts text in UTF-16 units."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

import polars as pl

FIELDS = ("title", "abstract")


def numbered(mentions: pl.DataFrame, number: Mapping[str, int]) -> pl.DataFrame:
    """The mentions of what has a number, with `span`: the place of each among those of its paper."""
    known = mentions.filter(pl.col("entity").is_in(list(number)), pl.col("paper").is_in(list(number)))
    return known.with_columns(pl.int_range(pl.len()).over("paper").alias("span"))


def flat(mentions: pl.DataFrame, papers: pl.DataFrame, number: Mapping[str, int]) -> list[list[int]]:
    """For each paper its mentions, six numbers each: entity, field, start, end, start and end of the sentence."""
    texts = {id_: tuple(map(_wide, own)) for id_, *own in papers.select("id", *FIELDS).iter_rows()}
    spans: dict[str, list[int]] = {id_: [] for id_ in texts}
    columns = ("paper", "entity", "field", "start", "end", "sentence_start", "sentence_end")
    for paper, entity, field, *offsets in mentions.select(columns).iter_rows():
        where = FIELDS.index(field)
        spans[paper] += [number[entity], where, *_utf16(offsets, texts[paper][where])]
    return list(spans.values())


def _wide(text: str | None) -> list[int]:
    """The places of the characters that UTF-16 writes as two units."""
    return [i for i, char in enumerate(text) if char > "\uffff"] if text and max(text) > "\uffff" else []


def _utf16(offsets: Sequence[int], wide: Sequence[int]) -> list[int]:
    """Offsets in characters as offsets in UTF-16 units."""
    return [offset + bisect_left(wide, offset) for offset in offsets]
