"""A build on Spark gives the tables of the local build. Skipped without pyspark or Java, but for KB_REQUIRE_SPARK=1."""

import bz2
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_matrix

import kb
from kb.errors import UsageError
from kb.link import nearest

ROOT = Path(__file__).parents[2]
MISSING = [name for name in ("pyspark", "pyarrow", "pandas") if importlib.util.find_spec(name) is None]
HAS_JAVA = bool(os.environ.get("JAVA_HOME") or shutil.which("java"))
needs_spark = pytest.mark.skipif(
    bool(MISSING or not HAS_JAVA) and os.environ.get("KB_REQUIRE_SPARK") != "1", reason="no Spark or no Java here"
)
BUILDS = """
import json, sys
from cli.main import app
for line in json.loads(sys.argv[1]):
    try:
        app(["build", *line, "--engine", "spark", "--master", "local[2]", "--quiet"])
    except SystemExit as ended:
        assert not ended.code, ended.code
"""
"""Several builds in one process, which starts the JVM once."""

FAST_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
DATED = {
    "year": 2021,
    "date": "2021-12-16",
    "authors": ["Ada Lind", "B. Ö"],
    "references": ["doi:10.5555/9", "doi:10.5555/1"],
}
RECORDS = [
    {"title": "FooNet: Fast Parsing", "abstract": "We propose FooNet for parsing 🦜.", "doi": "10.5555/1", **DATED},
    {"title": "FooNet: Fast Parsing", "abstract": "We propose FooNet for parsing 🦜.", "doi": "10.5555/1"},
    {
        "title": "On Parsing",
        "abstract": "We use SMPL and FooNet for parsing.",
        "keywords": ["trees"],
        "doi": "10.5555/2",
    },
    {"title": "On Parsing", "abstract": "We use SMPL and FooNet for parsing.", "doi": "10.5555/3"},
    {"abstract": "No title."},
]
ROWS = [
    {"corpusid": 7, "title": "ICON Again", "externalids": {}, "year": 2022},
    {"corpusid": 7, "abstract": "We compare ICON and ECON on CAPE."},
    {"corpusid": 8, "abstract": "It waits for its paper."},
    {"citingcorpusid": 7, "citedcorpusid": 9},
]
ALIASES = "same: ICON = ECON\napart: SMPL = SMPL-X\napart: NAS = neural architecture search\n"
TABLES = {
    "authors", "definitions", "edges", "entities", "mentions", "papers", "records", "structure",
}  # fmt: skip


def lines(path: Path, rows: list[dict[str, object]], rest: str = "") -> Path:
    """A JSON Lines file, packed where its name says so."""
    text = "".join(json.dumps(row) + "\n" for row in rows) + rest
    path.write_bytes(bz2.compress(text.encode()) if path.suffix == ".bz2" else text.encode())
    return path


def digests(folder: Path) -> dict[str, str]:
    """File name -> hash, of tables, manifest and rejects."""
    kept = [p for p in folder.iterdir() if p.suffix in (".parquet", ".json", ".jsonl")]
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in kept}


@needs_spark
def test_spark_gives_the_bytes_of_the_local_build(tmp_path: Path) -> None:
    """Of seeds, records of several formats and a broken file, with every option; by rules, of a paper without names."""
    (tmp_path / "aliases.txt").write_text(ALIASES, encoding="utf-8")
    mine = lines(tmp_path / "mine.jsonl.bz2", RECORDS, '{"title": broken\n')
    (tmp_path / "cut.json").write_text(json.dumps(RECORDS[2:])[:-2], encoding="utf-8")
    sources = [str(ROOT / "seeds"), str(mine), str(lines(tmp_path / "s2.jsonl", ROWS)), str(tmp_path / "cut.json")]
    bare = [str(lines(tmp_path / "bare.jsonl", [{"title": "Untold", "abstract": "It rains."}]))]
    options = ["--aliases", str(tmp_path / "aliases.txt"), "--min-score", "0.2", "--stubs"]
    builds = [
        [*sources, *options, "--kb", str(tmp_path / "spark.kb")],
        [*bare, "--rules-only", "--kb", str(tmp_path / "bare-spark.kb")],
    ]
    done = subprocess.run(
        [sys.executable, "-c", BUILDS, json.dumps(builds)], cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT), "JAVA_TOOL_OPTIONS": FAST_START},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    made = kb.build(sources, out=tmp_path / "local.kb", aliases=tmp_path / "aliases.txt", min_score=0.2, stubs=True)
    kb.build(bare, out=tmp_path / "bare-local.kb", rules_only=True)
    assert (made["counts"]["rejects"], made["counts"]["stubs"], made["counts"]["pending"]) == (3, 2, 1)
    found = digests(tmp_path / "local.kb")
    assert found == digests(tmp_path / "spark.kb") and {f"{name}.parquet" for name in TABLES} <= found.keys()
    assert digests(tmp_path / "bare-local.kb") == digests(tmp_path / "bare-spark.kb")
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.skipif(bool(MISSING) and os.environ.get("KB_REQUIRE_SPARK") != "1", reason="no pyarrow here")
def test_blocks_of_papers_nominate_what_the_whole_nominates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of weights with many ties: a block knows only the papers that share an entity with one of it."""
    import pyarrow as pa

    from kb.spark import links

    monkeypatch.setattr(links, "BLOCK", 50)
    made = np.random.default_rng(7)
    cells = sorted({(int(r), int(c)) for r, c in made.integers(0, (230, 60), size=(1_500, 2))})
    row, column = np.array(cells).T
    weight = made.choice([0.1, 0.2, 0.3], size=len(row))
    rare = csr_matrix((weight, (row, column)), shape=(230, 60))
    whole = set(zip(*map(np.ndarray.tolist, nearest(rare, np.arange(230))), strict=True))
    table, found = pl.DataFrame({"row": row, "column": column, "weight": weight}), set()
    for block in range(5):
        wanted = table.filter(pl.col("row") // 50 == block)["column"].unique()
        postings = table.filter(pl.col("column").is_in(wanted.implode())).sample(fraction=1, shuffle=True, seed=1)
        pairs = links._nearest((pa.scalar(block),), postings.to_arrow())
        found |= {(low, high) for low, high in pl.DataFrame(pairs).iter_rows()}
    assert found == whole and len(whole) > 1_000


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"engine": "ray"}, "no engine 'ray': there are local, spark"),
        ({"master": "local[2]"}, "add --engine spark"),
        ({"engine": "spark", "workers": 2}, "--master local[4]"),
    ],
)
def test_options_of_one_engine_are_refused_on_the_other(options: dict[str, object], said: str, tmp_path: Path) -> None:
    """Before anything is read."""
    source = lines(tmp_path / "a.jsonl", RECORDS[:1])
    with pytest.raises(UsageError, match=said.replace("[", r"\[")):
        kb.build([str(source)], out=tmp_path / "a.kb", **options)  # type: ignore[arg-type]


def test_without_spark_the_install_line_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, and nothing is left behind."""
    monkeypatch.setitem(sys.modules, "pyspark", None)
    source = lines(tmp_path / "a.jsonl", RECORDS[:1])
    with pytest.raises(UsageError, match=r"pip install 'citation-graph-kb\[spark\]'"):
        kb.build([str(source)], out=tmp_path / "a.kb", engine="spark")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.jsonl"]
