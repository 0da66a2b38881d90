"""Limits of signing in: after a few failures each further one has to wait, twice as long every time, up to a bound.

A try counts as failed from before it is looked at until it has passed, so that many at once are no way around. Who
waits is turned away without a look, and without making the wait longer: strangers can delay somebody by a quarter of
an hour at most, never lock them out. Where somebody signed in before, only the failures from there count.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from clew.access.limits import TooManyError, network_of
from clew.access.tables import TRIES
from clew.database.base import write
from clew.ledger.entry import Deed
from clew.ledger.log import append
from clew.model.actor import Actor
from clew.vault.keys import Keys

FREE_OF_ACCOUNT, FREE_OF_ADDRESS = 5, 20  # failures before one has to wait
OF_ACCOUNT, OF_ADDRESS = timedelta(days=1), timedelta(hours=1)  # how long a failure counts
LONGEST_WAIT = 900  # seconds
KEPT = timedelta(days=30)  # how long a try is kept, and a place known


def claim(db: sa.Engine, keys: Keys, nobody: Actor, name: str, address: str, at: datetime) -> int:
    """Begin a try; it counts as failed until it has `passed`.

    Args:
        db: the database.
        keys: key the digest of the name.
        nobody: who tries: it is not known yet.
        name: as it was typed, or normalised.
        address: from where.
        at: now.

    Returns:
        The id of the try.

    Raises:
        TooManyError: there were too many; the first time in each wait it is written down.
    """
    who, place = _digest(keys, name), network_of(address)
    with write(db) as connection:
        if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
            connection.execute(sa.text("LOCK TABLE sign_in_tries IN EXCLUSIVE MODE"))
        wait, since = _wait(connection, who, place, at)
        if not wait:
            row = {"account": who, "address": place, "outcome": "failed", "at": at.isoformat()}
            return int(connection.execute(TRIES.insert().values(row).returning(TRIES.c.id)).scalar_one())
        if not _turned_away(connection, who, place, since):
            row = {"account": who, "address": place, "outcome": "turned away", "at": at.isoformat()}
            connection.execute(TRIES.insert().values(row))
            deed = Deed("refuse", "sign-in", {"reason": "too many tries", "wait": wait}, {"address": place})
            append(connection, nobody, deed)
    raise TooManyError("There were too many tries to sign in.", wait)


def passed(connection: sa.Connection, nth: int, at: datetime) -> None:
    """A try was right; tries of long ago are forgotten."""
    connection.execute(TRIES.update().where(TRIES.c.id == nth).values(outcome="passed"))
    connection.execute(TRIES.delete().where(TRIES.c.at < (at - KEPT).isoformat()))


def wait_after(failures: Sequence[str], free: int, at: datetime) -> int:
    """Seconds to wait now, after failures at some times (ISO 8601, UTC)."""
    if len(failures) < free:
        return 0
    whole: int = min(2 ** min(len(failures) - free, 16), LONGEST_WAIT)
    gone = (at - datetime.fromisoformat(max(failures))).total_seconds()
    return max(0, math.ceil(min(whole, whole - gone)))


def _wait(connection: sa.Connection, who: str, place: str, at: datetime) -> tuple[int, str]:
    """Seconds to wait, and the failure from which on."""
    here = (TRIES.c.account == who, TRIES.c.address == place)
    last = sa.select(sa.func.max(TRIES.c.at)).where(
        *here, TRIES.c.outcome == "passed", TRIES.c.at >= (at - KEPT).isoformat()
    )
    known = connection.execute(last).scalar_one()
    since_day, since_hour = (at - OF_ACCOUNT).isoformat(), (at - OF_ADDRESS).isoformat()
    if known is not None:
        counted = [(_failures(connection, max(known, since_day), *here), FREE_OF_ACCOUNT)]
    else:
        counted = [
            (_failures(connection, since_day, TRIES.c.account == who), FREE_OF_ACCOUNT),
            (_failures(connection, since_hour, TRIES.c.address == place), FREE_OF_ADDRESS),
        ]
    return max(((wait_after(times, free, at), max(times, default="")) for times, free in counted))


def _failures(connection: sa.Connection, since: str, *which: sa.ColumnElement[bool]) -> list[str]:
    query = sa.select(TRIES.c.at).where(*which, TRIES.c.outcome == "failed", TRIES.c.at >= since)
    return list(connection.execute(query).scalars())


def _turned_away(connection: sa.Connection, who: str, place: str, since: str) -> bool:
    query = sa.select(TRIES.c.id).where(
        TRIES.c.account == who, TRIES.c.address == place, TRIES.c.outcome == "turned away", TRIES.c.at >= since
    )
    return connection.execute(query.limit(1)).first() is not None


def _digest(keys: Keys, name: str) -> str:
    """A name under which tries are counted and that cannot be guessed back: people type passwords there."""
    typed = name.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(typed, key=keys.master, person=b"clew sign-in", digest_size=16).hexdigest()
