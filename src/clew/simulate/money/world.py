"""Draws all money of a world: who has it, what is paid, which of it is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.model.errors import InputError
from clew.simulate.hashing import Ints, unit
from clew.simulate.money.adverts import Prices, draw_prices, other_customers, pay_adverts
from clew.simulate.money.book import ADVERTS, CUSTOMERS, EXPLOITING, LAWFUL, Book, Rows
from clew.simulate.money.cast import Unit, draw_cast
from clew.simulate.money.chats import Spoken
from clew.simulate.money.everyday import Everyday
from clew.simulate.money.firms import Firms
from clew.simulate.money.knobs import STATES, TYPES, Money
from clew.simulate.money.laundering import launder
from clew.simulate.money.lawful import Honest
from clew.simulate.money.owners import draw_owners
from clew.simulate.money.proceeds import Proceeds
from clew.simulate.operations import DAY
from clew.simulate.recruitment.outfits import Outfit
from clew.simulate.sheet import Sheet

MOST = 50_000_000


@dataclass(frozen=True)
class Drawn:
    """The money of a world.

    Attributes:
        book: people, accounts, groups of adverts.
        rows: payments in order of time.
        units: operations that exploit.
        payers: account of each other operation with adverts; -1.
        prices: of the platforms.
        firms: of the world.
    """

    book: Book
    rows: Rows
    units: list[Unit]
    payers: NDArray[np.int32]
    prices: Prices
    firms: Firms


def number_of(ads: int, knobs: Money, given: int | None) -> int:
    """How many payments: as given, else in proportion to the adverts, within bounds."""
    if given is not None and not 0 <= given <= MOST:
        raise InputError(f"A world has from 0 to {MOST:,} payments, not {given:,}.", "Give another --payments.")
    return min(knobs.most, max(knobs.fewest, int(ads * knobs.per_ad))) if given is None else given


def draw_money(sheet: Sheet, outfits: list[Outfit], spoken: Spoken, count: int, seed: int, knobs: Money) -> Drawn:
    """Draw exactly ``count`` payments.

    Args:
        sheet: the adverts.
        outfits: who recruits.
        spoken: who does what in the chats.
        count: how many.
        seed: of the world.
        knobs: parameters.
    """
    book = Book(seed)
    firms = Firms(book)
    prices = draw_prices(seed, knobs)
    units = draw_cast(book, sheet, outfits, spoken, knobs)
    payers = draw_owners(book, sheet)
    pay_adverts(book, firms, sheet, units, payers, prices, knobs)
    proceeds = Proceeds(book, firms, knobs, sheet.movements)
    for one in units:
        proceeds.unit(one)
        launder(book, firms, one, knobs)
    faults = int(count * (knobs.duplicates + knobs.reversals))
    plain = count - faults
    Honest(book, firms, sheet, payers, knobs, int(plain * knobs.shares[LAWFUL])).write()
    kept = _within(book.rows(), plain, seed, knobs)
    book.parts = [kept]
    other_customers(book, firms, sheet, int(plain * knobs.shares[CUSTOMERS]), prices, knobs)
    Everyday(book, firms, knobs, plain - sum(part.size for part in book.parts)).write()
    rows = book.rows()
    rows = rows[(rows["t"] < sheet_end(sheet)) | (rows["state"] > 0)]
    rows = _in_order(rows, seed)[:plain]
    return Drawn(book, _with_faults(rows, seed, knobs, count), units, payers, prices, firms)


def sheet_end(sheet: Sheet) -> int:
    """The end of the world, some days after the last advert."""
    return int(max(sheet.table["t"].max(), 180 * DAY)) + 30 * DAY


def _within(rows: Rows, count: int, seed: int, knobs: Money) -> Rows:
    """Leave out whole operations until each group has no more than its share."""
    keep = np.ones(rows.size, dtype=bool)
    for group in (EXPLOITING, ADVERTS, LAWFUL):
        mine = np.flatnonzero(rows["group"] == group)
        units, place, sizes = np.unique(rows["unit"][mine], return_inverse=True, return_counts=True)
        order = np.argsort(unit(seed, "select", units), kind="stable")
        total = np.cumsum(sizes[order])
        seen = np.zeros(units.size, dtype=bool)
        seen[order] = total <= int(count * knobs.shares[group])
        keep[mine] = seen[place]
    return np.asarray(rows[keep])


def _in_order(rows: Rows, seed: int) -> Rows:
    """Payments by time; those of one second in an order that says nothing."""
    return np.asarray(rows[np.lexsort((rows["chance"], rows["t"]))])


def _with_faults(rows: Rows, seed: int, knobs: Money, count: int) -> Rows:
    """Add payments that stand twice and those that are taken back."""
    size = count - rows.size
    if size <= 0 or not rows.size:
        return rows
    share = knobs.reversals / (knobs.reversals + knobs.duplicates)
    back = _some(
        np.flatnonzero(np.isin(rows["type"], [TYPES.index("card"), TYPES.index("direct-debit")])),
        int(size * share),
        seed,
        0,
    )
    coin = rows["type"] == TYPES.index("coin")
    twice = _some(np.setdiff1d(np.flatnonzero(~coin), back), size - back.size, seed, 1)
    taken, again = rows[back].copy(), rows[twice].copy()
    taken["of"], again["of"] = back, twice
    taken["payer"], taken["payee"] = rows["payee"][back], rows["payer"][back]
    taken["t"] += (3_600 + 6 * DAY * unit(seed, "taken-back", back)).astype(np.int32)
    taken["state"], again["state"] = STATES.index("reversal"), STATES.index("duplicate")
    taken["ads"] = -1
    # Two banks book a payment within the hour; one in three tells of the same second.
    later = np.floor(3_000 * unit(seed, "told-later", twice)) * (unit(seed, "told-same", twice) > 1 / 3)
    again["t"] += later.astype(np.int32)
    rows["state"][back] = STATES.index("reversed")
    found = np.concatenate([rows, taken, again])
    order = np.lexsort((found["chance"], found["state"], found["t"]))
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    found = found[order]
    found["of"] = np.where(found["of"] >= 0, place[np.maximum(found["of"], 0)], -1)
    return np.asarray(found)


def _some(rows: Ints, size: int, seed: int, turn: int) -> Ints:
    """A few of the rows."""
    order = np.argsort(unit(seed, "fault", rows, turn), kind="stable")
    return np.sort(rows[order[:size]])
