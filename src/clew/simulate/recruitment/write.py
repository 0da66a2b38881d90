"""Writes offers, sites and chats of a world with their truth, beside its adverts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from clew.model.errors import InputError
from clew.model.files import check_new
from clew.simulate.hashing import mix_one
from clew.simulate.places import CODES
from clew.simulate.recruitment import chats, offers, sites
from clew.simulate.recruitment.chats import Talk
from clew.simulate.recruitment.knobs import Recruiting
from clew.simulate.recruitment.offers import Offer
from clew.simulate.recruitment.outfits import Outfit, draw_exploiting, draw_lawful
from clew.simulate.recruitment.phrases import Banks, read_banks
from clew.simulate.recruitment.sites import Site
from clew.simulate.recruitment.warc import Archive
from clew.simulate.sheet import Sheet
from clew.simulate.truth import SCHEMAS

MOST = 5_000_000
Row = tuple[Any, ...]
# How many offers, sites and conversations each outfit has.
Seen = dict[str, Counter[str]]
# After the end of the world's half year: when the sites were captured.
_CAPTURED = "2026-07-04T12:00:00Z"


@dataclass(frozen=True)
class Numbers:
    """How many of each.

    Attributes:
        offers: job offers.
        sites: sites of recruiters.
        conversations: chats.
    """

    offers: int
    sites: int
    conversations: int

    @classmethod
    def of(cls, ads: int, knobs: Recruiting, given: tuple[int | None, int | None, int | None]) -> Numbers:
        """The numbers that were given; the others in proportion to the adverts, within bounds."""
        rates = (knobs.ads_per_offer, knobs.ads_per_site, knobs.ads_per_conversation)
        usual = [
            min(most, max(least, ads // rate))
            for rate, least, most in zip(rates, knobs.fewest, knobs.most, strict=True)
        ]
        for name, count in zip(("offers", "sites", "conversations"), given, strict=True):
            if count is not None and not 0 <= count <= MOST:
                raise InputError(f"A world has from 0 to {MOST:,} {name}, not {count:,}.", f"Give another --{name}.")
        return cls(*[own if count is None else count for own, count in zip(usual, given, strict=True)])


class Made(NamedTuple):
    """How much was written of each."""

    offers: int = 0
    sites: int = 0
    conversations: int = 0
    messages: int = 0


@dataclass(frozen=True)
class Cast:
    """Who recruits and employs in one world.

    Attributes:
        exploiting: outfits that exploit; some have adverts.
        agencies, employers: honest ones.
        scams: who only takes a fee.
    """

    exploiting: list[Outfit]
    agencies: list[Outfit]
    employers: list[Outfit]
    scams: list[Outfit]

    @classmethod
    def draw(cls, sheet: Sheet | None, numbers: Numbers, seed: int, knobs: Recruiting, banks: Banks) -> Cast:
        """As many as offers, sites and conversations need: each outfit has a few."""
        languages = tuple(banks.offers)
        bad = numbers.offers * knobs.bad_offers / 6 + numbers.sites * knobs.bad_sites / 6 + numbers.conversations / 30
        honest = 4 + numbers.offers // 5 + numbers.sites // 2 + numbers.conversations // 60
        return cls(
            exploiting=draw_exploiting(sheet, 2 + int(bad), seed, languages),
            agencies=draw_lawful("agency", 2 + honest // 4, seed, languages),
            employers=draw_lawful("employer", honest, seed, languages),
            scams=draw_lawful("scam", 1 + int(numbers.offers * knobs.bad_offers * knobs.scams / 5), seed, languages),
        )

    @property
    def all(self) -> list[Outfit]:
        """Everybody."""
        return self.exploiting + self.agencies + self.employers + self.scams


def write(
    part: Path, sheet: Sheet, numbers: Numbers, seed: int, knobs: Recruiting, banks_in: Path | None
) -> tuple[Made, list[Outfit]]:
    """Write ``offers.jsonl``, ``sites.warc.gz``, ``chats.jsonl`` and their truth.

    Returns:
        How much of each, and who is in them.
    """
    made = Made()
    banks = read_banks(banks_in)
    cast = Cast.draw(sheet, numbers, seed, knobs, banks)
    seen: Seen = {}
    if numbers.offers:
        lawful = cast.agencies + cast.employers
        found = offers.written(numbers.offers, cast.exploiting, lawful, cast.scams, seed, knobs, banks)
        made = made._replace(offers=_offers(part, seen, found))
    if numbers.sites:
        pages = sites.written(numbers.sites, cast.exploiting, cast.agencies, seed, knobs, banks)
        made = made._replace(sites=_sites(part, seen, pages))
    if numbers.conversations:
        talks = chats.written(numbers.conversations, cast.exploiting, cast.agencies, seed, knobs, banks.talk)
        count, messages = _chats(part, seen, talks)
        made = made._replace(conversations=count, messages=messages)
    _recruiters(part, cast, seen)
    return made, [outfit for outfit in cast.all if outfit.name in seen]


def write_chats(out: Path, conversations: int, seed: int = 7, banks: Path | None = None) -> Made:
    """Write ``chats.jsonl`` and its truth alone, without adverts, offers and sites.

    Args:
        out: folder to make; it may exist if it is empty.
        conversations: how many.
        seed: other seeds share nothing.
        banks: folder of other sentences (``talk/en.txt`` ...); Clew's own if None.

    Returns:
        How many ``conversations`` and ``messages``.

    Raises:
        InputError: when a value cannot be used, the folder is not empty or a bank lacks a section.
    """
    knobs = Recruiting()
    numbers = Numbers.of(0, knobs, (0, 0, conversations))
    phrases = read_banks(banks)
    check_new(out)
    own_seed = mix_one(seed, "chats", conversations)
    cast = Cast.draw(None, numbers, own_seed, knobs, phrases)
    seen: Seen = {}
    (out / "truth").mkdir(parents=True)
    talks = chats.written(conversations, cast.exploiting, cast.agencies, own_seed, knobs, phrases.talk)
    count, messages = _chats(out, seen, talks)
    _recruiters(out, cast, seen)
    return Made(conversations=count, messages=messages)


def _save(part: Path, name: str, rows: list[Row]) -> None:
    schema = SCHEMAS[name]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [pa.array(column, one.type) for column, one in zip(columns, schema, strict=True)]
    pq.write_table(pa.table(arrays, schema=schema), part / "truth" / f"{name}.parquet", compression="zstd")


def _recruiters(part: Path, cast: Cast, seen: Seen) -> None:
    if seen:
        _save(part, "recruiters", [_recruiter(one, seen[one.name]) for one in cast.all if one.name in seen])


def _recruiter(outfit: Outfit, counts: Counter[str]) -> Row:
    return (
        outfit.name,
        outfit.kind,
        outfit.form or None,
        outfit.exploits,
        outfit.advertises,
        CODES[outfit.country],
        outfit.language,
        counts["offers"],
        counts["sites"],
        counts["conversations"],
        list(outfit.phones),
        list(outfit.handles),
    )


def _offers(part: Path, seen: Seen, found: Iterable[Offer]) -> int:
    rows = []
    with (part / "offers.jsonl").open("wb") as file:
        for offer in found:
            file.write(offer.line)
            rows.append(offer.truth)
            seen.setdefault(offer.truth[2], Counter())["offers"] += 1
    _save(part, "offers", rows)
    return len(rows)


def _sites(part: Path, seen: Seen, found: Iterable[Site]) -> int:
    rows = []
    with Archive((part / "sites.warc.gz").open("wb"), _CAPTURED) as archive:
        for site in found:
            for path, page in site.pages.items():
                archive.add(f"https://{site.domain}{path}", page)
            archive.add(f"https://{site.domain}/favicon.ico", site.icon, "image/png")
            rows.append(site.truth)
            seen.setdefault(site.truth[1], Counter())["sites"] += 1
    _save(part, "sites", rows)
    return len(rows)


def _chats(part: Path, seen: Seen, talks: Iterable[Talk]) -> tuple[int, int]:
    tables: dict[str, list[Row]] = {"conversations": [], "stages": [], "acts": []}
    messages = 0
    with (part / "chats.jsonl").open("wb") as file:
        for talk in talks:
            file.write(b"".join(talk.lines))
            messages += len(talk.lines)
            for name, rows in tables.items():
                rows += getattr(talk, name)
    for row in tables["conversations"]:
        if row[5]:
            seen.setdefault(row[5], Counter())["conversations"] += 1
    for name, rows in tables.items():
        _save(part, name, rows)
    return len(tables["conversations"]), messages
