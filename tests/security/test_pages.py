"""Every page over hostile material, in a real Chromium: no script of it runs, nothing is asked elsewhere."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import quote, urlsplit

import pytest
from tests.security.conftest import ACCOUNT, FORMULA, MARKUP, SCRIPT, SITES, TALK, Hostile
from tests.web.conftest import come_in

from clew.web.access import rules
from clew.web.pages import ROUTERS

# Pages that show nothing of the material, or lead elsewhere; each is tested in tests/web.
ELSEWHERE = {
    "/enter", "/sign-in", "/sign-in/provider", "/sign-in/provider/back", "/enter/another", "/styleguide",
    "/accounts/{name}", "/records/{name}/pictures/{number}",
    "/networks/{name}/job", "/cases/{case_id}/job",
}  # fmt: skip
# Links of drawings too, whose addresses are no plain texts.
LED = """[...document.querySelectorAll('a[href], form[action]')]
    .map(a => new URL(a.getAttribute('href') ?? a.action, document.baseURI).href)"""
FIRST_CELL = re.compile(r"[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def addresses(hostile: Hostile) -> dict[str, str]:
    """Every route of a page to an address that shows the material."""
    client = hostile.bench.client
    explored = client.post("/explore", data={"record": hostile.record_id}).headers["location"]
    names = {
        "network_id": hostile.network_id, "template_id": hostile.template_id, "case_id": hostile.case_id,
        "exhibit_id": hostile.exhibit_id, "note_id": hostile.note_id, "seq": "1",
        "number": explored.rpartition("/")[2],
    }  # fmt: skip
    found = {}
    for declared in rules(ROUTERS):
        methods, path = declared.split(" ")
        if "GET" not in methods or path in ELSEWHERE:
            continue
        kind = path.split("/")[1]
        name = {"records": hostile.record_id, "networks": hostile.network_id, "runs": "R0001", "sites": SITES[0],
                "conversations": TALK, "money": ACCOUNT}.get(kind, "x")  # fmt: skip
        found[path] = re.sub(r"\{(\w+)(?::path)?\}", lambda part, name=name: quote(names.get(part[1], name)), path)
    clones = "/sites/{name}/clones/{template_id}"
    found[clones] = f"/sites/{SITES[0]}/clones/{hostile.copied_id}"
    found["/search"] += f"?q={quote(MARKUP)}"
    found["/sources/add"] += f"?file={hostile.bench.client.kept}"  # type: ignore[attr-defined]
    found["/cases/add"] += f"?what={hostile.network_id}&back=/leads"
    for more in ("/networks/{name}/links/decide",):
        with hostile.bench.desk.session() as engine:
            a, b = engine.row("SELECT a.record_id AS a, b.record_id AS b FROM links l JOIN records a ON a.rid = rid_a "
                              "JOIN records b ON b.rid = rid_b LIMIT 1")  # fmt: skip
        found[more] += f"?a={a}&b={b}&state=rejected"
    found["/leads#found"] = f"/leads?place={quote(MARKUP)}&state=any"
    found["/search#number"] = "/search?q=%2B32470123401"
    found["/quarantine#file"] = f"/quarantine?reason={quote(MARKUP)}"
    found["/audit#text"] = f"/audit?text={quote(MARKUP)}"
    return found


@pytest.fixture(scope="module")
def places(hostile: Hostile) -> dict[str, str]:
    upload = {"upload": (f"{MARKUP}.csv", f"{MARKUP},title\n{MARKUP},{FORMULA}\n".encode())}
    sent = hostile.bench.client.post("/sources/file", files=upload, data={"source": MARKUP[:100]})
    hostile.bench.client.kept = re.search("file=([^&]+)", sent.headers["location"])[1]  # type: ignore[attr-defined, index]
    return addresses(hostile)


def test_no_page_runs_anything_of_the_material(hostile: Hostile, places: dict[str, str], browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    wrong: list[str] = []
    here = [""]
    page.on("pageerror", lambda error: wrong.append(f"{here[0]}: {error}"))
    page.on("dialog", lambda dialog: wrong.append(f"{here[0]}: {dialog.message}"))
    page.on("console", lambda said: wrong.append(f"{here[0]}: {said.text}") if "Security Policy" in said.text else None)
    own = urlsplit(hostile.bench.url).netloc
    page.on(
        "request",
        lambda asked: (
            wrong.append(f"{here[0]} asks {asked.url}")
            if urlsplit(asked.url).scheme not in ("data", "blob") and urlsplit(asked.url).netloc != own
            else None
        ),
    )
    come_in(page, hostile.bench)
    shown = 0
    for route, address in places.items():
        if route.endswith(".csv"):
            continue
        here[0] = route
        answer = page.goto(f"{hostile.bench.url}{address}", wait_until="load")
        if answer is None or answer.status != 200:
            wrong.append(f"{route} answers {answer and answer.status}")
        assert page.evaluate("window.taken === undefined && document.querySelector('iframe') === null"), route
        # Scripts are the workbench's own; no link runs one.
        assert page.evaluate("[...document.scripts].every(s => new URL(s.src).pathname.startsWith('/static/'))"), route
        led = page.evaluate(LED)
        assert not [link for link in led if urlsplit(link).netloc != own], (route, led)
        assert page.evaluate("[...document.querySelectorAll('*')].every(e => ![...e.attributes].some("
                             "a => a.name.startsWith('on')))"), route  # fmt: skip
        shown += SCRIPT in page.content()
    context.close()
    assert wrong == []
    assert shown > 15  # the material really stands on the pages


def test_no_file_that_leaves_holds_a_formula(hostile: Hostile, places: dict[str, str]) -> None:
    files = [address for route, address in places.items() if route.endswith(".csv")]
    held = 0
    for address in [*files, "/leads.csv?state=any"]:
        answer = hostile.bench.client.get(address)
        assert answer.status_code == 200, (address, answer.text[:200])
        text = answer.content.decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline="")):
            for cell in row:
                # A spreadsheet may split at other characters than Clew meant.
                for part in re.split(r"[;\t|\r\n]", cell):
                    bare = part.strip(" \"'") if part is not cell else part
                    number = re.fullmatch(r"-?[0-9.]+(e-?[0-9]+)?", cell)
                    started = FIRST_CELL.match(part.lstrip(' "'))
                    assert number or not started, (address, cell, bare)
        held += "cmd|" in text
    assert len(files) > 8 and held
