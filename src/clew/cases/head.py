"""What stands on the cover of a case, and who belongs to it: tables and how their rows are read and written.

Rows are only added: the newest version of a case holds, and the newest row about a member.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, Literal, get_args

import orjson
import sqlalchemy as sa

from clew.cases.grading import Code, Tlp
from clew.database.base import METADATA, now
from clew.model.errors import SealError
from clew.vault.keys import Keys, case_key
from clew.vault.seal import seal, unseal

State = Literal["open", "closed", "erased"]
STATES: tuple[State, ...] = get_args(State)

_CASES = sa.Table(
    "cases",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("owner", sa.String, nullable=False),
    sa.Column("retain_until", sa.String, nullable=False),  # ISO 8601 date
    sa.Column("sealed", sa.LargeBinary),  # the texts; null once erased
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),  # ISO 8601, UTC
)
_MEMBERS = sa.Table(
    "case_members",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("belongs", sa.Boolean, nullable=False),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Index("members_by_case", "case_id"),
)


@dataclass(frozen=True)
class Case:
    """A version of the cover of a case.

    Attributes:
        id: ``C1``.
        version: from 1; each change makes another.
        name, purpose, legal_basis: in words; empty once erased.
        owner: account that answers for it.
        members: accounts that work in it beside the owner.
        handling, conditions: handling code, and what else holds; see `clew.cases.grading`.
        tlp: label of the Traffic Light Protocol.
        retain_until: the day after which it is erased.
        state: open, closed or erased.
        why: this version was made.
        who, at: made this version, and when.
    """

    id: str
    version: int
    name: str
    purpose: str
    legal_basis: str
    owner: str
    members: tuple[str, ...]
    handling: Code
    conditions: str
    tlp: Tlp
    retain_until: date
    state: State
    why: str
    who: str
    at: str


SEALED = ("name", "purpose", "legal_basis", "handling", "conditions", "tlp", "why")  # fields that only the key opens
_ERASED: dict[str, Any] = {
    "name": "",
    "purpose": "",
    "legal_basis": "",
    "handling": "H0",
    "conditions": "",
    "tlp": "RED",
    "why": "",
}


def number_of(case_id: str) -> int | None:
    """The number in the id of a case; None where it is no such id."""
    return int(case_id[1:]) if re.fullmatch(r"C[1-9][0-9]{0,8}", case_id) else None


def next_number(connection: sa.Connection) -> int:
    """The number of the next case."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(_CASES.c.number), 0))).scalar_one()) + 1


def lock(connection: sa.Connection, case_id: str) -> None:
    """Let others who change this case wait until the transaction ends."""
    row = sa.select(_CASES.c.number).where(_CASES.c.number == number_of(case_id), _CASES.c.version == 1)
    connection.execute(row.with_for_update()).first()


def read_case(connection: sa.Connection, keys: Keys, case_id: str) -> Case | None:
    """The newest version of a case; None where there is no such case."""
    found = read_versions(connection, keys, case_id)
    return found[-1] if found else None


def read_versions(connection: sa.Connection, keys: Keys, case_id: str) -> list[Case]:
    """Every version of a case, the oldest first."""
    number = number_of(case_id)
    if number is None:
        return []
    rows = connection.execute(_CASES.select().where(_CASES.c.number == number).order_by(_CASES.c.version)).all()
    return _cases(connection, keys, rows)


def read_cases(connection: sa.Connection, keys: Keys) -> list[Case]:
    """The newest version of every case, in the order in which they were opened."""
    newest = sa.select(_CASES.c.number, sa.func.max(_CASES.c.version).label("version")).group_by(_CASES.c.number)
    last = newest.subquery()
    same = (last.c.number == _CASES.c.number) & (last.c.version == _CASES.c.version)
    query = sa.select(_CASES).select_from(_CASES.join(last, same)).order_by(_CASES.c.number)
    return _cases(connection, keys, connection.execute(query).all())


def write_case(connection: sa.Connection, key: bytes, case: Case) -> str:
    """Add a version of a case.

    Returns:
        The digest of what was sealed, for the ledger.
    """
    texts = orjson.dumps({name: getattr(case, name) for name in SEALED})
    sealed = seal(key, texts, f"case {case.id} {case.version}")
    _insert(connection, case, sealed)
    return hashlib.sha256(sealed).hexdigest()


def written_of_covers(connection: sa.Connection, case_id: str) -> dict[str, dict[str, Any]]:
    """By name, what stands in the rows of the covers of a case: the digest of what is sealed, and what is in clear."""
    rows = connection.execute(_CASES.select().where(_CASES.c.number == number_of(case_id)))
    return {
        f"case {case_id}: version {row.version}": {
            "sealed": digest_of(row.sealed), "who": row.who, "at": row.at, "state": row.state, "owner": row.owner,
            "retain_until": row.retain_until,
        }
        for row in rows
    }  # fmt: skip


def written_of_members(connection: sa.Connection, case_id: str) -> dict[str, dict[str, Any]]:
    """The same of who came and went; the rows about one name are counted."""
    found: dict[str, dict[str, Any]] = {}
    for row in connection.execute(_MEMBERS.select().where(_MEMBERS.c.case_id == case_id).order_by(_MEMBERS.c.id)):
        name = name_of_change(found, case_id, row.name)
        found[name] = {"belongs": row.belongs, "who": row.who, "at": row.at}
    return found


def name_of_change(before: Container[str], case_id: str, member: str) -> str:
    """What the next change about a member is called, after those before."""
    names = (f"case {case_id}: change {nth} about member {member}" for nth in count(1))
    return next(name for name in names if name not in before)


def digest_of(sealed: object) -> str:
    """SHA-256 of what is sealed; of nothing, where something stands there that Clew did not write."""
    return hashlib.sha256(sealed if isinstance(sealed, bytes) else b"").hexdigest()


def write_erased(connection: sa.Connection, case: Case) -> None:
    """Erase the texts of every version of a case and who its members were, and add the version that says so."""
    connection.execute(_CASES.update().where(_CASES.c.number == number_of(case.id)).values(sealed=None))
    connection.execute(_MEMBERS.delete().where(_MEMBERS.c.case_id == case.id))
    _insert(connection, case, None)


def write_member(connection: sa.Connection, case_id: str, name: str, belongs: bool, who: str) -> None:
    """Add a row about a member."""
    row = {"case_id": case_id, "name": name, "belongs": belongs, "who": who, "at": now()}
    connection.execute(_MEMBERS.insert().values(row))


def _insert(connection: sa.Connection, case: Case, sealed: bytes | None) -> None:
    row = {
        "number": number_of(case.id), "version": case.version, "state": case.state, "owner": case.owner,
        "retain_until": case.retain_until.isoformat(), "sealed": sealed, "who": case.who, "at": case.at,
    }  # fmt: skip
    connection.execute(_CASES.insert().values(row))


def _cases(connection: sa.Connection, keys: Keys, rows: Iterable[sa.Row[Any]]) -> list[Case]:
    rows = list(rows)
    held: dict[str, bytes] = {}
    members = _members(connection, {f"C{row.number}" for row in rows})
    found = list[Case]()
    for row in rows:
        case_id, texts = f"C{row.number}", _ERASED
        if row.sealed is not None:
            if case_id not in held:
                held[case_id] = case_key(connection, keys, case_id)
            texts = orjson.loads(unseal(held[case_id], row.sealed, f"case {case_id} {row.version}"))
        found.append(
            Case(id=case_id, version=row.version, owner=row.owner, members=members.get(case_id, ()), state=row.state,
                 retain_until=_day(case_id, row.retain_until), who=row.who, at=row.at, **texts)
        )  # fmt: skip
    return found


def _day(case_id: str, written: object) -> date:
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise SealError(f"The day until which {case_id} is kept was changed: it is none.") from None


def _members(connection: sa.Connection, case_ids: set[str]) -> dict[str, tuple[str, ...]]:
    """Who belongs to each of some cases, in the order in which they came."""
    query = _MEMBERS.select().order_by(_MEMBERS.c.id)
    if len(case_ids) == 1:
        query = query.where(_MEMBERS.c.case_id == next(iter(case_ids)))
    found: dict[str, dict[str, None]] = {}
    for row in connection.execute(query):
        names = found.setdefault(row.case_id, {})
        names.pop(row.name, None)
        if row.belongs:
            names[row.name] = None
    return {case_id: tuple(names) for case_id, names in found.items()}
