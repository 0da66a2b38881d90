"""Accounts in the workbench: roles, passwords, codes, tokens; limits; other machines and TLS."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.access import provider
from tests.web.axe import faults
from tests.web.conftest import served, shot
from tests.web.people import ADMIN, PASSWORD, browser_of, entries, lead_of, no_lead, people, sign_in

from clew.access import tokens
from clew.access.limits import Limits
from clew.access.oidc import Provider
from clew.access.oidc_settings import Settings
from clew.cli.app import app as command
from clew.model.actor import Actor
from clew.model.errors import InputError
from clew.web.serve import Place


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
        for _ in range(12):  # each failure makes the wait longer than a busy machine needs for the next
            last = sign_in(own_bench, client, "ann", "wrong")
            if last.status_code == 429:
                break
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
