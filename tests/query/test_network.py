"""What is read of a network, over an index that was laid out by hand.

Network 1 (N000000000001) has records 1 to 4: 1 and 2 are versions of one item. Network 2 shares a board's address.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from tests.query.small import Small

from clew.assess.catalogue import catalogue
from clew.engine.duckdb import Engine
from clew.model.errors import InputError, MissingError
from clew.model.tables import TABLES
from clew.query.checks import CHECKS, checks_of
from clew.query.network import merged_into, network_head, network_history
from clew.query.network_assets import assets
from clew.query.network_fabric import fabric, holds
from clew.query.network_facets import SPREAD, identities, roles, shared_elsewhere
from clew.query.network_links import check_pair, decisions_in, ends, network_link, network_links
from clew.query.network_reasons import why
from clew.query.network_records import network_records

ONE, TWO, GONE = "N000000000001", "N000000000002", "N0000000000ff"
A, B = "+31600000001", "+31600000002"


def name(rid: int) -> str:
    return f"{rid:016x}" + "0" * 16


def record(rid: int, net: int, day: int | None, item: str, **more: object) -> dict[str, object]:
    """A row of RECORDS, posted on a day of March 2026."""
    posted = None if day is None else f"2026-03-{day:02d}T10:00:00Z"
    return {
        "rid": rid, "record_id": name(rid), "item_id": item, "version": 1, "kind": "ad", "source": "s",
        "platform": "board", "title": f"Title {rid}", "body": "Call me now at the usual place.", "posted_at": posted,
        "file": "f", "line": rid, "net": net, **more,
    }  # fmt: skip


RECORDS = [
    record(1, 1, 1, "i1", handle="anna", place="Ghent"),
    record(2, 1, 3, "i1", version=2, handle="anna", place="Graz"),
    record(3, 1, 11, "i3", handle="bea", body=f"Ask for Bea, pay first to X. {'y' * 200} Tel {A} today"),
    record(4, 1, None, "i4", platform="list"),
    record(5, 2, 5, "i5"),
]
TIES = [
    (1, 1, "phone", A), (1, 2, "phone", A), (1, 3, "phone", A), (1, 1, "handle", "board:anna"),
    (1, 2, "handle", "board:anna"), (1, 3, "handle", "board:bea"), (1, 3, "phone", B), (1, 4, "phone", B),
    (1, 3, "account", "iban:X"), (1, 1, "email", "abuse@board"), (1, 4, "email", "abuse@board"),
    (2, 5, "email", "abuse@board"),
]  # fmt: skip
MENTIONS = [
    (1, 1, "name", "Anna", "Anna"), (1, 2, "name", "Anna", "Anna"), (1, 3, "name", "Bea", "Bea"),
    (1, 1, "place", "Ghent, BE", "Ghent"), (1, 2, "place", "Graz, AT", "Graz"), (1, 1, "language", "en", "Call"),
    (1, 1, "phone", A, A), (1, 3, "phone", A, A), (1, 3, "wording", "payment", "pay first"),
    (1, 1, "price", "100.00 EUR/hour", "100"), (1, 2, "price", "140.00 EUR/hour", "140"),
    (1, 3, "price", "50 EUR", "50"),
]  # fmt: skip


def evidence(*entries: tuple[str, str, float]) -> str:
    return json.dumps([{"type": t, "value": v, "bits": b} for t, v, b in entries])


LINKS = [
    (1, 1, 2, 44.0, evidence(("phone", A, 24.0), ("item", "same item", 20.0)), "accepted"),
    (1, 2, 3, 24.0, evidence(("phone", A, 24.0)), "none"),
    (1, 3, 4, 22.5, evidence(("phone", B, 18.5), ("email", "abuse@board", 4.0)), "none"),
    (1, 1, 4, 4.0, evidence(("email", "abuse@board", 4.0)), "rejected"),
]
AT = RECORDS[2]["body"].index(A)  # type: ignore[attr-defined]
FOUND = [
    {
        "net": 1, "finding_id": f"{ONE}/phone-many-names", "indicator": "phone-many-names", "subject_kind": "network",
        "subject": ONE, "points": 1.5, "reason": "One number is given under 2 names.",
        "evidence": json.dumps([
            {"record_id": name(3), "field": "body", "start": AT, "end": AT + len(A), "raw": A},
            {"record_id": name(2)}, {"record_id": name(99), "field": "body", "start": 0, "end": 1, "raw": "x"},
            {"counts": {"names": 2}},
        ]),
    },
    {
        "net": 1, "finding_id": f"{ONE}/wording-trust", "indicator": "wording-trust", "subject_kind": "network",
        "subject": ONE, "points": 0.0, "reason": "1 of 3 adverts insists on trust.", "evidence": "[]",
    },
    {
        "net": 1, "finding_id": f"{name(3)}/wording-trust", "indicator": "wording-trust", "subject_kind": "record",
        "subject": name(3), "points": 0.1, "reason": "It insists.", "evidence": "[]",
    },
]  # fmt: skip
REASON = {
    "indicator": "phone-many-names", "points": 1.5, "sentence": "One number is given under 2 names.", "base_rate": 0.1,
    "seen": "seen in 10 %", "caution": "Stage names.", "strength": "expert-list", "source": "UNODC",
}  # fmt: skip


def _table(kind: str, rows: list[dict[str, object]]) -> pa.Table:
    """Rows of a table of the contract, with ``net`` where they have it; what is not said is null."""
    schema = TABLES[kind]
    fields = [pa.field("net", pa.uint32())] if "net" in rows[0] else []
    fields += [pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in schema]
    columns = [
        pa.array([row.get(f.name) for row in rows]).cast(pa.string()).cast(f.type)
        if pa.types.is_timestamp(f.type)
        else pa.array([row.get(f.name) for row in rows], f.type)
        for f in fields
    ]
    return pa.table(columns, schema=pa.schema([pa.field(f.name, f.type) for f in fields]))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    spill: Path = tmp_path_factory.mktemp("spill")
    fixed = {"field": "body", "start": 0, "end": 1, "obscured": False, "extractor": "e", "version": "1"}
    tied = [dict(zip(("net", "rid", "type", "value"), row, strict=True)) for row in TIES]
    mentioned = [dict(zip(("net", "rid", "type", "value", "raw"), row, strict=True)) | fixed for row in MENTIONS]
    linked = [dict(zip(("net", "rid_a", "rid_b", "weight", "evidence", "state"), row, strict=True)) for row in LINKS]
    network = {"phones": 2, "templates": 0, "places": 2, "platforms": 2}
    seen = {"first_seen": "2026-03-01T10:00:00Z", "last_seen": "2026-03-11T10:00:00Z"}
    tables = {
        "records": _table("records", RECORDS),
        "ties": _table("ties", tied),
        "ties_of": _table("ties", tied),
        "mentions": _table("mentions", mentioned),
        "links": _table("links", linked),
        "findings": _table("findings", FOUND),
        "networks": _table("networks", [
            {"net": 1, "network_id": ONE, "records": 4, **network, **seen},
            {"net": 2, "network_id": TWO, "records": 1, **network},
        ]),
        "payment_matches": _table("payment_matches", [
            {"rid_payment": 9, "rid_record": 5, "score": score, "chance": 0.01, "network_id": net, "reason": "So.",
             "payer": "account:iban:X"} for score, net in ((0.9, TWO), (0.4, ONE), (0.9, TWO))
        ]),
        "members": pa.table({"rid": pa.array([1, 2, 3, 4, 5], pa.uint64()), "net": pa.array([1, 1, 1, 1, 2])}),
        "leads": _table("leads", [
            {"net": 1, "network_id": ONE, "rank": 7, "priority": 1.5, "reasons": json.dumps([REASON])}
        ]),
        "anchors": _table("anchors", [
            {"network_id": GONE, "rid": 1, "records": 2, "merged_into": "N0000000000fe"},
            {"network_id": "N0000000000fe", "rid": 2, "records": 2, "merged_into": ONE},
        ]),
        "network_events": _table("network_events", [{"event": "split", "network_id": TWO, "other_id": ONE}]),
        "changes": _table("changes", [
            {"net": 1, "item_id": "i1", "rid_from": 1, "rid_to": 2, "field": f, "old": "a", "new": "b"}
            for f in ("place", "body", "posted_at")
        ]),
        "decisions": _table("decisions", [
            {"record_a": name(a), "record_b": name(b), "state": s, "why": w, "who": "eve",
             "at": f"2026-03-0{d}T00:00:00Z"}
            for a, b, s, w, d in ((1, 4, "rejected", "no", 1), (1, 4, "none", "yes", 2), (4, 5, "rejected", "two", 3))
        ]),
    }  # fmt: skip
    with Engine(spill) as found:
        found.register(tables)
        found.run(f"CREATE TABLE spread AS {SPREAD}")
        yield found


def test_the_head_counts_by_hand(engine):
    head = network_head(engine, ONE)
    assert (head.net, head.records, head.items, head.links, head.phones) == (1, 4, 3, 3, 2)
    assert [(n.value, n.records) for n in head.places] == [("Ghent, BE", 1), ("Graz, AT", 1)]
    assert [(n.value, n.records) for n in head.platforms] == [("board", 3), ("list", 1)]
    assert (head.rank, head.priority, head.reason) == (7, 1.5, "One number is given under 2 names.")
    assert head.portion_days == 1.0 and [at for at, n in enumerate(head.activity) if n] == [0, 2, 10]


def test_a_network_without_lead_times_or_places(engine):
    head = network_head(engine, TWO)
    assert (head.rank, head.reason, head.activity, head.places) == (None, "", (), ())


def test_where_a_merged_network_went(engine):
    assert merged_into(engine, GONE) == ONE and merged_into(engine, ONE) is None
    with pytest.raises(MissingError, match=f"went into {ONE}"):
        network_head(engine, GONE)
    with pytest.raises(MissingError, match="There is no network"):
        network_head(engine, "'; DROP TABLE records; --")


def test_what_became_of_it(engine):
    assert [(e.event, e.network_id, e.other_id, e.records) for e in network_history(engine, ONE)] == [
        ("merged", "N0000000000fe", ONE, None), ("split", TWO, ONE, 1),
    ]  # fmt: skip


def test_a_finding_opens_to_its_characters(engine):
    found = why(engine, network_head(engine, ONE))
    (first, second) = found.grounds
    assert first.reason.sentence == "One number is given under 2 names." and first.counts == {"names": 2}
    quote, whole = first.quotes  # the record that is gone is left out
    assert (quote.record_id, quote.quote, quote.after) == (name(3), A, " today")
    assert quote.before.endswith("yyy Tel ") and quote.before.startswith("…") and len(quote.before) < 70
    assert (whole.record_id, whole.field, whole.quote) == (name(2), None, "")
    assert [g.reason.indicator for g in found.against] == ["wording-trust"] and second.records == 1
    assert second.reason.caution and second.checks


def test_every_measured_indicator_has_checks():
    assert set(CHECKS) == {i.id for i in catalogue() if i.measured}
    assert checks_of("unheard-of") == ()


def test_identities_with_their_strength(engine):
    made = fabric(engine, 1)
    found = {i.value: i for i in identities(engine, 1, 4, worth=made.worth, held=holds(made))}
    assert list(found)[:2] == ["Anna", "Bea"] and "en" not in found
    a, b, anna, abuse = (found[v] for v in (A, B, "Anna", "abuse@board"))
    assert (a.records, a.items, a.share, a.bits, a.loses) == (
        3,
        2,
        0.75,
        24.0,
        2,
    )  # without it 1 and 2, one item, lose 3 and 4
    assert (b.records, b.bits, b.loses, b.others) == (2, 18.5, 1, 0)  # the board's address holds record 4 to nothing
    assert (anna.records, anna.bits) == (2, None)
    assert (abuse.bits, abuse.loses, abuse.others) == (4.0, 0, 1)
    assert a.first_seen.day == 1 and a.last_seen.day == 11
    assert [i.type for i in identities(engine, 1, 4, ("account",))] == ["account"]


def test_what_stands_elsewhere_too(engine):
    (shared,) = shared_elsewhere(engine, 1)
    assert (shared.value, shared.records, shared.others, shared.networks) == ("abuse@board", 2, 1, (TWO,))


def test_roles_tell_who_does_most(engine):
    found = roles(engine, 1)
    top = found.phones[0]
    assert (top.value, top.items, top.records, top.phones, top.names, top.handles, top.places) == (A, 2, 3, 1, 2, 2, 2)
    assert [(a.value, a.items, a.phones, a.examples) for a in found.posters] == [
        ("board:anna", 1, 1, (A,)), ("board:bea", 1, 2, (A, B)),
    ]  # fmt: skip
    assert found.contacts == ()


def test_assets_by_currency_and_unit(engine):
    found = assets(engine, 1)
    (payee,) = found.payees
    assert (payee.value, payee.items, payee.phones, payee.names) == ("iban:X", 1, 1, 1)
    assert payee.may_pay == (TWO,)  # what pays rather not is left out
    assert [(p.currency, p.unit, p.least, p.median, p.most) for p in found.prices] == [
        ("EUR", "hour", 100.0, 120.0, 140.0), ("EUR", "", 50.0, 50.0, 50.0),
    ]  # fmt: skip
    assert [(a.words, a.records, a.record_id) for a in found.asked] == [("pay first", 1, name(3))]


def test_records_in_pages_with_what_was_edited(engine):
    rows, total = network_records(engine, 1, 0, 2)
    assert total == 4 and [r.record_id for r in rows] == [name(3), name(2)]
    assert (rows[1].version, rows[1].versions, rows[1].edited) == (2, 2, ("body", "place"))
    assert network_records(engine, 1, 3, 2)[0][0].record_id == name(4)  # without a time: last
    assert network_records(engine, 1, 100, 2) == ([], 4)
    assert [r.record_id for r in network_records(engine, 1, newest=False)[0]][:2] == [name(1), name(2)]
    only, count = network_records(engine, 1, finding="wording-trust")
    assert [r.record_id for r in only] == [name(3)] and count == 1 and only[0].findings == 1


def test_a_text_is_masked_before_its_opening_is_cut(engine):
    (row,), _ = network_records(engine, 1, limit=1, mask=lambda text: text.replace("y" * 200, "[who]"))
    assert row.record_id == name(3) and row.opening == f"Ask for Bea, pay first to X. [who] Tel {A} today"
    (row,), _ = network_records(engine, 1, limit=1)
    assert row.opening == f"Ask for Bea, pay first to X. {'y' * 131}"


def test_links_the_weakest_first_as_sentences(engine):
    found, total = network_links(engine, 1)
    assert total == 3 and [round(k.weight, 1) for k in found] == [22.5, 24.0, 44.0]
    assert [s.sentence for s in found[0].evidence] == [
        f"Both give the number {B}.", "Both give the address abuse@board.",
    ]  # fmt: skip
    assert found[2].evidence[1].sentence == "Both are versions of one item."
    assert network_links(engine, 1, 2, 5)[0] == found[2:]
    assert network_link(engine, 1, name(4), name(3)) == found[0]


def test_a_value_is_masked_before_a_sentence_cuts_it(tmp_path):
    small, long = Small(tmp_path), f"https://board.example/{'x' * 30}/anna-de-vries"  # 60 characters end in the name
    small.record(1)
    small.record(2)
    small.link(1, 2, **{f"url_{long}": 9.0, "account_iban:NL91": 9.0})
    (link,), _ = network_links(small.engine, 1, mask=lambda text: text.replace("anna-de-vries", "[who]"))
    assert [s.sentence for s in link.evidence] == [
        f"Both lead to https://board.example/{'x' * 30}/[who].", "Both name the account NL91.",
    ]  # fmt: skip
    assert "anna-d…" in network_links(small.engine, 1)[0][0].evidence[0].sentence


@pytest.mark.parametrize("pair", [(name(1), name(3)), (name(1), "zz"), (name(4), name(5)), ("", "")])
def test_a_link_that_is_not_there(engine, pair):
    with pytest.raises(InputError):
        network_link(engine, 1, *pair)


def test_decisions_with_where_the_records_are_now(engine):
    found = decisions_in(engine, 1)
    assert [(d.state, d.current, d.network_a, d.network_b) for d in found] == [
        ("rejected", True, ONE, TWO), ("none", True, ONE, ONE), ("rejected", False, ONE, ONE),
    ]  # fmt: skip
    assert [d.why for d in decisions_in(engine, 2)] == ["two"]


def test_who_may_be_decided_about(engine):
    check_pair(engine, 1, name(1), name(3))
    check_pair(engine, 2, name(4), name(5))  # one that left, so that it can be taken back
    for a, b in ((name(1), name(1)), (name(1), name(77)), (name(5), name(5))):
        with pytest.raises(InputError):
            check_pair(engine, 1, a, b)
    with pytest.raises(InputError):
        check_pair(engine, 2, name(1), name(3))


def test_ends_keep_their_order(engine):
    assert [e.record_id for e in ends(engine, 1, (3, 1))] == [name(3), name(1)]
