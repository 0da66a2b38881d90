"""Statements of some accounts as banks give them: who is on them, month by month, with balances that add up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from clew.simulate.hashing import Ints, mix_one, unit
from clew.simulate.money.book import CURRENCIES, CURRENCY, EXPLOITING, IBAN
from clew.simulate.money.iban import bank_of, bic
from clew.simulate.money.knobs import STATES, TYPES
from clew.simulate.money.spell import Spelling
from clew.simulate.money.world import Drawn
from clew.simulate.money.write import Lines
from clew.simulate.operations import DAY
from clew.simulate.places import CITIES, CODES
from clew.simulate.render import WORLD_START

START = datetime.fromisoformat(str(WORLD_START)).replace(tzinfo=UTC)
_MONTH = 30 * DAY
FORMATS = ("camt", "mt940", "csv")


@dataclass(frozen=True)
class Entry:
    """One line of a statement.

    Attributes:
        native: id of the payment.
        at: when.
        cents: what it adds to the balance.
        reversal: whether it takes back another.
        type: of `TYPES`.
        other: the other account as written, "" where only a name is known.
        name: whose that is.
        text: what was written with it.
        place: city, or "".
        balance: after it, in hundredths.
    """

    native: str
    at: datetime
    cents: int
    reversal: bool
    type: str
    other: str
    name: str
    text: str
    place: str
    balance: int


@dataclass(frozen=True)
class Statement:
    """A month of an account.

    Attributes:
        account: IBAN.
        holder: name of its holder.
        bic: of its bank.
        country: letters.
        currency: of the account.
        number: from 1 for the first month.
        first, last: the days it covers.
        opening, closing: balances in hundredths.
        entries: in order of time; one is missing where there is a gap.
        missing: payment that the bank left out, or None.
    """

    account: str
    holder: str
    bic: str
    country: str
    currency: str
    number: int
    first: datetime
    last: datetime
    opening: int
    closing: int
    entries: list[Entry]
    missing: str | None


def chosen(drawn: Drawn, spelt: Spelling, most: int) -> dict[str, Ints]:
    """Accounts with statements by format: half of operations that exploit, half of others; all in one money."""
    rows, seed = drawn.rows, drawn.book.seed
    kind, country = drawn.book.accounts.column("kind"), drawn.book.accounts.column("country")
    trade = drawn.book.accounts.column("trade")
    ends = np.concatenate([rows["payer"], rows["payee"]])
    money = np.concatenate([rows["currency"], rows["currency"]])
    count = np.bincount(ends, minlength=kind.size)
    foreign = np.bincount(ends, weights=money != CURRENCY[country[ends]], minlength=kind.size)
    bad = np.zeros(kind.size, dtype=bool)
    mine = rows[rows["group"] == EXPLOITING]
    bad[mine["payer"]] = bad[mine["payee"]] = True
    bad &= drawn.book.accounts.column("unit") >= 0
    written = np.zeros(kind.size, dtype=bool)
    written[spelt.used[np.array(spelt.kinds) == IBAN]] = True
    fits = np.flatnonzero(written & (trade < 0) & (foreign == 0) & (count >= 12) & (count < 2_000))
    order = fits[np.argsort(unit(seed, "statement", fits), kind="stable")]
    found = np.concatenate([order[bad[order]][: most // 2], order[~bad[order]][: most - most // 2]])
    found = found[np.argsort(unit(seed, "statement-format", found), kind="stable")]
    csv = found[: max(1, found.size // 10)]
    rest = found[csv.size :]
    return {"camt": rest[: (rest.size + 1) // 2], "mt940": rest[(rest.size + 1) // 2 :], "csv": csv}


def statements(drawn: Drawn, spelt: Spelling, lines: Lines, accounts: Ints, gaps: float) -> Iterator[Statement]:
    """All months of some accounts.

    Args:
        drawn: the money.
        spelt: accounts as written.
        lines: texts and ids of payments.
        accounts: of whom.
        gaps: share of statements in which an entry is missing.
    """
    rows = drawn.rows
    for account in accounts.tolist():
        at = np.flatnonzero((rows["payer"] == account) | (rows["payee"] == account))
        at = at[rows["state"][at] != STATES.index("duplicate")]
        yield from _months(drawn, spelt, lines, account, at, gaps)


def _months(drawn: Drawn, spelt: Spelling, lines: Lines, account: int, at: Ints, gaps: float) -> Iterator[Statement]:
    rows, seed = drawn.rows[at], drawn.book.seed
    sums = rows["amount"] * np.where(rows["payee"] == account, 1, -1)
    running = np.cumsum(sums)
    # No account goes below a little: what it began with was enough.
    begun = max(0, -int(running.min())) + mix_one(seed, "opening", account) % 80_000
    balances = begun + running
    place = int(lines.place[account])
    country = int(spelt.columns["country"][place])
    month = rows["t"] // _MONTH
    opening = begun
    texts = lines.text(rows).to_pylist()
    for number in range(int(month.max()) + 1):
        mine = np.flatnonzero(month == number)
        closing = int(balances[mine[-1]]) if mine.size else opening
        entries = [
            _entry(drawn, spelt, lines, account, int(at[one]), int(sums[one]), int(balances[one]), texts[one])
            for one in mine
        ]
        gap = len(entries) > 4 and mix_one(seed, "gap", account, number) / 2.0**64 < gaps
        missing = entries.pop(len(entries) // 2) if gap else None
        yield Statement(
            spelt.values[place], spelt.holders[place] or "", bic(country, bank_of(country, account)), CODES[country],
            CURRENCIES[CURRENCY[country]], number + 1, START + timedelta(seconds=number * _MONTH),
            START + timedelta(seconds=(number + 1) * _MONTH - DAY), opening, closing, entries,
            missing.native if missing else None,
        )  # fmt: skip
        opening = closing


def _entry(
    drawn: Drawn, spelt: Spelling, lines: Lines, account: int, at: int, cents: int, balance: int, text: str
) -> Entry:
    row = drawn.rows[at]
    other = int(lines.place[row["payer"] if row["payee"] == account else row["payee"]])
    value, name = spelt.values[other], spelt.holders[other] or ""
    city = int(row["place"])
    return Entry(
        native=lines.native[at],
        at=START + timedelta(seconds=int(row["t"])),
        cents=cents,
        reversal=bool(row["state"] == STATES.index("reversal")),
        type=TYPES[row["type"]],
        other="" if value == name else value,
        name=name,
        text=text,
        place=CITIES[city] if city >= 0 else "",
        balance=balance,
    )


def money(cents: int, point: str = ".") -> str:
    """Hundredths as an amount, without a sign."""
    return f"{abs(cents) // 100}{point}{abs(cents) % 100:02d}"
