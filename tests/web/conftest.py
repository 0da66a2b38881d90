"""A workbench over a simulated workspace, served for real, and a real Chromium to look at it.

The workspace is made once for a session of tests; a test that changes anything asks for `own_bench`, a copy of it.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from tests.once import once

from clew.access.limits import Limits
from clew.access.links import Links
from clew.evidence.capture.page import browser_path
from clew.ingest.stage import IngestOptions
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.query.index import ensure_index
from clew.simulate.world import simulate
from clew.store.workspace import Workspace
from clew.web.app import create_app
from clew.web.desk import Desk
from clew.web.serve import Place
from clew.web.serve import settings as settings_of

ADS = 2_000
PURPOSE = "Tests of the workbench"
OFTEN = Limits(1_000, 10_000)  # tests ask faster than people
HERE = Place(port=0)
SHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-gpu",
]  # fmt: skip


@dataclass(frozen=True)
class Bench:
    """A workbench that is being served."""

    url: str
    desk: Desk
    client: httpx.Client


@contextlib.contextmanager
def served(workspace: Path, often: Limits = OFTEN, place: Place = HERE) -> Iterator[Bench]:
    """Serve a workspace on a free port of loopback."""
    desk = Desk(workspace)
    desk.links = Links("tester")
    desk.refresh()
    config = settings_of(create_app(desk, often=often, strangers=often), place)
    socket = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    url = f"{'https' if place.cert else 'http'}://127.0.0.1:{socket.getsockname()[1]}"
    try:
        with stranger(url) as client:
            while not server.started:
                time.sleep(0.02)
            enter(client, desk)
            yield Bench(url, desk, client)
    finally:
        server.should_exit = True
        thread.join(10)
        desk.close()


def stranger(url: str) -> httpx.Client:
    """Somebody who has not signed in. Nobody's certificate is read: that takes longer than most tests."""
    return httpx.Client(base_url=url, timeout=60, verify=False)


def enter(client: httpx.Client, desk: Desk, purpose: str = PURPOSE) -> None:
    """Come in by a one-time link, as a person does, and state a purpose; later requests say where they come from."""
    answer = client.get("/enter", params={"key": desk.links.make()})
    assert answer.status_code == 303, answer.text
    client.headers["origin"] = str(client.base_url).rstrip("/")
    if purpose:
        assert client.post("/purpose", data={"why": purpose}).status_code == 303


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated world and a workspace that was run over it: ``ads.jsonl``, ``truth/`` and ``workspace/``."""

    def make(home: Path) -> None:
        simulate(home, ads=ADS, seed=7)
        place = Workspace.create(home / "workspace")
        ingest(place, [home / "ads.jsonl"], IngestOptions("ad", "simulated"))
        run(place)
        ensure_index(place)  # every copy of it is served

    return once(tmp_path_factory, "web-world", make)


@pytest.fixture(scope="session")
def bench(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A workbench to read from, shared by all tests of a worker."""
    place = tmp_path_factory.mktemp("bench") / "workspace"
    shutil.copytree(world / "workspace", place)
    with served(place) as found:
        yield found


@pytest.fixture
def own_bench(world: Path, tmp_path: Path) -> Iterator[Bench]:
    """A workbench of this test alone, to change things in."""
    shutil.copytree(world / "workspace", tmp_path / "workspace")
    with served(tmp_path / "workspace") as found:
        yield found


@pytest.fixture(scope="session")
def _empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "web-empty", lambda home: ensure_index(Workspace.create(home / "workspace")))


@pytest.fixture
def empty_bench(_empty: Path, _migrated_file: Path, tmp_path: Path) -> Iterator[Bench]:
    """A workbench over a workspace that holds nothing yet."""
    shutil.copytree(_empty / "workspace", tmp_path / "workspace")
    shutil.copy(_migrated_file, tmp_path / "workspace")
    with served(tmp_path / "workspace") as found:
        yield found


def chromium() -> str:
    """The browser that captures take, but one without windows if there is one, where a page costs a quarter."""
    return shutil.which("chromium-headless-shell") or browser_path()


@pytest.fixture
def page(browser, request):  # type: ignore[no-untyped-def]
    """A window of 1280 by 900; a script error or a breach of the pages' policy fails the test.

    It is signed in to the benches that the test asks for, with a purpose.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on(
        "console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None
    )
    for name in request.fixturenames:
        if name not in ("page", "browser", "request") and isinstance(there := request.getfixturevalue(name), Bench):
            come_in(opened, there)
    yield opened
    context.close()
    assert wrong == []


def come_in(page, bench: Bench) -> None:  # type: ignore[no-untyped-def]
    """Give the browser the cookie of a session with a purpose; `come_in_by_link` clicks its way in."""
    with stranger(bench.url) as client:
        enter(client, bench.desk)
        kept = [{"name": name, "value": value, "url": bench.url} for name, value in client.cookies.items()]
    page.context.add_cookies([cookie | {"httpOnly": True, "sameSite": "Strict"} for cookie in kept])


def come_in_by_link(page, bench: Bench, purpose: str = PURPOSE) -> None:  # type: ignore[no-untyped-def]
    """Follow a one-time link in the browser and state a purpose, as a person does."""
    page.context.clear_cookies()
    page.goto(f"{bench.url}/enter?key={bench.desk.links.make()}")
    page.goto(f"{bench.url}/purpose")
    page.fill("textarea[name=why]", purpose)
    page.click("text=State this purpose")
    page.wait_for_url("**/leads")


def shot(page, name: str) -> None:  # type: ignore[no-untyped-def]
    """Keep a picture of the page as an artefact of CI."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SHOTS / f"{name}.png"))
