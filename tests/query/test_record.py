"""A record on a page: mentions in place, versions, differences, digest."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.model.errors import InputError, MissingError
from clew.query.difference import difference
from clew.query.record import Mention, Piece, read, record_page

ADVERT = {
    "id": "a1", "platform": "board", "title": "Room in Ghent", "body": "Call +32 470 12 34 56 or write",
    "city": "Ghent", "date": "2026-03-01T10:00:00Z",
}  # fmt: skip
EDITED = {**ADVERT, "city": "Liège", "date": "2026-03-05T10:00:00Z"}


def mention(start: int, end: int, kind: str = "phone") -> Mention:
    return Mention(kind, "v", "r", "body", start, end, False, "x", "1")


@pytest.fixture(scope="module")
def engine(indexed_once, tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("record")
    files = []
    for at, row in enumerate((ADVERT, EDITED)):
        files.append(tmp_path / f"{at}.jsonl")
        files[-1].write_text(json.dumps(row) + "\n")
    return indexed_once(*files)


def test_a_record_is_read_in_place_and_its_digest_fits(engine):
    page = record_page(engine, "a1")
    (body,) = [field for field in page.reads if field.name == "body"]
    (phone,) = [piece for piece in body.pieces if piece.mentions]
    assert (phone.text, phone.mentions[0].value) == ("+32 470 12 34 56", "+32470123456")
    assert page.whole and page.digest.startswith(page.record["record_id"]) and len(page.digest) == 64


def test_versions_stand_in_order_with_what_differs(engine):
    page = record_page(engine, "a1")  # a native id names the newest version
    assert [(v.version, "place" in v.changed) for v in page.versions] == [(1, False), (2, True)]
    (place,) = [change for change in page.changes if change.field == "place"]
    assert place.difference == (("gone", "Ghent"), ("come", "Liège"))
    first = record_page(engine, page.versions[0].record_id)
    assert first.record["place"] == "Ghent" and first.changes == ()


def test_a_changed_content_is_noticed(engine):
    from clew.query.record import digest_of

    table = engine.sql("SELECT * EXCLUDE (net) FROM records WHERE version = 1")
    name = table.column("record_id")[0].as_py()
    assert digest_of(table).startswith(name)
    import pyarrow as pa

    forged = table.set_column(table.schema.get_field_index("body"), "body", pa.array(["Call nobody"], pa.string()))
    assert not digest_of(forged).startswith(name)


@pytest.mark.parametrize("name", ["0" * 32, "nothing", "' OR 1=1 --", ""])
def test_what_is_not_there_is_said(engine, name):
    with pytest.raises((MissingError, InputError)):
        record_page(engine, name)


def test_mentions_may_overlap():
    cut = read("body", "abcdef", [mention(0, 4), mention(2, 6, "url"), mention(2, 4, "name")])
    assert [(p.text, [m.type for m in p.mentions]) for p in cut.pieces] == [
        ("ab", ["phone"]), ("cd", ["name", "phone", "url"]), ("ef", ["url"]),
    ]  # fmt: skip


def test_a_mention_outside_the_text_is_left_out():
    assert read("body", "abc", [mention(1, 9), mention(3, 3)]).pieces == (Piece("abc"),)


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=8))
def test_pieces_join_to_the_text(text, places):
    assert "".join(p.text for p in read("body", text, [mention(a, b) for a, b in places]).pieces) == text


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_difference_holds_both_texts(old, new):
    found = difference(old, new)
    assert "".join(t for kind, t in found if kind != "come") == old
    assert "".join(t for kind, t in found if kind != "gone") == new
