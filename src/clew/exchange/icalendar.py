"""The movement of a network as iCalendar (RFC 5545): an event for each stay, journey and clash."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from clew.exchange.moving import CAUTION, Moving, Row, called

_SURE = 0.6  # from here on an event is not called tentative
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")  # no text of a calendar may hold these


def rendered(moving: Moving) -> tuple[bytes, int]:
    """The file, and how many events it holds."""
    made = calendar(moving)
    return made.to_ical(), len(made.subcomponents)


def calendar(moving: Moving) -> Calendar:
    """The calendar; the same rows give the same bytes."""
    made = Calendar()
    made.add("prodid", "-//Clew//movement//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"Network {moving.network_id}")
    made.add("x-wr-caldesc", CAUTION)
    for event in (*_stays(moving), *_moves(moving), *_clashes(moving)):
        made.add_component(event)
    return made


def _event(moving: Moving, sort: str, row: Row, begin: datetime, end: datetime, place: str, title: str) -> Event:
    """An event; who opens the calendar twice has it once, as its id hangs on what it says."""
    event = Event()
    key = "\x1f".join([moving.network_id, sort, row["subject"], begin.isoformat(), end.isoformat(), place, title])
    event.add("uid", f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@clew.invalid")
    event.add("dtstamp", end)
    event.add("dtstart", begin)
    event.add("dtend", max(end, begin + timedelta(minutes=1)))
    event.add("summary", _clean(title))
    event.add("location", _clean(place))
    event.add("categories", [sort])
    event.add("transp", "TRANSPARENT")
    if at := moving.points.get(place):
        event.add("geo", (at[1], at[0]))
    return event


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _status(event: Event, certainty: float) -> Event:
    event.add("status", "CONFIRMED" if certainty >= _SURE else "TENTATIVE")
    return event


def _stays(moving: Moving) -> Iterator[Event]:
    for row in moving.tables["stays"]:
        if row["from_at"] and row["to_at"]:
            title = f"{called(row['subject'])}: {row['place']}"
            event = _event(moving, "STAY", row, row["from_at"], row["to_at"], row["place"], title)
            event.add("description", f"{row['records']} records, certainty {row['certainty']:.2f}. {CAUTION}")
            yield _status(event, row["certainty"])


def _moves(moving: Moving) -> Iterator[Event]:
    for row in moving.tables["moves"]:
        if row["left_at"] and row["arrived_at"]:
            sort = "BOOKING" if row["how"] == "booking" else "MOVE"
            title = f"{called(row['subject'])}: {row['from_place']} to {row['to_place']}"
            event = _event(moving, sort, row, row["left_at"], row["arrived_at"], row["to_place"], title)
            event.add("description", _clean(f"By {row['how']}, {row['km'] or 0:.0f} km, {row['certainty']:.2f}."))
            yield _status(event, row["certainty"])


def _clashes(moving: Moving) -> Iterator[Event]:
    for row in moving.tables["clashes"]:
        if row["at_a"] and row["at_b"]:
            title = f"{called(row['subject'])}: {row['place_a']} and {row['place_b']} at once"
            event = _event(moving, "CLASH", row, row["at_a"], row["at_b"], row["place_b"], title)
            event.add("description", _clean(row["reason"]))
            yield _status(event, 0.0)
