"""What holds for every export: equal bytes, whole files, errors of our own."""

import os
from pathlib import Path

import pytest

from kb.errors import StoreError, UsageError
from kb.export import EXPORTERS, WHOLE, export
from kb.export.files import whole
from kb.subgraph import select
from kb.tables import Tables
from tests.kb.export_fixture import nasty_tables

FOLDERS = ("browser", "csv", "neo4j-admin", "neo4j-admin-parquet", "obsidian", "vosviewer")
FILES = sorted(EXPORTERS.keys() - set(FOLDERS))


def written(folder: Path) -> dict[str, bytes]:
    """Every file under a folder with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("format", sorted(EXPORTERS))
def test_equal_tables_give_equal_bytes_and_nothing_beside(format: str, tmp_path: Path) -> None:
    """Two exports of the same tables are the same files; no part file stays."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        export(nasty_tables(), format, tmp_path / name / "out")
    assert written(tmp_path / "a") == written(tmp_path / "b")
    assert [name for name in written(tmp_path / "a") if ".part" in name] == []
    assert (tmp_path / "a" / "out").is_dir() == (format in FOLDERS)


@pytest.mark.parametrize("format", sorted(EXPORTERS))
def test_writing_again_replaces_what_was_there(format: str, tmp_path: Path) -> None:
    """An older export gives way to the new one."""
    export(nasty_tables(), format, tmp_path / "out")
    before = written(tmp_path)
    export(nasty_tables(), format, tmp_path / "out")
    assert written(tmp_path) == before


@pytest.mark.parametrize("graph", ["papers", "entities"])
@pytest.mark.parametrize("format", sorted(set(EXPORTERS) - set(WHOLE)))
def test_a_format_takes_any_part_of_the_graph(format: str, graph: str, tiny: Tables, tmp_path: Path) -> None:
    """Papers alone and entities alone are written as the full graph is, but no bibliography without papers."""
    if (format, graph) == ("bibtex", "entities"):
        with pytest.raises(UsageError, match="holds none"):
            export(select(tiny, graph=graph), format, tmp_path / "out")
        return
    export(select(tiny, graph=graph), format, tmp_path / "out")
    assert all(content for content in written(tmp_path).values())


def test_an_unknown_format_names_those_there_are(tmp_path: Path) -> None:
    """The error lists the formats."""
    with pytest.raises(UsageError, match=f'"xlsx"; there are: {", ".join(sorted(EXPORTERS))}'):
        export(nasty_tables(), "xlsx", tmp_path / "out")


@pytest.mark.parametrize("format", FILES)
def test_a_missing_folder_is_one_line(format: str, tmp_path: Path) -> None:
    """A place that is not there is a StoreError that names it."""
    with pytest.raises(StoreError, match=r"cannot write .*no/out: No such file or directory"):
        export(nasty_tables(), format, tmp_path / "no" / "out")


def test_a_folder_in_the_way_is_one_line(tmp_path: Path) -> None:
    """A folder where a file should go stays as it is."""
    with pytest.raises(StoreError, match="Is a directory"):
        export(nasty_tables(), "graphml", tmp_path)
    assert written(tmp_path) == {}


def test_a_file_in_the_way_of_the_csv_folder_is_one_line(tmp_path: Path) -> None:
    """CSV wants a folder; a file of that name stays as it is."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(StoreError, match="cannot write"):
        export(nasty_tables(), "csv", tmp_path / "out")
    assert written(tmp_path) == {"out": b"mine"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("format", FILES)
def test_a_full_disk_is_one_line(format: str) -> None:
    """No space left is a StoreError, and a device is written straight, not renamed away."""
    with pytest.raises(StoreError, match="No space left on device"):
        export(nasty_tables(), format, "/dev/full")
    assert Path("/dev/full").is_char_device()


def test_a_failure_half_way_leaves_every_target_as_it_was(tmp_path: Path) -> None:
    """Neither of two files changes when the block between raises."""
    targets = [tmp_path / "a", tmp_path / "b"]
    targets[0].write_text("old")
    with pytest.raises(KeyboardInterrupt), whole(*targets) as files:
        files[0].write(b"new")
        raise KeyboardInterrupt
    assert written(tmp_path) == {"a": b"old"}


def test_a_link_is_followed_not_replaced(tmp_path: Path) -> None:
    """Where the target is a symbolic link, the file it leads to gets the bytes."""
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with whole(tmp_path / "link") as [file]:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_bytes() == b"new"


def test_a_pipe_is_written_straight(tmp_path: Path) -> None:
    """No file beside it: it has no folder."""
    end, start = os.pipe()
    with whole(Path(f"/dev/fd/{start}")) as [file]:
        file.write(b"new")
    assert os.read(end, 9) == b"new"
    os.close(start)
    os.close(end)


def test_new_files_have_the_users_own_permissions(tmp_path: Path) -> None:
    """Not the private ones of temporary files."""
    mask = os.umask(0o022)
    try:
        with whole(tmp_path / "a") as [file]:
            file.write(b"x")
    finally:
        os.umask(mask)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644
