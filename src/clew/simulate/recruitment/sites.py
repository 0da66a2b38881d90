"""Sites of recruiters: fake agencies that copy each other and share ids, and honest ones with their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from clew.simulate import identity
from clew.simulate.hashing import mix_one, unit
from clew.simulate.places import CITIES, CITY_COUNTS, CODES, FIRST_CITY
from clew.simulate.recruitment import companies, html
from clew.simulate.recruitment.knobs import Recruiting
from clew.simulate.recruitment.offers import SECTORS
from clew.simulate.recruitment.outfits import FIRST_ID, Outfit
from clew.simulate.recruitment.phrases import Banks, Phrases

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


@dataclass(frozen=True)
class Site:
    """One site: its pages by path, its favicon and its row of the truth."""

    domain: str
    pages: dict[str, bytes]
    icon: bytes
    truth: tuple[Any, ...]


def written(
    count: int, exploiting: list[Outfit], lawful: list[Outfit], seed: int, knobs: Recruiting, banks: Banks
) -> Iterator[Site]:
    """All sites; those of one outfit after its first."""
    keys = np.arange(count)
    bad = unit(seed, "site-bad", keys) < knobs.bad_sites
    bad[: min(3, count)] = True
    first: dict[str, list[str]] = {}
    turn = 0
    for key in keys.tolist():
        if bad[key]:  # two to five sites in a row are of one outfit
            outfit = exploiting[turn % len(exploiting)]
            turn += len(first.get(outfit.name, ())) >= 1 + mix_one(seed, "sites-of", outfit.key) % 4
        else:
            outfit = lawful[key % len(lawful)]
        yield _site(key, outfit, first, seed, knobs, banks)


def widget(seed: int, kind: str, number: int) -> str:
    """An id as it stands in a page: of live chat, tag manager or analytics."""
    bits = mix_one(seed, f"widget-{kind}", number)
    if kind == "tawk":
        return f"{bits:016x}{mix_one(seed, 'widget-more', number):016x}"[:24]
    letters = "".join(_ALPHABET[bits >> shift & 31] for shift in range(0, 50, 5))
    return f"GTM-{letters[:7]}" if kind == "gtm" else f"G-{letters}"


def _ids(outfit: Outfit, key: int, seed: int, knobs: Recruiting, draw: Random) -> dict[str, str]:
    ids = {}
    for kind, shared, has in knobs.shared_ids:
        if outfit.exploits and draw.random() < shared:
            ids[kind] = widget(seed, kind, outfit.key)
        elif draw.random() < has:
            ids[kind] = widget(seed, kind, FIRST_ID * 4 + key)
    if not outfit.exploits and draw.random() < knobs.web_agencies:
        ids["gtm"] = widget(seed, "gtm", FIRST_ID * 5 + key % 3)
    return ids


def _site(key: int, outfit: Outfit, first: dict[str, list[str]], seed: int, knobs: Recruiting, banks: Banks) -> Site:
    draw = Random(mix_one(seed, "site", key))
    chance = draw.random
    held = first.setdefault(outfit.name, [])
    # The first site of an outfit is the one that its adverts, offers and chats name.
    domain = outfit.domains[0] if outfit.domains and not held else identity.domain(seed, FIRST_ID * 4 + key)
    clone_of = held[0] if outfit.exploits and held and chance() < knobs.clone else None
    copied = clone_of is not None or (outfit.exploits and not held)
    look = mix_one(seed, "site-look", outfit.key if copied else FIRST_ID + key)
    valid, broken = knobs.vat[int(outfit.exploits)]
    said = chance()
    claims = said < valid + broken
    vat = companies.vat(seed, FIRST_ID + key, outfit.country, said < valid) if claims else None
    ids = _ids(outfit, key, seed, knobs, draw)
    firm = companies.name(seed, FIRST_ID + key if held and outfit.exploits else outfit.key, outfit.country)
    held.append(domain)
    place = CITIES[int(FIRST_CITY[outfit.country]) + int(chance() * int(CITY_COUNTS[outfit.country]))]
    words = banks.offers[outfit.language]
    free = outfit.exploits and chance() < 0.5
    facts = html.Facts(
        domain=domain,
        language=outfit.language,
        company=firm,
        city=place,
        street=f"{place} {1 + int(chance() * 180)}",
        country=CODES[outfit.country],
        phone=outfit.phone(outfit.start + outfit.span, chance()),
        handle=outfit.handles[0] if outfit.exploits or chance() < 0.2 else None,
        mail=outfit.mails[0] if free else f"info@{domain}",
        vat=vat,
        ids=ids,
        layout=html.Layout.of(look),
    )
    pages = _pages(facts, words, look, look % 1000 < knobs.postings * 1000, draw)
    # Whoever has none made has that of the site builder.
    icon = html.icon(facts.layout.style + 1 if mix_one(seed, "icon", look) % 100 < knobs.builder_icons * 100 else look)
    truth = (
        domain, outfit.name, outfit.exploits, clone_of, firm, CODES[outfit.country], outfit.language, vat,
        None if vat is None else said < valid, [f"{kind}:{value}" for kind, value in ids.items()],
        [facts.phone], f"telegram:{facts.handle}" if facts.handle else None,
    )  # fmt: skip
    return Site(domain, pages, icon, truth)


def _pages(facts: html.Facts, words: Phrases, look: int, postings: bool, draw: Random) -> dict[str, bytes]:
    """Front page, vacancies and contact; the sentences hang on the look, so that copies say the same."""
    same = Random(look)
    values = dict.fromkeys(("name", "time", "account", "contact", "job", "pay"), "") | {
        "company": facts.company, "city": facts.city, "site": f"https://{facts.domain}/", "mail": facts.mail,
        "money": "100 euro", "n": str(3 + look % 9), "year": str(1990 + look % 30),
    }  # fmt: skip

    def say(section: str, of: Random) -> str:
        patterns = words.sections[section]
        return patterns[int(of.random() * len(patterns))].fill(of, values)

    jobs = []
    for _ in range(2 + look % 3):
        sector = list(SECTORS)[int(same.random() * len(SECTORS))]
        values["job"] = words.sections[sector][0].fill(same, {})
        values["pay"] = f"{round(SECTORS[sector] * (0.9 + 0.3 * draw.random()) / 50) * 50} €"
        signs = ("no-requirements", "housing-arranged", "start-now", "travel-arranged")
        text = [say("opener", same), say("task", same), say(signs[int(same.random() * 4)], same), say("wage", same)]
        day = f"2026-{1 + int(draw.random() * 6):02d}-{1 + int(draw.random() * 28):02d}"
        jobs.append(html.Job(values["job"], " ".join(text), values["pay"], day))
    about = [say("about", same) for _ in range(3)] + [say("company", same)]
    return {
        "/": html.front(facts, list(dict.fromkeys(about)), [job.title for job in jobs]).encode(),
        "/jobs": html.vacancies(facts, jobs, postings).encode(),
        "/contact": html.contact(facts, say("apply", same)).encode(),
    }
