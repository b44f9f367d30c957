"""Canonicalisation: from the names in mentions to entities. Deterministic, never fuzzy.

    fold -> word order -> acronyms -> synonyms of the field -> kinds -> the user's alias file

All work is done on distinct (kind, name) pairs, not on mentions, so it grows with the vocabulary. A name is what
the mention stands for in its own paper: the long form where the paper defines one.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import polars as pl

from extract.pause import no_gc
from kb.acronyms import Acronym
from kb.aliases import AliasFile
from kb.fold import bare, display, fold, plain, words
from kb.identity import digest
from kb.joins import Names, Node, named_apart
from kb.tables import frame

KIND_SHARE = 0.8  # of the papers that name a thing must agree on its kind for the others to follow
KIND_PAPERS = 3
SHORT_WINS = 4  # how many times more papers must use the short form for it to be the name
SLUG = 64
_NO_SLUG = re.compile(r"[^a-z0-9.+]+")
IDF_DIGITS = 1
"""With the corpus counted in powers of two: one paper more or less must not shift the weight of every edge."""

ACRONYMS = {
    "acronym": pl.String(), "long": pl.String(), "papers": pl.Int64(), "joined": pl.Boolean(), "reason": pl.String(),
    "sentence": pl.String(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Canonical:
    """Mentions with their `entity`, the entities, and what became of each acronym."""

    mentions: pl.DataFrame
    entities: pl.DataFrame
    acronyms: pl.DataFrame


@no_gc()
def canonicalise(
    mentions: pl.DataFrame, definitions: pl.DataFrame, *, papers: int, aliases: AliasFile | None = None
) -> Canonical:
    """Give every mention its entity.

    `mentions` has the columns of `kb.tables.MENTIONS` less `entity`; `definitions` those of DEFINITIONS. `papers` is
    the size of the corpus: idf = ln(1 + size / papers that name it), size the next power of two, idf to IDF_DIGITS.
    `aliases` are the user's rules; those of the program go before. Does not depend on the order of the rows.
    """
    aliases = aliases or AliasFile()
    written = mentions["name"]
    mentions = _parted(mentions, aliases)
    forms = _forms(mentions)
    names, acronyms = joined_names(forms, definitions, aliases)
    placed = keys_of(names)
    placed = settle_kinds(placed, _votes(mentions, placed), names)
    entities = entities_of(forms, placed)
    filled = _fill(mentions, entity_of_names(placed, entities)).with_columns(written)
    return Canonical(filled, counted(entities, counts_of(filled), papers), reported(acronyms))


def joined_names(
    forms: pl.DataFrame, definitions: pl.DataFrame, aliases: AliasFile
) -> tuple[Names, dict[str, Acronym]]:
    """The names of `forms` (columns kind, name, text, mentions, papers, introduced) after every step of joining."""
    names = Names(forms, aliases)
    acronyms = names.join_acronyms(definitions)
    names.join_word_orders()
    names.join_synonyms(acronyms)
    names.join_user_rules()
    return names, acronyms


def _parted(mentions: pl.DataFrame, aliases: AliasFile) -> pl.DataFrame:
    """Mentions under the names that the user's `apart` lines leave them."""
    if all(rule.same for rule in aliases.rules):
        return mentions
    said = named_apart(_forms(mentions), aliases.rules)
    found = mentions.join(said, on=["kind", "name", "text"], how="left", maintain_order="left")
    return found.with_columns(pl.coalesce("said", "name").alias("name")).drop("said")


def _forms(mentions: pl.DataFrame) -> pl.DataFrame:
    """Distinct (kind, name, text) with how many mentions and papers each has and how many papers introduce it."""
    new = pl.col("paper").filter(pl.col("role") == "introduces").n_unique()
    return (
        mentions.group_by("kind", "name", "text")
        .agg(pl.len().alias("mentions"), pl.col("paper").n_unique().alias("papers"), new.alias("introduced"))
        .sort("kind", "name", "text")
    )


def keys_of(names: Names) -> pl.DataFrame:
    """For each (kind, name) the `key` of its node."""
    rows = [(kind, name, names.root((kind, key))[1]) for (kind, name), key in sorted(names.keys.items())]
    return pl.DataFrame(rows, schema={"kind": pl.String, "name": pl.String, "key": pl.String}, orient="row")


def _votes(mentions: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """How many `papers` name a thing (`key`) as one of a kind."""
    named = mentions.select("paper", "kind", "name").unique().join(placed, on=["kind", "name"])
    return named.group_by("key", "kind").agg(pl.col("paper").n_unique().alias("papers"))


def settle_kinds(placed: pl.DataFrame, votes: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Names with `as`, the kind each is counted under; `votes` has columns key, kind and papers.

    The same key in two kinds is two entities, unless KIND_SHARE of at least KIND_PAPERS papers agree on one
    kind: then the rest, a slip of the extractor, follows. A user's line without a kind follows the majority always.
    """
    held = votes.sort(["key", "papers", "kind"], descending=[False, True, False])
    best = held.group_by("key", maintain_order=True).agg(
        pl.col("kind").first().alias("best"),
        pl.col("papers").first().alias("top"),
        pl.col("papers").sum().alias("all"),
    )
    agreed = (pl.col("top") >= KIND_SHARE * pl.col("all")) & (pl.col("top") >= KIND_PAPERS)
    forced = pl.col("key").is_in(sorted(names.forced()))
    return placed.join(best, on="key", how="left", maintain_order="left").select(
        "kind", "name", "key", pl.when(agreed | forced).then(pl.col("best")).otherwise(pl.col("kind")).alias("as")
    )


def entities_of(forms: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """Entities without counts: id, kind, name and aliases, with the `key` of their node."""
    rows = forms.join(placed, on=["kind", "name"]).sort("as", "key", "name", "text")
    told = rows.select("as", "key", "name", "text", "papers", "introduced").iter_rows()
    named = {node: _name(node, [row[2:] for row in held]) for node, held in groupby(told, key=lambda row: row[:2])}
    ids = _ids(named)
    listed = [(ids[node], *node, name) for node, name in named.items()]
    made = pl.DataFrame(listed, schema=dict.fromkeys(("id", "kind", "key", "name"), pl.String), orient="row")
    return made.join(_ranked(rows), left_on=["kind", "key"], right_on=["as", "key"], how="left")


def _ranked(rows: pl.DataFrame) -> pl.DataFrame:
    """For each node its `aliases`: surface forms, most frequent first."""
    count = rows.group_by("as", "key", "text").agg(pl.col("mentions").sum())
    ranked = count.sort("as", "key", "mentions", "text", descending=[False, False, True, False])
    return ranked.group_by("as", "key", maintain_order=True).agg(pl.col("text").alias("aliases"))


def _name(node: Node, held: list[tuple[str, str, int, int]]) -> str:
    """What an entity is called: the long form, or the short one where it is the known name.

    The short form wins where SHORT_WINS times as many papers use it (CLIP), or where the papers that introduce the
    thing are a third of those that name it (ICON): then it is a proper name.
    """
    if len(held) == 1:
        return display(held[0][1])
    short: Counter[str] = Counter()
    long: Counter[str] = Counter()
    introduced = total = 0
    keys = {name: fold(name, node[0]) for name in {name for name, text, _, _ in held if name != text}}
    for name, text, papers, new in held:
        other = text != name and fold(text, node[0]) != keys[name]
        is_short = other or _is_acronym(bare(text))
        (short if is_short else long)[text] += papers
        if is_short:
            long[name] += 0 if name == text else 1
        introduced, total = introduced + new, total + papers
    long = Counter({k: v for k, v in long.items() if k not in short})
    known = sum(short.values()) >= SHORT_WINS * max(1, sum(long.values())) or 3 * introduced >= total
    pool = short if short and (known or not long) else long
    return display(min(pool, key=lambda text: _preference(text, pool)) if len(pool) > 1 else next(iter(pool)))


def _is_acronym(text: str) -> bool:
    return " " not in text and len(text) <= 12 and sum(c.isupper() for c in text) >= 2


def _preference(text: str, pool: Counter[str]) -> tuple[object, ...]:
    """Clean forms before LaTeX residue, singular before plural, small letters before title case, then by frequency."""
    folded = words(text)
    shown = [w for w in re.split(r"[\s-]+", plain(text).casefold()) if w]
    residue = "\\" in text or "$" in text or (text.isascii() and plain(text) != text)
    inflected = not folded or not shown or shown[-1] != folded[-1] or len(shown) != len(folded)
    if inflected and " " not in text and text[:1].isupper():  # Cityscapes, not the Cityscape of a few
        others = max((n for other, n in pool.items() if other.casefold() != text.casefold()), default=0)
        inflected = pool[text] < 5 * others
    titled = " " in text and text != text.lower() and text.lower() in pool
    return residue, inflected, titled, -pool[text], len(text), text


def _ids(named: dict[Node, str]) -> dict[Node, str]:
    """Readable ids, unique; where names share a slug, all but one that says it best carry a hash of their key."""
    taken: dict[str, list[Node]] = defaultdict(list)
    for node, name in named.items():
        taken[f"{node[0].lower()}:{slug(name)}"].append(node)
    out = {}
    for base, nodes in taken.items():
        if len(nodes) == 1:
            out[nodes[0]] = base
            continue
        own = [n for n in nodes if n[1].replace(" ", "") == re.sub(r"[-:]", "", base.split(":", 1)[1])]
        plain_one = own[0] if len(own) == 1 else None
        for node in nodes:
            out[node] = base if node == plain_one else f"{base}-{digest(node[1])[:6]}"
    return out


def slug(name: str) -> str:
    """A name in the letters of an id: `a-z 0-9 . + -`; `A*` is `a-star`, `Hits@1` is `hits-at-1`."""
    text = plain(name).casefold().replace("*", "-star").replace("@", "-at-").replace("#", "-sharp").replace("'", "")
    out = _NO_SLUG.sub("-", text).strip("-.")
    if len(out) > SLUG:
        out = out[:SLUG].rsplit("-", 1)[0].strip("-.") + "-" + digest(text)[:6]
    elif not out or (not text.isascii() and sum(map(str.isalnum, text)) > 2 * sum(map(str.isalnum, out))):
        out = f"{out}-{digest(text)[:6]}".strip("-")
    return out


def entity_of_names(placed: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """The `entity` of each (kind, name)."""
    ids = entities.select(pl.col("kind").alias("as"), "key", pl.col("id").alias("entity"))
    return placed.join(ids, on=["as", "key"], how="left").select("kind", "name", "entity")


def _fill(mentions: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Mentions with their `entity`; the other columns stay where they are, for a join of all would copy them."""
    own = mentions.select("kind", "name").join(found, on=["kind", "name"], how="left", maintain_order="left")
    return mentions.with_columns(own["entity"])


def counts_of(mentions: pl.DataFrame) -> pl.DataFrame:
    """How many papers name each entity, and how often."""
    return mentions.group_by(pl.col("entity").alias("id")).agg(
        pl.col("paper").n_unique().alias("papers"), pl.len().alias("mentions")
    )


def counted(entities: pl.DataFrame, counts: pl.DataFrame, papers: int) -> pl.DataFrame:
    """The entities table: with `counts` (id, papers, mentions) and idf."""
    made = entities.join(counts.cast({"papers": pl.Int64, "mentions": pl.Int64}), on="id", how="left")
    size = 1 << (papers - 1).bit_length() if papers else 1
    idf = (1 + size / pl.col("papers")).log(math.e).round(IDF_DIGITS)
    return frame("entities", made.with_columns(idf.alias("idf"), pl.lit(None, pl.Int64).alias("first_year")))


def reported(acronyms: dict[str, Acronym]) -> pl.DataFrame:
    """What became of each acronym: one row a sense."""
    return pl.DataFrame(list(_report_rows(acronyms)), schema=ACRONYMS, orient="row")


def _report_rows(acronyms: dict[str, Acronym]) -> Iterator[tuple[str, str, int, bool, str, str]]:
    for acronym in acronyms.values():
        for i, sense in enumerate(acronym.senses):
            yield acronym.short, sense.long, sense.papers, acronym.joined and i == 0, acronym.reason, sense.sentence
