"""The book of a world's payments as arrays: people, accounts, and one row a payment; and dice for one operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.simulate.hashing import Floats, Ints, mix_one, unit
from clew.simulate.money.knobs import FLOWS, PURPOSE_OF, PURPOSES, TYPES
from clew.simulate.places import COUNTRIES

NOBODY = -1
ROW = np.dtype(
    [
        ("unit", "i4"),  # operation, index into `Cast.units`; -1: nobody's
        ("payer", "i4"),  # account
        ("payee", "i4"),
        ("actor", "i4"),  # who acts where it is not the holder; -1
        ("amount", "i8"),  # hundredths; of coins 1e-8
        ("currency", "i1"),
        ("t", "i4"),  # second of the world
        ("purpose", "i1"),
        ("flow", "i1"),
        ("type", "i1"),
        ("place", "i2"),  # city; -1
        ("ads", "i4"),  # group of adverts paid for; -1
        ("trip", "i4"),  # journey or room paid for; -1
        ("chance", "u4"),  # for its text
        ("group", "i1"),  # see `Money.shares`
        ("state", "i1"),
        ("of", "i4"),  # row that it takes back or repeats; -1
    ]
)
TRIP = np.dtype([("person", "i4"), ("from", "i2"), ("to", "i2"), ("at", "i4"), ("how", "i1")])
HOW = ("coach", "rail", "airline", "hotel")
Rows = NDArray[np.void]
Trips = NDArray[np.void]
Value = NDArray[Any] | int | float
# Whose payments a group has; `FREE` fills up.
EXPLOITING, ADVERTS, CUSTOMERS, LAWFUL, FREE = range(5)
# Money by country, then coins.
_ISO = {
    "RO": "RON", "PL": "PLN", "HU": "HUF", "BG": "BGN", "RU": "RUB", "GB": "GBP", "US": "USD", "CH": "CHF",
    "AE": "AED", "CZ": "CZK",
}  # fmt: skip
CURRENCIES = ("EUR", *sorted(set(_ISO.values())), "BTC", "ETH", "LTC", "USDT")
COINS = ("BTC", "ETH", "LTC", "USDT")
FIRST_COIN = CURRENCIES.index("BTC")
CURRENCY = np.array([CURRENCIES.index(_ISO.get(country.code, "EUR")) for country in COUNTRIES], dtype=np.int8)
SCALE = np.array([country.scale for country in COUNTRIES])
OFFSET = np.array([country.offset * 60 for country in COUNTRIES])
# Kinds of accounts, as `kind` in truth/accounts.parquet.
ACCOUNT_KINDS = ("iban", "number", "phone", "wallet", "voucher", "name")
IBAN, NUMBER, PHONE, WALLET, VOUCHER, NAME = range(len(ACCOUNT_KINDS))


@dataclass(frozen=True)
class People:
    """People by number.

    Attributes:
        unit: operation or -1.
        staff: whether of those who run it; else those it advertises or employs.
        index: the how-manieth of these.
    """

    unit: list[Ints] = field(default_factory=list)
    staff: list[NDArray[np.bool_]] = field(default_factory=list)
    index: list[Ints] = field(default_factory=list)
    count: list[int] = field(default_factory=lambda: [0])

    def add(self, units: Ints | int, index: Ints, staff: bool = False) -> Ints:
        """New people; returns their numbers."""
        first, size = self.count[0], index.size
        self.unit.append(np.broadcast_to(np.asarray(units, dtype=np.int64), (size,)))
        self.staff.append(np.full(size, staff))
        self.index.append(index.astype(np.int64))
        self.count[0] += size
        return np.arange(first, first + size)


@dataclass
class Accounts:
    """Accounts by number; how they are written is made of kind, country and number.

    Attributes:
        kind: index into `ACCOUNT_KINDS`.
        country: index into `COUNTRIES`.
        holder: person, or -1 for a firm.
        trade: what a firm is, index into `spell.TRADES`; -1 for people.
        key: for the firm's name: firms with the same trade, country and key are one.
        unit: operation whose it is, or -1.
        known: as written, where adverts or chats say so.
        taken: all that is in ``known``.
    """

    kind: list[NDArray[np.int8]] = field(default_factory=list)
    country: list[NDArray[np.int8]] = field(default_factory=list)
    holder: list[NDArray[np.int32]] = field(default_factory=list)
    trade: list[NDArray[np.int8]] = field(default_factory=list)
    key: list[NDArray[np.int32]] = field(default_factory=list)
    unit: list[NDArray[np.int32]] = field(default_factory=list)
    known: dict[int, str] = field(default_factory=dict)
    count: int = 0
    taken: set[str] = field(default_factory=set)

    def add(
        self,
        kind: Ints | int,
        country: Ints | int,
        *,
        holder: Ints | int = NOBODY,
        trade: Ints | int = NOBODY,
        key: Ints | int = 0,
        unit: Ints | int = NOBODY,
        size: int | None = None,
    ) -> Ints:
        """New accounts; returns their numbers."""
        columns = [np.asarray(value) for value in (kind, country, holder, trade, key, unit)]
        count = size if size is not None else max(column.size for column in columns)
        stores = (self.kind, self.country, self.holder, self.trade, self.key, self.unit)
        types = (np.int8, np.int8, np.int32, np.int8, np.int32, np.int32)
        for store, column, dtype in zip(stores, columns, types, strict=True):
            store.append(np.broadcast_to(column.astype(dtype), (count,)))  # type: ignore[attr-defined]
        self.count += count
        return np.arange(self.count - count, self.count)

    def name(self, account: int, value: str) -> bool:
        """Let an account be written as adverts or chats have it; False if another is written so."""
        if value in self.taken:
            return False
        self.taken.add(value)
        self.known[account] = value
        return True

    def column(self, name: str) -> NDArray[np.int64]:
        """One column of all."""
        parts = getattr(self, name)
        return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, dtype=np.int64)


class Book:
    """People, accounts and payments, as they are drawn."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.people, self.accounts = People(), Accounts()
        self.parts: list[Rows] = []
        self.ads: list[Ints] = []  # rows of adverts by group
        self._groups = 0
        self.trips: list[Trips] = []
        self._trips = 0

    def pay(
        self,
        flow: str | NDArray[np.int8],
        group: int,
        payer: Value,
        payee: Value,
        amount: Value,
        t: Value,
        country: Ints | int,
        **more: Value | str,
    ) -> int:
        """Add payments; arrays of one length, or single values for all.

        Args:
            flow: name in `FLOWS`, or indices.
            group: of `Money.shares`.
            payer, payee: accounts.
            amount: in hundredths of the country's money.
            t: second of the world.
            country: whose money it is.
            more: ``unit``, ``actor``, ``place``, ``ads``, ``trip``, ``currency``, ``type`` (a name of `TYPES`).

        Returns:
            How many.
        """
        values = [np.asarray(value) for value in (payer, payee, amount, t)]
        size = max(value.size for value in values)
        if not size or any(value.ndim and value.size != size and value.size != 1 for value in values):
            return 0
        rows = np.zeros(size, dtype=ROW)
        rows["payer"], rows["payee"], rows["amount"], rows["t"] = values
        flows = FLOWS.index(flow) if isinstance(flow, str) else flow
        rows["flow"], rows["purpose"] = flows, _PURPOSE[flows]
        rows["currency"] = more.get("currency", CURRENCY[country])
        kind = more.get("type", "transfer")
        rows["type"] = TYPES.index(kind) if isinstance(kind, str) else kind
        for name in ("unit", "actor", "place", "ads", "trip"):
            rows[name] = more.get(name, -1)
        rows["group"], rows["of"] = group, -1
        draw = unit(self.seed, "book", len(self.parts), np.arange(size))
        rows["chance"] = np.floor(draw * 2.0**32).astype(np.uint32)
        rows = rows[rows["payer"] != rows["payee"]]  # two who share an account need not pay each other
        self.parts.append(rows)
        return int(rows.size)

    def paid_for(self, groups: list[Ints] | Ints) -> Ints:
        """Numbers of new groups of adverts: one group a row of an array, or one of each list."""
        first = self._groups
        if isinstance(groups, list):
            self.ads += groups
            self._groups += len(groups)
        else:
            self.ads += list(groups.reshape(-1, 1))
            self._groups += groups.size
        return np.arange(first, self._groups)

    def travel(self, person: Ints, start: Ints, end: Ints, at: Value, how: Ints) -> Ints:
        """Numbers of new journeys: who goes, from and to which city, when, and how (place in `HOW`)."""
        rows = np.zeros(person.size, dtype=TRIP)
        for name, values in (("person", person), ("from", start), ("to", end), ("at", at), ("how", how)):
            rows[name] = values
        self.trips.append(rows)
        self._trips += rows.size
        return np.arange(self._trips - rows.size, self._trips)

    def rows(self) -> Rows:
        """All payments as drawn."""
        return np.concatenate(self.parts) if self.parts else np.zeros(0, dtype=ROW)


_PURPOSE = np.array([PURPOSES.index(PURPOSE_OF.get(flow, "transfer")) for flow in FLOWS], dtype=np.int8)


class Dice:
    """Draws of one operation: other draws every time it is asked, the same in every run."""

    def __init__(self, seed: int, purpose: str, key: int) -> None:
        self.seed, self.turn = mix_one(seed, purpose, key), 0

    def some(self, size: int) -> Floats:
        """Numbers from 0 to below 1."""
        self.turn += 1
        return unit(self.seed, "dice", self.turn, np.arange(size))

    def one(self) -> float:
        """One number."""
        self.turn += 1
        return mix_one(self.seed, "die", self.turn) / 2.0**64

    def among(self, options: Ints | list[int], size: int) -> Ints:
        """Some of the options."""
        found = np.asarray(options)
        return np.asarray(found[(self.some(size) * found.size).astype(np.int64)])

    def times(self, rate: float, start: float, end: float) -> Floats:
        """Seconds at which something happens ``rate`` times a second on average."""
        count = int(max(0.0, end - start) * rate + self.one())
        return np.sort(start + (end - start) * self.some(count))
