"""What operations that exploit earn, take from people, pass on and spend."""

from __future__ import annotations

import numpy as np

from clew.simulate.hashing import Floats, Ints
from clew.simulate.money.book import EXPLOITING, HOW, OFFSET, SCALE, Book, Dice, Value
from clew.simulate.money.cast import Unit
from clew.simulate.money.firms import Firms, in_country
from clew.simulate.money.knobs import Money
from clew.simulate.operations import DAY
from clew.simulate.places import CITY_COUNTRY, NEAR

_WAGED = ("labour", "domestic")
Moves = dict[str, Ints]


def rounded(amount: Floats, scale: float, step: int = 5) -> Ints:
    """Sums in euro as people pay them in a country: whole multiples of a step, in hundredths."""
    unit = step * 10 ** max(0, int(np.ceil(np.log10(scale))) if scale > 1.5 else 0)
    return np.asarray(np.maximum(np.round(amount * scale / unit), 1) * unit * 100, dtype=np.int64)


def exact(amount: Floats, scale: float) -> Ints:
    """Sums to the hundredth."""
    return np.asarray(np.maximum(np.round(amount * scale * 100), 1), dtype=np.int64)


def evenings(dice: Dice, rate: float, start: float, end: float, country: int) -> Floats:
    """Times at which clients pay: three quarters from 20 to 4 o'clock."""
    days = dice.times(rate / DAY, start, end) // DAY * DAY
    draws, clock = dice.some(days.size), dice.some(days.size)
    hour = np.where(draws < 0.75, 20 + 8 * clock, 11 + 9 * clock)
    return np.asarray(np.clip(days + hour * 3600 - OFFSET[country], 0, None))


class Proceeds:
    """Writes the payments of one operation after the other into the book.

    Args:
        book: gets them.
        firms: of the world.
        knobs: parameters.
        moves: movements of advertised people, by operation.
    """

    def __init__(self, book: Book, firms: Firms, knobs: Money, moves: Moves) -> None:
        self.book, self.firms, self.knobs, self.moves = book, firms, knobs, moves
        order = np.argsort(moves["operation"], kind="stable")
        self._order, self._op = order, moves["operation"][order]

    def unit(self, unit: Unit) -> None:
        """All of one operation."""
        dice = Dice(self.book.seed, "proceeds", unit.number)
        earned = self._wages(unit, dice) if unit.form in _WAGED else self._clients(unit, dice)
        collected = self._sweeps(unit, earned, dice)
        collected += self._takings(unit, dice)
        self._fines(unit, dice)
        self._homes(unit, dice)
        self._travel(unit, dice)
        self._upwards(unit, collected, dice)

    def pay(self, unit: Unit, flow: str, *args: Value, **more: Value | str) -> None:
        """A payment in the money of the operation's country."""
        payer, payee, amount, t = args
        self.book.pay(flow, EXPLOITING, payer, payee, amount, t, unit.country, unit=unit.number, **more)

    def _strangers(self, unit: Unit, size: int, of: int, dice: Dice) -> Ints:
        """Accounts of clients; some come again."""
        pool = max(1, int(of * 0.6))
        person = self.book.people.add(-1, np.arange(pool))
        kind = np.where(dice.some(pool) < 0.7, 0, 2)
        accounts = self.book.accounts.add(kind, unit.country, holder=person)
        return np.asarray(accounts[np.floor(dice.some(size) ** 1.6 * pool).astype(np.int64)])

    def _clients(self, unit: Unit, dice: Dice) -> list[tuple[int, Ints, Ints]]:
        """Small credits to people or to the numbers of their adverts, where clients pay so."""
        if dice.one() >= self.knobs.cashless[0]:
            return []
        found = []
        low = 30 + 60 * dice.one()
        for person in unit.victims.tolist():
            account = unit.purse.get(person)
            if account is None or dice.one() < 0.3:
                if not unit.lines:
                    continue
                account = unit.lines[int(dice.one() * len(unit.lines))][0]
            start = unit.start + (unit.end - unit.start) * 0.3 * dice.one()
            t = evenings(
                dice, self.knobs.nightly, start, start + (unit.end - start) * (0.4 + 0.6 * dice.one()), unit.country
            )
            if not t.size:
                continue
            amount = rounded(low * (0.6 + 1.6 * dice.some(t.size) ** 2), SCALE[unit.country], 5)
            payer = self._strangers(unit, t.size, t.size, dice)
            self.pay(unit, "client", payer, account, amount, t, type="instant")
            found.append((account, t.astype(np.int64), amount))
        return found

    def _wages(self, unit: Unit, dice: Dice) -> list[tuple[int, Ints, Ints]]:
        """Wages from a firm, to each or all to one account."""
        firm = self.firms.some("employer", unit.country, dice.some(1))
        if dice.one() < 0.4:  # a firm of their own
            firm = self.book.accounts.add(0, unit.country, trade=17, key=unit.number, unit=unit.number, size=1)
        together = dice.one() < self.knobs.one_account
        common = unit.purse[unit.who("collector", unit.start)]
        found = []
        step = (7 if dice.one() < 0.5 else 30) * DAY
        wage = (1400 + 700 * dice.one()) * step / (30 * DAY)
        for person in unit.victims.tolist():
            account = common if together else unit.purse.get(person)
            if account is None:
                continue
            t = np.arange(unit.start + step, unit.end, step) // DAY * DAY + 9 * 3600 + np.floor(dice.one() * 7200)
            t = t.astype(np.float64)
            if not t.size:
                continue
            amount = exact(wage * (0.9 + 0.2 * dice.some(t.size)), SCALE[unit.country])
            self.pay(unit, "wage", firm, account, amount, t, type="salary")
            if not together:
                found.append((account, t.astype(np.int64), amount))
        return found

    def _sweeps(self, unit: Unit, earned: list[tuple[int, Ints, Ints]], dice: Dice) -> list[tuple[Ints, Ints]]:
        """Most of what comes in goes on: wages within a day, credits every few days; or is drawn in cash."""
        low, high = self.knobs.swept
        flow = "wage-returned" if unit.form in _WAGED else "sweep"
        found = []
        for account, t, amount in earned:
            gap = DAY if flow == "wage-returned" else int((1 + 3 * dice.one()) * DAY)
            bins = t // gap
            first = np.flatnonzero(np.diff(bins, prepend=-1))
            sums = np.add.reduceat(amount, first)
            at = np.maximum.reduceat(t, first) + (600 + dice.some(first.size) * 0.9 * DAY).astype(np.int64)
            target = unit.purses("collector", at.tolist())
            part = sums * (low + (high - low) * dice.some(first.size))
            part = np.maximum(part // 500 * 500, 100).astype(np.int64)
            cash = (dice.some(first.size) < 0.25) & (part > 2_000)
            others = ~cash & (target != account)
            # The collector holds the card or the telephone.
            actor = np.array([unit.who("collector", one) for one in at.tolist()])
            self.pay(unit, flow, account, target[others], part[others], at[others], actor=actor[others], type="instant")
            city = in_country(unit.country, dice.some(first.size) ** 2)
            machine = self.firms.machine(city, dice.some(first.size))
            self.pay(
                unit, "cash-out", account, machine[cash], part[cash] // 2_000 * 2_000, at[cash], actor=actor[cash],
                place=city[cash], type="cash-withdrawal",
            )  # fmt: skip
            found.append((at[others], part[others]))
        return found

    def _takings(self, unit: Unit, dice: Dice) -> list[tuple[Ints, Ints]]:
        """Cash that the collector pays in, once or twice a week; on a funnel account in several cities."""
        start, end = unit.start, unit.end
        funnel = dice.one() < self.knobs.funnel
        rate = min(unit.victims.size, 12) * 0.05 + 0.05
        t = dice.times(rate / DAY, start, end) // DAY * DAY
        t = np.unique(t + 9 * 3600)
        t = t + 36_000 * dice.some(t.size)
        if not t.size or (unit.form in _WAGED and not funnel):
            return []
        amount = rounded(120 + 900 * dice.some(t.size) ** 2, SCALE[unit.country], 10)
        target = unit.purses("collector", t.tolist())
        home = in_country(unit.country, np.full(t.size, dice.one() ** 2))
        if not funnel:
            machine = self.firms.machine(home, dice.some(t.size))
            self.pay(unit, "cash-in", machine, target, amount, t, place=home, type="cash-deposit")
            return [(t.astype(np.int64), amount)]
        city = in_country(unit.country, dice.some(t.size))
        machine = self.firms.machine(city, dice.some(t.size))
        self.pay(unit, "funnel-in", machine, target, amount, t, place=city, type="cash-deposit")
        later = t + DAY * (0.1 + 1.8 * dice.some(t.size))
        out = (amount * (0.85 + 0.14 * dice.some(t.size))).astype(np.int64) // 1_000 * 1_000
        machine = self.firms.machine(home, dice.some(t.size))
        self.pay(unit, "funnel-out", target, machine, np.maximum(out, 1000), later, place=home, type="cash-withdrawal")
        return []

    def _fines(self, unit: Unit, dice: Dice) -> None:
        """Fines, debts, fees for the job: from exploited people to those who run it."""
        for person in unit.victims.tolist():
            account = unit.purse.get(person)
            t = dice.times(self.knobs.fines / DAY, unit.start, unit.end)
            if account is None or not t.size:
                continue
            amount = rounded(20 + 180 * dice.some(t.size) ** 2, SCALE[unit.country], 10)
            debt = dice.some(t.size) < 0.45
            for flow, duty, rows in (("fine", "enforcer", ~debt), ("debt", "collector", debt)):
                target = unit.purses(duty, t[rows].tolist())
                apart = target != account
                self.pay(unit, flow, account, target[apart], amount[rows][apart], t[rows][apart], type="instant")
            if dice.one() < 0.4:  # a fee before all began
                at = max(unit.start - 10 * DAY * dice.one(), 0)
                target = unit.purses("recruiter", [at])
                fee = rounded(150 + 500 * dice.some(1), SCALE[unit.country], 50)
                if int(target[0]) != account:
                    self.pay(unit, "job-fee", account, target, fee, np.array([at]), type="transfer")

    def _homes(self, unit: Unit, dice: Dice) -> None:
        """Rent for premises with more beds than tenants, and goods for all."""
        country, scale = unit.country, SCALE[unit.country]
        houses = 1 + unit.victims.size // 6
        landlord = self.firms.some("landlord", country, dice.some(houses))
        for house in range(houses):
            t = np.arange(unit.start, unit.end, 30 * DAY) + DAY * 3 * dice.one() + 10 * 3600
            amount = np.full(t.size, int(rounded(650 + 900 * dice.some(1), scale, 5)[0]))
            self.pay(unit, "rent", unit.purses("host", t.tolist()), landlord[house], amount, t)
        t = dice.times(0.06 / DAY, unit.start, unit.end) // DAY * DAY
        t = t + 3600 * (9 + 11 * dice.some(t.size))
        amount = exact((15 + 40 * dice.some(t.size)) * (1 + unit.victims.size / 3), scale)
        market = self.firms.some("market", country, dice.some(t.size))
        city = in_country(country, dice.some(t.size) ** 2)
        self.pay(unit, "goods", unit.purses("host", t.tolist()), market, amount, t, place=city, type="card")

    def _travel(self, unit: Unit, dice: Dice) -> None:
        """Tickets and rooms for people who are moved; people of operations without adverts are brought once."""
        rows = self._order[np.searchsorted(self._op, unit.number) : np.searchsorted(self._op, unit.number, "right")]
        who, at = unit.victims[self.moves["person"][rows]], self.moves["at"][rows].astype(np.float64)
        start, to = self.moves["from"][rows], self.moves["to"][rows]
        if not unit.lines and not unit.name.startswith("op-"):
            who = unit.victims
            at = unit.start + 2 * DAY * dice.some(who.size)
            to = in_country(unit.country, np.full(who.size, dice.one()))
            start = in_country(int(NEAR[unit.country][int(dice.one() * 3)]), dice.some(who.size))
        pays = dice.some(at.size) < self.knobs.tickets[0]
        who, at, start, city = who[pays], at[pays], start[pays], to[pays]
        t = np.maximum(at - DAY * (0.3 + 3 * dice.some(at.size)), 0)
        goes = np.maximum(at - 3600 * (3 + 8 * dice.some(at.size)), t + 3600)
        trade = np.floor(dice.some(t.size) * 3).astype(np.int64)
        draws = dice.some(t.size)
        firm = np.stack([self.firms.some(name, unit.country, draws) for name in HOW[:3]])
        scale = SCALE[unit.country]
        price = exact((12 + 50 * dice.some(t.size)) * np.array([1.0, 1.4, 2.2])[trade], scale)
        trip = self.book.travel(who, start, city, goes, trade)
        payer = unit.purses("transporter", t.tolist())
        self.pay(unit, "travel", payer, firm[trade, np.arange(t.size)], price, t, type="card", trip=trip)
        room = dice.some(t.size) < self.knobs.nights_paid
        where, draws = CITY_COUNTRY[city[room]].astype(np.int64), dice.some(int(room.sum()))
        hotel = self.firms.some("hotel", where, draws)
        cost = exact(60 + 240 * dice.some(int(room.sum())), scale)
        later = (t + 3600 * (0.2 + 5 * dice.some(t.size)))[room]
        trip = self.book.travel(who[room], city[room], city[room], at[room], np.full(later.size, 3))
        payer = unit.purses("host", later.tolist())
        self.pay(unit, "lodging", payer, hotel, cost, later, place=city[room], type="card", trip=trip)

    def _upwards(self, unit: Unit, collected: list[tuple[Ints, Ints]], dice: Dice) -> None:
        """What was collected goes to the coordinator every week or two, and a part of it to whoever launders."""
        if not collected:
            return
        t, amount = (np.concatenate([part[place] for part in collected]) for place in (0, 1))
        order = np.argsort(t, kind="stable")
        t, amount = t[order], amount[order]
        gap = int((6 + 9 * dice.one()) * DAY)
        first = np.flatnonzero(np.diff(t // gap, prepend=-1))
        if not first.size:
            return
        sums = np.add.reduceat(amount, first)
        at = np.maximum.reduceat(t, first) + (3600 + DAY * 2 * dice.some(first.size)).astype(np.int64)
        source = unit.purses("collector", at.tolist())
        for flow, duty, low, wide in (("pass-on", "coordinator", 0.4, 0.25), ("collect", "launderer", 0.1, 0.2)):
            target = unit.purses(duty, at.tolist())
            part = (sums * (low + wide * dice.some(first.size))).astype(np.int64) // 1_000 * 1_000
            rows = (target != source) & (part > 0)
            self.pay(unit, flow, source[rows], target[rows], part[rows], at[rows])
