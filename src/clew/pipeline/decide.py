"""Write down what a person decided about a link; the next run obeys it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from clew.access.roles import need
from clew.database.base import write
from clew.ledger.log import append
from clew.model.actor import Actor
from clew.model.errors import InputError
from clew.model.tables import DECISIONS
from clew.pipeline import custody
from clew.pipeline.manifest import now
from clew.query.show import find_record
from clew.store.views import open_views
from clew.store.workspace import Workspace

STATES = ("accepted", "rejected", "none")


def decide(
    workspace: Workspace,
    a: str,
    b: str,
    state: str,
    why: str,
    who: str,
    actor: Actor | None = None,
    db: sa.Engine | None = None,
) -> tuple[str, str]:
    """Accept or reject the link between two records, or take a decision back.

    Args:
        workspace: with the records.
        a, b: the records, by id or native id.
        state: accepted, rejected or none.
        why: the reason, kept with the decision.
        who: whose decision it is.
        actor: who writes it down; the user of the operating system where nobody is named.
        db: the workspace's database, where it is open already.

    Returns:
        The two record ids.

    Raises:
        DeniedError: the actor may not do that.
        InputError: no such record, twice the same one, or no reason given.
    """
    actor = custody.somebody(actor)
    need(actor, "decide")
    if state not in STATES:
        raise InputError(f"{state!r} is no state of a link.", f"States: {', '.join(STATES)}.")
    if not why.strip():
        raise InputError("A decision needs a reason.", "Give it with --why.")
    with open_views(workspace, need_run=False) as engine:
        first, second = sorted(find_record(engine, name)["record_id"] for name in (a, b))
    if first == second:
        raise InputError(f"{a} and {b} are the same record.", "Name two.")
    row = {"record_a": first, "record_b": second, "state": state, "why": why.strip(), "who": who, "at": now()}
    with custody.ledger(workspace, db) as engine, workspace.change() as change:
        path = change.folder("decision") / "decision.parquet"
        pq.write_table(pa.Table.from_pylist([row], DECISIONS), path)
        (segment,) = change.add("decisions", [path])
        change.publish()
        with write(engine) as connection:
            append(connection, actor, custody.decided(segment.sha256, row))
    return first, second
