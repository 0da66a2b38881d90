"""The tables of a reading index, written by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clew.engine.duckdb import Engine

START = datetime(2026, 1, 1, tzinfo=UTC)

_TABLES = """
CREATE TABLE networks (net UINTEGER, network_id VARCHAR);
CREATE TABLE records (net UINTEGER, rid UBIGINT, record_id VARCHAR, item_id VARCHAR, platform VARCHAR,
    native_id VARCHAR, title VARCHAR, body VARCHAR, place VARCHAR, posted_at TIMESTAMPTZ, captured_at TIMESTAMPTZ);
CREATE TABLE ties_of (net UINTEGER, rid UBIGINT, type VARCHAR, value VARCHAR);
CREATE TABLE ties (type VARCHAR, value VARCHAR, rid UBIGINT, net UINTEGER);
CREATE TABLE links (net UINTEGER, rid_a UBIGINT, rid_b UBIGINT, weight FLOAT, evidence VARCHAR, state VARCHAR);
CREATE TABLE mentions (net UINTEGER, rid UBIGINT, type VARCHAR, value VARCHAR, field VARCHAR, start INTEGER);
CREATE TABLE changes (net UINTEGER, rid_to UBIGINT, field VARCHAR);
INSERT INTO networks VALUES (1, 'Nfirst'), (2, 'Nother');
"""


class Small:
    """An index of one network, Nfirst, to which records are added one by one."""

    def __init__(self, place: Path) -> None:
        self.engine = Engine(place)
        self.engine.con.execute(_TABLES)

    def record(
        self,
        rid: int,
        *ties: str,
        place: str = "",
        hours: float | None = None,
        item: str = "",
        title: str = "",
        edited: bool = False,
    ) -> None:
        """A record that shows ``type:value`` of each tie, names a place, and was posted so many hours after START."""
        at = None if hours is None else START + timedelta(hours=hours)
        row = [1, rid, f"r{rid}", item or f"i{rid}", "board", f"n{rid}", title or f"title {rid}", "", place, at, at]
        self.engine.con.execute(f"INSERT INTO records VALUES ({', '.join('?' * len(row))})", row)
        for tie in ties:
            kind, value = tie.split(":", 1)
            self.engine.con.execute("INSERT INTO ties_of VALUES (1, ?, ?, ?)", [rid, kind, value])
            self.engine.con.execute("INSERT INTO ties VALUES (?, ?, ?, 1)", [kind, value, rid])
        if place:
            self.engine.con.execute("INSERT INTO mentions VALUES (1, ?, 'place', ?, 'place', 0)", [rid, place])
        if edited:
            self.engine.con.execute("INSERT INTO changes VALUES (1, ?, 'place')", [rid])

    def link(self, a: int, b: int, state: str = "none", **bits: float) -> None:
        """A link, with what it rests on: ``phone_p1=20.0`` is 20 bits for phone:p1."""
        said = [dict(zip(("type", "value"), key.split("_", 1), strict=True)) | {"bits": v} for key, v in bits.items()]
        row = [a, b, sum(bits.values()), json.dumps(said), state]
        self.engine.con.execute("INSERT INTO links VALUES (1, ?, ?, ?, ?, ?)", row)
