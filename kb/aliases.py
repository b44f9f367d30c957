"""Alias files: which names are one thing and which are not, as versioned text replayed on every build.

    # a comment
    same: COCO = MS COCO = Microsoft COCO
    same: metric: IoU = Jaccard index
    apart: SAM = sharpness-aware minimization
    same: paper: 2112.09127 = 10.1109/cvpr52688.2022.01294
    apart: paper: 2005.14165 = Language Models are Few-Shot Learners

The first name of a `same` line leads. A kind (`method:`, `dataset:`, `task:`, `metric:`, `concept:`) limits a line to
that kind; a `paper:` line names papers by any identifier or by their title. Names are folded, so plural, case and
hyphens need no line. `data/aliases.txt` is the program's own file.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extract.records import KINDS
from kb.errors import SourceError, UnreachableError, UsageError

if TYPE_CHECKING:
    import polars as pl

    from kb.tables import Tables

PAPER = "Paper"
_LINE = re.compile(rf"(same|apart):\s*(?:({'|'.join((*KINDS, PAPER))}):\s+)?(.*)", re.I)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: names that are the same thing, or that are not; `kind` is None where the line holds for every kind."""

    line: int
    same: bool
    kind: str | None
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """The rule as a line of an alias file."""
        kind = f"{self.kind.lower()}: " if self.kind else ""
        return f"{'same' if self.same else 'apart'}: {kind}{' = '.join(self.names)}"


@dataclass(frozen=True, slots=True)
class AliasFile:
    """The rules of an alias file, and its text."""

    rules: tuple[Rule, ...] = ()
    text: str = ""

    @property
    def papers(self) -> tuple[Rule, ...]:
        """The lines about papers."""
        return tuple(rule for rule in self.rules if rule.kind == PAPER)

    @property
    def entities(self) -> "AliasFile":
        """The lines about entities."""
        return AliasFile(tuple(rule for rule in self.rules if rule.kind != PAPER), self.text)

    @classmethod
    def parse(cls, text: str, source: str = "alias file") -> "AliasFile":
        """Read the lines; raises UsageError that names the line and the remedy."""
        rules = tuple(_rules(text, source))
        _check(rules, source)
        return cls(rules, text)


def load_aliases(path: str | Path) -> AliasFile:
    """Read an alias file; raises SourceError when it cannot be read, UsageError when a line is wrong."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnreachableError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: not UTF-8 at byte {error.start}; save the alias file as UTF-8") from error
    return AliasFile.parse(text, str(path))


@cache
def default_aliases() -> AliasFile:
    """The synonyms of the field that ship with the program, applied before the user's."""
    text = (Path(__file__).parent / "data" / "aliases.txt").read_text(encoding="utf-8")
    return AliasFile.parse(text, "kb/data/aliases.txt")


def _rules(text: str, source: str) -> Iterator[Rule]:
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        names = tuple(" ".join(n.split()) for n in re.split(r"\s=\s", match[3])) if match else ()
        if match is None or len(names) < 2 or not all(names):
            shown = line if len(line) <= 60 else line[:59] + "…"
            raise UsageError(f'{source}, line {number}: "{shown}" is no rule: write "same: A = B" or "apart: A = B"')
        kind = match[2].capitalize() if match[2] else None
        if all(name.startswith("paper:") for name in names):
            kind = PAPER
        yield Rule(number, match[1].lower() == "same", kind, names)


def _check(rules: tuple[Rule, ...], source: str) -> None:
    """No `apart` line may be undone by the `same` lines of its own file."""
    from kb.fold import plain

    def key(name: str) -> str:
        return plain(name).casefold()

    for kind in (*KINDS, PAPER):
        held = [r for r in rules if r.kind == kind or (r.kind is None and kind != PAPER)]
        group: dict[str, str] = {}

        def root(name: str, group: dict[str, str] = group) -> str:
            while group.get(name, name) != name:
                name = group[name]
            return name

        for rule in (r for r in held if r.same):
            for one, other in pairwise(rule.names):
                group[root(key(other))] = root(key(one))
        for rule in (r for r in held if not r.same):
            roots = [root(key(name)) for name in rule.names]
            if len(set(roots)) < len(roots):
                raise UsageError(f'{source}, line {rule.line}: "{rule.text}" contradicts a "same:" line: delete one')


def merges(tables: "Tables") -> list[dict[str, Any]]:
    """The entities that go by more than one name once plural, case and hyphens are folded, widest first."""
    from kb.fold import fold

    rows = []
    for row in tables.entities.sort(["papers", "id"], descending=[True, False]).iter_rows(named=True):
        forms = {fold(alias, row["kind"]): alias for alias in reversed(row["aliases"])}
        forms.pop(fold(row["name"], row["kind"]), None)
        if forms:
            others = [a for a in row["aliases"] if a in forms.values()]
            rows.append(
                {"id": row["id"], "label": row["kind"], "name": row["name"], "papers": row["papers"], "aliases": others}
            )
    return rows


def preview(tables: "Tables", file: AliasFile, *, applied: AliasFile | None = None) -> list[dict[str, Any]]:
    """What each line of `file` would change: a row a rule, then a row for each line of `applied` that it lacks.

    Columns: line (None for a line that goes), rule, change (words), merged (ids that become one), split (ids that
    become several), papers (how many name one of them). `applied` is the file that `tables` were made with; entities
    and papers are compared as they are and as they would be.
    """
    from kb.paper_preview import paper_preview

    kept = {rule.text for rule in file.rules}
    gone = [rule for rule in applied.rules if rule.text not in kept] if applied else []
    told = _entity_preview(tables, file, gone)
    if any(rule.kind == PAPER for rule in (*file.rules, *gone)):
        told |= paper_preview(tables, file, gone)
    rows = [{"line": r.line, "rule": r.text, **told[r]} for r in file.rules]
    return rows + [{"line": None, "rule": f"dropped: {r.text}", **told[r]} for r in gone]


def _entity_preview(tables: "Tables", file: AliasFile, gone: list[Rule]) -> dict[Rule, dict[str, Any]]:
    """What the lines about entities would change."""
    from kb.canonical import canonicalise

    own = tables.mentions.drop("entity")
    made = canonicalise(own, tables.definitions, papers=len(tables.papers), aliases=file.entities)
    moved = tables.mentions.select("paper", "kind", "text", "name", "entity").with_columns(
        made.mentions["entity"].alias("now")
    )
    rules = [rule for rule in (*file.rules, *gone) if rule.kind != PAPER]
    held = _by_key(moved, {name for rule in rules for name in rule.names})
    return {rule: _change(moved, held, rule) for rule in rules}


_Moves = set[tuple[str, str]]


def _by_key(moved: "pl.DataFrame", names: set[str]) -> dict[tuple[str, str], _Moves]:
    """(kind, name) of the rules -> the (entity before, entity after) of the mentions that are written so."""
    from kb.fold import fold, plain

    held: dict[tuple[str, str], _Moves] = {}
    exact = {(kind, plain(name).casefold()) for kind in KINDS for name in names}
    wanted = {(kind, fold(name, kind)) for kind in KINDS for name in names}
    forms = moved.select("kind", "text", "name", "entity", "now").unique()
    for kind, text, name, entity, now in forms.iter_rows():
        for form in {text, name}:
            own = (kind, plain(form).casefold())
            if own in exact or (own := (kind, fold(form, kind))) in wanted:
                held.setdefault(own, set()).add((entity, now))
    return held


def _change(moved: "pl.DataFrame", held: dict[tuple[str, str], _Moves], rule: Rule) -> dict[str, Any]:
    import polars as pl

    from kb.fold import fold, plain

    def moves(name: str, kinds: tuple[str, ...]) -> _Moves:
        keys = {(kind, key) for kind in kinds for key in (plain(name).casefold(), fold(name, kind))}
        return {pair for key in keys for pair in held.get(key, ())}

    pairs = {pair for name in rule.names for pair in moves(name, (rule.kind,) if rule.kind else KINDS)}
    merged, split, said = outcome(pairs)
    found = {name: _kinds(moves(name, KINDS)) for name in rule.names}
    missing = [f"no {name} here" for name, kinds in found.items() if not kinds]
    if not said and not missing:
        missing = _unlike(found, rule)
    papers = moved.filter(pl.col("entity").is_in([*merged, *split]))["paper"].n_unique()
    change = "; ".join(said + missing) or "changes nothing"
    return {"change": change, "merged": merged, "split": split, "papers": papers}


def outcome(moves: Iterable[tuple[str, str]]) -> tuple[list[str], list[str], list[str]]:
    """The ids that become one, those that become several, and both in words, of moves (id before, id after)."""
    pairs = set(moves)
    merged = sorted({a for a, now in pairs if any(b != a and then == now for b, then in pairs)})
    split = sorted({a for a, now in pairs if any(b == a and then != now for b, then in pairs)})
    said = [f"merges {', '.join(merged)}"] if merged else []
    said += [f"splits {', '.join(split)}"] if split else []
    return merged, split, said


def _kinds(moves: _Moves) -> list[str]:
    """The kinds of entities, read off their ids."""
    return sorted({before.split(":", 1)[0].capitalize() for before, _ in moves})


def _unlike(found: dict[str, list[str]], rule: Rule) -> list[str]:
    """`CAPE is a Dataset, NeRF a Method`, where no kind is common to the names or the line's kind is not theirs."""
    common = set.intersection(*(set(kinds) for kinds in found.values()))
    if common if rule.kind is None else rule.kind in common:
        return []
    told = [f"{name}{' is' if i == 0 else ''} a {' and a '.join(ks)}" for i, (name, ks) in enumerate(found.items())]
    return [", ".join(told)]


def propose(tables: "Tables", *, limit: int | None = 50, applied: AliasFile | None = None) -> list[dict[str, Any]]:
    """Pairs of entities that may be one thing, likeliest first: see `kb.proposals.propose`."""
    from kb import proposals

    return proposals.propose(tables, limit=limit, rules=applied.rules if applied else ())
