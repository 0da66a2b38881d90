"""Pages and archives made to break a reader: bombs, depth, lies about lengths; each costs itself, in bounded time."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ingest.shelf import Shelf, reasons, rows
from tests.ingest.test_pages import ingest, picture, response, warc, zipped
from tests.tried import tried

from clew.ingest import pages_warc
from clew.ingest.base import Reject
from clew.ingest.formats import wacz
from clew.ingest.formats.warc import example_record
from clew.ingest.pages_codes import codes_of
from clew.ingest.pages_data import jobs_of, nodes_of
from clew.ingest.pages_text import read_page

SOME = 400_000


PARTS = """
<div>|<b a=1>|<div hidden>|<p>|<a href='|<a title="x>|<!--|<|</|<svg>|&|&amp;|<table>|<script>|</div>|<!|<?|<a =|
<a b=c |<title>|<x-y hidden></x-z>|<li hidden>|\x00|<main><nav>|<div style='display:'>|<img src=a>|<h1>|</h1>|
<div class="a b c d e f g h">|<a/b/c>|<a\\n|UA-|'G-|fbq('init', '|tawk.to/|intercomSettings app_id|data-token='
"""


@pytest.mark.parametrize("part", [part.strip("\n").replace("\\n", "\n") for part in PARTS.split("|")])
def test_a_megabyte_of_one_part_ends(part: str) -> None:
    markup = part * (SOME // len(part))
    page = read_page(markup)
    assert len(page.main) + len(page.rest) <= 2 * len(markup)
    assert list(codes_of(markup)) == []


def test_depth_does_not_hide_text() -> None:
    page = read_page("<div>" * 100_000 + "deep" + "</div>" * 100_000 + "<p>after")
    assert page.main == "deep\nafter"


def test_a_page_of_50_mb_is_read_to_a_bound(shelf: Shelf) -> None:
    body = b"<title>big</title>" + b"<p>some words of a page" * 2_200_000
    (page,) = rows(warc(shelf, response("https://a.example/", body)).records)
    assert page["title"] == "big" and 900_000 < len(page["body"]) < 1 << 20
    assert json.loads(page["extra"])["cut"]
    (page,) = rows(ingest(shelf, shelf.write("big.html", body)).records)
    assert page["title"] == "big" and len(page["body"]) < 1 << 20


def test_a_page_over_the_record_limit_is_rejected(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_warc, "MAX_RECORD", 10_000)
    for packed in (True, False):
        found = warc(
            shelf,
            response("https://a.example/", b"x" * 200_000),
            response("https://a.example/v", b"x" * 200_000, "video/mp4"),
            response("https://a.example/b", b"<title>small</title>"),
            packed=packed,
        )
        assert [row["title"] for row in rows(found.records)] == ["small"]
        assert reasons(found) == ["a page over 64 MiB"]


@pytest.mark.parametrize(
    "data",
    [
        "[" * 10_000 + "]" * 10_000,
        '{"a":' * 10_000 + "1" + "}" * 10_000,
        '{"@type": "JobPosting", "title": ' + "[" * 900 + '"x"' + "]" * 900 + "}",
        '{"@type": "JobPosting", "hiringOrganization": [[1]], "baseSalary": [], "jobLocation": [0, {"address": [1]}]}',
        '{"@type": {"a": 1}}',
        '{"@type": "JobPosting", "identifier": {"value": {"value": 1}}, "description": ["<p>a", 1, null]}',
        "[1, 2", "null", "1e999", '"JobPosting"', "\ud800",
    ],
)  # fmt: skip
def test_odd_data(data: str) -> None:
    for job in jobs_of(nodes_of([data])):
        assert job.title is None or isinstance(job.title, str)


def test_a_thousand_offers_in_a_page(shelf: Shelf) -> None:
    jobs = json.dumps([{"@type": "JobPosting", "title": f"job {n}"} for n in range(1_000)])
    found = warc(shelf, response("https://a.example/", f'<script type="application/ld+json">{jobs}</script><p>x'))
    assert found.read == 1 + 200 and found.new == 201


def test_bombs_of_archives(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_warc, "_FREE", 1 << 20)
    good = gzip.compress(response("https://a.example/", "<title>one</title>"))
    bomb = gzip.compress(example_record("response", "https://a.example/b", bytes(8 << 20)))
    found = ingest(shelf, shelf.write("bomb.warc.gz", good + bomb + good))
    assert [row["title"] for row in rows(found.records)] == ["one"]
    assert found.rejected == 1 and "archive bomb" in reasons(found)[0]
    monkeypatch.setattr(wacz, "_FREE", 1 << 20)
    parts = {"archive/b.warc": bytes(40 << 20), "archive/a.warc.gz": good}
    found = ingest(shelf, shelf.write("bomb.wacz", zipped(parts, zipfile.ZIP_DEFLATED)))
    assert [row["title"] for row in rows(found.records)] == ["one"]
    assert found.rejected == 1 and "archive bomb" in reasons(found)[0]


def test_members_that_are_broken_all_over_end(shelf: Shelf) -> None:
    """Each looks like the start of a record and would be unpacked to the end of the file."""
    start = zlib.compressobj(0, zlib.DEFLATED, 31)
    part = (start.compress(b"WARC/1.1" + b"x" * 200) + start.flush(zlib.Z_FULL_FLUSH))[:200]
    found = ingest(shelf, shelf.write("a.warc.gz", part * 2_000))
    assert found.rejected == found.read > 0


def test_lies_about_lengths(shelf: Shelf) -> None:
    good = [response(f"https://a.example/{n}", f"<title>{n}</title>") for n in range(3)]
    for lie in (b"99999999999999", b"-5", b"0", b"1e3", b"", b"0x10", "٣".encode(), b"9" * 400):
        bad = good[1].replace(b"Content-Length: ", b"Content-Length: " + lie + b"\r\nX: ")
        for packed in (True, False):
            found = warc(shelf, good[0], bad, good[2], packed=packed)
            assert [row["title"] for row in rows(found.records)] == ["0", "2"], lie
            assert found.rejected == 1
    no_end = example_record("response", "https://a.example/", b"HTTP/1.1 200 OK\r\nContent-Type: text/html")
    assert warc(shelf, no_end, good[0]).rejected == 1  # a page without anything


def test_hostile_pictures_give_no_hash(shelf: Shelf) -> None:
    whole = picture()
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x00\x00\x00\x01\x00\x00\x08\x02\x00\x00\x00"
    bad = [whole[:-40], header + b"\x00" * 40, b"GIF89a", b"<svg/>", b"", whole[:60] + b"\xff" * 200]
    records = [response(f"https://a.example/{n}.png", one, "image/png") for n, one in enumerate(bad)]
    shown = "".join(f"<img src='/{n}.png'>" for n in range(len(bad))) + "<img src='data:image/png;base64,%%%%'>"
    (page,) = rows(warc(shelf, *records, response("https://a.example/", f"<title>x</title>{shown}")).records)
    assert page["images"] is None


def test_names_of_a_package_lead_nowhere(shelf: Shelf) -> None:
    good = gzip.compress(response("https://a.example/", "<title>one</title>"))
    parts = {"archive/../../../x.warc.gz": good, "/archive/y.warc": good, "archive/a.warc.gz": good}
    before = sorted(Path(shelf.root).rglob("*"))
    assert ingest(shelf, shelf.write("a.wacz", zipped(parts))).read >= 1
    made = {path.name for path in Path(shelf.root).rglob("*")} - {path.name for path in before}
    assert not {"x.warc.gz", "y.warc"} & made


def test_a_directory_that_lies(shelf: Shelf) -> None:
    content = bytearray(zipped({"archive/a.warc.gz": gzip.compress(response("https://a.example/", "<p>x"))}))
    for at in range(len(content) - 90, len(content), 4):
        spoilt = bytearray(content)
        spoilt[at] ^= 0xFF
        found = ingest(shelf, shelf.write("a.wacz", bytes(spoilt)))
        assert found.read == found.new + found.identical + found.rejected >= 1


PIECES = """
<div |<p>|</p>|<a href='x'>|class=|"|'|>|<|/|hidden| |<!--|-->|&lt;|é|w|<script>|</script>|<nav>|</nav>|<main>|
<h1>|</h1>|<title>|style='display:none'|=|\x00|\n
"""


@settings(max_examples=tried(50), deadline=None)
@given(st.lists(st.sampled_from([piece.strip("\n") or "\n" for piece in PIECES.split("|")]), max_size=60))
def test_any_markup_is_read(parts: list[str]) -> None:
    markup = "".join(parts)
    page = read_page(markup)
    for text in (page.main, page.rest):
        assert text == text.strip() and "\n\n" not in text
    assert read_page(markup) == page


@settings(max_examples=tried(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False), st.booleans())
def test_spoilt_archives_add_up(tmp_path_factory: pytest.TempPathFactory, chance: random.Random, packed: bool) -> None:
    records = [response(f"https://a.example/{n}", f"<title>{n}</title><p>words") for n in range(6)]
    content = bytearray(b"".join(gzip.compress(r) if packed else r for r in records))
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(content))
        content[at : at + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
    found = list(pages_warc.records(io.BytesIO(bytes(content))))
    numbers = [one.line if isinstance(one, Reject) else one.number for one in found]
    assert numbers == list(range(1, len(found) + 1))
    shelf = Shelf(tmp_path_factory.mktemp("spoilt"))
    result = ingest(shelf, shelf.write("a.warc.gz" if packed else "a.warc", bytes(content)))
    assert result.read == result.new + result.changed + result.identical + result.rejected > 0
    assert all(reasons(result))
