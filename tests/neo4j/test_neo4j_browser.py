"""The Browser kit against a real server, and in the Browser that it serves: questions, style, favourites, guide.

The drawn graph needs Chromium and Playwright: see `tests/chromium.py`.
"""

import base64
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import neo4j
import neo4j_server
import polars as pl
import pytest
from chromium import chromium, keep

from kb.export import export
from kb.export.browser import FOLDER, style
from kb.export.guide import examples
from kb.folder import write_folder
from kb.load import load
from kb.queries import browser as questions
from kb.schema import COLOURS
from kb.tables import Tables, frame

if TYPE_CHECKING:
    from playwright.sync_api import Page

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
CAPE = 'CAPE "v2" \\ it\'s </pre> // $x'
"""A dataset's name that would break out of a string, a comment or a page."""

# Per question that the common values do not fit: its own.
PARAMS = {
    "method": "ICON", "dataset": CAPE, "task": "novel view synthesis", "paper": "ICON", "other": "ECON",
    "author": "Ada Lind", "year": 2021, "words": "normals",
}  # fmt: skip
OTHERS = {
    "lineage_before": {"method": "ECON"},
    "compared_with_method": {"method": "SMPL"},
    "untried_datasets": {"method": "Mip-NeRF"},
    "bridged_by_paper": {"paper": "Mip-NeRF"},
}

# What a person does who drags a file onto the window.
DROP = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0)), data = new DataTransfer()
  data.items.add(new File([bytes], name))
  for (const type of ['dragenter', 'dragover', 'drop'])
    document.querySelector('#mount > div').dispatchEvent(
      new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
}"""
DRAWN = """nodes => nodes.map(node => ({
  caption: [...node.querySelectorAll('text')].map(text => text.textContent).join(' ').replace(/\\s+/g, ' ').trim(),
  fill: node.querySelector('circle.b-outline').getAttribute('fill'),
  radius: +node.querySelector('circle.b-outline').getAttribute('r'),
}))"""


@pytest.fixture(scope="module")
def tables(tiny: Tables) -> Tables:
    """The small graph with dates, a name introduced twice, a task's dataset, a bridge, and a hostile name."""
    more = [
        {"type": "INTRODUCES", "source": "paper:pamir", "target": "method:icon", "weight": 0.2, "sentence": "Ours."},
        {"type": "ADDRESSES", "source": "paper:econ", "target": "task:novel-view-synthesis", "weight": 0.2},
        {"type": "SHARES", "source": "paper:econ", "target": "paper:mip", "weight": 0.1, "via": ["synthesis"]},
    ]
    hostile = pl.when(pl.col("id") == "dataset:cape").then(pl.lit(CAPE)).otherwise("name").alias("name")
    return Tables(
        papers=tiny.papers.with_columns(pl.date(pl.col("year"), 5, 1).alias("date")),
        mentions=tiny.mentions,
        entities=tiny.entities.with_columns(hostile),
        edges=frame("edges", pl.concat([tiny.edges, frame("edges", more_rows(more))])),
        authors=tiny.authors,
    )


def more_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with every column of the edges table."""
    columns = frame("edges", []).columns
    return [{column: row.get(column) for column in columns} for row in rows]


@pytest.fixture(scope="module")
def server(
    start_server: Callable[..., neo4j_server.Server],
    tables: Tables,
    tiny_manifest: dict[str, object],
    tmp_path_factory: pytest.TempPathFactory,
) -> neo4j_server.Server:
    """A server of its own, for its Browser's address, that holds the graph."""
    started, folder = start_server(heap="512m"), tmp_path_factory.mktemp("browser-kb")
    write_folder(tables, tiny_manifest, folder)
    load(folder, started.uri)
    return started


@pytest.fixture(scope="module")
def kit(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit of the same graph."""
    folder = tmp_path_factory.mktemp("browser") / "kit"
    export(tables, "browser", folder)
    return folder


@pytest.fixture(scope="module")
def session(server: neo4j_server.Server) -> Iterator[neo4j.Session]:
    """A session on the server."""
    with neo4j.GraphDatabase.driver(server.uri) as driver, driver.session() as opened:
        yield opened


@pytest.mark.parametrize("name", questions.names())
def test_a_question_runs_on_neo4j_without_a_notification(session: neo4j.Session, name: str) -> None:
    """Nothing deprecated, nothing unknown, no cartesian product; and it finds something in the small graph."""
    params = {p: OTHERS.get(name, {}).get(p, PARAMS[p]) for p in questions.parameters(name)}
    planned = session.run(f"EXPLAIN {questions.load(name)}", params).consume()
    result = session.run(questions.load(name), params)
    rows = list(result)
    noted = [*planned.gql_status_objects, *result.consume().gql_status_objects]
    assert [status.status_description for status in noted if status.is_notification] == []
    assert rows


def test_the_guides_values_are_cypher(session: neo4j.Session, tables: Tables, kit: Path) -> None:
    """The map of the `:params` line, read by the server, is what the examples say."""
    found = re.search(r">:params (.*?)</pre>", (kit / "guide.html").read_text(encoding="utf-8"))
    assert found
    assert examples(tables)["dataset"] == CAPE
    assert session.run(f"RETURN {unescape(found[1])} AS values").single(strict=True)["values"] == examples(tables)


@pytest.fixture(scope="module")
def page(server: neo4j_server.Server, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Page]":
    """The Browser in Chromium, connected; what it asks of other machines is cut off."""
    with chromium() as (kind, program):
        context = kind.launch_persistent_context(
            tmp_path_factory.mktemp("chromium"), executable_path=program, headless=True, args=FLAGS,
            viewport={"width": 1400, "height": 900},
        )  # fmt: skip
        context.route(re.compile(r"^https?://(?!127\.0\.0\.1|localhost)"), lambda route: route.abort())
        opened = context.new_page()
        opened.goto(f"{server.browser}?dbms={server.uri}&preselectAuthMethod=NO_AUTH", wait_until="domcontentloaded")
        opened.get_by_text("You have a working connection").wait_for(timeout=60_000)
        yield opened
        context.close()


def run(page: "Page", command: str) -> None:
    """Type a command into the editor of the empty page, and run it."""
    editor = page.locator(".monaco-editor textarea").first
    for text in (":clear", command):
        editor.focus()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(text)
        page.get_by_test_id("editor-Run").click()
        page.wait_for_timeout(300)


def drop(page: "Page", file: Path) -> None:
    """Drop a file on the window."""
    page.evaluate(DROP, [file.name, base64.b64encode(file.read_bytes()).decode()])


def drawn(page: "Page") -> list[dict[str, Any]]:
    """The nodes in the drawing, once it stands still."""
    page.locator("g.node text").first.wait_for(timeout=30_000)
    page.wait_for_timeout(3_000)
    return page.locator("g.node").evaluate_all(DRAWN)


@pytest.fixture(scope="module")
def styled(page: "Page", kit: Path) -> "Page":
    """The Browser with the kit's style dropped on it."""
    drop(page, kit / "style.grass")
    page.locator("pre", has_text="node.Paper").wait_for(timeout=10_000)
    return page


@pytest.fixture(scope="module")
def valued(styled: "Page", kit: Path) -> "Page":
    """The same, its parameters set by a click in the guide, which the kit's own server serves."""
    with subprocess.Popen(
        [sys.executable, "serve.py", str(neo4j_server.free_ports(1)[0])],
        cwd=kit, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as serving:  # fmt: skip
        assert serving.stdout
        try:
            run(styled, serving.stdout.readline().strip())
            styled.get_by_text("What the graph holds").wait_for(timeout=10_000)
            keep(styled, "guide")
            styled.get_by_test_id("nextSlide").first.click()
            styled.locator("pre.runnable", has_text=":params").first.click()
            styled.wait_for_timeout(500)
            styled.get_by_test_id("editor-Run").click()
            styled.get_by_text("Successfully set your parameters").wait_for(timeout=10_000)
            keep(styled, "values")
        finally:
            serving.terminate()
    return styled


def test_the_browser_takes_the_whole_style(styled: "Page") -> None:
    """`:style` shows every rule as it was written, so that none was lost in its parser."""
    run(styled, ":style")
    frame = styled.locator("pre", has_text="node.Paper").first
    frame.wait_for()
    keep(styled, "style")
    assert re.sub(r"\s+", "", frame.inner_text()) == re.sub(r"\s+", "", style())


def test_the_browser_takes_the_favourites(page: "Page", kit: Path) -> None:
    """One folder with every question, by its title."""
    drop(page, kit / "favourites.zip")
    page.get_by_test_id("navigationFavorites").click()
    page.get_by_test_id(f"savedScriptsFolder-{FOLDER}").click()
    page.get_by_text(questions.title("overview")).wait_for(timeout=10_000)
    keep(page, "favourites")
    listed = page.get_by_test_id("savedScriptListItem").all_inner_texts()
    page.get_by_test_id("navigationFavorites").click()
    assert {questions.title(name) for name in questions.names()} <= {
        text.strip().removeprefix("// ") for text in listed
    }


def test_the_guides_values_reach_the_browser(valued: "Page", tables: Tables) -> None:
    """The click sets every value; that the hostile one is right, the drawing of its question shows."""
    shown = valued.get_by_test_id("rawParamData").first.inner_text()
    assert re.findall(r'^  "(\w+)":', shown, re.MULTILINE) == list(examples(tables))


@pytest.mark.parametrize("name", ["around_paper", "methods_with_dataset", "why_two_papers", "strongest_links"])
def test_a_question_draws_its_nodes_in_the_style(
    valued: "Page", session: neo4j.Session, tables: Tables, name: str
) -> None:
    """Every node of the answer, with its name, in the colour and size of its label, and edges with their types."""
    run(valued, questions.load(name))
    nodes = drawn(valued)
    keep(valued, name)
    wanted = session.run(questions.load(name), {p: examples(tables)[p] for p in questions.parameters(name)}).graph()
    sizes = {"Paper": 40, "Author": 25}
    labels = [next(iter(node.labels)) for node in wanted.nodes]
    looks = [(COLOURS[label], sizes.get(label, 32.5)) for label in labels]
    names = [node["name"].replace(" ", "") for node in wanted.nodes]
    assert sorted((tuple(bytes.fromhex(node["fill"][1:])), node["radius"]) for node in nodes) == sorted(looks)
    for node in nodes:
        caption = node["caption"].replace(" ", "").rstrip("…")
        assert len(caption) >= 3 and any(each.startswith(caption) for each in names), node
    types = set(valued.locator("g.relationship text").all_text_contents())
    assert {edge.type for edge in wanted.relationships} <= types
