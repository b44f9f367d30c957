"""The whole line on real input: the same bytes whatever the order, whole after a kill, better by a little each time."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kb
from kb.errors import SourceError, StoreError, UsageError

ROOT = Path(__file__).parents[1]
SEEDS = sorted(str(p) for p in (ROOT / "seeds").glob("*.txt"))
GOLDEN = ROOT / "tests" / "golden"
BUILD = "import sys, kb; kb.build(sys.argv[2:], out=sys.argv[1])"


def digests(folder: Path) -> dict[str, str]:
    """File name -> hash of its bytes, for the tables, the manifest and the rejects."""
    kept = [p for p in folder.iterdir() if p.suffix in (".parquet", ".json", ".jsonl")]
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in kept}


def exports(folder: Path, into: Path) -> dict[str, str]:
    """Format and file -> hash of every export."""
    into.mkdir()
    with kb.open(folder) as base:
        for name in ("graphml", "csv", "jsonl", "mentions"):
            base.export(name, into / name)
    return {
        str(p.relative_to(into)): hashlib.sha256(p.read_bytes()).hexdigest() for p in into.rglob("*") if p.is_file()
    }


def table(path: Path, *rows: tuple[str, str, str]) -> str:
    """A JSON Lines file of id, title and abstract; returns its name."""
    lines = [json.dumps({"id": i, "title": t, "abstract": a}) for i, t, a in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


FOO = ("1", "FooNet: Fast Parsing", "We propose FooNet, a network for dependency parsing on Penn Treebank.")
BAR = ("2", "A Study of Parsers", "We compare FooNet with BiLSTM for dependency parsing on Penn Treebank.")


def test_the_seeds_are_378_papers_of_440_entries(seeds_kb: Path) -> None:
    """With every place a paper was read."""
    with kb.open(seeds_kb) as base:
        stats = base.stats()
        (icon,) = base.query("MATCH (p:Paper) WHERE p.name = 'ECON' RETURN p.sources AS sources")
    assert (stats["entries"], stats["papers"], stats["rejects"]) == (440, 378, 0)
    assert all(source.rpartition(":")[2].isdigit() for source in icon["sources"])


def test_files_in_another_order_and_more_workers_give_the_same_bytes(tmp_path: Path) -> None:
    """Every table and every export."""
    kb.build(SEEDS, out=tmp_path / "a.kb", workers=1)
    kb.build(SEEDS[::-1], out=tmp_path / "b.kb", workers=2)
    assert digests(tmp_path / "a.kb") == digests(tmp_path / "b.kb")
    assert exports(tmp_path / "a.kb", tmp_path / "a") == exports(tmp_path / "b.kb", tmp_path / "b")


def test_every_mention_and_every_edge_stands_in_the_text(seeds_kb: Path) -> None:
    """text == field[start:end], and the sentence of an edge holds the name at its offsets."""
    with kb.open(seeds_kb) as base:
        tables = base.tables()
    papers = {row["id"]: row for row in tables.papers.iter_rows(named=True)}
    for row in tables.mentions.iter_rows(named=True):
        assert papers[row["paper"]][row["field"]][row["start"] : row["end"]] == row["text"]
    names = {row["id"]: {a.casefold() for a in row["aliases"]} for row in tables.entities.iter_rows(named=True)}
    for row in tables.edges.filter(tables.edges["field"].is_not_null()).iter_rows(named=True):
        if row["type"] != "CITES":
            text = papers[row["source"]][row["field"]]
            name = text[row["start_char"] : row["end_char"]]
            assert name in row["sentence"]
            assert row["sentence"] in text
            assert name.casefold() in names[row["target"]]


def test_a_build_that_is_killed_leaves_the_old_knowledge_base(tmp_path: Path) -> None:
    """kill -9 at five moments: three while it extracts, when it links, and while it stores."""
    old = tmp_path / "papers.kb"
    kb.build([table(tmp_path / "old.jsonl", FOO, BAR)], out=old)
    before = digests(old)
    told = "import sys, kb; kb.build(sys.argv[2:], out=sys.argv[1], progress=lambda *a: print(*a, flush=True))"
    moments = [("extract", 0.1), ("extract", 0.6), ("extract", 1.1), ("link", 0.0), ("store", 0.25)]
    for stage, pause in moments:
        command = [sys.executable, "-c", told, str(old), *SEEDS]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert any(line.startswith(stage) for line in process.stdout)
            time.sleep(pause)
            process.kill()
        assert process.returncode == -signal.SIGKILL
        assert digests(old) == before
        with kb.open(old) as base:
            assert base.stats()["papers"] == 2
    kb.build(SEEDS[:1], out=old)
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".papers")) == []


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are of POSIX")
def test_the_workers_of_a_killed_build_go_too(tmp_path: Path) -> None:
    """Nothing is left of the build's process group."""
    code = "import sys, kb; kb.build(sys.argv[2:], out=sys.argv[1], workers=2)"
    command = [sys.executable, "-c", code, str(tmp_path / "a.kb"), *SEEDS]
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL)
    time.sleep(2.5)
    process.kill()
    process.wait()
    until = time.monotonic() + 20
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < until:
            os.killpg(process.pid, 0)
            time.sleep(0.1)


def test_add_gives_the_bytes_of_a_build_of_all_sources(tmp_path: Path) -> None:
    """Papers seen before, new ones, and a namesake with another abstract."""
    one, two = table(tmp_path / "one.jsonl", FOO), table(tmp_path / "two.jsonl", BAR, FOO)
    kb.build([one, two, SEEDS[0]], out=tmp_path / "whole.kb")
    kb.build([two], out=tmp_path / "grown.kb")
    kb.add([SEEDS[0]], kb=tmp_path / "grown.kb")
    kb.add([one], kb=tmp_path / "grown.kb")
    assert digests(tmp_path / "grown.kb") == digests(tmp_path / "whole.kb")


def test_add_reads_a_changed_file_again_and_drops_what_it_no_longer_holds(tmp_path: Path) -> None:
    """A file is known by its name and its bytes."""
    file = table(tmp_path / "papers.jsonl", FOO, BAR)
    base = tmp_path / "papers.kb"
    kb.build([file], out=base)
    same = digests(base)
    kb.add([file], kb=base)
    assert digests(base) == same
    table(tmp_path / "papers.jsonl", FOO)
    assert kb.add([file], kb=base)["counts"]["papers"] == 1


def test_add_knows_a_file_by_its_place_not_by_what_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two files of one name in two folders are two; one file by a relative and an absolute path is one."""
    base = tmp_path / "papers.kb"
    for name, row in (("a", FOO), ("b", BAR)):
        (tmp_path / name).mkdir()
        table(tmp_path / name / "papers.jsonl", row)
    monkeypatch.chdir(tmp_path / "a")
    kb.build(["papers.jsonl"], out=base)
    monkeypatch.chdir(tmp_path / "b")
    assert kb.add(["papers.jsonl"], kb=base)["counts"]["papers"] == 2
    assert kb.add([str(tmp_path / "a" / "papers.jsonl")], kb=base)["counts"]["entries"] == 2


def test_add_reads_again_what_was_merged_with_a_changed_file(tmp_path: Path) -> None:
    """A paper of two files, whose longer abstract goes from one of them."""
    long = (FOO[0], FOO[1], FOO[2] + " We also evaluate on CoNLL-2003.")
    one, two = table(tmp_path / "one.jsonl", long), table(tmp_path / "two.jsonl", FOO)
    kb.build([one, two], out=tmp_path / "grown.kb")
    table(tmp_path / "one.jsonl", BAR)
    kb.add([one], kb=tmp_path / "grown.kb")
    kb.build([one, two], out=tmp_path / "whole.kb")
    assert digests(tmp_path / "grown.kb") == digests(tmp_path / "whole.kb")


def test_a_change_under_an_add_is_not_lost(tmp_path: Path) -> None:
    """Two commands read the same base; the second to write is told to run again."""
    base = tmp_path / "papers.kb"
    kb.build([table(tmp_path / "a.jsonl", FOO, BAR)], out=base)
    more = table(tmp_path / "b.jsonl", ("3", "BazNet: A Parser", "We propose BazNet for parsing."))

    def meanwhile(stage: str, done: int, total: int) -> None:
        if stage == "link":
            kb.remove(["paper:2"], kb=base)

    with pytest.raises(StoreError, match="run this one again"):
        kb.add([more], kb=base, progress=meanwhile)
    with kb.open(base) as left:
        assert left.stats()["papers"] == 1


def test_remove_takes_a_paper_and_what_only_it_names(tmp_path: Path) -> None:
    """BiLSTM goes with the only paper that names it; what FooNet's paper names stays."""
    base = tmp_path / "papers.kb"
    kb.build([table(tmp_path / "papers.jsonl", FOO, BAR)], out=base)
    done = kb.remove(["paper:2"], kb=base)
    assert (done["added"], done["removed"]) == (0, 1)
    with kb.open(base) as left:
        assert left.stats()["nodes"]["Paper"] == 1
        assert left.resolve("FooNet")
        assert not left.query("MATCH (m:Method) WHERE m.name CONTAINS 'LSTM' RETURN m.id AS id")
    with pytest.raises(UsageError, match="paper:9"):
        kb.remove(["paper:9"], kb=base)
    back = kb.add([str(tmp_path / "papers.jsonl")], kb=base)
    assert (back["added"], back["counts"]["papers"]) == (1, 2)


def test_papers_of_equal_text_and_different_ids_keep_their_mentions_when_added_to(tmp_path: Path) -> None:
    """Mentions are kept by the hash of the text, which two papers may share."""
    twin = ("3", FOO[1], FOO[2])
    base = tmp_path / "papers.kb"
    kb.build([table(tmp_path / "a.jsonl", FOO, twin)], out=base)
    kb.add([table(tmp_path / "b.jsonl", BAR)], kb=base)
    with kb.open(base) as both:
        rows = both.query("MATCH (p:Paper)-[:ADDRESSES]->(t:Task) RETURN DISTINCT p.id AS id ORDER BY p.id")
    assert [row["id"] for row in rows] == ["paper:1", "paper:2", "paper:3"]


def test_min_score_leaves_out_what_is_less_sure_and_is_recorded(tmp_path: Path) -> None:
    """Recall for precision."""
    file = SEEDS[0]
    low = kb.build([file], out=tmp_path / "low.kb")
    high = kb.build([file], out=tmp_path / "high.kb", min_score=0.9)
    assert high["options"]["min_score"] == 0.9
    assert 0 < high["counts"]["mentions"] < low["counts"]["mentions"]
    with pytest.raises(UsageError):
        kb.build([file], out=tmp_path / "no.kb", min_score=2)


def test_a_knowledge_base_built_by_rules_only_grows_by_rules_only(tmp_path: Path) -> None:
    """Its model is another one, so nothing that the learned one found is in it."""
    one, two = table(tmp_path / "one.jsonl", FOO), table(tmp_path / "two.jsonl", BAR)
    learned = kb.build([one, two], out=tmp_path / "learned.kb")
    kb.build([one], out=tmp_path / "grown.kb", rules_only=True)
    grown = kb.add([two], kb=tmp_path / "grown.kb")
    kb.build([one, two], out=tmp_path / "whole.kb", rules_only=True)
    assert grown["options"]["rules_only"] and grown["model"] != learned["model"]
    assert digests(tmp_path / "grown.kb") == digests(tmp_path / "whole.kb")


def test_papers_without_any_name_make_a_knowledge_base(tmp_path: Path) -> None:
    """Another script, nothing to find: papers and no entities."""
    made = kb.build([table(tmp_path / "a.jsonl", ("1", "深度学习", "我们提出一种新的方法。"))], out=tmp_path / "a.kb")
    assert made["counts"]["papers"] == 1
    with kb.open(tmp_path / "a.kb") as base:
        assert base.similar("paper:1") == []


def test_only_rejects_and_no_paper_is_an_error_that_leaves_the_old(tmp_path: Path) -> None:
    """An empty result must not take the place of a good one."""
    base = tmp_path / "papers.kb"
    kb.build([table(tmp_path / "good.jsonl", FOO)], out=base)
    (tmp_path / "bad.jsonl").write_text('{"title": "T", "abstract": ""}\n')
    with pytest.raises(SourceError, match="no paper"):
        kb.build([str(tmp_path / "bad.jsonl")], out=base)
    with kb.open(base) as old:
        assert old.stats()["papers"] == 1


def test_a_folder_that_is_no_knowledge_base_is_not_replaced(tmp_path: Path) -> None:
    """Before anything is read."""
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine")
    with pytest.raises(StoreError, match="other files"):
        kb.build(SEEDS, out=tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "mine"


def test_a_built_knowledge_base_does_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    """Two processes with different string hashing write the same tables."""
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        out = str(tmp_path / f"{seed}.kb")
        subprocess.run([sys.executable, "-c", BUILD, out, SEEDS[0]], cwd=ROOT, env=environment, check=True)
    assert digests(tmp_path / "1.kb") == digests(tmp_path / "2.kb")
