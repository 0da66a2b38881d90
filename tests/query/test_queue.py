"""The queue: one row a lead, filtered, sorted, paged; the learned order."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import orjson
import pyarrow as pa
import pytest

from clew.assess.catalogue import catalogue
from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.query.index import ensure_index, open_index
from clew.query.learning import learn_order
from clew.query.queue import (
    DECIDED,
    NOBODY,
    ORDERED,
    Filters,
    LeadRow,
    choices,
    count_states,
    lead_row,
    queue,
    span,
)
from clew.query.queue_places import near_places
from clew.query.queue_table import BUCKETS
from clew.store.workspace import Workspace


@pytest.fixture
def engine(finished: Workspace, tmp_path) -> Iterator[Engine]:
    with open_index(ensure_index(finished), tmp_path) as opened:
        yield opened


@pytest.fixture
def every(engine: Engine) -> list[LeadRow]:
    return queue(engine, Filters(), limit=None)


def decided(*rows: tuple[str, str, str]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(DECIDED.names, r, strict=True)) for r in rows], schema=DECIDED)


def test_every_lead_is_a_row_in_the_catalogues_order(engine, every):
    leads = engine.sql("SELECT network_id, rank, priority, reasons FROM leads ORDER BY rank").to_pylist()
    assert len(every) == len(leads) > 10
    for row, lead in zip(every, leads, strict=True):
        reasons = orjson.loads(lead["reasons"])
        assert (row.network_id, row.rank, row.priority) == (lead["network_id"], lead["rank"], lead["priority"])
        assert row.reason == reasons[0]["sentence"] and row.raising == sum(r["points"] > 0 for r in reasons)
        assert (row.place, row.score, row.state, row.assignee) == (None, None, "new", "")


def test_the_facts_of_a_row_are_those_of_its_records(engine, every):
    row = max(every, key=lambda r: r.records)
    params = {"name": row.network_id}
    facts = engine.sql(
        """SELECT count(*) AS records, min(posted_at) AS first, max(posted_at) AS last,
            count(DISTINCT platform) AS platforms, arg_max(version > 1, posted_at) AS edited
        FROM records JOIN networks USING (net) WHERE network_id = $name""",
        params=params,
    ).to_pylist()[0]
    assert (row.records, row.first_seen, row.last_seen) == (facts["records"], facts["first"], facts["last"])
    assert (row.platform_count, row.newest, row.newest_is_edit) == (facts["platforms"], facts["last"], facts["edited"])
    assert sum(row.activity) == row.records and len(row.activity) == BUCKETS
    places = engine.sql(
        """SELECT value, count(*) AS n FROM mentions JOIN networks USING (net)
        WHERE network_id = $name AND type = 'place' GROUP BY value ORDER BY n DESC, value""",
        params=params,
    )["value"].to_pylist()
    assert row.place_count == len(places) and list(row.places) == places[:3]


def test_the_points_of_a_row_sum_to_its_priority(engine):
    off = engine.row("SELECT count(*) FROM queue WHERE abs(coalesce(list_sum(milli), 0) / 1000 - priority) > 0.0005")
    assert off == (0,)


def test_filters_keep_what_holds_the_value(engine, every):
    columns = {"place": "places", "platform": "platforms", "language": "languages", "indicator": "indicators"}
    for name, column in columns.items():
        value = choices(engine)[name][-1]  # the rarest
        held = engine.sql(
            f"SELECT network_id FROM queue WHERE list_contains({column}, $v) ORDER BY rank", params={"v": value.value}
        )
        found = queue(engine, Filters(**{name: value.value}), limit=None)
        assert [r.network_id for r in found] == held["network_id"].to_pylist() and len(found) == value.leads > 0
    forms = choices(engine)["form"]
    assert all(f.value in r.forms for f in forms for r in queue(engine, Filters(form=f.value)))
    assert queue(engine, Filters(place="' OR 1=1 --")) == []


def test_a_place_is_found_as_people_write_it(engine):
    places = [choice.value for choice in choices(engine)["place"]]
    value = next(place for place in places if re.fullmatch(r"[^,]+, [A-Z]{2}", place) and not place.isascii())
    name, country = value.split(", ")
    plain = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode()

    def found(place: str) -> set[str]:
        return {row.network_id for row in queue(engine, Filters(place=place), limit=None)}

    held = found(value)
    assert held and near_places(engine, value) is None
    for written in (name, name.lower(), plain.upper(), f"{name.lower()}, {country.lower()}", f"{name},{country}"):
        assert found(written) >= held, written
    assert (
        found(country)
        == found(country.lower())
        == set().union(*(found(place) for place in places if place.endswith(f", {country}")))
    )
    assert sum(count_states(engine, Filters(place=plain)).values()) == len(found(plain))


def test_a_place_that_no_lead_names_is_told_with_those_written_nearly_so(engine):
    value = choices(engine)["place"][0].value
    name = value.split(", ")[0]
    assert value in near_places(engine, name[:-1]) and value in near_places(engine, name + "x")
    assert near_places(engine, "' OR 1=1 --") == [] and near_places(engine, "%") == []


def test_filters_of_money_and_movement_keep_what_was_traced(engine):
    of = {
        "money": "SELECT net FROM money_signs",
        "payer": "SELECT net FROM payment_matches WHERE score >= 0.9",
        "circuit": "SELECT net FROM patterns WHERE pattern = 'circuit'",
    }
    leads = {choice.value: choice.leads for choice in choices(engine)["trace"]}
    assert leads["circuit"] > 0 and set(leads) <= set(of)
    for trace, query in of.items():
        held = engine.sql(f"SELECT network_id FROM queue WHERE net IN ({query}) ORDER BY rank")[
            "network_id"
        ].to_pylist()
        assert [r.network_id for r in queue(engine, Filters(trace=trace), limit=None)] == held
        assert len(held) == leads.get(trace, 0)


def test_a_range_of_time_keeps_what_was_seen_in_it(every, engine):
    row = every[0]
    first, last = row.first_seen.date(), row.last_seen.date()
    day = timedelta(1)
    for filters, kept in [
        (Filters(since=last), True),
        (Filters(since=last + day), False),
        (Filters(until=first), True),
        (Filters(until=first - day), False),
        (Filters(since=date.min, until=date.max), True),
    ]:
        assert (row in queue(engine, filters, limit=None)) is kept, filters


def test_states_and_assignees(engine, every):
    a, b, c = (r.network_id for r in every[:3])
    told = decided((a, "confirmed", ""), (b, "dismissed", "bob"), (c, "new", "bob"), ("Ngone", "confirmed", "bob"))
    counts = count_states(engine, Filters(), told)
    assert counts == {"new": len(every) - 2, "confirmed": 1, "dismissed": 1, "deferred": 0}
    assert count_states(engine, Filters(state="confirmed"), told) == counts

    def names(**given) -> list[str]:
        return [r.network_id for r in queue(engine, Filters(**given), limit=None, decided=told)]

    assert names(state="confirmed") == [a] and names(assignee="bob") == [b, c]
    assert names(state="new", assignee="bob") == [c] and a in names(assignee=NOBODY) and b not in names(assignee=NOBODY)
    assert lead_row(engine, b, told).state == "dismissed"


def test_sorts_and_pages(engine, every):
    by_size = queue(engine, Filters(), "size", limit=None)
    assert [r.records for r in by_size] == sorted((r.records for r in every), reverse=True)
    newest = queue(engine, Filters(), "newest", limit=None)
    assert newest == sorted(every, key=lambda r: (-r.newest.timestamp(), r.rank))
    first = queue(engine, Filters(), "first", limit=None)
    assert first == sorted(every, key=lambda r: (-r.first_seen.timestamp(), r.rank))
    parts = [queue(engine, Filters(), "size", offset, 7) for offset in range(0, len(every), 7)]
    assert [r for part in parts for r in part] == by_size
    assert queue(engine, Filters(), offset=len(every)) == []


def test_a_given_order_is_followed_and_told(engine, every):
    count = len(every)
    rows = [{"rank": rank, "place": count + 1 - rank, "score": float(rank)} for rank in range(1, count + 1)]
    ordered = pa.Table.from_pylist(rows, schema=ORDERED)
    found = queue(engine, Filters(), "learned", limit=None, ordered=ordered)
    assert [r.rank for r in found] == list(range(count, 0, -1)) and found[0].place == 1 and found[0].score == count
    assert [r.rank for r in queue(engine, Filters(), "priority", limit=3, ordered=ordered)] == [1, 2, 3]


def test_learning_moves_leads_like_those_that_were_confirmed_up(engine, every):
    half = every[:30]
    shown = Counter(name for names in _indicators(engine, half) for name in names)
    raising = {i.id for i in catalogue() if i.points > 0}
    marked = min(sorted(raising & set(shown)), key=lambda name: abs(shown[name] - len(half) / 2))  # splits them best
    labels = {r.network_id: marked in i for r, i in zip(half, _indicators(engine, half), strict=True)}
    learned, ordered = learn_order(engine, labels)
    assert learned.active and ordered is not None
    factors = {w.indicator: w.factor for w in learned.weights}
    assert factors[marked] > 1 and factors[marked] == max(factors.values())
    assert sorted(ordered["place"].to_pylist()) == list(range(1, len(every) + 1))
    assert learn_order(engine, dict(reversed(labels.items())))[1] == ordered


def test_without_decisions_nothing_is_learned(engine):
    learned, ordered = learn_order(engine, {})
    assert not learned.active and ordered is None and {w.factor for w in learned.weights} == {1.0}
    assert learn_order(engine, {"Ngone": True})[0].confirmed == 0


def test_what_is_no_lead_is_missing(engine):
    with pytest.raises(MissingError):
        lead_row(engine, "N000000000000")


def test_an_empty_workspace_has_an_empty_queue(tmp_path):
    place = Workspace.create(tmp_path / "w")
    with open_index(ensure_index(place), tmp_path) as engine:
        assert queue(engine, Filters()) == [] and span(engine) is None
        assert count_states(engine, Filters()) == {"new": 0, "confirmed": 0, "dismissed": 0, "deferred": 0}
        assert choices(engine)["place"] == [] and learn_order(engine, {"N1": True})[1] is None


def _indicators(engine: Engine, rows: list[LeadRow]) -> list[list[str]]:
    held = engine.sql("SELECT network_id, indicators FROM queue").to_pylist()
    by_name = {r["network_id"]: r["indicators"] for r in held}
    return [by_name[r.network_id] for r in rows]
