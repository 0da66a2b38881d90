"""Who advertises in the held-out world: operations, what each owns, and what several wrongly share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from benchmarks.heldout import phrases, render

DAYS = 540.0


@dataclass(frozen=True)
class Knobs:
    """What a preset sets. Shares are of adverts, chances are per operation unless they say otherwise."""

    rings: float  # weights of the kinds when the next operation is drawn
    agencies: float
    independents: float
    noise: float = 0.13  # share of adverts that are unrelated
    no_phone: float = 0.08  # share of adverts that show no phone
    hotline: float = 0.06  # share of adverts that carry a helpline number
    footer: float = 0.25  # share of adverts, on platforms that have one, that carry the platform's footer
    burner: float = 0.12  # share of a ring's adverts that show a burner
    own_text: float = 0.15  # share of adverts with a text written once
    resold: float = 0.30  # chance that an operation buys texts
    templates: int = 40  # texts for sale for each 30,000 adverts
    switchboard: float = 0.15  # chance that an operation rents a shared number
    renters: int = 8  # most operations on one switchboard
    recycled: float = 0.05  # chance that an operation's new number was another's before
    stolen: float = 0.007  # share of adverts with a photo taken from another operation
    obscured: float = 0.25  # share of phones written in a lightly hidden way
    burst: float = 1.0  # factor on how long an operation is active
    ring_size: float = 1.0  # factor on the number of workers, which stays within 2–40


@dataclass(slots=True)
class Ad:
    """One advert before it is written down; images are (hash of the original, stolen or not)."""

    operation: int
    day: float
    country: str
    city: str
    name: str
    platform: str
    username: str | None
    phones: list[str]
    emails: list[str]
    handles: list[str]
    images: list[int]
    template: int  # -1: a text written once
    hotline: str | None = None
    noise: bool = False


@dataclass(slots=True)
class Operation:
    """One operation of the truth and what only it should own."""

    number: int
    kind: str
    exploitation: bool
    country: str
    start: float
    length: float
    texts: list[int]
    bought: list[int]
    switchboard: str | None
    ads: list[Ad] = field(default_factory=list)


@dataclass
class Market:
    """What changes hands between operations."""

    rng: Random
    knobs: Knobs
    templates: list[tuple[str, str]] = field(default_factory=list)  # language, text
    for_sale: dict[str, list[int]] = field(default_factory=dict)
    boards: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # country: number, places left
    retired: dict[str, list[tuple[float, str]]] = field(default_factory=dict)  # country: last day, number
    photos: list[int] = field(default_factory=list)
    hotlines: dict[str, str] = field(default_factory=dict)  # country: number

    def stock(self, ads: int) -> None:
        """Open the market: texts for sale in every language, one helpline a country."""
        for country in phrases.COUNTRIES:
            language = phrases.COUNTRIES[country][0]
            self.hotlines[country] = render.phone_number(self.rng, country)
            count = max(2, round(self.knobs.templates * ads / 30_000 / len(phrases.COUNTRIES)))
            self.for_sale[language] = [self.new_text(language) for _ in range(count)]

    def new_text(self, language: str) -> int:
        """Write a template and return its number."""
        self.templates.append((language, render.template_text(self.rng, language)))
        return len(self.templates) - 1

    def buy(self, language: str) -> int:
        """Return a text for sale; a few are far more popular than the rest."""
        stock = self.for_sale[language]
        return stock[int(len(stock) * self.rng.random() ** 1.7)]

    def rent(self, country: str) -> str:
        """Return a number that up to ``renters`` operations share."""
        boards = self.boards.setdefault(country, [])
        if not boards or boards[-1][1] == 0:
            boards.append((render.phone_number(self.rng, country), self.rng.randint(3, self.knobs.renters)))
        number, places = boards[-1]
        boards[-1] = (number, places - 1)
        return number

    def phone(self, country: str, day: float) -> str:
        """Return a new number, or one that another operation gave up at least 45 days earlier."""
        pool = self.retired.setdefault(country, [])
        if self.rng.random() < self.knobs.recycled:
            old = [i for i, (last, _) in enumerate(pool) if last + 45 <= day]
            if old:
                return pool.pop(self.rng.choice(old))[1]
        return render.phone_number(self.rng, country)


def _operation(market: Market, number: int, kind: str, country: str) -> Operation:
    rng, knobs = market.rng, market.knobs
    low, high, danger = {"ring": (120, 450, 0.85), "agency": (180, 500, 0.25)}.get(kind, (15, 260, 0.03))
    length = min(DAYS, max(5.0, rng.uniform(low, high) * knobs.burst))
    language = phrases.COUNTRIES[country][0]
    buys = rng.random() < knobs.resold * (0.6 if kind == "ring" else 1.0)
    return Operation(
        number,
        kind,
        rng.random() < danger,
        country,
        start=rng.uniform(0, DAYS - length),
        length=length,
        texts=[],
        bought=[market.buy(language) for _ in range(rng.randint(1, 2))] if buys else [],
        switchboard=market.rent(country) if rng.random() < knobs.switchboard else None,
    )


def _choose_text(market: Market, operation: Operation) -> int:
    rng = market.rng
    if rng.random() < market.knobs.own_text:
        return -1
    if operation.bought and (not operation.texts or rng.random() < 0.5):
        return rng.choice(operation.bought)
    return rng.choice(operation.texts)


def _add(market: Market, operation: Operation, ad: Ad, photos: list[int]) -> None:
    """Complete an advert with what depends on the knobs, and give it to its operation."""
    rng, knobs = market.rng, market.knobs
    ad.images = rng.sample(photos, min(len(photos), rng.choice((0, 1, 1, 2))))
    if market.photos and rng.random() < knobs.stolen:
        ad.images.append(rng.choice(market.photos))
    if operation.switchboard and rng.random() < 0.3:
        ad.phones = [operation.switchboard, *ad.phones] if rng.random() < 0.4 else [operation.switchboard]
    if rng.random() < knobs.no_phone:
        ad.phones = []
    if rng.random() < knobs.hotline:
        ad.hotline = market.hotlines[operation.country]
    operation.ads.append(ad)


def _tour(rng: Random, country: str, stops: int) -> list[tuple[str, str]]:
    """Return the (country, city) of each stop: mostly one country, sometimes abroad."""
    tour = []
    for _ in range(stops):
        here = rng.choice(list(phrases.COUNTRIES)) if rng.random() < 0.1 else country
        tour.append((here, rng.choice(phrases.COUNTRIES[here][5])))
    return tour


def _draft(rng: Random, operation: Operation, day: float, place: tuple[str, str], name: str, text: int) -> Ad:
    platform = rng.choice(phrases.PLATFORMS)
    return Ad(operation.number, day, *place, name, platform, None, [], [], [], [], text)


def _photos(market: Market, count: int) -> list[int]:
    new = [market.rng.getrandbits(256) for _ in range(count)]
    market.photos += [p for p in new if market.rng.random() < 0.25]  # what a thief finds first
    return new


def ring(market: Market, operation: Operation) -> None:
    """Workers moved from city to city; several phones at a time, replaced; burners; texts of its own."""
    rng, knobs = market.rng, market.knobs
    workers = min(40, max(2, round(rng.lognormvariate(1.7, 0.7) * knobs.ring_size)))
    language = phrases.COUNTRIES[operation.country][0]
    operation.texts = [market.new_text(language) for _ in range(2 + workers // 4)]
    # Each line of phones is replaced every 40–90 days, two weeks of overlap.
    lines: list[list[tuple[float, str]]] = []
    for _ in range(max(2, workers // 3)):
        day, line = operation.start, []
        while day < operation.start + operation.length:
            line.append((day, market.phone(operation.country, day)))
            day += rng.uniform(40, 90)
        lines.append(line)
    email = f"studio{rng.randrange(10**6):06d}@example.org" if rng.random() < 0.3 else None
    burner, left = "", 0
    for worker in range(workers):
        name, photos = rng.choice(phrases.NAMES), _photos(market, rng.randint(2, 4))
        handle = f"telegram:{name.lower()}{rng.randrange(10**6)}" if rng.random() < 0.35 else None
        username = f"{name.lower()}_{rng.randrange(10**5)}" if rng.random() < 0.4 else None
        home = rng.choice(phrases.PLATFORMS)
        stops = _tour(rng, operation.country, rng.randint(3, 10))
        line = lines[worker % len(lines)]
        for _ in range(rng.randint(4, 14)):
            when = rng.random()
            day = operation.start + when * operation.length
            ad = _draft(rng, operation, day, stops[int(when * len(stops))], name, _choose_text(market, operation))
            current = [i for i, (since, _) in enumerate(line) if since <= day][-1]
            if current and day - line[current][0] < 14 and rng.random() < 0.5:
                ad.phones = [line[current][1], line[current - 1][1]]
            else:
                ad.phones = [line[current][1]]
            if rng.random() < knobs.burner:
                if not left:
                    burner, left = render.phone_number(rng, operation.country), rng.randint(1, 4)
                ad.phones, left = [burner], left - 1
            ad.username = username if ad.platform == home else None
            ad.handles = [handle] if handle and rng.random() < 0.5 else []
            ad.emails = [email] if email and rng.random() < 0.25 else []
            _add(market, operation, ad, photos)
    for line in lines:
        market.retired.setdefault(operation.country, []).append((operation.start + operation.length, line[-1][1]))


def agency(market: Market, operation: Operation) -> None:
    """One number and one address, many names."""
    rng = market.rng
    language = phrases.COUNTRIES[operation.country][0]
    operation.texts = [market.new_text(language) for _ in range(rng.randint(1, 3))]
    phone, place = market.phone(operation.country, operation.start), _tour(rng, operation.country, 1)[0]
    email = f"agency{rng.randrange(10**6):06d}@example.net" if rng.random() < 0.6 else None
    platform, username = rng.choice(phrases.PLATFORMS), f"salon_{rng.randrange(10**5)}"
    for _ in range(rng.randint(5, 22)):
        name, photos = rng.choice(phrases.NAMES), _photos(market, rng.randint(1, 3))
        for _ in range(rng.randint(1, 7)):
            day = operation.start + rng.random() * operation.length
            ad = _draft(rng, operation, day, place, name, _choose_text(market, operation))
            ad.phones = [phone]
            ad.username = username if ad.platform == platform else None
            ad.emails = [email] if email and rng.random() < 0.4 else []
            _add(market, operation, ad, photos)


def independent(market: Market, operation: Operation) -> None:
    """One person who may tour and may change number once: what a ring must not be mistaken for."""
    rng = market.rng
    if not operation.bought or rng.random() < 0.5:
        operation.texts = [market.new_text(phrases.COUNTRIES[operation.country][0])]
    name, photos = rng.choice(phrases.NAMES), _photos(market, rng.randint(1, 4))
    phones = [market.phone(operation.country, operation.start)]
    if rng.random() < 0.12:
        phones.append(market.phone(operation.country, operation.start + operation.length / 2))
    handle = f"telegram:{name.lower()}{rng.randrange(10**6)}" if rng.random() < 0.25 else None
    platform = rng.choice(phrases.PLATFORMS)
    username = f"{name.lower()}_{rng.randrange(10**5)}" if rng.random() < 0.5 else None
    stops = _tour(rng, operation.country, rng.choice((1, 1, 2, 4, 6)))
    for _ in range(rng.randint(1, 14)):
        when = rng.random()
        day = operation.start + when * operation.length
        ad = _draft(rng, operation, day, stops[int(when * len(stops))], name, _choose_text(market, operation))
        ad.phones = [phones[int(when * len(phones))]]
        ad.username = username if ad.platform == platform else None
        ad.handles = [handle] if handle and rng.random() < 0.4 else []
        _add(market, operation, ad, photos)
    market.retired.setdefault(operation.country, []).append((operation.start + operation.length, phones[0]))


def noise(market: Market, operation: Operation) -> None:
    """One unrelated advert."""
    rng = market.rng
    place = (operation.country, rng.choice(phrases.COUNTRIES[operation.country][5]))
    ad = _draft(rng, operation, operation.start, place, rng.choice(phrases.NAMES), -1)
    ad.noise = True
    ad.phones = [market.phone(operation.country, operation.start)] if rng.random() < 0.8 else []
    ad.images = [rng.getrandbits(256)] if rng.random() < 0.5 else []
    operation.ads.append(ad)


def helpline(market: Market, operation: Operation) -> None:
    """A help organisation's own notices, with the number that so many adverts quote."""
    rng = market.rng
    operation.texts = [market.new_text(phrases.COUNTRIES[operation.country][0])]
    for _ in range(rng.randint(8, 25)):
        place = (operation.country, rng.choice(phrases.COUNTRIES[operation.country][5]))
        ad = _draft(rng, operation, rng.uniform(0, DAYS), place, rng.choice(phrases.NAMES), operation.texts[0])
        ad.phones = [market.hotlines[operation.country]]
        operation.ads.append(ad)


_KINDS: dict[str, Callable[[Market, Operation], None]] = {
    "ring": ring, "agency": agency, "independent": independent, "noise": noise, "helpline": helpline,
}  # fmt: skip


def operations(market: Market, ads: int) -> list[Operation]:
    """Draw operations until there are at least ``ads`` adverts, noise included."""
    rng, knobs = market.rng, market.knobs
    market.stock(ads)
    found: list[Operation] = []

    def draw(kind: str, country: str) -> int:
        operation = _operation(market, len(found), kind, country)
        _KINDS[kind](market, operation)
        found.append(operation)
        return len(operation.ads)

    total = sum(draw("helpline", country) for country in phrases.COUNTRIES)
    # Independents, the most numerous, come in at the rate of their number; weights are per operation.
    weights = (knobs.rings, knobs.agencies, knobs.independents)
    while total < ads * (1 - knobs.noise):
        kind = rng.choices(("ring", "agency", "independent"), weights)[0]
        total += draw(kind, rng.choice(list(phrases.COUNTRIES)))
    while total < ads:
        total += draw("noise", rng.choice(list(phrases.COUNTRIES)))
    return found
