"""Conversations, sites, offers and the catalogue in a real browser."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import expect
from tests.recruiting import BOSS, CHAT, HOSTILE, LONG, SITES, UGLY, workspace
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import served, shot
from tests.web.people import browser_of, entries, people, sign_in

from clew.store.workspace import Workspace

TALK = f"/conversations/{quote(CHAT, safe='')}"
SITE = f"/sites/{SITES[0]}"


@pytest.fixture(scope="module")
def talks(tmp_path_factory):
    with served(workspace(tmp_path_factory).path) as found:
        yield found


def one(bench, query: str) -> str:
    with bench.desk.session() as engine:
        return str(engine.row(query)[0])


def record(bench, kind: str, like: str = "%") -> str:
    query = f"SELECT record_id FROM records WHERE kind = '{kind}' AND coalesce(body, '') LIKE '{like}' ORDER BY url"
    return f"/records/{one(bench, query)}"


def addresses(bench) -> dict[str, str]:
    return {
        "conversation": TALK,
        "conversations": "/conversations",
        "site": SITE,
        "sites": "/sites",
        "site-clone": one(bench, "SELECT '/sites/' || site || '/clones/' || template_id FROM site_clones ORDER BY 1"),
        "indicators": "/indicators",
        "offer": record(bench, "job_ad"),
        "message": record(bench, "message", "I keep your passport until%"),
        "network-conversations": one(
            bench,
            "SELECT '/networks/' || network_id || '/conversations' FROM talk_nets JOIN networks USING (net) "
            "JOIN talks USING (talk) ORDER BY confidence DESC",
        ),
    }


@pytest.mark.parametrize("name", [
    "conversation", "conversations", "site", "sites", "site-clone", "indicators", "offer", "message",
    "network-conversations",
])  # fmt: skip
def test_no_page_has_a_fault_that_axe_finds(talks, page, name):
    page.goto(talks.url + addresses(talks)[name])
    shot(page, name)
    assert faults(page) + faults_in_the_dark(page) == []
    page.set_viewport_size({"width": 820, "height": 1100})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_danger_stands_at_the_top_and_leads_to_the_message(talks, page):
    page.goto(talks.url + TALK)
    notice = page.get_by_role("alert")
    assert notice.inner_text().startswith("Read this now: ") and "threat" in notice.inner_text()
    notice.get_by_role("link").click()
    expect(page.locator("#m15")).to_be_visible()
    assert page.url.endswith("#m15")
    assert "I know where your mother lives" in page.locator("#m15 .said").inner_text()
    assert page.locator("#m15 .sense.alarm").count() >= 1


def test_a_network_says_that_its_conversation_must_be_read_now(talks, page):
    network = one(
        talks, "SELECT network_id FROM talk_nets JOIN networks USING (net) JOIN talks USING (talk) WHERE danger"
    )
    for tab in ("", "/links"):
        page.goto(f"{talks.url}/networks/{network}{tab}")
        notice = page.locator(".notice.urgent")
        assert notice.inner_text().startswith("Read this now: ") and "threat" in notice.inner_text()
        assert faults(page) == []
    notice.get_by_role("link").click()
    expect(page.get_by_role("alert")).to_contain_text("Read this now: ")
    calm = """SELECT network_id FROM networks
        WHERE net NOT IN (SELECT net FROM talk_nets JOIN talks USING (talk) WHERE danger)"""
    assert "Read this now" not in talks.client.get(f"/networks/{one(talks, calm)}").text


def test_a_sign_leads_to_its_indicator(talks, page):
    page.goto(talks.url + TALK)
    marked = "".join(page.locator("#m13 mark").all_inner_texts())
    assert "keep your passport" in marked and marked in page.locator("#m13 .said").inner_text()
    page.locator("#m13 .sense").get_by_text("papers are kept from their owner").click()
    assert page.url.endswith("/indicators#documents-held")
    assert "keeps the papers" in page.locator("#documents-held").inner_text()


def test_the_timeline_opens_messages_from_the_keyboard(talks, page):
    page.goto(talks.url + TALK)
    mark = page.locator(".lane a").filter(has_text="Documents held")
    assert mark.get_attribute("aria-label") == f"Documents held by {BOSS}: 1 message, from message 14"
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#m13")


def test_who_controls_is_on_the_left_with_the_caution(talks, page):
    page.goto(talks.url + TALK)
    assert page.locator(".message.left").count() == 11 and page.locator(".message.right").count() == 6
    panel = page.locator("section[aria-labelledby=control]")
    assert "Strong signs" in panel.inner_text() and "confidence 99 %" in panel.inner_text()
    assert "may be controlled by others" in panel.inner_text()
    panel.get_by_role("link", name="Message 14").click()
    assert page.url.endswith("#m13")


def test_files_are_named_and_never_shown(talks, page):
    page.goto(talks.url + TALK)
    assert "IMG-0001.jpg" in page.locator("#m7").inner_text() and page.locator("main img").count() == 0
    assert "deleted by the sender" in page.locator("#m12").inner_text()


def test_a_long_talk_comes_in_pages_and_s_jumps_to_the_next_sign(talks, page):
    page.goto(f"{talks.url}/conversations/{quote(LONG)}")
    assert page.locator(".message").count() == 200
    page.keyboard.press("s")
    page.wait_for_url("**offset=400#m431")
    expect(page.locator("#m431")).to_be_visible()
    assert page.locator(".message").count() == 50
    page.keyboard.press("p")
    page.wait_for_url("**offset=200")


def test_hostile_ids_and_texts_stay_text(talks, page):
    page.goto(f"{talks.url}/conversations?who=script")
    page.locator("td.talk a").first.click()
    page.wait_for_load_state()  # a click waits for the page, not for its styles, without which a long name is wide
    assert unquote(page.url.split("/conversations/")[1]) == UGLY
    assert page.title() != "taken" and page.locator("main img").count() == 0
    assert HOSTILE in page.locator("#m0 .said").inner_text() and HOSTILE in page.locator("#m0 .file").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"{talks.url}/sites/{SITES[2]}")
    assert HOSTILE in page.locator("main").inner_text() and page.title() != "taken"


@pytest.mark.parametrize("path", ["/conversations/none", "/sites/none", "/conversations/%00", f"{SITE}/clones/T0"])
def test_what_is_not_there_is_said_so(talks, path):
    answer = talks.client.get(path)
    assert answer.status_code == 404 and ("There is no" in answer.text or "No other site" in answer.text)


@pytest.mark.parametrize("path", ["/conversations?sort=worst", "/conversations?offset=-1", "/sites?sort=x",
                                  f"{TALK}?offset=x", f"/sites?name={'x' * 301}"])  # fmt: skip
def test_parameters_are_bounded(talks, path):
    assert talks.client.get(path).status_code == 422


def test_the_ledger_has_the_key_and_not_the_numbers(talks):
    with talks.desk.session() as engine:
        key = engine.rows("SELECT key FROM talks WHERE conversation_id = $c", c=CHAT)[0]["key"]
    assert talks.client.get(TALK).status_code == talks.client.get(f"/conversations/{key}").status_code == 200
    found = entries(talks, subject=f"conversation {key}")
    assert found and found[0].texts()["conversation"] == CHAT
    assert not any(BOSS[1:] in e.subject + e.details for e in entries(talks, act="view"))


def test_what_is_no_lead_takes_a_purpose(talks, tmp_path_factory):
    place = workspace(tmp_path_factory)
    with served(place.path) as bench:
        people(bench, ann="analyst")
        with browser_of(bench) as ann:
            assert sign_in(bench, ann, "ann").status_code == 303
            assert ann.get(TALK).status_code == 200  # its network is a lead
            for path in ("/conversations", "/conversations/77", "/sites", f"/sites/{SITES[2]}"):
                assert ann.get(path, headers={"accept": "text/html"}).status_code in (303, 403), path


def test_an_offer_shows_facts_and_findings_first(talks, page):
    page.goto(talks.url + addresses(talks)["offer"])
    facts = page.locator("dl[aria-label='The offer']").inner_text()
    assert "Brightpath" in facts and "3500 EUR per month" in facts and "Hospitality" in facts
    findings = page.locator("section[aria-labelledby=offer-findings]")
    assert findings.locator("li").count() >= 3 and findings.locator("mark").count() >= 3
    page.get_by_role("link", name=SITES[0]).first.click()
    assert page.url.endswith(SITE)


def test_a_message_leads_to_its_place_in_the_talk(talks, page):
    page.goto(talks.url + addresses(talks)["message"])
    page.get_by_role("link", name="its conversation").click()
    assert page.url.endswith("#m13")


def test_the_site_leads_to_its_near_copies(talks, page):
    page.goto(talks.url + SITE)
    assert SITES[1] in page.locator("tr.shared").first.inner_text()
    page.get_by_role("link", name="Side by side").click()
    assert "+31 6 55512345" in page.locator("tr.differs").filter(has_text="phone").inner_text()


def test_the_queue_is_filtered_by_kind(talks, page):
    page.goto(f"{talks.url}/leads?state=any")
    assert "3 conversations" in page.locator(".urgent").inner_text()
    page.select_option("select[name=kind]", "job_ad")
    page.get_by_role("button", name="Filter").click()
    assert "kind=job_ad" in page.url
    assert all("job offer" in row for row in page.locator("tr[data-network]").all_inner_texts())


def test_an_empty_workspace_says_what_to_do(tmp_path):
    Workspace.create(tmp_path / "empty")
    with served(tmp_path / "empty") as bench:
        assert "No conversations yet" in bench.client.get("/conversations").text
        assert "No sites yet" in bench.client.get("/sites").text
        assert "Indicators" in bench.client.get("/indicators").text
