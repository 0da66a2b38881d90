"""Money of honest advertisers: the same kinds of payments, for other reasons."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.simulate.hashing import Floats, Ints, below, unit
from clew.simulate.knobs import AGENCY, INDEPENDENT, RING, VENUE
from clew.simulate.money.book import HOW, LAWFUL, OFFSET, PHONE, SCALE, Book, Value
from clew.simulate.money.firms import Firms, any_city
from clew.simulate.money.knobs import Money
from clew.simulate.money.owners import draw_lines
from clew.simulate.money.spell import iban_kind
from clew.simulate.operations import DAY
from clew.simulate.places import CITY_COUNTRY
from clew.simulate.sheet import Sheet


def rounded(amount: Floats, country: Ints, step: int = 5) -> Ints:
    """Sums in euro as people pay them in each country: whole multiples of a step, in hundredths."""
    scale = SCALE[country]
    unit_of = step * 10.0 ** np.where(scale > 1.5, np.ceil(np.log10(scale)), 0)
    return np.asarray(np.maximum(np.round(amount * scale / unit_of), 1) * unit_of * 100, dtype=np.int64)


def exact(amount: Floats, country: Ints) -> Ints:
    """Sums to the hundredth."""
    return np.asarray(np.maximum(np.round(amount * SCALE[country] * 100), 1), dtype=np.int64)


class Honest:
    """Writes payments of honest operations, as many of these as fit.

    Args:
        book: gets them.
        firms: of the world.
        sheet: the adverts.
        payers: account of each operation.
        knobs: parameters.
        quota: about how many payments.
    """

    def __init__(
        self, book: Book, firms: Firms, sheet: Sheet, payers: NDArray[np.int32], knobs: Money, quota: int
    ) -> None:
        self.book, self.firms, self.knobs, self.payers = book, firms, knobs, payers
        self.sheet, operations = sheet, sheet.operations
        kinds = (INDEPENDENT, AGENCY, RING, VENUE)
        keys = np.flatnonzero(np.isin(operations.kind, kinds) & ~operations.exploited)
        keys = keys[np.argsort(unit(book.seed, "select", keys), kind="stable")]
        days = operations.span[keys] / DAY
        # A rough guess of what each has; what is too much is left out later.
        cost = days * (0.25 + 0.05 * operations.people[keys])
        self.keys = keys[: int(np.searchsorted(np.cumsum(cost), quota * 1.3)) + 1]
        self.single = np.isin(self.keys, np.flatnonzero(operations.kind == INDEPENDENT))
        self.country = operations.country[self.keys].astype(np.int64)
        self.start = operations.start[self.keys].astype(np.float64)
        self.days = np.maximum(operations.span[self.keys] / DAY, 1)
        self.people = operations.people[self.keys].astype(np.int64)
        self.purse = payers[self.keys].astype(np.int64)
        self.moves = sheet.movements
        self.house: dict[tuple[int, int], int] = {}  # people of houses by operation and place in it

    def write(self) -> None:
        """All of them."""
        self._clients()
        self._homes()
        self._shares()
        self._cash()
        self._travel()

    def _events(self, purpose: str, rate: Floats) -> tuple[Ints, Floats]:
        """Which operation, and a day: ``rate`` a day on average."""
        seed = self.book.seed
        count = np.floor(rate * self.days + unit(seed, purpose, self.keys)).astype(np.int64)
        which = np.repeat(np.arange(self.keys.size), count)
        draws = unit(seed, f"{purpose}-day", self.keys[which], np.arange(which.size))
        return which, np.floor((self.start[which] + draws * self.days[which] * DAY) / DAY) * DAY

    def _clock(self, purpose: str, which: Ints, first: float, hours: float) -> Floats:
        """Seconds of the day in UTC, between two local hours."""
        draws = unit(self.book.seed, purpose, self.keys[which], np.arange(which.size))
        return np.asarray((first + hours * draws) * 3600 - OFFSET[self.country[which]])

    def _pay(
        self, flow: str, which: Ints, payer: Ints, payee: Ints, amount: Ints, t: Floats, **more: Value | str
    ) -> None:
        country = self.country[which]
        at = np.maximum(t, 0)
        self.book.pay(flow, LAWFUL, payer, payee, amount, at, country, unit=self.keys[which], **more)

    def _clients(self) -> None:
        """Credits of clients, at night as well; houses take cards."""
        seed, knobs = self.book.seed, self.knobs
        takes = unit(seed, "takes-transfers", self.keys) < np.where(self.single, knobs.cashless[1], 0.8)
        rate = np.where(self.single, knobs.nightly * 0.6, 0.25 * np.minimum(self.people, 12)) * takes
        which, day = self._events("client", rate)
        rows = np.arange(which.size)
        late = unit(seed, "client-late", rows) < 0.6
        t = day + np.where(late, self._clock("client-night", which, 20, 7), self._clock("client-noon", which, 11, 9))
        level = 40 + 70 * unit(seed, "client-level", self.keys)
        country = self.country[which]
        amount = rounded(level[which] * (0.6 + 1.6 * unit(seed, "client-sum", rows) ** 2), country)
        if not rows.size:
            return
        client = self._strangers(country)
        # Some take it by the telephone of their adverts.
        phone = draw_lines(self.book, self.sheet, self.keys, self.payers)
        by_phone = (phone >= 0) & self.single & (unit(seed, "by-phone", self.keys) < 0.35)
        target = np.where(by_phone, phone, self.purse)
        for flow, mine, way in (("client", self.single, "instant"), ("takings", ~self.single, "card")):
            part = mine[which]
            self._pay(flow, which[part], client[part], target[which[part]], amount[part], t[part], type=way)

    def _strangers(self, country: Ints) -> Ints:
        """Accounts of clients for payments in some countries; some pay twice."""
        pool = max(1, int(country.size * 0.6))
        place = np.arange(country.size) * pool // country.size
        home = country[np.unique(place, return_index=True)[1]]
        person = self.book.people.add(-1, np.arange(home.size))
        kind = np.where(unit(self.book.seed, "client-how", np.arange(home.size)) < 0.75, iban_kind(home), PHONE)
        return np.asarray(self.book.accounts.add(kind, home, holder=person)[place])

    def _homes(self) -> None:
        """Rent every month; houses rent several; shops."""
        seed = self.book.seed
        which, day = self._events("rent", np.where(self.single, 0.6, 1 + self.people // 6) / 30)
        rows, country = np.arange(which.size), self.country[which]
        landlord = self.firms.some("landlord", country, unit(seed, "rent-whom", self.keys[which]))
        level = rounded(600 + 700 * unit(seed, "rent-level", self.keys), self.country)
        self._pay("rent", which, self.purse[which], landlord, level[which], day + self._clock("rent-hour", which, 8, 8))
        which, day = self._events("goods", np.where(self.single, 0.10, 0.12))
        rows, country = np.arange(which.size), self.country[which]
        amount = exact(8 + 60 * unit(seed, "goods-sum", rows) ** 2, country)
        city = any_city(country, seed, "goods-city", self.keys[which])
        market = self.firms.some("market", country, unit(seed, "goods-shop", rows))
        t = day + self._clock("goods-hour", which, 9, 12)
        self._pay("goods", which, self.purse[which], market, amount, t, place=city, type="card")

    def _shares(self) -> None:
        """What houses pay to the people who work there, every week."""
        seed = self.book.seed
        houses = np.flatnonzero(~self.single & (unit(seed, "pays-shares", self.keys) < 0.7))
        if not houses.size:
            return
        who = np.repeat(houses, self.people[houses])
        index = np.concatenate([np.arange(size) for size in self.people[houses].tolist()])
        person = self.book.people.add(self.keys[who], index)
        home = self.country[who]
        pairs = zip(self.keys[who].tolist(), index.tolist(), strict=True)
        self.house = dict(zip(pairs, person.tolist(), strict=True))
        purse = self.book.accounts.add(iban_kind(home), home, holder=person, unit=self.keys[who])
        weeks = np.floor(self.days[who] / 7 * unit(seed, "share-weeks", person)).astype(np.int64)
        one = np.repeat(np.arange(who.size), weeks)
        if not one.size:
            return
        place = np.arange(one.size) - np.repeat(np.cumsum(weeks) - weeks, weeks)
        which = who[one]
        t = (self.start[which] // DAY + 7 * place + 5) * DAY + self._clock("share-hour", which, 12, 6)
        amount = exact(150 + 450 * unit(seed, "share-sum", np.arange(one.size)), self.country[which])
        self._pay("pay-share", which, self.purse[which], purse[one], amount, t, type="salary")

    def _cash(self) -> None:
        """Cash paid in and drawn at home, whatever there is."""
        seed = self.book.seed
        for flow, rate, low, wide in (("cash-in", 0.03, 60, 900), ("cash-out", 0.04, 20, 280)):
            which, day = self._events(flow, np.full(self.keys.size, rate))
            rows, country = np.arange(which.size), self.country[which]
            city = any_city(country, seed, "goods-city", self.keys[which])
            machine = self.firms.machine(city, unit(seed, f"{flow}-machine", rows))
            amount = rounded(low + wide * unit(seed, f"{flow}-sum", rows) ** 2, country, 10)
            ends = (machine, self.purse[which])
            payer, payee = ends if flow == "cash-in" else ends[::-1]
            way = "cash-deposit" if flow == "cash-in" else "cash-withdrawal"
            t = day + self._clock(f"{flow}-hour", which, 9, 11)
            self._pay(flow, which, payer, payee, amount, t, place=city, type=way)

    def _travel(self) -> None:
        """Tickets and rooms of people who tour: their own, or bought by the house."""
        seed = self.book.seed
        place = np.full(self.payers.size, -1)
        place[self.keys] = np.arange(self.keys.size)
        which = place[self.moves["operation"]]
        chance = np.where(self.single[np.maximum(which, 0)], self.knobs.tickets[2], self.knobs.tickets[1])
        draws = unit(seed, "own-ticket", np.arange(which.size))
        rows = np.flatnonzero((which >= 0) & (draws < chance))
        which, start, to = which[rows], self.moves["from"][rows], self.moves["to"][rows]
        if not rows.size:
            return
        at = self.moves["at"][rows].astype(np.float64)
        t = np.maximum(at - DAY * (0.3 + 9 * unit(seed, "ticket-before", rows) ** 2), 0)
        goes = np.maximum(at - 3600 * (3 + 8 * unit(seed, "ticket-goes", rows)), t + 3600)
        home = self.country[which]
        who = self._people_of(which, self.moves["person"][rows])
        trade = below(3, seed, "ticket-how", rows)
        price = exact((12 + 50 * unit(seed, "ticket-sum", rows)) * np.array([1.0, 1.4, 2.2])[trade], home)
        trip = self.book.travel(who, start, to, goes, trade)
        for number, name in enumerate(HOW[:3]):
            part = trade == number
            firm = self.firms.some(name, home[part], unit(seed, "ticket-firm", rows[part]))
            payer = self.purse[which[part]]
            self._pay("travel", which[part], payer, firm, price[part], t[part], type="card", trip=trip[part])
        room = unit(seed, "own-room", rows) < self.knobs.nights_paid
        which, to, t, rows = which[room], to[room], t[room], rows[room]
        hotel = self.firms.some("hotel", CITY_COUNTRY[to].astype(np.int64), unit(seed, "own-hotel", rows))
        cost = exact(60 + 240 * unit(seed, "room-sum", rows), self.country[which])
        trip = self.book.travel(who[room], to, to, at[room], np.full(rows.size, 3))
        self._pay("lodging", which, self.purse[which], hotel, cost, t + 1_800, place=to, type="card", trip=trip)

    def _people_of(self, which: Ints, index: Ints) -> Ints:
        """People who are advertised: whoever works alone, or one of those of a house."""
        holder = self.book.accounts.column("holder")[self.purse[which]]
        houses = np.flatnonzero(~self.single[which])
        keys, place = np.unique(self.keys[which[houses]] * 4096 + index[houses], return_inverse=True)
        first = self.house.get
        people = np.array([first((key // 4096, key % 4096), -1) for key in keys.tolist()], dtype=np.int64)
        new = np.flatnonzero(people < 0)
        people[new] = self.book.people.add(keys[new] // 4096, keys[new] % 4096)
        holder[houses] = people[place]
        return holder
