"""A knowledge base on disk: whole or not at all."""

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import kb
from kb.errors import StoreError, VersionError
from kb.folder import check_target, read_manifest, read_tables, replace_folder, write_folder
from kb.tables import Tables


def test_tables_come_back_as_written(tiny: Tables, tiny_kb: Path) -> None:
    """Every frame and the rejects."""
    read = read_tables(tiny_kb)
    for field in fields(Tables):
        mine, theirs = getattr(tiny, field.name), getattr(read, field.name)
        assert mine == theirs if field.name == "rejects" else mine.equals(theirs), field.name


def test_equal_graphs_are_equal_bytes(
    tiny: Tables, tiny_manifest: dict[str, object], tiny_kb: Path, tmp_path: Path
) -> None:
    """Tables, manifest, rejects and index; the image is derived and may differ."""
    write_folder(tiny, tiny_manifest, tmp_path)
    files = sorted(file.name for file in tiny_kb.iterdir())
    assert files == sorted(file.name for file in tmp_path.iterdir())
    for name in set(files) - {"graph.lbug"}:
        assert (tmp_path / name).read_bytes() == (tiny_kb / name).read_bytes(), name


def fill(text: str, folder: Path) -> None:
    """A folder that passes for a knowledge base, and a note."""
    (folder / "manifest.json").write_text(json.dumps({"format": 3, "counts": {}, "build": text}))


def test_a_new_folder_takes_the_place_of_the_old(tmp_path: Path) -> None:
    """Nothing is left beside it."""
    for text in ("one", "two"):
        replace_folder(tmp_path / "papers.kb", lambda new, text=text: fill(text, new))  # type: ignore[misc]
    assert read_manifest(tmp_path / "papers.kb")["build"] == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["papers.kb"]


def test_a_failed_write_leaves_the_old_folder(tmp_path: Path) -> None:
    """The error passes through; the old knowledge base answers."""
    replace_folder(tmp_path / "papers.kb", lambda new: fill("one", new))

    def fail(new: Path) -> None:
        fill("two", new)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        replace_folder(tmp_path / "papers.kb", fail)
    assert read_manifest(tmp_path / "papers.kb")["build"] == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["papers.kb"]


def test_a_swap_that_was_cut_off_is_mended(tmp_path: Path) -> None:
    """Killed between the two renames, the old folder answers, and the next build takes its place."""
    base = tmp_path / "papers.kb"
    replace_folder(base, lambda new: fill("one", new))
    base.rename(tmp_path / ".papers.kb.old")
    (tmp_path / ".papers.kb.new").mkdir()
    assert read_manifest(base)["build"] == "one"
    with pytest.raises(ZeroDivisionError):
        replace_folder(base, lambda new: print(1 / 0))
    assert read_manifest(base)["build"] == "one" and base.is_dir()
    replace_folder(base, lambda new: fill("two", new))
    assert [path.name for path in tmp_path.iterdir()] == ["papers.kb"]


def test_other_peoples_files_are_not_replaced(tmp_path: Path) -> None:
    """A file or a folder with other files is refused; an empty folder is taken."""
    (tmp_path / "letters").mkdir()
    check_target(tmp_path / "letters")
    (tmp_path / "letters" / "dear.txt").write_text("x")
    for place in (tmp_path / "letters", tmp_path / "letters" / "dear.txt"):
        with pytest.raises(StoreError, match="name another place"):
            replace_folder(place, lambda new: fill("one", new))
    assert (tmp_path / "letters" / "dear.txt").read_text() == "x"


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (None, StoreError, "is not a knowledge base: it has no manifest.json"),
        ("{", StoreError, "manifest.json is damaged or missing"),
        ("[]", StoreError, "manifest.json is damaged or missing"),
        ('{"format": "x"}', StoreError, "manifest.json is damaged or missing"),
        ('{"format": 3}', StoreError, "manifest.json is damaged or missing"),
        ('{"format": 1}', VersionError, "made by an older version .*: build it again"),
        (
            '{"format": 4}',
            VersionError,
            r"made by a newer version \(format 4, this program reads 3\): upgrade with pip",
        ),
    ],
)
def test_a_wrong_manifest_is_one_line(
    tmp_path: Path, content: str | None, error: type[StoreError], message: str
) -> None:
    """Missing, cut off, of another shape, or from the future."""
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(error, match=message) as raised:
        kb.open(tmp_path)
    assert "\n" not in str(raised.value)


def test_a_missing_knowledge_base_names_the_remedy(tmp_path: Path) -> None:
    """The command that makes one."""
    with pytest.raises(StoreError, match=r'no knowledge base at .*: build one with "kb build SOURCE"'):
        kb.open(tmp_path / "none.kb")


def test_truncated_tables_are_a_store_error(tiny: Tables, tiny_manifest: dict[str, object], tmp_path: Path) -> None:
    """The file and the remedy."""
    write_folder(tiny, tiny_manifest, tmp_path)
    whole = (tmp_path / "edges.parquet").read_bytes()
    (tmp_path / "edges.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match=r"edges\.parquet is damaged or missing"):
        read_tables(tmp_path)


FULL = """
import resource, sys
from pathlib import Path
from kb.errors import StoreError
from kb.folder import read_tables, replace_folder, write_folder
tables = read_tables(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    replace_folder(Path(sys.argv[2]), lambda new: write_folder(tables, {"format": 3, "counts": {}}, new))
except StoreError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
@pytest.mark.parametrize("size", [100, 20_000, 40_000])
def test_no_room_is_a_store_error_that_leaves_nothing(tiny_kb: Path, tmp_path: Path, size: int) -> None:
    """As on a full disk: tables, image or index meet the end first."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tiny_kb), str(tmp_path / "papers.kb"), str(size)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.startswith("cannot write ") and done.stdout.count("\n") == 1, done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []
