"""Anything that may be asked in one box, and the groups that answer it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from clew.ingest.pdq import pdq
from clew.match.query import Texts
from clew.model.errors import InputError
from clew.query.search import MAX_QUERY, place_of, read_question, search
from clew.query.search_groups import _order
from clew.query.search_hits import HeldTexts, word_hits
from clew.query.search_says import evidence, public, sentence

TEXT = "Two quiet rooms near the old harbour, breakfast and bicycles included, ask for the yellow door"
ADS = [
    {"id": "a1", "platform": "board", "title": "Rooms", "body": f"{TEXT}. Call +32 470 12 34 56", "city": "Ghent"},
    {"id": "a2", "platform": "board", "title": "Again", "body": f"{TEXT}. Call 0032-470/12.34.57", "city": "Ghent"},
    {"id": "a3", "platform": "other", "title": "Bikes", "body": "Repairs at once, +32 470 12 34 56", "city": "Ypres"},
    {"id": "a4", "platform": "other", "title": "100% OFF (new)", "body": "Only [brackets] here", "city": "Ypres"},
]  # fmt: skip


@pytest.fixture(scope="module")
def asked(indexed_once, tmp_path_factory):
    """A function: a question, to what is found."""
    tmp_path = tmp_path_factory.mktemp("search")
    Image.effect_mandelbrot((256, 256), (-2, -1.5, 1, 1.5), 60).save(tmp_path / "p.png")
    ads = [*ADS[:3], {**ADS[3], "images": ["p.png"]}]
    (tmp_path / "ads.jsonl").write_text("".join(json.dumps(ad) + "\n" for ad in ads))
    engine = indexed_once(tmp_path / "ads.jsonl")
    signatures = sorted((tmp_path / "indexed").rglob("signatures*/*.parquet")) or sorted(
        p for p in (tmp_path / "indexed").rglob("*.parquet") if "signatures" in str(p)
    )

    def ask(query, region="", **given):
        return search(engine, read_question(query, region), lambda: Texts(signatures), **given)

    ask.engine = engine
    return ask


def ids(engine, group):
    names = {r["record_id"]: r["native_id"] for r in engine.sql("SELECT record_id, native_id FROM records").to_pylist()}
    return {names[item.record_id] for item in group.items}


@pytest.mark.parametrize("query", ["+32 470 12 34 56", "0032470123456", "phone:+32470123456", "(+32) 470-123-456"])
def test_a_number_in_any_spelling_leads_to_its_records(asked, query):
    (group,) = asked(query).groups
    assert (group.kind, group.records, ids(asked.engine, group)) == ("identifier", 2, {"a1", "a3"})
    assert group.sentence == "2 records give the number +32470123456."
    assert {item.evidence for item in group.items} == {"written “+32 470 12 34 56”"}


def test_a_national_number_needs_its_country_or_finds_those_that_end_so(asked):
    assert asked("0470 12 34 56", "BE").groups[0].records == 2
    assert [n.value for n in asked("12 34 56").similar] == ["+32470123456"]


def test_a_pasted_advert_finds_its_copies_and_its_number(asked):
    found = asked(ADS[0]["body"])
    kinds = {group.kind: group for group in found.groups}
    assert ids(asked.engine, kinds["text"]) == {"a1", "a2"}
    assert {item.evidence for item in kinds["text"].items} == {"94 % of its pairs of words"}  # its title is another
    assert kinds["identifier"].records == 2
    assert [group.kind for group in found.groups] == ["identifier", "text"]  # a number is surer than a copied text
    assert "+32470123457" in {n.value for n in found.neighbours}  # on a2, to which the text leads
    assert "+32470123456" not in {n.value for n in found.neighbours}


def test_a_picture_is_found_by_its_hash(asked, tmp_path):
    Image.effect_mandelbrot((256, 256), (-2, -1.5, 1, 1.5), 60).save(tmp_path / "copy.jpg", quality=80)
    for query in (pdq(tmp_path / "copy.jpg").hex, f"image:{pdq(tmp_path / 'copy.jpg').hex}"):
        (group,) = asked(query).groups
        assert (group.kind, ids(asked.engine, group)) == ("picture", {"a4"})


def test_an_attribute_finds_and_does_not_tie(asked):
    (value,) = asked.engine.row("SELECT value FROM mentions WHERE type = 'place' AND raw = 'Ypres'")
    (group,) = asked(f"place:{value}").groups
    assert (group.kind, group.records) == ("mention", 2)
    assert "ties none" in group.note


@pytest.mark.parametrize(
    ("query", "found"),
    [("BICYCLES harbour", {"a1", "a2"}), ("100% off", {"a4"}), ("[brackets]", {"a4"}), ("harbour once", set())],
)  # fmt: skip
def test_words_are_looked_for_as_they_are_written(asked, query, found):
    groups = [g for g in asked(query).groups if g.kind == "words"]
    assert (ids(asked.engine, groups[0]) if groups else set()) == found


def test_reading_through_stops_in_time_and_goes_on_from_there(asked, monkeypatch):
    assert word_hits(asked.engine, ["harbour"]).after is None
    monkeypatch.setattr("clew.query.search_hits._SECONDS", 0.0)
    monkeypatch.setattr("clew.query.search_hits._BLOCK", 1)
    (nets,) = asked.engine.row("SELECT max(net) FROM networks")
    found, after = 0, 0
    for nth in range(1, nets + 1):
        hits = word_hits(asked.engine, ["harbour"], after)
        found, after = found + len(hits.table), hits.after
        assert after == (nth if nth < nets else None)
        assert hits.looked == 1.0 if after is None else 0.0 < hits.looked < 1.0
    assert found == 2
    assert asked("nowhere").nothing == ("No record has the words: nowhere so far.",)
    assert asked("nowhere", after=nets - 1).nothing == ("No record has the words: nowhere.",)


def test_accounts_are_found_by_the_whole_name_of_who_holds_them(indexed_once, tmp_path_factory):
    folder = tmp_path_factory.mktemp("holders")
    heads = "native_id,payer,payee,payer_name,payee_name,amount,currency,booked_at\n"
    rows = [
        f"p{n},NL91ABNA0417164300,DE89370400440532013000,{name},Grocer & Co,5.00,EUR,2026-03-0{n}T10:00:00Z\n"
        for n, name in enumerate(("Anna Bákker", "Anna Bákker", "ANNA  BAKKER"), 1)
    ]
    (folder / "p.csv").write_text(heads + "".join(rows))
    engine = indexed_once(folder / "p.csv", kind="payment")

    def held(query):
        return search(engine, read_question(query), lambda: Texts([])).holders

    (account,) = held("anna  bakker")
    assert (account.account, account.name, account.payments) == ("account:iban:NL91ABNA0417164300", "Anna Bákker", 3)
    assert held("Anna Bákker") == held("name:ANNA BAKKER") == (account,) and len(account.networks) == 1
    assert held("grocer & co")[0].account == "account:iban:DE89370400440532013000"
    assert held("Anna") == held("Bakker Anna") == held("x" * 1_000) == ()


def test_ids_lead_to_pages(asked):
    record, network = asked.engine.row("SELECT record_id, network_id FROM records JOIN networks USING (net) LIMIT 1")
    assert place_of(asked.engine, record) == f"/records/{record}"
    assert place_of(asked.engine, network) == f"/networks/{network}"
    for name in ("f" * 32, "N000000000000", "Nonsense", "a1", "../x"):
        assert place_of(asked.engine, name) is None
    (group,) = asked("a3").groups  # what has an id is not looked for as a word
    assert (group.kind, group.records) == ("id", 1)


@pytest.mark.parametrize("query", ["", "  ", "x y", "/etc/passwd.png.", "\x00"])
def test_what_cannot_be_looked_up_is_said_or_finds_nothing(asked, query):
    try:
        assert asked(query).groups == ()
    except InputError as error:
        assert error.todo


def test_a_path_of_this_machine_is_never_read(tmp_path):
    Image.new("L", (64, 64)).save(tmp_path / "secret.png")
    assert read_question(str(tmp_path / "secret.png")).pdq is None


def test_lists_come_in_parts_and_the_counts_are_of_all(asked):
    first, second = (asked("+32470123456", limit=1, offset=at).groups[0] for at in (0, 1))
    assert (first.records, len(first.items), len(second.items)) == (2, 1, 1)
    assert first.items != second.items
    assert asked("+32470123456", offset=50).groups[0].items == ()


def test_where_a_tie_says_little_each_network_is_shown_once_first():
    rid, net = np.array([7, 6, 5, 4, 3], np.uint64), np.array([1, 1, 1, 2, 3])
    near, many = np.zeros(5), np.array([3, 3, 3, 1, 1])
    assert rid[_order(rid, net, many, near, one_of_each=False)].tolist() == [5, 6, 7, 4, 3]
    assert rid[_order(rid, net, many, near, one_of_each=True)].tolist() == [5, 4, 3, 6, 7]


def test_a_long_text_is_cut():
    assert len(read_question("word " * 10_000).text) <= MAX_QUERY


def test_signatures_are_read_again_only_when_they_change():
    read = []
    held = HeldTexts(lambda paths: read.append(list(paths)) or len(read))
    assert [held.of(d, []) for d in (["a", "b"], ["b", "a"], ["c"], ["c"], ["a", "b"])] == [1, 1, 2, 2, 3]


def test_sentences():
    assert sentence("identifier", "handle", "telegram:x", 1) == "1 record names the handle telegram:x."
    assert sentence("mention", "name", "Ann", 0) == "No record mentions the name Ann."
    assert sentence("words", "words", "a b", 1200, partly=True) == "1,200 records have the words: a b, and more may."
    assert "ties nobody" in public("identifier", "phone", 40, 12, 0.0)
    assert "ties nobody" not in public("identifier", "phone", 40, 11, 0.0)
    assert evidence("picture", -6.0, "", "", "", ()) == "6 of 256 bits differ"
    assert evidence("words", 0, "", "t", "x" * 100 + " needle " + "y" * 100, ["NEEDLE"]).startswith("…xxx")


def test_a_number_without_country_is_looked_up_as_what_stands_here(asked):
    found = asked("0470 12 34 56")
    assert (found.groups[0].value, found.groups[0].records) == ("+32470123456", 2)
    assert found.read == ("“0470 12 34 56” is read as +32 470 12 34 56 (BE).",)
    assert asked("0470 12 34 56", "BE").read == ()
    assert asked("0470 99 99 99").nothing[0].startswith("No record gives “0470 99 99 99”, read as")


def test_an_attribute_as_it_is_printed_finds_and_its_words_do_too(asked):
    (value,) = asked.engine.row("SELECT value FROM mentions WHERE type = 'place' AND raw = 'Ypres'")
    assert [group.kind for group in asked(value).groups] == ["mention"]


def test_an_unknown_country_is_refused():
    with pytest.raises(InputError, match="no country"):
        read_question("0470 12 34 56", "ZZ")
