"""What the database has of erased records and cases in words: private parts of the ledger, reasons, saved searches."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from clew.cases import exploration, saved, triage
from clew.database.base import METADATA
from clew.keeping.erase_records import Plan
from clew.keeping.orphans import naming
from clew.ledger import log
from clew.model.actor import Actor

_MODULES = (exploration, saved, triage)  # they declare the tables that are read here
_KEPT = frozenset(("ledger_entries", "erasures", "cases"))  # what remains of a case, or has its own way
_AT_ONCE, _BATCH = 500, 5_000
_ID = re.compile(r"\b(?:[0-9a-f]{32}|N[0-9a-f]{6,32})\b")  # of a record or a network
_PATIENCE = 10.0  # seconds


def forget(connection: sa.Connection, actor: Actor, plan: Plan, emptied: Sequence[str] = ()) -> dict[str, int]:
    """Erase what names records that are gone.

    Args:
        connection, actor: as everywhere.
        plan: of the erasure.
        emptied: ingests of which nothing is left: the names of their files go.

    Returns:
        How many rows were erased, or emptied, per table.
    """
    ids = set(plan.records["record_id"].to_pylist())
    found = {
        "private parts": log.erase_private(
            connection, actor, None, [f"ingest {each}" for each in emptied], _private(connection, plan, ids)
        ),
        "triage": _triage(connection, plan),
        "explorations": _explorations(connection, plan, ids),
        "saved_views": _saved(connection, plan),
    }
    return {name: count for name, count in found.items() if count}


def case_rows(connection: sa.Connection, case_id: str) -> dict[str, int]:
    """Erase the rows of a case in every table that has rows of cases."""
    found: dict[str, int] = {}
    for name in sorted(sa.inspect(connection).get_table_names()):
        if name in _KEPT:
            continue
        table = sa.Table(name, sa.MetaData(), autoload_with=connection)
        if "case_id" in table.c:
            count = connection.execute(table.delete().where(table.c.case_id == case_id)).rowcount
            found |= {name: int(count)} if count else {}
    return found


def scrub(engine: sa.Engine) -> None:
    """Have the bytes of erased rows gone from the database's files, too."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name != "sqlite":
            connection.exec_driver_sql("VACUUM")
            return
        # Erased rows are overwritten (secure_delete); the log of changes still has them until it is emptied.
        until = time.monotonic() + _PATIENCE
        while connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0] and time.monotonic() < until:
            time.sleep(0.1)


def _private(connection: sa.Connection, plan: Plan, ids: set[str]) -> list[int]:
    """Entries with a private part that are about what goes, or name it."""
    entries = METADATA.tables["ledger_entries"]
    columns = (entries.c.seq, entries.c.private, entries.c.subject, entries.c.details)
    query = sa.select(*columns).where(entries.c.private.is_not(None)).order_by(entries.c.seq)
    gone, found = ids | set(plan.networks), set[int]()
    for rows in connection.execute(query).partitions(_BATCH):
        found.update(row.seq for row in rows if gone.intersection(_ID.findall(f"{row.subject} {row.details}")))
        found.update(_which(rows, plan))
    return sorted(found)


def _triage(connection: sa.Connection, plan: Plan) -> int:
    table = METADATA.tables["triage"]
    rows = connection.execute(sa.select(table.c.id, table.c.reason).where(table.c.reason != "")).all()
    named = set(_which(rows, plan))
    gone = table.c.network_id.in_(plan.networks) & (table.c.reason != "")
    named |= set(connection.execute(sa.select(table.c.id).where(gone)).scalars()) if plan.networks else set()
    for some in _some(sorted(named)):
        connection.execute(table.update().where(table.c.id.in_(some)).values(reason=""))
    return len(named)


def _explorations(connection: sa.Connection, plan: Plan, ids: set[str]) -> int:
    """Explorations that began with records that are gone, or came to them."""
    table, steps = METADATA.tables["explorations"], METADATA.tables["exploration_steps"]
    rows = list(connection.execute(sa.select(table.c.id, table.c.seeds)).all())
    rows += connection.execute(sa.select(steps.c.exploration, steps.c.records)).all()
    named = {row[0] for row in rows if ids & set(orjson.loads(row[1]))}
    titles = connection.execute(sa.select(table.c.id, table.c.title)).all()
    ties = connection.execute(sa.select(steps.c.exploration, steps.c.ties + " " + steps.c.why)).all()
    named |= {*_which(titles, plan), *_which(ties, plan)}
    for some in _some(sorted(named)):
        connection.execute(steps.delete().where(steps.c.exploration.in_(some)))
        connection.execute(table.delete().where(table.c.id.in_(some)))
    return len(named)


def _saved(connection: sa.Connection, plan: Plan) -> int:
    table = METADATA.tables["saved_views"]
    text = table.c.name + " " + sa.func.coalesce(table.c.query, "")
    named = _which(connection.execute(sa.select(table.c.id, text)).all(), plan)
    for some in _some(named):
        connection.execute(table.delete().where(table.c.id.in_(some)))
    return len(named)


def _which(rows: Sequence[Any], plan: Plan) -> list[int]:
    """Numbers of the rows whose text names an orphan."""
    if not rows or not len(plan.orphans):
        return []
    texts = pa.array([row[1] for row in rows], pa.string())
    return [rows[at][0] for at in pc.indices_nonzero(naming(texts, plan.orphans)).to_pylist()]


def _some(numbers: Sequence[int]) -> list[Sequence[int]]:
    return [numbers[at : at + _AT_ONCE] for at in range(0, len(numbers), _AT_ONCE)]
