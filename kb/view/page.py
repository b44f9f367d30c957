"""The page as one file: markup, style, script and data in one, and a policy that lets nothing else in.

The script and style are bundled beforehand (`make view-bundle`): a machine that makes a page needs no Node.
"""

import gzip
import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PLAIN_BYTES = 4_000_000
"""Data up to this size is written as JSON, which other programs can read; beyond it as gzip in base64."""


def page(data: Mapping[str, Any], *, served: bool = False) -> bytes:
    """The page for a payload of `kb.view.payload`, in UTF-8; `served` pages may ask their own server for more."""
    style, script = ((HERE / "bundle" / name).read_text(encoding="utf-8") for name in ("view.css", "view.js"))
    type_, text = _data(data)
    parts = {
        "%POLICY%": policy(style, script, served=served),
        "%TYPE%": type_,
        "%STYLE%": style,
        "%SCRIPT%": script,
        "%DATA%": text,
    }
    made = (HERE / "page.html").read_text(encoding="utf-8")
    for name, value in parts.items():  # the data last: it may hold any of these names
        made = made.replace(name, value, 1)
    return made.encode("utf-8", "backslashreplace")  # a lone surrogate becomes its own JSON escape


def policy(style: str, script: str, *, served: bool) -> str:
    """A Content Security Policy (W3C, level 3) for this style and script, and no request to anywhere."""
    hashes = [f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in (style, script)]
    ask = "'self'" if served else "'none'"
    return (
        f"default-src 'none'; style-src {hashes[0]}; script-src {hashes[1]}; img-src data:; connect-src {ask}; "
        "base-uri 'none'; form-action 'none'"
    )


def _data(data: Mapping[str, Any]) -> tuple[str, str]:
    """The type and text of the data element; no `<` in it, which alone could end it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    if len(text) <= PLAIN_BYTES:
        return "application/json", text
    return "application/gzip", b64encode(gzip.compress(text.encode("utf-8", "backslashreplace"), 6, mtime=0)).decode()
