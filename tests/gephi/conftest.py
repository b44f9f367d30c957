"""What Gephi holds after it has opened our files: its Toolkit, from Maven, run once for all of them, else a skip.

KB_REQUIRE_GEPHI=1 turns the skip into a failure; continuous integration sets it. KB_SCREENSHOTS names a folder that
keeps the pictures that Gephi drew.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import maven
import pytest

HERE = Path(__file__).parent
SECONDS = 300
JAVA_OPTIONS = ("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # half the time, for so short a run


def check(files: list[Path], program: list[str], home: Path) -> list[dict[str, Any]]:
    """What `Check.java` says of each file; its pictures lie beside the file."""
    order = [
        *program, "-Djava.awt.headless=true", f"-Duser.home={home}", f"-Dpdfbox.fontcache={home}",
        str(HERE / "Check.java"), *map(str, files),
    ]  # fmt: skip
    done = subprocess.run(order, capture_output=True, text=True, encoding="utf-8", timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return [json.loads(Path(f"{file}.json").read_text(encoding="utf-8")) for file in files]


@pytest.fixture(scope="session")
def in_gephi(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[Path]], list[dict[str, Any]]]:
    """Opens files in Gephi: one report a file."""
    try:
        program = [maven.java(), *JAVA_OPTIONS, "-cp", f"{maven.fetch(HERE / 'pom.xml', 'gephi')}/*"]
    except maven.UnavailableError as error:
        if os.environ.get("KB_REQUIRE_GEPHI") == "1":
            pytest.fail(f"Gephi is required here: {error}", pytrace=False)
        pytest.skip(f"no Gephi: {error}")

    def open_all(files: list[Path]) -> list[dict[str, Any]]:
        reports = check(files, program, tmp_path_factory.mktemp("gephi-home"))
        if kept := os.environ.get("KB_SCREENSHOTS"):
            Path(kept).mkdir(parents=True, exist_ok=True)
            for file in files:
                shutil.copy(f"{file}.png", Path(kept) / f"gephi-{file.name}.png")
        return reports

    return open_all
