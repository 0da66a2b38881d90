"""Captures by a real Chromium of servers that behave, and of servers that do not."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import socket
import ssl
import stat
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.evidence import makers
from warcio.archiveiterator import ArchiveIterator

from clew.evidence.capture.browser import Bounds
from clew.evidence.capture.gate import is_private
from clew.evidence.capture.page import Captured, checked
from clew.evidence.capture.page import capture as captures
from clew.evidence.capture.record import is_shown
from clew.evidence.intake.examine import examine
from clew.model.errors import InputError

Answer = Callable[[socket.socket], None]
SHORT = Bounds(seconds=30, drawing=10, total=8 << 20, resource=1 << 20, requests=40)
HASTY = replace(SHORT, seconds=6, drawing=2)  # for pages that never come to rest


def _http(body: bytes, *more: str, status: str = "200 OK", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    head = [
        f"HTTP/1.1 {status}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {size}",
        "Connection: close",
    ]
    return "\r\n".join([*head, *more, "", ""]).encode() + body


def _says(body: bytes, *more: str, status: str = "200 OK", length: int | None = None) -> Answer:
    return lambda found: found.sendall(_http(body, *more, status=status, length=length))


def _endless(found: socket.socket) -> None:
    found.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n\r\n")
    with contextlib.suppress(OSError):
        for _ in range(500):
            found.sendall(bytes(1 << 20))


def _drip(found: socket.socket) -> None:
    found.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n<html><p>slow</p>")
    with contextlib.suppress(OSError):
        for _ in range(100):
            time.sleep(0.2)
            found.sendall(b"<i></i>")


@dataclass
class Site:
    """A server that answers each path as told."""

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@contextlib.contextmanager
def _served(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    listener = socket.create_server(("127.0.0.1", 0))
    site = Site(f"http{'s' if tls else ''}://127.0.0.1:{listener.getsockname()[1]}")

    def serve(found: socket.socket) -> None:
        with contextlib.suppress(OSError, IndexError), found:
            found.settimeout(30)
            open_ = tls.wrap_socket(found, server_side=True) if tls else found
            asked = b""
            while b"\r\n\r\n" not in asked and (block := open_.recv(65536)):
                asked += block
            path = asked.split(b" ")[1].decode()
            site.asked.append(path)
            site.answers.get(path, _says(b"not there", status="404 Not Found"))(open_)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield site
    finally:
        listener.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with _served() as found:
        yield found


def capture(url: str, out: Path, **options: Any) -> Captured:
    """Capture a page, in a thread of its own: after tests of the workbench their browser's loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(captures, url, out, **options).result()


def _take(site: Site, out: Path, path: str = "/", **more: object) -> tuple[Captured, dict[str, Any]]:
    options = {"allow_private": True, "bounds": SHORT} | more
    found = capture(site.url + path, out, **options)
    return found, json.loads((found.folder / "capture.json").read_text())


def _records(found: Captured) -> dict[tuple[str, str], tuple[str, bytes]]:
    """(type, target) to (status, bytes) as warcio reads them, digests checked."""
    read: dict[tuple[str, str], tuple[str, bytes]] = {}
    with (found.folder / "capture.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            status = record.http_headers.get_statuscode() if record.http_headers else ""
            read[record.rec_type, record.rec_headers.get_header("WARC-Target-URI") or ""] = (
                status,
                record.content_stream().read(),
            )
    return read


PAGE = (
    "<!doctype html><html><title>Jobs</title><link rel=stylesheet href=/s.css><img src=/a.png><img src=/gone.png>"
    "<p style='height:3000px'>Anna</p><iframe src=http://localhost:{port}/frame></iframe>"
    "<img loading=lazy src=/late.png>"
    "<script src=/s.js></script><script>new Worker('/worker.js')</script></html>"
)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Captured, dict[str, Any]]]:
    """A page with all that pages load, captured once; tests only look at it."""
    with _served() as site:
        page = PAGE.format(port=site.url.rsplit(":", 1)[1]).encode()
        style = _http(gzip.compress(b"body { background: rgb(0, 0, 255) }"), "Content-Encoding: gzip")
        site.answers |= {
            "/": _says(b"", "Location: /jobs?x=1", status="302 Found"),
            "/jobs?x=1": _says(page, "X-oDD: 1", "Set-Cookie: a=1", "Set-Cookie: b=2", status="203 Well Well"),
            "/s.css": lambda found: found.sendall(style.replace(b"text/html; charset=utf-8", b"text/css")),
            "/a.png": _says(makers.png(), "Content-Type: image/png"),
            "/late.png": _says(makers.png(9), "Content-Type: image/png"),
            "/s.js": _says(b"document.querySelector('p').textContent += ' was here'"),
            "/worker.js": _says(b"fetch('/asked-by-worker')"),
            "/asked-by-worker": _says(b"answer"),
            "/frame": _says(b"<html>framed</html>"),
        }
        out = tmp_path_factory.mktemp("capture") / "new" / "out"
        yield (site, *_take(site, out, why="to see", case="C1", user="tester"))


Everything = tuple[Site, Captured, dict[str, Any]]


def test_a_page_with_everything_it_loads(everything: Everything) -> None:
    site, found, told = everything
    assert (found.status, found.title, found.final_url) == (203, "Jobs", f"{site.url}/jobs?x=1")
    assert found.faults == ()
    read = _records(found)
    other = site.url.replace("127.0.0.1", "localhost")
    assert read["response", f"{site.url}/"][0] == "302"
    assert read["response", f"{site.url}/jobs?x=1"][1].startswith(b"<!doctype html><html><title>Jobs</title>")
    assert read["response", f"{site.url}/a.png"] == ("200", makers.png())
    assert read["response", f"{site.url}/late.png"] == ("200", makers.png(9))
    assert read["response", f"{site.url}/gone.png"] == ("404", b"not there")
    assert read["response", f"{site.url}/s.css"][1] == b"body { background: rgb(0, 0, 255) }"
    assert read["response", f"{site.url}/asked-by-worker"] == ("200", b"answer")
    assert read["response", f"{other}/frame"] == ("200", b"<html>framed</html>")
    assert ("request", f"{site.url}/s.js") in read
    assert b"Anna was here" in read["resource", f"urn:dom:{found.final_url}"][1]
    assert b"isPartOf: C1\r\ndescription: to see\r\n" in read["warcinfo", ""][1]
    assert told["redirects"] == [{"from": f"{site.url}/", "status": 302, "to": "/jobs?x=1"}]
    assert told["server"]["address"] == "127.0.0.1"
    assert (told["why"], told["case"], told["user"]) == ("to see", "C1", "tester")
    assert {one["url"]: one["status"] for one in told["resources"]}[f"{site.url}/gone.png"] == 404


def test_the_picture_shows_the_whole_page(everything: Everything) -> None:
    _, found, _ = everything
    screenshot = (found.folder / "screenshot.png").read_bytes()
    assert _records(found)["resource", f"urn:screenshot:{found.final_url}"][1] == screenshot
    drawn = Image.open(io.BytesIO(screenshot))
    assert drawn.size[0] >= 1280
    assert drawn.size[1] > 3_000
    assert drawn.convert("RGB").getpixel((5, drawn.size[1] - 5)) == (0, 0, 255)


def test_the_capture_is_whole_for_the_intake(everything: Everything) -> None:
    _, found, told = everything
    for name, size, sha256, blake2b in found.files:
        seen = examine(found.folder / name)
        assert (seen.size, seen.sha256, seen.blake2b, seen.faults) == (size, sha256, blake2b, ())
    written = {name: sha256 for name, _, sha256, _ in found.files if name != "capture.json"}
    assert {one["name"]: one["sha256"] for one in told["files"]} == written
    seen = examine(found.folder / "capture.warc.gz")
    assert seen.kind == "warc"
    assert dict(seen.facts)["payload digests"].endswith(" 0 wrong")


def test_headers_are_kept_as_sent(everything: Everything) -> None:
    site, found, _ = everything
    with (found.folder / "capture.warc.gz").open("rb") as file:
        heads = {
            record.rec_headers.get_header("WARC-Target-URI"): record.http_headers
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        }
    page = heads[f"{site.url}/jobs?x=1"]
    assert page.statusline == "203 Well Well"
    sent = [("X-oDD", "1"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    assert [pair for pair in page.headers if pair[0] in ("X-oDD", "Set-Cookie")] == sent
    assert heads[f"{site.url}/s.css"].get_header("X-Archive-Orig-Content-Encoding") == "gzip"


def test_the_folder_is_for_the_user_alone_and_new(everything: Everything) -> None:
    site, found, _ = everything
    assert stat.S_IMODE(found.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in found.folder.iterdir()} == {0o600}
    assert [path.name for path in found.folder.parent.iterdir()] == ["out"]
    with pytest.raises(InputError, match="exists"):
        _take(site, found.folder)


def test_without_scripts(site: Site, tmp_path: Path) -> None:
    site.answers["/"] = _says(b"<html><p>Anna</p><script>document.body.textContent = 'changed'</script></html>")
    found, told = _take(site, tmp_path / "out", javascript=False)
    dom = _records(found)["resource", f"urn:dom:{site.url}/"][1]
    assert b"Anna" in dom
    assert b"<body>changed" not in dom
    assert told["browser"]["javascript"] is False


def test_a_document_that_is_not_drawn_is_kept(site: Site, tmp_path: Path) -> None:
    content = makers.pdf()
    site.answers["/"] = lambda found: found.sendall(
        _http(content).replace(b"text/html; charset=utf-8", b"application/pdf")
    )
    found, _ = _take(site, tmp_path / "out")
    assert found.faults == (f"A document that is not drawn; its {len(content):,} bytes were kept: {site.url}/.",)
    assert _records(found)["response", f"{site.url}/"] == ("200", content)
    assert {name for name, *_ in found.files} == {"capture.json", "capture.warc.gz"}


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "data:text/html,x", "javascript:alert(1)", "about:blank", "chrome://version", "ftp://a/",
     "view-source:http://a", "http://", "//a", "a", "http://a:99999999/", "http://[x",
     "http://u:p@example.org/", "http://a b/", "HTTP:a"],
)  # fmt: skip
def test_other_addresses_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        checked(url)
    with pytest.raises(InputError):
        capture(url, tmp_path / "out", allow_private=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "0.0.0.0", "[::ffff:127.0.0.1]"]
)
def test_private_hosts_are_refused_on_a_server(host: str, site: Site, tmp_path: Path) -> None:
    port = site.url.rsplit(":", 1)[1]
    with pytest.raises(InputError, match="address of this machine or of a private network"):
        capture(f"http://{host}:{port}/", tmp_path / "out")
    assert site.asked == []


@pytest.mark.parametrize(
    ("address", "private"),
    [("127.0.0.1", True), ("10.1.2.3", True), ("192.168.0.1", True), ("169.254.169.254", True), ("100.64.0.1", True),
     ("0.0.0.0", True), ("224.0.0.1", True), ("::1", True), ("fe80::1%eth0", True), ("fc00::1", True),
     ("::ffff:10.0.0.1", True), ("64:ff9b::7f00:1", True), ("2002:7f00:1::", True), ("8.8.8.8", False),
     ("2606:4700::1111", False), ("64:ff9b::808:808", False)],
)  # fmt: skip
def test_private_addresses(address: str, private: bool) -> None:
    assert is_private(address) == private


def test_a_public_page_cannot_reach_private_addresses(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By redirect, picture, frame, script, WebSocket or worker; "public" is one of two loopback addresses here."""
    inner = site.url.replace("127.0.0.1", "127.0.0.2")
    script = f"fetch('{inner}/fetch').catch(() => 0); new WebSocket('{inner.replace('http', 'ws')}/socket');"
    worker = f"new Worker(URL.createObjectURL(new Blob([`fetch('{inner}/worker').catch(() => 0)`])));"
    page = f"<html><img src={inner}/picture><iframe src={inner}/frame></iframe><img src=/moved>"
    page += f"<script>{script}{worker}</script>"
    site.answers |= {"/": _says(page.encode()), "/moved": _says(b"", f"Location: {inner}/secret", status="302 Found")}
    monkeypatch.setattr("clew.evidence.capture.gate.is_private", lambda address: address != "127.0.0.1")
    with socket.create_server(("127.0.0.2", int(site.url.rsplit(":", 1)[1]))) as private:
        private.settimeout(0.1)
        found, told = _take(site, tmp_path / "out", allow_private=False)
        with pytest.raises(TimeoutError):
            private.accept()
    assert {one["address"] for one in told["connections"]} == {"127.0.0.1"}
    for name in ("picture", "frame", "fetch"):
        assert f"{inner}/{name} was refused: 127.0.0.2 is 127.0.0.2" in " ".join(found.faults)
    assert f"{inner}/secret" in " ".join(found.faults)


def test_a_redirect_of_the_page_itself_to_a_private_address(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers["/"] = _says(b"", "Location: http://127.0.0.2:8081/x", status="302 Found")
    monkeypatch.setattr("clew.evidence.capture.gate.is_private", lambda address: address != "127.0.0.1")
    found, _ = _take(site, tmp_path / "out", allow_private=False)
    assert "A connection was refused: 127.0.0.2 is 127.0.0.2, an address of this machine" in " ".join(found.faults)
    assert ("response", f"{site.url}/") in _records(found)


def _closes(found: socket.socket) -> None:
    found.close()


BAD: dict[str, tuple[Answer, str, int | None]] = {
    # One page does all that a page can do at once without harm to another finding.
    "fails, talks, opens windows and is very tall": (
        _says(b"<html><p style='height:90000px'>Anna<script>alert(1); confirm(2); window.open('/x')</script>",
              status="503 Service Unavailable"), "the picture shows the first 16,000", 503),
    "closes at once": (_closes, "The page was not loaded: net::ERR_EMPTY_RESPONSE", None),
    "claims too much": (_says(b"<html>Anna</html>", length=5_000), "Not whole (disconnect), 17 bytes kept", 200),
    "claims too little": (_says(b"<html>Anna</html>", length=8), "", 200),
    "is no HTTP": (lambda found: found.sendall(b"\x00\x01 nonsense\r\n\r\n"), "The page was not loaded", None),
    "drips": (_drip, "had not come to rest after 6 seconds and was taken as it was", 200),
    "never answers": (lambda found: time.sleep(9), "had not come to rest after 6 seconds", None),
    "redirects in a circle": (_says(b""), "ERR_TOO_MANY_REDIRECTS", None),
    "is never idle": (_says(b"<html><script>setInterval(() => fetch('/x'), 40)</script>"), "than 40 requests", 200),
    "never stops thinking": (_says(b"<html>Anna<script>while (true) {}</script>"), "The page did not answer", 200),
    "is a download": (_says(b"MZ", "Content-Disposition: attachment; filename=a.exe"), "its 2 bytes were kept", 200),
    "unpacks to much": (_says(gzip.compress(bytes(50 << 20)), "Content-Encoding: gzip"), "gives more than", 200),
    "moves to a file": (_says(b"", "Location: file:///etc/passwd", status="302 Found"), "was not loaded", None),
}  # fmt: skip
RESTLESS = ("claims too much", "drips", "never answers", "is never idle", "never stops thinking", "unpacks to much")


def _problem(name: str, site: Site, out: Path) -> str | None:
    """What is not as it should be in the capture of a bad server."""
    _, fault, status = BAD[name]
    path = "/" + name.replace(" ", "-")
    found, told = _take(site, out, path, bounds=HASTY if name in RESTLESS else SHORT)
    seen = examine(found.folder / "capture.warc.gz")
    said = " ".join(found.faults)
    right = (
        fault in said,
        fault or "Not whole" not in said,
        status is None or found.status == status,
        told["faults"] == list(found.faults),
        seen.faults == (),
        b"root:" not in (found.folder / "capture.json").read_bytes(),
    )
    return None if all(right) else f"{right} {found.status} {said} {seen.faults}"


def test_servers_that_misbehave(site: Site, tmp_path: Path) -> None:
    for name, (answer, _, _) in BAD.items():
        site.answers["/" + name.replace(" ", "-")] = answer
    site.answers["/redirects-in-a-circle"] = _says(b"", "Location: /redirects-in-a-circle", status="302 Found")
    with ThreadPoolExecutor(4) as pool:
        problems = dict(zip(BAD, pool.map(lambda name: _problem(name, site, tmp_path / name), BAD), strict=True))
    assert {name: told for name, told in problems.items() if told} == {}


LATER = b"<html>Anna<script>addEventListener('load', () => setTimeout(() => fetch('/much'), 200))</script>"


def test_five_hundred_megabytes_are_cut_and_said(site: Site, tmp_path: Path) -> None:
    site.answers |= {"/": _says(LATER), "/much": _endless}
    found, told = _take(site, tmp_path / "out")
    assert f"{site.url}/much gives more than 1,048,576 bytes: loading was stopped there." in found.faults
    much = next(one for one in told["resources"] if one["url"].endswith("/much"))
    assert much["cut"] == "length"
    assert much["bytes"] <= 1 << 20
    assert sum(size for _, size, _, _ in found.files) < 4 << 20
    assert b"Anna" in _records(found)["response", f"{site.url}/"][1]
    with (found.folder / "capture.warc.gz").open("rb") as file:
        cut = [r.rec_headers.get_header("WARC-Truncated") for r in ArchiveIterator(file) if r.rec_type == "response"]
    assert cut == [None, "length"]


def test_all_bytes_together_are_bounded(site: Site, tmp_path: Path) -> None:
    pictures = "".join(f"<img src=/{n}>" for n in range(30))
    site.answers["/"] = _says(f"<html>{pictures}".encode())
    noise = io.BytesIO()  # a real picture: what is none is dropped after its first bytes
    Image.effect_noise((548, 547), 50).convert("RGB").save(noise, "BMP")
    site.answers |= {f"/{n}": _says(noise.getvalue()) for n in range(30)}
    found, told = _take(site, tmp_path / "out")
    assert "More than 8,388,608 bytes were sent: the network was closed there." in found.faults
    assert sum(one["received"] for one in told["connections"]) < 10 << 20


def test_a_picture_that_the_browser_drops_is_not_called_whole(site: Site, tmp_path: Path) -> None:
    site.answers |= {"/": _says(b"<html><img src=/none><img src=/whole>"), "/none": _says(bytes(900_000))}
    site.answers["/whole"] = _says(b"no picture either")
    found, told = _take(site, tmp_path / "out")
    cut = {one["url"].rpartition("/")[2]: (one["cut"], one["bytes"] < 900_000) for one in told["resources"]}
    assert cut["none"] == ("unspecified", True)
    assert any(fault.startswith("Not whole (unspecified)") and "/none" in fault for fault in found.faults)


def _certificate(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate that nobody trusts."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "clew.test")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    made = builder.sign(key, hashes.SHA256())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


def test_certificates_are_checked_and_recorded(tmp_path: Path) -> None:
    with _served(_certificate(tmp_path)) as site:
        site.answers["/"] = _says(b"<html>Anna</html>")
        found, _ = _take(site, tmp_path / "strict")
        assert found.status is None
        assert "ERR_CERT_AUTHORITY_INVALID" in " ".join(found.faults)
        found, told = _take(site, tmp_path / "any", any_certificate=True)
    assert found.status == 200
    assert found.faults == ("Certificates were not checked, as asked: who answered is not certain.",)
    certificate = told["server"]["certificate"]
    assert certificate["subjectName"] == "clew.test"
    assert len(certificate["sha256"][0]) == 64


def test_a_browser_that_does_not_start_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clew.evidence.capture.page.browser_path", lambda: "/bin/false")
    with pytest.raises(InputError, match="does not start"):
        capture("http://127.0.0.1:9/", tmp_path / "out", allow_private=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("headers", "shown"),
    [({}, True), ({"content-type": "text/html"}, True), ({"Content-Type": "Application/XHTML+xml; charset=x"}, True),
     ({"Content-Type": "application/json"}, True), ({"Content-Type": "image/png"}, True),
     ({"Content-Type": "application/pdf"}, False), ({"Content-Type": "application/octet-stream"}, False),
     ({"Content-Type": "text/html", "Content-Disposition": "Attachment; filename=a"}, False)],
)  # fmt: skip
def test_what_the_browser_draws(headers: dict[str, str], shown: bool) -> None:
    assert is_shown(list(headers.items())) == shown
