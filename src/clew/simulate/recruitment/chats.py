"""Writes conversations: who is in them, when each thing is said and how it is typed; and the truth about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np
import orjson

from clew.simulate import identity
from clew.simulate.hashing import mix_one
from clew.simulate.operations import DAY
from clew.simulate.recruitment.habits import Habit, draw_habit, parts, typed
from clew.simulate.recruitment.knobs import ACTS, STAGES, Recruiting
from clew.simulate.recruitment.outfits import FIRST_ID, Outfit, private_phones
from clew.simulate.recruitment.phrases import Phrases
from clew.simulate.recruitment.plans import BREAK, GROUPS, PASTED, PITCH, Step, plan
from clew.simulate.recruitment.sayings import Sayings, city
from clew.simulate.render import WORLD_START

Row = tuple[Any, ...]
_CHUNK = 512
# Where people write (assumed), and which of them name people by their number.
_PLATFORMS = (
    ("whatsapp",) * 8 + ("telegram",) * 5 + ("sms",) * 2 + ("messenger",) * 2 + ("instagram", "signal", "signal")
)
_BY_PHONE = {"whatsapp", "sms", "signal"}
_BAD = ("grooming", "control", "passive")
_STAGES, _ACTS = set(STAGES), set(ACTS)
# A pitch in the words of a form is a pitch.
_AS_ACT = {section: "job-pitch" for sections in PITCH.values() for section in sections}
_THREATS = {"threat-family", "threat-publish"}
_GRAVE = {"threat-harm", "confinement"}
_HELD = {"location-demand", "documents-held", "plea"}
_SECONDS = WORLD_START.astype("datetime64[s]").astype(np.int64).item()


@dataclass
class Talk:
    """What one chunk of conversations gives."""

    lines: list[bytes] = field(default_factory=list)
    conversations: list[Row] = field(default_factory=list)
    stages: list[Row] = field(default_factory=list)
    acts: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class _Person:
    """One who writes: the name as the platform gives it, and how they type."""

    name: str
    habit: Habit


def written(
    count: int, exploiting: list[Outfit], lawful: list[Outfit], seed: int, knobs: Recruiting, banks: dict[str, Phrases]
) -> Iterator[Talk]:
    """All conversations, some hundreds at a time.

    Args:
        count: how many.
        exploiting: who grooms, controls and recruits.
        lawful: honest recruiters and firms.
        seed: of the world.
        knobs: parameters.
        banks: sentences by language.
    """
    writer = _Writer(exploiting, lawful, seed, knobs, banks)
    for first in range(0, count, _CHUNK):
        yield writer.chunk(first, min(count, first + _CHUNK))


class _Writer:
    def __init__(
        self, exploiting: list[Outfit], lawful: list[Outfit], seed: int, knobs: Recruiting, banks: dict[str, Phrases]
    ) -> None:
        self.exploiting, self.lawful, self.seed, self.knobs = exploiting, lawful, seed, knobs
        self.banks, self.languages = banks, sorted(banks)
        self.kinds = [kind for kind, share in knobs.kinds for _ in range(round(share * 100))]

    def chunk(self, first: int, last: int) -> Talk:
        """Conversations ``first`` to before ``last``."""
        talk = Talk()
        phones = private_phones(self.seed, "person-phone", (1 << 21) + first * 9, (last - first) * 9)
        for number in range(first, last):
            at = (number - first) * 9
            self._conversation(number, phones[at : at + 9], talk)
        return talk

    def _conversation(self, number: int, phones: list[str], talk: Talk) -> None:
        draw = Random(mix_one(self.seed, "conversation", number))
        kind = self.kinds[int(draw.random() * len(self.kinds))]
        outfit = self._outfit(kind, draw)
        form = outfit.form if kind in _BAD else ""
        platform = _PLATFORMS[int(draw.random() * len(_PLATFORMS))]
        language = self._language(outfit, draw)
        steps = plan(kind, form, self.knobs, draw)
        known = outfit if kind in _BAD or kind == "recruiter" else None
        start = outfit.start + int(draw.random() * outfit.span * 0.8)
        phone = known.phone(start, draw.random()) if known else ""
        people = self._people(number, max(who for who, _ in steps) + 1, known, platform, [phone, *phones], draw)
        # The factor has no divisor of ten: no two conversations get one name.
        place = (number * 8_764_321_987 + mix_one(self.seed, "conversation-name")) % 10**10
        name = f"{platform}-{place:010d}"
        said = _Said(name, platform, people, kind in GROUPS or len(people) > 2, language, start)
        other = known.phone(start, draw.random()) if known else phones[0]
        values = self._values(outfit, known, number, platform, other, language, draw)
        marks = said.write(steps, Sayings(language, outfit, values, self.seed, self.knobs, draw), draw, talk)
        self._truth(said, kind, outfit, form, marks, talk)

    def _outfit(self, kind: str, draw: Random) -> Outfit:
        """Whose conversation it is; of ordinary ones only place, time and language are used."""
        among = (
            self.lawful if kind == "recruiter" else self.exploiting if kind in _BAD else self.lawful + self.exploiting
        )
        # Some have many conversations, most a few; above all who answers seekers.
        power = self.knobs.passive_focus if kind == "passive" else 1.5
        return among[int(draw.random() ** power * len(among))]

    def _language(self, outfit: Outfit, draw: Random) -> Phrases:
        home, other = draw.random() < self.knobs.home_language, int(draw.random() * len(self.languages))
        return self.banks[outfit.language if home and outfit.language in self.banks else self.languages[other]]

    def _people(
        self, number: int, count: int, known: Outfit | None, platform: str, phones: list[str], draw: Random
    ) -> list[_Person]:
        """The writers; the first is the outfit's where it is one's conversation."""
        found = []
        for at in range(max(2, count)):
            own = known if at == 0 else None
            key = FIRST_ID * 2 + number * 16 + at
            if platform in _BY_PHONE:
                name = phones[0] if own else phones[at + 1]
            elif platform == "telegram":
                name = own.handles[int(draw.random() * len(own.handles))] if own else identity.handle(self.seed, key)
            else:
                name = identity.username(self.seed, FIRST_ID * 3 + own.key if own else key)
            found.append(_Person(name, draw_habit(self.knobs, draw)))
        return found

    def _values(
        self, outfit: Outfit, known: Outfit | None, number: int, platform: str, phone: str,
        language: Phrases, draw: Random,
    ) -> dict[str, str]:  # fmt: skip
        """What fills the marks of this conversation; those of an outfit show its numbers, accounts and sites."""
        chance = draw.random
        names = language.words["names"]
        own = FIRST_ID * 2 + number * 16 + 15
        if known is None:
            handle, site = identity.handle(self.seed, own), identity.domain(self.seed, own)
            account = identity.account(self.seed, own)
        else:
            handle, site = known.handles[0], (known.domains or (identity.domain(self.seed, own),))[0]
            account = known.wallet if chance() < 0.5 else known.account
        contact = phone if platform == "telegram" or chance() < 0.4 else f"@{handle}"
        return {
            "name": names[int(chance() * len(names))],
            "city": city(outfit, chance()),
            "contact": contact,
            "account": account,
            "site": f"https://{site}/",
            "company": site.split("-")[0].title(),
            "mail": f"info@{site}",
        }

    def _truth(
        self, said: _Said, kind: str, outfit: Outfit, form: str, marks: dict[str, dict[int, list[str]]], talk: Talk
    ) -> None:
        exploited = kind in _BAD
        controls = kind in ("grooming", "control")
        found = set(marks) if exploited else set()
        danger = bool(found & _GRAVE) or (bool(found & _THREATS) and bool(found & _HELD))
        talk.conversations.append(
            (
                said.name,
                said.platform,
                kind,
                exploited,
                form or None,
                outfit.name if exploited or kind == "recruiter" else None,
                said.people[0].name if controls else None,
                said.people[1].name if controls else None,
                danger,
                said.language.language,
                said.count,
            )
        )
        if exploited:
            for section, by in marks.items():
                rows = talk.stages if section in _STAGES else talk.acts
                rows += [(said.name, said.platform, section, said.people[who].name, ids) for who, ids in by.items()]


@dataclass
class _Said:
    """One conversation as it is written."""

    name: str
    platform: str
    people: list[_Person]
    group: bool
    language: Phrases
    start: int
    count: int = 0

    def write(self, steps: list[Step], sayings: Sayings, draw: Random, talk: Talk) -> dict[str, dict[int, list[str]]]:
        """Add the messages to ``talk``; returns the ids of messages by stage or act and person."""
        chance, at = draw.random, self.start
        marks: dict[str, dict[int, list[str]]] = {}
        at = _awake(at, chance())
        for who, section in steps:
            if (who, section) == BREAK:
                at = _awake(at + 3 * 3600 + int(DAY * 2.5 * chance() ** 2), chance())
                continue
            at += 15 + int(1500 * chance() ** 4)
            pasted, section = section.startswith(PASTED), section.removeprefix(PASTED)
            if pasted:
                shown = [sayings.paste(section)]
            else:
                habit = self.people[who].habit
                text = typed(sayings.say(section, who), section, habit, sayings.language, draw)
                shown = parts(text, habit, draw)
            ids = []
            for part in shown:
                ids.append(self._message(part, who, at, talk))
                at += 3 + int(chance() * 20)
            mark = _AS_ACT.get(section, section)
            if mark in _STAGES or mark in _ACTS:
                marks.setdefault(mark, {}).setdefault(who, []).extend(ids)
        return marks

    def _message(self, text: str, who: int, at: int, talk: Talk) -> str:
        """One line of chats.jsonl; returns its id."""
        self.count += 1
        native = f"{self.name}-{self.count}"
        days, rest = divmod(_SECONDS + at, DAY)
        row = {
            "conversation": self.name,
            "sender": self.people[who].name,
            "recipient": None if self.group else self.people[1 - who].name,
            "sent_at": f"{_date(days)}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}Z",
            "body": text,
            "platform": self.platform,
            "native_id": native,
        }
        talk.lines.append(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        return native


def _awake(at: int, chance: float) -> int:
    """The same time, or where it is deep night mostly a time of the next day."""
    return at + 7 * 3600 if at % DAY < 6 * 3600 and chance < 0.85 else at


_DATES: dict[int, str] = {}


def _date(days: int) -> str:
    """Days since 1970 as ``2026-01-05``."""
    if days not in _DATES:
        _DATES[days] = str(np.datetime64(days, "D"))
    return _DATES[days]
