"""SMS Backup & Restore: both directions, MMS in parts, characters in halves, and files made to break a reader."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ingest.shelf import Shelf, reasons, rows
from tests.tried import tried

HEAD = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"9\">\n"


def sms(body: str, *, date: int = 1612191846123, kind: int = 1, address: str = "+31 6 12345678", **more: str) -> str:
    told = {"protocol": "0", "address": address, "date": str(date), "type": str(kind), "body": body, **more}
    return "  <sms " + " ".join(f"{key}={quoteattr(value)}" for key, value in told.items()) + " />\n"


def read(shelf: Shelf, *elements: str) -> list[dict[str, Any]]:
    return shelf.records(shelf.write("sms.xml", HEAD + "".join(elements) + "</smses>\n"), kind=None)


def test_messages_in_both_directions(shelf: Shelf) -> None:
    got, sent, draft = read(
        shelf,
        sms('She said "no" & <left>\nyes', contact_name="Ann", subject="null"),
        sms("ok", kind=2, contact_name="Ann"),
        sms("not yet", kind=3),
    )
    assert (got["handle"], got["recipient"], got["contact"]) == ("+31612345678", "me", "+31612345678")
    assert (sent["handle"], sent["recipient"], sent["contact"]) == ("me", "+31612345678", None)
    assert {row["conversation"] for row in (got, sent, draft)} == {"+31612345678 ~ me"}
    assert got["body"] == 'She said "no" & <left>\nyes' and got["title"] is None
    assert got["posted_at"].isoformat() == "2021-02-01T15:04:06.123000+00:00"
    assert (json.loads(got["extra"]), json.loads(sent["extra"])) == ({"name": "Ann"}, {"recipient_name": "Ann"})
    assert json.loads(draft["extra"]) == {"draft": True}
    assert (got["platform"], got["kind"], got["line"]) == ("sms", "message", 3)


def test_a_character_in_two_halves(shelf: Shelf) -> None:
    raw = sms("XX").replace("XX", "&#55357;&#56832; &#x41; &#55357; &unknown; &amp;lt;")
    assert read(shelf, raw)[0]["body"] == "😀 A \ufffd &unknown; &lt;"


MMS = """  <mms date="1612191849000" msg_box="{box}" address="{address}" sub="null" contact_name="Ann"><parts>
    <part seq="-1" ct="application/smil" text="&lt;smil/&gt;" />
    <part seq="0" ct="text/plain" text="look &gt; here" /><part seq="1" ct="text/plain" text="and here" />
    <part seq="2" ct="image/jpeg" name="null" cl="a.jpg" data="{data}" /><part seq="3" ct="video/mp4" />
  </parts><addrs><addr address="{sender}" type="137" /><addr address="+31600000009" type="151" /></addrs></mms>
"""


def test_mms_in_parts(shelf: Shelf) -> None:
    data = "A" * 200_000
    one = MMS.format(box=1, address="+31612345678", sender="+31612345678", data=data)
    own = MMS.format(box=2, address="+31612345678", sender="insert-address-token", data=data)
    group = MMS.format(box=1, address="+31612345678~+31687654321", sender="+31687654321", data=data)
    first, second, third = read(shelf, one, own, group)
    assert first["body"] == "look > here\nand here" and first["images"] == ["a.jpg"]
    assert json.loads(first["extra"])["media"] == ["a.jpg", "video/mp4"]
    assert (first["handle"], first["recipient"]) == ("+31612345678", "me")
    assert (second["handle"], second["recipient"]) == ("me", "+31612345678")
    assert (third["handle"], third["recipient"], third["contact"]) == ("+31687654321", None, "+31687654321")
    assert third["conversation"].startswith("group #")
    to = [json.loads(row["extra"]).get("recipients") for row in (first, second, third)]
    assert to[0] is None and to[2] == ["+31600000009", "+31612345678"], "who is silent was there too"


def test_one_number_in_several_spellings_is_one_thread(shelf: Shelf) -> None:
    ways = ["+31 6 12345678", "0612345678", "06 12345678", "0031612345678"]
    found = read(
        shelf,
        *(sms(way, address=way, contact_name="Ann &amp; co") for way in ways),
        sms("sent", kind=2, address="06-12345678"),
        sms("another", address="0687654321", contact_name="Ben"),
        sms("nobody", address="0611111111", contact_name="(Unknown)"),
        sms("no one", address="+31611111111", contact_name="(Unknown)"),
        *(sms("two", address=way, contact_name="Cem") for way in ("+31622222222", "+32622222222", "0622222222")),
    )
    assert {row["handle"] for row in found[:4]} == {"+31612345678"}
    assert {row["conversation"] for row in found[:5]} == {"+31612345678 ~ me"}
    assert [row["handle"] for row in found[5:8]] == ["0687654321", "0611111111", "+31611111111"]
    assert len({row["handle"] for row in found[8:]}) == 3, "of two countries nothing tells which"


def test_what_is_damaged_costs_itself_alone(shelf: Shelf) -> None:
    torn = sms("torn").replace(" />\n", "").replace('"torn"', '"torn')
    content = HEAD + sms("one") + torn + sms("two") + '  <sms protocol="0" />\n' + sms("nul\x00") + sms("end")[:-20]
    result = shelf.ingest(shelf.write("sms.xml", content), kind=None)
    assert [row["body"] for row in rows(result.records)] == ["one", "two"]
    assert reasons(result) == [
        "an element that is not closed",
        "a message without a number or a text",
        "NUL byte in the row",
        "the file ends inside an element",
    ]


def test_entities_of_its_own_are_never_put_in(shelf: Shelf) -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    content = f'<?xml version="1.0"?><!DOCTYPE smses [<!ENTITY x SYSTEM "file:///etc/passwd">{lol}]>\n<smses>\n'
    result = shelf.ingest(shelf.write("sms.xml", content + sms("XX").replace("XX", "&x; &l8;") + "</smses>"), kind=None)
    assert [row["body"] for row in rows(result.records)] == ["&x; &l8;"]


def test_a_later_backup_brings_only_what_is_new(shelf: Shelf) -> None:
    known = [sms(f"text {n % 3}", date=1612191846123 + n // 2) for n in range(20)]
    assert len(read(shelf, *known)) == 20
    again = shelf.ingest(shelf.write("b.xml", HEAD + "".join(known) + sms("new") + "</smses>"), kind=None)
    assert (again.new, again.identical) == (1, 20)


@settings(max_examples=tried(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="<>\"'&;=/ smsbody\n", max_size=60), st.integers(0, 60), st.integers(0, 80))
def test_no_text_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, hostile: str, place: int, cut: int
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("any"))
    text = HEAD + sms("first") + sms("second")[:place] + hostile + "\n" + sms("third") + sms("fourth")
    result = shelf.ingest(shelf.write("sms.xml", text[: len(text) - cut]), kind=None)
    assert rows(result.records)[0]["body"] == "first"
