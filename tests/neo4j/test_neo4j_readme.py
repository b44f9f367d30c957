"""What the README shows of Neo4j runs against a real server, line by line."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kb.address import Address
from tests.test_docs import README, ROOT, SHELL


@pytest.mark.skipif(shutil.which("bash") is None, reason="the lines are for a shell")
def test_every_line_on_neo4j_in_the_readme_runs(empty_server: Address, seeds_kb: Path, tmp_path: Path) -> None:
    """In the order of the page, in a folder that holds papers.kb, with NEO4J_URI set."""
    shutil.copytree(seeds_kb, tmp_path / "papers.kb")
    block = re.findall(r"^```console neo4j\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line[2:] for line in "".join(block).splitlines() if line.startswith("$ ")]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NEO4J_URI": empty_server.uri}
    for line in lines:
        done = subprocess.run(
            ["bash", "-c", SHELL + line], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{line}: {done.stderr}"
        if line == "kb load --dry-run":
            assert done.stdout == "0 would be created, 0 updated, 0 deleted\n"
    assert len(lines) >= 5
