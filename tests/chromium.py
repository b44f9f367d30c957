"""Chromium for the tests of pages, driven by Playwright; without it they are skipped.

KB_REQUIRE_BROWSER=1 makes its absence a failure. KB_SCREENSHOTS names a folder that keeps what the pages show.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserType, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def unavailable(reason: str) -> NoReturn:
    """Skip, or fail where a browser is required."""
    if os.environ.get("KB_REQUIRE_BROWSER") == "1":
        pytest.fail(f"the browser is required here: {reason}", pytrace=False)
    pytest.skip(reason)


@contextmanager
def chromium() -> "Iterator[tuple[BrowserType, str]]":
    """What launches Chromium, and the path of the program."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        unavailable("Chromium is not installed")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        unavailable("Playwright is not installed")
    with sync_playwright() as play:
        yield play.chromium, program


def keep(page: "Page", name: str) -> None:
    """Keep what the page shows, where KB_SCREENSHOTS says to."""
    if folder := os.environ.get("KB_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")
