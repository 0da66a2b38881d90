"""Erasure: cases and records go for good, bytes and all that was derived from them; digests and the reason stay.

An erasure is written down before it begins: in the database as begun, in the register outside of the workspace, and
for records as a plan in the workspace. One that was interrupted is shown as unfinished until `resume` has ended it;
every other command of this module does that first.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from clew.access import accounts
from clew.access.roles import may, need
from clew.cases.approvals import use
from clew.cases.base import Casework
from clew.cases.case import erase_rows
from clew.cases.head import read_case, read_versions
from clew.cases.words import line
from clew.database.base import METADATA, now, write
from clew.evidence.package.shelf import clear_shelf
from clew.keeping.erase_records import Plan, Replaced, make_plan, read_plan, remove, sweep_plans
from clew.keeping.forget import case_rows, forget, scrub
from clew.keeping.hold import held_records
from clew.keeping.register import MOST_IDS, add_lines
from clew.ledger.entry import Deed
from clew.ledger.log import append, erase_private
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError, MissingError
from clew.store.workspace import Workspace

MAX_REASON = 500
Progress = Callable[[float], None]

_ERASURES = sa.Table(
    "erasures",
    METADATA,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("what", sa.String, nullable=False),  # a case, or records
    sa.Column("why", sa.String, nullable=False),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),  # ISO 8601, UTC
    sa.Column("done_at", sa.String),  # null while it is under way
)


@dataclass(frozen=True)
class Erasure:
    """An erasure that was begun, and ended where ``done_at`` says so."""

    name: str
    what: str
    why: str
    who: str
    at: str
    done_at: str | None


@dataclass(frozen=True)
class Erased:
    """What an erasure did.

    Attributes:
        name: of the erasure.
        what: ``case C1`` or ``records``.
        rows: how many rows of each table went.
        kept: records that stay because an open case holds them, per case.
    """

    name: str
    what: str
    rows: Mapping[str, int]
    kept: Mapping[str, int]


def erase_case(casework: Casework, workspace: Workspace, actor: Actor, case_id: str, why: str) -> Erased:
    """Erase a case: its key, originals, papers, and what the ledger says of it in words.

    Where there are accounts, another person must have granted it (`clew.cases.approvals`).

    Raises:
        DeniedError: it takes a supervisor, or nobody granted it.
        MissingError: there is no such case, or it was erased before.
        InputError: no reason.
    """
    need(actor, "oversee")
    with workspace.locked():
        resume(casework, workspace, actor, locked=True)
        reason = line(why, "a reason", MAX_REASON)
        _there(casework, case_id)
        if accounts.any(casework.db):
            use(casework, actor, case_id, "erase")
        return carry_out_case(casework, actor, case_id, reason)


def erase_records(
    casework: Casework,
    workspace: Workspace,
    actor: Actor,
    record_ids: Sequence[str],
    why: str,
    progress: Progress = lambda share: None,
    quarantine: Sequence[str] = (),
) -> Erased:
    """Erase records, but not those that an open case holds.

    Args:
        casework, workspace, actor: where, and who.
        record_ids: in full; those that are not there are passed over.
        why: the reason; it stays, so it names nobody.
        progress: told the share that is done.
        quarantine: digests of quarantine segments that go as well.

    Raises:
        DeniedError: it takes a supervisor.
        InputError: no reason, or every one of them is held by an open case.
    """
    need(actor, "oversee")
    reason = line(why, "a reason", MAX_REASON)
    resume(casework, workspace, actor)
    holders = held_records(casework)
    wanted = sorted(set(record_ids))
    going = [record for record in wanted if record not in holders]
    kept: dict[str, int] = {}
    for record in wanted:
        for case_id in holders.get(record, ()):
            kept[case_id] = kept.get(case_id, 0) + 1
    if not going and not quarantine:
        held_by = ", ".join(kept)
        raise InputError(
            f"Open cases hold all of these records: {held_by}." if kept else "No record is named.",
            "Close or erase the cases first." if kept else "",
        )
    return carry_out_records(casework, workspace, actor, going, reason, kept, progress, quarantine)


def erasures(casework: Casework) -> list[Erasure]:
    """Every erasure, the oldest first."""
    with casework.db.connect() as connection:
        rows = connection.execute(_ERASURES.select().order_by(_ERASURES.c.at, _ERASURES.c.name))
        return [Erasure(**row._mapping) for row in rows]


def unfinished(casework: Casework) -> list[Erasure]:
    """Erasures that were interrupted."""
    return [erasure for erasure in erasures(casework) if erasure.done_at is None]


def resume(
    casework: Casework,
    workspace: Workspace,
    actor: Actor,
    progress: Progress = lambda share: None,
    *,
    locked: bool = False,
) -> list[Erased]:
    """End what was interrupted.

    Args:
        casework, workspace, actor: where, and who.
        progress: told the share that is done.
        locked: whether the caller keeps others from changing the workspace; only cases are ended then.
    """
    open_ones = unfinished(casework)
    if open_ones and not (may(actor, "oversee") or may(actor, "administer")):
        raise DeniedError("An erasure was interrupted, and it takes a supervisor to end it.", "Tell one.")
    ended = list[Erased]()
    for erasure in open_ones:
        if erasure.what.startswith("case "):
            ended.append(_end_case(casework, actor, erasure))
        elif not locked:
            ended.append(_end_records(casework, workspace, actor, erasure, {}, progress))
    if not locked:
        sweep_plans(workspace, (erasure.name for erasure in unfinished(casework)))
    return ended


def fingerprint(casework: Casework, connection: sa.Connection, case_id: str) -> str:
    """Tells a case from a later one of the same number: the digest of when it was opened, and by whom."""
    first = read_versions(connection, casework.keys, case_id)[0]
    return hashlib.sha256(f"{case_id}\n{first.at}\n{first.who}".encode()).hexdigest()


# -- cases ----------------------------------------------------------------------------------------------------


def carry_out_case(casework: Casework, actor: Actor, case_id: str, why: str, *, known: bool = False) -> Erased:
    """The same without asking who it is, where others are kept from changing the workspace."""
    _there(casework, case_id)
    return _end_case(casework, actor, _begin(casework, actor, f"case {case_id}", why), known=known)


def _there(casework: Casework, case_id: str) -> None:
    with casework.db.connect() as connection:
        case = read_case(connection, casework.keys, case_id)
    if case is None or case.state == "erased":
        raise MissingError(f"{case_id[:20]} was erased." if case else f"There is no case {case_id[:20]!r}.")


def _end_case(casework: Casework, actor: Actor, erasure: Erasure, *, known: bool = False) -> Erased:
    """First the key, with which all that was sealed is gone at once; then the bytes."""
    case_id = erasure.what.removeprefix("case ")
    originals = casework.vault.names(case_id)
    rows: dict[str, int] = {}
    with write(casework.db) as connection:
        case = read_case(connection, casework.keys, case_id)
        if case is not None and case.state != "erased":
            about = {"case": case_id, "mark": fingerprint(casework, connection, case_id), "why": erasure.why}
            if not known:
                add_lines(casework.keys, erasure.at, "case", erasure.name, iter([about]))
            erase_rows(connection, casework, actor, case_id)
            rows = case_rows(connection, case_id)
            erase_private(connection, actor, case_id, [f"case {case_id}"])
            details = {"erasure": erasure.name, "originals": originals, "rows": rows, "reason": erasure.why}
            append(connection, actor, Deed("erase", f"case {case_id}", details))
    casework.vault.erase(case_id)
    clear_shelf(casework.workspace, case_id)
    _done(casework, erasure)
    scrub(casework.db)
    return Erased(erasure.name, erasure.what, {**rows, "originals": len(originals)}, {})


# -- records --------------------------------------------------------------------------------------------------


def carry_out_records(
    casework: Casework,
    workspace: Workspace,
    actor: Actor,
    going: Sequence[str],
    why: str,
    kept: Mapping[str, int],
    progress: Progress,
    quarantine: Sequence[str] = (),
    *,
    known: bool = False,
) -> Erased:
    """The same without asking who it is or who holds them; ``known``: the register has it already."""
    name, at = secrets.token_hex(8), now()
    plan = make_plan(workspace, name, going, f"erased on {at[:10]} because: {why}", quarantine)
    erasure = _begin(casework, actor, "records", why, name, at)
    return _end_records(casework, workspace, actor, erasure, kept, progress, plan, known=known)


def _end_records(
    casework: Casework,
    workspace: Workspace,
    actor: Actor,
    erasure: Erasure,
    kept: Mapping[str, int],
    progress: Progress,
    plan: Plan | None = None,
    *,
    known: bool = False,
) -> Erased:
    plan = plan or read_plan(workspace, erasure.name)
    if not known:
        add_lines(casework.keys, erasure.at, "records", erasure.name, _abouts(plan, erasure.why))
    replaced = remove(workspace, plan, progress)
    with write(casework.db) as connection:
        forgotten = forget(connection, actor, plan, replaced.emptied)
        append(connection, actor, Deed("erase", _subject(plan), _details(plan, erasure, replaced, forgotten)))
        connection.execute(_ERASURES.update().where(_ERASURES.c.name == erasure.name).values(done_at=now()))
    scrub(casework.db)
    sweep_plans(workspace, (other.name for other in unfinished(casework)))
    return Erased(erasure.name, "records", {**replaced.rows, **forgotten}, kept)


def _abouts(plan: Plan, why: str) -> Iterator[Mapping[str, Any]]:
    ids = plan.records["record_id"].to_pylist()
    for low in range(0, len(ids), MOST_IDS):
        yield {"records": ids[low : low + MOST_IDS], "why": why}


def _subject(plan: Plan) -> str:
    return f"record {plan.records['record_id'][0].as_py()}" if len(plan.records) == 1 else "records"


def _details(plan: Plan, erasure: Erasure, replaced: Replaced, forgotten: Mapping[str, int]) -> dict[str, Any]:
    ids = "\n".join(sorted(plan.records["record_id"].to_pylist()))
    return {
        "erasure": erasure.name,
        "reason": erasure.why,
        "records": len(plan.records),
        "ids": hashlib.sha256(ids.encode()).hexdigest(),
        "rows": {**replaced.rows, **forgotten},
        "segments": replaced.old,
        "manifests": replaced.manifests,
    }


# -- both -----------------------------------------------------------------------------------------------------


def _begin(casework: Casework, actor: Actor, what: str, why: str, name: str = "", at: str = "") -> Erasure:
    erasure = Erasure(name or secrets.token_hex(8), what, why, actor.name, at or now(), None)
    with write(casework.db) as connection:
        connection.execute(_ERASURES.insert().values(**vars(erasure)))
    return erasure


def _done(casework: Casework, erasure: Erasure) -> None:
    with write(casework.db) as connection:
        connection.execute(_ERASURES.update().where(_ERASURES.c.name == erasure.name).values(done_at=now()))
