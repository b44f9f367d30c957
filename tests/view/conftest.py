"""Chromium for the page's tests, and the accessibility rules of axe-core."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chromium import chromium, unavailable

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# WebGL by software: machines that test have no graphics card.
FLAGS = ("--no-sandbox", "--no-first-run", "--disable-sync", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
AXE = "4.14.1"


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Chromium, without a window."""
    with chromium() as (kind, program):
        opened = kind.launch(executable_path=program, headless=True, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script of axe-core, fetched by npm once into the user's cache."""
    cache = (
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "citation-graph-kb" / f"axe-core-{AXE}.js"
    )
    if not cache.is_file():
        folder = tmp_path_factory.mktemp("axe")
        npm = shutil.which("npm")
        if npm is None:
            unavailable("npm is not installed")
        order = [npm, "install", "--no-package-lock", "--ignore-scripts", "--prefix", str(folder), f"axe-core@{AXE}"]
        done = subprocess.run(order, capture_output=True, text=True, timeout=300)
        if done.returncode:
            unavailable(f"axe-core cannot be fetched: {done.stderr.strip().splitlines()[-1:]}")
        cache.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / "node_modules/axe-core/axe.min.js", cache)
    return cache
