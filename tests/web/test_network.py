"""A network's page in a real browser: every tab, triage, and a link that is rejected so that the network splits."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import expect
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import shot

TABS = ("", "/identities", "/roles", "/assets", "/records", "/links")
PAGES = (*TABS, "/dossier")


def ask(bench, query: str) -> list[tuple]:
    with bench.desk.session() as engine:
        return [tuple(row.values()) for row in engine.sql(query).to_pylist()]


def top(bench) -> str:
    return str(ask(bench, "SELECT network_id FROM leads WHERE rank = 1")[0][0])


def small(bench) -> str:
    """A lead of few records: axe looks at every element."""
    query = "SELECT network_id FROM leads JOIN networks USING (net, network_id) WHERE records BETWEEN 8 AND 24"
    return str(ask(bench, f"{query} ORDER BY rank LIMIT 1")[0][0])


def rows(bench, path: str) -> list[list[str]]:
    answer = bench.client.get(path)
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("tab", PAGES)
def test_no_tab_has_a_fault_that_axe_finds(bench, page, tab):
    page.goto(f"{bench.url}/networks/{small(bench)}{tab}")
    shot(page, f"network{tab.replace('/', '-') or '-why'}")
    assert faults(page) + faults_in_the_dark(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("tab", PAGES)
def test_a_tablet_needs_no_sideways_scrolling(bench, page, tab):
    page.set_viewport_size({"width": 820, "height": 1100})
    page.goto(f"{bench.url}/networks/{top(bench)}{tab}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_network_opens_in_every_tab(bench):
    """The smallest, the largest, and some that are no lead."""
    for (name,) in ask(
        bench,
        """(SELECT network_id FROM networks ORDER BY records, network_id LIMIT 2) UNION ALL
           (SELECT network_id FROM networks ORDER BY records DESC, network_id LIMIT 2) UNION ALL
           (SELECT network_id FROM networks WHERE network_id NOT IN (SELECT network_id FROM leads)
            ORDER BY records DESC, network_id LIMIT 2)""",
    ):
        for tab in PAGES:
            answer = bench.client.get(f"/networks/{name}{tab}")
            assert answer.status_code == 200 and name in answer.text, tab


def test_a_finding_opens_to_the_characters_it_rests_on(bench, page):
    name = top(bench)
    page.goto(f"{bench.url}/networks/{name}")
    found = bench.client.get(f"/api/v1/networks/{name}/findings").json()["items"]
    (first,) = [g for g in found if g["quotes"] and g["quotes"][0]["quote"]][:1]
    reason = page.locator(".reason").filter(has_text=first["reason"]["sentence"]).first
    opener = reason.locator("summary").first
    if not reason.locator("details").first.evaluate("d => d.open"):
        opener.click()
    assert reason.locator("mark").first.inner_text() == first["quotes"][0]["quote"]
    assert reason.get_by_text(first["reason"]["caution"]).count() == 1
    (body,) = ask(bench, f"SELECT {first['quotes'][0]['field']} FROM records WHERE record_id = "
                         f"'{first['quotes'][0]['record_id']}'")[0]  # fmt: skip
    assert first["quotes"][0]["quote"] in body
    reason.locator("a[href^='/records/']").first.click()
    assert page.url.endswith(f"/records/{first['quotes'][0]['record_id']}")


def test_what_prints_is_a_dossier(bench, page):
    page.goto(f"{bench.url}/networks/{top(bench)}")
    page.emulate_media(media="print")
    closed = page.locator(".reason details:not([open])").first
    expect(closed.locator("p, ul").first).to_be_visible()
    assert not page.locator(".actions").first.is_visible() and not page.locator(".tabs").is_visible()


def test_records_of_a_finding_only(bench):
    net, indicator, count = ask(
        bench,
        """SELECT any_value(network_id), indicator, count(*) FROM findings JOIN networks USING (net)
           WHERE subject_kind = 'record' GROUP BY net, indicator ORDER BY 3 DESC, 1, 2 LIMIT 1""",
    )[0]
    answer = bench.client.get(f"/api/v1/networks/{net}/records?finding={indicator}&limit=1").json()
    assert answer["total"] == count and len(answer["items"]) == 1
    assert f"{count:,} record" in bench.client.get(f"/networks/{net}/records?finding={indicator}").text


def test_every_table_is_a_file_in_which_nothing_runs(bench):
    name = top(bench)
    for table in ("findings", "identities", "roles", "assets", "prices", "records", "links"):
        found = rows(bench, f"/networks/{name}/{table}.csv")
        assert len({len(row) for row in found}) == 1
        for value in (value for row in found for value in row):
            assert not value.startswith(("=", "@")) and (value[:1] not in "+-" or not re.match(r"[+-]\D|\+", value))
    ((records,),) = ask(bench, f"SELECT records FROM networks WHERE network_id = '{name}'")
    assert len(rows(bench, f"/networks/{name}/records.csv")) == records + 1


def test_keys_confirm_and_a_dismissal_needs_a_reason(own_bench, page):
    name = top(own_bench)
    page.goto(f"{own_bench.url}/networks/{name}/roles")
    page.keyboard.press("c")
    page.wait_for_selector(".tag.good")
    page.wait_for_load_state()  # keys are heard once the page's script has run
    assert page.url.endswith("/roles") and "by tester" in page.locator(".network-head").inner_text()
    page.keyboard.press("d")
    page.get_by_role("button", name="Dismiss", exact=True).click()
    assert page.locator(".tag.good").count() == 1  # the browser asks for a reason
    page.get_by_label("Why is this no lead?").fill("Known agency <b>")
    page.get_by_role("button", name="Dismiss", exact=True).click()
    page.wait_for_selector(".tag.bad")
    expect(page.get_by_text("Reason: Known agency <b>")).to_be_visible()
    answer = own_bench.client.post(f"/networks/{name}/triage", data={"state": "dismissed", "reason": " "})
    assert answer.status_code == 400 and "A dismissal needs a reason." in answer.text
    page.get_by_role("button", name="Take back").click()
    page.wait_for_selector(".tag.good")


def test_no_key_acts_while_the_reason_of_a_dismissal_is_written(own_bench, page):
    name = top(own_bench)
    page.goto(f"{own_bench.url}/networks/{name}")
    page.keyboard.press("d")
    expect(page.get_by_label("Why is this no lead?")).to_be_focused()
    page.keyboard.type("copied from 1f")
    expect(page.get_by_label("Why is this no lead?")).to_have_value("copied from 1f")
    page.get_by_text("It stays to be read").click()  # now nothing has the focus
    page.keyboard.type("cf1")
    assert page.url.endswith(f"/networks/{name}") and page.locator(".network-head .tag").inner_text() == "new"
    page.keyboard.press("Escape")
    expect(page.locator("details.pops")).not_to_have_attribute("open", "")
    page.keyboard.press("d")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Dismiss d")).to_be_focused()


def test_a_change_leads_back_into_the_network_only(own_bench):
    name = top(own_bench)
    answer = own_bench.client.post(f"/networks/{name}/triage", data={"state": "confirmed", "back": "//evil.example/"})
    assert answer.status_code == 303 and answer.headers["location"] == f"/networks/{name}"


def test_a_rejected_link_splits_the_network_and_can_be_taken_back(own_bench, page):
    name, total = ask(own_bench, "SELECT network_id, records FROM leads JOIN networks USING (net, network_id) "
                                 "WHERE records BETWEEN 10 AND 60 ORDER BY rank LIMIT 1")[0]  # fmt: skip
    page.goto(f"{own_bench.url}/networks/{name}/links")
    page.locator("[data-key=r]").first.click()
    said = page.locator("#preview + p").inner_text()
    first, second = (int(n) for n in re.findall(r"(\d+) record", said))
    assert first + second == total and first and second
    shot(page, "network-link")
    assert faults(page) == []
    page.get_by_label("Reason").fill("Two people: other pictures")
    page.get_by_role("button", name="Reject and run").click()
    expect(page.get_by_text("A run that obeys it has begun.")).to_be_visible()
    page.wait_for_selector("[data-split]", timeout=240_000)  # the page loads itself anew
    split = str(page.locator("[data-split]").first.get_attribute("data-split"))
    shot(page, "network-split")
    sizes = dict(ask(own_bench, f"SELECT network_id, records FROM networks WHERE network_id IN ('{name}', '{split}')"))
    assert sorted(sizes.values()) == sorted((first, second)) and sizes[name] == max(first, second)
    expect(page.get_by_text("“Two people: other pictures” tester")).to_be_visible()
    assert faults(page) == []
    page.locator("[data-split] a").first.click()
    page.get_by_text(f"Split: this network came out of {name}").wait_for()

    a, b = ask(own_bench, "SELECT record_a, record_b FROM decisions")[0]
    body = {"a": a, "b": b, "state": "none", "why": "It was one after all"}
    kept = own_bench.client.post(f"/api/v1/networks/{name}/links/decisions", json=body)
    assert kept.status_code == 200 and kept.json()["who"] == "tester"
    assert own_bench.desk.jobs.wait(kept.json()["job"]).state == "done"
    answer = own_bench.client.get(f"/networks/{split}/records")
    assert answer.status_code == 303 and answer.headers["location"] == f"/networks/{name}/records?was={split}"
    assert f"{split} went into this network" in own_bench.client.get(answer.headers["location"]).text
    page.goto(f"{own_bench.url}/networks/{name}/links/decide?a={a}&b={b}")
    told = page.get_by_role("region", name="What people said of it")
    expect(told.locator("li").first).to_contain_text("Taken back by tester (you)")
    expect(told.locator("li").nth(1)).to_contain_text("(a later decision holds)")
    assert faults(page) == []
    gone = own_bench.client.get(f"/api/v1/networks/{split}")
    assert gone.status_code == 404 and gone.json()["error"] == f"{split} went into {name}."


def test_other_work_lets_a_decision_wait(own_bench, monkeypatch):
    name = str(ask(own_bench, "SELECT network_id FROM networks ORDER BY records DESC, network_id LIMIT 1")[0][0])
    link = own_bench.client.get(f"/api/v1/networks/{name}/links?limit=1").json()["items"][0]
    a, b = link["a"]["record_id"], link["b"]["record_id"]
    own_bench.desk.jobs.start("A look", ["overview"])
    data = {"a": a, "b": b, "state": "accepted", "why": "Seen together"}
    answer = own_bench.client.post(f"/networks/{name}/links/decisions", data=data)
    assert answer.status_code == 303 and answer.headers["location"].endswith("kept=wait")
    assert own_bench.desk.workspace.segments("decisions")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/networks/N0", 404), ("/networks/%27%3B--", 404), ("/networks/%00", 404), ("/networks/N0/records.csv", 404),
        ("/networks/{}/records?offset=-1", 422), ("/networks/{}/records?order=up", 422),
        ("/networks/{}/links/decide?a=1&b=2", 422), (f"/networks/{{}}/links/decide?a={'0' * 32}&b={'f' * 32}", 400),
        ("/networks/{}/identities?offset=9999", 200), ("/networks/{}/identities?kind=%3Cscript%3E", 200),
        ("/networks/{}/records?offset=9999999", 200), ("/networks/{}/links?offset=9999999", 200),
        ("/networks/{}?was=%3Cscript%3Ealert(1)%3C/script%3E", 200), ("/networks/{}/job?number=99", 200),
    ],
)  # fmt: skip
def test_odd_addresses_have_plain_answers(bench, path, code):
    answer = bench.client.get(path.format(top(bench)))
    assert answer.status_code == code and "<script>" not in answer.text
    if code == 404 and not path.endswith("csv"):
        assert "There is no network" in answer.text


@pytest.mark.parametrize(
    ("change", "code"),
    [({"state": "maybe"}, 422), ({"why": ""}, 422), ({"why": "  "}, 400), ({"a": "0" * 32}, 400), ({"a": "xyz"}, 422)],
)
def test_a_decision_that_lacks_something_is_refused(bench, change, code):
    name = str(ask(bench, "SELECT network_id FROM networks ORDER BY records DESC, network_id LIMIT 1")[0][0])
    link = bench.client.get(f"/api/v1/networks/{name}/links?limit=1").json()["items"][0]
    body = {"a": link["a"]["record_id"], "b": link["b"]["record_id"], "state": "rejected", "why": "No"} | change
    answer = bench.client.post(f"/api/v1/networks/{name}/links/decisions", json=body)
    assert answer.status_code == code and answer.json()["error"]
    assert bench.desk.workspace.segments("decisions") == []


def test_the_api_gives_what_the_page_shows(bench):
    name = top(bench)
    found = bench.client.get(f"/api/v1/networks/{name}").json()
    assert found["head"]["network_id"] == name and found["lead"]["rank"] == 1
    links = bench.client.get(f"/api/v1/networks/{name}/links?offset=1&limit=2").json()
    assert links["total"] == found["head"]["links"] == found["head"]["records"] - 1 and len(links["items"]) == 2
    phones = bench.client.get(f"/api/v1/networks/{name}/identities?kind=phone&limit=200").json()["items"]
    assert {i["type"] for i in phones} == {"phone"} and len(phones) == found["head"]["phones"]
    assert bench.client.get(f"/api/v1/networks/{name}/assets").json().keys() == {"payees", "prices", "asked"}
