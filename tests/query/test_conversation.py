"""Conversations as pages and the command line ask for them."""

from __future__ import annotations

import pytest
from tests.recruiting import BOSS, CHAT, HOSTILE, LONG, MIRA, UGLY, workspace

from clew.ingest.stage import IngestOptions
from clew.model.errors import MissingError
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.query.conversation import conversation_page, find_talk
from clew.query.conversation_messages import Sign, extra_of, stretches
from clew.query.conversations import (
    TalkFilters,
    conversations,
    conversations_of,
    count_of,
    count_talks,
    talk_choices,
    talk_of,
)
from clew.query.index import ensure_index, open_index
from clew.query.queue import Filters, choices, queue
from clew.query.senses import indicator_of, sense_words, stage_words
from clew.store.workspace import Workspace


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recruiting")
    opened = open_index(ensure_index(workspace(tmp_path_factory)), folder)
    yield opened
    opened.con.close()


def texts(stretches) -> str:
    return "".join(s.text for s in stretches)


def test_a_conversation_says_who_does_what_and_where(engine):
    page = conversation_page(engine, CHAT)
    assert (page.talk.messages, page.talk.participants, page.talk.danger) == (18, (BOSS, MIRA), True)
    assert [(p.name, p.sent, p.controls, p.controlled, p.left) for p in page.people] == [
        (BOSS, 11, True, False, True), (MIRA, 6, False, True, False),
    ]  # fmt: skip
    (pair,) = page.control
    assert (pair.controller, pair.controlled, pair.known) == (BOSS, MIRA, "strong signs")
    held = {lane.stage: lane for lane in page.lanes}
    assert held["documents-held"].messages == (13,) and held["documents-held"].actor == BOSS
    assert held["documents-held"].name == "Documents held"
    assert all(sum(place.count for place in lane.places) == len(lane.messages) for lane in page.lanes)
    assert page.alarm == 15 and page.by_time


def test_signs_stand_at_the_very_characters(engine):
    message = conversation_page(engine, CHAT).messages[13]
    assert texts(message.body) == "I keep your passport until you pay the debt"
    marked = "".join(s.text for s in message.body if any(sign.sense == "documents-held" for sign in s.signs))
    assert marked.startswith("keep your passport")
    (said,) = [s.means for s in message.signs if s.sense == "documents-held"]  # read, or beside the others a hint
    assert said.removeprefix("perhaps: ") == "papers are kept from their owner"
    assert message.counts and all(sign.indicator == "documents-held" for sign in message.signs[:1])


def test_what_is_doubtful_is_said_to_be_so(tmp_path):
    """One message that reads a little like a threat, in a talk in which nothing is found."""
    file = tmp_path / "chat.csv"
    file.write_text('conversation,sender,recipient,body\nc,A,B,"You bad boy, I still remember that."\n')
    place = Workspace.create(tmp_path / "doubtful")
    ingest(place, [file], IngestOptions("message", "test"))
    run(place)
    opened = open_index(ensure_index(place), tmp_path)
    try:
        ((found,), _) = conversations(opened, TalkFilters())
        (message,) = conversation_page(opened, found.key).messages
    finally:
        opened.con.close()
    assert message.signs and all(sign.faint and sign.means.startswith("perhaps: ") for sign in message.signs)


def test_stretches_cut_where_signs_begin_and_end():
    one, two = Sign("a", "A", ""), Sign("b", "B", "")
    found = stretches("abcdef", [(0, 3, one), (2, 5, two), (4, 99, one)])
    assert [(s.text, [x.sense for x in s.signs], s.ends) for s in found] == [
        ("ab", ["a"], ()), ("c", ["a", "b"], ("a",)), ("de", ["b"], ("b",)), ("f", [], ()),
    ]  # fmt: skip
    assert stretches("", []) == ()


def test_marks_of_the_source_are_kept(engine):
    page = conversation_page(engine, CHAT)
    assert page.messages[12].deleted and page.messages[12].body == ()
    assert page.messages[7].media == ("IMG-0001.jpg", "voice-12.opus")
    assert page.messages[17].system and page.messages[0].zone == 60
    group = conversation_page(engine, "77").messages
    assert group[0].system and group[2].edited_at.startswith("2026-03-02")
    assert group[2].reply is not None and (group[2].reply.at, group[2].reply.opening) == (1, texts(group[1].body))
    assert group[1].name == "Cy" and group[5].media == ("photos/receipt.jpg",)
    assert extra_of("[1") == extra_of("[1]") == extra_of(None) == {}


def test_long_talks_come_in_parts_with_the_next_sign(engine):
    first = conversation_page(engine, LONG, 0, 200)
    assert (len(first.messages), first.next_sign, first.last_sign) == (200, 431, None)
    last = conversation_page(engine, LONG, 400, 200)
    assert ([m.at for m in last.messages][:2], last.next_sign) == ([400, 401], None)
    assert conversation_page(engine, LONG, 10_000, 200).offset == 400
    assert conversation_page(engine, LONG, 440, 10).last_sign == 431


def test_every_id_finds_its_conversation(engine):
    for name in (CHAT, UGLY, LONG, "77"):
        talk = find_talk(engine, name)
        assert talk.conversation_id == name and find_talk(engine, talk.key).conversation_id == name
        assert talk.key.startswith("K") and not set(talk.key[1:]) - set("0123456789abcdef")
    with pytest.raises(MissingError):
        find_talk(engine, "nobody'; --")


def test_the_list_puts_danger_first_and_filters(engine):
    rows, total = conversations(engine, TalkFilters())
    assert (total, [r.danger for r in rows]) == (4, [True, True, True, False])
    assert rows[0].conversation_id == CHAT and rows[0].confidence > rows[1].confidence
    controlled = conversations(engine, TalkFilters(control=True))[0]
    assert {r.conversation_id for r in controlled} == {CHAT}  # one message in the long talk is danger, not control
    assert [r.conversation_id for r in conversations(engine, TalkFilters(who=HOSTILE[:20].upper()))[0]] == [UGLY]
    assert [r.messages for r in conversations(engine, TalkFilters(), "messages", 1, 1)[0]] == [18]
    assert conversations(engine, TalkFilters(platform="telegram", danger=True)) == ([], 0)
    # which stages are found hangs on what the reader has learnt; that each is found again does not
    held = engine.rows("SELECT stage, count(*) AS n FROM (SELECT unnest(stages) AS stage FROM talks) GROUP BY stage")
    assert held and all(conversations(engine, TalkFilters(stage=row["stage"]))[1] == row["n"] for row in held)
    assert conversations(engine, TalkFilters(stage="no-such")) == ([], 0)
    assert (count_talks(engine).talks, count_talks(engine).danger) == (4, 3)
    assert talk_choices(engine)["platform"][0] == "whatsapp"


def test_networks_and_records_lead_to_their_conversation(engine):
    row = engine.rows("SELECT net, rid, nth FROM said WHERE body LIKE 'I keep your passport until%'")[0]
    found = talk_of(engine, row["rid"])
    assert found is not None and (found[0].conversation_id, found[1]) == (CHAT, 13)
    assert conversations_of(engine, row["net"])[0][0].conversation_id == CHAT and count_of(engine, row["net"]) == 1
    assert talk_of(engine, 1) is None and count_of(engine, 10**6) == 0


def test_words_and_indicators_of_senses():
    assert sense_words("check-in") == "tells where one is, as told to" and sense_words("no-such") == "no such"
    assert stage_words("threat-family") == "Threat to family" and stage_words("new-stage") == "New stage"
    assert indicator_of("documents-held") == "documents-held" and indicator_of("no-such") == ""


def test_leads_say_of_which_kinds_their_records_are(engine):
    rows = queue(engine, Filters())
    for row in rows:
        query = """SELECT kind, count(*) AS n FROM records JOIN networks USING (net) WHERE network_id = $name
            GROUP BY kind ORDER BY n DESC, kind"""
        counted = [(r["kind"], r["n"]) for r in engine.rows(query, name=row.network_id)]
        assert list(zip(row.record_kinds, row.kind_records, strict=True)) == counted
        assert sum(row.kind_records) == row.records
    adverts = [row.network_id for row in rows if "ad" in row.record_kinds]
    assert adverts and [row.network_id for row in queue(engine, Filters(kind="ad"))] == adverts
    assert {c.value: c.leads for c in choices(engine)["kind"]}["ad"] == len(adverts)
