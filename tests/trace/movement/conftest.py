"""Small worlds made by hand: records with the mentions, ties and networks that the stages before would give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from clew.engine.duckdb import Engine
from clew.model.tables import MENTIONS, RECORDS, TABLES
from clew.trace.movement import movement

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
Row = dict[str, Any]


@dataclass
class Small:
    """Tables in the making; ``day`` counts from 2 March 2026, 12:00."""

    engine: Engine
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, **row: Any) -> None:
        """One row of a table; columns that are not given are null."""
        names = TABLES[table].names
        assert set(row) <= set(names), set(row) - set(names)
        self.rows.setdefault(table, []).append(dict.fromkeys(names) | row)

    def say(self, rid: int, kind: str, value: str, where: str = "body", start: int = 0) -> None:
        """A mention, and the tie that it makes if it is an identifier."""
        row = {"rid": rid, "type": kind, "value": value, "raw": value, "field": where, "start": start}
        row |= {"end": start + len(value), "obscured": False, "extractor": "hand", "version": "1"}
        self.rows.setdefault("mentions", []).append(dict.fromkeys(MENTIONS.names) | row)
        if kind in ("phone", "handle"):
            self.add("ties", type=kind, value=value, rid=rid)

    def record(
        self, day: float, place: str | None = None, *, phone: str | None = None, name: str | None = None,
        handle: str | None = None, image: str | None = None, net: str = "N1", kind: str = "ad", item: str | None = None,
        version: int = 1, body: str = "", template: str | None = None, where: str = "place", sender: str | None = None,
        extra: str | None = None,
    ) -> int:  # fmt: skip
        """A record of a network; returns its number."""
        n = len(self.rows.get("records", ())) + 1
        rid = n * 0x9E3779B97F4A7C15 % 2**64
        row: Row = dict.fromkeys(RECORDS.names)
        row |= {"rid": rid, "record_id": f"{rid:016x}{n:016x}", "item_id": item or f"item{n}", "version": version}
        row |= {"kind": kind, "source": "s", "platform": "p", "file": "f", "line": n, "body": body, "handle": sender}
        row |= {"posted_at": START + timedelta(days=day), "extra": extra}
        self.rows.setdefault("records", []).append(row)
        self.add("network_members", rid=rid, network_id=net)
        for what, value in (("phone", phone), ("name", name), ("handle", handle)):
            if value:
                self.say(rid, what, value)
        if place:
            self.say(rid, "place", place, where)
        if image:
            self.add("image_members", rid=rid, image_id=image)
        if template:
            self.add("template_members", rid=rid, template_id=template)
        return rid

    def tables(self) -> dict[str, pa.Table]:
        """As the engine holds them."""
        nets = sorted({row["network_id"] for row in self.rows.get("network_members", ())})
        self.rows["networks"] = [
            {"network_id": n, "records": 1, "phones": 0, "templates": 0, "places": 0, "platforms": 0} for n in nets
        ]
        made = {}
        for name, schema in TABLES.items():
            rows = [dict.fromkeys(schema.names) | row for row in self.rows.get(name, ())]
            made[name] = pa.Table.from_pylist(rows, schema=schema)
        return made

    def found(self) -> dict[str, list[Row]]:
        """The tables of movement, as rows."""
        self.engine.register(self.tables())
        return {name: table.to_pylist() for name, table in movement(self.engine).items()}


def day(at: datetime) -> float:
    """Days since the start."""
    return round((at - START) / timedelta(days=1), 3)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    with Engine(tmp_path, threads=2) as engine:
        yield Small(engine)
