"""Requests that no browser sends: odd hosts, paths, lengths and bodies, and what answers give away."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.web.conftest import Bench, served, stranger

from clew.store.workspace import Workspace
from clew.web import security
from clew.web.serve import Place

MATERIAL = ("/leads", "/overview", "/audit", "/api/v1/leads", "/cases", "/accounts", "/search?q=x")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("requests") / "workspace"
    Workspace.create(folder)
    with served(folder) as found:
        yield found


def raw(bench: Bench, sent: bytes, patience: float = 20.0) -> bytes:
    """What the server answers to bytes."""
    host, port = bench.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), patience) as line:
        line.settimeout(patience)
        line.sendall(sent)
        found = b""
        try:
            while piece := line.recv(1 << 16):
                found += piece
                if b"\r\n\r\n" in found:
                    break
        except (TimeoutError, ConnectionResetError):
            pass
        return found


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


def asked(bench: Bench, path: str, method: str = "GET") -> tuple[int, str]:
    """The answer to a path as it stands: no client tidies it up."""
    line = http.client.HTTPConnection(bench.url.removeprefix("http://"), timeout=20)
    line.putrequest(method, path, skip_accept_encoding=True)
    line.endheaders()
    found = line.getresponse()
    return found.status, found.read().decode("utf-8", "replace")


@pytest.mark.parametrize(
    "path",
    [
        "//leads", "///leads", "//evil.example/leads", "/./leads", "/x/../leads", "/static/../leads", "/%2e%2e/leads",
        "/static/%2e%2e/leads", "/static/..%2f..%2fpage.py", "/static/..\\..\\page.py", "/static//etc/passwd",
        "/static/%2fetc%2fpasswd", "/leads/", "/leads;/", "/leads%00", "/LEADS", "/leads%2f", "/sign-in/../leads",
        "/sign-in%2f..%2fleads", "/healthz/../audit", "/enter/..;/audit", "/api/v1/../../audit", "/api//v1/leads",
        "/static/css/../../templates/base.html", "http://127.0.0.1/leads", "/leads?x=/static/", "/leads#/static/",
    ],
)  # fmt: skip
def test_no_path_goes_around_the_door(bench: Bench, path: str) -> None:
    code, said = asked(bench, path)
    assert code in (400, 401, 404, 421), (code, said[:200])
    assert "root:" not in said and "import " not in said and "{%" not in said


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "OPTIONS", "HEAD", "PROPFIND", "X"])
def test_other_methods_show_nothing(bench: Bench, method: str) -> None:
    for path in MATERIAL:
        code, said = asked(bench, path, method)
        assert code in (400, 401, 404, 405), (path, code)
        assert "Trace" not in said


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "127.0.0.1\\@evil.example",
        "evil.example#127.0.0.1", "evil.example?127.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "localhost.",
        "127.0.0.1/evil.example@x", "", " ", "[", "127.0.0.1 evil.example",
    ],
)  # fmt: skip
def test_only_its_own_names_are_answered(bench: Bench, host: str) -> None:
    found = raw(bench, f"GET /sign-in HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert status(found) in (400, 421), found[:200]


def test_a_link_with_a_secret_names_the_address_that_is_served(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for a new link under another port, or a name with a trap in it, must not choose where the key goes."""
    told: list[str] = []
    monkeypatch.setattr(bench.desk, "say", told.append)
    monkeypatch.setattr(bench.desk, "address", bench.url)
    for host in ("127.0.0.1:9", "evil.example\\@127.0.0.1"):
        with stranger(bench.url) as client:
            client.post("/enter/link", headers={"host": host})
    assert told and all(f" {bench.url}/enter?key=" in line for line in told)


@pytest.mark.parametrize(
    ("head", "codes"),
    [
        (b"POST /sign-in HTTP/1.1\r\nHost: H\r\nContent-Length: 999999999999\r\n\r\n", (413,)),
        (b"POST /sign-in HTTP/1.1\r\nHost: H\r\nContent-Length: 70000\r\n\r\n", (401,)),
        (b"POST /sign-in HTTP/1.1\r\nHost: H\r\nContent-Length: -1\r\n\r\n", (400,)),
        (b"POST /sign-in HTTP/1.1\r\nHost: H\r\nContent-Length: \xb2\r\n\r\n", (400, 413)),
        (b"POST /sign-in HTTP/1.1\r\nHost: H\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", (400,)),
        (b"POST /sign-in HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n0\r\n\r\n", (411,)),
        (
            b"POST /sign-in HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
            (400, 411),
        ),
        (b"GET /sign-in HTTP/1.1\r\nHost: H\r\nHost: evil.example\r\n\r\n", (400, 421)),
        (b"GET /sign-in HTTP/1.1\r\nHost: H\r\nX: a\r\n b\r\n\r\n", (200, 400)),
        (b"GET /sign-in HTTP/1.1\r\nHost: H\r\nX : a\r\n\r\n", (400,)),
        (b"GET /sign-in HTTP/1.1\r\nHost: H\r\nX: " + b"a" * 200_000 + b"\r\n\r\n", (400, 431)),
        (b"GET /sign-in HTTP/1.1\r\nHost: H\r\n" + b"X: a\r\n" * 50_000 + b"\r\n", (400, 431)),
        (b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: H\r\n\r\n", (400, 414)),
        (b"GET /sign-in HTTP/9.9\r\nHost: H\r\n\r\n", (200, 400, 505)),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200 + b"\r\n\r\n", (400,)),
    ],
)
def test_odd_requests_are_refused(bench: Bench, head: bytes, codes: tuple[int, ...]) -> None:
    host = bench.url.removeprefix("http://").encode()
    found = raw(bench, head.replace(b"Host: H", b"Host: " + host))
    assert status(found) in codes, found[:200]
    assert b"Traceback" not in found


def test_a_body_that_trickles_is_broken_off(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "PATIENCE", 0.3)
    host = bench.url.removeprefix("http://")
    head = f"POST /sign-in HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    begun = time.monotonic()
    found = raw(bench, f"{head}Content-Length: 100\r\n\r\nname=".encode(), 30)
    assert status(found) >= 400 and time.monotonic() - begun < 25


def test_no_request_becomes_a_websocket(bench: Bench) -> None:
    host = bench.url.removeprefix("http://")
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n"
    assert status(raw(bench, f"GET /sign-in HTTP/1.1\r\nHost: {host}\r\n{upgrade}\r\n".encode())) != 101


@pytest.mark.parametrize("depth", [200, 100_000])
def test_deep_json_is_refused(bench: Bench, depth: int) -> None:
    deep = '{"state":' * depth + "1" + "}" * depth
    answer = bench.client.post(
        "/api/v1/leads/N1/triage", content=deep.encode(), headers={"content-type": "application/json"}
    )
    assert 400 <= answer.status_code < 500 and "Traceback" not in answer.text


def test_forms_have_bounds(bench: Bench) -> None:
    many = {f"f{n}": (f"f{n}", b"x") for n in range(1_100)}
    assert bench.client.post("/sources/add", files=many).status_code in (400, 413, 422)
    assert bench.client.post("/sources/add", data={"file": "x" * (2 << 20)}).status_code < 500
    assert bench.client.post("/sign-in", data={"name": "x" * 5_000, "password": "y"}).status_code in (401, 422)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "https://127.0.0.1"},
        {"sec-fetch-site": "same-site"},
        {"origin": "", "referer": "https://evil.example/"},
        {"content-type": "text/plain"},
        {"x-http-method-override": "GET"},
    ],
)
def test_no_change_comes_from_another_page(bench: Bench, headers: dict[str, str]) -> None:
    with stranger(bench.url) as client:
        client.cookies = bench.client.cookies
        answer = client.post("/purpose", content=b"why=something+else+entirely", headers=headers)
    assert answer.status_code == 403, answer.status_code


def test_a_session_that_somebody_slipped_in_ends(bench: Bench) -> None:
    """Fixation: a secret that was there before signing in is not kept, and one that is nobody's becomes nobody's."""
    with stranger(bench.url) as victim:
        name = next(iter(bench.client.cookies.keys()))
        victim.cookies.set(name, "chosen-by-somebody-else", domain="127.0.0.1", path="/")
        answer = victim.get("/enter", params={"key": bench.desk.links.make()})
        given = answer.headers["set-cookie"]
        assert answer.status_code == 303 and "chosen-by-somebody-else" not in given
        assert all(part in given for part in ("HttpOnly", "SameSite=strict", "Path=/")) and "Domain" not in given
        secret = given.split("=", 1)[1].split(";")[0]
        assert len(secret) > 40
        victim.cookies.clear()
        victim.cookies.set(name, secret)
        again = victim.get("/enter", params={"key": bench.desk.links.make()})
        assert again.status_code == 303
        victim.cookies.clear()
        victim.cookies.set(name, secret)
        assert victim.get("/overview").status_code == 401
        victim.cookies.clear()
        victim.cookies.set(name, "chosen-by-somebody-else")
        assert victim.get("/overview").status_code == 401


@pytest.mark.parametrize(
    "path", ["/sign-in", "/overview", "/nowhere", "/api/v1/leads", "/healthz", "/static/nothing.js"]
)
def test_every_answer_forbids_what_it_need_not_allow(bench: Bench, path: str) -> None:
    for client in (bench.client, stranger(bench.url)):
        found = client.get(path, headers={"origin": "https://evil.example"}).headers
        policy = found["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert found["x-content-type-options"] == "nosniff" and found["referrer-policy"] == "same-origin"
        assert found["cache-control"] == ("no-cache" if path.startswith("/static/") else "no-store")
        assert "server" not in found and not [name for name in found if name.startswith("access-control")]


def test_what_is_reflected_ends_no_header(bench: Bench) -> None:
    evil = "x\r\nset-cookie: taken=1\r\n\r\n<script>"
    for answer in (
        bench.client.get("/search", params={"q": evil}),
        bench.client.post("/purpose", data={"why": "to see what comes", "next": f"/{evil}"}),
        bench.client.post("/sources/file", files={"upload": ("x\r\nset-cookie: taken=1.csv", b"a,b\n1,2\n")}),
        bench.client.get("/leads", headers={"hx-request": "true", "clew-purpose": "x%0d%0aset-cookie: taken=1"}),
    ):
        assert "taken" not in answer.headers.get("set-cookie", "") and "\n" not in answer.headers.get("location", "")


def test_an_error_gives_nothing_away(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.desk, "_index", None)
    for path in ("/overview", "/api/v1/overview"):
        # The server hangs up after an error; the next request must not be on its way by the same line.
        answer = bench.client.get(path, headers={"connection": "close"})
        assert answer.status_code == 500
        assert not any(word in answer.text for word in ("Traceback", "RuntimeError", "Desk.refresh", "site-packages"))
        assert str(bench.desk.path) not in answer.text


def test_forwarded_headers_count_only_from_a_proxy_that_was_named(tmp_path: Path) -> None:
    sent = {"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9"}
    for named, secure, address in (((), False, "127.0.0.1"), (("127.0.0.1",), True, "203.0.113.9")):
        folder = tmp_path / str(secure)
        Workspace.create(folder)
        with served(folder, place=Place(port=0, proxy=named)) as bench, stranger(bench.url) as client:
            given = client.get("/enter", params={"key": bench.desk.links.make()}, headers=sent).headers["set-cookie"]
            assert given.startswith("__Host-") is secure and ("Secure" in given) is secure
            with bench.desk.db.connect() as connection:
                seen = [row[0] for row in connection.exec_driver_sql("SELECT address FROM sessions")]
            assert address in seen and (secure or "203.0.113.9" not in seen)
