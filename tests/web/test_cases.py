"""Cases in the workbench: the way of an analyst and a supervisor, and what others see of it."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from contextlib import contextmanager

from playwright.sync_api import expect
from tests.web.axe import faults
from tests.web.conftest import shot
from tests.web.people import PASSWORD, browser_of, entries, lead_of, people, sign_in

from clew.evidence import verify
from clew.model.actor import Actor

COVER = {
    "name": "Riverside flats", "purpose": "Who runs the flats", "legal_basis": "Article 28bis",
    "retain_until": "2049-12-31", "handling": "H0", "tlp": "AMBER",
}  # fmt: skip
HOSTILE = "<img src=x onerror=document.title='taken'>\u202e=cmd|' /C calc'!A0"
TABS = ("", "/exhibits", "/persons", "/notes", "/hypotheses", "/tasks", "/approvals", "/packages", "/check")


def opened(client, **more) -> str:
    answer = client.post("/cases/new", data=COVER | more)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].rpartition("/")[2])


def actor(name: str, role: str = "analyst") -> Actor:
    return Actor(name, frozenset((role,)), "workbench")


@contextmanager
def signed_in(bench, name):
    with browser_of(bench) as client:
        assert sign_in(bench, client, name).status_code == 303
        yield client


def button(page, word: str):
    return page.locator("main").get_by_role("button", name=word, exact=True).first


def press(page, word: str) -> None:
    """Send a form, and wait for the page that answers it."""
    with page.expect_navigation():
        button(page, word).click()


def test_the_way_of_a_case(own_bench, page, browser, tmp_path):
    people(own_bench, ann="analyst", sue="supervisor")
    lead, url = lead_of_signed(own_bench), own_bench.url
    come_in_as(page, url, "ann")

    page.goto(f"{url}/cases")
    shot(page, "cases-none")
    assert faults(page) == []
    page.click("text=Open the first case")
    page.fill("[name=name]", COVER["name"])
    page.fill("[name=purpose]", COVER["purpose"])
    page.fill("[name=legal_basis]", COVER["legal_basis"])
    page.select_option("[name=handling]", "H1")
    press(page, "Open the case")
    assert page.locator("main [role=alert]").inner_text().startswith("H1 needs conditions.")
    assert page.input_value("[name=purpose]") == COVER["purpose"]
    page.fill("[name=conditions]", "Of the liaison officer; not for court")
    press(page, "Open the case")
    assert page.locator(".for .purpose strong").inner_text() == "C1"  # the case is the purpose from now on

    page.goto(f"{url}/networks/{lead}")
    page.click("text=Add to case")
    page.fill("[name=why]", "The number of the complaint")
    assert faults(page) == []
    press(page, "Add to the case")
    page.wait_for_url("**/cases/C1/exhibits/C1-E1")
    shot(page, "cases-exhibit")
    assert faults(page) == []
    page.goto(f"{url}/networks/{lead}/records")
    assert page.get_by_text("Exhibit in").locator("..").get_by_role("link").inner_text() == "C1 Riverside flats"
    assert entries(own_bench, act="intake", subject="exhibit C1-E1")[0].case_id == "C1"

    page.goto(f"{url}/cases/C1/persons")
    page.fill("#add + form [name=names]", "Mira Example")
    page.check("#add + form [value=victim]")
    page.fill("#add + form [name=identifiers]", "phone +31 6 12345678")
    press(page, "Add the person")
    (tmp_path / "letter.txt").write_text("Mira Example lived there.")
    page.goto(f"{url}/cases/C1/exhibits")
    page.set_input_files("[name=file]", tmp_path / "letter.txt")
    press(page, "Add the file")
    letter = page.locator("tbody a").first.inner_text()  # pictures came with the network
    page.locator("tbody a").first.click()
    button(page, "Download the original").click()  # it names a protected person
    assert "C1-P1, who may not be named" in page.locator("main [role=alert]").inner_text()
    page.goto(f"{url}/cases/C1/persons")
    page.click("text=Ask to show them by name")
    page.locator("details[open] [name=why]").fill("The court has to know her name")
    press(page, "Ask")
    page.wait_for_url("**/approvals")
    expect(page.get_by_text("a supervisor other than you")).to_be_visible()
    assert faults(page) == []

    other = browser.new_context().new_page()
    come_in_as(other, url, "sue")
    other.goto(f"{url}/cases")
    other.click("text=1 to approve")
    other.fill("[name=why]", "Order of the court of 3 March")
    shot(other, "cases-approval")
    press(other, "Grant")
    assert other.locator("#C1-A1 .tag").first.inner_text() == "used"
    other.context.close()

    page.goto(f"{url}/cases/C1/persons")
    expect(page.locator("#C1-P1").get_by_text("released by sue")).to_be_visible()
    assert faults(page) == []
    page.goto(f"{url}/cases/C1/exhibits/{letter}")
    with page.expect_download() as waited:
        button(page, "Download the original").click()
    content = waited.value.path().read_bytes()
    assert waited.value.suggested_filename == f"{letter}.txt"
    told = entries(own_bench, act="export", subject=f"exhibit {letter}")[-1].facts()
    assert told["sha256"] == hashlib.sha256(content).hexdigest() and content == b"Mira Example lived there."
    page.goto(f"{url}/cases/C1/packages")
    expect(page.get_by_text("C1-P1 would stand in it by name.")).to_be_visible()
    assert faults(page) == []


def lead_of_signed(bench) -> str:
    with bench.desk.session() as engine:
        return str(engine.row("SELECT network_id FROM leads ORDER BY rank LIMIT 1")[0])


def come_in_as(page, url: str, name: str) -> None:
    page.goto(f"{url}/sign-in")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("button:has-text('Sign in')")
    page.wait_for_url("**/leads")


def test_what_people_think(own_bench, page):
    opened(own_bench.client)
    page.goto(f"{own_bench.url}/cases/C1/notes")
    page.fill("#add + form [name=text]", "She was called twice.")
    press(page, "Note it")
    page.click("text=Word it anew")
    page.locator("details[open] [name=text]").fill("She was called three times.")
    press(page, "Add this version")
    page.click("text=version 2")
    assert page.locator("td.said-lines").all_inner_texts() == ["She was called three times.", "She was called twice."]
    page.goto(f"{own_bench.url}/cases/C1/hypotheses")
    page.fill("[name=statement]", "One person runs all flats.")
    page.fill("[name=would_change]", "Rents go to different owners.")
    press(page, "State it")
    page.click("text=Say what speaks against it")
    page.locator("details[open] [name=text]").fill("Two payees")
    page.locator("details[open] [name=references]").fill("C1-E9")
    press(page, "Say so")
    assert page.locator("main [role=alert]").inner_text().startswith("C1 has no exhibit 'C1-E9'.")
    assert page.locator("details[open] [name=text]").input_value() == "Two payees" and faults(page) == []
    page.locator("details[open] [name=references]").fill("")
    press(page, "Say so")
    page.click("text=Judge it")
    page.locator("details[open] select").select_option("rejected")
    page.locator("details[open] [name=reason]").fill("The payees are strangers.")
    press(page, "Judge")
    expect(page.get_by_text("Judged rejected by tester:")).to_be_visible()
    assert faults(page) == []
    page.goto(f"{own_bench.url}/cases/C1/tasks")
    page.fill("[name=what]", "Ask the bank")
    page.fill("[name=due]", "2020-02-01")
    press(page, "Set it")
    assert page.locator("#C1-T1 .tag").inner_text() == "late" and faults(page) == []
    page.goto(f"{own_bench.url}/cases")
    expect(page.get_by_text("1 due")).to_be_visible()
    shot(page, "cases")
    page.goto(f"{own_bench.url}/cases/C1/tasks")
    page.click("[aria-label='C1-T1: done']")
    expect(page.get_by_text("by tester", exact=False).first).to_be_visible()


def test_a_package_is_made_fetched_and_verified(own_bench, page, tmp_path):
    opened(own_bench.client)
    assert own_bench.client.post("/cases/add", data={"what": lead_of(own_bench), "case": "C1"}).status_code == 303
    page.goto(f"{own_bench.url}/cases/C1/packages")
    press(page, "Make the package")
    page.get_by_text("is at work").or_(page.get_by_text("is done")).first.wait_for()
    job = own_bench.desk.jobs.wait(1)
    assert job.state == "done", job.said
    assert own_bench.client.get("/api/v1/jobs").json()[0]["said"] == ""  # what it said is for those of the case
    page.goto(f"{own_bench.url}/cases/C1/packages")
    shot(page, "cases-packages")
    assert faults(page) == []
    with page.expect_download() as waited:
        button(page, "Download as zip").click()
    content = waited.value.path().read_bytes()
    told = entries(own_bench, act="export", subject="case C1")[-1].facts()
    assert told["sha256"] == hashlib.sha256(content).hexdigest() and told["package"] == "C1-B1"
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    assert verify.verify(str(tmp_path / "C1-B1")).whole
    press(page, "Remove the copy here")
    expect(page.get_by_text("No copy is here any more")).to_be_visible()
    assert not list((own_bench.desk.path / "packages" / "C1").iterdir())
    page.goto(f"{own_bench.url}/cases/C1/check")
    press(page, "Check")
    expect(page.get_by_text("C1 is whole.")).to_be_visible()
    assert faults(page) == []


def test_a_package_without_its_originals_is_no_good_news(own_bench, page):
    opened(own_bench.client)
    for name, said in (("one.txt", b"Dear Jane Sample"), ("two.txt", b"Jane Sample wrote"), ("three.txt", b"No name")):
        sent = {"file": (name, said, "text/plain")}
        assert own_bench.client.post("/cases/C1/exhibits/file", files=sent).status_code == 303
    person = {"names": "Jane Sample", "category": "victim"}
    assert own_bench.client.post("/cases/C1/persons", data=person).status_code == 303
    assert own_bench.client.post("/cases/C1/packages").status_code == 303
    assert own_bench.desk.jobs.wait(1).state == "done"
    page.goto(f"{own_bench.url}/cases/C1/packages")
    shot(page, "cases-packages-held-back")
    assert faults(page) == []
    told = page.get_by_role("alert")
    expect(told).to_contain_text("is done, but 2 of 3 originals are not in it.")
    expect(told).to_contain_text("C1-E1 was held back: It mentions C1-P1")
    expect(told).not_to_have_class(re.compile("good"))
    assert entries(own_bench, act="export", subject="case C1")[-1].via == "workbench"
    expect(page.get_by_label("C1-B1")).to_contain_text("Held back to protect people: C1-E1, C1-E2.")


def test_a_page_of_this_machine_is_not_captured(own_bench):
    opened(own_bench.client)
    answer = own_bench.client.post("/cases/C1/exhibits/capture", data={"url": "file:///etc/passwd"})
    assert answer.status_code == 400 and "cannot be captured" in answer.text and "file:///etc/passwd" in answer.text
    assert own_bench.client.post("/cases/C1/exhibits/capture", data={"url": own_bench.url}).status_code == 303
    job = own_bench.desk.jobs.wait(1)
    assert job.state == "failed" and "an address of this machine" in job.said
    assert "an address of this machine" in own_bench.client.get("/cases/C1/exhibits").text
    sent = {"file": ("letter.txt", b"Dear Sir", "text/plain")}
    assert own_bench.client.post("/cases/C1/exhibits/file", files=sent).status_code == 303
    later = own_bench.client.get("/cases/C1/exhibits")
    assert later.status_code == 200 and "letter.txt" in later.text
    assert "an address of this machine" not in later.text  # that is over


def test_hostile_words_stay_words(own_bench, page):
    name = HOSTILE + "x" * 200
    client = own_bench.client
    opened(client, name=name, purpose=HOSTILE + " long" * 300)
    client.post("/cases/C1/persons", data={"names": name[:150], "category": "suspect", "role": HOSTILE,
                                           "identifiers": "handle telegram:" + "y" * 200})  # fmt: skip
    client.post("/cases/C1/notes", data={"text": HOSTILE + "\n" + "z" * 3_000})
    client.post("/cases/C1/hypotheses", data={"statement": HOSTILE * 9, "would_change": "w" * 900})
    client.post("/cases/C1/tasks", data={"what": HOSTILE * 9})
    files = {"file": (f"../../{HOSTILE}.html", b"<script>document.title='taken'</script>")}
    assert client.post("/cases/C1/exhibits/file", files=files, data={"whence": HOSTILE}).status_code == 303
    client.post("/cases/C1/exhibits/C1-E1/mark", data={"shows": "C1-P1"})
    page.set_viewport_size({"width": 820, "height": 1100})
    page.context.add_cookies([{"name": "clew-theme", "value": "dark", "url": own_bench.url}])
    for path in ("/cases", *(f"/cases/C1{tab}" for tab in TABS), "/cases/C1/exhibits/C1-E1", "/cases/new"):
        page.goto(own_bench.url + path)
        assert page.locator("main img").count() == 0 and "taken" not in page.title()
        assert page.evaluate("document.documentElement.scrollWidth") <= 820, path
        assert faults(page) == [], path
        shot(page, f"cases-hostile{path.replace('/', '-')}")
    answer = client.post("/cases/C1/exhibits/C1-E1/original")
    assert answer.headers["content-disposition"] == 'attachment; filename="C1-E1.txt"'
    assert answer.headers["content-type"] == "application/octet-stream"
