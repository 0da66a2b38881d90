"""From one record to the next: candidates, their order, what comes along, and what the linker would be told."""

from __future__ import annotations

import json

import pytest

from clew.cases.exploration import Step
from clew.engine.duckdb import Engine
from clew.query.explore import Explored, lot_of, members_of, next_candidate, ranking, rid_of
from clew.query.explore_done import listed, title_of, verdicts
from clew.query.explore_says import WORDS, shares, why
from clew.query.trust import EVERY, OTHER, SAME, Learned, Said

# Words that no other advert here has, so that only what is meant to tie them does.
TEXTS = {
    "a": "Warm soup served daily beside the mill",
    "b": "Three bicycles rented out every morning",
    "c": "Piano lessons given by candle light tonight",
    "d": "Garden chairs painted blue during winter",
}
ADS = [
    ("s", "a", "+32 470 11 11 11", "one@example.org"),
    ("twin", "a", "+32 470 11 11 11", "one@example.org"),
    ("phone", "b", "+32 470 11 11 11", ""),
    ("mail", "c", "+32 470 22 22 22", "one@example.org"),
    ("far", "d", "+32 470 33 33 33", ""),
]
TITLES = {"mail": f"{'Mail ' * 23}Anna de Vries"}  # longer than what is shown of a title, 120


@pytest.fixture(scope="module")
def made(indexed_once, tmp_path_factory):
    """The engine, and the record id of each advert."""
    tmp_path = tmp_path_factory.mktemp("explore")
    rows = [
        {"id": name, "platform": "board", "title": TITLES.get(name, name.title()),
         "body": f"{TEXTS[text]}. {phone} {mail}",
         "date": f"2026-03-0{at}T10:00:00Z"}
        for at, (name, text, phone, mail) in enumerate(ADS, 1)
    ]  # fmt: skip
    (tmp_path / "ads.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    engine = indexed_once(tmp_path / "ads.jsonl")
    found = engine.sql("SELECT native_id, record_id FROM records").to_pylist()
    return engine, {row["native_id"]: row["record_id"] for row in found}


def test_what_is_tied_is_asked_about_and_nothing_else(made):
    engine, ids = made
    order, _ = ranking(engine, Explored({rid_of(ids["s"])}), Learned([]))
    assert {c.rid for c in order} == {rid_of(ids[name]) for name in ("twin", "phone", "mail")}
    assert order[0].rid == rid_of(ids["twin"])  # by two contacts and a text
    assert [c.chance for c in order] == sorted((c.chance for c in order), reverse=True)


def test_the_next_question_says_what_is_shared_and_what_comes_along(made):
    engine, ids = made
    first = next_candidate(engine, Explored({rid_of(ids["phone"])}))
    assert first is not None and first.record_id in (ids["s"], ids["twin"])
    assert first.along == tuple({ids["s"], ids["twin"]} - {first.record_id})  # same contacts, same text
    assert [(s.type, s.value, s.records) for s in first.shares] == [("phone", "+32470111111", 3)]
    assert first.why.startswith("It shares a phone that only 3 records have")
    assert first.like_id == ids["phone"]
    (marked,) = [piece.text for r in first.reads for piece in r.pieces if piece.mentions]
    assert marked == "+32 470 11 11 11"
    assert first.ties[-1][0] in (SAME, OTHER)


def test_answers_lead_on_and_an_end_is_reached(made):
    engine, ids = made
    explored, asked = Explored({rid_of(ids["s"])}), []
    while found := next_candidate(engine, explored):
        rids = {rid_of(name) for name in (found.record_id, *found.along)}
        asked.append(found.record_id)
        explored.accepted |= rids
        explored.said.append(Said(True, found.ties))
    assert set(asked) == {ids["twin"], ids["phone"], ids["mail"]}


def test_an_answer_changes_the_order(made):
    engine, ids = made
    start = Explored({rid_of(ids["s"])}, {rid_of(ids["twin"])})
    phones = [Said(False, (("phone", "+40"),))] * 6
    mails = [Said(False, (("email", "x@example.org"),))] * 6
    by_phone, by_mail = (rid_of(ids[name]) for name in ("phone", "mail"))
    for said, falls, stays in ((phones, by_phone, by_mail), (mails, by_mail, by_phone)):
        before, after = ({c.rid: c.chance for c in ranking(engine, start, Learned(s))[0]} for s in ([], said))
        assert after[falls] < before[falls] and after[stays] == before[stays]
        assert after[falls] < after[stays]


def test_lots_and_members(made):
    engine, ids = made
    (net,) = engine.row(f"SELECT net FROM members WHERE rid = {rid_of(ids['s'])}")
    assert lot_of(engine, rid_of(ids["s"]), net, set()) == [ids["twin"]]
    assert lot_of(engine, rid_of(ids["s"]), net, {rid_of(ids["twin"])}) == []
    assert {ids["s"], ids["twin"]} <= set(members_of(engine, ids["s"]))
    assert title_of(engine, ids["far"]) == "Far"


def test_a_title_is_masked_before_it_is_cut(made):
    engine, ids = made
    assert listed(engine, [ids["mail"]], [], set())[0][0].title.endswith("Mail Anna ")
    rows, _ = listed(engine, [ids["mail"]], [], set(), lambda text: text.replace("Anna de Vries", "[who]"))
    assert rows[0].title == f"{'Mail ' * 23}[who]"


def test_the_linker_is_told_of_what_it_does_not_know(made):
    engine, ids = made
    network = {
        row["record_id"]: row["network_id"]
        for row in engine.sql("SELECT record_id, network_id FROM records JOIN networks USING (net)").to_pylist()
    }
    assert network[ids["s"]] == network[ids["twin"]] != network[ids["far"]]

    def step(nth, act, name):
        return Step(nth, act, (ids[name],), (), "It shares a thing.", None, "ann", None)

    accepted = {rid_of(ids["s"]), rid_of(ids["far"])}
    told = verdicts(engine, [ids["s"]], [step(1, "yes", "far"), step(2, "no", "twin")], accepted)
    assert [(v.state, v.against, v.record_id) for v in told] == [
        ("accepted", ids["s"], ids["far"]), ("rejected", ids["s"], ids["twin"]),
    ]  # fmt: skip
    assert verdicts(engine, [ids["s"]], [step(1, "yes", "twin"), step(2, "unsure", "far")], accepted) == ()
    assert verdicts(engine, [ids["s"]], [step(1, "no", "far")], accepted) == ()  # the linker has it apart already
    rows, networks = listed(engine, [ids["s"]], [step(1, "yes", "far")], accepted)
    assert ([(r.nth, r.act, r.title) for r in rows], networks) == ([(1, "yes", "Far"), (0, "begun", "S")], 2)


def test_an_empty_index_has_no_candidate(indexed):
    assert next_candidate(indexed(), Explored({1})) is None


@pytest.mark.parametrize(("spread", "networks", "asked"), [(False, 9, False), (True, 9, True), (False, 7, True)])
def test_what_a_platform_writes_under_every_advert_is_not_asked_about(tmp_path, spread, networks, asked):
    """An address in many networks of one platform alone is the platform's; on two platforms it is somebody's."""
    with Engine(tmp_path, threads=1) as engine:
        engine.con.execute("""
            CREATE TABLE records (rid UBIGINT, net UINTEGER, platform VARCHAR);
            CREATE TABLE ties (type VARCHAR, value VARCHAR, rid UBIGINT, net UINTEGER);
            CREATE TABLE name_places (value VARCHAR, rid UBIGINT, net UINTEGER);""")
        engine.con.execute("INSERT INTO records SELECT 100 + i, 100 + i, 'other' FROM range(30) t(i)")
        for net in range(networks):
            engine.con.execute(
                "INSERT INTO records VALUES (?, ?, ?)", [net, net, "two" if spread and net % 2 else "one"]
            )
            engine.con.execute("INSERT INTO ties VALUES ('email', 'a@one.example', ?, ?)", [net, net])
        engine.con.execute("""
            CREATE TABLE members AS SELECT rid, net FROM records;
            CREATE TABLE ties_of AS SELECT net, rid, type, value FROM ties""")
        assert bool(ranking(engine, Explored({0}), Learned([]))[0]) == asked


def test_every_tie_has_its_word():
    assert set(EVERY) <= set(WORDS)


def test_sentences():
    class Said2:
        def __init__(self, kind, records, networks):
            self.type, self.records, self.networks = kind, records, networks

    every = [Said2("phone", 3, 1), Said2("phone", 9, 1), Said2("template", 40, 2), Said2("image", 4, 1)]
    assert why(every, False, {"phone": (4, 0)}) == (
        "It shares a phone that only 3 records have, and a text and a picture; you said yes to 4 of 4 phones; "
        "the linker saw that and left it apart."
    )
    assert shares("handle", "telegram:x", 1200, 40, 1, 1) == (
        "handle telegram:x, on 1,200 records of 40 networks; you said yes to 1 of 2 with it"
    )
