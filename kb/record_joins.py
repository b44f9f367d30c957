"""Sets of records that are one paper: a union-find that remembers what joined what, and what may not be joined."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from extract.identifiers import any_identifier
from extract.records import Paper
from kb.aliases import Rule
from kb.identity import GIVEN, file_of, identifiers, slug, without
from kb.merge import merge, preference
from kb.sameness import CAREFUL, nearness, same_by_id
from kb.titles import title_key

MANY = 8  # records above which a set's view is grown, not made anew at each record
MOST_HEADS = 25  # papers of one key that a record is compared with: a key with more says nothing ("Introduction")


class RecordJoins:
    """Sets of records that are one paper (union by smallest index), with what joined each."""

    def __init__(self, records: list[Paper], rules: Sequence[Rule]) -> None:
        self.records = records
        self.void: set[str] = set()
        self.why: dict[int, tuple[str, int]] = {}  # a record that is no root: what joined it, and to which record
        self._rules = rules
        self._parent = array("q", range(len(records)))
        self._members: dict[int, list[int]] = {}
        self._views: dict[int, Paper] = {}
        self._tags: dict[int, set[tuple[int, int]]] = {}

    def root(self, i: int) -> int:
        """The smallest record of a set."""
        parent = self._parent
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def members(self, root: int) -> list[int]:
        """The records of a set."""
        return self._members.get(root) or [root]

    def join_by_rules(self) -> None:
        """The user's `same` lines; and what each `apart` line names is remembered."""
        named: dict[str, list[tuple[int, int]]] = defaultdict(list)  # a name may stand on several lines
        for n, rule in enumerate(self._rules):
            for i, name in enumerate(rule.names):
                named[rule_key(name)].append((n, i))
        if not named:
            return
        found: dict[int, list[int]] = defaultdict(list)
        for at, record in enumerate(self.records):
            for n, i in {place for key in rule_keys(record) if key in named for place in named[key]}:
                if self._rules[n].same:
                    found[n].append(at)
                else:
                    self._tags.setdefault(at, set()).add((n, i))
        for n, held in found.items():
            for other in held[1:]:
                self._join(held[0], other, f"line {self._rules[n].line} of the alias file")

    def join_identical(self) -> None:
        """Records that say the same, whatever it is: one, read twice."""
        (groups,) = self.groups(lambda record: [(0, _content(record))], layers=1)
        for first, *others in groups:
            for other in others:
                if _content(self.records[first]) == _content(self.records[other]):
                    self._join(first, other, "the same record")

    def join_by_ids(self) -> None:
        """Records that share an identifier, unless it is one that different papers share."""
        (groups,) = self.groups(lambda record: [(0, key) for key in {*identifiers(record)}], layers=1)
        for group in groups:
            keys = set.intersection(*({*identifiers(self.records[i])} for i in group))
            if not keys:  # two keys of one hash
                continue
            titled = [i for i in group if self.records[i].title]
            best = min(titled, key=lambda i: preference(self.records[i]), default=group[0])
            key = min(keys, key=lambda own: (own.partition(":")[0] not in CAREFUL, own))
            scheme = key.partition(":")[0]
            if all(same_by_id(self.records[best], self.records[i], scheme) for i in titled if i != best):
                for i in group:
                    self._join(best, i, key)
            else:
                self.void |= keys
        if self.void:
            alone = [(i, record) for i, record in enumerate(self.records) if i not in self._members]
            marked = [(i, record) for i, record in alone if not self.void.isdisjoint(identifiers(record))]
            self._views |= {i: without(record, self.void) for i, record in marked}

    def join_by(self, groups: Iterable[Sequence[int]], same: Callable[[Paper, Paper], bool], reason: str) -> None:
        """Records of a group that are the same by `same`; each set is compared as one merged paper."""
        for group in groups:
            heads: list[int] = []
            for i in sorted(group, key=self._evidence):
                heads = list(dict.fromkeys(self.root(h) for h in heads))
                mine = self.root(i)
                if mine in heads:
                    continue
                homes = [h for h in heads if self._may(h, mine) and same(self._view(h), self._view(mine))]
                if home := self._nearest(mine, homes):
                    self._join(home[0], i, reason)
                elif len(heads) < MOST_HEADS:
                    heads.append(mine)

    def _nearest(self, mine: int, homes: list[int]) -> list[int]:
        """Of the papers that a record could belong to the one that is nearest; none where nothing says which."""
        if len(homes) < 2:
            return homes
        paper = self._view(mine)
        near = [nearness(paper, self._view(home)) for home in homes]
        return [homes[near.index(max(near))]] if near.count(max(near)) == 1 else []

    def _evidence(self, i: int) -> tuple[int, int]:
        """Sorts records that say much before those that say little: these find their paper then, if it is one."""
        record = self.records[i]
        return -sum(map(bool, (record.authors, record.abstract, record.year))), i

    def _view(self, root: int) -> Paper:
        """A set as one paper."""
        if root not in self._views:
            members = self._members.get(root)
            if members is None:
                return self.records[root]
            titled = [self.records[i] for i in members if self.records[i].title]
            if not titled:
                return self.records[root]
            self._views[root] = without(merge(titled), self.void)
        return self._views[root]

    def _may(self, a: int, b: int) -> bool:
        """Whether nothing holds two sets apart: no line of the user, no file that gives them different ids."""
        if self._tags and self._forbidden(a, b):
            return False
        one, other = self._given(a), self._given(b)
        return not any(file in one and one[file] != own for file, own in other.items())

    def _given(self, root: int) -> dict[str, str]:
        """The ids that files themselves give the records of a set."""
        held = (self.records[i] for i in self.members(root))
        return {
            file_of(r.sources[0]) if r.sources else "": r.id for r in held if r.id and GIVEN + r.id not in self.void
        }

    def _forbidden(self, a: int, b: int) -> bool:
        one = {t for i in self.members(a) for t in self._tags.get(i, ())}
        other = {t for i in self.members(b) for t in self._tags.get(i, ())}
        return any(n == m and i != j for n, i in one for m, j in other)

    def _join(self, a: int, b: int, reason: str) -> None:
        one, other = self.root(a), self.root(b)
        if one == other or (self._tags and self._forbidden(one, other)):
            return
        root, gone = min(one, other), max(one, other)
        grown = root in self._views and len(self.members(root)) > MANY
        views = [view for each in (root, gone) if grown and (view := self._view(each)).title]
        self.why[gone] = (reason, a if self.root(a) == root else b)
        self._parent[gone] = root
        self._members[root] = sorted(self.members(root) + self.members(gone))
        self._members.pop(gone, None)
        self._views.pop(root, None)
        self._views.pop(gone, None)
        if views:
            self._views[root] = merge(views)

    def groups(self, keys: Callable[[Paper], Iterable[tuple[int, Hashable]]], *, layers: int) -> list[list[list[int]]]:
        """For each layer the groups of two or more records with a key in common, `keys` giving (layer, key).

        By hashes in arrays: the strings of a million papers would not fit a laptop. Two keys of one hash make at worst
        a group that has nothing in common.
        """
        hashes, owners = [array("q") for _ in range(layers)], [array("q") for _ in range(layers)]
        for i, record in enumerate(self.records):
            for layer, key in keys(record):
                hashes[layer].append(hash(key))
                owners[layer].append(i)
        return [_runs(each, whose) for each, whose in zip(hashes, owners, strict=True)]


def _runs(hashes: "array[int]", owners: "array[int]") -> list[list[int]]:
    """The owners of equal hashes, each group ascending, groups of one left out."""
    import numpy as np

    if not hashes:
        return []
    values = np.frombuffer(hashes, np.int64)
    order = np.argsort(values, kind="stable")
    ranked, at = values[order], np.frombuffer(owners, np.int64)[order]
    starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    ends = np.append(starts[1:], len(ranked))
    many = ends - starts > 1
    runs = zip(starts[many].tolist(), ends[many].tolist(), strict=True)
    found = {tuple(dict.fromkeys(at[a:b].tolist())) for a, b in runs}
    return [list(group) for group in sorted(found) if len(group) > 1]


def _content(record: Paper) -> Hashable:
    """All that a record says of its paper."""
    said = (record.title, record.abstract, record.year, record.date, record.venue, record.authors, record.keywords)
    return said, record.id, record.doi, record.arxiv, record.url, record.ids, record.references


def rule_key(name: str) -> str:
    """What a name on a user's line is compared by: an identifier, an id of ours or of the source, or a title."""
    bare = name.removeprefix("paper:").strip()
    return any_identifier(bare) or title_key(bare)


def rule_keys(record: Paper) -> Iterator[str]:
    """What a record answers to on a user's line."""
    yield from identifiers(record)
    yield title_key(record.title)
    yield title_key(slug(record.title))
    if record.id:
        yield title_key(record.id)
