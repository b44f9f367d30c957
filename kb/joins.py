"""Joins: which names of a corpus are one thing, step by step, each step with its evidence.

A name stands on a node, its kind and its folded key; a join makes two nodes one. What a rule of the user keeps apart is
never joined, whatever the step.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations

import polars as pl

from extract.records import KINDS
from kb.acronyms import Acronym, decide, kin, marks, read_senses, resolver, sense_key, short_key
from kb.aliases import AliasFile, Rule, default_aliases
from kb.fold import bare, fold, plain, words
from kb.spelling import word_set

NAME_OF_SHORT = 36  # characters of a short form with article and head noun
_ORDERED, _PAIRED = word_set("function"), word_set("media")
_CAPITAL_S = re.compile(r"(?:^|.*\s)[A-Z][A-Z0-9-]*[A-Z]S")

Node = tuple[str, str]
"""A kind and a folded key."""


class Names:
    """The distinct names and, step by step, which of them are one thing: a union of nodes (kind, folded key)."""

    def __init__(self, forms: pl.DataFrame, aliases: AliasFile) -> None:
        self.forms = forms
        self.rules = aliases.rules
        pairs = forms.select("kind", "name").unique(maintain_order=True).sort("kind", "name")  # sorts in one run below
        self.keys: dict[Node, str] = {(kind, name): fold(name, kind) for kind, name in pairs.iter_rows()}
        self.absent: dict[Node, str] = {}
        self.parent: dict[Node, Node] = {}
        self.leads: list[str] = []
        self._split_capital_s()
        self._split_apart()
        self.written = self._written()
        self.apart = self._apart_nodes()

    def root(self, node: Node) -> Node:
        """The node that stands for everything `node` was joined with."""
        while (above := self.parent.get(node, node)) != node:
            node = above
        return node

    def join(self, node: Node, into: Node) -> bool:
        """Make two nodes one, named after `into`, unless a rule keeps some of their names apart."""
        one, other = self.root(node), self.root(into)
        if one == other:
            return True
        for a, b in self.apart:
            if {self.root(a), self.root(b)} == {one, other}:
                return False
        self.parent[one] = other
        return True

    def node(self, kind: str, name: str) -> Node:
        """The node of a name, in the corpus or not."""
        key = self.keys.get((kind, name))
        if key is None:
            rules = kind if kind == "Task" else ""  # the other kinds fold alike
            key = self.absent.get((rules, name)) or self.absent.setdefault((rules, name), fold(name, kind))
        return kind, key

    def present(self) -> set[Node]:
        """The nodes that mentions stand on."""
        return {(kind, key) for (kind, _), key in self.keys.items()}

    def _split_capital_s(self) -> None:
        """DARTS is no plural of DART: where both are written in capitals, they keep apart."""
        written = {name for _, name in self.keys}
        own = {n for n in written if n.endswith("S") and n[:-1] in written and _CAPITAL_S.fullmatch(n)}
        low = {name.casefold() for name in own}
        for (kind, name), key in self.keys.items():
            if name in own or (name.casefold() in low and not re.search(r"[A-Z0-9]s$", name)):
                self.keys[kind, name] = key + "s"

    def _split_apart(self) -> None:
        """Names that a rule keeps apart although they fold alike get keys of their own, but for the first."""
        for rule in self.rules:
            if rule.same:
                continue
            for kind in _kinds(rule):
                seen: set[str] = set()
                for name in rule.names:
                    key = fold(name, kind)
                    if key in seen:
                        self._pin(kind, name)
                    seen.add(key)

    def _pin(self, kind: str, name: str) -> None:
        exact = plain(name).casefold()
        for held_kind, held in list(self.keys):
            if held_kind == kind and plain(held).casefold() == exact:
                self.keys[kind, held] = "~=" + exact
        self.keys[kind, name] = "~=" + exact

    def _written(self) -> dict[Node, list[str]]:
        """Names that mentions have which are written as a name of a rule, those of most papers first.

        `ICON` is the surface form of a thing whose name is its long form.
        """
        wanted = {(kind, fold(name, kind)) for rule in self.rules for kind in _kinds(rule) for name in rule.names}
        count: dict[Node, Counter[str]] = defaultdict(Counter)
        for kind, name, text, papers in (
            self.forms.select("kind", "name", "text", "papers").iter_rows() if wanted else ()
        ):
            if (key := (kind, fold(text, kind))) in wanted:
                count[key][name] += papers
        return {key: sorted(held, key=lambda name: (-held[name], name)) for key, held in count.items()}

    def _meant(self, kind: str, names: Iterable[str]) -> list[Node]:
        """The node of each name of a rule: what is named so, else what is written so, the most frequent.

        What another name of the rule stands on already goes before.
        """
        present, own = self.present(), [(name, self.node(kind, name)) for name in names]
        taken = {self.root(node) for _, node in own if node in present}
        nodes = []
        for name, node in own:
            held = [(kind, self.keys[kind, n]) for n in self.written.get((kind, fold(name, kind)), ())]
            absent = node not in present and self.root(node) == node
            nodes.append(min(held, key=lambda n: self.root(n) not in taken) if held and absent else node)
        return nodes

    def _apart_nodes(self) -> list[tuple[Node, Node]]:
        """Pairs of nodes that must not meet: what the names of an `apart` line are, and what is written so."""
        pairs = []
        for rule in self.rules:
            for kind in _kinds(rule) if not rule.same else ():
                own = [self.node(kind, name) for name in rule.names]
                held = [[node] for node in own]
                for name, nodes in zip(rule.names, held, strict=True):
                    keys = {self.keys[kind, n] for n in self.written.get((kind, fold(name, kind)), ())}
                    nodes += [(kind, key) for key in sorted(keys) if (kind, key) not in own]
                pairs += [(a, b) for one, other in combinations(held, 2) for a in one for b in other if a != b]
        return pairs

    def _also(self, node: Node, own: Node) -> None:
        """What is kept apart from `node` is kept apart from `own`, the node that its name moves to."""
        held = [(own, b if a == node else a) for a, b in self.apart if node in (a, b)]
        self.apart += [pair for pair in held if pair not in self.apart]

    def join_acronyms(self, definitions: pl.DataFrame) -> dict[str, Acronym]:
        """Join short forms and the spellings of a long form; returns what became of every short form."""
        rows = definitions.select("paper", "short", "long", "sentence").iter_rows()
        introduced = self._introduced()
        acronyms = {short: decide(short, senses, introduced[short]) for short, senses in read_senses(rows).items()}
        present = self.present()
        for acronym in acronyms.values():
            self._join_spellings(acronym, present)
        find = resolver(acronyms)
        for kind, name in sorted(self.keys):
            found = find(short := bare(name)) if len(name) <= NAME_OF_SHORT else None
            if found and found.joined and not self.keys[kind, name].startswith("~="):
                long = self.node(kind, found.senses[0].long)
                own = kind, "~" + short_key(short)  # a node by its capitals: MAP may join, map stays
                self._also((kind, self.keys[kind, name]), own)
                if self.join(own, long):
                    self.keys[kind, name] = own[1]
        return acronyms

    def _introduced(self) -> Counter[str]:
        """How many papers introduce each short form as a name, without a long form of their own."""
        rows = self.forms.filter((pl.col("introduced") > 0) & (pl.col("name") == pl.col("text")))
        rows = rows.filter(pl.col("name").str.len_chars() <= 16)
        count: Counter[str] = Counter()
        for name, introduced in rows.select("name", "introduced").iter_rows():
            count[short_key(name)] += introduced
        return count

    def _join_spellings(self, acronym: Acronym, present: set[Node]) -> None:
        for sense in acronym.senses:
            if len(sense.spellings) == 1:
                continue
            for kind in KINDS:
                first = self.node(kind, sense.long)
                for spelling in sense.spellings[1:]:
                    node = self.node(kind, spelling)
                    if node in present and marks(spelling) == marks(sense.long):
                        self.join(node, first)

    def join_word_orders(self) -> None:
        """Join names of one set of words that end in the same word: `image intrinsic decomposition`.

        Three words or more, no prepositions (`sim to real`), and not two media (`text image generation`).
        """
        bags: dict[tuple[str, ...], set[Node]] = defaultdict(set)
        for kind, name in self.keys:
            parts = words(name, kind) if name.count(" ") + name.count("-") >= 2 else []
            if len(parts) >= 3 and _orderless(parts):
                bags[(kind, parts[-1], *sorted(parts[:-1]))].add((kind, self.keys[kind, name]))
        for nodes in bags.values():
            first, *others = sorted(nodes)
            for node in others:
                self.join(node, first)

    def join_synonyms(self, acronyms: dict[str, Acronym]) -> None:
        """Join the synonyms of the field, but for short forms that this corpus uses for several things."""
        present = self.present()
        for rule in default_aliases().rules:
            names = [n for n in rule.names if _undisputed(acronyms.get(short_key(n)), rule)]
            for kind in _kinds(rule) if len(names) > 1 else ():
                self._join_nodes([self.node(kind, name) for name in names], present)

    def _join_nodes(self, nodes: list[Node], present: set[Node]) -> None:
        first, *others = nodes
        for node in others:
            if node in present or self.root(node) != node:
                self.join(node, first)

    def join_user_rules(self) -> None:
        """Join what the user says is the same; without a kind a line holds across kinds."""
        present = self.present()
        for rule in self.rules:
            if not rule.same:
                continue
            meant = {kind: self._meant(kind, rule.names) for kind in _kinds(rule)}
            for nodes in meant.values():
                self._join_nodes(nodes, present)
            if rule.kind is None:
                lead = "~" + fold(rule.names[0])  # one key in all kinds, whatever the names were joined with before
                for kind, nodes in meant.items():
                    for node in nodes:
                        self.join(node, (kind, lead))
                self.leads.append(lead)

    def forced(self) -> set[str]:
        """The keys that the user joined across kinds."""
        return {self.root((kind, lead))[1] for kind in KINDS for lead in self.leads}


def named_apart(forms: pl.DataFrame, rules: Iterable[Rule]) -> pl.DataFrame:
    """Mentions that an `apart` line parts from the long form their paper gives them: kind, name, text and `said`.

    With `apart: RL = reinforcement learning` an RL is called RL, also where its paper defines it.
    """
    wanted: dict[Node, list[tuple[Rule, str]]] = defaultdict(list)
    for rule in rules:
        for kind in _kinds(rule) if not rule.same else ():
            for name in rule.names:
                wanted[kind, fold(name, kind)].append((rule, name))
    rows, first = [], dict[tuple[Rule, str, str], str]()
    long = forms.filter(pl.col("name") != pl.col("text")) if wanted else forms.clear()
    for kind, name, text in long.select("kind", "name", "text").iter_rows():
        for rule, said in wanted.get((kind, fold(text, kind)), ()):
            others = [n for n in rule.names if n != said and plain(n).casefold() != plain(text).casefold()]
            parted = any(_same_sense(kind, n, name) for n in others)
            if parted or first.setdefault((rule, kind, name), said) != said:  # or two short forms of one thing
                rows.append((kind, name, text, text))
    schema = dict.fromkeys(("kind", "name", "text", "said"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row").unique(maintain_order=True)


def _same_sense(kind: str, long: str, other: str) -> bool:
    return fold(long, kind) == fold(other, kind) or sense_key(long) == sense_key(other) or kin(long, other)


def _undisputed(acronym: Acronym | None, rule: Rule) -> bool:
    """Whether the corpus does not use a short form for something else than a line of synonyms says."""
    return acronym is None or (acronym.joined and any(kin(name, acronym.senses[0].long) for name in rule.names))


def _kinds(rule: Rule) -> tuple[str, ...]:
    return (rule.kind,) if rule.kind else KINDS


def _orderless(parts: list[str]) -> bool:
    held = set(parts)
    return not held & _ORDERED and len(held & _PAIRED) < 2 and not any(c.isdigit() for p in parts for c in p)
