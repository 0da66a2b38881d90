"""Cases in the workbench: who sees what of them, uploads, marks, and the API."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, datetime

import pytest
from tests.web.conftest import served
from tests.web.people import browser_of, entries, lead_of, no_lead, people
from tests.web.test_cases import COVER, TABS, actor, opened, signed_in

from clew.access import tokens
from clew.cases import exhibits as evidence
from clew.web.named import place_named
from clew.web.pages import cases_add


@pytest.fixture(scope="module")
def shared(world, tmp_path_factory):
    """A workbench of one person; each test opens a case of its own."""
    place = tmp_path_factory.mktemp("cases") / "workspace"
    shutil.copytree(world / "workspace", place)
    with served(place) as found:
        yield found


def test_those_outside_of_a_case_see_nothing_of_it(own_bench):
    people(own_bench, ann="analyst", bob="analyst", otto="auditor", sue="supervisor")
    with signed_in(own_bench, "ann") as ann, signed_in(own_bench, "bob") as bob:
        opened(ann, name="Secret name")
        ann.post("/cases/C1/exhibits/file", files={"file": ("a.txt", b"abc")})
        for path in (*(f"/cases/C1{tab}" for tab in TABS), "/cases/C1/exhibits/C1-E1", "/cases/C7"):
            answer = bob.get(path)
            assert answer.status_code == 404 and "is not a case of yours" in answer.text, path
            assert "Secret name" not in answer.text
        for path, data in (
            ("notes", {"text": "x"}), ("members", {"member": "bob"}), ("exhibits/C1-E1/original", {}),
            ("packages", {}), ("packages/fetch", {"copy": "x"}), ("check", {}),
            ("approvals", {"why": "x"}), ("persons", {"names": "x", "category": "victim"}),
        ):  # fmt: skip
            assert bob.post(f"/cases/C1/{path}", data=data).status_code == 404, path
        assert not (own_bench.desk.path / "packages").exists()
        assert bob.get("/cases/C1/job", params={"number": 1}).status_code == 404
        assert "Secret" not in bob.get("/cases").text and bob.get("/api/v1/cases").json()["total"] == 0
        assert bob.get("/api/v1/cases/C1").json()["error"] == "C1 is not a case of yours."
        assert bob.post("/cases/C1/approvals/answer", data={"approval": "C1-A1"}).status_code == 403
        assert "is not a case of yours" in bob.post("/purpose", data={"case": "C1"}).text
        assert entries(own_bench, who="bob", act="refuse", subject="case C1")
        assert ann.post("/cases/C1/members", data={"member": "bob", "why": "knows the area"}).status_code == 303
        assert bob.get("/cases/C1").status_code == 200
        assert ann.post("/cases/C1/members/remove", data={"member": "bob"}).status_code == 303
        assert bob.get("/cases/C1").status_code == 404
    with signed_in(own_bench, "otto") as otto, signed_in(own_bench, "sue") as sue:
        for path in ("/cases", "/cases/C1", "/cases/add?what=N000000000000", "/api/v1/cases/C1"):
            assert otto.get(path).status_code == 403
        assert sue.get("/cases/C1").status_code == 200  # a supervisor sees every case
        assert "Secret name" not in otto.get("/audit").text
    # Whose session is over goes on, after signing in, at the page of the form.
    home = f"{own_bench.url}/cases/C1/notes"
    with browser_of(own_bench, origin=own_bench.url) as client:
        for came, back in ((home, "/cases/C1/notes"), ("http://elsewhere/x", "/"), ("", "/")):
            answer = client.post("/cases/C1/notes", data={"text": "x"}, headers={"referer": came})
            assert answer.status_code == 401 and f'name="next" value="{back}"' in answer.text


def test_a_token_works_within_its_scopes(own_bench):
    opened(own_bench.client)
    lead = lead_of(own_bench)
    people(own_bench, tester="analyst")
    made = {
        scopes: tokens.make(own_bench.desk.db, actor("tester"), scopes, 1, "t")
        for scopes in (("work",), ("read",), ("read", "work"))
    }
    with browser_of(own_bench) as client:

        def ask(*scopes, **more):
            return {"headers": {"authorization": f"Bearer {made[scopes]}"}, **more}

        assert client.get("/api/v1/cases", **ask("read")).status_code == 403
        found = client.get("/api/v1/cases", **ask("work")).json()
        assert (found["total"], found["items"][0]["case"]["name"]) == (1, "Riverside flats")
        add = "/api/v1/cases/C1/exhibits"
        assert client.post(add, **ask("work", json={"what": lead})).status_code == 403
        answer = client.post(add, **ask("read", "work", json={"what": lead, "why": "x", "grading": "B3"}))
        assert (answer.status_code, answer.json()[0]["id"], answer.json()[0]["grading"]) == (201, "C1-E1", "B3")
        again = client.post(add, **ask("read", "work", json={"what": lead}))
        assert again.status_code == 400 and "holds these bytes" in again.json()["error"]
        assert client.post(add, **ask("read", "work", json={"what": "nothing"})).status_code == 404
        assert client.get("/api/v1/cases/C1", **ask("work")).json()["exhibits"][0]["kind"] == "network"


def test_the_case_is_the_purpose(shared):
    case = opened(shared.client)
    other = no_lead(shared)
    shared.client.post("/purpose/end")
    assert shared.client.get(f"/networks/{other}").status_code == 303  # it asks for a purpose
    assert shared.client.get(f"/cases/{case}").status_code == 200
    assert entries(shared, act="view", subject=f"case {case}")[-1].case_id == case
    shared.client.post("/purpose", data={"case": case})
    assert shared.client.get(f"/networks/{other}").status_code == 200
    assert entries(shared, subject=f"network {other}")[-1].case_id == case


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("", "Nothing was named to be added."),
        ("N000000000000", "There is no network &#39;N000000000000&#39;."),
        ("f" * 32, "There is no network and no record"),
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
    ],
)
def test_what_is_not_there_is_not_offered_to_be_added(shared, what, said):
    answer = shared.client.get("/cases/add", params={"what": what})
    assert answer.status_code == 404 and said in answer.text and "Add to the case" not in answer.text


def test_what_is_there_is_offered_to_be_added(shared):
    with shared.desk.session() as engine:
        record, network = engine.row("SELECT record_id, network_id FROM records JOIN networks USING (net) LIMIT 1")
    opened(shared.client)
    for what in (record, network):
        assert "Add to the case" in shared.client.get("/cases/add", params={"what": what}).text


def test_ids_as_they_are_printed_lead_to_their_pages(shared):
    case = opened(shared.client)
    with shared.desk.session() as engine:
        record = engine.row(
            "SELECT record_id FROM records WHERE regexp_matches(record_id[:10], '[a-f]')"
            " AND regexp_matches(record_id[:10], '[0-9]')"
        )[0]
        boss, other = actor("tester", "supervisor"), actor("nobody")
        for asked, page in {
            record[:10]: f"/records/{record[:10]}",
            record[:30]: f"/records/{record[:30]}",
            "R0001": "/runs/R0001",
            case: f"/cases/{case}",
            f"{case}-E1": f"/cases/{case}/exhibits/{case}-E1",
            f"{case}-T2": f"/cases/{case}/tasks#{case}-T2",
        }.items():
            assert place_named(shared.desk, engine, boss, asked) == page
            assert (place_named(shared.desk, engine, other, asked) == page) == (not asked.startswith(case))
        for asked in ("R9999", "C999999", "0123456789", "deadbeef", "e" * 31, "whatsapp-1", "' OR 1=1 --", ""):
            assert place_named(shared.desk, engine, boss, asked) is None
    assert shared.client.get("/search", params={"q": "R0001"}).headers["location"] == "/runs/R0001"


def test_uploads(shared):
    client = shared.client
    case = opened(client)
    content = bytes(range(256)) * 99
    assert client.post(f"/cases/{case}/exhibits/file", files={"file": ("a.bin", content)}).status_code == 303
    kept = evidence.all_of(shared.desk.casework, actor("tester", "supervisor"), case)[0]
    assert (kept.sha256, kept.blake2b) == (hashlib.sha256(content).hexdigest(), hashlib.blake2b(content).hexdigest())
    assert client.post(f"/cases/{case}/exhibits/{case}-E1/original").content == content
    assert not list((shared.desk.path / "incoming").iterdir())  # only the vault has it
    for files, said in (({}, "No file was chosen"), ({"file": ("e.txt", b"")}, "e.txt is empty")):
        answer = client.post(f"/cases/{case}/exhibits/file", files=files, data={"whence": "a letter"})
        assert answer.status_code == 400 and said in answer.text and "a letter" in answer.text
    again = client.post(f"/cases/{case}/exhibits/file", files={"file": ("a.bin", content)})
    assert again.status_code == 400 and f"as {case}-E1" in again.text
    assert client.post(f"/cases/{case}/exhibits/{case}-E1/withdraw", data={"why": ""}).status_code == 400
    assert client.post(f"/cases/{case}/exhibits/{case}-E1/withdraw", data={"why": "Not hers"}).status_code == 303
    assert "Not hers" in client.get(f"/cases/{case}/exhibits/{case}-E1").text


def test_marks_and_grades(shared):
    client = shared.client
    case = opened(client)
    client.post(f"/cases/{case}/exhibits/file", files={"file": ("a.png", b"\x89PNG\r\n\x1a\n")})
    client.post(f"/cases/{case}/persons", data={"names": "Mira Example", "category": "victim"})
    path = f"/cases/{case}/exhibits/{case}-E1"
    refused = client.post(f"{path}/original")
    assert refused.status_code == 403 and "nobody has cleared it" in refused.text and "second person" in refused.text
    assert client.post(f"{path}/mark", data={"shows": f"{case}-P1", "cleared": "1"}).status_code == 400
    assert client.post(f"{path}/mark", data={"shows": f"{case}-P1"}).status_code == 303
    assert client.post(f"{path}/original").status_code == 403
    assert client.post(f"{path}/mark", data={"cleared": "1"}).status_code == 303
    assert client.post(f"{path}/original").status_code == 200
    assert client.post(f"{path}/grade", data={"source": "B"}).status_code == 400
    grade = {"source": "B", "information": "3", "handling": "H1", "conditions": "Ask first", "tlp": "RED"}
    assert client.post(f"{path}/grade", data=grade).status_code == 303
    text = client.get(path).text
    assert "B3: the source is mostly reliable" in text and "Conditions: Ask first." in text and "TLP:RED" in text
    assert client.get(f"/cases/{case}/exhibits/C99-E1").status_code == client.get(f"{path}9").status_code == 404


def test_a_case_whose_day_is_near_or_past_says_so(shared):
    client = shared.client
    case = opened(client)
    near = datetime.now(UTC).date().isoformat()
    change = COVER | {"owner": "tester", "why": "Order", "retain_until": near}
    assert client.post(f"/cases/{case}/change", data=change | {"why": ""}).status_code == 400
    assert client.post(f"/cases/{case}/change", data=change).status_code == 303
    assert "It is erased after" in client.get(f"/cases/{case}").text and ">today<" in client.get("/cases").text
    assert client.post(f"/cases/{case}/close", data={"why": "Solved"}).status_code == 303
    closed = client.get(f"/cases/{case}/notes").text
    assert "This case is closed" in closed and "Note it" not in closed
    answer = client.post(f"/cases/{case}/notes", data={"text": "late"})
    assert answer.status_code == 400 and f"{case} is closed" in answer.text and "clew case" not in answer.text
    assert client.post(f"/cases/{case}/reopen", data={"why": "New facts"}).status_code == 303


@pytest.mark.parametrize("path", ["/cases/%2e%2e/packages", "/cases/..%2fx", "/cases/C0", "/cases/" + "C" * 300])
def test_odd_names_of_cases_are_no_cases(bench, path):
    assert bench.client.get(path).status_code in (404, 422)
    assert bench.client.post(path).status_code in (404, 405, 422)
    assert not (bench.desk.path / "packages").exists()


def test_the_api_tells_a_case_whole(shared):
    case = opened(shared.client)
    shared.client.post(f"/cases/{case}/notes", data={"text": "One"})
    found = shared.client.get(f"/api/v1/cases/{case}").json()
    assert (found["case"]["id"], found["notes"][0]["text"]) == (case, "One")


def test_a_large_network_is_taken_in_the_background(shared, monkeypatch):
    monkeypatch.setattr(cases_add, "AT_ONCE", 1)
    case = opened(shared.client)
    lead = lead_of(shared)
    taken = shared.client.post("/cases/add", data={"what": lead, "case": case, "source": "B", "information": "3"})
    assert taken.headers["location"] == f"/cases/{case}/exhibits"
    job = shared.desk.jobs.wait(shared.desk.jobs.all()[0].id)
    assert job.state == "done", job.said
    assert shared.client.get(f"/api/v1/cases/{case}").json()["exhibits"][0]["grading"] == "B3"
    assert shared.client.post(f"/api/v1/cases/{case}/exhibits", json={"what": lead}).status_code == 400
