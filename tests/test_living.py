"""A knowledge base that lives: whatever was added and taken out on the way, the same bytes as one build.

KB_CORPUS names a JSON Lines file of papers: then 2,000 of them are tried too.
"""

import gzip
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from test_build import ROOT, SEEDS, digests

import kb
from extract.readers import read_source
from extract.records import Paper
from kb.errors import SourceError, UsageError

CORPUS = os.environ.get("KB_CORPUS", "")


def entries() -> list[dict[str, object]]:
    """Every entry of the seeds, the repeated ones too, some with authors, a year and references."""
    papers = [r for f in SEEDS for r in read_source(Path(f)) if isinstance(r, Paper)]
    made: list[dict[str, object]] = []
    for i, paper in enumerate(papers):
        row: dict[str, object] = {"title": paper.title, "abstract": paper.abstract}
        if i % 3 == 0:
            row |= {"year": 2000 + i % 20, "authors": [f"Ann Otter {chr(65 + i % 7)}", "Bo Bank"], "id": f"s:{i % 97}"}
        if i % 5 == 0:
            row |= {"doi": f"10.5555/{i % 80}", "references": [f"doi:10.5555/{(7 * i) % 80}", "doi:10.9999/out"]}
        made.append(row)
    return made


def corpus() -> list[dict[str, object]]:
    """2,000 papers of a file that is not ours."""
    opened = gzip.open if CORPUS.endswith(".gz") else open
    with opened(CORPUS, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return random.Random(1).sample(rows, 2_000)


def split(rows: Sequence[dict[str, object]], into: Path, chance: random.Random, parts: int) -> list[str]:
    """The rows dealt to files at random; each file holds some."""
    piles: list[list[dict[str, object]]] = [[rows[i]] for i in range(parts)]
    for row in rows[parts:]:
        chance.choice(piles).append(row)
    files = []
    for i, pile in enumerate(piles):
        file = into / f"part{i}.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in pile), encoding="utf-8")
        files.append(str(file))
    return files


def live(folder: Path, files: Sequence[str], chance: random.Random) -> None:
    """Build of some files, add the rest in two steps, take out and bring back on the way; then one big build."""
    grown, whole = folder / "grown.kb", folder / "whole.kb"
    first, second, third, wrong = files[:2], files[2:4], files[4:-1], files[-1]
    kb.build([*first, wrong], out=grown, workers=1)
    kb.add(second, kb=grown, workers=1)
    kb.remove(sources=[wrong], kb=grown)
    with kb.open(grown) as base:
        papers = base.tables().papers
    only = [p for p in papers["id"] if chance.random() < 0.1]
    kb.remove(only, kb=grown)
    kb.add([*first, *second], kb=grown, workers=1)  # brings them back: their files are no longer what was read
    kb.add(third, kb=grown, workers=1)
    kb.build([*third, *second, *first], out=whole, workers=1)
    assert digests(grown) == digests(whole)


@pytest.mark.parametrize("seed", range(4))
def test_any_way_to_the_same_sources_gives_the_same_bytes(tmp_path: Path, seed: int) -> None:
    """Random splits of the seeds, with removals by source and by id in between."""
    chance = random.Random(seed)
    rows = chance.sample(entries(), 110)
    live(tmp_path, split(rows, tmp_path, chance, 6), chance)


@pytest.mark.skipif(not CORPUS, reason="KB_CORPUS names no corpus")
@pytest.mark.parametrize("seed", range(2))
def test_any_way_to_the_same_papers_of_a_corpus_gives_the_same_bytes(tmp_path: Path, seed: int) -> None:
    """The same with 2,000 papers."""
    chance = random.Random(seed)
    live(tmp_path, split(corpus(), tmp_path, chance, 6), chance)


def test_removing_in_another_order_gives_the_same_bytes(tmp_path: Path) -> None:
    """Papers that no later file holds may go before or after it comes."""
    chance = random.Random(5)
    rows = list({str(row["title"]): row for row in chance.sample(entries(), 80)}.values())
    files = split([{**row, "id": f"k{i}", "doi": None} for i, row in enumerate(rows)], tmp_path, chance, 3)
    kb.build(files[:2], out=tmp_path / "a.kb", workers=1)
    with kb.open(tmp_path / "a.kb") as base:
        gone = base.tables().papers["id"].to_list()[::9]
    kb.remove(gone, kb=tmp_path / "a.kb")
    kb.add(files[2:], kb=tmp_path / "a.kb", workers=1)
    kb.build(files, out=tmp_path / "b.kb", workers=1)
    kb.remove(gone[::-1], kb=tmp_path / "b.kb")
    assert digests(tmp_path / "a.kb") == digests(tmp_path / "b.kb")


def test_a_source_is_taken_out_by_its_label_or_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What other files say of its papers stays."""
    monkeypatch.chdir(tmp_path)
    row = {"title": "FooNet: Fast Parsing", "abstract": "We propose FooNet for parsing."}
    for name, rows in {"a.jsonl": [row], "b.jsonl": [row, row | {"title": "BarNet: Slow Parsing"}]}.items():
        Path(name).write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    kb.build(["a.jsonl", "b.jsonl"], out="papers.kb")
    made = kb.remove(sources=[str(tmp_path / "b.jsonl")], kb="papers.kb")
    assert (made["removed"], made["counts"]["papers"]) == (1, 1)
    with pytest.raises(UsageError, match=r"no source 'c.jsonl' in papers.kb; there are: a.jsonl"):
        kb.remove(sources=["c.jsonl"], kb="papers.kb")
    with kb.open("papers.kb") as base:
        assert base.show("FooNet: Fast Parsing")["sources"] == ["a.jsonl:1"]


def test_a_killed_build_goes_on_where_it_ended(tmp_path: Path) -> None:
    """What was extracted is kept; the next build, or add, of the same texts takes it over and clears it away."""
    copies = tmp_path / "many.jsonl"
    rows = [row | {"title": f"{row['title']} {i}", "id": f"{i}"} for i in range(3) for row in entries()]
    rows = [row | {"id": f"r{n}", "doi": None} for n, row in enumerate(rows)]
    copies.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    told = (
        "import sys, kb; kb.build(sys.argv[2:], out=sys.argv[1], workers=1, progress=lambda *a: print(*a, flush=True))"
    )
    command = [sys.executable, "-c", told, str(tmp_path / "a.kb"), str(copies)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any(line.startswith("extract") and int(line.split()[1]) >= 640 for line in process.stdout)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    parts = tmp_path / ".a.kb.part"
    assert parts.is_dir()
    begun: list[int] = []
    kb.build(
        [str(copies)],
        out=tmp_path / "a.kb",
        workers=1,
        progress=lambda stage, done, total: begun.append(done) if stage == "extract" else None,
    )
    assert begun[0] >= 512
    assert not parts.exists()
    kb.build([str(copies)], out=tmp_path / "b.kb", workers=2)
    assert digests(tmp_path / "a.kb") == digests(tmp_path / "b.kb")


def test_a_moved_base_knows_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their place is another now; their name and bytes are not."""
    monkeypatch.chdir(tmp_path)
    row = {"title": "FooNet: Fast Parsing", "abstract": "We propose FooNet for parsing."}
    Path("a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    kb.build(["a.jsonl"], out="papers.kb")
    Path("sub").mkdir()
    Path("papers.kb").rename("sub/papers.kb")
    made = kb.add(["a.jsonl"], kb="sub/papers.kb")
    assert [row["path"] for row in made["inputs"]] == ["a.jsonl"]


def test_other_column_names_are_a_reason_to_read_again(tmp_path: Path) -> None:
    """`kb add FILE --map` after a build without, or with others."""
    row = {"title": "FooNet: Fast Parsing", "abstract": "We propose FooNet.", "head": "BarNet: Slow Parsing"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    kb.build([str(tmp_path / "a.jsonl")], out=tmp_path / "a.kb")
    made = kb.add([str(tmp_path / "a.jsonl")], kb=tmp_path / "a.kb", mapping={"head": "title"})
    assert made["inputs"][0]["map"] == {"head": "title"}
    with kb.open(tmp_path / "a.kb") as base:
        assert base.resolve("BarNet: Slow Parsing")


def test_taking_out_all_leaves_all(tmp_path: Path) -> None:
    """Nothing is never written over something, and the message says what to do instead."""
    (tmp_path / "a.jsonl").write_text(json.dumps({"title": "FooNet", "abstract": "We propose FooNet."}) + "\n")
    kb.build([str(tmp_path / "a.jsonl")], out=tmp_path / "a.kb")
    before = digests(tmp_path / "a.kb")
    with pytest.raises(SourceError, match=r"no paper would be left: delete the folder .*a.kb instead"):
        kb.remove(sources=[str(tmp_path / "a.jsonl")], kb=tmp_path / "a.kb")
    assert digests(tmp_path / "a.kb") == before
