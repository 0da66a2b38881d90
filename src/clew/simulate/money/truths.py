"""The truth about money: who paid for what, who has which role, whose the accounts are."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from clew.simulate import identity
from clew.simulate.hashing import Ints
from clew.simulate.money.book import ACCOUNT_KINDS, ADVERTS, LAWFUL
from clew.simulate.money.cast import Unit
from clew.simulate.money.knobs import FLOWS, PURPOSES, STATES
from clew.simulate.money.spell import TRADES, Spelling
from clew.simulate.money.world import Drawn
from clew.simulate.numbers import e164
from clew.simulate.render import WORLD_START
from clew.simulate.sheet import Sheet
from clew.simulate.truth import SCHEMAS

# Which role a payment shows: of who pays, who is paid, and who acts.
_PAYS = {
    "advert-post": "payer", "advert-boost": "payer", "advert-month": "payer", "voucher": "payer", "rent": "host",
    "lodging": "host", "goods": "host", "travel": "transporter", "to-exchange": "launderer", "coin-out": "launderer",
    "mixer": "launderer", "round-trip": "launderer", "fine": "exploited", "debt": "exploited", "job-fee": "exploited",
    "sweep": "exploited", "wage-returned": "exploited", "cash-out": "exploited", "pass-on": "collector",
}  # fmt: skip
_IS_PAID = {
    "sweep": "collector", "wage-returned": "collector", "debt": "collector", "cash-in": "collector",
    "funnel-in": "collector", "fine": "enforcer", "job-fee": "recruiter", "pass-on": "coordinator",
    "collect": "launderer", "split-cash": "launderer", "coin": "launderer", "client": "exploited", "wage": "exploited",
}  # fmt: skip
_TABLES = ("payments", "roles", "accounts")


class Truths:
    """Writes the tables.

    Args:
        drawn: the money.
        sheet: the adverts.
        spelt: accounts as written.
        native: ids of payments.
        ads: ids of adverts, in the order of the sheet.
    """

    def __init__(self, drawn: Drawn, sheet: Sheet, spelt: Spelling, native: list[str], ads: pa.Array) -> None:
        self.drawn, self.sheet, self.spelt, self.native, self.ads = drawn, sheet, spelt, native, ads
        self.names = {unit.number: unit.name for unit in drawn.units}
        people = drawn.book.people
        self.unit = np.concatenate(people.unit)
        self.staff, self.index = np.concatenate(people.staff), np.concatenate(people.index)
        self.holder = drawn.book.accounts.column("holder")
        self.bad = {unit.number for unit in drawn.units}

    def save(self, part: Path) -> None:
        """Write all of them."""
        for name, table in zip(_TABLES, (self.payments(), self.roles(), self.accounts()), strict=True):
            pq.write_table(table, part / "truth" / f"{name}.parquet", compression="zstd")

    def operation(self, number: int) -> str | None:
        """Name of an operation."""
        return None if number < 0 else self.names.get(number, f"op-{number}")

    def person(self, number: int) -> str | None:
        """Name of a person, as in the other tables."""
        if number < 0:
            return None
        unit, index = int(self.unit[number]), int(self.index[number])
        if unit < 0:
            return f"prv-{number}"
        return f"{self.operation(unit)}-{'s' if self.staff[number] else ''}{index}"

    def _people(self, numbers: Ints) -> pa.Array:
        """Names of people."""
        unique, place = np.unique(numbers, return_inverse=True)
        return pa.array([self.person(one) for one in unique.tolist()], pa.string()).take(pa.array(place))

    def payments(self) -> pa.Table:
        """One row a payment."""
        rows = self.drawn.rows
        units, place = np.unique(rows["unit"], return_inverse=True)
        operation = pa.array([self.operation(one) for one in units.tolist()], pa.string()).take(pa.array(place))
        bad = np.array([one in self.bad for one in units.tolist()], dtype=bool)[place]
        of = [self.native[at] if at >= 0 else None for at in rows["of"].tolist()]
        groups = self.drawn.book.ads
        counts = np.array([groups[at].size if at >= 0 else 0 for at in rows["ads"].tolist()], dtype=np.int64)
        paid = np.concatenate([groups[at] for at in rows["ads"].tolist() if at >= 0] or [np.zeros(0, dtype=np.int64)])
        offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
        first = np.array([groups[at][0] if at >= 0 else -1 for at in rows["ads"].tolist()], dtype=np.int64)
        where = self.sheet.table["platform"][np.maximum(first, 0)].tolist()
        seed = self.drawn.book.seed
        platform = [
            identity.platform(seed, at)[0] if one >= 0 else None for one, at in zip(first.tolist(), where, strict=True)
        ]
        columns = [
            pa.array(self.native, pa.string()),
            operation,
            pa.array(bad & (rows["group"] <= ADVERTS)),
            pa.array(PURPOSES).take(pa.array(rows["purpose"].astype(np.int64))),
            pa.array(FLOWS).take(pa.array(rows["flow"].astype(np.int64))),
            self._people(self.holder[rows["payer"]]),
            self._people(self.holder[rows["payee"]]),
            self._people(rows["actor"].astype(np.int64)),
            pa.ListArray.from_arrays(offsets, self.ads.take(pa.array(paid))),
            pa.array(platform, pa.string()),
            pa.array(STATES).take(pa.array(rows["state"].astype(np.int64))),
            pa.array(of, pa.string()),
        ]
        schema = SCHEMAS["payments"]
        return pa.table([column.cast(field.type) for column, field in zip(columns, schema, strict=True)], schema=schema)

    def accounts(self) -> pa.Table:
        """One row an account that occurs in a payment."""
        columns = {name: values.tolist() for name, values in self.spelt.columns.items()}
        found: list[tuple[Any, ...]] = []
        nodes = self.spelt.nodes()
        for at, value in enumerate(self.spelt.values):
            unit, trade = columns["unit"][at], columns["trade"][at]
            found.append(
                (
                    value,
                    ACCOUNT_KINDS[self.spelt.kinds[at]],
                    nodes[at],
                    self.operation(unit),
                    self.person(columns["holder"][at]),
                    unit >= 0,
                    self.spelt.holders[at],
                    TRADES[trade] if trade >= 0 else None,
                    unit in self.bad,
                )
            )
        return _table("accounts", found)

    def roles(self) -> pa.Table:
        """One row a person and role: what people of operations that exploit do, and honest people, who do not."""
        traces, seen = self._traces(), self._nodes()
        found: list[tuple[Any, ...]] = []
        for unit in self.drawn.units:
            found += self._of_unit(unit, traces, seen)
        return _table("roles", found + self._honest(seen))

    def _traces(self) -> dict[tuple[int, str], tuple[int, int, int]]:
        """Payments that show a role of a person: how many, the first and the last second."""
        rows = self.drawn.rows
        rows = rows[(rows["group"] <= ADVERTS) & np.isin(rows["unit"], sorted(self.bad)) & (rows["state"] != 3)]
        found: dict[tuple[int, str], tuple[int, int, int]] = {}
        sides: tuple[tuple[dict[str, str], Ints], ...] = (
            (_PAYS, self.holder[rows["payer"]]),
            (_IS_PAID, self.holder[rows["payee"]]),
            ({}, rows["actor"]),
        )
        for shows, people in sides:
            flows = rows["flow"].tolist()
            for flow, person, t in zip(flows, people.tolist(), rows["t"].tolist(), strict=True):
                role = shows.get(FLOWS[flow]) if shows else "collector"
                if role is None or person < 0:
                    continue
                count, first, last = found.get((person, role), (0, t, t))
                found[person, role] = (count + 1, min(first, t), max(last, t))
        return found

    def _nodes(self) -> dict[int, list[str]]:
        """Accounts in payments by person who holds them."""
        found: dict[int, list[str]] = defaultdict(list)
        for name, holder in zip(self.spelt.nodes(), self.spelt.columns["holder"].tolist(), strict=True):
            if holder >= 0:
                found[holder].append(name)
        return found

    def _of_unit(
        self, unit: Unit, traces: dict[tuple[int, str], tuple[int, int, int]], seen: dict[int, list[str]]
    ) -> list[tuple[Any, ...]]:
        found = []
        holds = [
            (person, duty, max(first, unit.start), min(last, unit.end))
            for duty, held in unit.duties.items()
            for person, first, last in held
        ]
        holds += [(person, "exploited", unit.start, unit.end) for person in unit.victims.tolist()]
        spoken = [(person, role, unit.start, unit.end) for person, role in unit.spoken if role not in unit.duties]
        holds += [one for one in spoken if one[1] != "exploited"]
        spoke = [(person, role) for person, role in unit.spoken if role in unit.duties]
        known = {(person, role) for person, role, _, _ in holds}
        holds += [(*one, unit.start, unit.end) for one in spoke if one not in known]
        for person, role, first, last in holds:
            payments, since, until = traces.get((person, role), (0, first, last))
            messages = unit.spoken.get((person, role), 0)
            nodes = list(dict.fromkeys(unit.nodes.get(person, []) + seen.get(person, [])))
            shown = role == "exploited" or (role == "advert-manager" and bool(unit.nodes.get(person)))
            if payments or messages or shown:
                span = (min(first, since), max(last, until)) if messages or not payments else (since, until)
                found.append(self._row(unit.number, person, role, nodes, (payments, messages), span))
        return found

    def _honest(self, seen: dict[int, list[str]]) -> list[tuple[Any, ...]]:
        """Who runs honest operations whose payments are seen: role ``none``."""
        rows = self.drawn.rows
        shown = np.unique(rows["unit"][np.isin(rows["group"], (ADVERTS, LAWFUL))])
        keys = [one for one in shown.tolist() if one >= 0 and one not in self.bad]
        table = self.sheet.table
        mine = np.flatnonzero(np.isin(table["op"], keys) & (table["own"].astype(np.int64) > 0))
        phones: dict[int, list[str]] = defaultdict(list)
        triples = np.stack([table[name][mine].astype(np.int64) for name in ("op", "own_country", "own")], axis=1)
        for op, country, number in np.unique(triples, axis=0).tolist():
            phones[op].append(f"phone:{e164(country, number)}")
        operations = self.sheet.operations
        found = []
        for key in keys:
            person = int(self.holder[self.drawn.payers[key]])
            span = (int(operations.start[key]), int(operations.start[key] + operations.span[key]))
            nodes = list(dict.fromkeys(phones[key][:50] + seen.get(person, [])))
            found.append(self._row(key, person, "none", nodes, (0, 0), span))
        return found

    def _row(
        self, unit: int, person: int, role: str, nodes: list[str], traces: tuple[int, int], span: tuple[int, int]
    ) -> tuple[Any, ...]:
        times = [(WORLD_START + np.timedelta64(at, "s")).astype("datetime64[us]").item() for at in span]
        return (self.operation(unit), self.person(person), role, nodes, unit in self.bad, *traces, *times)


def save(part: Path, name: str, rows: list[tuple[Any, ...]]) -> None:
    """Write one table of the truth."""
    pq.write_table(_table(name, rows), part / "truth" / f"{name}.parquet", compression="zstd")


def _table(name: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    schema = SCHEMAS[name]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.table([pa.array(column, one.type) for column, one in zip(columns, schema, strict=True)], schema=schema)
