"""The page's data and file: its spans and sentences, its bytes, its policy; what the server answers, and to whom."""

import base64
import hashlib
import http.client
import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from chromium import unavailable
from typer.testing import CliRunner

import kb
from cli.main import app
from kb.errors import UsageError
from kb.tables import Tables, frame
from kb.view import MOST, view
from kb.view.behind import behind
from kb.view.overview import LARGEST, REST, overview, parted
from kb.view.page import HERE, page
from kb.view.payload import payload
from kb.view.places import places

ROOT = Path(__file__).parents[2]
ABOUT = {"name": "tiny"}


def data(made: bytes) -> dict[str, Any]:
    """The data of a page, as its browser reads it."""
    reader = Scripts()
    reader.feed(made.decode())
    assert len(reader.found) == 2
    return dict(json.loads(reader.found[0]))


class Scripts(HTMLParser):
    """The texts of the script elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.inside = tag == "script"
        self.found += [""] if self.inside else []

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[-1] += data


def units(text: str, start: int, end: int) -> str:
    """A slice of a text by UTF-16 units, as JavaScript takes it."""
    return text.encode("utf-16-le")[start * 2 : end * 2].decode("utf-16-le")


def test_spans_are_slices_as_javascript_takes_them(tiny: Tables) -> None:
    """After characters of two units each: every mention's text and sentence, and what an edge says is one of them."""
    shift = pl.col("field").eq("abstract").cast(pl.Int64) * 3
    moved = [(pl.col(c) + shift).alias(c) for c in ("start", "end", "sentence_start", "sentence_end")]
    tables = replace(
        tiny,
        papers=tiny.papers.with_columns(abstract="🦜𝒙 " + pl.col("abstract")),
        mentions=tiny.mentions.with_columns(moved),
        edges=tiny.edges.with_columns(pl.col("start_char") + 3, pl.col("end_char") + 3),
    )
    made = payload(tables, {}, ABOUT)
    ids, texts = made["nodes"]["id"], made["papers"]
    stored = {(row["paper"], row["entity"]): row for row in tables.mentions.iter_rows(named=True)}
    for paper, flat in enumerate(texts["spans"]):
        for at in range(0, len(flat), 6):
            entity, field, start, end, first, last = flat[at : at + 6]
            row = stored[ids[paper], ids[entity]]
            text = texts["abstract" if field else "title"][paper]
            assert units(text, start, end) == row["text"]
            assert units(text, first, last) == text[row["sentence_start"] : row["sentence_end"]]
    edges = made["edges"]
    kinds = [edges["types"][type_] for type_, span in zip(edges["type"], edges["span"], strict=True) if span >= 0]
    assert (
        len(kinds) == 17
        and "CITES" not in kinds
        and sorted(edges["said"].values())
        == [
            "ECON improves on ICON and uses SMPL.",
            "Mip-NeRF extends NeRF to cones and improves novel view synthesis.",
        ]
    )


def test_edges_and_nodes_are_those_of_the_tables(tiny: Tables) -> None:
    """Numbers lead back to ids, types, cues and weights; an edge without its end is left out."""
    made = payload(replace(tiny, authors=tiny.authors.head(0)), {"paper:icon": (1.04, -2.0)}, ABOUT)
    ids, edges = made["nodes"]["id"], made["edges"]
    rows = zip(edges["type"], edges["source"], edges["target"], edges["weight"], edges["cue"], strict=True)
    found = [(edges["types"][t], ids[a], ids[b], w, None if c is None else edges["cues"][c]) for t, a, b, w, c in rows]
    kept = tiny.edges.filter(pl.col("type") != "WROTE")
    assert found == kept.select("type", "source", "target", "weight", "cue").rows()
    icon = ids.index("paper:icon")
    assert (made["nodes"]["x"][icon], made["nodes"]["y"][icon]) == (1.0, -2.0)
    assert made["papers"]["title"][icon].startswith("ICON: ")


def test_a_page_is_the_same_bytes_and_lets_nothing_in(tiny: Tables, tmp_path: Path) -> None:
    """Its policy names the hashes of its own style and script; no value can end the element that holds the data."""
    title = "</script><script>1</script><!-- %DATA% %SCRIPT% 🦜\u2028"
    tables = replace(tiny, papers=tiny.papers.with_columns(title=pl.lit(title)))
    for name in ("one.html", "two.html"):
        view(tables, tmp_path / name, about=ABOUT)
    made = (tmp_path / "one.html").read_bytes()
    assert made == (tmp_path / "two.html").read_bytes()
    assert set(data(made)["papers"]["title"]) == {title}
    text = made.decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy and policy[1].startswith("default-src 'none'; ") and "connect-src 'none'" in policy[1]
    for tag in ("style", "script"):
        inner = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[-1]
        assert base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode() in policy[1]


def test_large_data_is_packed(tiny: Tables) -> None:
    """Beyond a few megabytes the data element holds gzip in base64."""
    made = page(payload(tiny, {}, {"name": "x" * 5_000_000}))
    assert b'<script id="data" type="application/gzip">H4sI' in made and len(made) < 400_000


def test_a_projection_brings_its_evidence(tiny: Tables) -> None:
    """A graph of papers has the entities that they share, one of entities the papers that name them, both hidden."""
    bare = replace(
        tiny,
        papers=tiny.papers.filter(pl.col("id").is_in(["paper:nerf", "paper:mip"])),
        entities=tiny.entities.head(0),
        edges=tiny.edges.filter(pl.col("type") == "SHARES", pl.col("source") == "paper:mip"),
    )
    held, hidden = behind(bare, tiny, "papers")
    assert set(held.entities["id"]) == {"method:nerf", "method:mip-nerf", "task:novel-view-synthesis"}
    assert "Method" in hidden and "Paper" not in hidden
    names = tiny.entities.filter(pl.col("id") == "dataset:cape")
    held, hidden = behind(replace(bare, papers=tiny.papers.head(0), entities=names), tiny, "entities")
    assert set(held.papers["id"]) >= {"paper:icon", "paper:econ", "paper:pamir"} and hidden == ["Paper"]


def test_communities_beyond_the_largest_are_one(tiny: Tables) -> None:
    """What is in none too; links between the discs add up what their papers share and cite."""
    numbers = {"paper:icon": 1, "paper:econ": 1, "paper:pamir": 2, "paper:nerf": LARGEST + 1}
    structure = frame("structure", [{"id": i, "community": n, "community_name": f"c{n}"} for i, n in numbers.items()])
    made = overview(parted(replace(tiny, structure=structure)))
    rows = {each["id"]: each for each in made["communities"]}
    assert list(rows) == [1, 2, REST] and rows[REST]["name"] == "everything else" and rows[1]["papers"] == 2
    place = list(rows).index
    assert [place(1), place(2), 1.27] in made["links"]  # shares 0.59 and 0.48, and a citation
    assert all(isinstance(each["x"], float) for each in rows.values())


def test_a_page_of_too_many_nodes_is_refused(tiny: Tables, tmp_path: Path) -> None:
    """With the ways out; nothing is written."""
    many = frame("papers", [{"id": f"paper:{i}", "title": "T", "abstract": ""} for i in range(MOST + 1)])
    with pytest.raises(UsageError, match="--top or --since, or --serve"):
        view(replace(tiny, papers=many), tmp_path / "page.html", about=ABOUT)
    assert list(tmp_path.iterdir()) == []


def test_places_do_not_pile_up(tiny: Tables) -> None:
    """Every node has one of its own."""
    found = places(tiny)
    assert len(set(found.values())) == len(found) == len(tiny.papers) + len(tiny.entities) + len(tiny.authors)


def test_the_bundle_is_made_of_the_sources_beside_it() -> None:
    """The number at its head; else `make view-bundle` was forgotten."""
    names = [
        "build.js",
        "package-lock.json",
        "package.json",
        *(f"src/{path.name}" for path in (HERE / "src").iterdir()),
    ]
    hashed = hashlib.sha256()
    for name in sorted(names):
        hashed.update(f"{name}\0".encode() + (HERE / name).read_bytes() + b"\0")
    head = (HERE / "bundle/view.js").read_text(encoding="utf-8")[:20_000]
    assert f"made of {hashed.hexdigest()}" in head
    assert all(f"{name} " in head for name in ("sigma", "graphology", "@sigma/node-square")) and "Permission is" in head


def test_the_bundle_is_what_node_makes_of_the_sources(tmp_path: Path) -> None:
    """Byte for byte, where npm can be had."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        unavailable("Node and npm are not installed")
    copy = shutil.copytree(HERE, tmp_path / "view", ignore=shutil.ignore_patterns("node_modules", "*.py"))
    done = subprocess.run([npm, "ci", "--ignore-scripts"], cwd=copy, capture_output=True, text=True, timeout=300)
    if done.returncode:
        unavailable(f"esbuild cannot be fetched: {done.stderr.strip().splitlines()[-1:]}")
    subprocess.run([node, "build.js"], cwd=copy, check=True, timeout=120)
    for name in ("view.js", "view.css"):
        assert (copy / "bundle" / name).read_bytes() == (HERE / "bundle" / name).read_bytes(), name


@pytest.fixture(scope="module")
def served(tiny_kb: Path) -> Iterator[ThreadingHTTPServer]:
    """A running server of the small graph."""
    with kb.open(tiny_kb) as base, base.viewed() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def ask(
    server: ThreadingHTTPServer, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """The status, headers and body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.headers), body


def test_the_server_answers_with_parts_of_the_graph(served: ThreadingHTTPServer) -> None:
    """The page, its communities, one of them, what lies around a node or two, and names."""
    status, headers, body = ask(served, "/")
    assert status == 200 and data(body)["about"]["remote"] is True and data(body)["nodes"]["id"] == []
    assert headers["Cache-Control"] == "no-store" and b"connect-src 'self'" in body
    whole = json.loads(ask(served, "/api/overview")[2])
    opened = json.loads(ask(served, f"/api/community?id={whole['communities'][0]['id']}")[2])
    assert len(opened["nodes"]["id"]) == whole["communities"][0]["nodes"]
    near = json.loads(ask(served, "/api/node?id=method:smpl")[2])
    assert set(near["nodes"]["id"]) == {"method:smpl", "paper:icon", "paper:econ", "paper:pamir"}
    pair = json.loads(ask(served, "/api/edge?a=paper:mip&b=paper:nerf")[2])
    assert {"paper:mip", "paper:nerf", "method:nerf"} <= set(pair["nodes"]["id"])
    assert json.loads(ask(served, "/api/search?q=smp")[2])[0] == {
        "id": "method:smpl",
        "label": "Method",
        "name": "SMPL",
    }


@pytest.mark.parametrize(
    ("path", "method", "host", "status"),
    [
        ("/api/node?id=method:nobody", "GET", None, 404),
        ("/api/community?id=99", "GET", None, 404),
        ("/api/community?id=%C2%B2", "GET", None, 404),
        ("/api/edge?a=paper:mip", "GET", None, 404),
        ("/api/../pyproject.toml", "GET", None, 404),
        ("/view.js", "GET", None, 404),
        ("/", "POST", None, 501),
        ("/", "GET", "evil.example", 403),
        ("/api/overview", "GET", "evil.example:80", 403),
    ],
)
def test_the_server_refuses_what_is_not_its_own(
    served: ThreadingHTTPServer, path: str, method: str, host: str | None, status: int
) -> None:
    """What it does not have, what would write, and pages of other sites whose name leads here."""
    assert ask(served, path, method, **({"Host": host} if host else {}))[0] == status


def run(path: Path, *line: str) -> Any:
    """Run `kb view` on a knowledge base."""
    return CliRunner(env={"KB": str(path)}).invoke(app, ["view", *line], prog_name="kb")


def test_the_command_writes_a_page_of_the_whole_or_of_a_part(tiny_kb: Path, tmp_path: Path) -> None:
    """Where it says; --json says it to programs; a part is taken as in kb export."""
    out = tmp_path / "page.html"
    done = run(tiny_kb, "-o", str(out))
    assert (done.exit_code, done.stderr, done.stdout) == (0, f"wrote {out}\n", "")
    whole = data(out.read_bytes())
    assert whole["about"]["name"] == "papers" and "paper:alone" in whole["nodes"]["id"]
    done = run(tiny_kb, "NeRF", "--json", "-o", str(out))
    assert json.loads(done.stdout) == {"path": str(out)} and done.stderr == ""
    assert "paper:icon" not in data(out.read_bytes())["nodes"]["id"]


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (["-o", ""], 2, "the name is empty"),
        (["-o", "{kb}/page.html"], 2, "name a place outside"),
        (["-o", "{kb}/../no/such/page.html"], 3, "No such file or directory"),
        (["nobody at all"], 1, "nobody at all"),
        (["--port", "99999"], 2, "99999"),
    ],
)
def test_a_wrong_call_is_one_line(tiny_kb: Path, line: list[str], code: int, words: str) -> None:
    """It names the thing and the place, with the exit code of its kind."""
    done = run(tiny_kb, *(each.replace("{kb}", str(tiny_kb)) for each in line))
    assert done.exit_code == code and words in done.stderr and done.stderr.count("\n") == 1


def test_a_server_ends_quietly_with_ctrl_c(tiny_kb: Path) -> None:
    """It says where it is, answers, and leaves with exit code 0 and no word on stderr."""
    order = [sys.executable, "-c", "from cli.main import main; main()", "view", "--serve", "--kb", str(tiny_kb)]
    with subprocess.Popen(order, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stderr
        address = process.stdout.readline().strip()
        with urllib.request.urlopen(address, timeout=20) as answer:
            assert b"<!doctype html>" in answer.read(200)
        process.send_signal(signal.SIGINT)
        assert (process.wait(20), process.stderr.read()) == (0, "")


def test_a_taken_port_is_told(tiny_kb: Path, served: ThreadingHTTPServer) -> None:
    """And how to name another."""
    done = run(tiny_kb, "--serve", "--port", str(served.server_port))
    assert done.exit_code == 3 and "another one with --port" in done.stderr
