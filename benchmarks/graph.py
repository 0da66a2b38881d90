"""Frames while a node of a graph of 2,000 is dragged, and how long the graph takes to come to rest, in a real Chromium.

    python -m benchmarks.graph

The browser draws without a graphics card, as it does on the machines of CI, so a desk's figures are better.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Page, sync_playwright
from tests.web.conftest import chromium
from tests.web.drawn import large

from clew.store.workspace import Workspace
from clew.web.app import create_app
from clew.web.desk import Desk

_PAGE = """<!doctype html><html lang="en" data-theme="light"><title>Graph</title>
<link rel="stylesheet" href="/static/styles.css"><link rel="stylesheet" href="/static/graph.css">
<script type="module" src="/static/built/graph.js"></script>
<main><clew-graph src="/api/v1/graph"></clew-graph></main>"""

# Milliseconds from frame to frame.
_FRAMES = """() => { window.frames_ = []; let last = performance.now();
  const tick = (now) => { window.frames_.push(now - last); last = now; window.ticking = requestAnimationFrame(tick); };
  window.ticking = requestAnimationFrame(tick); }"""
_STOP = "() => { cancelAnimationFrame(window.ticking); return window.frames_; }"
_WATCH = """addEventListener("DOMContentLoaded", () => {
  const graph = document.querySelector("clew-graph"); window.when = {};
  const note = () => (window.when[graph.dataset.state] ??= performance.now());
  new MutationObserver(note).observe(graph, {attributes: true});
})"""


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        desk = Desk(Workspace.create(Path(place) / "workspace").path, "bench")
        desk.refresh()
        server = uvicorn.Server(uvicorn.Config(create_app(desk), host="127.0.0.1", port=0, log_level="warning"))
        socket = server.config.bind_socket()
        threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True).start()
        while not server.started:
            time.sleep(0.02)
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        measure(page, f"http://127.0.0.1:{socket.getsockname()[1]}")
        browser.close()
        server.should_exit = True
        desk.close()


def measure(page: Page, address: str) -> None:
    """Load a graph of 2,000 nodes, drag a node of it, move the view."""
    data = large()
    body = json.dumps(data)
    page.route("**/api/v1/graph", lambda route: route.fulfill(body=body, content_type="application/json"))
    page.route("**/graph/node*", lambda route: route.fulfill(status=404, body="{}", content_type="application/json"))
    page.route("**/made", lambda route: route.fulfill(body=_PAGE, content_type="text/html"))
    page.add_init_script(_WATCH)
    page.goto(f"{address}/made")
    page.wait_for_selector('clew-graph[data-state="settled"]', timeout=60_000)
    when: dict[str, float] = page.evaluate("window.when")
    print(f"{len(data['nodes']):,} nodes, {len(data['edges']['record']):,} lines, {len(body) / 1e3:,.0f} kB")
    print(f"drawn {when['drawn']:.0f} ms after the page began, at rest {when['settled'] - when['drawn']:.0f} ms later")
    box: Any = page.locator("clew-graph canvas").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.keyboard.press("Tab")
    report(page, "dragging a node", lambda: drag(page, *node_near(page, x, y)))
    report(page, "moving the view", lambda: drag(page, box["x"] + 8, box["y"] + 8))


def node_near(page: Page, x: float, y: float) -> tuple[float, float]:
    """A point of the canvas under which a node lies: the pointer shows it."""
    for step in range(400):
        a, b = x + step % 20 * 4 - 40, y + step // 20 * 4 - 40
        page.mouse.move(a, b)
        if page.evaluate("document.querySelector('clew-graph canvas').classList.contains('on-node')"):
            return a, b
    raise SystemExit("No node was found in the middle of the canvas.")


def drag(page: Page, x: float, y: float) -> None:
    """Press, move about for two seconds, let go."""
    page.mouse.move(x, y)
    page.mouse.down()
    until, step = time.monotonic() + 2, 0
    while time.monotonic() < until:
        step += 1
        page.mouse.move(x + step % 100, y + step % 60)
    page.mouse.up()


def report(page: Page, what: str, act: Any) -> None:
    """Frames a second while something is done, and the slowest of twenty frames."""
    page.evaluate(_FRAMES)
    act()
    frames: list[float] = sorted(page.evaluate(_STOP)[1:])
    slow = frames[int(len(frames) * 0.95)]
    print(f"{what}: {1000 * len(frames) / sum(frames):.0f} frames/s, 95 % of them within {slow:.0f} ms")


if __name__ == "__main__":
    main()
