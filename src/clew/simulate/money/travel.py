"""Tickets and bookings by mail, and the truth about journeys: who goes where, and who pays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from clew.simulate import identity
from clew.simulate.hashing import mix_one
from clew.simulate.money.book import CURRENCIES, HOW, TRIP
from clew.simulate.money.knobs import STATES, Money
from clew.simulate.money.spell import Spelling, person_name
from clew.simulate.money.statements import START, money
from clew.simulate.money.truths import Truths
from clew.simulate.money.world import Drawn
from clew.simulate.money.write import Lines
from clew.simulate.places import CITIES, CITY_COUNTRY, COUNTRIES

# Days as people of a language write them.
_DATES = {"en": "%d %B %Y", "nl": "%d-%m-%Y", "de": "%d.%m.%Y", "pl": "%d.%m.%Y", "ro": "%d.%m.%Y"}
# Mail addresses of payers come from here on: above those of adverts and chats.
_FIRST_MAIL = 1 << 45
Row = tuple[Any, ...]


@cache
def _letters() -> dict[tuple[str, str], tuple[str, list[str]]]:
    """Subject and lines by kind and language."""
    text = resources.files("clew.simulate").joinpath("data", "mails.txt").read_text("utf-8")
    found = {}
    for line in text.splitlines()[1:]:
        kind, language, subject, lines = (part.strip() for part in line.split(" | ", 3))
        found[kind, language] = (subject, [one.strip() for one in lines.split("|")])
    return found


@dataclass(frozen=True)
class Travel:
    """Mails and truth.

    Attributes:
        mails: the mailbox.
        rows: of truth/travel.parquet.
    """

    mails: bytes
    rows: list[Row]


class Post:
    """Writes the mails of journeys whose payments are seen.

    Args:
        drawn: the money.
        spelt: accounts as written.
        lines: ids of payments.
        truths: names of people.
        knobs: parameters.
    """

    def __init__(self, drawn: Drawn, spelt: Spelling, lines: Lines, truths: Truths, knobs: Money) -> None:
        self.drawn, self.spelt, self.lines, self.truths, self.knobs = drawn, spelt, lines, truths, knobs
        self.seed = drawn.book.seed
        self.units = {unit.number: unit for unit in drawn.units}
        self.trips = np.concatenate(drawn.book.trips) if drawn.book.trips else np.zeros(0, dtype=TRIP)

    def write(self) -> Travel:
        """All of them, in order of payment."""
        rows = self.drawn.rows
        whole = (rows["trip"] >= 0) & (rows["state"] <= STATES.index("reversed"))
        mails, truth = [], []
        for at in np.flatnonzero(whole).tolist():
            row, trip = rows[at], self.trips[rows["trip"][at]]
            bad = int(row["unit"]) in self.units
            sent = mix_one(self.seed, "mailed", at) / 2.0**64 < self.knobs.mailed[0 if bad else 1]
            payer = int(self.truths.holder[row["payer"]])
            key = f"{mix_one(self.seed, 'message', at):016x}@mail.invalid"
            if sent:
                mails.append(self._mail(at, row, trip, payer, key))
            truth.append(
                (
                    self.truths.operation(int(row["unit"])),
                    self.truths.person(int(trip["person"])),
                    CITIES[trip["from"]],
                    CITIES[trip["to"]],
                    START + timedelta(seconds=int(trip["at"])),
                    HOW[trip["how"]],
                    self.truths.person(payer),
                    self.lines.native[at],
                    key if sent else None,
                    person_name(self.seed, int(trip["person"])),
                )
            )
        return Travel("".join(mails).encode(), truth)

    def _address(self, unit: int, person: int) -> str:
        """The payer's mail address: that of the adverts, where the same person manages these."""
        one = self.units.get(unit)
        held = [node for node in one.nodes.get(person, []) if node.startswith("email:")] if one else []
        if held:
            return held[0].removeprefix("email:")
        address = identity.mail(self.seed, _FIRST_MAIL + person)
        if one:
            one.note(person, f"email:{address}")
        return address

    def _mail(self, at: int, row: Any, trip: Any, payer: int, key: str) -> str:
        place = int(self.lines.place[row["payer"]])
        country = int(self.spelt.columns["country"][place])
        kind = "room" if HOW[trip["how"]] == "hotel" else "ticket"
        known = _letters()
        language = COUNTRIES[country].language
        language = language if (kind, language) in known else "en"
        subject, body = known[kind, language]
        firm = self.spelt.holders[int(self.lines.place[row["payee"]])] or ""
        name = self.spelt.holders[place] or ""
        tail = self.spelt.values[place][-4:]
        goes = START + timedelta(seconds=int(trip["at"]))
        city = int(trip["from"])
        local = goes + timedelta(minutes=COUNTRIES[int(CITY_COUNTRY[city])].offset)
        bits = mix_one(self.seed, "mail", at)
        marks = {
            "ref": f"{'BCDFGHJKLMNPQRST'[bits & 15]}{bits >> 4 & 0xFFFFF:05X}",
            "guest": person_name(self.seed, int(trip["person"])),
            "from": CITIES[city],
            "to": CITIES[trip["to"]],
            "date": local.strftime(_DATES.get(language, "%d/%m/%Y")),
            "time": f"{local:%H}:{local.minute // 5 * 5:02d}",
            "firm": firm,
            "payer": f"{name} (**** {tail})",
            "sum": f"{money(int(row['amount']))} {CURRENCIES[row['currency']]}",
            "nights": str(1 + bits % 4),
        }
        text = "\n".join(body)
        for mark, value in marks.items():
            text, subject = text.replace("{" + mark + "}", value), subject.replace("{" + mark + "}", value)
        sent = START + timedelta(seconds=int(row["t"]) + 60)
        return _message(firm, name, self._address(int(row["unit"]), payer), subject, text, sent, key, bits)


def _message(firm: str, name: str, address: str, subject: str, text: str, sent: datetime, key: str, bits: int) -> str:
    """One message of a mailbox; a third also as HTML."""
    domain = f"{firm.split()[0].lower()}-{bits % 900 + 100}.example" if firm else "booking.example"
    head = [
        f"From bookings@{domain} {sent:%a %b %d %H:%M:%S %Y}",
        f"From: {firm} <bookings@{domain}>",
        f"To: {name} <{address}>",
        f"Subject: {Header(subject, 'utf-8').encode()}",
        f"Date: {format_datetime(sent)}",
        f"Message-ID: <{key}>",
        "MIME-Version: 1.0",
    ]
    plain = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", text, ""]
    if bits >> 32 & 3:
        return "\n".join([*head, *plain]) + "\n"
    edge = f"=_{key[:16]}"
    lines = "".join(f"<p>{line}</p>" for line in text.split("\n") if line)
    html = [
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        f"<html><body>{lines}</body></html>",
    ]
    parts = [f'Content-Type: multipart/alternative; boundary="{edge}"', "", f"--{edge}", *plain, f"--{edge}", *html]
    return "\n".join([*head, *parts, f"--{edge}--", ""]) + "\n"
