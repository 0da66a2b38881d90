"""Who is let in, to what, for what purpose, and what the ledger says of it."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

import jinja2
import pytest
from fastapi import APIRouter
from tests.web.conftest import enter
from tests.web.people import browser_of, entries, lead_of, no_lead, people, sign_in

from clew.cases import case
from clew.ledger.heads import heads
from clew.model.actor import Actor
from clew.web.access import TRIAGE, rules
from clew.web.api import ROUTERS as API
from clew.web.heads import Signing
from clew.web.page import FormTokens
from clew.web.pages import ROUTERS as PAGES

# What answers everybody, and what answers whoever is signed in: all else takes a permission.
EVERYBODY = {"GET /enter", "POST /enter/link", "GET /sign-in", "POST /sign-in",
             "GET /sign-in/provider", "GET /sign-in/provider/back"}  # fmt: skip
SIGNED_IN = ("/enter/another", "/sign-out", "/purpose", "/account", "/styleguide")


# --- every page says who may ask ---


def test_every_page_says_who_may_ask():
    declared = rules((*API, *PAGES))
    assert len(declared) > 80
    assert {path for path, rule in declared.items() if rule.everyone} == EVERYBODY
    loose = [path for path, rule in declared.items() if rule.permission is None and not rule.everyone]
    assert all(path.split(" ")[1].startswith(SIGNED_IN) for path in loose), loose


def test_what_is_shown_or_taken_out_is_written_down():
    silent = (
        "/leads/weights",
        "/overview",
        "/indicators",
        "/sources",
        "/jobs",
        "/runs",
        "/ingests",
        "/weights",
        "/job",
        "/cases",
    )
    for path, rule in rules((*API, *PAGES)).items():
        method, address = path.split(" ")
        if method == "GET" and rule.permission not in (None, "work") and rule.act is None:
            assert address.startswith(silent) or address.endswith("/job"), path
        if address.endswith(".csv"):
            assert rule.act == "export" and rule.permission in ("export", "audit"), path


def test_a_page_without_a_rule_stops_the_workbench():
    router = APIRouter()
    router.add_api_route("/forgotten", lambda: "secret")
    with pytest.raises(TypeError, match="does not say who may ask"):
        rules((router,))


def test_every_form_that_changes_something_carries_the_token():
    folder = Path(__file__).resolve().parents[2] / "src" / "clew" / "web" / "templates"
    seen = 0
    for path in folder.rglob("*.html"):
        source = path.read_text("utf-8")
        seen += source.count('method="post"')
        made = FormTokens(jinja2.Environment()).preprocess(source, None)
        assert made.count("form_token()") == len(re.findall("(?i)\\bmethod=[\"']?post", source)), path
    assert seen > 30


# --- one person, one-time links ---


@pytest.mark.parametrize("path", ["/leads", "/overview", "/search?q=x", "/styleguide", "/nowhere", "/audit", "/"])
def test_nobody_sees_a_page_without_a_session(bench, path):
    with browser_of(bench) as client:
        answer = client.get(path)
        assert answer.status_code == 401 and "/enter?key=…" in answer.text
        assert client.get("/healthz").status_code == client.get("/static/styles.css").status_code == 200


def test_the_api_says_what_to_do(bench):
    with browser_of(bench) as client:
        answer = client.get("/api/v1/leads")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.json() == {"error": "Nobody is signed in.", "todo": "Sign in first."}
        assert client.post("/api/v1/search/picture", files={"picture": b"x" * 100_000}).status_code == 401


def test_a_link_opens_once(bench):
    key = bench.desk.links.make()
    with browser_of(bench) as first, browser_of(bench) as second:
        answer = first.get("/enter", params={"key": key})
        cookie = answer.headers["set-cookie"].lower()
        assert answer.status_code == 303 and first.get("/leads").status_code == 200
        assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie and "domain" not in cookie
        assert second.get("/enter", params={"key": key}).status_code == 401
        assert second.get("/enter").status_code == 401 and second.get("/leads").status_code == 401


def test_another_browser_asks_the_first_and_leaving_ends_it(bench):
    with browser_of(bench) as client, browser_of(bench) as other:
        enter(client, bench.desk, "")
        link = re.search(r"/enter\?key=[\w-]+", client.post("/enter/another").text)
        assert link and other.get(link[0]).status_code == 303 and other.get("/leads").status_code == 200
        kept = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        assert client.post("/sign-out").status_code == 303 and not client.cookies
        assert client.get("/leads", headers={"cookie": kept}).status_code == 401
        assert other.get("/leads").status_code == 200


def test_a_new_link_is_printed_where_the_owner_sits(own_bench):
    said: list[str] = []
    own_bench.desk.say = said.append
    with browser_of(own_bench) as client:
        assert not re.search(r"enter\?key=\w", client.post("/enter/link").text)
        link = re.search(r"/enter\?key=[\w-]+", said[0])
        assert link and client.get(link[0]).status_code == 303


# --- purposes ---


def test_the_queue_needs_no_purpose_and_all_else_does(own_bench):
    lead, other = lead_of(own_bench), no_lead(own_bench)
    with browser_of(own_bench) as client:
        enter(client, own_bench.desk, "")
        page = client.get(f"/networks/{lead}/records").text
        record = re.search(r"/records/([0-9a-f]{32})", page)
        assert record and client.get(f"/records/{record[1]}").status_code == 200
        assert {e.texts()["why"] for e in entries(own_bench, who="tester", subject=f"network {lead}")} == {TRIAGE}
        for path in (f"/networks/{other}", "/search?q=x", "/leads.csv", "/quarantine", f"/networks/{lead}/records.csv"):
            answer = client.get(path)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/purpose?next="), path
        assert not entries(own_bench, act="search") and not entries(own_bench, act="export")
        refused = client.get("/api/v1/search", params={"q": "x"})
        assert refused.status_code == 403 and "/purpose" in refused.json()["todo"]
        assert client.post("/purpose", data={"why": " "}).status_code == 400
        assert client.post("/purpose", data={"case": "C1"}).status_code == 400
        stated = client.post("/purpose", data={"why": "Request 7 of Ghent", "next": f"/networks/{other}"})
        assert (stated.status_code, stated.headers["location"]) == (303, f"/networks/{other}")
        assert "Request 7 of Ghent" in client.get(f"/networks/{other}").text
        assert entries(own_bench, subject=f"network {other}")[-1].texts()["why"] == "Request 7 of Ghent"
        client.post("/purpose/end")
        assert client.get(f"/networks/{other}").status_code == 303


def test_a_case_is_a_purpose_as_long_as_it_is_ones_own(own_bench):
    casework, lead = own_bench.desk.casework, lead_of(own_bench)
    people(own_bench, ann="analyst", bob="analyst")
    ann, bob = (Actor(name, frozenset(("analyst",)), "command line") for name in ("ann", "bob"))
    mine = case.open_case(casework, ann, "Turtle", "who uses the number", "Art. 1", date(2049, 1, 1))
    other = case.open_case(casework, bob, "Hare", "another", "Art. 1", date(2049, 1, 1))
    with browser_of(own_bench) as client:
        sign_in(own_bench, client, "ann")
        page = client.get("/purpose").text
        assert "Turtle" in page and "Hare" not in page
        for case_id in (other.id, "C99", "x"):
            refused = client.post("/purpose", data={"case": case_id})
            assert refused.status_code == 400 and f"{case_id} is not a case of yours." in refused.text
        assert client.post("/purpose", data={"case": mine.id}).status_code == 303
        assert client.get("/search?q=x").status_code == 200
        assert entries(own_bench, act="search")[-1].case_id == mine.id
        assert f'<strong class="mono">{mine.id}</strong>' in client.get(f"/networks/{lead}").text
        case.close(casework, ann, mine.id, "done")
        assert client.get("/search?q=y").headers["location"].startswith("/purpose")


@pytest.mark.parametrize("next", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "/\tx"])
def test_a_purpose_leads_nowhere_else(bench, next):
    answer = bench.client.post("/purpose", data={"why": "Tests of the workbench", "next": next})
    assert answer.headers["location"] == "/"


# --- the ledger ---


def test_every_look_is_written_once_before_the_answer(own_bench):
    lead = lead_of(own_bench)
    for path in ("", "/structure", "/records", "/locations"):
        assert own_bench.client.get(f"/networks/{lead}{path}").status_code == 200
    own_bench.client.get(f"/api/v1/networks/{lead}/graph")
    found = entries(own_bench, act="view", subject=f"network {lead}")
    assert len(found) == 1 and (found[0].who, found[0].via) == ("tester", "workbench")
    assert own_bench.client.get("/networks/N000000000000").status_code == 404
    assert not entries(own_bench, subject="network N000000000000")


def test_what_was_searched_stands_in_the_private_part(own_bench):
    for _ in range(2):
        own_bench.client.get("/search", params={"q": "+32 470 12 34 56"})
    own_bench.client.get("/search", params={"q": "+32 470 65 43 21"})
    found = entries(own_bench, act="search")
    assert [e.texts()["asked"] for e in found] == ["q=+32 470 12 34 56", "q=+32 470 65 43 21"]
    assert not any(part in b"".join(e.leaf() for e in found) for part in (b"+32", b"12 34", b"65 43"))


def test_a_record_is_named_by_its_id_however_it_was_asked_for(own_bench):
    with own_bench.desk.session() as engine:
        native = engine.row("SELECT native_id FROM records ORDER BY record_id")[0]
    record = own_bench.client.get(f"/api/v1/records/{native}").json()["record"]["record_id"]
    assert own_bench.client.get(f"/records/{native}").status_code == 303
    assert entries(own_bench, subject=f"record {record}") and not entries(own_bench, subject=f"record {native}")


def test_a_download_stands_there_with_its_digests(own_bench):
    for _ in range(2):
        content = own_bench.client.get(f"/networks/{lead_of(own_bench)}/records.csv").content
    found = [e.facts() for e in entries(own_bench, act="export")]
    assert len(found) == 2 and found[0]["file"].endswith("-records.csv")
    assert found[0]["sha256"] == hashlib.sha256(content).hexdigest()
    assert found[0]["blake2b"] == hashlib.blake2b(content).hexdigest()


def test_a_decision_and_its_entry_are_one(own_bench):
    lead = lead_of(own_bench)
    own_bench.client.post(f"/leads/{lead}/triage", data={"do": "dismiss", "reason": "spam"})
    found = entries(own_bench, act="decide")[-1]
    assert (found.subject, found.facts()["state"]) == (f"network {lead}", "dismissed")
    assert found.texts() == {"why": "Tests of the workbench", "reason": "spam"}


def test_the_tree_is_signed_when_it_grew(own_bench):
    own_bench.client.get("/leads")
    with Signing(own_bench.desk.casework, 60) as signing:
        assert signing.turn() and not signing.turn()
        own_bench.client.get("/leads?sort=size")
    with own_bench.desk.db.connect() as connection:
        assert len(heads(connection)) == 2 and all(head.valid() for head in heads(connection))


# --- forms of other sites ---


def test_a_change_shows_where_it_comes_from(bench):
    with browser_of(bench) as client:
        enter(client, bench.desk)
        token = re.search('name="csrf" value="([0-9a-f]{64})"', client.get("/purpose").text)
        assert token
        del client.headers["origin"]
        send = {"why": "Tests of the workbench"}
        assert client.post("/purpose", data=send).status_code == 403
        assert client.post("/purpose", data=send | {"csrf": "0" * 64}).status_code == 403
        assert client.post("/purpose", data=send | {"csrf": token[1]}).status_code == 303
        assert client.post("/purpose", data=send, headers={"clew-csrf": token[1]}).status_code == 303
        assert client.post("/purpose", data=send, headers={"sec-fetch-site": "same-origin"}).status_code == 303
        for wrong in ({"origin": "http://127.0.0.1:1"}, {"sec-fetch-site": "same-site"}, {"origin": "null"}):
            assert client.post("/purpose", data=send, headers=wrong).status_code == 403
        answer = client.post("/api/v1/leads/N000000000000/triage", json={"state": "deferred"})
        assert answer.status_code == 403
