"""Whether a statement adds up: opening, what was booked, closing; and whether one follows on the other."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from clew.ingest.base import Reject

_HUGE = Decimal(10) ** 20
_DIGITS = re.compile(r"\d{1,9}")


@dataclass
class Statement:
    """A statement as it is read: what it says of itself, and the sums of what was booked in it."""

    line: int
    account: str | None = None
    currency: str | None = None
    number: str | None = None
    page: str | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    owner: str | None = None
    bank: str | None = None
    credits: Decimal = Decimal(0)
    debits: Decimal = Decimal(0)
    unread: int = 0
    carried: set[str] = field(default_factory=set)

    def balances(self) -> dict[str, str]:
        """What is known by now of the opening and closing balance; each is carried by one entry of the statement.

        By these, statements of different files are compared (`clew.query.money_gaps`).
        """
        known = (("opening", self.opening), ("closing", self.closing))
        told = {name: f"{value:f}" for name, value in known if value is not None and name not in self.carried}
        self.carried |= told.keys()
        return told

    def book(self, amount: Decimal, *, credit: bool) -> None:
        """Count an entry that changes the balance."""
        if credit:
            self.credits += amount
        else:
            self.debits += amount

    def name(self) -> str:
        """What a message calls it."""
        number = f"statement {self.number}" if self.number else "statement"
        paged = f"{number}, page {self.page}," if self.page and self.number else number
        return f"{paged} of {self.account or 'an account that is not named'}"

    def check(self) -> Reject | None:
        """One line about what is missing; None where it adds up, or where it states no two balances."""
        if self.opening is None or self.closing is None:
            return None
        total = self.opening + self.credits - self.debits
        if total == self.closing:
            return None
        gap = total - self.closing
        lost = f"; {self.unread} of its entries could not be read" if self.unread else ""
        return Reject(
            self.line,
            f"{self.name()}: opening {money(self.opening)} + {money(self.credits)} \u2212 {money(self.debits)} is "
            f"{money(total)}, but closing says {money(self.closing)}: {money(abs(gap))} "
            f"{'of debits' if gap > 0 else 'of credits'} are missing{lost}",
        )


def money(amount: Decimal) -> str:
    """An amount for a message, with two decimals at least and a true minus."""
    if abs(amount) >= _HUGE:
        return f"{amount:f}".replace("-", "\u2212")
    cents = amount.quantize(Decimal("0.01")) if amount == amount.quantize(Decimal("0.01")) else amount.normalize()
    return f"{cents:f}".replace("-", "\u2212")


def balance_gap(line: int, before: Decimal, change: Decimal, after: Decimal) -> Reject:
    """What a reader says of a row whose running balance does not follow from the one before."""
    sign, total = ("\u2212" if change < 0 else "+"), before + change
    return Reject(
        line,
        f"running balance: {money(before)} {sign} {money(abs(change))} is {money(total)}, but {money(after)} is "
        f"written: {money(abs(total - after))} {'of debits' if total > after else 'of credits'} are missing",
    )


@dataclass
class Sequence:
    """The statements of a file, account by account: the same one twice, one left out, one that does not follow."""

    _last: dict[tuple[str | None, str | None], Statement] = field(default_factory=dict)
    _seen: set[tuple[str | None, ...]] = field(default_factory=set)

    def close(self, statement: Statement) -> list[Reject]:
        """What is wrong with a statement that was read to its end."""
        told = [found] if (found := statement.check()) is not None else []
        key = (statement.account, statement.currency)
        own = (*key, statement.number, statement.page, str(statement.opening), str(statement.closing))
        if statement.number and own in self._seen:
            told.append(Reject(statement.line, f"{statement.name()} stands twice in this file; it counts once"))
            return told
        self._seen.add(own)
        if (before := self._last.get(key)) is not None and (gap := _between(before, statement)) is not None:
            told.append(Reject(statement.line, gap))
        self._last[key] = statement
        return told


def _between(before: Statement, after: Statement) -> str | None:
    """What lies between two statements of an account; None where one follows on the other."""
    if before.closing is None or after.opening is None or before.closing == after.opening:
        return None
    missing = _left_out(before.number, after.number)
    return (
        f"{after.name()} opens with {money(after.opening)}, but the one before"
        f"{f' ({before.number})' if before.number else ''} closed with {money(before.closing)}"
        + (f": {missing}" if missing else ": something between them is missing")
    )


def _left_out(before: str | None, after: str | None) -> str | None:
    """Which numbers lie between those of two statements; None where they are no numbers or none is left out."""
    one, other = _DIGITS.fullmatch(before or ""), _DIGITS.fullmatch(after or "")
    if one is None or other is None:
        return None
    first, last = int(one[0]) + 1, int(other[0]) - 1
    if first > last:
        return None
    return f"statement {first} is missing" if first == last else f"statements {first} to {last} are missing"
