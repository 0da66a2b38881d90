"""The canonical form of an entry, which others compute, too: it must never change."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.ledger import merkle
from clew.ledger.entry import Deed, Entry, entry_of, numbers, plain, ranges, seal

ENTRY = Entry(
    7, "2026-11-26T10:00:00.000001+00:00", "ann", "command line", "view", "network NW12", "C1",
    '{"records":3,"ünï":["a",null]}', "", None, None,
)  # fmt: skip


def test_the_canonical_form_by_hand():
    assert ENTRY.leaf().decode() == (
        '{"act":"view","at":"2026-11-26T10:00:00.000001+00:00","case":"C1","details":{"records":3,"ünï":["a",null]},'
        '"format":1,"private":"","seq":7,"subject":"network NW12","via":"command line","who":"ann"}'
    )
    assert hashlib.sha256(b"\0" + ENTRY.leaf()).hexdigest() == merkle.leaf_hash(ENTRY.leaf()).hex(), (
        "the leaf is hashed as in RFC 9162"
    )


def test_the_private_part_by_hand():
    salt, private = "00" * 16, '{"why":"a lead"}'
    digest = hashlib.sha256(bytes(16) + b'{"why":"a lead"}').hexdigest()
    assert seal(salt, private) == digest
    entry = replace(ENTRY, sealed=digest, salt=salt, private=private)
    assert entry.whole() and not entry.erased and entry.texts() == {"why": "a lead"}
    assert not replace(entry, private='{"why":"a leaf"}').whole()
    assert not replace(entry, salt=None).whole() and not replace(entry, private=None).whole()
    erased = replace(entry, private=None, salt=None)
    assert erased.whole() and erased.erased and erased.texts() == {}
    assert erased.leaf() == entry.leaf()
    assert b"a lead" not in entry.leaf()


_TEXTS = st.text(max_size=20)
_PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXTS
_JSON = st.recursive(_PLAIN, lambda inner: st.lists(inner) | st.dictionaries(_TEXTS, inner), max_leaves=5)
_DETAILS, _PRIVATE = st.dictionaries(_TEXTS, _JSON, max_size=2), st.dictionaries(_TEXTS, _TEXTS, max_size=2)


@given(details=_DETAILS, private=_PRIVATE, who=_TEXTS, subject=_TEXTS)
def test_the_form_is_plain_json_that_any_reader_makes_again(details, private, who, subject):
    entry = entry_of(0, "now", who, "api", None, Deed("change", subject, details, private))
    read = json.loads(entry.leaf())
    again = json.dumps(read, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert again == entry.leaf()
    assert read["details"] == details == entry.facts()
    assert entry.whole()
    assert entry.texts() == {name: text for name, text in private.items() if text}
    assert entry.who == plain(who) and entry.who.isprintable() and "\0" not in entry.leaf().decode()


def test_a_salt_is_never_used_twice():
    made = [entry_of(0, "now", "ann", "api", None, Deed("search", "search", {}, {"for": "x"})) for _ in range(50)]
    assert len({entry.sealed for entry in made}) == len({entry.salt for entry in made}) == 50


_OTHER = {
    "seq": 8, "at": "2026-11-26T10:00:00.000002+00:00", "who": "bob", "via": "api", "act": "export",
    "subject": "network NW13", "case_id": None, "details": '{"records":3, "ünï":["a",null]}', "sealed": "00",
}  # fmt: skip


def test_halves_of_characters_are_written_down_as_far_as_they_go():
    entry = entry_of(0, "now", "ann", "api", None, Deed("search", "search", {}, {"for": "a\udcffb"}))
    assert entry.texts() == {"for": "a?b"} and entry.whole()


@pytest.mark.parametrize("column", _OTHER)
def test_every_column_counts(column):
    assert replace(ENTRY, **{column: _OTHER[column]}).leaf() != ENTRY.leaf()
    assert {field.name for field in fields(Entry)} == {*_OTHER, "salt", "private"}


@given(st.sets(st.integers(0, 60)))
def test_ranges_come_back(chosen):
    assert [n for some in numbers(ranges(sorted(chosen))) for n in some] == sorted(chosen)
    assert ranges([0, 1, 2, 9, 12, 13]) == "0-2 9 12-13"


def test_a_hostile_name_is_written_down_as_far_as_it_goes():
    assert plain("an\0n\n\udcff" + "x" * 400) == "an�n��" + "x" * 294
