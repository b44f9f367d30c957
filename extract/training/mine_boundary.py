"""Which words end a term on its left: counted on annotated abstracts, written to `extract/data/boundary.txt`.

usage: python -m extract.training.mine_boundary ANNOTATED.jsonl... > extract/data/boundary.txt

A word is a boundary when, over the annotated papers, it stands right before an annotated name at least twice
and at least three times as often as inside one.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

FIELDS = ("methods", "datasets", "tasks", "metrics", "concepts")


def count(paper: dict[str, object], inside: Counter[str], before: Counter[str]) -> None:
    """Add one annotated paper to the two counts."""
    text = f"{paper['title']}. {paper.get('abstract', '')}"
    names = {m for field in FIELDS for e in paper[field] for m in e["mentions"]}  # type: ignore[attr-defined]
    for name in names:
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            inside.update(w.casefold() for w in name.split()[:-1])
            last = re.search(r"([\w'-]+) $", text[: match.start()])
            if last and not any(last[1] in other.split() and name in other for other in names if other != name):
                before[last[1].casefold()] += 1


def boundaries(inside: Counter[str], before: Counter[str]) -> list[str]:
    """The words that end a term, in order."""
    return sorted(w for w, n in before.items() if n >= 2 and n >= 3 * inside[w] and w.isascii() and not w.isdigit())


def main(paths: list[str]) -> None:
    """Count over the files and print the list."""
    inside: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for path in paths:
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            count(json.loads(line), inside, before)
    print("# Made by extract/training/mine_boundary.py from our annotation of abstracts; counts only.")
    print("[boundary]")
    row: list[str] = []
    for word in boundaries(inside, before):
        row.append(word)
        if sum(len(w) + 1 for w in row) > 100:
            print(" ".join(row))
            row = []
    print(" ".join(row))


if __name__ == "__main__":
    if not sys.argv[1:] or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main(sys.argv[1:])
