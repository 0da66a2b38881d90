"""Who is let in, to what, for what purpose, and what the ledger says of it."""

from __future__ import annotations

import hashlib
import re
import shutil
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import jinja2
import pyotp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import APIRouter
from tests.access import provider
from tests.web.axe import faults
from tests.web.conftest import enter, served, shot

from clew.access import accounts, tokens
from clew.access.limits import Limits
from clew.access.oidc import Provider
from clew.access.oidc_settings import Settings
from clew.access.roles import alone
from clew.cases import case
from clew.cli.app import app as command
from clew.ledger import log
from clew.ledger.heads import heads
from clew.model.actor import Actor
from clew.model.errors import InputError
from clew.web.access import TRIAGE, rules
from clew.web.api import ROUTERS as API
from clew.web.heads import Signing
from clew.web.page import FormTokens
from clew.web.pages import ROUTERS as PAGES
from clew.web.serve import Place

ADMIN = alone("tester", "command line")
PASSWORD = "three turtles on a bicycle"
# What answers everybody, and what answers whoever is signed in: all else takes a permission.
EVERYBODY = {"GET /enter", "POST /enter/link", "GET /sign-in", "POST /sign-in",
             "GET /sign-in/provider", "GET /sign-in/provider/back"}  # fmt: skip
SIGNED_IN = ("/enter/another", "/sign-out", "/purpose", "/account", "/styleguide")


def entries(bench, **wanted):
    """Entries of the ledger that fit, the oldest first."""
    with bench.desk.db.connect() as connection:
        return log.search(connection, log.Wanted(**wanted), 0, 500)[0][::-1]


@contextmanager
def browser_of(bench, **headers):
    """Somebody who has not signed in."""
    with httpx.Client(base_url=bench.url, timeout=60, headers=headers) as client:
        yield client


def sign_in(bench, client, name, password=PASSWORD, code="") -> httpx.Response:
    client.headers["origin"] = bench.url
    return client.post("/sign-in", data={"name": name, "password": password, "code": code})


def people(bench, **roles) -> None:
    """Accounts whose owners have taken a password of their own."""
    for name, role in {"root": "administrator", **roles}.items():
        accounts.add(bench.desk.db, ADMIN, name, [role], PASSWORD)
    with bench.desk.db.begin() as connection:
        connection.execute(accounts.ACCOUNTS.update().values(handed=False))


def lead_of(bench) -> str:
    return str(bench.client.get("/api/v1/leads").json()["items"][0]["network_id"])


def no_lead(bench) -> str:
    with bench.desk.session() as engine:
        return str(engine.row("SELECT network_id FROM networks ANTI JOIN leads USING (network_id) ORDER BY 1")[0])


# --- every page says who may ask ---


def test_every_page_says_who_may_ask():
    declared = rules((*API, *PAGES))
    assert len(declared) > 80
    assert {path for path, rule in declared.items() if rule.everyone} == EVERYBODY
    loose = [path for path, rule in declared.items() if rule.permission is None and not rule.everyone]
    assert all(path.split(" ")[1].startswith(SIGNED_IN) for path in loose), loose


def test_what_is_shown_or_taken_out_is_written_down():
    silent = ("/leads/weights", "/overview", "/sources", "/jobs", "/runs", "/ingests", "/weights", "/job", "/cases")
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
    mine = case.open_case(casework, ann, "Turtle", "who uses the number", "Art. 1", date(2099, 1, 1))
    other = case.open_case(casework, bob, "Hare", "another", "Art. 1", date(2099, 1, 1))
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
    assert b"470" not in b"".join(e.leaf() for e in found)


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
        assert signing.sign() and not signing.sign()
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


# --- accounts ---


def test_roles_open_their_pages_only(own_bench):
    lead = lead_of(own_bench)
    people(own_bench, ann="analyst", otto="auditor")
    assert own_bench.client.get("/leads").status_code == 401  # who was alone signs in from now on
    may = {
        "ann": ("/leads", ["/leads", f"/networks/{lead}"], ["/audit", "/accounts", "/audit.csv"]),
        "otto": ("/audit", ["/audit"], ["/leads", f"/networks/{lead}", "/accounts", "/api/v1/leads"]),
        "root": ("/accounts", ["/accounts"], ["/leads", "/audit", "/api/v1/overview"]),
    }
    for name, (start, opens, shut) in may.items():
        with browser_of(own_bench) as client:
            assert sign_in(own_bench, client, name).status_code == 303
            assert client.get("/").headers["location"] == start
            assert [client.get(path).status_code for path in opens] == [200] * len(opens)
            assert [client.get(path).status_code for path in shut] == [403] * len(shut)
        refused = entries(own_bench, who=name, act="refuse")
        assert len(refused) == len(shut) and refused[0].subject.startswith("page /")


def test_a_wrong_password_says_nothing_and_too_many_have_to_wait(own_bench):
    people(own_bench, ann="analyst")
    with browser_of(own_bench) as client:
        answers = [sign_in(own_bench, client, "ann", "wrong"), sign_in(own_bench, client, "nobody-here", "wrong")]
        told = [re.sub('name="name" value="[^"]*"', "", answer.text) for answer in answers]
        assert told[0] == told[1] and answers[0].status_code == 401
        for _ in range(5):
            last = sign_in(own_bench, client, "ann", "wrong")
        assert last.status_code == 429 and int(last.headers["retry-after"]) >= 1
        assert client.get("/enter", params={"key": own_bench.desk.links.make()}).status_code == 401


def test_the_first_account_a_password_of_ones_own_and_codes(own_bench, page):
    page.goto(f"{own_bench.url}/accounts")
    shot(page, "accounts-none")
    assert faults(page) == []
    page.fill("input[name=name]", "Ann")
    page.click("text=Make the account")
    password = page.locator(".once").inner_text()
    assert faults(page) == []
    page.goto(f"{own_bench.url}/leads")
    shot(page, "sign-in")
    assert faults(page) == []
    page.fill("input[name=name]", "ann")
    page.fill("input[name=password]", password)
    page.click("button:has-text('Sign in')")
    page.wait_for_url("**/account")  # nothing else opens while somebody else may know the password
    page.fill("input[name=old]", password)
    page.fill("input[name=new]", PASSWORD)
    page.fill("input[name=again]", PASSWORD)
    page.click("text=Change the password")
    page.get_by_text("Somebody else knows").wait_for(state="detached")
    assert faults(page) == []
    shot(page, "account")
    page.click("text=Set up one-time codes")
    page.locator(".qr svg").wait_for()
    page.click("summary")
    secret = page.locator(".sample").inner_text()
    assert faults(page) == []
    page.fill("input[name=code]", pyotp.TOTP(secret).now())
    page.click("text=Ask for codes from now on")
    recovery = page.locator(".secrets li").first.inner_text()
    assert page.locator(".secrets li").count() == 10 and faults(page) == []
    page.click("text=I have kept them")
    page.click("text=Sign out")
    with browser_of(own_bench) as client:
        assert sign_in(own_bench, client, "ann").status_code == 401
        assert sign_in(own_bench, client, "ann", code=recovery).status_code == 303
        assert sign_in(own_bench, client, "ann", code=recovery).status_code == 401


def test_an_administrator_gives_roles_locks_and_resets(own_bench):
    people(own_bench, ann="analyst")
    with browser_of(own_bench) as root, browser_of(own_bench) as ann:
        sign_in(own_bench, root, "root")
        sign_in(own_bench, ann, "ann")
        assert root.post("/accounts/ann/roles", data={"role": ["auditor"]}).status_code == 303
        assert ann.get("/audit").status_code == 401  # a change of roles ends the sessions
        sign_in(own_bench, ann, "ann")
        assert (ann.get("/audit").status_code, ann.get("/leads").status_code) == (200, 403)
        assert root.post("/accounts/ann/state", data={"locked": "true"}).status_code == 303
        assert ann.get("/audit").status_code == 401 and sign_in(own_bench, ann, "ann").status_code == 401
        assert root.post("/accounts/root/state", data={"locked": "true"}).status_code == 400
        root.post("/accounts/ann/state", data={})
        made = re.search("<code>([^<]+)</code>", root.post("/accounts/ann/password").text)
        assert made and sign_in(own_bench, ann, "ann", made[1]).status_code == 303
        assert ann.get("/audit").headers["location"] == "/account"
        assert ann.post("/accounts", data={"name": "x", "role": ["auditor"]}).status_code == 403


def test_who_signs_in_at_the_units_provider_comes_in(own_bench, monkeypatch):
    people(own_bench, ann="analyst")
    local = provider.LocalProvider()
    monkeypatch.setattr(provider, "BACK", f"{own_bench.url}/sign-in/provider/back")
    own_bench.desk.provider = Provider(Settings(local.issuer, provider.CLIENT, provider.SECRET))
    try:
        with browser_of(own_bench) as client, browser_of(own_bench) as thief:
            assert "/sign-in/provider" in client.get("/sign-in").text
            gone = client.get("/sign-in/provider")
            assert gone.status_code == 303 and gone.headers["location"].startswith(f"{local.issuer}/auth?")
            ticket = gone.headers["set-cookie"].lower()
            assert "httponly" in ticket and "samesite=lax" in ticket and "max-age=600" in ticket
            answer = local.visit(gone.headers["location"])
            assert thief.get("/sign-in/provider/back", params=answer).status_code == 401
            # The browser comes from elsewhere, so it is given a page that leads on, no redirect.
            back = client.get("/sign-in/provider/back", params=answer, headers={"sec-fetch-site": "cross-site"})
            assert back.status_code == 200 and 'http-equiv="refresh"' in back.text
            assert client.get("/leads").status_code == 200
            assert entries(own_bench, act="login")[-1].facts() == {"with": ["provider"]}
    finally:
        local.stop()


def test_a_job_works_for_who_began_it(own_bench):
    people(own_bench, ann="analyst", otto="auditor")
    with browser_of(own_bench) as client, browser_of(own_bench) as other:
        sign_in(own_bench, client, "ann")
        assert client.post("/jobs/run").status_code == 303
        job = own_bench.desk.jobs.wait(own_bench.desk.jobs.all()[0].id)
        assert job.state == "done", job.said
        held = tokens.all_of(own_bench.desk.db, ADMIN, "ann")
        assert held and held[0].used_at and held[0].revoked_at  # it ended with the job
        sign_in(own_bench, other, "otto")
        assert other.post("/jobs/run").status_code == 403


# --- tokens ---


def test_a_token_opens_the_api_within_its_scopes(own_bench):
    lead, other = lead_of(own_bench), no_lead(own_bench)
    people(own_bench, ann="analyst")
    secret = tokens.make(own_bench.desk.db, Actor("ann", frozenset(("analyst",)), "workbench"), ["read"], 1, "test")
    bearer = {"authorization": f"Bearer {secret}"}
    with browser_of(own_bench, **bearer) as client:
        assert client.get("/api/v1/leads").status_code == 200
        assert client.get(f"/api/v1/networks/{other}").status_code == 403
        assert client.get(f"/api/v1/networks/{other}", headers={"clew-purpose": "Ghent%207"}).status_code == 200
        assert client.get("/api/v1/search?q=x", headers={"clew-case": "C1"}).status_code == 404
        assert client.post(f"/api/v1/leads/{lead}/triage", json={"state": "deferred"}).status_code == 403
        assert client.get("/leads").status_code == 401  # pages are for people
        found = entries(own_bench, subject=f"network {other}")[-1]
        assert (found.who, found.via, found.texts()["why"]) == ("ann", "api", "Ghent 7")
    with browser_of(own_bench, authorization=f"Bearer {secret[:-1]}x") as client:
        assert client.get("/api/v1/leads").status_code == 401


# --- limits, other machines, TLS ---


def test_who_reads_faster_than_people_has_to_wait(world, tmp_path):
    shutil.copytree(world / "workspace", tmp_path / "workspace")
    with served(tmp_path / "workspace", Limits(0.01, 8)) as bench:
        answers = [bench.client.get("/api/v1/runs") for _ in range(9)]
        assert answers[0].status_code == 200 and answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) > 1 and "than a person" in answers[-1].json()["error"]


def test_other_machines_need_accounts(own_bench, tmp_path):
    with pytest.raises(InputError, match="lets other machines in, and this workspace has no accounts"):
        Place("0.0.0.0").check(own_bench.desk)
    with pytest.raises(InputError, match="no accounts"):  # the command says so, before it makes an index
        command(["serve", "--host", "0.0.0.0", "-w", str(own_bench.desk.path)], standalone_mode=False)
    with pytest.raises(InputError, match="certificate and its key"):
        Place(cert=tmp_path / "cert.pem").check(own_bench.desk)
    people(own_bench)
    Place("0.0.0.0").check(own_bench.desk)
    assert Place("0.0.0.0", 8443, ("clew.example",), Path("c"), Path("k")).address == "https://clew.example:8443"


def test_over_tls_cookies_are_of_this_host_alone(world, tmp_path):
    shutil.copytree(world / "workspace", tmp_path / "workspace")
    cert, key = certificate(tmp_path)
    place = Place(cert=cert, key=key)
    with served(tmp_path / "workspace", place=place) as bench:
        assert bench.url.startswith("https://")
        answer = bench.client.get("/enter", params={"key": bench.desk.links.make()})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-clew") and "Secure" in cookie and "Path=/" in cookie
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of our own for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"
