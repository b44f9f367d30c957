"""The page in Chromium, on the seeds: what a reader does by mouse, and by keyboard alone; what may not happen."""

import json
import re
import statistics
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from chromium import keep

import kb
from kb.tables import Tables
from kb.view import view
from kb.view.page import page as page_of
from kb.view.payload import payload

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAPER = "paper:objectsdf++-improved-object-compositional-neural-implicit-surfaces"
HOSTILE = "</script><script>window.hit = 1</script><!-- <img src=x onerror=\"window.hit=1\"> ${'$'} %DATA% 🦜\u2028"
AXE_RUN = "axe.run({ resultTypes: ['violations'] }).then(done => done.violations)"
WALK = """async frames => {
  const { sigma } = kbView.view(), own = [], times = []
  let last = await new Promise(requestAnimationFrame)
  for (let i = 0; i < frames; i++) {
    sigma.getCamera().setState({ x: 0.5 + 0.2 * Math.sin(i / 6), y: 0.5, ratio: 0.7 })
    const start = performance.now()
    sigma.render()
    own.push(performance.now() - start)
    const now = await new Promise(requestAnimationFrame)
    times.push(now - last)
    last = now
  }
  return [own, times]
}"""
"""Pans the map; gives the milliseconds that our script and sigma.js take for a frame, and from frame to frame."""


def list_beside_why(page: "Page") -> None:
    """A card of two papers, and the list where the map was."""
    page.locator("button.why").last.click()
    page.locator("#to-list").click()


STEPS: dict[str, Callable[["Page"], object]] = {
    "card": lambda page: page.locator(".abstract").wait_for(),
    "why": list_beside_why,
    "help": lambda page: page.evaluate("document.getElementById('help').showModal()"),
}


class Opened:
    """A page, with what it said and what it asked of other places."""

    def __init__(self, page: "Page") -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def go(self, address: str) -> "Page":
        """Open an address and wait until the page stands."""
        self.page.goto("about:blank")
        self.page.goto(address)
        self.page.wait_for_selector("body.ready", timeout=60_000)
        return self.page


@pytest.fixture(scope="module")
def file(seeds_kb: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the seeds' page."""
    out = tmp_path_factory.mktemp("view") / "papers.html"
    with kb.open(seeds_kb) as base:
        base.view(out)
    return out.as_uri()


@pytest.fixture(scope="module")
def opened(browser: "Browser") -> "Iterator[Opened]":
    """A page of a reader with a wide window and light colours, who wants no motion."""
    context = browser.new_context(viewport={"width": 1100, "height": 560}, reduced_motion="reduce")
    yield Opened(context.new_page())
    context.close()


@pytest.fixture
def page(opened: Opened, file: str) -> "Iterator[Page]":
    """The seeds' page, just opened; afterwards it must have been silent and have asked for nothing but itself."""
    opened.said.clear()
    opened.asked.clear()
    yield opened.go(file)
    assert opened.said == []
    assert {url for url in opened.asked if not url.startswith(("file:", "about:", "data:"))} == set()


def test_a_search_leads_to_a_card_with_its_mentions_marked(page: "Page", seeds_kb: Path) -> None:
    """The first hit of "ObjectSDF" is the method; its paper's marks are the stored texts of its mentions, in order."""
    page.keyboard.press("/")
    page.keyboard.type("ObjectSDF")
    page.keyboard.press("Enter")
    assert page.locator("#card-name").inner_text() == "ObjectSDF"
    page.locator(".near .go", has_text="ObjectSDF++").click()
    assert page.locator("#card-name").inner_text() == (
        "ObjectSDF++: Improved Object-Compositional Neural Implicit Surfaces"
    )
    keep(page, "card")
    with kb.open(seeds_kb) as base:
        stored = base.tables().mentions.filter(pl.col("paper") == PAPER).sort("start")
    for field, place in (("title", "h2"), ("abstract", ".abstract")):
        marks = page.locator(f"{place} a.mention")
        wanted = stored.filter(pl.col("field") == field)
        assert marks.all_text_contents() == wanted["text"].to_list()
        assert [mark.get_attribute("data-node") for mark in marks.all()] == wanted["entity"].to_list()


def test_why_shows_what_the_library_answers(page: "Page", seeds_kb: Path) -> None:
    """Two papers: every shared entity, heaviest first, with the sentence of each, and the citation's."""
    page.goto(f"{page.url}#node={PAPER.replace('+', '%2B')}")
    page.locator(".group", has_text="Cites").locator("button.why").first.click()
    keep(page, "why")
    names = page.locator(".pair .end").all_inner_texts()
    with kb.open(seeds_kb) as base:
        answer = base.why(PAPER, names[1])
    assert names[0] == answer["a"]["name"] and answer["shared"]
    assert page.locator(".shared .head .go").all_inner_texts() == [row["name"] for row in answer["shared"]]
    said = page.locator(".shared blockquote p:last-child").all_inner_texts()
    assert said == [row[f"{end}_sentence"] for row in answer["shared"] for end in "ab"]
    words = page.locator(".terms li").all_inner_texts()
    assert [text.split("\n")[0] for text in words] == [row["name"] for row in answer["terms"]][: len(words)]
    direct = page.locator(".group").first.locator("blockquote")
    assert direct.inner_text() == answer["cites"][0]["sentence"] and direct.locator("mark").count() == 1


def test_a_click_on_a_line_says_why(page: "Page") -> None:
    """The middle of the only line between two nodes that are alone on the map."""
    page.goto(f"{page.url}#node=method:objectsdf&hops=1")
    at = page.evaluate("""() => {
      const { graph, sigma } = kbView.view(), edge = graph.edges()[0]
      const [a, b] = graph.extremities(edge).map(key => sigma.framedGraphToViewport(sigma.getNodeDisplayData(key)))
      const box = document.getElementById('map').getBoundingClientRect()
      return { x: box.left + a.x * 0.45 + b.x * 0.55, y: box.top + a.y * 0.45 + b.y * 0.55 }
    }""")
    page.mouse.click(at["x"], at["y"])
    page.locator("h2.pair").wait_for(timeout=5_000)
    assert "ObjectSDF" in page.locator(".pair .end").all_inner_texts()
    assert page.locator("blockquote mark").all_text_contents() == ["ObjectSDF"]


def test_filters_narrow_what_is_shown_and_reset_brings_it_back(page: "Page") -> None:
    """Kinds, links, how many papers name a thing and communities change the counts; nothing left is said so."""
    counts = page.locator("#counts")
    whole = counts.inner_text()
    assert re.fullmatch(r"378 papers · [\d,]+ entities · [\d,]+ links", whole)
    page.locator("label.tick", has_text="Concepts").click()
    fewer = counts.inner_text()
    assert fewer != whole and "off=Concept" in page.url
    page.locator("label.slide", has_text="at most").locator("input").focus()
    page.keyboard.press("Home")
    assert counts.inner_text() != fewer
    page.get_by_role("button", name="Reset all filters").first.click()
    assert counts.inner_text() == whole
    page.locator("#panel button.tick").first.click()
    assert int(counts.inner_text().split()[0]) == int(page.locator("#panel button.tick .count").first.inner_text())
    for label in ("Papers", "Methods", "Datasets", "Tasks", "Metrics", "Concepts"):
        page.locator("label.tick", has_text=label).click()
    page.get_by_text("Nothing passes these filters.").wait_for()


def test_the_address_brings_back_what_was_seen(page: "Page") -> None:
    """Selection, filters, colours and camera are the same after a reload; the back button undoes a step."""
    page.locator("label.tick", has_text="Metrics").click()
    page.locator("[data-by=kind]").click()
    page.locator("#in").click()
    page.keyboard.press("/")
    page.keyboard.type("nerf")
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)
    text = "id => document.getElementById(id).innerText"
    state = f"[...['card-name', 'counts'].map({text}), kbView.view().camera()]"
    before, address = page.evaluate(state), page.url
    page.reload()
    page.wait_for_selector("body.ready")
    assert page.url == address and "camera=" in address and "by=kind" in address
    after = page.evaluate(state)
    assert after[:2] == before[:2]
    assert [round(each, 3) for each in after[2].values()] == [round(each, 3) for each in before[2].values()]
    page.go_back()
    page.locator("#card").wait_for(state="hidden")


def test_everything_can_be_reached_by_keyboard_alone(page: "Page") -> None:
    """Arrow keys on the map, Enter, Tab to a why, Escape; the same nodes as a list; help. Each step is announced."""
    live = page.locator("#live")
    page.locator("#to-map").focus()
    while page.evaluate("document.activeElement.id") != "map":
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert "1 of 200" in live.inner_text()
    page.keyboard.press("Enter")
    name = page.locator("#card-name").inner_text()
    assert page.evaluate("document.activeElement.id") == "card-name"
    while "why" not in (page.evaluate("document.activeElement.className") or ""):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert name.startswith(page.locator(".pair .end").first.inner_text().rstrip("…")) and "Why" in live.inner_text()
    page.keyboard.press("Escape")
    assert page.locator("#card").is_hidden()
    page.locator("#to-list").focus()
    page.keyboard.press("Enter")
    page.locator("#list .rows .go").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#card-name").inner_text()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('#list') !== null")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()


def test_no_rule_of_accessibility_is_broken(browser: "Browser", file: str, axe: Path) -> None:
    """axe-core finds nothing serious or critical, wide and narrow, light and dark; nothing runs over the side."""
    context = browser.new_context(reduced_motion="reduce", bypass_csp=True)  # our policy lets no script of theirs in
    page = Opened(context.new_page()).go(f"{file}#node={PAPER.replace('+', '%2B')}")
    page.add_script_tag(path=axe)
    found = []
    for width, scheme in ((1280, "light"), (1280, "dark"), (400, "dark"), (400, "light")):
        page.set_viewport_size({"width": width, "height": 700})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for name in ("card", "why", "help"):
            STEPS[name](page)
            keep(page, f"{name}-{scheme}-{width}")
            broken = [each for each in page.evaluate(AXE_RUN) if each["impact"] in ("serious", "critical")]
            found += [(width, scheme, name, each["id"], each["nodes"][0]["html"][:200]) for each in broken]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("Escape")
        page.go_back()
        page.locator("#to-map").click()
    context.close()
    assert found == []


def test_hostile_values_stay_text(opened: Opened, tiny: Tables, tmp_path: Path) -> None:
    """Titles, names, sentences and addresses that would be markup or a script are shown letter by letter."""
    nasty = pl.lit(HOSTILE)
    tables = replace(
        tiny,
        papers=tiny.papers.with_columns(title=nasty, venue=nasty, url=pl.lit("javascript:window.hit=1"), doi=nasty),
        entities=tiny.entities.with_columns(name=nasty + pl.col("id"), aliases=pl.concat_list(nasty)),
        edges=tiny.edges.with_columns(sentence=nasty, cue=nasty),
    )
    view(tables, tmp_path / "hostile.html", about={"name": HOSTILE})
    page = opened.go(f"{(tmp_path / 'hostile.html').as_uri()}#node=paper:icon")
    assert page.locator("#title").text_content() == HOSTILE
    assert page.locator("#card-name").text_content() == HOSTILE
    assert [link.get_attribute("href")[:16] for link in page.locator(".out a").all()] == [  # type: ignore[index]
        "https://doi.org/",
        "https://arxiv.or",
    ]
    page.locator("button.why").first.click()
    page.locator("#to-list").click()
    assert page.evaluate("window.hit") is None
    assert page.locator("script").count() == 2 and page.locator("img").count() == 0


def test_without_webgl_the_list_has_everything(browser: "Browser", file: str) -> None:
    """A browser that cannot draw begins with the list, whose nodes open as ever."""
    page = browser.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    Opened(page).go(file)
    page.locator("#list .go").first.click()
    assert page.locator(".near .go").count() > 1
    page.close()


def test_five_thousand_nodes_stay_fluent(opened: Opened, seeds_kb: Path, tmp_path: Path) -> None:
    """Our part of a frame while panning over 5,000 nodes is short; the rest is WebGL's, by software on this machine."""
    with kb.open(seeds_kb) as base:
        tables = base.tables()
    more = tables.entities.head(5000 - len(tables.papers) - len(tables.entities))
    copies = more.with_columns(id=pl.col("id") + "-copy")
    held = tables.edges.filter(pl.col("target").is_in(more["id"].implode()))
    edges = pl.concat([tables.edges, held.with_columns(target=pl.col("target") + "-copy")])
    large = replace(tables, entities=pl.concat([tables.entities, copies]).sort("id"), edges=edges)
    ids = [*large.papers["id"], *large.entities["id"]]
    spread = {id_: (i % 71 + i % 7 / 9, i // 71 + i % 11 / 13) for i, id_ in enumerate(ids)}
    (tmp_path / "large.html").write_bytes(page_of(payload(large, spread, {"name": "large"})))
    page = opened.go(f"{(tmp_path / 'large.html').as_uri()}#papers=1-")
    assert page.evaluate("kbView.view().graph.order") == 5000
    own, frames = page.evaluate(WALK, 8)
    print(
        f"\n5,000 nodes, {len(edges):,} edges: our part of a frame {statistics.median(own):.1f} ms, "
        f"a whole frame with software WebGL {statistics.median(frames):.0f} ms"
    )
    assert statistics.median(own) < 60


def test_a_served_graph_opens_piece_by_piece(opened: Opened, seeds_kb: Path) -> None:
    """Communities first; one opens with its nodes; a search finds what is not loaded; a link leads back to it."""
    with kb.open(seeds_kb) as base, base.viewed() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        opened.said.clear()
        page = opened.go(address)
        assert "communities" in page.locator("#counts").inner_text()
        page.locator("#to-list").click()
        page.locator("#list .go").first.click()
        page.locator("#crumbs button").wait_for()
        assert "papers" in page.locator("#counts").inner_text()
        page.locator("#q").fill("ObjectSDF")
        page.locator("#hits [role=option]", has_text="ObjectSDF").first.click()
        page.locator("#card").wait_for()
        link, name = page.url, page.locator("#card-name").inner_text()
        page = opened.go(link)
        assert page.locator("#card-name").inner_text() == name
        page = opened.go(f"{address}#a=method:objectsdf&b={PAPER.replace('+', '%2B')}")
        assert page.locator(".pair .end").all_inner_texts() == ["ObjectSDF", "ObjectSDF++"]
        assert opened.said == []
        assert {url.split("/")[2] for url in opened.asked if url.startswith("http")} == {address.split("/")[2]}
        page.goto("about:blank")
        server.shutdown()


def test_the_measured_page_is_small(file: str) -> None:
    """The seeds' page, script and all, stays below 4 MB, and its data is JSON that other programs can read."""
    text = Path(file.removeprefix("file://")).read_text(encoding="utf-8")
    data = re.search(r'<script id="data" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert data and len(text.encode()) < 4_000_000
    assert len(json.loads(data[1])["nodes"]["id"]) > 3_500
