"""Pages as records: what a visitor reads, what only the code says, job offers, pictures, certificates."""

from __future__ import annotations

import datetime
import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PIL import Image
from tests.ingest.shelf import Shelf, reasons, rows

from clew.ingest.formats.warc import example_record
from clew.ingest.pages import Raw, pages_batch
from clew.ingest.pages_beside import Beside
from clew.ingest.pages_codes import codes_of, is_example
from clew.ingest.pages_gather import Gathered, gather
from clew.ingest.pages_http import response_of, text_of
from clew.ingest.pages_text import read_page
from clew.ingest.pages_warc import Record
from clew.ingest.pdq import pdq
from clew.ingest.stage import IngestOptions, IngestResult, ingest_files


def http(body: bytes, kind: str = "text/html; charset=utf-8", more: str = "", status: int = 200) -> bytes:
    return f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + body


def response(url: str, body: bytes | str, kind: str = "text/html; charset=utf-8", more: str = "") -> bytes:
    return example_record("response", url, http(body.encode() if isinstance(body, str) else body, kind, more))


def ingest(shelf: Shelf, *files: Path) -> IngestResult:
    out = shelf.root / "out"
    out.mkdir(exist_ok=True)
    return ingest_files(files, IngestOptions(None, "seen"), [], out)


def warc(shelf: Shelf, *records: bytes, packed: bool = True) -> IngestResult:
    content = b"".join(gzip.compress(r) if packed else r for r in records)
    return ingest(shelf, shelf.write("site.warc.gz" if packed else "site.warc", content))


def picture(seed: int = 1, side: int = 128) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).resize((side, side)).save(out, "PNG")
    return out.getvalue()


def test_main_text_first_then_the_rest() -> None:
    page = read_page(
        "<html lang=nl><head><title>A &amp; B</title><style>p{}</style><script>if (a<b) x('<p>no</p>')</script></head>"
        "<body><header>Logo</header><nav><ul><li><a href=/>Home</a><li>Jobs</ul></nav><main><h1>Work  here</h1><p>Nice"
        "<b>ly</b> done<br>two<p>Three <span style='display: none'>no <span>no</span> no</span>yes"
        "<table><tr><td>a<td>b</tr></table></main><form>Search<select><option>NL</select></form>"
        "<p hidden>no<p>Aside</p><footer>Tel <a href='tel:+31612345678'>call</a><noscript>no</noscript></footer>"
    )
    assert page.title == "A & B"
    assert page.main == "Work here\nNicely done\ntwo\nThree yes\na b"
    assert page.rest == "Aside\nLogo\nHome\nJobs\nSearch\nTel call"
    assert page.language == "nl" and page.links == ["/", "tel:+31612345678"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a < b and c > d", "a < b and c > d"),
        ("<p>1<!-- x > y --><p>2<![CDATA[z]]>3", "1\n23"),
        ('<a title="x > y">1</a>', "1"),
        ("<p>one <p title='never closed>two</p><p>three", "one\ntwo\nthree"),
        ("<div hidden><div>no</div>no</div>yes", "yes"),
        ("<p>&eacute;&#8364;&nbsp;x", "é€\xa0x"),
        ("<textarea><p>no</textarea>yes<svg><text>no</text></svg>", "yes"),
        ("</div></div>x</p>", "x"),
        ("<nav><div></nav>yes", "yes"),
    ],
)
def test_odd_markup(markup: str, text: str) -> None:
    assert read_page(markup).main == text


def test_the_shape_is_of_the_template_and_not_of_the_text() -> None:
    def shop(word: str, items: int, more: str = "") -> str:
        item = f"<div class='item item-{items} x'><h2 class=name>{word}</h2>"
        item += f"<p class=price>{word}</p></div>"
        parts = "".join(f"<section class='part{chr(97 + n)}'><div class=in>{word}</div></section>" for n in range(8))
        start = f"<body class='page-{items}'><nav class=top><ul></ul></nav>"
        return f"{start}<div class=list>{item * items}</div>{parts}{more}"

    assert read_page(shop("one", 3)).shape == read_page(shop("two words", 12)).shape != ""
    assert read_page(shop("one", 3)).shape != read_page(shop("one", 3, "<div class=cart></div>")).shape
    assert read_page("<p>little</p>").shape == ""


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("ga('create', 'UA-48152342-3', 'auto');", ["ga:UA-48152342"]),
        ("gtag('config', 'G-9KD3LX7Q2P');", ["ga:G-9KD3LX7Q2P"]),
        ('<iframe src="https://www.googletagmanager.com/ns.html?id=GTM-K3PXQ7R">', ["gtm:GTM-K3PXQ7R"]),
        ('data-ad-client="ca-pub-4815234216070809"', ["adsense:pub-4815234216070809"]),
        ("fbq('init', '481523421607080');", ["fb:481523421607080"]),
        ("https:\\/\\/embed.tawk.to\\/5d2f8a9c0b1e4a3d7c6f9e8b\\/default", ["tawk:5d2f8a9c0b1e4a3d7c6f9e8b"]),
        ('src="//code.tidio.co/abcdefghij1234567890abcdefghij12.js"', ["tidio:abcdefghij1234567890abcdefghij12"]),
        ('src="//code.jivosite.com/widget/Ab3dE6gH9k" async', ["jivo:Ab3dE6gH9k"]),
        (
            'window.CRISP_WEBSITE_ID="7c1e9f3a-52b4-4d8e-a1c6-0f9b8d7e6c5a";',
            ["crisp:7c1e9f3a-52b4-4d8e-a1c6-0f9b8d7e6c5a"],
        ),
        ("window.__lc.license = 4815234;", ["livechat:4815234"]),
        ("ym(48152342, 'init', {clickmap:true});", ["metrika:48152342"]),
        ("h._hjSettings={hjid:4815234,hjsv:6};", ["hotjar:4815234"]),
        (
            "var u='//stats.agency.example/';_paq.push(['setSiteId', '7']);",
            ["matomo:stats.agency.example/7"],
        ),
        ("ga('create', 'UA-XXXXX-Y'); ga('create','UA-12345678-1'); 'GTM-XXXX'; fbq('init', '1234567890123456')", []),
    ],
)
def test_ids_of_operators(code: str, found: list[str]) -> None:
    assert list(codes_of(code)) == found


def test_examples_of_manuals_are_nobodys() -> None:
    assert is_example("ga:UA-00000-1"[:11]) and is_example("gtm:GTM-XXXXXX") and not is_example("gtm:GTM-K3PXQ7R")


def test_a_site_becomes_records(shelf: Shelf) -> None:
    job = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "Organization", "telephone": "+31 20 123 4567", "vatID": "NL004495445B01"},
            {
                "@type": ["JobPosting"],
                "title": "Picker",
                "description": "&lt;p&gt;Pick &amp;amp; pack&lt;/p&gt;&lt;ul&gt;&lt;li&gt;now&lt;/ul&gt;",
                "datePosted": "2025-02-03",
                "identifier": {"@type": "PropertyValue", "value": "J-7"},
                "hiringOrganization": {
                    "@type": "Organization",
                    "name": "Green Ltd",
                    "sameAs": "https://t.me/green_jobs",
                },
                "jobLocation": {"address": {"addressLocality": "Venlo", "addressCountry": {"name": "NL"}}},
                "baseSalary": {"currency": "EUR", "value": {"minValue": 1500, "maxValue": 2000.0, "unitText": "MONTH"}},
            },
        ],
    }
    body = (
        f'<title>Jobs</title><link rel=icon href="/f.png"><script type="application/ld+json">{json.dumps(job)}</script>'
        '<p>Call 0612345678 or <a href="tel:0612345678">here</a><a href="https://wa.me/31687654321">app</a>'
        '<a class="__cf_email__" data-cfemail="5a33343c351a3f223b372a363f7435283d">x</a><img src="i/a.png#x">'
    )
    found = warc(
        shelf,
        response("https://www.jobs.example/i/a.png", picture(), "image/png"),
        response("https://www.jobs.example/f.png", b"icon", "image/png"),
        response("https://www.jobs.example/work?x=1#top", body),
        example_record("request", "https://www.jobs.example/", b"GET / HTTP/1.1\r\n\r\n"),
        response("https://www.jobs.example/a.js", "f()", "text/javascript"),
    )
    page, offer = sorted(rows(found.records), key=lambda row: row["kind"], reverse=True)
    assert (found.read, found.rejected) == (2, 0)
    assert (page["kind"], page["url"], page["title"]) == ("page", "https://www.jobs.example/work?x=1", "Jobs")
    assert page["captured_at"].isoformat() == "2025-03-04T05:06:07+00:00" and page["platform"] == "www.jobs.example"
    assert page["contact"].splitlines() == [
        "https://wa.me/31687654321",
        "tel:+31 20 123 4567",
        "VAT: NL004495445B01",
        "mailto:info@example.org",
        "favicon:" + hashlib.sha256(b"icon").hexdigest()[:32],
    ]
    assert page["images"] == [pdq(picture()).hex]
    assert (offer["kind"], offer["native_id"], offer["title"]) == ("job_ad", "J-7", "Picker")
    assert (offer["body"], offer["place"], offer["price"]) == (
        "Pick & pack\nnow",
        "Venlo, NL",
        "1500-2000 EUR per month",
    )
    assert offer["posted_at"].isoformat() == "2025-02-03T00:00:00+00:00"
    assert offer["contact"] == "https://t.me/green_jobs"
    assert json.loads(offer["extra"]) == {"organisation": "Green Ltd"}


def zipped(parts: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_package_of_archives(shelf: Shelf, how: int) -> None:
    one = gzip.compress(response("https://a.example/", "<title>one</title><img src=/p.png>"))
    two = gzip.compress(response("https://a.example/p.png", picture(), "image/png")) * 2
    parts = {"datapackage.json": b'{"title": "Agency"}', "archive/a.warc.gz": one, "archive/b.warc.gz": two}
    found = ingest(shelf, shelf.write("c.wacz", zipped(parts | {"../../archive/c.warc": b"x"}, how)))
    (page,) = rows(found.records)
    assert (page["title"], page["images"]) == ("one", [pdq(picture()).hex])
    assert json.loads(page["extra"]) == {"collection": "Agency"}


def test_one_broken_record_costs_itself(shelf: Shelf) -> None:
    good = [response(f"https://a.example/{n}", f"<title>{n}</title>text") for n in range(4)]
    lying = good[0].replace(b"Content-Length: ", b"Content-Length: 7")
    short = good[0].replace(b"Content-Length: ", b"Content-Length: 20\r\nX: ")
    for packed in (True, False):
        found = warc(shelf, good[0], lying, good[1], short, good[2], b"rubbish\r\n", good[3], packed=packed)
        assert sorted(row["title"] for row in rows(found.records)) == ["0", "1", "2", "3"]
        assert found.rejected == 3 and all("WARC record" in reason for reason in reasons(found))
    spoilt = bytearray(gzip.compress(good[1]))
    spoilt[len(spoilt) // 2] ^= 0xFF
    content = gzip.compress(good[0]) + bytes(spoilt) + gzip.compress(good[2]) + gzip.compress(good[3])[:-20]
    found = ingest(shelf, shelf.write("spoilt.warc.gz", content))
    assert sorted(row["title"] for row in rows(found.records)) == ["0", "2"]
    assert found.rejected == 2


def test_encodings() -> None:
    russian = "<p>Работа за границей</p>"
    assert text_of(russian.encode("cp1251"), "text/html; charset=windows-1251") == russian
    meta = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">' + russian
    assert text_of(meta.encode("cp1251"), "text/html") == meta
    assert text_of(russian.encode("utf-8"), "text/html; charset=iso-8859-1") == russian
    assert text_of("caf\xe9 \x80".encode("latin-1"), "text/html; charset=iso-8859-1") == "café €"
    assert text_of("żółw".encode("utf-16"), "") == "żółw"
    assert text_of(b"plain \xe9", "text/html; charset=base64") == "plain é"


def test_codings_of_bodies() -> None:
    body = b"<p>hello</p>" * 50
    chunked = (
        b"".join(f"{len(part):x};x=y\r\n".encode() + part + b"\r\n" for part in (body[:100], body[100:])) + b"0\r\n\r\n"
    )
    assert response_of(http(chunked, more="Transfer-Encoding: chunked\r\n")).body == body
    assert response_of(http(gzip.compress(body), more="Content-Encoding: gzip\r\n")).body == body
    assert response_of(http(body, more="Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n")).body == body
    bomb = response_of(http(gzip.compress(bytes(80 << 20)), more="Content-Encoding: gzip\r\n"))
    assert (len(bomb.body), bomb.whole) == (8 << 20, False)


def test_a_rendered_copy_stands_for_the_answer(shelf: Shelf) -> None:
    told: dict[str, Any] = {
        "final_url": "https://a.example/",
        "server": {"certificate": {"sha256": ["ab" * 32], "sanList": ["a.example", "b.example"], "issuer": "X"}},
    }
    found = warc(
        shelf,
        response("https://a.example/", "<title>shell</title>"),
        example_record(
            "resource", "urn:dom:https://a.example/", b"<title>built</title>text", "text/html; charset=utf-8"
        ),
        example_record("metadata", "https://a.example/", json.dumps(told).encode(), "application/json"),
    )
    (page,) = rows(found.records)
    assert (page["title"], page["contact"]) == ("built", f"cert:{'ab' * 32}")
    assert json.loads(page["extra"]) == {
        "certificate": {"names": ["a.example", "b.example"], "issuer": "X"},
        "rendered": True,
    }


def test_certificates_of_other_programs(shelf: Shelf) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a.example")])
    day = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(day).not_valid_after(day + datetime.timedelta(9))
    names = [x509.DNSName(host) for host in ("a.example", "agency.example")]
    signed = made.add_extension(x509.SubjectAlternativeName(names), critical=False).sign(key, hashes.SHA256())
    pem = signed.public_bytes(serialization.Encoding.PEM)
    page = response("https://a.example/", "<title>a</title>")
    other = response("https://b.example/", "<title>b</title>")
    told = b'WARC-JSON-Metadata: {"ipType":"Public","cert":{"issuer":"R3","ctc":"1"}}\r\nContent-Type'
    other = other.replace(b"Content-Type", told, 1)
    found = warc(shelf, page, other, response("file:///a.example.pem", pem, "application/x-pem-file"))
    first, second = sorted(rows(found.records), key=lambda row: row["title"])
    assert first["contact"] == f"cert:{signed.fingerprint(hashes.SHA256()).hex()}"
    assert json.loads(first["extra"])["certificate"]["names"] == ["a.example", "agency.example"]
    assert (second["contact"], json.loads(second["extra"])["certificate"]) == (None, {"names": [], "issuer": "R3"})


def test_a_saved_page_says_where_it_was_saved_from(shelf: Shelf) -> None:
    saved = "<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: https://a.example/x \n"
    saved += " saved date: Tue Mar 04 2025 06:06:07 GMT+0100 (CET)\n--><title>x</title><img src='x_files/a.jpg'>"
    saved += "<img src='https://b.example/b.jpg'>"
    (page,) = rows(ingest(shelf, shelf.write("page.html", saved)).records)
    assert (page["url"], page["platform"]) == ("https://a.example/x", "a.example")
    assert page["captured_at"].isoformat() == "2025-03-04T05:06:07+00:00"
    assert page["images"] == ["x_files/a.jpg"]


def test_the_kind_that_a_user_names_is_of_the_pages_and_not_of_their_offers(shelf: Shelf) -> None:
    job = '<script type="application/ld+json">{"@type": "JobPosting", "title": "Picker"}</script>'
    path = shelf.write("a.warc", response("https://a.example/", f"<title>room</title>{job}"))
    found = shelf.ingest(path, kind="ad")
    assert sorted((row["kind"], row["title"]) for row in rows(found.records)) == [("ad", "room"), ("job_ad", "Picker")]


def test_progress_counts_the_file_once(shelf: Shelf) -> None:
    path = shelf.write(
        "a.warc.gz", b"".join(gzip.compress(response(f"https://a.example/{n}", "<p>x")) for n in range(9))
    )
    told = list[int]()
    (shelf.root / "out").mkdir()
    ingest_files([path], IngestOptions(None, "s"), [], shelf.root / "out", lambda done, total: told.append(done))
    assert told == sorted(told) and 0 < told[-1] <= path.stat().st_size


def test_a_large_archive_is_read_by_other_processes_alike(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    icon, scene = picture(3, 32), picture(4)
    offer = '<script type="application/ld+json">{"@type": "JobPosting", "title": "Picker"}</script>'
    records = [
        response("https://a.example/favicon.ico", icon, "image/png"),
        response("https://a.example/p.png", scene, "image/png"),
        *(
            response(f"https://a.example/{n}", f"<title>{n}</title><p>Tel. 0612345{n:03}<img src=/p.png>{offer}")
            for n in range(450)
        ),
        b"WARC/1.1\r\nnonsense",
    ]
    (shelf.root / "other").mkdir()
    other = Shelf(shelf.root / "other")
    here = warc(shelf, *records)
    monkeypatch.setattr("clew.ingest.pages_archive._ALONE", 1)
    there = warc(other, *records)
    assert here.read == there.read == 2 * 450 + 1 and here.rejected == there.rejected == 1
    told = [[{k: v for k, v in row.items() if k != "file"} for row in rows(found.records)] for found in (here, there)]
    assert told[0] == told[1] and told[0][0]["images"]


@pytest.mark.parametrize("form", ["PNG", "GIF", "JPEG"])
def test_pictures_of_the_size_of_buttons_are_not_hashed(form: str) -> None:
    def gathered(body: bytes) -> Gathered:
        headers = {
            "warc-type": "response",
            "warc-target-uri": "https://a.example/p",
            "content-type": "application/http",
        }
        into = Gathered()
        gather([Record(1, headers, http(body, "image/png"))], into)
        return into

    def drawn(side: int) -> bytes:
        out = io.BytesIO()
        noise = np.random.default_rng(1).integers(0, 256, (side, 200), np.uint8)
        Image.fromarray(noise).resize((200, side)).save(out, form)
        return out.getvalue()

    assert list(gathered(drawn(64)).pictures) == ["https://a.example/p"]
    assert gathered(drawn(63)).pictures == {} and len(gathered(drawn(63)).icons) == 1
    for size in range(1, 26):  # what is cut within its head is none either
        assert gathered(drawn(64)[:size]).pictures == {}


def test_pages_are_read_here_where_other_processes_are_lost(shelf: Shelf) -> None:
    beside = Beside(Gathered(title="Sites"))
    page = Raw(1, "https://a.example/", None, b"<title>A</title><p>Text", "text/html")
    for helper in (beside._free.get() for _ in range(beside._free.qsize())):
        helper.process.kill()
        helper.process.wait()
        beside._free.put(helper)
    (batch,) = beside.batches([page], [])
    (same,) = pages_batch([page], Gathered(title="Sites"))
    assert batch.columns["title"].to_pylist() == ["A"] and batch == same
