"""Who recruits: rings of the adverts with the numbers and accounts that those show, and others without adverts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.simulate import identity
from clew.simulate.banks import LANGUAGES as ADVERT_LANGUAGES
from clew.simulate.hashing import below, mix_one, pick, unit
from clew.simulate.knobs import AGENCY, RING, VENUE
from clew.simulate.numbers import e164, national
from clew.simulate.operations import DAY
from clew.simulate.places import COUNTRIES, WEIGHTS
from clew.simulate.recruitment.knobs import FORMS
from clew.simulate.sheet import Sheet

# Numbers of persons and firms without adverts come from here on: far above those of adverts.
FIRST_PHONE = 5_000_000
# Accounts and mails likewise: ids of advert operations stay below.
FIRST_ID = 1 << 40
# Forms of exploitation: of rings with adverts, and of others (assumed).
_FORMS = ((0.82, 0.06, 0.02, 0.05, 0.0, 0.0, 0.0, 0.05), (0.06, 0.38, 0.16, 0.14, 0.08, 0.05, 0.06, 0.07))


@dataclass(frozen=True)
class Outfit:
    """An operation as a recruiter or employer.

    Attributes:
        name: as `operation` in the truth: ``op-12`` also has adverts, ``rec-7`` has none.
        kind: ring, employer, agency or scam.
        form: of exploitation, "" for none.
        country: index into `COUNTRIES`.
        language: of its offers and sites, ISO 639 letters.
        start: second of the world when it begins.
        span: seconds that it lasts.
        phones: E.164.
        used: first and last second in which each of them stands in adverts; empty: all at any time.
        handles: on Telegram, without the sign in front.
        mails, domains: its own.
        wallet, account: where money goes: an address, an IBAN.
        key: number for draws about it.
    """

    name: str
    kind: str
    form: str
    country: int
    language: str
    start: int
    span: int
    phones: tuple[str, ...]
    used: tuple[tuple[int, int], ...]
    handles: tuple[str, ...]
    mails: tuple[str, ...]
    domains: tuple[str, ...]
    wallet: str
    account: str
    key: int

    @property
    def exploits(self) -> bool:
        """Whether people in it are exploited."""
        return self.form != ""

    @property
    def advertises(self) -> bool:
        """Whether it has adverts in the same world."""
        return self.name.startswith("op-")

    def phone(self, at: int, chance: float) -> str:
        """One of the numbers in use at a second of the world, or that used nearest to it."""
        if not self.used:
            return self.phones[int(chance * len(self.phones))]
        gaps = [max(first - at, at - last, 0) for first, last in self.used]
        near = [number for number, gap in zip(self.phones, gaps, strict=True) if gap == min(gaps)]
        return near[int(chance * len(near))]


def private_phones(seed: int, purpose: str, first: int, count: int, home: NDArray[np.int64] | None = None) -> list[str]:
    """Numbers that no advert shows; mostly of the countries in ``home``, where they are given."""
    keys = np.arange(first, first + count)
    country = pick(WEIGHTS, unit(seed, purpose, keys))
    if home is not None:
        country = np.where(unit(seed, "phone-home", keys) < 0.85, home, country)
    numbers = national(seed, country, FIRST_PHONE + keys)
    return [e164(code, number) for code, number in zip(country.tolist(), numbers.tolist(), strict=True)]


def draw_exploiting(sheet: Sheet | None, count: int, seed: int, languages: tuple[str, ...]) -> list[Outfit]:
    """Outfits that exploit, ``count`` of them: half, if there are as many, rings of the adverts.

    Args:
        sheet: the adverts; without them no outfit has any, and half have the forms of those that would.
        count: how many.
        seed: of the world.
        languages: in which there are sentences.
    """
    if sheet is None:
        return _without_adverts("ring", count, 0, seed, languages, mixed=True)
    operations = sheet.operations
    keys = np.flatnonzero(operations.exploited & np.isin(operations.kind, (RING, AGENCY, VENUE)))
    keys = keys[np.argsort(unit(seed, "recruits", keys), kind="stable")][: (count + 1) // 2]
    found = _with_adverts(sheet, keys, seed, languages)
    return found + _without_adverts("ring", count - len(found), 0, seed, languages)


def draw_lawful(kind: str, count: int, seed: int, languages: tuple[str, ...]) -> list[Outfit]:
    """Firms (``employer``, ``agency``) or tricksters (``scam``)."""
    return _without_adverts(kind, count, {"employer": 1, "agency": 2, "scam": 3}[kind], seed, languages)


def _among(language: str, languages: tuple[str, ...], seed: int, key: int) -> str:
    """The language if there are sentences in it, else one of those in which there are."""
    return language if language in languages else languages[mix_one(seed, "other-language", key) % len(languages)]


def _with_adverts(sheet: Sheet, keys: NDArray[np.int64], seed: int, languages: tuple[str, ...]) -> list[Outfit]:
    operations, table = sheet.operations, sheet.table
    order = np.argsort(table["op"], kind="stable")
    op = table["op"][order]
    form = pick(_FORMS[0], unit(seed, "form", keys))
    found = []
    for at, key in enumerate(keys.tolist()):
        rows = order[np.searchsorted(op, key) : np.searchsorted(op, key, "right")]
        shown = {name: _first(table[name][rows]) for name in ("handle", "mail", "link", "wallet", "account")}
        used: dict[tuple[int, int], tuple[int, int]] = {}
        for *number, t in zip(*(table[name][rows].tolist() for name in ("own_country", "own", "t")), strict=True):
            if number[1]:
                first, last = used.get((number[0], number[1]), (t, t))
                used[number[0], number[1]] = (min(first, t), max(last, t))
        own = key * 8
        found.append(
            Outfit(
                name=f"op-{key}",
                kind="ring",
                form=FORMS[form[at]],
                country=int(operations.country[key]),
                language=_among(ADVERT_LANGUAGES[operations.language[key]], languages, seed, key),
                start=int(operations.start[key]),
                span=max(int(operations.span[key]), 20 * DAY),
                phones=tuple(e164(*number) for number in used) or tuple(private_phones(seed, "outfit-phone", key, 1)),
                used=tuple(used.values()),
                handles=tuple(identity.handle(seed, number) for number in shown["handle"] or [own]),
                mails=tuple(identity.mail(seed, number) for number in shown["mail"] or [own]),
                domains=tuple(identity.domain(seed, number) for number in shown["link"]),
                wallet=identity.wallet(seed, (shown["wallet"] or [own])[0])[1],
                account=identity.account(seed, (shown["account"] or [own])[0]),
                key=key,
            )
        )
    return found


def _first(ids: NDArray[np.generic]) -> list[int]:
    """Up to three different ids, as they first occur; -1 is none."""
    return [number for number in dict.fromkeys(ids.tolist()) if number >= 0][:3]


def _without_adverts(
    kind: str, count: int, group: int, seed: int, languages: tuple[str, ...], mixed: bool = False
) -> list[Outfit]:
    keys = np.arange(count) + (group << 24)
    country = pick(WEIGHTS, unit(seed, "firm-home", keys))
    local = unit(seed, "firm-local", keys) < 0.6
    form = pick(_FORMS[1], unit(seed, "firm-form", keys))
    if mixed:
        form = np.where(keys % 2 == 0, pick(_FORMS[0], unit(seed, "form", keys)), form)
    start = below(120 * DAY, seed, "firm-start", keys)
    phones = private_phones(seed, "firm-phone", group << 20, count * 2, country.repeat(2))
    found = []
    for at, key in enumerate(keys.tolist()):
        number = FIRST_ID + key
        found.append(
            Outfit(
                name=f"rec-{key}",
                kind=kind,
                form=FORMS[form[at]] if kind == "ring" else "",
                country=int(country[at]),
                language=_among(COUNTRIES[country[at]].language if local[at] else "", languages, seed, key),
                start=int(start[at]),
                span=60 * DAY,
                used=(),
                phones=tuple(phones[at * 2 : at * 2 + 1 + mix_one(seed, "firm-lines", key) % 2]),
                handles=(identity.handle(seed, number),),
                mails=(identity.mail(seed, number),),
                domains=(identity.domain(seed, number),),
                wallet=identity.wallet(seed, number)[1],
                account=identity.account(seed, number),
                key=number,
            )
        )
    return found
