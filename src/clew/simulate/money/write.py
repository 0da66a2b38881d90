"""Writes payments, coins and price lists of a world, as plain files."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from clew.simulate import identity
from clew.simulate.hashing import Ints, mix
from clew.simulate.money.adverts import PRODUCTS
from clew.simulate.money.book import COINS, CURRENCIES, OFFSET, Rows
from clew.simulate.money.iban import BANKS
from clew.simulate.money.knobs import STATES, TYPES
from clew.simulate.money.spell import Spelling, chain_of
from clew.simulate.money.texts import Texts
from clew.simulate.money.world import Drawn
from clew.simulate.places import CITIES
from clew.simulate.render import WORLD_START

_CHUNK = 1 << 16
_SUMMER = np.datetime64("2026-03-29T01:00:00")
_COIN = TYPES.index("coin")
_ONLINE = [TYPES.index(name) for name in ("transfer", "instant")]
_REVERSAL, _DUPLICATE = STATES.index("reversal"), STATES.index("duplicate")


def names(rows: Rows, seed: int) -> list[str]:
    """Native ids of payments: numbers, or what stands on the chain."""
    found = [f"pay-{at + 1:07d}" for at in range(rows.size)]
    for at in np.flatnonzero(rows["type"] == _COIN).tolist():
        found[at] = hashlib.sha256(f"{seed} coin {at}".encode()).hexdigest()
    return found


def spelling(drawn: Drawn) -> Spelling:
    """How the accounts in the payments are written."""
    rows = drawn.rows
    used = np.unique(np.concatenate([rows["payer"], rows["payee"]])).astype(np.int64)
    return Spelling(drawn.book.accounts, drawn.book.seed, used)


def _quoted(values: list[str | None]) -> pa.StringArray:
    """JSON of each."""
    return pa.array([orjson.dumps(value).decode() for value in values])


def times(t: Ints, offset: Ints) -> pa.StringArray:
    """Seconds of the world as local times with their zone."""
    utc = WORLD_START + t.astype("timedelta64[s]")
    minutes = offset // 60 + np.where((utc >= _SUMMER) & (offset >= 0) & (offset < 10_800), 60, 0)
    local = np.datetime_as_string(utc + (minutes * 60).astype("timedelta64[s]"), unit="s")
    zones, place = np.unique(minutes, return_inverse=True)
    suffix = [f"{'-' if z < 0 else '+'}{abs(z) // 60:02d}:{abs(z) % 60:02d}" if z else "Z" for z in zones.tolist()]
    return pc.binary_join_element_wise(
        pa.array(local.tolist(), pa.string()), pa.array(suffix, pa.string()).take(pa.array(place)), ""
    )


def decimals(amount: Ints, places: int) -> pa.StringArray:
    """Whole numbers as decimals with that many digits behind the point."""
    unit = 10**places
    size = np.abs(amount)
    sign = pa.array(np.where(amount < 0, "-", "").tolist(), pa.string())
    rest = pc.utf8_lpad(pc.cast(pa.array(size % unit), pa.string()), places, "0")
    whole = pc.cast(pa.array(size // unit), pa.string())
    return pc.binary_join_element_wise(pc.binary_join_element_wise(sign, whole, ""), rest, ".")


class Lines:
    """Writes payments as JSON Lines.

    Args:
        drawn: the money.
        spelt: its accounts.
        native: ids of all payments.
    """

    def __init__(self, drawn: Drawn, spelt: Spelling, native: list[str]) -> None:
        self.rows, self.seed, self.native = drawn.rows, drawn.book.seed, native
        self.spelt, self.texts = spelt, Texts()
        self.place = np.zeros(drawn.book.accounts.count, dtype=np.int64)
        self.place[spelt.used] = np.arange(spelt.used.size)
        self.country = spelt.columns["country"]
        self.value, self.holder = _quoted([*spelt.values]), _quoted(spelt.holders)
        self.bank = np.array([bool(bank) for bank in spelt.banks])
        # Two of the six banks tell by which device somebody paid.
        self.tells = np.array([bank.startswith(BANKS[:2]) for bank in spelt.banks])
        self.banks = _quoted([bank or None for bank in spelt.banks])
        self.city = _quoted([*CITIES, None])
        self.currency, self.type = _quoted([*CURRENCIES]), _quoted([*TYPES])

    def text(self, rows: Rows) -> pa.StringArray:
        """What stands in each payment."""
        home = self.country[self.place[rows["payer"]]]
        said = self.texts.of(rows["flow"].astype(np.int64), home, rows["chance"].astype(np.int64))
        back = rows["state"] == _REVERSAL
        if not back.any():
            return said
        of = [f"Reversal {self.native[at]}" if at >= 0 else "" for at in np.where(back, rows["of"], -1).tolist()]
        return pc.if_else(pa.array(back), pa.array(of), said)

    def plain(self) -> Iterator[bytes]:
        """``payments.jsonl``: all but coins."""
        rows = np.flatnonzero(self.rows["type"] != _COIN)
        for start in range(0, rows.size, _CHUNK):
            yield self._plain(rows[start : start + _CHUNK])

    def _plain(self, at: Ints) -> bytes:
        rows = self.rows[at]
        # Half of what is taken back is told as a negative payment in the direction of the first.
        negative = (rows["state"] == _REVERSAL) & (rows["chance"] % 2 == 0)
        payer = self.place[np.where(negative, rows["payee"], rows["payer"])]
        payee = self.place[np.where(negative, rows["payer"], rows["payee"])]
        amount = rows["amount"] * np.where(negative, -1, 1)
        # A payment that stands twice is told by the other's bank.
        first = np.where(rows["state"] == _DUPLICATE, payee, payer)
        other = np.where(rows["state"] == _DUPLICATE, payer, payee)
        teller = pa.array(np.where(self.bank[first], first, other))
        offset = OFFSET[self.country[payer]]
        place = pa.array(np.where(rows["place"] >= 0, rows["place"], len(CITIES)).astype(np.int64))
        text = self.text(rows)
        fields = [
            ('{"native_id":"', pa.array([self.native[one] for one in at.tolist()])),
            ('","payer":', self.value.take(pa.array(payer))),
            (',"payee":', self.value.take(pa.array(payee))),
            (',"amount":"', decimals(amount, 2)),
            ('","currency":', self.currency.take(pa.array(rows["currency"].astype(np.int64)))),
            (',"booked_at":"', times(rows["t"].astype(np.int64), offset)),
            ('","text":"', text),  # holds no sign that JSON escapes
            ('","payer_name":', self.holder.take(pa.array(payer))),
            (',"payee_name":', self.holder.take(pa.array(payee))),
            (',"type":', self.type.take(pa.array(rows["type"].astype(np.int64)))),
            (',"place":', self.city.take(place)),
            (',"platform":', self.banks.take(teller)),
            (',"device":', self._devices(rows, payer)),
        ]
        parts = [pa.scalar(part) if isinstance(part, str) else part for field in fields for part in field]
        lines = pc.binary_join_element_wise(*parts, pa.scalar("}\n"), "")
        return "".join(lines.to_pylist()).encode()

    def _devices(self, rows: Rows, payer: Ints) -> pa.StringArray:
        """The device by which somebody paid, where the bank tells it: that of who acts, who need not be the holder."""
        holder = self.spelt.columns["holder"][payer]
        person = np.where(rows["actor"] >= 0, rows["actor"], holder)
        tells = np.isin(rows["type"], _ONLINE) & (person >= 0) & self.tells[payer]
        bits = mix(self.seed, "device", person) >> np.uint64(32)
        found = pc.binary_join_element_wise('"dev-', pc.cast(pa.array(bits), pa.string()), '"', "")
        return pc.if_else(pa.array(tells), found, "null")

    def coins(self) -> Iterator[bytes]:
        """``crypto.jsonl``."""
        found = np.flatnonzero(self.rows["type"] == _COIN)
        rows = self.rows[found]
        payer, payee = self.place[rows["payer"]].tolist(), self.place[rows["payee"]].tolist()
        amount = decimals(rows["amount"], 8).to_pylist()
        booked = times(rows["t"].astype(np.int64), np.zeros(rows.size, dtype=np.int64)).to_pylist()
        names = [CURRENCIES[coin] for coin in rows["currency"].tolist()]
        for place, at in enumerate(found.tolist()):
            source = self.spelt.values[payer[place]]
            line = {
                "chain": chain_of(source),
                "tx": self.native[at],
                "payer": source,
                "payee": self.spelt.values[payee[place]],
                "amount": amount[place],
                "currency": names[place],
                "booked_at": booked[place],
            }
            yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def write_prices(part: Path, drawn: Drawn, spelt: Spelling) -> None:
    """``prices.csv``: what each platform asks for, and where it is paid."""
    prices, firms, seed = drawn.prices, drawn.firms, drawn.book.seed
    known = drawn.book.accounts.known
    written = dict(zip(spelt.used.tolist(), spelt.values, strict=True))
    with (part / "prices.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["platform", "product", "amount", "currency", "payee", "site"])
        for platform in range(prices.coin.size):
            name, site = identity.platform(seed, platform)
            for product, what in enumerate(PRODUCTS):
                cents = int(prices.amount[platform, product])
                if not cents:
                    continue
                payee = written.get(int(firms.platforms[platform]), "")
                currency = CURRENCIES[prices.currency[platform]]
                out.writerow([name, what, f"{cents // 100}.{cents % 100:02d}", currency, payee, site])
                coin = int(prices.coin[platform])
                if coin >= 0:
                    sums = prices.in_coins(np.array([platform]), np.array([product]))
                    payee = known[int(firms.tills[coin][platform])]
                    out.writerow([name, what, decimals(sums, 8)[0].as_py(), COINS[coin], payee, site])
