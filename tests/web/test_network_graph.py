"""The structure of a network, drawn in a real browser: looked at by its pixels, used by mouse and keys."""

from __future__ import annotations

import csv
import io
import re
from xml.etree import ElementTree

import pytest
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import come_in, shot
from tests.web.drawn import HOSTILE, SMALL, large, serve, until

# Pixels of a canvas that are (nearly) of a colour.
COUNT = """([name]) => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.setProperty("color", `var(${name})`);
  const want = getComputedStyle(probe).color.match(/[0-9.]+/g).map(Number);
  probe.remove();
  const canvas = document.querySelector("clew-graph canvas");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let found = 0;
  for (let k = 0; k < data.length; k += 4)
    if (data[k + 3] > 250 && [0, 1, 2].every((c) => Math.abs(data[k + c] - want[c]) < 3)) found += 1;
  return found;
}"""


@pytest.fixture(scope="module")
def network(bench):
    """The largest network of the simulated world."""
    with bench.desk.session() as engine:
        return engine.row("SELECT network_id FROM networks ORDER BY records DESC, network_id LIMIT 1")[0]


def opened(bench, page, network, state="settled"):
    page.goto(f"{bench.url}/networks/{network}/structure")
    page.wait_for_selector(f'clew-graph[data-state="{state}"]')
    return page.locator("clew-graph")


def test_drawn_in_the_colours_of_the_theme_and_without_a_fault(bench, page, network):
    opened(bench, page, network)
    assert page.evaluate(COUNT, ["--k-phone"]) > 50
    assert page.evaluate(COUNT, ["--k-image"]) > 50
    shot(page, "network-structure")
    assert faults(page) + faults_in_the_dark(page) == []


def test_another_theme_draws_again(bench, page, network):
    page.context.add_cookies([{"name": "clew-theme", "value": "light", "url": bench.url}])
    opened(bench, page, network)
    page.click("#theme")
    until(page, "document.documentElement.dataset.theme === 'dark'")
    page.wait_for_timeout(100)
    assert page.evaluate(COUNT, ["--k-phone"]) > 50


# Counts in the task in which the graph says that it is drawn.
WHEN_DRAWN = """addEventListener("DOMContentLoaded", () => {
  const graph = document.querySelector("clew-graph");
  new MutationObserver((_, seen) => {
    if (graph.dataset.state !== "drawn") return;
    seen.disconnect();
    window.first = (COUNT)(["--k-phone"]);
  }).observe(graph, { attributes: true });
})"""


def test_never_blank_while_it_lays_out(bench, browser, network):
    """A canvas of 2,000 nodes shows them in the very task in which it is first there, long before it is at rest."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    come_in(page, bench)
    serve(page, "graph", large())
    page.add_init_script(WHEN_DRAWN.replace("COUNT", COUNT))
    page.goto(f"{bench.url}/networks/{network}/structure")
    until(page, "window.first !== undefined")
    assert page.evaluate("window.first") > 200
    until(page, "document.querySelector('clew-graph').dataset.state === 'settled'")
    assert page.get_attribute("clew-graph", "data-nodes") == "2000"
    context.close()


def test_the_same_data_gives_the_same_picture(bench, page, network):
    pictures = set()
    for _ in range(2):
        opened(bench, page, network)
        page.wait_for_timeout(100)
        pictures.add(page.evaluate("document.querySelector('clew-graph canvas').toDataURL()"))
    assert len(pictures) == 1


def test_keys_reach_nodes_and_the_strongest_path(bench, page, network):
    serve(page, "graph", SMALL)
    graph = opened(bench, page, network)
    page.focus("clew-graph canvas")
    page.keyboard.press("ArrowRight")
    assert graph.get_attribute("data-chosen") == "phone:+31612345678"  # what most records show
    page.keyboard.press("ArrowDown")
    assert graph.get_attribute("data-chosen") in ("record:r1", "record:r2")
    page.fill(".drawn-tools input[type=search]", "script")
    page.press(".drawn-tools input[type=search]", "Enter")
    assert graph.get_attribute("data-chosen") == "record:r1"
    page.focus("clew-graph canvas")
    page.keyboard.press("f")
    page.fill(".drawn-tools input[type=search]", "third")
    page.press(".drawn-tools input[type=search]", "Enter")
    page.click("text=Path to here")
    # Two strong steps, not one weak one.
    path = "record:r1 phone:+31612345678 record:r2 email:a@example.org record:r3"
    assert graph.get_attribute("data-path") == path
    said = page.locator(".graph-path li").all_inner_texts()
    assert "show the same phone +31612345678 (20.0 bits)." in said[0]
    assert said[1] == "“second” and “third” and 2 more records show the same email =HYPERLINK(1) (18.0 bits)."


def test_enter_opens_what_is_chosen(bench, page, network):
    opened(bench, page, network)
    page.focus("clew-graph canvas")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    record = page.get_attribute("clew-graph", "data-chosen").split(":")[1]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/records/{record}")


def test_the_focus_stays_in_the_panel_and_letters_are_the_graphs(own_bench, page):
    name = own_bench.client.get("/api/v1/leads?limit=1").json()["items"][0]["network_id"]
    serve(page, "graph", SMALL)
    graph = opened(own_bench, page, name)
    page.focus("clew-graph canvas")
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Pin", exact=True).click()
    focused = "document.activeElement.textContent"
    assert page.evaluate(focused) == "Unpin"
    page.keyboard.press("f")  # the graph's, not the page's
    assert page.inner_text(".drawn-status").startswith("Path from")
    assert page.evaluate(focused) == "Unpin"
    page.click(".drawn-status")  # nothing has the focus, but the graph was used last
    for letter in "fcd":
        page.keyboard.press(letter)
    assert page.locator("details.pops[open]").count() == 0
    assert page.locator(".network-head .tag").inner_text() == "new"
    assert graph.get_attribute("data-chosen") == "phone:+31612345678"
    page.click("h1")
    page.keyboard.press("d")
    assert page.locator("details.pops[open]").count() == 1


def test_hiding_weak_ties_says_into_what_it_falls(bench, page, network):
    serve(page, "graph", SMALL)
    graph = opened(bench, page, network)
    for bits, parts in (("2", "1"), ("10", "1"), ("19", "2"), ("20", "2"), ("0", "1")):
        page.locator(".graph-weak input").fill(bits)
        assert graph.get_attribute("data-parts") == parts, bits
    page.uncheck(".graph-legend label:has-text('phone') input")
    page.locator(".graph-weak input").fill("10")
    assert graph.get_attribute("data-parts") == "2"
    assert "the largest of 4 records at 10 bits or more" in page.inner_text(".drawn-status")


def test_a_dragged_node_is_pinned_and_a_double_click_frees_it(bench, page, network):
    serve(page, "graph", SMALL)
    opened(bench, page, network)
    page.focus("clew-graph canvas")
    page.keyboard.press("ArrowRight")
    x, y = page.evaluate(_PLACE, ["--k-phone"])
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    page.wait_for_selector("text=Unpin")
    page.wait_for_timeout(600)  # the others have given way
    a, b = page.evaluate(_PLACE, ["--k-phone"])
    assert abs(a - x - 60) < 6 and abs(b - y - 40) < 6
    page.mouse.dblclick(a, b)
    page.wait_for_selector(".graph-aside button:text-is('Pin')")


# Where on the page the middle of the pixels of a colour is.
_PLACE = (
    COUNT.replace("let found = 0;", "let [sx, sy, n] = [0, 0, 0];")
    .replace("found += 1;", "{ sx += (k / 4) % canvas.width; sy += Math.floor(k / 4 / canvas.width); n += 1; }")
    .replace(
        "return found;",
        "const box = canvas.getBoundingClientRect(); return [box.left + sx / n, box.top + sy / n];",
    )
)


def test_a_node_of_several_records_opens_and_closes(bench, page, network):
    data = bench.client.get(f"/api/v1/networks/{network}/graph").json()
    several = max((n for n in data["nodes"] if n["kind"] == "record"), key=lambda n: n["records"])
    graph = opened(bench, page, network)
    before = int(graph.get_attribute("data-nodes"))
    page.fill(".drawn-tools input[type=search]", several["value"])
    page.press(".drawn-tools input[type=search]", "Enter")
    page.wait_for_selector(".graph-more .graph-records li")  # its records and its links stand beside
    assert page.locator(".graph-more a[href^='/records/']").count() == min(several["records"], 12)
    judge = page.locator(f".graph-more a[href^='/networks/{network}/links/decide?a=']")
    assert bench.client.get(judge.first.get_attribute("href")).status_code == 200
    if several["records"] > 1:
        page.get_by_role("button", name="Expand", exact=True).click()
        until(page, f"document.querySelector('clew-graph').dataset.nodes > {before}")
        assert int(graph.get_attribute("data-nodes")) == before + several["records"] - 1
        page.click("text=Collapse")
        assert int(graph.get_attribute("data-nodes")) == before


def saved(page, what):
    with page.expect_download() as told:
        page.select_option("select[aria-label='Save as']", what)
    return told.value.path().read_bytes()


def test_the_saved_picture_is_inert(bench, page, network):
    serve(page, "graph", SMALL)
    opened(bench, page, network)
    tree = ElementTree.fromstring(saved(page, "svg"))
    tags = {element.tag.split("}")[1] for element in tree.iter()}
    assert tags == {"svg", "title", "rect", "g", "line", "path", "text"}
    for element in tree.iter():
        assert not [name for name in element.attrib if name.startswith("on") or "href" in name or name == "style"]
    words = "".join(tree.itertext())
    assert "record: <script>alert(1)</script><img src=x onerror=alert(2)>" in words
    assert len(tree.findall(".//{*}line")) == 6


def test_the_saved_png_is_a_picture_and_the_tables_hold_all(bench, page, network):
    serve(page, "graph", SMALL)
    opened(bench, page, network)
    assert saved(page, "png").startswith(b"\x89PNG")
    nodes = list(csv.DictReader(io.StringIO(saved(page, "nodes").decode())))
    assert [row["id"] for row in nodes] == [n["id"] for n in SMALL["nodes"]]
    assert nodes[0]["label"] == HOSTILE
    assert nodes[3]["value"] == "+31612345678" and nodes[4]["label"] == "'=HYPERLINK(1)"  # no formula
    lines = list(csv.DictReader(io.StringIO(saved(page, "lines").decode())))
    assert (lines[0]["record_node"], lines[0]["other_node"]) == ("record:r1", "phone:+31612345678")
    assert len(lines) == 6


def test_the_wheel_scrolls_the_page_unless_the_graph_has_the_focus(bench, page, network):
    opened(bench, page, network)
    box = page.locator("clew-graph canvas").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 100)
    page.mouse.wheel(0, 120)
    until(page, "scrollY > 50")


def test_nothing_jumps(bench, page, network):
    opened(bench, page, network)
    page.wait_for_timeout(200)
    assert page.evaluate(SHIFT) < 0.02


SHIFT = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((shift) => (sum += shift.value)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 100);
})"""


def test_the_table_says_the_same_as_the_graph(bench, page, network):
    data = bench.client.get(f"/api/v1/networks/{network}/graph").json()
    page.goto(f"{bench.url}/networks/{network}/structure?table=1")
    rows = page.locator("main tbody tr").all_inner_texts()
    assert len(rows) == min(len(data["nodes"]), 200)
    phones = [n["value"] for n in data["nodes"] if n["kind"] == "phone" and n["records"] > 1]
    assert phones and all(any(re.search(rf"{re.escape(p)}\b", row) for row in rows) for p in phones)
    assert faults(page) == []


def test_the_api_is_bounded_and_says_what_is_missing(bench, network):
    get = bench.client.get
    assert len(get(f"/api/v1/networks/{network}/graph?nodes=50").json()["nodes"]) <= 50
    assert get("/api/v1/networks/Nnone/graph").status_code == 404
    assert get(f"/api/v1/networks/{network}/graph?nodes=5000").status_code == 422
    assert get(f"/api/v1/networks/{network}/graph/node?node=%00%27").status_code in (404, 422)
    assert get(f"/api/v1/networks/{network}/graph/node").status_code == 422
    assert get(f"/networks/{network}/structure?nodes=1").status_code == 422


def test_works_at_the_width_of_a_tablet(bench, page, network):
    page.set_viewport_size({"width": 820, "height": 1180})
    opened(bench, page, network)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(COUNT, ["--k-phone"]) > 50
