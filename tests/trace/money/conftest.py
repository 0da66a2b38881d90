"""Hand-made account books for the tests of money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pyarrow as pa
import pytest

from clew.engine.duckdb import Engine
from clew.model.tables import MENTIONS, RECORDS, TABLES
from clew.trace.money import keep_book, money

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday


@dataclass
class Book:
    """Tables in the making."""

    folder: Path
    records: list[dict[str, Any]] = field(default_factory=list)
    mentions: list[dict[str, Any]] = field(default_factory=list)
    members: list[dict[str, Any]] = field(default_factory=list)
    more: dict[str, pa.Table] = field(default_factory=dict)

    def pay(
        self,
        payer: str,
        payee: str,
        amount: str | int,
        day: float | None = 0,
        text: str | None = None,
        *,
        currency: str = "EUR",
        file: str = "a.jsonl",
        network: str | None = None,
        place: str | None = None,
        native: str | None = None,
        platform: str = "bank",
        item: str | None = None,
        version: int = 1,
        **extra: str,
    ) -> int:
        """A payment; accounts are written as nodes (``account:iban:…``) or names; returns its rid."""
        n = len(self.records) + 1
        rid = n * 0x9E3779B97F4A7C15 % 2**64
        row: dict[str, Any] = dict.fromkeys(RECORDS.names)
        row |= {"rid": rid, "record_id": f"{rid:016x}{n:016x}", "item_id": item or f"item{n}", "version": version}
        row |= {"kind": "payment", "source": "s", "platform": platform, "file": file, "line": n, "body": text}
        row |= {"amount": Decimal(amount), "currency": currency, "place": place, "native_id": native}
        row |= {"extra": orjson.dumps(extra).decode() if extra else None, "payer": payer, "payee": payee}
        row["posted_at"] = None if day is None else START + timedelta(days=day)
        self.records.append(row)
        for side, value in (("payer", payer), ("payee", payee)):
            kind, _, inner = value.partition(":")
            if inner:
                row[side] = inner
                self.mentions.append(
                    {"rid": rid, "type": kind, "value": inner, "raw": inner, "field": side, "start": 0}
                    | {"end": len(inner), "obscured": False, "extractor": "holder", "version": "1"}
                )
        if network:
            self.members.append({"rid": rid, "network_id": network})
        return rid

    def label(self, value: str, label: str, category: str = "other", source: str = "list", age: int = 0,
              state: str = "given") -> None:  # fmt: skip
        """Somebody says what an account is; ``age`` in days."""
        row = {"value": value, "written": value, "label": label, "category": category, "note": "", "source": source}
        row |= {"state": state, "who": "ann", "at": START - timedelta(days=age)}
        made = pa.Table.from_pylist([row], schema=TABLES["labels"])
        self.more["labels"] = pa.concat_tables([*([self.more["labels"]] if "labels" in self.more else ()), made])

    def advert(self, platform: str) -> None:
        """An advert on a platform."""
        n = len(self.records) + 1
        row: dict[str, Any] = dict.fromkeys(RECORDS.names)
        row |= {"rid": n, "record_id": f"{n:032x}", "item_id": f"ad{n}", "version": 1, "kind": "ad", "source": "s"}
        self.records.append(row | {"platform": platform, "file": "ads", "line": n})

    def write(self, network: str, day: float) -> None:
        """A message of a network."""
        n = len(self.records) + 1
        row: dict[str, Any] = dict.fromkeys(RECORDS.names)
        row |= {"rid": n, "record_id": f"{n:032x}", "item_id": f"m{n}", "version": 1, "kind": "message", "source": "s"}
        row |= {"platform": "chat", "file": "chat", "line": n, "posted_at": START + timedelta(days=day)}
        self.records.append(row)
        self.members.append({"rid": n, "network_id": network})

    def tables(self, seed: int | None = None) -> Mapping[str, pa.Table]:
        """All views that the stage reads; with a seed their rows are in another order."""
        rows = {"records": list(self.records), "mentions": list(self.mentions), "network_members": list(self.members)}
        if seed is not None:
            for listed in rows.values():
                Random(seed).shuffle(listed)
        assert TABLES["records"] is RECORDS and TABLES["mentions"] is MENTIONS
        made = {name: pa.Table.from_pylist(listed, schema=TABLES[name]) for name, listed in rows.items()}
        empty = {name: schema.empty_table() for name, schema in TABLES.items() if name not in made}
        return empty | made | self.more

    def run(self, seed: int | None = None, threads: int = 2) -> dict[str, pa.Table]:
        """The tables of money."""
        with Engine(self.folder, threads=threads) as engine:
            engine.register(self.tables(seed))
            return money(engine, keep_book(engine))

    def payments(self) -> dict[int, dict[str, Any]]:
        """PAYMENTS by rid."""
        return {row["rid"]: row for row in self.run()["payments"].to_pylist()}

    def signs(self) -> list[tuple[str, str]]:
        """(sign, subject) of MONEY_SIGNS."""
        return [(row["sign"], row["subject"]) for row in self.run()["money_signs"].to_pylist()]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def iban(n: int) -> str:
    """The node of an account."""
    return f"account:iban:NL{n:016d}"
