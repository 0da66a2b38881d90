"""Accounts of honest advertisers: their own, as adverts name them, and telephones of adverts that take money."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clew.simulate import identity
from clew.simulate.hashing import Ints
from clew.simulate.knobs import AGENCY, RING, VENUE
from clew.simulate.money.book import PHONE, Book
from clew.simulate.money.spell import iban_kind
from clew.simulate.numbers import e164
from clew.simulate.sheet import Sheet


def draw_owners(book: Book, sheet: Sheet) -> NDArray[np.int32]:
    """An account for every operation that does not exploit, -1 for the others: of the person, or of who runs it."""
    operations, table = sheet.operations, sheet.table
    payers = np.full(operations.count, -1, dtype=np.int32)
    alone = ~np.isin(operations.kind, (AGENCY, RING, VENUE))
    for rows, staff in ((alone, False), (~alone, True)):
        keys = np.flatnonzero(rows & ~operations.exploited)
        person = book.people.add(keys, np.zeros(keys.size, dtype=np.int64), staff)
        country = operations.country[keys].astype(np.int64)
        payers[keys] = book.accounts.add(iban_kind(country), country, holder=person, unit=keys)
    # Where adverts name an account for deposits, it is this one.
    named = np.flatnonzero(
        (table["account"].astype(np.int64) >= 0) & ~operations.exploited[table["op"].astype(np.int64)]
    )
    first: dict[int, int] = {}
    for op, key in zip(table["op"][named].tolist(), table["account"][named].tolist(), strict=True):
        first.setdefault(op, key)
    for op, key in first.items():
        book.accounts.name(int(payers[op]), identity.account(book.seed, key))
    return payers


def draw_lines(book: Book, sheet: Sheet, keys: Ints, payers: NDArray[np.int32]) -> NDArray[np.int64]:
    """For some operations an account of mobile money at the first number of their adverts; -1 where there is none."""
    table = sheet.table
    op = table["op"].astype(np.int64)
    rows = np.flatnonzero(np.isin(op, keys) & (table["own"].astype(np.int64) > 0))
    unique, first = np.unique(op[rows], return_index=True)
    rows = rows[first]
    number = zip(table["own_country"][rows].tolist(), table["own"][rows].tolist(), strict=True)
    holder = book.accounts.column("holder")[payers[unique]]
    found = np.full(sheet.operations.count, -1, dtype=np.int64)
    lines = book.accounts.add(PHONE, table["own_country"][rows].astype(np.int64), holder=holder, unit=unique)
    for line, one, known in zip(lines.tolist(), unique.tolist(), number, strict=True):
        # A number that was another's before is left out: money would go to both.
        if book.accounts.name(line, e164(*known)):
            found[one] = line
    return found[keys]
