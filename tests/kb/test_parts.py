"""What a killed build had extracted: taken over once, and never in the way."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import kb
from extract.records import Paper
from kb.identity import content_hash
from kb.intake import Clock, extract_papers, papers_frame
from kb.parts import Parts, clear_parts, part_folder

ROOT = Path(__file__).parents[2]
PAPER = Paper("FooNet: Fast Parsing", "We propose FooNet, a network for dependency parsing.", id="paper:foo")


def found(folder: Path, paper: Paper = PAPER, *, min_score: float = 0.0) -> pl.DataFrame:
    """Its mentions, with what parts there are."""
    papers = papers_frame([paper])
    return extract_papers(papers, min_score=min_score, workers=1, clock=Clock(), parts=Parts(folder, "m"))[0]


def keep(folder: Path, mentions: pl.DataFrame) -> None:
    """A part as a killed run leaves it, under the hash of the text."""
    key = content_hash(PAPER)
    none = pl.DataFrame(schema=dict.fromkeys(("paper", "short", "long", "sentence"), pl.String()))
    Parts(folder, "m").save(mentions.with_columns(pl.lit(key).alias("paper")), none, pl.Series([key]))


def test_two_runs_that_read_one_paper_count_once(tmp_path: Path) -> None:
    """Under the id that the paper has now, and at the score that is asked for now."""
    whole = found(tmp_path / "a.kb")
    keep(tmp_path / "a.kb", whole)
    keep(tmp_path / "a.kb", whole)
    assert found(tmp_path / "a.kb").equals(whole)
    assert found(tmp_path / "a.kb", min_score=1.0).filter(pl.col("score") < 1.0).is_empty()


def test_parts_of_another_model_or_damaged_ones_are_none(tmp_path: Path) -> None:
    """The first go, the others are passed over."""
    keep(tmp_path / "a.kb", found(tmp_path / "a.kb").head(0))
    assert found(tmp_path / "a.kb").is_empty()
    (damaged,) = part_folder(tmp_path / "a.kb").glob("m/*.mentions.parquet")
    damaged.write_bytes(b"PAR1")
    assert not found(tmp_path / "a.kb").is_empty()
    Parts(tmp_path / "a.kb", "other")
    assert list(part_folder(tmp_path / "a.kb").iterdir()) == []
    clear_parts(tmp_path / "a.kb")
    assert not part_folder(tmp_path / "a.kb").exists()


def test_a_part_that_cannot_be_written_stops_no_build(tmp_path: Path) -> None:
    """A file stands where the folder should."""
    part_folder(tmp_path / "a.kb").write_text("in the way")
    with pytest.raises(NotADirectoryError):
        (part_folder(tmp_path / "a.kb") / "m").mkdir()
    keep(tmp_path / "a.kb", found(tmp_path / "a.kb"))


def test_a_build_goes_on_where_a_killed_one_ended(tmp_path: Path) -> None:
    """kill -9 after a part of 512 papers: those are not read again, and the end is that of a build without a break."""
    source, target = made_papers(tmp_path / "made.jsonl", 700), tmp_path / "a.kb"
    told = "import sys, kb; kb.build([sys.argv[2]], out=sys.argv[1], rules_only=True, progress=lambda *a: print(*a))"
    command = [sys.executable, "-u", "-c", told, str(target), source]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any(line.startswith("extract 512") for line in process.stdout)
        process.kill()
    assert not target.exists()
    ticks: list[tuple[str, int]] = []
    kb.build([source], out=target, rules_only=True, progress=lambda stage, done, _: ticks.append((stage, done)))
    assert min(done for stage, done in ticks if stage == "extract") >= 512
    assert not part_folder(target).exists()
    kb.build([source], out=tmp_path / "whole.kb", rules_only=True)
    for name in ("mentions", "edges", "definitions"):
        assert (target / f"{name}.parquet").read_bytes() == (tmp_path / "whole.kb" / f"{name}.parquet").read_bytes()


def made_papers(path: Path, size: int) -> str:
    """A file of papers, each with a method of its own; its name."""
    said = "We propose Net{0}, a network for dependency parsing. It extends BERT and is tested on Penn Treebank."
    rows = [{"id": str(i), "title": f"Net{i}: Parsing", "abstract": said.format(i)} for i in range(size)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)
