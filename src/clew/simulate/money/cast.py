"""Who is in the operations that exploit: people, their duties through time, their numbers and accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from clew.simulate import identity
from clew.simulate.hashing import Ints, below, mix_one
from clew.simulate.knobs import KINDS
from clew.simulate.money.book import IBAN, PHONE, WALLET, Book, Dice
from clew.simulate.money.chats import Line, Spoken, spoken_in
from clew.simulate.money.knobs import Money
from clew.simulate.money.spell import chain_of, iban_kind
from clew.simulate.numbers import e164
from clew.simulate.operations import DAY
from clew.simulate.recruitment.outfits import Outfit, draw_exploiting
from clew.simulate.sheet import Sheet

DUTIES = (
    "coordinator",
    "advert-manager",
    "payer",
    "collector",
    "host",
    "enforcer",
    "transporter",
    "launderer",
    "recruiter",
)


@dataclass
class Unit:
    """One operation.

    Attributes:
        number: place among all units.
        name: as `operation` in the truth.
        kind: of `KINDS`, or that of a recruiter.
        form: of exploitation.
        country: index into `COUNTRIES`.
        start, end: seconds.
        victims: people who are exploited.
        duties: who has a duty, and from when to when.
        purse: account of each person, by which it is paid and pays; -1 for none.
        lines: accounts of mobile money at numbers that stand in adverts, and who holds them.
        coins: wallet.
        known: an account named in adverts or chats, or -1.
        nodes: identifiers by person.
        spoken: messages by person and role.
    """

    number: int
    name: str
    kind: str
    form: str
    country: int
    start: int
    end: int
    victims: Ints
    duties: dict[str, list[tuple[int, int, int]]] = field(default_factory=dict)
    purse: dict[int, int] = field(default_factory=dict)
    lines: list[tuple[int, int]] = field(default_factory=list)
    coins: int = -1
    known: int = -1
    nodes: dict[int, list[str]] = field(default_factory=dict)
    spoken: dict[tuple[int, str], int] = field(default_factory=dict)

    def who(self, duty: str, at: float) -> int:
        """The person with a duty at a time."""
        held = self.duties[duty]
        return next((person for person, first, last in held if first <= at < last), held[-1][0])

    def purses(self, duty: str, at: Iterable[float]) -> Ints:
        """Account of whoever has a duty, at each time."""
        return np.array([self.purse[self.who(duty, one)] for one in at], dtype=np.int64)

    def note(self, person: int, node: str) -> None:
        """Someone has an identifier."""
        held = self.nodes.setdefault(person, [])
        if node not in held:
            held.append(node)


def draw_cast(book: Book, sheet: Sheet, outfits: list[Outfit], spoken: Spoken, knobs: Money) -> list[Unit]:
    """All operations that exploit, with and without adverts; people get accounts in the book."""
    operations = sheet.operations
    by_name = {outfit.name: outfit for outfit in outfits}
    order = np.argsort(sheet.table["op"], kind="stable")
    op = sheet.table["op"][order]
    units = []
    for key in np.flatnonzero(operations.exploited).tolist():
        rows = order[np.searchsorted(op, key) : np.searchsorted(op, key, "right")]
        name = f"op-{key}"
        unit = Unit(
            number=key,
            name=name,
            kind=KINDS[operations.kind[key]],
            form=by_name[name].form if name in by_name else "sexual",
            country=int(operations.country[key]),
            start=int(operations.start[key]),
            end=int(operations.start[key]) + max(int(operations.span[key]), 10 * DAY),
            victims=book.people.add(key, np.arange(int(operations.people[key]))),
        )
        _staff(book, unit, knobs)
        speaks = spoken_in(spoken, name)
        _from_adverts(book, unit, sheet, rows, {line.actor for line in speaks})
        _finish(book, unit, by_name.get(name), speaks, knobs)
        units.append(unit)
    others = [outfit for outfit in outfits if outfit.exploits and not outfit.advertises]
    others += _only_money(sheet.count, book.seed, knobs)
    for place, outfit in enumerate(others):
        units.append(_without_adverts(book, operations.count + place, outfit, spoken, knobs))
    return units


def _only_money(ads: int, seed: int, knobs: Money) -> list[Outfit]:
    """Operations that only payments show."""
    own = mix_one(seed, "only-money", 0)
    drawn = draw_exploiting(None, min(max(2, ads // knobs.unseen), 500), own, ("en",))
    forms = ("labour", "labour", "domestic", "criminality", "begging")
    return [
        replace(
            one,
            name=f"fin-{at}",
            form=forms[at % len(forms)],
            phones=(),
            handles=(),
            span=150 * DAY,
            start=at % 20 * DAY,
        )
        for at, one in enumerate(drawn)
    ]


def _without_adverts(book: Book, number: int, outfit: Outfit, spoken: Spoken, knobs: Money) -> Unit:
    """A recruiter that exploits and has no adverts."""
    people = 2 + int(7 * (mix_one(book.seed, "labourers", number) / 2.0**64) ** 1.7)
    unit = Unit(
        number=number,
        name=outfit.name,
        kind=outfit.kind,
        form=outfit.form,
        country=outfit.country,
        start=outfit.start,
        end=outfit.start + outfit.span,
        victims=book.people.add(number, np.arange(people)),
    )
    _staff(book, unit, knobs)
    for at, phone in enumerate(outfit.phones):
        unit.note(_turn(unit, "recruiter", at), f"phone:{phone}")
    for at, handle in enumerate(outfit.handles):
        unit.note(_turn(unit, "recruiter", at), f"handle:telegram:{handle}")
    _finish(book, unit, outfit, spoken_in(spoken, outfit.name), knobs)
    return unit


def _staff(book: Book, unit: Unit, knobs: Money) -> None:
    """Who runs it and with what duty: few people hold several, an exploited person may hold one as well."""
    dice = Dice(book.seed, "staff", unit.number)
    size = min(1 + unit.victims.size // 3, 8)
    middle = unit.start + (0.3 + 0.4 * dice.one()) * (unit.end - unit.start)
    replaced = dice.one() < knobs.replaced
    people = book.people.add(unit.number, np.arange(size + replaced), staff=True).tolist()
    heir = people.pop() if replaced else None
    holders = {duty: people[at % size] for at, duty in enumerate(DUTIES)}
    if dice.one() < knobs.both:
        duty = ("payer", "collector", "host", "advert-manager")[int(dice.one() * 4)]
        holders[duty] = int(unit.victims[int(dice.one() * unit.victims.size)])
    leaves = people[1 % size] if size > 1 else None
    whole = (-1, 1 << 30)
    for duty, person in holders.items():
        if heir is not None and person == leaves:
            cut = int(middle)
            unit.duties[duty] = [(person, whole[0], cut), (heir, cut, whole[1])]
        else:
            unit.duties[duty] = [(person, *whole)]


def _turn(unit: Unit, duty: str, at: int) -> int:
    held = unit.duties[duty]
    return held[at % len(held)][0]


def _from_adverts(book: Book, unit: Unit, sheet: Sheet, rows: Ints, speakers: set[str]) -> None:
    """Give what the adverts show to those who hold it."""
    table, seed = sheet.table, book.seed
    numbers: dict[tuple[int, int], list[int]] = {}
    people: dict[tuple[int, int], set[int]] = {}
    columns = [table[name][rows].tolist() for name in ("own_country", "own", "t", "person")]
    for country, number, t, person in zip(*columns, strict=True):
        if number:
            seen = numbers.setdefault((country, number), [t, t])
            seen[1] = t
            people.setdefault((country, number), set()).add(person)
    for (country, number), (first, last) in numbers.items():
        phone, shown = e164(country, number), people[country, number]
        alone = len(shown) == 1 and f"phone:{phone}" not in speakers
        if alone and mix_one(seed, "answers", unit.number, number) % 2:
            holder = int(unit.victims[min(min(shown), unit.victims.size - 1)])
        else:
            holder = unit.who("advert-manager", (first + last) / 2)
        unit.note(holder, f"phone:{phone}")
        line = int(book.accounts.add(PHONE, country, holder=holder, unit=unit.number, size=1)[0])
        if book.accounts.name(line, phone):  # else it was another's before
            unit.lines.append((line, holder))
    when = dict(zip(table["handle"][rows].tolist(), table["t"][rows].tolist(), strict=True))
    for key, t in when.items():
        if key >= 0:
            unit.note(unit.who("advert-manager", t), f"handle:telegram:{identity.handle(seed, key)}")
    for key, t in dict(zip(table["mail"][rows].tolist(), table["t"][rows].tolist(), strict=True)).items():
        if key >= 0:
            unit.note(unit.who("advert-manager", t), f"email:{identity.mail(seed, key)}")
    users = zip(table["username"][rows].tolist(), table["platform"][rows].tolist(), strict=True)
    for (key, platform), t in dict(zip(users, table["t"][rows].tolist(), strict=True)).items():
        if key >= 0:
            where = identity.platform(seed, platform)[0]
            unit.note(unit.who("advert-manager", t), f"handle:{where}:{identity.username(seed, key)}")
    for name in ("wallet", "account"):
        for key in sorted({key for key in table[name][rows].tolist() if key >= 0}):
            _own(book, unit, name, identity.wallet(seed, key)[1] if name == "wallet" else identity.account(seed, key))


def _own(book: Book, unit: Unit, kind: str, value: str) -> None:
    """A wallet or account that adverts or chats name: where the collector or launderer gets money."""
    if (unit.coins if kind == "wallet" else unit.known) >= 0:
        return
    holder = unit.duties["launderer" if kind == "wallet" else "collector"][0][0]
    number = WALLET if kind == "wallet" else IBAN
    account = int(book.accounts.add(number, unit.country, holder=holder, unit=unit.number, size=1)[0])
    if not book.accounts.name(account, value):
        return
    if kind == "wallet":
        unit.coins = account
        unit.note(holder, f"wallet:{chain_of(value)}:{value}")
    else:
        unit.known = account


def _finish(book: Book, unit: Unit, outfit: Outfit | None, speaks: list[Line], knobs: Money) -> None:
    """Accounts for everybody, and the chats."""
    if outfit is not None:
        _own(book, unit, "wallet", outfit.wallet)
        _own(book, unit, "account", outfit.account)
    _speakers(book.seed, unit, speaks)
    dice = Dice(book.seed, "purses", unit.number)
    runs = dict.fromkeys(person for held in unit.duties.values() for person, _, _ in held)
    victims = [person for person in unit.victims.tolist() if person not in runs]
    lines = {holder: line for line, holder in unit.lines}
    for person in (*runs, *victims):
        own = person in runs or dice.one() < knobs.victim_account
        if not own and person in lines:
            unit.purse[person] = lines[person]
        elif own or dice.one() < 0.5:
            kind = int(iban_kind(np.array([unit.country]))[0]) if own else PHONE
            number = book.accounts.add(kind, unit.country, holder=person, unit=unit.number, size=1)
            unit.purse[person] = int(number[0])
    if unit.known >= 0:  # the account that is named is the first collector's own
        unit.purse[unit.duties["collector"][0][0]] = unit.known


def _speakers(seed: int, unit: Unit, speaks: list[Line]) -> None:
    """Who writes in the chats: a number or account that somebody has already stays with them."""
    owner = {node: person for person, nodes in unit.nodes.items() for node in nodes}
    size = unit.victims.size
    taken: set[int] = set()
    for line in speaks:
        person = owner.get(line.actor)
        if person is None and line.role == "exploited":
            first = int(below(size, seed, "controlled", unit.number, len(taken))[0])
            free = [(first + step) % size for step in range(size) if (first + step) % size not in taken]
            taken.add(free[0] if free else first)
            person = int(unit.victims[free[0] if free else first])
        elif person is None:
            person = unit.duties["recruiter"][0][0]
        owner[line.actor] = person
        unit.note(person, line.actor)
        key = (person, line.role)
        unit.spoken[key] = unit.spoken.get(key, 0) + line.messages
