"""Explorations: what people answered while they expanded a search step by step. Rows are only ever added.

Only explorations that somebody began are kept, not what was searched for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import sqlalchemy as sa

from clew.database.base import METADATA, now, write
from clew.ledger.entry import Deed
from clew.ledger.log import append
from clew.model.actor import Actor
from clew.model.errors import InputError, MissingError

Act = Literal["yes", "no", "unsure", "undo", "finish", "reopen", "tell"]
ACTS: tuple[Act, ...] = get_args(Act)
ANSWERS: tuple[Act, ...] = ("yes", "no", "unsure")
MAX_TITLE, MOST_ANSWERS, MOST_LISTED = 200, 2_000, 100

_EXPLORATIONS = sa.Table(
    "explorations",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("seeds", sa.String, nullable=False),  # JSON list of record ids: held to be one operation from the start
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),  # ISO 8601, UTC
)
_STEPS = sa.Table(
    "exploration_steps",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("exploration", sa.Integer, sa.ForeignKey("explorations.id"), nullable=False),
    sa.Column("nth", sa.Integer, nullable=False),  # of the exploration, from 1: two at once cannot both be it
    sa.Column("act", sa.String, nullable=False),
    sa.Column("records", sa.String, nullable=False),  # JSON list of record ids; the first was shown
    sa.Column("ties", sa.String, nullable=False),  # JSON list of (type, value): what tied it
    sa.Column("why", sa.String, nullable=False),  # the sentence that was shown
    sa.Column("undoes", sa.Integer),  # the nth that this row takes back
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.UniqueConstraint("exploration", "nth"),
)


@dataclass(frozen=True)
class Step:
    """One row of an exploration.

    Attributes:
        nth: its number.
        act: an answer (yes, no, unsure), or undo, finish, reopen, tell (the linker was told).
        records: it is about; the first was shown, the others have the same contacts and text or network.
        ties: type and value of what tied the record that was shown.
        why: the sentence that was shown.
        undoes: the answer that it takes back.
        who, at: who did it, and when.
    """

    nth: int
    act: Act
    records: tuple[str, ...]
    ties: tuple[tuple[str, str], ...]
    why: str
    undoes: int | None
    who: str
    at: datetime


@dataclass(frozen=True)
class Exploration:
    """An exploration with all its steps, the oldest first.

    Attributes:
        id, title, who, at: which, and who began it when.
        seeds: records that were held to be one operation from the start.
        steps: everything since.
    """

    id: int
    title: str
    seeds: tuple[str, ...]
    who: str
    at: datetime
    steps: tuple[Step, ...]

    @property
    def answers(self) -> tuple[Step, ...]:
        """Answers that hold: those that were not taken back."""
        undone = {step.undoes for step in self.steps}
        return tuple(step for step in self.steps if step.act in ANSWERS and step.nth not in undone)

    @property
    def finished(self) -> bool:
        """Is it finished, and not opened again since?"""
        marks = [step.act for step in self.steps if step.act in ("finish", "reopen")]
        return bool(marks) and marks[-1] == "finish"

    @property
    def told(self) -> datetime | None:
        """When the linker was told; None if it was not."""
        return max((step.at for step in self.steps if step.act == "tell"), default=None)

    def count(self, act: Act) -> int:
        """How many answers of a kind hold."""
        return sum(step.act == act for step in self.answers)


def begin(cases: sa.Engine, who: Actor, title: str, seeds: Sequence[str]) -> Exploration:
    """Begin an exploration.

    Raises:
        InputError: no record to begin with.
    """
    if not seeds:
        raise InputError("An exploration begins with a record.", "Look one up with a search.")
    title = " ".join(title.split())[:MAX_TITLE] or "Without a title"
    row = {"title": title, "seeds": json.dumps(list(seeds)), "who": who.name, "at": now()}
    with write(cases) as connection:
        number = connection.execute(_EXPLORATIONS.insert().values(row).returning(_EXPLORATIONS.c.id)).scalar_one()
        told = {"records": len(seeds), "first": seeds[0]}
        append(connection, who, Deed("decide", f"exploration {number}", told, {"title": title}))
    return exploration(cases, int(number))


def exploration(cases: sa.Engine, number: int) -> Exploration:
    """The exploration of that number.

    Raises:
        MissingError: there is none.
    """
    with cases.connect() as connection:
        row = connection.execute(_EXPLORATIONS.select().where(_EXPLORATIONS.c.id == number)).first()
        steps = connection.execute(_STEPS.select().where(_STEPS.c.exploration == number).order_by(_STEPS.c.nth)).all()
    if row is None:
        raise MissingError(f"There is no exploration {number}.", "Choose one of the list below the search box.")
    return _exploration(row, [_step(step) for step in steps])


def explorations(
    cases: sa.Engine, who: str, offset: int = 0, limit: int = MOST_LISTED
) -> tuple[list[Exploration], int]:
    """Those that a person began, the newest first, and how many there are."""
    mine = _EXPLORATIONS.c.who == who
    query = _EXPLORATIONS.select().where(mine).order_by(_EXPLORATIONS.c.id.desc()).offset(offset).limit(limit)
    with cases.connect() as connection:
        total = connection.execute(sa.select(sa.func.count()).select_from(_EXPLORATIONS).where(mine)).scalar_one()
        rows = connection.execute(query).all()
        wanted = _STEPS.c.exploration.in_([row.id for row in rows])
        steps: dict[int, list[Step]] = {row.id: [] for row in rows}
        for step in connection.execute(_STEPS.select().where(wanted).order_by(_STEPS.c.exploration, _STEPS.c.nth)):
            steps[step.exploration].append(_step(step))
    return [_exploration(row, steps[row.id]) for row in rows], int(total)


def add(
    cases: sa.Engine, number: int, nth: int, who: Actor, act: Act,
    records: Sequence[str] = (), ties: Sequence[tuple[str, str]] = (), why: str = "", undoes: int | None = None,
) -> Exploration:  # fmt: skip
    """Add a step.

    Args:
        cases: see `clew.database.base.open_database`.
        number: of the exploration.
        nth: the number that the step gets: one more than the last that was seen, so that an answer is about what was
            shown, however often a key was pressed.
        who: does it.
        act, records, ties, why, undoes: see `Step`.

    Raises:
        MissingError: no such exploration.
        InputError: another step came in between, or there are too many.
    """
    known = exploration(cases, number)
    if nth != len(known.steps) + 1:
        raise InputError("That was answered already.", "Look at the record that is shown now.")
    if nth > MOST_ANSWERS:
        raise InputError(f"This exploration has {MOST_ANSWERS:,} steps.", "Finish it and begin another.")
    row = {
        "exploration": number, "nth": nth, "act": act, "records": json.dumps(list(records)),
        "ties": json.dumps([list(tie) for tie in ties]), "why": why, "undoes": undoes, "who": who.name, "at": now(),
    }  # fmt: skip
    try:
        with write(cases) as connection:
            connection.execute(_STEPS.insert().values(row))
            told = {"nth": nth, "said": act, "records": len(records), "first": next(iter(records), None)}
            append(connection, who, Deed("decide", f"exploration {number}", told))
    except sa.exc.IntegrityError as error:
        raise InputError("That was answered already.", "Look at the record that is shown now.") from error
    return exploration(cases, number)


def undo(cases: sa.Engine, number: int, nth: int, who: Actor) -> Exploration:
    """Take the last answer that holds back.

    Raises:
        MissingError: no such exploration.
        InputError: there is nothing to take back.
    """
    answers = exploration(cases, number).answers
    if not answers:
        raise InputError("There is no answer to take back.", "Answer first.")
    return add(cases, number, nth, who, "undo", answers[-1].records[:1], undoes=answers[-1].nth)


def _exploration(row: sa.Row[Any], steps: Sequence[Step]) -> Exploration:
    at = datetime.fromisoformat(row.at)
    return Exploration(row.id, row.title, tuple(json.loads(row.seeds)), row.who, at, tuple(steps))


def _step(row: sa.Row[Any]) -> Step:
    ties = tuple((kind, value) for kind, value in json.loads(row.ties))
    records = tuple(json.loads(row.records))
    return Step(row.nth, row.act, records, ties, row.why, row.undoes, row.who, datetime.fromisoformat(row.at))
