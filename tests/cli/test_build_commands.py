"""The commands that write: build, add, remove, export, aliases, evaluate."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.build import summarise
from cli.main import app

ROOT = Path(__file__).parents[2]
RUN = (sys.executable, "-c", "from cli.main import main; main()")
PAPERS = [
    {"title": "ICON: Implicit Humans", "abstract": "We propose ICON, a method for surface normals. ICON uses SMPL."},
    {"title": "ECON: Explicit Humans", "abstract": "We propose ECON. ECON improves on ICON and uses SMPL."},
]  # fmt: skip
LATER = {"headline": "PaMIR: Parametric Humans", "text": "We propose PaMIR. PaMIR is based on SMPL."}


def write(path: Path, *papers: dict[str, str]) -> Path:
    """A JSON Lines file of papers."""
    path.write_text("".join(json.dumps(paper) + "\n" for paper in papers), encoding="utf-8")
    return path


def run(path: Path, *line: str | Path) -> Result:
    """Run one command on a knowledge base."""
    return CliRunner(env={"KB": str(path)}).invoke(app, [str(part) for part in line], prog_name="kb")


def counts(path: Path) -> dict[str, Any]:
    """The counts of a knowledge base, by its own command."""
    answer: dict[str, Any] = json.loads(run(path, "stats", "--json").stdout)
    return answer


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base of two papers, made by the command; read it, do not change it."""
    folder = tmp_path_factory.mktemp("built")
    done = run(folder / "papers.kb", "build", write(folder / "papers.jsonl", *PAPERS), "--workers", "1")
    assert done.exit_code == 0, done.output
    return folder / "papers.kb"


@pytest.fixture
def base(built: Path, tmp_path: Path) -> Path:
    """A copy of it that may be changed."""
    return Path(shutil.copytree(built, tmp_path / "papers.kb"))


def test_a_build_ends_with_its_counts(tmp_path: Path) -> None:
    """Counts on stdout; stages and time on stderr."""
    done = run(tmp_path / "new.kb", "build", write(tmp_path / "p.jsonl", *PAPERS))
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert ["entries", "2"] in lines and ["papers", "2"] in lines and ["Paper", "2"] in lines and ["USES", "2"] in lines
    stages = done.stderr.splitlines()
    assert stages[:2] == ["read 1 file", "extract 2 papers"] and "built in" in stages[-1] and len(stages) <= 8


def test_a_build_tells_of_rejects(tmp_path: Path) -> None:
    """A record without a title is counted, noted and listed."""
    source = write(tmp_path / "p.jsonl", *PAPERS, {"title": "", "abstract": "No title."})
    done = run(tmp_path / "new.kb", "build", source, "--json")
    assert done.exit_code == 0 and json.loads(done.stdout)["counts"]["rejects"] == 1
    assert len(json.loads(run(tmp_path / "new.kb", "rejects", "--json").stdout)) == 1
    told = run(tmp_path / "new.kb", "build", source).stderr.splitlines()[-1]
    assert told == "1 record was not read: kb rejects lists it"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"added": 2, "removed": 1}, ["2 papers added, 1 taken out"]),
        ({"added": 1, "removed": 0}, ["1 paper added, 0 taken out"]),
        ({"removed": 3}, ["0 papers added, 3 taken out"]),
        ({}, []),
    ],
)
def test_what_changed_is_told_where_the_library_says(
    changes: dict[str, int], said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr, behind the time; quiet says nothing."""
    counts = {"entries": 2, "papers": 2, "mentions": 3, "rejects": 0, "nodes": {}, "edges": {}}
    made = {"counts": counts, "timings": {"read": 0.1}, **changes}
    summarise(made, Path("papers.kb"), False, False)
    assert capsys.readouterr().err.splitlines()[1:] == said
    summarise(made, Path("papers.kb"), False, True)
    assert capsys.readouterr().err == ""


def test_add_takes_mapped_columns_and_remove_takes_them_out(base: Path, tmp_path: Path) -> None:
    """A paper comes by `add --map` and goes by its title; a second removal does not find it."""
    source = write(tmp_path / "later.jsonl", LATER)
    assert run(base, "add", source, "--map", "headline=title", "--map", "text=abstract").exit_code == 0
    assert counts(base)["papers"] == 3
    assert run(base, "remove", "pamir: parametric humans", "--quiet").exit_code == 0
    assert counts(base)["papers"] == 2
    again = run(base, "remove", "PaMIR: Parametric Humans")
    assert again.exit_code == 1 and counts(base)["papers"] == 2
    other = run(base, "remove", "SMPL")
    assert other.exit_code == 1 and other.stderr == 'error: "SMPL" is a Method, not a paper\n'


def test_quiet_prints_nothing_at_all(tmp_path: Path) -> None:
    """A build in a script says nothing when all went well."""
    done = run(tmp_path / "new.kb", "build", write(tmp_path / "p.jsonl", *PAPERS), "--quiet")
    assert (done.exit_code, done.output) == (0, "")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.txt", b""), ("binary.bin", bytes(range(256)) * 20), ("wrong.csv", b"a,b\n1,2\n"),
        ("page.txt", b"one line\n"),
    ],
)  # fmt: skip
def test_a_source_that_cannot_be_read_is_one_line(name: str, content: bytes, base: Path, tmp_path: Path) -> None:
    """Exit 1, the file is named, and what was built before still answers."""
    (tmp_path / name).write_bytes(content)
    done = run(base, "build", tmp_path / name, "--quiet")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ") and name in done.stderr and done.stderr.count("\n") == 1
    assert counts(base)["papers"] == 2


def test_no_source_at_all_is_one_line(tmp_path: Path) -> None:
    """A missing file and a folder without sources."""
    (tmp_path / "folder").mkdir()
    for source, code in ((tmp_path / "none.txt", 3), (tmp_path / "folder", 1)):
        done = run(tmp_path / "new.kb", "build", source, "--quiet")
        assert done.exit_code == code and done.stderr.startswith("error: ") and done.stderr.count("\n") == 1


def test_one_broken_file_among_others_is_a_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands before its break is kept and the rest told; mended, it is read whole by kb add."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    write(Path("in/whole.jsonl"), LATER | {"title": LATER["headline"], "abstract": LATER["text"]})
    rows = json.dumps(PAPERS)
    Path("in/cut.json").write_text(rows[:-40], encoding="utf-8")
    Path("in/page.txt").write_text("<!DOCTYPE html>", encoding="utf-8")
    done = run(tmp_path / "new.kb", "build", "in")
    assert done.exit_code == 0 and "2 files not read, or not to the end: in/cut.json, in/page.txt; see" in done.stderr
    told = json.loads(run(tmp_path / "new.kb", "rejects", "--json").stdout)
    assert [(row["source"], row["line"]) for row in told] == [("in/cut.json", 0), ("in/page.txt", 0)]
    assert counts(tmp_path / "new.kb")["papers"] == 2
    again = run(tmp_path / "new.kb", "add", "in")
    assert again.exit_code == 1 and again.stderr.count("in/cut.json") == 1, "nothing else is to be read"
    Path("in/cut.json").write_text(rows, encoding="utf-8")
    Path("in/page.txt").unlink()
    assert run(tmp_path / "new.kb", "add", "in").exit_code == 0 and counts(tmp_path / "new.kb")["papers"] == 3
    Path("in/cut.json").write_text(rows[:-40], encoding="utf-8")
    write(Path("in/other.jsonl"), PAPERS[0])
    lost = run(tmp_path / "new.kb", "add", "in")
    assert lost.exit_code == 1 and "in/cut.json" in lost.stderr, "what it gave stays"


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """A knowledge base inside a file: exit 3."""
    source = write(tmp_path / "p.jsonl", *PAPERS)
    done = run(source / "papers.kb", "build", source, "--quiet")
    assert done.exit_code == 3 and done.stderr.startswith("error: ") and done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on file size")
def test_a_full_disk_is_one_line_and_leaves_the_old_one(base: Path, tmp_path: Path) -> None:
    """No file may pass 32 KiB here, as if the disk were full."""
    import resource

    done = subprocess.run(
        [*RUN, "build", write(tmp_path / "p.jsonl", *PAPERS), "--kb", base, "--quiet"],
        cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (32768, 32768)),
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert counts(base)["papers"] == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.jsonl", "papers.kb"]


def test_a_knowledge_base_of_a_newer_version_is_one_line(base: Path) -> None:
    """Exit 3 with the remedy."""
    manifest = json.loads((base / "manifest.json").read_text(encoding="utf-8"))
    (base / "manifest.json").write_text(json.dumps({**manifest, "format": 99}), encoding="utf-8")
    done = run(base, "stats")
    assert done.exit_code == 3 and "newer version" in done.stderr and done.stderr.count("\n") == 1


def test_export_writes_files_and_stdout(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A format goes to its default file, to a given one, or to stdout, with equal bytes."""
    monkeypatch.chdir(tmp_path)
    assert run(built, "export", "mentions").exit_code == 0
    assert run(built, "export", "mentions", "-o", "m.jsonl", "--quiet").output == ""
    poured = run(built, "export", "mentions", "-o", "-")
    assert poured.exit_code == 0 and poured.stderr == ""
    assert run(built, "export", "mentions", "-o", "/dev/stdout").stdout == poured.stdout
    assert poured.stdout.encode() == Path("mentions.jsonl").read_bytes() == Path("m.jsonl").read_bytes()
    assert {"title", "type", "name", "mentions", "introduced"} == set(json.loads(poured.stdout.splitlines()[0]))


@pytest.mark.parametrize("name", ["graphml", "csv", "jsonl"])
def test_every_format_has_a_default_place(
    name: str, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written is told on stderr, or as JSON."""
    monkeypatch.chdir(tmp_path)
    done = run(built, "export", name, "--json")
    assert done.exit_code == 0 and Path(json.loads(done.stdout)["path"]).exists()


def test_a_part_of_the_graph_is_exported(tiny_kb: Path, tmp_path: Path) -> None:
    """Around names, by kind and number, of one sort of nodes, later papers; a name is resolved as everywhere."""
    for line, wanted in (
        (("novel view synthesis",), {"task:novel-view-synthesis", "paper:nerf", "paper:mip"}),
        (("NERF", "--graph", "papers"), {"paper:nerf", "paper:mip"}),
        (("nerf", "--graph", "ego", "--top", "1"), {"method:nerf", "paper:mip"}),
        (("--graph", "entities", "--kind", "dataset", "--kind", "method"),
         {"dataset:cape", "method:smpl", "method:icon"}),
        (("--since", "2022", "--kind", "metric"), {"paper:econ", "metric:chamfer-distance"}),
    ):  # fmt: skip
        done = run(tiny_kb, "export", "jsonl", *line, "-o", "-")
        rows = [json.loads(row) for row in done.stdout.splitlines()]
        assert {row["id"] for row in rows if row["type"] == "node"} == wanted, line


def test_wrong_exports_are_one_line(built: Path, tmp_path: Path) -> None:
    """An unknown format or graph, a part or look that a format has not, a folder to stdout, no place and one in the
    knowledge base are usage; a name that is not there is exit 1, a place that cannot be written exit 3."""
    for line, code in (
        (("pdf",), 2), (("csv", "-o", "-"), 2), (("csv", "--out", ""), 2), (("jsonl", "--out", ""), 2),
        (("jsonl", "--out", str(built / "edges.parquet")), 2), (("jsonl", "-o", str(tmp_path / "no" / "x")), 3),
        (("mentions", "--top", "5"), 2), (("jsonl", "--layout"), 2), (("gexf", "--colour", "red"), 2),
        (("gexf", "--hops", "2"), 2), (("gexf", "--graph", "ego"), 2), (("gexf", "no such name"), 1),
    ):  # fmt: skip
        done = run(built, "export", *line)
        assert (done.exit_code, done.stdout) == (code, "") and done.stderr.count("\n") == 1


def test_a_page_is_written_to_stdout_served_or_opened(tiny_kb: Path) -> None:
    """One of them: what the others would leave out is refused."""
    page = run(tiny_kb, "view", "--out", "-")
    assert page.exit_code == 0 and page.stdout.startswith("<!doctype html>") and page.stderr == ""
    for line in (("--serve", "--out", "x.html"), ("--open", "--out", "-"), ("--port", "8000")):
        done = run(tiny_kb, "view", *line)
        assert (done.exit_code, done.stdout) == (2, "") and done.stderr.count("\n") == 1


def test_an_alias_file_is_previewed_applied_and_taken_back(base: Path, tmp_path: Path) -> None:
    """--preview changes nothing; applying joins; an empty file parts again."""
    names = tmp_path / "names.txt"
    names.write_text("same: ECON = SMPL\n", encoding="utf-8")
    before = counts(base)
    shown = json.loads(run(base, "aliases", "apply", names, "--preview", "--json").stdout)
    assert [row["papers"] > 0 for row in shown] == [True] and counts(base) == before
    assert run(base, "aliases", "apply", names, "--quiet").exit_code == 0
    assert counts(base)["nodes"]["Method"] == before["nodes"]["Method"] - 1
    names.write_text("", encoding="utf-8")
    assert run(base, "aliases", "apply", names, "--quiet").exit_code == 0
    assert counts(base) == before


def test_a_wrong_alias_line_is_exit_2(base: Path, tmp_path: Path) -> None:
    """The line is named; a missing file is exit 1."""
    names = tmp_path / "names.txt"
    names.write_text("# fine\nsome: A = B\n", encoding="utf-8")
    done = run(base, "aliases", "apply", names)
    assert done.exit_code == 2 and "line 2" in done.stderr and done.stderr.count("\n") == 1
    assert run(base, "aliases", "apply", tmp_path / "none.txt").exit_code == 3


@pytest.mark.parametrize("command", ["list", "propose"])
def test_alias_lists_are_lists(command: str, seeds_kb: Path) -> None:
    """Both answer with rows, cut at the limit."""
    found = json.loads(run(seeds_kb, "aliases", command, "--limit", "3", "--json").stdout)
    assert len(found) == 3 and all({"label"} <= set(row) for row in found)
    assert len(run(seeds_kb, "aliases", command, "--limit", "3", "--quiet").stdout.splitlines()) == 4


def test_evaluate_counts_against_a_gold_file(built: Path, tmp_path: Path) -> None:
    """Rates with their bounds, confusions, errors when asked; a gold file that is none is exit 1."""
    gold: dict[str, Any] = {f"{kind}s": [] for kind in ("method", "dataset", "task", "metric", "concept")}
    gold |= {"title": PAPERS[0]["title"], "introduces": [{"name": "ICON", "type": "method"}]}
    gold["methods"] = [{"name": "ICON", "mentions": ["ICON"]}]
    file = tmp_path / "gold.jsonl"
    file.write_text(json.dumps(gold) + "\n", encoding="utf-8")
    told = json.loads(run(built, "evaluate", file, "--json").stdout)
    found = {row["type"]: row for row in told["scores"]}
    assert found["introduced"]["f1"] == 1.0 and found["method"]["recall"] == 1.0
    text = run(built, "evaluate", file).stdout
    assert text.startswith("type\tprecision\trecall\tf1\tlow\thigh\tpredicted\tgold\n") and "\ngold \\ found\t" in text
    assert "cause" in told["errors"][0] and told["absent"] == []
    assert run(built, "evaluate", "--acronyms", file, "--errors").exit_code == 2
    assert "wrong\tmethod\tnot annotated\t" in run(built, "evaluate", file, "--errors").stdout
    file.write_text(json.dumps(gold | {"title": "Another"}) + "\n", encoding="utf-8")
    assert "1 paper of the gold file not in" in run(built, "evaluate", file).stderr
    assert run(built, "evaluate", tmp_path / "none.jsonl").exit_code == 3


def test_evaluate_counts_pairs_of_names(tmp_path: Path) -> None:
    """False and missed merges, without a knowledge base."""
    pairs = [
        {"type": "method", "a": "convolutional neural network", "b": "convolutional neural networks", "same": True},
        {"type": "method", "a": "GPT-4", "b": "GPT-4o", "same": False},
    ]
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(json.dumps(pair) + "\n" for pair in pairs), encoding="utf-8")
    found = json.loads(run(tmp_path / "none.kb", "evaluate", "--pairs", file, "--json").stdout)
    assert (found["pairs"], found["false_merges"], found["missed_merges"]) == (2, 0, 0)
    assert "false merges\t0" in run(tmp_path / "none.kb", "evaluate", "--pairs", file).stdout
