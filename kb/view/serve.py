"""The page of a graph of any size: it begins with the communities and asks this machine for what it opens.

Answers this machine alone, and reads only. The Host of a request is checked, else a page of another site whose name was
pointed at 127.0.0.1 could read the graph (DNS rebinding).
"""

import gzip
import json
import sys
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from kb.errors import Error, StoreError
from kb.search import Names
from kb.tables import Tables
from kb.view.overview import overview, parted
from kb.view.page import page
from kb.view.parts import around, community, cut
from kb.view.payload import payload
from kb.view.places import places

HOST = "127.0.0.1"
_FOUND = 12  # results of a search
_KEPT = 64  # answers that are not made twice
_SMALL = 1000  # bytes that are not worth packing

Answer = Callable[[Mapping[str, list[str]]], Any]
"""From the parameters of a request to a value for JSON, None where there is nothing."""


class Server(ThreadingHTTPServer):
    """A server on this machine alone, with the page and what makes its answers; `serve_forever` runs it."""

    page: bytes
    answers: dict[str, Answer]
    lock: threading.Lock

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that went on to something else is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def server(tables: Tables, names: Names, about: Mapping[str, object], *, port: int = 0) -> Server:
    """A server of the graph on `port`, any free one for 0; raises StoreError for a port that is taken or forbidden."""
    try:
        made = Server((HOST, port), _Handler)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StoreError(f"cannot serve on port {port}: {reason}; name another one with --port") from error
    tables = parted(tables)
    told = {**about, "remote": True, "nodes": len(tables.papers) + len(tables.entities) + len(tables.authors)}
    first = payload(cut(tables, tables.papers["id"].head(0)), {}, told) | {"overview": overview(tables)}
    made.page, made.answers = page(first, served=True), answers(tables, names, told, first["overview"])
    made.lock = threading.Lock()  # polars works on all cores as it is, and the index has one connection
    return made


def answers(tables: Tables, names: Names, about: Mapping[str, object], discs: Mapping[str, Any]) -> dict[str, Answer]:
    """What the server answers: name -> function. `community`, `node` and `edge` give a payload of `kb.view.payload`."""
    known, numbers = set(tables.structure["id"]), {str(each["id"]): each["id"] for each in discs["communities"]}

    def laid(part: Tables, of: int) -> dict[str, Any]:
        return payload(part, places(part), {**about, "of": of})

    @lru_cache(_KEPT)
    def opened(number: str) -> dict[str, Any] | None:
        return laid(*community(tables, numbers[number])) if number in numbers else None

    @lru_cache(_KEPT)
    def near(*ids: str) -> dict[str, Any] | None:
        return laid(*around(tables, ids)) if known.issuperset(ids) else None

    return {
        "overview": lambda asked: discs,
        "community": lambda asked: opened(_one(asked, "id")),
        "node": lambda asked: near(_one(asked, "id")),
        "edge": lambda asked: near(_one(asked, "a"), _one(asked, "b")),
        "search": lambda asked: [hit for hit in _found(names, _one(asked, "q")) if hit["id"] in known],
    }


def _one(asked: Mapping[str, list[str]], name: str) -> str:
    return asked.get(name, [""])[0]


def _found(names: Names, text: str) -> list[dict[str, str]]:
    """The nodes that have this name, then those whose texts hold the words."""
    found = [*names.resolve(text), *(node for node, _, _ in names.search(text, label=None, limit=_FOUND))]
    return [{"id": node.id, "label": node.label, "name": node.name} for node in dict.fromkeys(found)][:_FOUND]


class _Handler(BaseHTTPRequestHandler):
    """GET of the page at / and of JSON at /api/NAME."""

    server: Server
    server_version, sys_version = "kb", ""

    def do_GET(self) -> None:
        """Answer, if it is this machine that asks for what there is."""
        if self.headers.get("Host") not in {f"{name}:{self.server.server_port}" for name in (HOST, "localhost")}:
            return self._send(403, b"this server answers 127.0.0.1 alone\n", "text/plain")
        path, _, query = self.path.partition("?")
        if path == "/":
            return self._send(200, self.server.page, "text/html; charset=utf-8")
        made = self.server.answers.get(path.removeprefix("/api/")) if path.startswith("/api/") else None
        try:
            with self.server.lock:
                value = made(parse_qs(query)) if made else None
        except Error as error:
            return self._send(500, json.dumps({"error": str(error)}).encode(), "application/json")
        if value is None:
            return self._send(404, b'{"error": "not found"}', "application/json")
        return self._send(200, json.dumps(value, separators=(",", ":")).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        packed = "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > _SMALL
        body = gzip.compress(body, 1) if packed else body
        self.send_response(status)
        encoding = [("Content-Encoding", "gzip")] if packed else []
        for name, value in (*_HEADERS, *encoding, ("Content-Type", kind), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal is the user's."""


_HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
)
