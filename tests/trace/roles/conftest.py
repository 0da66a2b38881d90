"""Hand-made networks: adverts, talks, payments and what earlier stages found in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from clew.engine.duckdb import Engine
from clew.model.tables import TABLES
from clew.trace.roles import roles

START = datetime(2026, 1, 5, tzinfo=UTC)
Row = dict[str, Any]
READ = (
    "records", "mentions", "changes", "ties", "networks", "network_members", "conversations", "conversation_members",
    "stages", "control", "payments", "money_signs", "payment_matches",
)  # fmt: skip


@dataclass
class World:
    """Tables in the making; times are days from the start, the network is N1 where none is said."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in READ})

    def put(self, table: str, **values: Any) -> None:
        """A row; what is not given is null."""
        self.rows[table].append(dict.fromkeys(TABLES[table].names) | values)

    def record(self, kind: str, day: float, network: str = "N1", **more: Any) -> int:
        """A record; its rid."""
        n = len(self.rows["records"]) + 1
        rid = n * 0x9E3779B97F4A7C15 % 2**64
        values: Row = {"rid": rid, "record_id": f"{rid:016x}{n:016x}", "item_id": f"item{n}", "version": 1}
        values |= {"kind": kind, "source": "s", "platform": "p", "file": "f", "line": n}
        self.put("records", **(values | {"posted_at": START + timedelta(days=day)} | more))
        self.put("network_members", rid=rid, network_id=network)
        return rid

    def mention(self, rid: int, kind: str, value: str, where: str = "body") -> None:
        """A mention."""
        self.put("mentions", rid=rid, type=kind, value=value, raw=value, field=where, start=0, end=1, obscured=False,
                 extractor="x", version="1")  # fmt: skip

    def ad(self, day: float, *contacts: str, name: str = "", network: str = "N1") -> int:
        """An advert that shows contacts, each as type:value."""
        rid = self.record("ad", day, network)
        for contact in contacts:
            kind, _, value = contact.partition(":")
            self.put("ties", type=kind, value=value, rid=rid)
        if name:
            self.mention(rid, "name", name)
        return rid

    def talk(self, conversation: str, *lines: tuple[str, str], day: float = 0, network: str = "N1") -> None:
        """Messages: who, and the senses of what is said; every sense that is no answer is a stage, too."""
        rids: dict[tuple[str, str], list[int]] = {}
        people = sorted({who for who, _ in lines})
        for k, (who, senses) in enumerate(lines):
            rid = self.record("message", day + k / 100, network, handle=who, conversation=conversation)
            self.put("conversation_members", rid=rid, conversation_id=conversation)
            for sense in senses.split():
                self.mention(rid, "wording", sense)
                rids.setdefault((who, sense), []).append(rid)
        first, last = START + timedelta(days=day), START + timedelta(days=day + len(lines) / 100)
        values = {"participants": people, "messages": len(lines), "stages": [], "danger": False, "danger_reason": ""}
        times = {"first_at": first, "last_at": last}
        self.put("conversations", conversation_id=conversation, platform="p", source="s", **values, **times)
        for (who, sense), of in rids.items():
            if sense not in ("plea", "check-in", "earnings-report", "job-pitch"):
                self.put("stages", conversation_id=conversation, stage=sense, actor=who, first_at=first, last_at=last,
                         weight=1.0, rids=of)  # fmt: skip

    def control(self, conversation: str, over: str, under: str) -> None:
        """Who controls whom in a talk."""
        values = {"controller": over, "controlled": under, "confidence": 0.9, "reason": "r", "rids": []}
        self.put("control", conversation_id=conversation, **values)

    def pay(
        self, payer: str, payee: str, day: float, amount: str = "100", purpose: str = "transfer", network: str = "N1",
        name: str = "", state: str = "booked",
    ) -> int:  # fmt: skip
        """A payment."""
        rid = self.record("payment", day, network)
        self.put("payments", rid=rid, payer=payer, payee=payee, payer_name=name, payee_name="", amount=Decimal(amount),
                 currency="EUR", booked_at=START + timedelta(days=day), purpose=purpose, state=state)  # fmt: skip
        return rid

    def sign(self, sign: str, subject: str, *rids: int) -> None:
        """A sign of money."""
        self.put("money_signs", sign=sign, subject=subject, weight=0.8, reason="r", rids=list(rids))

    def tables(self, seed: int | None = None) -> dict[str, pa.Table]:
        """The tables; with a seed their rows are in another order."""
        for network in sorted({row["network_id"] for row in self.rows["network_members"]}):
            times = [r["posted_at"] for r in self.rows["records"]]
            self.rows["networks"] = [r for r in self.rows["networks"] if r["network_id"] != network]
            self.put("networks", network_id=network, records=1, first_seen=min(times), last_seen=max(times), phones=0,
                     templates=0, places=0, platforms=0)  # fmt: skip
        made = {}
        for name, rows in self.rows.items():
            listed = list(rows)
            if seed is not None:
                Random(seed).shuffle(listed)
            made[name] = pa.Table.from_pylist(listed, schema=TABLES[name])
        return made


class Namer:
    """Runs the stage."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def table(self, world: World, seed: int | None = None, threads: int = 2) -> pa.Table:
        """ROLES."""
        with Engine(self.folder, threads=threads) as engine:
            engine.register(world.tables(seed))
            return roles(engine)["roles"]

    def __call__(self, world: World) -> dict[str, dict[str, Row]]:
        """The rows by person and role."""
        found: dict[str, dict[str, Row]] = {}
        for row in self.table(world).to_pylist():
            found.setdefault(row["person"], {})[row["role"]] = row
        return found


@pytest.fixture
def name(tmp_path: Path) -> Namer:
    return Namer(tmp_path)


@pytest.fixture
def world() -> World:
    return World()
