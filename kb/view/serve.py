"""The page of a graph of any size: it begins with the communities and asks this machine for what it opens.

Answers this machine alone, and reads only. The Host of a request is checked, else a page of another site whose name was
pointed at 127.0.0.1 could read the graph (DNS rebinding).
"""

import gzip
import json
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from kb.errors import StoreError
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

Answer = Callable[[Mapping[str, list[str]]], Any]
"""From the parameters of a request to a value for JSON, None where there is nothing."""


def server(tables: Tables, names: Names, about: Mapping[str, object], *, port: int = 0) -> ThreadingHTTPServer:
    """A server on `port` of this machine, any free one for 0; `serve_forever` runs it.

    Raises StoreError for a port that is taken or forbidden.
    """
    tables = parted(tables)
    told = {**about, "remote": True, "nodes": len(tables.papers) + len(tables.entities) + len(tables.authors)}
    first = payload(cut(tables, tables.papers["id"].head(0)), {}, told) | {"overview": overview(tables)}
    try:
        return ThreadingHTTPServer(
            (HOST, port), _handler(page(first, served=True), answers(tables, names, told, first))
        )
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StoreError(f"cannot serve on port {port}: {reason}; name another one with --port") from error


def answers(tables: Tables, names: Names, about: Mapping[str, object], first: Mapping[str, Any]) -> dict[str, Answer]:
    """What the server answers: name -> function; each but `search` gives a payload of `kb.view.payload`."""
    known = set(tables.structure["id"])

    @lru_cache(_KEPT)
    def opened(number: int) -> dict[str, Any]:
        part, of = community(tables, number)
        return payload(part, places(part), {**about, "of": of})

    @lru_cache(_KEPT)
    def near(*ids: str) -> dict[str, Any]:
        part, of = around(tables, ids)
        return payload(part, places(part), {**about, "of": of + len(ids)})

    def asked(wanted: Mapping[str, list[str]], *keys: str) -> dict[str, Any] | None:
        ids = [wanted.get(key, [""])[0] for key in keys]
        return near(*ids) if known.issuperset(ids) else None

    def number(wanted: Mapping[str, list[str]]) -> dict[str, Any] | None:
        given = wanted.get("id", [""])[0]
        there = {each["id"] for each in first["overview"]["communities"]}
        return opened(int(given)) if given.isascii() and given.isdigit() and int(given) in there else None

    return {
        "overview": lambda wanted: first["overview"],
        "community": number,
        "node": lambda wanted: asked(wanted, "id"),
        "edge": lambda wanted: asked(wanted, "a", "b"),
        "search": lambda wanted: _found(names, wanted.get("q", [""])[0]),
    }


def _found(names: Names, text: str) -> list[dict[str, str]]:
    """The nodes that have this name, then those whose texts hold the words."""
    found = [*names.resolve(text), *(node for node, _, _ in names.search(text, label=None, limit=_FOUND))]
    return [{"id": node.id, "label": node.label, "name": node.name} for node in dict.fromkeys(found)][:_FOUND]


def _handler(first: bytes, answer: Mapping[str, Answer]) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()  # polars works on all cores as it is, and the index has one connection

    class Handler(BaseHTTPRequestHandler):
        """GET of the page at / and of JSON at /api/NAME."""

        server_version = "kb"
        sys_version = ""

        def do_GET(self) -> None:
            if self.headers.get("Host") not in {f"{name}:{self.server.server_port}" for name in (HOST, "localhost")}:  # type: ignore[attr-defined]
                return self._send(403, b"this server answers 127.0.0.1 alone\n", "text/plain")
            asked = urlsplit(self.path)
            if asked.path == "/":
                return self._send(200, first, "text/html; charset=utf-8")
            made = answer.get(asked.path.removeprefix("/api/")) if asked.path.startswith("/api/") else None
            with lock:
                value = made(parse_qs(asked.query)) if made else None
            if value is None:
                return self._send(404, b'{"error": "not found"}', "application/json")
            return self._send(200, json.dumps(value, separators=(",", ":")).encode(), "application/json")

        def _send(self, status: int, body: bytes, kind: str) -> None:
            packed = "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > 1000
            body = gzip.compress(body, 1) if packed else body
            self.send_response(status)
            for name, value in (*_HEADERS, ("Content-Type", kind), ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            if packed:
                self.send_header("Content-Encoding", "gzip")
            try:
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:
                return  # the reader went on to something else

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the terminal is the user's."""

    return Handler


_HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
)
