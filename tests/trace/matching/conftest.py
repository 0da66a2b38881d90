"""Hand-made posts and payments, and the matches that are found between them."""

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
from clew.model.tables import MENTIONS, NETWORK_MEMBERS, PRICES, RECORDS, TIES
from clew.model.traced import PAYMENTS
from clew.trace.matching import matching

START = datetime(2026, 3, 2, tzinfo=UTC)
Row = dict[str, Any]


@dataclass
class World:
    """Tables in the making; times are minutes from the start."""

    records: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    members: list[Row] = field(default_factory=list)
    ties: list[Row] = field(default_factory=list)
    mentions: list[Row] = field(default_factory=list)
    prices: list[Row] = field(default_factory=list)

    def _record(self, kind: str, platform: str, minutes: float, **more: Any) -> int:
        n = len(self.records) + 1
        rid = n * 0x9E3779B97F4A7C15 % 2**64
        row: Row = dict.fromkeys(RECORDS.names)
        row |= {"rid": rid, "record_id": f"{rid:016x}{n:016x}", "item_id": f"item{n}", "version": 1, "kind": kind}
        row |= {"source": "s", "platform": platform, "file": "f", "line": n}
        row |= {"posted_at": START + timedelta(minutes=minutes)} | more
        self.records.append(row)
        return rid

    def ad(self, network: str, minutes: float, platform: str = "velomarket", phone: str = "", **more: Any) -> int:
        """A post; its rid."""
        rid = self._record("ad", platform, minutes, **more)
        self.members.append({"rid": rid, "network_id": network})
        if phone:
            self.ties.append({"type": "phone", "value": phone, "rid": rid})
        return rid

    def pay(
        self,
        payer: str,
        minutes: float,
        to: str = "Velomarket BV",
        amount: str = "12.50",
        text: str = "",
        state: str = "booked",
        source: str = "bank",
        names: str = "",
    ) -> int:
        """A payment; its rid. ``names`` is a telephone number in its text."""
        rid = self._record("payment", "bank", minutes, body=text, source=source)
        row: Row = dict.fromkeys(PAYMENTS.names)
        row |= {"rid": rid, "payer": payer, "payee": f"name:{to.lower()}", "payer_name": "", "payee_name": to}
        row |= {"amount": Decimal(amount), "currency": "EUR", "booked_at": START + timedelta(minutes=minutes)}
        self.payments.append(row | {"purpose": "transfer", "state": state})
        if names:
            mention: Row = {"rid": rid, "type": "phone", "value": names, "raw": names, "field": "body", "start": 0}
            self.mentions.append(mention | {"end": len(names), "obscured": False, "extractor": "phone", "version": "1"})
        return rid

    def price(self, platform: str, what: str, amount: str, source: str = "leaflet", **more: Any) -> None:
        """A line of a price list."""
        row: Row = dict.fromkeys(PRICES.names)
        row |= {"platform": platform, "what": what, "amount": Decimal(amount), "currency": "EUR", "source": source}
        self.prices.append(row | {"state": "given", "who": "ann", "at": START} | more)

    def tables(self, seed: int | None = None) -> dict[str, pa.Table]:
        """The tables; with a seed their rows are in another order."""
        listed = {
            "records": (RECORDS, self.records),
            "payments": (PAYMENTS, self.payments),
            "network_members": (NETWORK_MEMBERS, self.members),
            "ties": (TIES, self.ties),
            "mentions": (MENTIONS, self.mentions),
            "prices": (PRICES, self.prices),
        }
        made = {}
        for name, (schema, rows) in listed.items():
            rows = list(rows)
            if seed is not None:
                Random(seed).shuffle(rows)
            made[name] = pa.Table.from_pylist(rows, schema=schema)
        return made

    def crowd(self, seed: int, posts: int, networks: int = 40, platform: str = "velomarket", days: int = 30) -> None:
        """Posts of many networks at all hours."""
        draw = Random(seed)
        for _ in range(posts):
            self.ad(f"N{draw.randrange(networks)}", draw.random() * days * 1440, platform)


class Matcher:
    """Runs the matching."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def table(self, world: World, seed: int | None = None, threads: int = 2) -> pa.Table:
        """PAYMENT_MATCHES."""
        with Engine(self.folder, threads=threads) as engine:
            engine.register(world.tables(seed))
            return matching(engine)["payment_matches"]

    def __call__(self, world: World) -> dict[tuple[int, int], Row]:
        """The rows, by payment and post."""
        return {(r["rid_payment"], r["rid_record"]): r for r in self.table(world).to_pylist()}


@pytest.fixture
def match(tmp_path: Path) -> Matcher:
    return Matcher(tmp_path)


@pytest.fixture
def world() -> World:
    return World()
