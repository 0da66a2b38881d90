"""Everyday life: wages, rent, shops, families, students, migrants, clerks; the bulk of all payments."""

from __future__ import annotations

import numpy as np

from clew.simulate.hashing import Floats, Ints, below, pick, unit
from clew.simulate.money.book import FREE, HOW, OFFSET, Book, Value
from clew.simulate.money.firms import Firms, any_city
from clew.simulate.money.knobs import Money
from clew.simulate.money.lawful import exact, rounded
from clew.simulate.money.spell import iban_kind
from clew.simulate.operations import DAY
from clew.simulate.places import NEAR, WEIGHTS

MONTHS = 6
# What people are (assumed): employed, students, pensioners, seasonal workers housed by their employer, clerks who book
# travel for others.
_SORTS = (0.68, 0.12, 0.10, 0.08, 0.02)
EMPLOYED, STUDENT, PENSIONER, SEASONAL, CLERK = range(5)
# Payments of one person in half a year, but for shops; and those in shops.
_FIXED, _SHOPS = 33, 30


class Everyday:
    """Writes the everyday payments of private people.

    Args:
        book: gets them.
        firms: of the world.
        knobs: parameters.
        count: exactly how many payments.
    """

    def __init__(self, book: Book, firms: Firms, knobs: Money, count: int) -> None:
        self.book, self.firms, self.knobs, self.count = book, firms, knobs, count
        self.size = max(3, count // (_FIXED + _SHOPS))
        keys = np.arange(self.size)
        self.sort = pick(_SORTS, self._draw("sort", keys))
        self.country = pick(WEIGHTS, self._draw("home", keys))
        self.person = book.people.add(-1, keys)
        self.account = book.accounts.add(iban_kind(self.country), self.country, holder=self.person)
        # Two neighbours in the list are a household, if both have one country; some have one account.
        shares = np.zeros(self.size, dtype=bool)
        pairs = np.arange(1, self.size, 2)
        chosen = pairs[self._draw("family", pairs) < knobs.family_account]
        shares[chosen] = True
        self.country[chosen] = self.country[chosen - 1]
        self.account[chosen] = self.account[chosen - 1]
        self.city = any_city(self.country, book.seed, "lives-in", keys)

    def write(self) -> None:
        """As many payments as asked for."""
        if self.count < 3:
            return
        before = sum(part.size for part in self.book.parts)
        self._monthly()
        self._friends()
        self._special()
        self._shops(self.count - sum(part.size for part in self.book.parts) + before)

    def _draw(self, purpose: str, *keys: Ints | int) -> Floats:
        return unit(self.book.seed, f"everyday-{purpose}", *keys)

    def _months(self, people: Ints, purpose: str, share: float = 1.0) -> tuple[Ints, Ints]:
        """Person and month, for those months in which something happens."""
        who, month = np.repeat(people, MONTHS), np.tile(np.arange(MONTHS), people.size)
        rows = self._draw(f"{purpose}-month", who, month) < share
        return who[rows], month[rows]

    def _pay(self, flow: str, who: Ints, payer: Ints, payee: Ints, amount: Ints, t: Value, **more: Value | str) -> None:
        at = np.clip(np.asarray(t) - OFFSET[self.country[who]], 0, 180 * DAY - 1)
        self.book.pay(flow, FREE, payer, payee, amount, at, self.country[who], **more)

    def _monthly(self) -> None:
        """Wage or allowance, rent, energy, telephone; money sent abroad."""
        keys, firms = np.arange(self.size), self.firms
        works = keys[np.isin(self.sort, (EMPLOYED, SEASONAL, CLERK))]
        who, month = self._months(works, "wage", 0.97)
        firm = firms.some("employer", self.country[who], self._draw("employer", who))
        wage = exact(1_500 + 1_900 * self._draw("wage", who), self.country[who])
        t = (month * 30 + 24 + 3 * self._draw("payday", firm)) // 1 * DAY + 3600 * (
            6 + 5 * self._draw("pay-hour", who, month)
        )
        self._pay("wage", who, firm, self.account[who], wage, t, type="salary")
        rents = keys[self._draw("rents", keys) < 0.7]
        who, month = self._months(rents, "rent", 0.96)
        # Rooms of students and seasonal workers are many with one landlord.
        many = np.isin(self.sort[who], (STUDENT, SEASONAL))
        draws = self._draw("landlord", who) * np.where(many, 0.1, 1.0)
        landlord = firms.some("landlord", self.country[who], draws)
        level = np.where(many, 250 + 250 * self._draw("rent", who), 600 + 800 * self._draw("rent", who))
        t = (month * 30 + 1 + below(4, self.book.seed, "rent-day", who)) * DAY + 3600 * (
            7 + 9 * self._draw("rent-hour", who, month)
        )
        self._pay("rent", who, self.account[who], landlord, rounded(level, self.country[who]), t)
        for trade, share, low, wide in (("utility", 0.6, 40, 120), ("telephone", 0.75, 8, 30)):
            who, month = self._months(keys, trade, share)
            firm = firms.some(trade, self.country[who], self._draw(f"{trade}-firm", who))
            amount = exact(low + wide * self._draw(f"{trade}-sum", who), self.country[who])
            at = (month * 30 + 10 + below(9, self.book.seed, trade, who)) * DAY + 3600 * 4
            self._pay("utility", who, self.account[who], firm, amount, at, type="direct-debit")
        sends = keys[self._draw("remits", keys) < self.knobs.remits]
        who, month = self._months(sends, "remit", 0.8)
        firm = firms.some("sender", self.country[who], self._draw("sender", who))
        amount = rounded(80 + 400 * self._draw("remit-sum", who, month), self.country[who], 10)
        t = (month * 30 + 26 + 4 * self._draw("remit-day", who, month)) * DAY
        self._pay("remittance", who, self.account[who], firm, amount, t, type="card")

    def _friends(self) -> None:
        """Friends and families pay each other back, in the evening too; students most."""
        keys = np.arange(self.size)
        count = np.floor(np.where(self.sort == STUDENT, 16, 4) * 2 * self._draw("friendly", keys)).astype(np.int64)
        who = np.repeat(keys, count)
        rows = np.arange(who.size)
        # People of one country near each other in a circle of acquaintances.
        order = np.lexsort((keys, self.country))
        place = np.empty_like(order)
        place[order] = keys
        step = 1 + below(12, self.book.seed, "friend", who, rows)
        other = order[(place[who] + step) % self.size]
        near = self.country[other] == self.country[who]
        who, other, rows = who[near], other[near], rows[near]
        evening = self._draw("friend-late", rows) < 0.5
        hour = np.where(evening, 19 + 7 * self._draw("friend-hour", rows), 9 + 10 * self._draw("friend-hour", rows))
        t = below(179, self.book.seed, "friend-day", rows) * DAY + hour * 3600
        round_sum = self._draw("friend-round", rows) < 0.5
        raw = 4 + 90 * self._draw("friend-sum", rows) ** 3
        amount = np.where(round_sum, rounded(raw, self.country[who]), exact(raw, self.country[who]))
        apart = self.account[who] != self.account[other]
        who, other, t, amount = who[apart], other[apart], t[apart], amount[apart]
        self._pay("between-friends", who, self.account[who], self.account[other], amount, t, type="instant")

    def _special(self) -> None:
        """Students' allowance, seasonal workers' cash, clerks' bookings for others, holidays."""
        keys, firms = np.arange(self.size), self.firms
        students = keys[self.sort == STUDENT]
        who, month = self._months(students, "allowance", 0.9)
        parent = (who + 1) % self.size
        amount = rounded(150 + 350 * self._draw("allowance", who), self.country[who], 10)
        t = (month * 30 + 1.4) * DAY
        self._pay("allowance", who, self.account[parent], self.account[who], amount, t)
        who, month = self._months(keys, "cash", 0.35)
        city = self.city[who]
        machine = firms.machine(city, self._draw("cash-machine", who, month))
        amount = rounded(20 + 150 * self._draw("cash-sum", who, month), self.country[who], 10)
        t = (month * 30 + 30 * self._draw("cash-day", who, month)) // 1 * DAY + 3600 * (
            8 + 13 * self._draw("cash-hour", who, month)
        )
        self._pay("cash-out", who, self.account[who], machine, amount, t, place=city, type="cash-withdrawal")
        self._trips()

    def _trips(self) -> None:
        """Clerks book for colleagues, others for themselves."""
        keys, firms, seed = np.arange(self.size), self.firms, self.book.seed
        clerks = np.repeat(keys[self.sort == CLERK], 40)
        trips = np.concatenate([clerks, keys[self._draw("holiday", keys) < 0.4]])
        rows = np.arange(trips.size)
        guest = np.where(rows < clerks.size, below(self.size, seed, "colleague", trips, rows), trips)
        t = below(165, seed, "trip-day", trips, rows) * DAY + 3600 * (9 + 10 * self._draw("trip-hour", rows))
        goes = t + DAY * (1 + 12 * self._draw("trip-goes", rows))
        trade = below(4, seed, "trip-how", rows)
        country = np.where(
            self._draw("trip-abroad", rows) < 0.4, NEAR[self.country[trips], rows % 3], self.country[trips]
        )
        to = any_city(country, seed, "trip-to", trips, rows)
        start = np.where(trade == 3, to, self.city[trips])
        trip = self.book.travel(self.person[guest], start, to, goes, trade)
        price = 15 + 120 * self._draw("trip-sum", rows) * np.array([0.6, 0.8, 1.6, 1.8])[trade]
        for number, name in enumerate(HOW):
            part = trade == number
            who = trips[part]
            firm = firms.some(name, self.country[who], self._draw("trip-firm", rows[part]))
            flow = "lodging" if name == "hotel" else "travel"
            sums = exact(price[part], self.country[who])
            self._pay(flow, who, self.account[who], firm, sums, t[part], type="card", trip=trip[part])

    def _shops(self, count: int) -> None:
        """What is left goes to shops."""
        rows = np.arange(max(count, 0))
        who = np.floor(self.size * self._draw("shopper", rows)).astype(np.int64)
        day = below(179, self.book.seed, "shop-day", rows) * DAY
        t = day + 3600 * (8 + 13 * self._draw("shop-hour", rows))
        food = self._draw("food", rows) < 0.65
        firm = np.where(
            food,
            self.firms.some("market", self.country[who], self._draw("shop", rows)),
            self.firms.some("shop", self.country[who], self._draw("shop", rows)),
        )
        amount = exact(3 + 90 * self._draw("shop-sum", rows) ** 3, self.country[who])
        self._pay("shop", who, self.account[who], firm, amount, t, place=self.city[who], type="card")
