"""What becomes of a test whose browser or Node is not there: it is skipped, and fails with KB_REQUIRE_BROWSER=1."""

import os
from typing import NoReturn

import pytest


def unavailable(reason: str) -> NoReturn:
    """Skip, or fail where a browser is required."""
    if os.environ.get("KB_REQUIRE_BROWSER") == "1":
        pytest.fail(f"the browser is required here: {reason}", pytrace=False)
    pytest.skip(reason)
