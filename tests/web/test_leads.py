"""The queue in a browser and by its API: read, decided in with the keyboard, saved, downloaded, learned from."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import served, shot

from clew.cases.triage import decide, history
from clew.ingest.stage import IngestOptions
from clew.model.actor import Actor
from clew.model.errors import InputError
from clew.pipeline.ingest import ingest
from clew.query.queue import choices
from clew.store.workspace import Workspace
from clew.web.asked import parse
from clew.web.charts import meter
from clew.web.triage import board, past, take

ANN = Actor("ann", frozenset(("analyst",)), "workbench")


def listed(bench, query: str = "") -> list[dict]:
    found: list[dict] = []
    while True:
        answer = bench.client.get(f"/api/v1/leads?limit=200&offset={len(found)}&{query}")
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if len(found) == answer.json()["total"]:
            return found


def names_on(page) -> list[str]:
    return page.eval_on_selector_all("[data-network]", "rows => rows.map(r => r.dataset.network)")


def short(bench) -> str:
    """The address of a short list: axe looks at every element, and rows are alike."""
    with bench.desk.session() as engine:
        for kind in ("language", "platform", "place"):
            for choice in choices(engine)[kind]:
                if 5 <= choice.leads <= 12:
                    return f"{bench.url}/leads?{kind}={quote(choice.value)}"
    pytest.fail("no filter leaves a short list")


def settled(page) -> None:
    page.wait_for_function("!document.querySelector('.htmx-request')")


def test_the_api_lists_pages_and_counts(bench):
    whole = bench.client.get("/api/v1/leads").json()
    first = whole["items"][0]
    assert whole["offset"] == 0 and whole["limit"] == 50 and whole["total"] == len(listed(bench)) > 20
    assert first["rank"] == 1 and first["state"] == "new" and first["reason"].endswith(".")
    part = bench.client.get("/api/v1/leads?offset=3&limit=2&sort=priority").json()["items"]
    assert [lead["rank"] for lead in part] == [4, 5]
    assert bench.client.get("/api/v1/leads?state=confirmed").json()["total"] == 0
    place = first["places"][0]
    assert all(place in _all_places(bench, lead) for lead in listed(bench, f"place={place}"))


def _all_places(bench, lead) -> list[str]:
    with bench.desk.session() as engine:
        found = engine.sql("SELECT places FROM queue WHERE network_id = $n", params={"n": lead["network_id"]})
    return found["places"][0].as_py()


def test_a_place_that_no_lead_names_leads_to_those_written_nearly_so(bench, page):
    with bench.desk.session() as engine:
        place = choices(engine)["place"][0].value
    name = place.split(", ")[0]
    page.goto(f"{bench.url}/leads?place={quote(name[:-1])}")
    assert page.locator(".empty h2").inner_text() == f"No lead names the place {name[:-1]}"
    page.locator(".empty").get_by_role("link", name=place, exact=True).click()
    assert names_on(page)
    assert "&lt;b&gt;" in bench.client.get("/leads?place=<b>").text


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "offset=-1", "sort=worst", "state=open", "since=soon", f"place={'x' * 201}"]
)
def test_parameters_are_bounded(bench, query):
    answer = bench.client.get(f"/api/v1/leads?{query}")
    assert answer.status_code == 422 and set(answer.json()) == {"error", "todo"}
    assert bench.client.get(f"/leads?{query}").status_code == (422 if "limit" not in query else 200)


def test_one_lead_and_what_is_none(bench):
    name = listed(bench)[0]["network_id"]
    detail = bench.client.get(f"/api/v1/leads/{name}").json()
    assert detail["lead"]["network_id"] == name and detail["decisions"] == []
    assert sum(r["points"] for r in detail["reasons"]) == pytest.approx(detail["lead"]["priority"])
    for path in ("N000000000000", "%00", "x'--"):
        assert bench.client.get(f"/api/v1/leads/{path}").status_code == 404
        assert bench.client.post(f"/api/v1/leads/{path}/triage", json={"state": "confirmed"}).status_code == 404
    assert bench.client.get("/leads/N000000000000/triage").status_code == 404


def test_decisions_by_the_api(own_bench):
    name = listed(own_bench)[0]["network_id"]
    url = f"/api/v1/leads/{name}/triage"
    assert own_bench.client.post(url, json={"state": "dismissed"}).status_code == 400
    assert own_bench.client.post(url, json={}).status_code == 400
    assert own_bench.client.post(url, json={"undo": True}).status_code == 400
    assert own_bench.client.post(url, json={"state": "burnt"}).status_code == 422
    made = own_bench.client.post(url, json={"state": "dismissed", "reason": "spam", "assignee": "ann"}).json()
    assert (made["state"], made["reason"], made["assignee"], made["who"], made["nth"]) == (
        "dismissed", "spam", "ann", "tester", 1,
    )  # fmt: skip
    assert made["records"] == listed(own_bench, "state=dismissed")[0]["records"]
    assert own_bench.client.post(url, json={"undo": True}).json()["state"] == "new"
    assert len(own_bench.client.get(f"/api/v1/leads/{name}").json()["decisions"]) == 2


def test_the_order_learns_from_decisions(own_bench):
    assert own_bench.client.get("/api/v1/weights").json()["active"] is False
    with own_bench.desk.session() as engine:
        leads = engine.sql("SELECT network_id, indicators FROM queue ORDER BY rank LIMIT 30").to_pylist()
    shown = Counter(name for lead in leads for name in lead["indicators"])
    sign = min(shown, key=lambda name: (abs(shown[name] - 15), name))  # that about half of them show
    for lead in leads:
        state = "confirmed" if sign in lead["indicators"] else "dismissed"
        decide(own_bench.desk.db, lead["network_id"], ANN, state, "for a test")
    weights = own_bench.client.get("/api/v1/weights").json()
    assert weights["confirmed"] + weights["dismissed"] == 30
    factors = {w["indicator"]: w["factor"] for w in weights["weights"]}
    assert weights["active"] and factors[sign] > 1
    assert all(w["learned_points"] == round(w["points"] * w["factor"], 3) for w in weights["weights"])
    learned = listed(own_bench, "sort=learned")
    assert [lead["place"] for lead in learned] == list(range(1, len(learned) + 1))
    assert [lead["score"] for lead in learned] == sorted((lead["score"] for lead in learned), reverse=True)
    assert [lead["rank"] for lead in learned] != [lead["rank"] for lead in listed(own_bench, "sort=priority")]
    text = own_bench.client.get("/leads/weights").text
    assert "Learned from 30 decisions" in text and "a person decides" in text


@pytest.mark.parametrize("name", ["leads", "leads-weights"])
def test_pages_have_no_fault_that_axe_finds(bench, page, name):
    page.goto(short(bench) if name == "leads" else f"{bench.url}/leads/weights")
    shot(page, name)
    assert faults(page) + faults_in_the_dark(page) == []
    shot(page, f"{name}-dark")


def test_the_tablet_and_the_dialog_have_no_fault_either(bench, page):
    page.set_viewport_size({"width": 820, "height": 1180})
    page.goto(short(bench))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, "leads-tablet")
    assert faults(page) == []
    page.keyboard.press("d")
    shot(page, "leads-dismiss")


def test_triage_with_the_keyboard_alone(own_bench, page):
    page.goto(short(own_bench))
    a, b, c, d = names_on(page)[:4]
    top = page.locator("[data-network]").first.bounding_box()
    heights = "rows => rows.slice(0, 5).map(r => r.getBoundingClientRect().height)"
    before = page.eval_on_selector_all("[data-network]", heights)
    count = int(re.sub(r"\D", "", page.locator("[data-count=new]").inner_text()))

    page.keyboard.press("c")
    page.wait_for_selector(f"[data-network={a}] [data-state=confirmed]")
    assert page.locator(f"[data-network={b}][aria-selected=true]").count() == 1
    assert f"{a}: confirmed." in page.locator("#notices").inner_text()

    page.keyboard.press("d")
    page.keyboard.press("Enter")
    assert page.locator("#dismiss .wrong").inner_text() == "Choose a reason or write one."
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"[data-network={b}] [data-state=dismissed]")
    assert history(own_bench.desk.db, b)[0].reason == "Spam or fraud with random contact data"

    page.keyboard.press("f")
    page.wait_for_selector(f"[data-network={c}] [data-state=deferred]")
    page.keyboard.press("a")
    page.keyboard.type("Ann <b>")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"[data-network={d}] .assignee")
    assert page.locator(f"[data-network={d}] .assignee").inner_text() == "Ann <b>"
    assert page.locator(f"[data-network={d}][aria-selected=true]").count() == 1

    assert page.locator("[data-count=new]").inner_text() == f"{count - 3:,}"
    assert page.locator("[data-network]").first.bounding_box() == top
    assert page.eval_on_selector_all("[data-network]", heights) == before  # nothing moved
    shot(page, "leads-decided")
    assert faults(page) == []


def test_undo_goes_back_over_what_was_decided_here(own_bench, page):
    page.goto(f"{own_bench.url}/leads")
    a, b = names_on(page)[:2]
    for name in (a, b):
        page.keyboard.press("c")
        page.wait_for_selector(f"[data-network={name}] [data-state=confirmed]")
    for name in (b, a):
        page.keyboard.press("u")
        page.wait_for_selector(f"[data-network={name}] [data-state=new]")
        assert page.locator(f"[data-network={name}][aria-selected=true]").count() == 1
    assert [(d.state, d.undoes) for d in history(own_bench.desk.db, a)] == [("confirmed", None), ("new", 1)]


def test_keys_do_nothing_while_one_writes(own_bench, page):
    page.goto(f"{own_bench.url}/leads")
    page.locator("input[name=place]").focus()
    page.keyboard.type("cdfu")
    settled(page)
    assert page.locator("input[name=place]").input_value() == "cdfu"
    assert page.locator("dialog[open]").count() == 0 and page.locator("[data-state=confirmed]").count() == 0


def test_enter_opens_the_selected_lead(bench, page):
    page.goto(f"{bench.url}/leads")
    second = names_on(page)[1]
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/networks/{second}")


def test_a_refused_decision_is_told(own_bench, page):
    # asked for before the page is there: a page that is open sends its first requests past a new route
    page.route("**/triage", lambda route: route.fulfill(status=400, body="<p>No <b>such</b> thing.</p>"))
    page.goto(f"{own_bench.url}/leads")
    page.keyboard.press("c")
    page.wait_for_selector("#notices .bad")
    assert page.locator("#notices").inner_text() == "No such thing."


def test_everything_works_without_script(own_bench):
    client = own_bench.client
    name = listed(own_bench)[0]["network_id"]
    assert f'action="/leads/{name}/triage"' in client.get("/leads").text
    refused = client.post(f"/leads/{name}/triage", data={"do": "dismiss"})
    assert refused.status_code == 400 and "A dismissal needs a reason." in refused.text
    sent = {"do": "dismiss", "reason": "", "other": "not this <one>", "back": "place=Rome%2C+IT&evil=//x"}
    answer = client.post(f"/leads/{name}/triage", data=sent)
    assert answer.status_code == 303 and answer.headers["location"] == "/leads?place=Rome%2C+IT"
    page = client.get(f"/leads/{name}/triage").text
    assert "not this &lt;one&gt;" in page and "tester" in page
    assert client.post(f"/leads/{name}/triage", data={"do": "reopen"}).status_code == 303
    assert listed(own_bench)[0]["state"] == "new"
    assert client.post(f"/leads/{name}/triage", data={"do": "burn"}).status_code == 422


def test_filters_narrow_and_say_so(bench, page):
    page.goto(f"{bench.url}/leads")
    page.select_option("select[name=form]", "labour")
    page.fill("input[name=place]", "")
    page.get_by_role("button", name="Filter").click()
    assert "form=labour" in page.url
    rows = listed(bench, "form=labour")
    assert page.locator("[data-count=new]").inner_text() == f"{len(rows):,}"
    page.get_by_role("link", name="Clear").click()
    assert "form" not in page.url


def test_a_filter_that_nothing_fits_says_what_to_do(bench, page):
    page.goto(f"{bench.url}/leads?platform=Nowhere")
    expect(page.get_by_role("heading", name="No lead fits this filter")).to_be_visible()
    assert faults(page) == []


def test_an_empty_workspace_says_what_to_do(empty_bench, page):
    page.goto(f"{empty_bench.url}/leads")
    expect(page.get_by_role("heading", name="Nothing to look at yet")).to_be_visible()
    expect(page.get_by_role("link", name="Add records")).to_be_visible()
    shot(page, "leads-empty")
    assert faults(page) == []
    assert empty_bench.client.get("/api/v1/leads").json() == {"items": [], "total": 0, "offset": 0, "limit": 50}
    assert empty_bench.client.get("/leads/weights").status_code == 200


def test_records_without_a_run_say_what_to_do(tmp_path):
    source = tmp_path / "a.jsonl"
    source.write_text('{"id": "1", "text": "Room to let from Monday, quiet street."}\n')
    ingest(Workspace.create(tmp_path / "w"), [source], IngestOptions("ad", "made up"))
    with served(tmp_path / "w") as bench:
        text = bench.client.get("/leads").text
    assert "No run yet" in text and "No run has looked at the 1 record here." in text


def test_views_are_saved_and_forgotten(own_bench, page):
    page.goto(f"{own_bench.url}/leads?form=labour&sort=size")
    page.locator(".keep summary").click()
    page.get_by_label("Name of the view").fill("Work <i>")
    page.get_by_role("button", name="Save", exact=True).click()
    view = page.locator(".view a")
    assert view.inner_text() == "Work <i>" and view.get_attribute("href") == "/leads?form=labour&sort=size"
    assert view.get_attribute("aria-current") == "page"
    page.get_by_role("button", name="Forget the view Work <i>").click()
    page.wait_for_load_state()
    assert page.locator(".view").count() == 0
    assert own_bench.client.post("/leads/views", data={"name": " "}).status_code == 400


def test_the_download_is_the_list_and_runs_nothing(own_bench):
    name = listed(own_bench)[0]["network_id"]
    decide(own_bench.desk.db, name, ANN, "deferred", assignee="=HYPERLINK(1)")
    answer = own_bench.client.get("/leads.csv?state=any&sort=priority")
    assert (
        answer.headers["content-type"].startswith("text/csv") and "leads.csv" in answer.headers["content-disposition"]
    )
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    wanted = listed(own_bench, "sort=priority")
    assert [row["network_id"] for row in rows] == [lead["network_id"] for lead in wanted]
    assert (rows[0]["state"], rows[0]["assignee"]) == ("deferred", "'=HYPERLINK(1)")
    assert rows[1]["reason"] == wanted[1]["reason"]


def test_a_merged_network_keeps_its_history(own_bench):
    into, other = (lead["network_id"] for lead in listed(own_bench)[:2])
    decide(own_bench.desk.db, "Naaaaaaaaaaaa", ANN, "confirmed", "seen before")
    index = next((own_bench.desk.path / "index").glob("*.duckdb"))
    with own_bench.desk.session() as engine:
        assert index.stem == engine.row("SELECT current_database()")[0]
        engine.run("CREATE TEMP TABLE anchors AS FROM main.anchors")
        engine.run(
            f"INSERT INTO anchors VALUES ('Naaaaaaaaaaaa', 1, 3, 'Nbbbbbbbbbbbb'), ('Nbbbbbbbbbbbb', 2, 3, '{into}')"
        )
        assert {heir: d.state for heir, d in board(own_bench.desk, engine).earlier.items()} == {into: "confirmed"}
        assert [(d.network_id, d.reason) for d in past(own_bench.desk, engine, into)] == [
            ("Naaaaaaaaaaaa", "seen before")
        ]
        assert past(own_bench.desk, engine, other) == []
        with pytest.raises(InputError, match=f"was merged into {into}"):
            take(own_bench.desk, engine, ANN, "Naaaaaaaaaaaa", "confirmed")


def test_query_strings_are_read_leniently_and_written_short():
    asked = parse("place=Gent%2C+BE&since=2026-01-02&until=nope&state=any&sort=size&x=1")
    assert asked.href() == "/leads?place=Gent%2C+BE&since=2026-01-02&state=any&sort=size"
    assert asked.href(place="", state="new", sort="learned", since="") == "/leads"
    assert parse("state=bad&sort=bad&since=0").href() == "/leads"


def test_tab_goes_on_from_the_row_that_a_key_selected(bench, page):
    page.goto(f"{bench.url}/leads")
    within = "document.activeElement.closest('[data-row]')?.getAttribute('aria-selected')"
    for keys in (("j", "j"), ("j",), ("k",)):
        for key in keys:
            page.keyboard.press(key)
        assert page.evaluate(within) is None  # Enter opens the selected row, not one that was left
        page.keyboard.press("Tab")
        assert page.evaluate(within) == "true"
    page.keyboard.press("Tab")
    assert page.evaluate(within) == "true"  # goes on within it


def test_a_decision_counts_at_once_and_what_says_so_covers_no_button(own_bench, page):
    page.goto(f"{own_bench.url}/leads")
    expect(page.locator("[data-learned]")).to_contain_text("0 confirmed and 0 dismissed")
    page.keyboard.press("c")
    expect(page.locator("[data-learned]")).to_contain_text("1 confirmed and 0 dismissed")
    said = page.locator("#notices .notice").bounding_box()
    assert said["x"] + said["width"] < page.locator("td.state").first.bounding_box()["x"]


@pytest.mark.parametrize(("since", "until", "told"), [
    ("2026-05-01", "2026-01-01", True), ("2026-01-01", "2026-01-01", False), ("2026-05-01", "", False),
])  # fmt: skip
def test_days_the_wrong_way_round_are_told(bench, since, until, told):
    for path in ("/leads", "/audit"):
        answer = bench.client.get(path, params={"since": since, "until": until})
        assert answer.status_code == 200 and ("The last day is before the first" in answer.text) == told
    answer = bench.client.get("/api/v1/leads", params={"since": since, "until": until})
    assert answer.status_code == (400 if told else 200)
    assert not told or answer.json()["error"] == "The last day, 2026-01-01, is before the first, 2026-05-01."


def test_what_lowers_is_not_drawn_like_what_raises():
    raises, lowers = meter(3, 9, "up", 90), meter(-3, 9, "down", 90)
    assert '<rect class="part" width="30.0"' in raises
    assert '<rect class="part minus" x="60.0" width="30.0"' in lowers
