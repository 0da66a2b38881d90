"""Writes job offers of honest employers, of those who exploit and of tricksters who take a fee."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import orjson

from clew.simulate import identity
from clew.simulate.hashing import Ints, mix_one, pick, unit
from clew.simulate.operations import DAY
from clew.simulate.places import CITIES, CITY_COUNTS, COUNTRIES, FIRST_CITY
from clew.simulate.recruitment import companies
from clew.simulate.recruitment.knobs import OFFER_SIGNALS, Recruiting
from clew.simulate.recruitment.outfits import Outfit
from clew.simulate.recruitment.phrases import Banks, Phrases
from clew.simulate.recruitment.plans import PITCH
from clew.simulate.render import WORLD_START

# Sectors with the usual pay of a month in euros (assumed, rounded).
SECTORS = {
    "hospitality": 1700, "agriculture": 1600, "cleaning": 1600, "care": 1900, "construction": 2200, "transport": 2300,
    "warehouse": 1800, "office": 2100, "retail": 1700, "beauty": 1700, "it": 3600,
}  # fmt: skip
# Which work is held out by form of exploitation (assumed).
_COVERS = {
    "sexual": ("hospitality", "beauty", "hospitality", "care"),
    "labour": ("agriculture", "construction", "cleaning", "warehouse", "hospitality"),
    "domestic": ("care", "cleaning"),
    "criminality": ("transport", "office"),
    "begging": ("retail",),
    "marriage": ("care", "hospitality"),
}
_NO_WORK = {"organ", "adoption"}
_BOARDS = 10
_FIT_PLACE = OFFER_SIGNALS.index("fee-upfront")


@dataclass(frozen=True)
class Offer:
    """One line of offers.jsonl and its row of the truth."""

    line: bytes
    truth: tuple[Any, ...]


def written(
    count: int, exploiting: list[Outfit], lawful: list[Outfit], scams: list[Outfit], seed: int, knobs: Recruiting,
    banks: Banks,
) -> Iterator[Offer]:  # fmt: skip
    """All offers, in order of publication."""
    keys = np.arange(count)
    draws = unit(seed, "offer-kind", keys)
    kind = np.where(draws < knobs.bad_offers * knobs.scams, 2, np.where(draws < knobs.bad_offers, 1, 0))
    kind[: min(2, count)] = 1  # a small world has some too
    groups = (lawful, exploiting, scams)
    size = np.array([len(group) for group in groups])
    # Some place many offers, most a few.
    who = np.floor(unit(seed, "offer-of", keys) ** 1.4 * size[kind]).astype(np.int64)
    start = [np.array([outfit.start for outfit in group]) for group in groups]
    begin = np.select(
        [kind == 1, kind == 2], [start[1][who % size[1]], start[2][who % size[2]]], start[0][who % size[0]]
    )
    t = begin + np.floor(unit(seed, "offer-time", keys) * 55 * DAY).astype(np.int64)
    signals = _signals(keys, kind > 0, seed, knobs)
    signals = np.where(kind == 2, signals | 1 << _FIT_PLACE, signals)
    for at in np.lexsort((keys, t)).tolist():
        outfit = groups[kind[at]][who[at]]
        yield _offer(at, outfit, int(signals[at]), int(t[at]), seed, knobs, banks)


def _signals(keys: Ints, bad: np.ndarray[tuple[int], np.dtype[np.bool_]], seed: int, knobs: Recruiting) -> Ints:
    """Bits of `OFFER_SIGNALS` in each offer: how many first, then which."""
    draws = unit(seed, "offer-signals", keys)
    count = np.where(bad, pick(knobs.signs[1], draws), pick(knobs.signs[0], draws))
    order = np.empty((keys.size, len(OFFER_SIGNALS)))
    for bit, (honest, other) in enumerate(knobs.sign_weights):
        # The largest of u ** (1 / weight) are a weighted sample (Efraimidis and Spirakis 2006).
        order[:, bit] = unit(seed, f"offer-signal-{bit}", keys) ** (1.0 / np.where(bad, other, honest))
    rank = np.argsort(np.argsort(-order, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(((rank < count[:, None]) << np.arange(len(OFFER_SIGNALS))).sum(axis=1), dtype=np.int64)


def _offer(number: int, outfit: Outfit, bits: int, at: int, seed: int, knobs: Recruiting, banks: Banks) -> Offer:
    draw = Random(mix_one(seed, "offer", number))
    chance = draw.random
    words = banks.offers[outfit.language]
    signals = [name for bit, name in enumerate(OFFER_SIGNALS) if bits >> bit & 1]
    # An outfit has two or three texts, each with its sector; offers from one differ by place, pay and some sentences.
    text = mix_one(seed, "offer-text", outfit.key, int(chance() * 3) if outfit.kind != "employer" else number)
    sector, title = _work(outfit, words, Random(text))
    place = CITIES[int(FIRST_CITY[outfit.country]) + int(chance() * int(CITY_COUNTS[outfit.country]))]
    firm = None if "employer-vague" in signals else companies.name(seed, outfit.key, outfit.country)
    pay, phone = _pay(outfit, sector, knobs, draw), outfit.phone(at, chance())
    values = {
        "job": title,
        "city": place,
        "company": firm or "",
        "pay": pay,
        "money": f"{20 * (2 + int(chance() * 20))} euro",
        "contact": f"@{outfit.handles[0]}" if chance() < 0.5 else f"WhatsApp {phone}",
        "mail": _mail(outfit, chance()),
        "n": str(2 + int(chance() * 9)),
        "year": str(1985 + int(chance() * 35)),
        "site": f"https://{(outfit.domains or (identity.domain(seed, outfit.key),))[0]}/",
        "account": outfit.wallet if chance() < 0.3 else outfit.account,
        "name": "",
        "time": f"{6 + int(chance() * 4)}:00",
    }
    body = _body(outfit, words, signals, firm, phone, values, text, draw, banks)
    board = int(chance() * _BOARDS)
    platform, site = identity.platform(seed, 100 + board)
    platform, native = f"{platform}-jobs", f"J{mix_one(seed, 'offer-id', number) % 10**9:09d}{number}"
    heading = words.sections["title"]
    row = {
        "id": native,
        "platform": platform,
        "url": f"https://jobs.{site}/{native}",
        "title": heading[text % len(heading)].fill(draw, values),
        "body": body,
        "posted_at": f"{WORLD_START + np.timedelta64(at, 's')}Z",
        "city": place,
        "salary": pay if chance() < 0.6 else None,
        "company": firm,
        "contact": _of((phone, values["mail"]), draw) if chance() < 0.4 else None,
        "sector": sector,
    }
    kind = "ordinary" if outfit.kind in ("employer", "agency") else "scam" if outfit.kind == "scam" else "exploiting"
    truth = (native, platform, outfit.name, outfit.exploits, kind, outfit.form or None, sector, outfit.language)
    return Offer(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE), (*truth, ",".join(signals)))


def _of(options: tuple[str, ...], draw: Random) -> str:
    return options[int(draw.random() * len(options))]


def _mail(outfit: Outfit, chance: float) -> str:
    """A firm mostly writes from its own domain; who has none from a large provider."""
    if outfit.domains and chance < (0.85 if not outfit.exploits else 0.3):
        return f"jobs@{outfit.domains[0]}"
    return outfit.mails[0]


def _work(outfit: Outfit, words: Phrases, same: Random) -> tuple[str, str]:
    """Sector and title."""
    sector = "care" if outfit.form in _NO_WORK else _of(_COVERS.get(outfit.form, tuple(SECTORS)), same)
    return sector, words.sections[sector][0].fill(same, {})


def _pay(outfit: Outfit, sector: str, knobs: Recruiting, draw: Random) -> str:
    """Pay of a month as the country writes prices."""
    chance = draw.random
    euros = SECTORS[sector] * (0.85 + 0.4 * chance())
    if not outfit.kind.startswith(("emp", "age")) and chance() < knobs.overpaid:
        euros *= 2 + 2 * chance()
    country = COUNTRIES[outfit.country]
    step = max(1, round(country.scale * 50))
    return country.currency.replace("{}", str(round(euros * country.scale / step) * step))


def _body(
    outfit: Outfit, words: Phrases, signals: list[str], firm: str | None, phone: str, values: dict[str, str], text: int,
    draw: Random, banks: Banks,
) -> str:  # fmt: skip
    same, chance = Random(text), draw.random
    sections = words.sections

    def say(section: str, of: Random) -> str:
        patterns = sections[section]
        return patterns[int(of.random() * len(patterns))].fill(of, values)

    talk = banks.talk.get(outfit.language)
    if talk and outfit.form in PITCH and (outfit.form in _NO_WORK or chance() < 0.5):
        values["name"] = _of(talk.words["names"], same)
        pitch = talk.sections[PITCH[outfit.form][text % len(PITCH[outfit.form])]]
        out = [pitch[int(same.random() * len(pitch))].fill(same, values)]
    else:
        out = [say("opener", same)]
    if firm:
        out.append(say("company", same))
    if outfit.form not in _NO_WORK:
        out += [say("task", same) for _ in range(1 + text % 3)]
    told = [say(signal, same if chance() < 0.8 else draw) for signal in signals]
    draw.shuffle(told)
    out += told
    if chance() < 0.7:
        out.append(say("wage", draw))
    if "messenger-contact" not in signals or chance() < 0.3:
        out.append(say("apply", draw) if chance() < 0.7 else f"{say('call', draw)} {phone}")
    return (" ", " ", "\n", "\n\n")[text % 4].join(dict.fromkeys(out))
